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


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODF_NAMES = (
    " ".join(
        f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style", "meta", "draw")
    )
    + f' xmlns:fo="{ODF}:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str, styles: str = "") -> bytes:
    """An OpenDocument text with this body; `styles` are automatic styles."""
    content = (
        f"<office:document-content {_ODF_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": mime, "content.xml": content})


FODT = (
    f'<office:document {_ODF_NAMES} office:mimetype="application/vnd.oasis.opendocument.text">'
    "<office:body><office:text><text:p>We met.</text:p></office:text></office:body></office:document>"
)


def epub(*chapters: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """An electronic book of these chapters, in order."""
    names = [f"c{number}.xhtml" for number in range(1, len(chapters) + 1)]
    items = "".join(
        f'<item id="{name}" href="text/{name}" media-type="application/xhtml+xml"/>' for name in names
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>A book</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    pages = {
        f"OEBPS/text/{name}": '<?xml version="1.0"?><!DOCTYPE html>'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{chapter}</body></html>'
        for name, chapter in zip(names, chapters, strict=True)
    }
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": book}
    return zipped({**parts, **pages, **(more or {})})


def xlsx(*rows: tuple[object, ...], sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    """A workbook; the rows are on its first sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheets[0]
    for row in rows:
        book.active.append(row)
    for name in sheets[1:]:
        book.create_sheet(name).append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ASS = """[Script Info]
Title: Interview

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,A remark
Dialogue: 0,0:00:04.00,0:00:06.00,Default,Tom,0,0,0,,Yes, {\\i1}gladly{\\i0}.\\NAt once.
Dialogue: 0,0:00:01.00,0:00:03.00,Default,Jane,0,0,0,,Shall we begin?
Dialogue: 1,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
"""

TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:tickRate="10000000">
<head><metadata><ttm:agent xml:id="a1" type="person"><ttm:name>Jane Roe</ttm:name></ttm:agent>
</metadata></head>
<body><div>
<p begin="00:00:01.500" end="00:00:03.000" ttm:agent="a1">Shall we<br/>begin &amp; see?</p>
<p begin="40000000t" end="60000000t">Yes,
   <span>gladly</span>.</p>
</div></body></tt>
"""

EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2000"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="65000"/><TIME_SLOT TIME_SLOT_ID="ts4"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="default-lt" PARTICIPANT="Tom" TIER_ID="T1"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
<ANNOTATION_VALUE>In spring.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="Jane"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>When was it?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="translation" PARENT_REF="T1" TIER_ID="T1-en"><ANNOTATION>
<REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a2"><ANNOTATION_VALUE>Au printemps.</ANNOTATION_VALUE>
</REF_ANNOTATION></ANNOTATION></TIER>
</ANNOTATION_DOCUMENT>
"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """The file, written."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
