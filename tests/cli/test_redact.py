"""`ingest --redact`: erased words leave the study; ids, decisions and lengths stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import CommandLine

from cothemes.app.privacy.redact import masked
from cothemes.app.study import Study
from cothemes.records.document import Document, Kind
from cothemes.records.run import Call, CallState, Run
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.revise.mapping import text_map

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LINES = (
    "Interviewer: What do you remember?",
    "Mo: I remember the winter when my neighbour Balthasar lent us his van for the whole season.",
    "Interviewer: And then?",
    "Mo: Then the council wrote to everyone. My sister had leukaemia that year. We moved house twice.",
    "Interviewer: Anything else?",
    "Mo: The works closed in the spring, and nobody asked us what we thought about it, not once.",
)
GONE = ("Balthasar", "balthasar", "leukaemia")


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine) -> Path:
    """An interview with the words in every place; `one.txt` beside it is the redacted text."""
    path = tmp_path / "one.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    folder = tmp_path / "study"
    cothemes.done("init", folder, "--from", "blank")
    cothemes.done("ingest", path, study=folder)
    cothemes.done("reviewers", "add", "ann", study=folder)
    cothemes.done("route", "--reviewers", "ann", "--overlap", "0", study=folder)
    study = Study(folder)
    study.store.runs.put(
        Run(
            id="r0001", coder="llm", rater="m@p#r0001", configuration="c",
            codebook_hash=study.codebook.hash, started=NOW,
        )
    )  # fmt: skip
    for passage in study.store.passages.all():
        _suggested(study, passage.id)
        note = f"quotes: {passage.text}"
        words = ("decide", "--as", "ann", passage.id, "C1", "add", "--note", note)
        cothemes.done(*words, "--span", f"0:{len(passage.text)}", study=folder)
        cothemes.done("done", "--as", "ann", passage.id, study=folder)
    cothemes.done("memo", "add", "Balthasar again", "--as", "ann", "--passage", "one.0001", study=folder)
    study.close()
    text = "\n".join(LINES).replace("Balthasar", "[a neighbour]")
    path.write_text(text.replace(" My sister had leukaemia that year.", ""), encoding="utf-8")
    return folder


def _suggested(study: Study, name: str) -> None:
    passage = study.store.passages.get(name)
    assert passage is not None
    body = json.dumps({"messages": [{"content": json.dumps([passage.text])}]})
    call = {"key": f"key-{name}", "run": "r0001", "passage": name, "stage": "propose", "intended_at": NOW}
    place = {"endpoint": "https://models.example.org/v1", "model": "big-1", "request": body}
    study.store.ledger.write([Call(state=CallState.INTENDED, **call, **place)])
    reply = json.dumps({"reason": passage.text})
    study.store.ledger.write([Call(state=CallState.REPLIED, reply=reply, input_tokens=7, **call, **place)])
    study.store.runs.record(
        [
            Outcome(
                run="r0001", passage=name, state=OutcomeState.CODED, detail=passage.text, call=f"key-{name}",
                text_version=passage.version,
            )
        ],
        [
            Suggestion(
                id=f"s-{name}", run="r0001", rater="m@p#r0001", passage=name, code="C1", verdict=Verdict.YES,
                evidence=(Evidence(start=passage.start, end=passage.end),), reason=passage.text,
                text_version=passage.version,
            )
        ],
    )  # fmt: skip


def held(folder: Path) -> list[str]:
    return [
        f"{path.name}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in GONE
        if word.encode() in path.read_bytes()
    ]


def test_no_byte_of_the_erased_words_is_left(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    assert held(study)
    report = cothemes.json("ingest", tmp_path / "one.txt", "--redact", "--yes", study=study)
    assert [(each["document"], each["clean"]) for each in report["redacted"]] == [("one", True)]
    assert held(study) == []
    opened = Study(study)
    current = opened.store.documents.get("one")
    assert current is not None
    old = opened.store.documents.versions("one")[1]
    assert (len(old.text), old.version, old.source_hash) == (len("\n".join(LINES)), "redacted:1", "")
    calls = {call.passage: call for call in opened.store.ledger.calls()}
    assert [bool(calls[name].request) for name in sorted(calls)] == [False, False, True]
    assert [bool(calls[name].reply) for name in sorted(calls)] == [False, False, True]
    assert {call.input_tokens for call in calls.values()} == {7}
    assert opened.store.check() == "ok"
    opened.close()


def test_ids_decisions_and_spans_stay(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    opened = Study(study)
    before = {each.id: each for each in opened.store.reviews.decisions(as_coded=True)}
    opened.close()
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", "--yes", study=study)
    opened = Study(study)
    after = {each.id: each for each in opened.store.reviews.decisions(as_coded=True)}
    same = ("passage", "code", "action", "reviewer", "start", "end", "at")
    assert [[getattr(each, name) for name in same] for each in before.values()] == [
        [getattr(each, name) for name in same] for each in after.values()
    ]
    current = opened.store.documents.get("one")
    assert current is not None
    for each in opened.store.reviews.decisions():
        if each.start is not None and each.end is not None:
            assert current.text[each.start : each.end].strip()
    notes = {each.note for each in after.values() if each.note}
    assert any("█" in note for note in notes) or notes == set()
    assert [each.text for each in opened.store.memos.all()] == ["█████████ again"]
    opened.close()
    assert cothemes.json("codings", study=study)


def test_the_same_decisions_count_as_without_redaction(
    cothemes: CommandLine, study: Path, tmp_path: Path
) -> None:
    """A correction that erases nothing and one that erases give the same states."""
    import shutil

    other = tmp_path / "other"
    shutil.copytree(study, other)
    cothemes.done("ingest", tmp_path / "one.txt", study=other)
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", "--yes", study=study)

    def counted(folder: Path) -> list[object]:
        codings = cothemes.json("codings", study=folder)
        text = json.dumps(codings)
        return [text.count('"passage"'), text.count("to confirm"), text.count("to_confirm")]

    assert counted(study) == counted(other)


def test_the_earlier_file_is_refused_and_no_cut_brings_it_back(
    cothemes: CommandLine, study: Path, tmp_path: Path
) -> None:
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", "--yes", study=study)
    (tmp_path / "one.txt").write_text("\n".join(LINES), encoding="utf-8")
    assert cothemes("ingest", tmp_path / "one.txt", study=study).exit_code == 4
    assert held(study) == []
    assert cothemes("ingest", "one", "--resegment", "--undo", "--yes", study=study).exit_code == 3


def test_a_second_redaction_and_a_restored_backup(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    cothemes.done("ingest", path, study=study)
    cothemes.done("backup", tmp_path / "b.zip", study=study)
    cothemes.done("ingest", path, "--redact", "--yes", study=study)
    assert held(study) == []
    report = cothemes.json("restore", tmp_path / "b.zip", tmp_path / "back", study=study)
    assert report["redacted"] == ["one"]
    assert held(tmp_path / "back") == []
    path.write_text(path.read_text(encoding="utf-8").replace("van", "[thing]"), encoding="utf-8")
    cothemes.done("ingest", path, "--redact", "--yes", study=study)
    opened = Study(study)
    versions = sorted(each.version for each in opened.store.documents.versions("one"))[1:]
    assert versions == ["redacted:1", "redacted:2"]
    assert opened.store.check() == "ok"
    opened.close()
    assert [
        each["redacted"] for each in cothemes.json("backup", tmp_path / "c.zip", study=study)["older"]
    ] == [["one"]]


def test_a_backup_with_the_earlier_text_asks_for_the_redacted_file(
    cothemes: CommandLine, study: Path, tmp_path: Path
) -> None:
    cothemes.done("backup", tmp_path / "b.zip", study=study)
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", "--yes", study=study)
    result = cothemes("restore", tmp_path / "b.zip", tmp_path / "back", "--json", study=study)
    assert result.exit_code == 4
    (todo,) = json.loads(result.stdout)["to_redact"]
    assert todo["todo"] == "cothemes ingest one.txt --redact"


@pytest.mark.parametrize("words", [("--redact", "--undo", "--resegment"), ("--redact", "--json"), ("--yes",)])
def test_options_that_do_not_go_together(
    cothemes: CommandLine, study: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert cothemes("ingest", tmp_path / "one.txt", *words, study=study).exit_code == 2


def test_it_asks_before_it_erases(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", stdin="no\n", study=study)
    assert held(study)
    cothemes.done("ingest", tmp_path / "one.txt", "--redact", stdin="redact\n", study=study)
    assert held(study) == []


def test_words_are_masked_where_the_new_text_has_them_not() -> None:
    def document(text: str, version: str) -> Document:
        return Document(slug="a", version=version, kind=Kind.INTERVIEW, text=text)

    old = document("My friend Balthasar came, and Balthasars came too. Nobody else.", "1")
    new = document("My friend came, and Balthasar came too. Nobody else.", "2")
    found = masked(old.text, new.text, text_map(old, new))
    assert len(found) == len(old.text)
    assert "Balthasars" not in found
    assert found.startswith("My friend █████████ came")
    assert found.endswith("Nobody else.")
