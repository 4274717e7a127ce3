"""One file that cannot be read, and the good ones of the same call: it is refused, and they are stored."""

from __future__ import annotations

import csv
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import CommandLine
from tests.contracts.files import docx, paragraph, write

from cothemes.adapters.readers.plain import PlainReader
from cothemes.adapters.readers.registry import one_file, reader_for
from cothemes.app.study import Study, create_study
from cothemes.errors import FileUnreadable
from cothemes.stages.ingest.document import document_from

TALK = (
    "Interviewer: What helped the group?\nMo: We trusted each other.\nInterviewer: And then?\nMo: It ended.\n"
)


def nested(depth: int, words: str = "deep") -> str:
    """Tables within each other, and words in the innermost."""
    inner = paragraph(words)
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    return inner


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    return study


def stored(study: Study) -> list[str]:
    opened = Study(study.root)
    found = sorted(document.slug for document in opened.store.documents.heads())
    opened.close()
    return found


def ingested(cothemes: CommandLine, study: Study, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    result = cothemes("ingest", folder, "--json", *more, study=study.root)
    files = json.loads(result.stdout)["files"]
    return result.exit_code, {Path(each["path"]).name: each for each in files}


BAD: dict[str, str | bytes] = {
    "m-deep.docx": docx(nested(400)),
    "m-deep.json": "[" * 100_000,
    "m-deep.jsonl": '{"id": ' + "[" * 100_000,
    "m-deep.md": "---\na: " + "[" * 5_000 + "\n---\nText.\n",
    "m-long.md": "---\na: " + "[x, " * 30_000 + "\n---\nText.\n",
    "m-wide.csv": ",".join(f"c{n}" for n in range(1_001)) + ",text\n" + "," * 1_001 + "words\n",
    "m-cells.csv": "id,text\n1,fine\n2,a,b\n",
    "m-broken.pdf": b"%PDF-1.7\n" + b"[" * 50_000,
    "m-none.vtt": "WEBVTT\n\nsoon --> later\nHi\n",
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("check", [False, True])
def test_a_bad_file_is_refused_and_the_others_are_stored(
    study: Study, cothemes: CommandLine, tmp_path: Path, name: str, check: bool
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    write(folder, "a-first.txt", TALK)
    write(folder, name, BAD[name])
    write(folder, "z-last.txt", TALK.replace("group", "club"))
    code, files = ingested(cothemes, study, folder, *(["--check"] if check else []))
    assert code == 4
    assert {each: files[each]["state"] for each in files} == {
        "a-first.txt": "new",
        name: "failed",
        "z-last.txt": "new",
    }
    assert files[name]["reason"]
    assert files[name]["hint"]
    assert stored(study) == ([] if check else ["a-first", "z-last"])


def test_the_row_of_a_fault_is_told(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    write(folder, "rows.csv", "id,text\n1,fine\n2,a,b\n")
    _, files = ingested(cothemes, study, folder)
    assert files["rows.csv"]["reason"].startswith("row 3: ")


FAULTS = [
    RecursionError("maximum recursion depth exceeded"),
    MemoryError(),
    KeyError("styleId"),
    AttributeError("no attribute"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
    OverflowError("too large"),
    OSError(5, "Input/output error"),
    zipfile.BadZipFile("bad"),
    csv.Error("bad"),
    yaml.YAMLError("bad"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("place", ["read", "understood", "cut"])
def test_what_nobody_foresaw_in_one_file_stops_no_other(
    study: Study,
    cothemes: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    place: str,
) -> None:
    from cothemes.app.corpus import ingest as step

    def failing(function: Any, name: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            if name(*given) == "m-bad.txt":
                raise fault
            return function(*given, **named)

        return call

    if place == "read":
        monkeypatch.setattr(PlainReader, "read", failing(PlainReader.read, lambda _, path: path.name))
    elif place == "understood":
        monkeypatch.setattr(step, "understand", failing(step.understand, lambda source: source.name))
    else:
        monkeypatch.setattr(step, "segment", failing(step.segment, lambda document, *_: document.source_name))
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("a-first.txt", "m-bad.txt", "z-last.txt"):
        write(folder, name, TALK.replace("group", name))
    code, files = ingested(cothemes, study, folder)
    assert (code, files["m-bad.txt"]["state"], bool(files["m-bad.txt"]["hint"])) == (4, "failed", True)
    assert stored(study) == ["a-first", "z-last"]


@pytest.mark.parametrize(
    "passing", [KeyboardInterrupt(), FileUnreadable("is empty", hint="x"), SystemExit(3)]
)
def test_an_interrupt_and_a_reason_of_the_reader_pass(tmp_path: Path, passing: BaseException) -> None:
    with pytest.raises(type(passing)) as caught, one_file(tmp_path):
        raise passing
    assert caught.value is passing


def test_a_refused_file_names_its_place_and_the_way_out(tmp_path: Path) -> None:
    path = write(tmp_path, "deep.docx", docx(nested(400)))
    with pytest.raises(FileUnreadable, match="nested") as caught:
        reader_for(path).read(path)
    assert caught.value.where == str(path)
    assert "tables" in caught.value.hint


def test_tables_within_tables_are_read_once(tmp_path: Path) -> None:
    path = write(
        tmp_path, "deep.docx", docx(paragraph("Before."), nested(20, "deep words"), paragraph("After."))
    )
    document = document_from(reader_for(path).read(path)[0])
    assert document.text.count("deep words") == 1
    assert "Before." in document.text
    assert "After." in document.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "a\n" * 20),
        ("a.docx", docx(*[paragraph("a")] * 20)),
        ("a.md", "a\n" * 20),
        ("a.csv", "text\n" + "a word or two\n" * 20),
        ("a.jsonl", "".join(f'{{"id": "{n}", "doc": "d", "text": "a"}}\n' for n in range(20))),
        ("a.json", json.dumps([{"text": "a"}] * 20)),
        ("a.srt", "00:00:01,000 --> 00:00:02,000\na\n\n" * 20),
        ("a.vtt", "WEBVTT\n\n" + "00:01.000 --> 00:02.000\na\n\n" * 20),
        ("b.json", json.dumps([{"text": "a", "words": [[]] * 200}])),
    ],
)
def test_the_number_of_lines_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str | bytes
) -> None:
    path = write(tmp_path, name, content)
    assert reader_for(path).read(path)
    monkeypatch.setattr("cothemes.adapters.readers.raw.MOST", 10)
    with pytest.raises(FileUnreadable, match="holds more than") as caught:
        reader_for(path).read(path)
    assert caught.value.hint


def test_the_elements_of_a_word_file_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.docx", docx(*[paragraph("x")] * 40))
    assert reader_for(path).read(path)
    monkeypatch.setattr("cothemes.adapters.readers.xml_package.MOST_ELEMENTS", 50)
    with pytest.raises(FileUnreadable, match="elements"):
        reader_for(path).read(path)


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_blank_lines_cost_no_memory(tmp_path: Path, name: str, end: str) -> None:
    path = write(tmp_path, name, "P1: One.\n" + end * 100_000 + "P2: Two.\n")
    tracemalloc.start()
    document = document_from(reader_for(path).read(path)[0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(document.blocks) == 2
    # A line each took a kilobyte: 100 MB.
    assert peak < 8_000_000
