"""Which reader takes which file."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from cothemes.adapters.readers.docx import DocxReader
from cothemes.adapters.readers.markdown import MarkdownReader
from cothemes.adapters.readers.passages import PassagesReader
from cothemes.adapters.readers.pdf import PdfReader
from cothemes.adapters.readers.plain import PlainReader
from cothemes.adapters.readers.srt import SrtReader
from cothemes.adapters.readers.table import TableReader
from cothemes.adapters.readers.vtt import VttReader
from cothemes.adapters.readers.whisper import WhisperReader
from cothemes.errors import FileUnreadable
from cothemes.ports import Reader

READERS: dict[str, type[Reader]] = {
    ".txt": PlainReader,
    ".text": PlainReader,
    ".md": MarkdownReader,
    ".markdown": MarkdownReader,
    ".docx": DocxReader,
    ".pdf": PdfReader,
    ".vtt": VttReader,
    ".srt": SrtReader,
    ".csv": TableReader,
    ".tsv": TableReader,
    ".jsonl": PassagesReader,
    ".json": WhisperReader,
}
"""Endings in lower case. A folder is searched for these."""

SUFFIXES = frozenset(READERS)

_ANEW = "Open it in the program that wrote it and save it anew, or copy its text into a .txt file."
_ADVICE = {
    ".doc": "Open it in Word or LibreOffice and save it as .docx.",
    ".odt": "Open it in LibreOffice and save it as .docx.",
    ".rtf": "Open it in Word or LibreOffice and save it as .docx.",
    ".pages": "Open it in Pages and export it as Word.",
    ".xlsx": "Save the sheet as CSV.",
    ".xls": "Save the sheet as CSV.",
    ".html": "Copy the text into a .txt or .docx file.",
    ".mp3": "cothemes reads transcripts, not recordings.",
    ".m4a": "cothemes reads transcripts, not recordings.",
    ".wav": "cothemes reads transcripts, not recordings.",
    ".mp4": "cothemes reads transcripts, not recordings.",
}


_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    csv.Error,
    yaml.YAMLError,
    zipfile.BadZipFile,
    zlib.error,
)
"""Errors that Python and the libraries behind the readers raise on bytes that nobody foresaw."""


@contextmanager
def one_file(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong inside into a FileUnreadable of this file, so that it stops no other.

    The readers refuse what they know to be harmful (depth, size, number of lines) with a reason of their own;
    this is for the rest. Files come from anywhere, and each is read by a library that lets plain errors
    through on broken input. It names families of errors instead of catching all, so that an interrupt, the
    errors of the study's database and a full disk under it pass: wrap only the reading and understanding of
    one file in it, never the storing.
    """
    try:
        yield
    except RecursionError as error:
        raise FileUnreadable("is nested too deeply to be read", where=str(path), hint=_ANEW) from error
    except MemoryError as error:
        raise FileUnreadable(
            "needs more memory to be read than there is",
            where=str(path),
            hint="Split it into one file per interview or document.",
        ) from error
    except _FAULTS as error:
        said = " ".join(str(error).split())[:200]
        what = f"{type(error).__name__}: {said}" if said else type(error).__name__
        raise FileUnreadable(f"cannot be read ({what})", where=str(path), hint=_ANEW) from error


def reader_for(path: Path) -> Reader:
    """The reader of the file's ending; captions that were named .txt are taken for what they are.

    Raises FileUnreadable where no reader takes the ending. What the bytes really are, the reader checks.
    """
    suffix = path.suffix.lower()
    chosen = READERS.get(suffix)
    if chosen is None:
        raise FileUnreadable(
            f"no reader takes files ending in “{suffix}”" if suffix else "the file's name has no ending",
            where=str(path),
            hint=_ADVICE.get(suffix, f"Known endings: {' '.join(sorted(READERS))}."),
        )
    if chosen is PlainReader and _opening(path).lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return VttReader()
    return chosen()


def _opening(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        # The reader meets the same fault and says what it is.
        return b""
