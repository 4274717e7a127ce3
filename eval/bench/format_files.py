"""One invented conversation, written in each format that cothemes reads."""

from __future__ import annotations

import html
import io
import json
import random
import textwrap
import zipfile
from collections.abc import Callable
from typing import Any

TURNS = 300
WORDS = 40
"""Words of a turn; with 300 turns, an interview of an hour and a half."""
_VOCABULARY = """
    we met in the hall and spoke about what had been decided by the board before it was known that some of
    us would have to leave when money came in later than they said it should so people stayed at home
"""
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_PAGE_LINES = 50

Turns = list[tuple[str, str]]


def conversation(turns: int = TURNS, words: int = WORDS, seed: int = 1) -> Turns:
    """Turns (speaker, words) of two people, the same for the same seed."""
    chance = random.Random(seed)
    vocabulary = _VOCABULARY.split()
    return [
        ("Interviewer" if at % 2 == 0 else "Mo", " ".join(chance.choices(vocabulary, k=words)) + ".")
        for at in range(turns)
    ]


def _labelled(turns: Turns) -> list[str]:
    return [f"{speaker}: {words}" for speaker, words in turns]


def _text(turns: Turns) -> str:
    return "\n".join(_labelled(turns)) + "\n"


def _docx(turns: Turns) -> bytes:
    import docx

    document: Any = docx.Document()
    for line in _labelled(turns):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _odt(turns: Turns) -> bytes:
    body = "".join(f"<text:p>{html.escape(line)}</text:p>" for line in _labelled(turns))
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    media = "application/vnd.oasis.opendocument.text"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/></manifest:manifest>'
    )
    return _zipped({"mimetype": media, "content.xml": content, "META-INF/manifest.xml": manifest})


def _rtf(turns: Turns) -> str:
    return "{\\rtf1\\ansi " + "".join(f"{line}\\par\n" for line in _labelled(turns)) + "}"


def _html(turns: Turns) -> str:
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in _labelled(turns))
    return f"<!DOCTYPE html><html><head><title>Talk</title></head><body>\n{body}</body></html>"


def _epub(turns: Turns) -> bytes:
    container = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    book = (
        '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    return _zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "book.opf": book,
            "a.xhtml": _html(turns),
        }
    )


def _pdf(turns: Turns) -> bytes:
    lines = [row for line in _labelled(turns) for row in textwrap.wrap(line, 88)]
    pages = [lines[at : at + _PAGE_LINES] for at in range(0, len(lines), _PAGE_LINES)]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for page in pages:
        drawn = "".join(
            f"BT /F1 10 Tf 1 0 0 1 60 {790 - 14 * at} Tm ({row}) Tj ET\n" for at, row in enumerate(page)
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream")
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out + end.encode()


def _csv(turns: Turns) -> str:
    return "speaker,text\n" + "".join(f'{speaker},"{words}"\n' for speaker, words in turns)


def _xlsx(turns: Turns) -> bytes:
    from openpyxl import Workbook

    book: Any = Workbook()
    for row in [("speaker", "text"), *turns]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _clock(at: int, mark: str = ".") -> str:
    return f"{at // 360:02d}:{at // 6 % 60:02d}:{at % 6 * 10:02d}{mark}000"


def _vtt(turns: Turns) -> str:
    cues = (
        f"{_clock(at)} --> {_clock(at + 1)}\n<v {speaker}>{words}</v>\n"
        for at, (speaker, words) in enumerate(turns)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def _srt(turns: Turns) -> str:
    return "\n".join(
        f"{at + 1}\n{_clock(at, ',')} --> {_clock(at + 1, ',')}\n{line}\n"
        for at, line in enumerate(_labelled(turns))
    )


def _json(turns: Turns) -> str:
    segments = [
        {"start": 10.0 * at, "end": 10.0 * at + 9, "text": words, "speaker": speaker}
        for at, (speaker, words) in enumerate(turns)
    ]
    return json.dumps({"segments": segments})


def _zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Turns], str | bytes]] = {
    "txt": _text,
    "docx": _docx,
    "odt": _odt,
    "rtf": _rtf,
    "html": _html,
    "epub": _epub,
    "pdf": _pdf,
    "csv": _csv,
    "xlsx": _xlsx,
    "vtt": _vtt,
    "srt": _srt,
    "json": _json,
}
"""Ending of the file → writer of the conversation."""
