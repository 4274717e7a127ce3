"""Whatever bytes a file holds, it is read or refused with a hint; and what is read has every word once.

`make test` tries a few examples of each, `make test-slow` five thousand.
"""

from __future__ import annotations

import html
import io
import json
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.contracts.files import ASS, EAF, FODT, SRT, TTML, VTT, docx, epub, odt, paragraph, pdf, table, xlsx
from tests.unit.readers.test_json_shapes import DIALOGUES

from cothemes.adapters.readers import pdf_worker
from cothemes.adapters.readers.pdf_layout import arrange
from cothemes.adapters.readers.registry import one_file, reader_for
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, Source

FEW = settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
SEARCH = settings(FEW, max_examples=5_000)

SEEDS: dict[str, bytes] = {
    "a.txt": "P1: One café.\nP2: Two.\n".encode(),
    "a.md": b"---\ntitle: T\n---\n# Head\n\n| a | b |\n|---|---|\n| c | d |\n",
    "a.docx": docx(paragraph("A plan", "Title"), table(("a", "b"), ("c", "d")), paragraph("One\ttwo\nthree")),
    "a.odt": odt("<text:h text:outline-level='1'>Why</text:h><text:p>We<text:s text:c='3'/> met.</text:p>"),
    "a.fodt": FODT.encode(),
    "a.rtf": b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 A;}}We \\'e9 \\u8220? {\\b met}\\par\\cell\\row}",
    "a.html": b"<!DOCTYPE html><h1>Why</h1><p>We <b>met</b>.<br>So.<table><tr><td>a<td>b<tr><td>c",
    "a.epub": epub("<h1>One</h1><p>We met.</p>"),
    "a.csv": b'id,speaker,text\n1,Jane,"We met, often."\n2,Tom,Yes.\n',
    "a.tsv": b"start\tend\ttext\n0\t900\tWe met.\n",
    "a.xlsx": xlsx(("id", "text"), (1, "We met.")),
    "a.vtt": VTT.encode(),
    "a.srt": SRT.encode(),
    "a.ass": ASS.encode(),
    "a.ttml": TTML.encode(),
    "a.srv3": b'<timedtext format="3"><body><p t="9" d="9"><s>We</s><s> met.</s></p></body></timedtext>',
    "a.eaf": EAF.encode(),
    "a.jsonl": b'{"id":"1","doc":"d","text":"One."}\n{"id":"2","doc":"d","text":"Two."}\n',
    **{
        f"{name.replace(' ', '-')}.json": json.dumps(content).encode()
        for name, (content, _, _) in DIALOGUES.items()
    },
}
SMALL = st.binary(max_size=6)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with some of its bytes cut out, doubled or replaced."""
    content = whole
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        more = draw(st.one_of(SMALL, st.just(content[start:end] * 2)))
        content = content[:start] + more + content[end:]
    return content


def read(name: str, content: bytes) -> list[Source] | None:
    """Its sources; None where it is refused, with place and hint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        refused: FileUnreadable | None = None
        try:
            with one_file(path):
                found = reader_for(path, AS_FOUND).read(path)
        except FileUnreadable as error:
            refused = error
        if refused is not None:
            assert refused.hint
            assert refused.where.startswith(str(path))
            return None
    for each in found:
        places = [line.place for line in each.lines]
        assert places == sorted(places)
        assert each.name == name
    return found


def _in_parts(name: str, content: bytes, draw: Callable[[bytes], bytes]) -> bytes:
    """The file with one of its parts damaged inside the zip, where it is one."""
    if not content.startswith(b"PK"):
        return draw(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    chosen = sorted(parts)[len(content) % len(parts)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, words in parts.items():
            archive.writestr(part, draw(words) if part == chosen or len(words) > 400 else words)
    return buffer.getvalue()


def _any_damage(data: st.DataObject, name: str) -> None:
    whole = SEEDS[name]
    content = (
        data.draw(damaged(whole))
        if data.draw(st.booleans())
        else _in_parts(name, whole, lambda part: data.draw(damaged(part)))
    )
    read(name, content)


@pytest.mark.parametrize("name", SEEDS)
@FEW
@given(data=st.data())
def test_damage_is_read_or_refused(name: str, data: st.DataObject) -> None:
    _any_damage(data, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
@SEARCH
@given(data=st.data())
def test_much_damage_is_read_or_refused(name: str, data: st.DataObject) -> None:
    _any_damage(data, name)


PDF = pdf([(700, 10, "We met in the hall and"), (688, 10, "left in the co-"), (676, 10, "operative.")])


def _pdf(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(content)
        found = pdf_worker.main(str(path))
    if "error" not in found:
        arrange(json.loads(json.dumps(found["pages"])))


@FEW
@given(content=damaged(PDF))
def test_a_damaged_pdf_is_read_or_refused(content: bytes) -> None:
    _pdf(content)


@pytest.mark.slow
@SEARCH
@given(content=damaged(PDF))
def test_much_damaged_pdf_is_read_or_refused(content: bytes) -> None:
    _pdf(content)


LETTERS = st.characters(
    categories=("L", "N", "P"), exclude_characters="<>&{}[]()\\|;:：#*-_=`~\"'“”«»＂…\u200b\ufeff/+•"
)
WORD = st.text(LETTERS, min_size=1, max_size=8).filter(lambda word: not re.search(r"\d|^[^\w]|[^\w]$", word))
LINE = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
LINES = st.lists(LINE, min_size=1, max_size=8)

WRITTEN: dict[str, Callable[[list[str]], Any]] = {
    "a.txt": lambda lines: "\n".join(lines),
    "a.md": lambda lines: "\n\n".join(lines),
    "a.docx": lambda lines: docx(*[paragraph(html.escape(line)) for line in lines]),
    "a.odt": lambda lines: odt("".join(f"<text:p>{html.escape(line)}</text:p>" for line in lines)),
    "a.rtf": lambda lines: "{\\rtf1 " + "".join(f"{_escaped(line)}\\par " for line in lines) + "}",
    "a.html": lambda lines: "<!DOCTYPE html>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines),
    "a.epub": lambda lines: epub(*[f"<p>{html.escape(line)}</p>" for line in lines]),
    "a.csv": lambda lines: "id,text\n" + "".join(f'{n},"{line}"\n' for n, line in enumerate(lines)),
    "a.xlsx": lambda lines: xlsx(("id", "text"), *[(n, f"{line}") for n, line in enumerate(lines)]),
    "a.srt": lambda lines: "".join(
        f"{n}\n00:00:01,000 --> 00:00:02,000\n{line}\n\n" for n, line in enumerate(lines, 1)
    ),
    "a.vtt": lambda lines: "WEBVTT\n\n" + "".join(f"00:01.000 --> 00:02.000\n{line}\n\n" for line in lines),
    "a.ass": lambda lines: (
        "[Script Info]\n\n[Events]\n"
        + "".join(f"Dialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,{line}\n" for line in lines)
    ),
    "a.ttml": lambda lines: (
        '<tt xmlns="http://www.w3.org/ns/ttml"><body>'
        + "".join(f"<p>{line}</p>" for line in lines)
        + "</body></tt>"
    ),
    "a.srv3": lambda lines: (
        "<timedtext><body>" + "".join(f'<p t="1">{ln}</p>' for ln in lines) + "</body></timedtext>"
    ),
    "a.json": lambda lines: json.dumps({"segments": [{"text": line} for line in lines]}),
    "a.json3": lambda lines: json.dumps(
        {"events": [{"tStartMs": 1, "segs": [{"utf8": line}]} for line in lines]}
    ),
    "a.jsonl": lambda lines: "".join(
        json.dumps({"id": str(n), "doc": "d", "text": line}) + "\n" for n, line in enumerate(lines)
    ),
}


def _escaped(line: str) -> str:
    units = line.encode("utf-16-le")
    return "".join(
        chr(code) if code < 128 else f"\\u{code if code < 32768 else code - 65536}?"
        for code in (units[at] + 256 * units[at + 1] for at in range(0, len(units), 2))
    )


def _every_word_once(name: str, lines: list[str]) -> None:
    content = WRITTEN[name](lines)
    found = read(name, content if isinstance(content, bytes) else content.encode())
    assert found is not None
    said = Counter(word for each in found for line in each.lines for word in line.text.split())
    assert said == Counter(word for line in lines for word in line.split())


@pytest.mark.parametrize("name", WRITTEN)
@FEW
@given(lines=LINES)
@example(lines=["one", "two three"])
def test_every_word_is_read_once(name: str, lines: list[str]) -> None:
    _every_word_once(name, lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
@SEARCH
@given(lines=LINES)
def test_every_word_of_many_texts_is_read_once(name: str, lines: list[str]) -> None:
    _every_word_once(name, lines)


ASCII_WORD = st.text(
    st.sampled_from("abcdefghijklmnoprstuvwxyzABDEGKLMST,.;?'"), min_size=1, max_size=9
).filter(lambda word: word[0].isalpha() and word[-1].isalpha())
PAGES = st.lists(
    st.lists(st.lists(ASCII_WORD, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=12),
    min_size=1,
    max_size=3,
)


def _every_word_of_a_pdf(pages: list[list[str]]) -> None:
    content = pdf(*[[(760 - 12.0 * at, 10.0, line) for at, line in enumerate(page)] for page in pages])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(content)
        layout = arrange(pdf_worker.main(str(path))["pages"])
    kept = set(layout.furniture)
    said = Counter(word for line in layout.lines for word in line.text.split())
    written = Counter(word for page in pages for line in page if line not in kept for word in line.split())
    assert said == written


@FEW
@given(pages=PAGES)
@example(pages=[["Mo:", "We met."], ["Mo:", "So."]])
def test_every_word_of_a_pdf_is_read_once(pages: list[list[str]]) -> None:
    _every_word_of_a_pdf(pages)


@pytest.mark.slow
@SEARCH
@given(pages=PAGES)
def test_every_word_of_many_pdfs_is_read_once(pages: list[list[str]]) -> None:
    _every_word_of_a_pdf(pages)
