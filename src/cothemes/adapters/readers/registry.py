"""Which reader takes which file."""

from __future__ import annotations

from pathlib import Path

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
