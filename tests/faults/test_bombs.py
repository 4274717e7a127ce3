"""Files made to exhaust a reader: each is refused in time and memory, and the other files are still read."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.contracts.files import ODF, W, docx, epub, paragraph, xlsx, zipped

from cothemes.app.study import Study, create_study

SECONDS, MEGABYTES = 10, 512

TALK = "Interviewer: What helped?\nMo: We trusted each other.\nInterviewer: And then?\nMo: It ended.\n"
SHEET = '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def steep(name: str) -> bytes:
    """A zip of 60 KB whose part holds 60 MB."""
    return zipped({"[Content_Types].xml": "<x/>", "mimetype": "x", name: b" " * 60_000_000})


def lying(content: bytes, name: bytes) -> bytes:
    """A zip whose directory says that a part is small."""
    at = content.rindex(name)
    changed = bytearray(content)
    # In the central directory, the unpacked size is 22 bytes before the name.
    struct.pack_into("<I", changed, at - 22, 10)
    return bytes(changed)


def many_parts(count: int) -> bytes:
    """A zip of many empty parts; each becomes a record of half a kilobyte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"/>')
        for number in range(count):
            archive.writestr(f"word/{number}", b"")
    return buffer.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def pdf_pages(count: int, content: bytes) -> bytes:
    """A PDF of many pages that all show the same."""
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + b"5 0 R " * count + b"] /Count %d >>" % count,
        f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
    )


def one_string(rows: int, length: int) -> bytes:
    """A workbook whose cells all show one long text, stored once."""
    strings = f"<sst xmlns={SHEET}><si><t>text</t></si><si><t>{'a ' * (length // 2)}</t></si></sst>"
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n > 1)}</v></c></row>' for n in range(1, rows + 2)
    )
    book = _with_part(xlsx(("text",), ("a b",)), "xl/sharedStrings.xml", strings)
    sheet = f"<worksheet xmlns={SHEET}><sheetData>{cells}</sheetData></worksheet>"
    return _with_part(book, "xl/worksheets/sheet1.xml", sheet)


def pdf_stream(content: bytes, filters: str = "/FlateDecode") -> bytes:
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} /Filter {filters} >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


PDF_LOOP = pdf_of(
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R 3 0 R] >>",
    b"<< /Length 5 0 R >>\nstream\nBT ET\nendstream",
    b"5 0 R",
)
PDF_FORM_LOOP = pdf_of(
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 5 5] /Contents 4 0 R"
    b" /Resources << /XObject << /X 5 0 R >> >> >>",
    b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 5 5] /Length 11"
    b" /Resources << /XObject << /X 5 0 R >> >> >>\nstream\n/X Do /X Do\nendstream",
)

BOMBS: dict[str, Callable[[], str | bytes]] = {
    "steep.docx": lambda: steep("word/document.xml"),
    "steep.odt": lambda: steep("content.xml"),
    "steep.epub": lambda: steep("META-INF/container.xml"),
    "steep.xlsx": lambda: steep("xl/worksheets/sheet1.xml"),
    "lying.docx": lambda: lying(docx(paragraph("x" * 3_000_000)), b"word/document.xml"),
    "parts.docx": lambda: many_parts(60_000),
    "laughs.docx": lambda: docx(paragraph("&b;"), prolog=LAUGHS),
    "laughs.odt": lambda: zipped({"content.xml": f"{LAUGHS}<x>&b;</x>"}),
    "laughs.fodt": lambda: f'{LAUGHS}<office:document xmlns:office="{ODF}:office:1.0">&b;</office:document>',
    "laughs.xlsx": lambda: _with_part(
        xlsx(("text",), ("a b",)), "xl/sharedStrings.xml", f"{LAUGHS}<sst>&b;</sst>"
    ),
    "laughs.ttml": lambda: f'{LAUGHS}<tt xmlns="http://www.w3.org/ns/ttml"><body>&b;</body></tt>',
    "laughs.eaf": lambda: f"{LAUGHS}<ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>",
    "laughs.srv3": lambda: f"{LAUGHS}<timedtext>&b;</timedtext>",
    "deep.ttml": lambda: '<tt xmlns="http://www.w3.org/ns/ttml">' + "<div>" * 100_000,
    "deep.fodt": lambda: "<a>" * 300_000 + "</a>" * 300_000,
    "deep.odt": lambda: zipped({"content.xml": "<a>" * 300_000 + "</a>" * 300_000}),
    "wide.ttml": lambda: "<tt>" + "<p/>" * 3_000_000 + "</tt>",
    "deep.html": lambda: "<!DOCTYPE html>" + "<div>" * 500_000 + "words",
    "wide.html": lambda: "<!DOCTYPE html>" + "<b>" * 3_000_000 + "words",
    "deep.epub": lambda: epub("<div>" * 200_000 + "words"),
    "deep.rtf": lambda: "{\\rtf1 " + "{" * 1_000_000 + "words",
    "wide.rtf": lambda: "{\\rtf1 " + "\\b\\i" * 4_000_000 + "words}",
    "fonts.rtf": lambda: (
        "{\\rtf1{\\fonttbl" + "\\f1" * 300_000 + "}words" + "\\s1 " * 100_000 + "{\\s1" * 400
    ),
    "deep.json": lambda: '{"segments": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "wide.json": lambda: '{"segments": [' + ",".join(["{}"] * 3_000_000) + "]}",
    "digits.json": lambda: '{"segments": [{"text": "a", "start": ' + "9" * 1_000_000 + "}]}",
    "long.json": lambda: json.dumps({"segments": [{"text": "a " * 10}] * 250_000}),
    "columns.csv": lambda: ",".join(f"c{n}" for n in range(50_000)) + "\n" + "," * 50_000 + "\n",
    "quote.csv": lambda: 'id,text\n1,"' + "a\n" * 2_000_000,
    "cells.xlsx": lambda: _with_part(
        xlsx(("text",), ("a b",)),
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row>" + "<c/>" * 2_000_000 + "</row></sheetData></worksheet>",
    ),
    "string.xlsx": lambda: one_string(20_000, 100_000),
    "agents.ttml": lambda: (
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"><head><metadata>'
        f'<ttm:agent xml:id="a"><ttm:name>{"A" * 1_000_000}</ttm:name></ttm:agent></metadata></head><body>'
        + '<p ttm:agent="a">a</p>' * 10_000
        + "</body></tt>"
    ),
    "pages.pdf": lambda: pdf_pages(4_000, zlib.compress(b"BT /F1 9 Tf " + b"(a) Tj " * 1_000 + b" ET")),
    "loop.pdf": lambda: PDF_LOOP,
    "form.pdf": lambda: PDF_FORM_LOOP,
    "steep.pdf": lambda: pdf_stream(zlib.compress(b"\0" * 300_000_000)),
    "twice.pdf": lambda: pdf_stream(
        zlib.compress(zlib.compress(b"\0" * 300_000_000)), "[/FlateDecode /FlateDecode]"
    ),
    "operators.pdf": lambda: pdf_stream(zlib.compress(b"BT /F1 9 Tf " + b"(a) Tj " * 4_000_000 + b" ET")),
    "lines.srt": lambda: "1\n00:00:01,000 --> 00:00:02,000\na\n\n" * 300_000,
    "tags.vtt": lambda: "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v a>" * 400_000,
    "events.ass": lambda: (
        "[Script Info]\n\n[Events]\n" + "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,a\n" * 300_000
    ),
}


def _with_part(content: bytes, name: str, text: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {part: archive.read(part) for part in archive.namelist()}
    return zipped({**parts, name: text})


MEASURE = """
import resource, sys, time
from pathlib import Path
from cothemes.adapters.readers.registry import one_file, reader_for
from cothemes.errors import FileUnreadable
before = time.process_time()
path = Path(sys.argv[1])
try:
    with one_file(path):
        reader_for(path).read(path)
    end = "read"
except FileUnreadable as error:
    end = "refused" if error.hint and error.where else "refused without a hint"
child = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = time.process_time() - before + child.ru_utime + child.ru_stime
# ru_maxrss of this process would begin with the memory of the one that started it.
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(end, seconds, max(int(peak), child.ru_maxrss) / 1024)
"""
HARMLESS = {
    "wide.html",
    "fonts.rtf",
    "quote.csv",
    "tags.vtt",
    "form.pdf",
    "loop.pdf",
    "deep.html",
    "deep.epub",
}
"""These may be read: they cost little."""


LONG = {"operators.pdf", "pages.pdf", "wide.rtf"}
"""These are given up only when their time is spent, so `make test-slow` tries them."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in BOMBS]
)
def test_a_bomb_is_refused_in_time_and_memory(tmp_path: Path, name: str) -> None:
    content = BOMBS[name]()
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    end, seconds, megabytes = done.stdout.rsplit(maxsplit=2)
    assert end == "refused" or (end == "read" and name in HARMLESS)
    assert float(seconds) < SECONDS
    assert float(megabytes) < MEGABYTES


def test_bombs_stop_no_other_file(tmp_path: Path, cothemes: CommandLine) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a-first.txt").write_text(TALK)
    (folder / "z-last.txt").write_text(TALK.replace("helped", "came"))
    planted = ("steep.docx", "laughs.odt", "deep.json", "deep.rtf", "steep.pdf", "columns.csv")
    for name in planted:
        content = BOMBS[name]()
        (folder / f"m-{name}").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = cothemes("ingest", folder, "--json", study=study.root)
    states = {Path(each["path"]).name: each["state"] for each in json.loads(result.stdout)["files"]}
    assert result.exit_code == 4
    assert states == {
        "a-first.txt": "new",
        "z-last.txt": "new",
        **{f"m-{name}": "failed" for name in planted},
    }
    opened = Study(study.root)
    assert sorted(head.slug for head in opened.store.documents.heads()) == ["a-first", "z-last"]
    opened.close()
