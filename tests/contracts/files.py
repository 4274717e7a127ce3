"""Files of every format a reader takes, written by hand after the shapes in which transcripts arrive."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

VTT = """WEBVTT

NOTE
Interview 2, recorded in March

NOTE SYNTHETIC: invented for a test

STYLE
::cue { color: red }

9b1f6c1e-0000-4000-8000-000000000001/12-0
00:00:03.140 --> 00:00:13.078 align:start
<v Smith, Jane>So shall we
start &amp; see?</v>

00:00:13.100 --> 00:00:15.000
<v Cy Dow>Yes.</v> <v Smith, Jane>Good.</v>

00:15.500 --> 00:18.000
<v Smith, Jane>It is <i>on</i>, <00:00:16.000>I think.</v>
"""

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:02.000
Kay Kerr: Can you hear me?

2
00:00:03.000 --> 00:00:04.000
Kay Kerr: I have one question.

3
00:00:05.000 --> 00:00:06.000
and it is long.

4
00:00:07.000 --> 00:00:09.000
stokes: Hello, at 10:30: yes.

5
00:00:10.000 --> 00:00:11.000
Kay Kerr: Good.
"""

SRT = """1
00:00:00,000 --> 00:00:02,000
[SYNTHETIC: invented
for a test]

2
00:00:03,140 --> 00:00:06,865
Interviewer: Right, <i>we're</i> on.
Can you hear me?

3
00:00:06,920 --> 00:00:09,157
2024

4
00:00:09,935 --> 00:00:14,591
Participant: You're fine.
"""

WHISPER_TEXT = """[00:43.810 --> 00:47.850]  Hello everyone.
[00:48.350 --> 00:54.570]  I am here with Rick.
"""

WHISPERX = """{"segments": [
 {"start": 0.0, "end": 2.5, "text": " Ready?", "speaker": "SPEAKER_00"},
 {"start": 2.5, "end": 3.0, "text": " Yes.", "speaker": "SPEAKER_01"},
 {"start": 3.0, "end": 63.0, "text": " Perhaps."},
 {"start": 63.0, "end": 64.0, "text": " Good.", "speaker": "SPEAKER_00"}]}
"""


def paragraph(text: str, style: str = "", extra: str = "") -> str:
    """A Word paragraph; `\\n` is a line break, `\\t` a tab."""
    runs = "".join(
        "<w:br/>"
        if piece == "\n"
        else "<w:tab/>"
        if piece == "\t"
        else f'<w:t xml:space="preserve">{piece}</w:t>'
        for piece in _pieces(text)
    )
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r>{runs}</w:r>{extra}</w:p>"


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for line_number, line in enumerate(text.split("\n")):
        if line_number:
            pieces.append("\n")
        for at, part in enumerate(line.split("\t")):
            if at:
                pieces.append("\t")
            pieces.append(part)
    return pieces


def table(*rows: tuple[str, ...]) -> str:
    """A Word table."""
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    )
    return f"<w:tbl>{cells}</w:tbl>"


STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="My Head"/><w:basedOn w:val="Heading1"/></w:style>
<w:style w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:styleId="ListBullet"><w:name w:val="List Bullet"/></w:style>
</w:styles>"""


def docx(*body: str, prolog: str = "", parts: dict[str, str] | None = None) -> bytes:
    """A Word document with this body; `parts` adds or replaces parts of the archive."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}'
        f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'
    )
    content = {"word/document.xml": document, "word/styles.xml": STYLES, **(parts or {})}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def pdf(*pages: list[tuple[float, float, str]]) -> bytes:
    """A PDF; each page is a list of (height, size, text), Helvetica, bold from size 12 on."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        content = "".join(
            f"BT /{'F2' if size >= 12 else 'F1'} {size} Tf 1 0 0 1 72 {height} Tm ({_escaped(text)}) Tj ET\n"
            for height, size, text in lines
        )
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}endstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """The file, written."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
