"""Which reader takes which file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import yaml

from cothemes.adapters.readers import (
    ass,
    docx,
    elan,
    epub,
    html_file,
    json_file,
    markdown,
    odt,
    passages,
    pdf,
    plain,
    rtf,
    srt,
    table,
    ttml,
    vtt,
    youtube_xml,
)
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import LONGEST
from cothemes.adapters.readers.zip_file import ZIP_FAULTS
from cothemes.errors import FileUnreadable, UsageError
from cothemes.ports import Reader
from cothemes.records.source import AS_FOUND, ReadOptions, Source

GROUP = "cothemes.readers"
"""Entry points of this group name a Format each, which goes before those here."""

SHIPPED: tuple[Format, ...] = (
    pdf.FORMAT,
    docx.FORMAT,
    odt.FORMAT,
    epub.FORMAT,
    table.FORMAT,
    rtf.FORMAT,
    vtt.FORMAT,
    srt.FORMAT,
    ass.FORMAT,
    ttml.FORMAT,
    youtube_xml.FORMAT,
    elan.FORMAT,
    html_file.FORMAT,
    passages.FORMAT,
    json_file.FORMAT,
    markdown.FORMAT,
    plain.FORMAT,
)
"""Formats in the order in which their content is looked for."""


def _added() -> tuple[Format, ...]:
    """Formats that other packages add. Raises UsageError for one that cannot be loaded."""
    found = []
    for entry in entry_points(group=GROUP):
        try:
            made = entry.load()
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"the reader “{entry.name}” of another package cannot be loaded: {error}",
                hint="Update that package, or uninstall it.",
            ) from error
        if not isinstance(made, Format):
            raise UsageError(
                f"the reader “{entry.name}” of another package is no Format",
                hint=f"Its entry point in {GROUP} must name a cothemes.adapters.readers.format.Format.",
            )
        found.append(made)
    return tuple(found)


FORMATS: tuple[Format, ...] = (*_added(), *SHIPPED)
READERS: dict[str, Format] = {ending: each for each in reversed(FORMATS) for ending in each.endings}
"""Endings in lower case. A folder is searched for these."""

SUFFIXES = frozenset(READERS)

_ANEW = "Open it in the program that wrote it and save it anew, or copy its text into a .txt file."
_SAVE = "Save it as .docx, .pdf, .txt or .csv. `cothemes ingest -h` says what else is read."
_RECORDING = "cothemes reads transcripts, not recordings: transcribe it first."
_PICTURE = "Run it through text recognition (OCR), and save the text as .txt, .docx or .pdf."
_ADVICE = {
    ".doc": "Open it in Word or LibreOffice and save it as .docx.",
    ".dot": "Open it in Word or LibreOffice and save it as .docx.",
    ".wpd": "Open it in LibreOffice and save it as .docx.",
    ".wps": "Open it in LibreOffice and save it as .docx.",
    ".pages": "Open it in Pages and export it as Word.",
    ".gdoc": "It is a link: in Google Docs, download the document as .docx.",
    ".gsheet": "It is a link: in Google Sheets, download the sheet as .csv.",
    ".xls": "Open it in Excel or LibreOffice and save the sheet as .xlsx or CSV.",
    ".xlsb": "Open it in Excel and save it as .xlsx.",
    ".ods": "Open it in LibreOffice and save the sheet as .xlsx or CSV.",
    ".numbers": "Open it in Numbers and export it as CSV.",
    ".ppt": "Save its text as .docx or .txt.",
    ".pptx": "Save its text as .docx or .txt.",
    ".odp": "Save its text as .docx or .txt.",
    ".sav": "Open it in SPSS, PSPP or R and export the answers as CSV.",
    ".mobi": "Convert it to .epub with Calibre.",
    ".azw3": "Convert it to .epub with Calibre.",
    ".msg": "Save the message as .html or .txt.",
    ".eml": "Save the message as .html or .txt.",
    ".zip": "Unpack it and read the folder.",
    ".qdpx": "In the program that wrote it, export the sources as text or Word.",
    ".nvp": "In NVivo, export the sources as Word or text.",
    ".nvpx": "In NVivo, export the sources as Word or text.",
    ".mx24": "In MAXQDA, export the documents as Word or text.",
    ".atlproj": "In ATLAS.ti, export the documents as Word or text.",
    ".xml": "Its root element is of no format that is known: TTML, YouTube captions and ELAN are.",
    **dict.fromkeys(
        (".mp3", ".m4a", ".wav", ".mp4", ".mov", ".avi", ".mkv", ".webm", ".ogg", ".flac", ".aac"), _RECORDING
    ),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".heic", ".bmp"), _PICTURE),
}


_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    LookupError,
    SyntaxError,
    TypeError,
    csv.Error,
    yaml.YAMLError,
    *ZIP_FAULTS,
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


def reader_for(path: Path, options: ReadOptions = AS_FOUND) -> Reader:
    """The reader of a file: by its content where a format is sure of it, else by its ending.

    Raises FileUnreadable where neither is known, with what to do about it.
    """
    ending = path.suffix.lower()
    chosen = READERS.get(ending)
    opening = Opening(path)
    if chosen is None or not (chosen in _EXACT or chosen.recognises(opening)):
        chosen = next((each for each in FORMATS if each.recognises(opening)), chosen)
    if chosen is None:
        raise FileUnreadable(
            f"no reader takes files ending in “{ending}”" if ending else "the file's name has no ending",
            where=str(path),
            hint=_ADVICE.get(ending, _SAVE),
        )
    return _Bounded(chosen.reader(options))


@dataclass(frozen=True)
class _Bounded:
    """A reader that refuses a file with more than LONGEST characters of text.

    Many lines can share one string, such as a cell that a workbook stores once or the name of a voice, so a
    small file may hold more text than fits into memory once it is written out.
    """

    reader: Reader

    def read(self, path: Path) -> list[Source]:
        """The sources of the file. Raises FileUnreadable."""
        found = self.reader.read(path)
        length = sum(
            len(line.text) + len(line.speaker or "") + sum(map(len, line.headings))
            for source in found
            for line in source.lines
        )
        if length > LONGEST:
            raise FileUnreadable(
                f"holds more than {LONGEST:,} characters of text",
                where=str(path),
                hint="Split it into one file per interview or document.",
            )
        return found


_EXACT = frozenset((passages.FORMAT,))
"""Formats that no content overrules: a line of passages is an object of JSON, as a transcript may be."""


def is_readable(path: Path) -> bool:
    """Return whether a reader takes the file, by its ending or its content."""
    if path.suffix.lower() in SUFFIXES:
        return True
    opening = Opening(path)
    return any(each.recognises(opening) for each in FORMATS)
