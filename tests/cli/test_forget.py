"""`cothemes forget`: afterwards no file of .cothemes holds a byte of the document's words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import CommandLine
from tests.doubles.embedder import HashedBagEmbedder
from typer.testing import CliRunner

from cothemes.adapters.sql import privacy_tables, schema
from cothemes.adapters.sql.erasure import COVERED, erase
from cothemes.adapters.sql.store import SqlStore
from cothemes.app import wiring
from cothemes.app.privacy.deidentify import deidentify
from cothemes.app.privacy.forget import refusal
from cothemes.app.study import Study, create_study
from cothemes.cli.forget import forget
from cothemes.cli.group import EdgeGroup
from cothemes.cli.invocation import Invocation
from cothemes.errors import StateConflict
from cothemes.records.passage import Passage
from cothemes.records.privacy import Tombstone
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.record import content_hash
from cothemes.records.review import Action, Arm, Assignment, Decision, Reviewer
from cothemes.records.run import Call, CallState, Run
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, Suggestion, Verdict

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
CANARY = "the yellow canary sang in the old pit at Blairquhan"
SHARED = "We thanked everyone for coming along to the very first meeting."
LINES = (
    "Interviewer: What do you remember?",
    f"Quenby Farquharson: I remember that {CANARY}, and my number is 0131 496 0018. "
    + "It was long ago. " * 20,
    "Interviewer: And then?",
    f"Quenby Farquharson: {SHARED}",
    "Interviewer: Good. Thank you.",
    "Quenby Farquharson: Thank you.",
)
OTHER = (
    "Interviewer: And you?",
    f"Una Blane: {SHARED}",
    "Interviewer: Fine. Anything else?",
    "Una Blane: Nothing else that I could say about Grimsay and the works.",
)


class Local(CommandLine):
    """The command by itself, beside the registered ones."""

    def __call__(self, *words: object, stdin: str | None = None, study: Path | None = None) -> Any:
        app = typer.Typer(cls=EdgeGroup, pretty_exceptions_enable=False, rich_markup_mode=None)
        app.command("forget")(forget)

        @app.callback()
        def options(context: typer.Context) -> None:
            context.obj = Invocation(folder=study)

        return CliRunner().invoke(app, [*map(str, words)], input=stdin)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Local:
    monkeypatch.setenv("COLUMNS", "100")
    return Local()


@pytest.fixture
def study(tmp_path: Path, cothemes: Any) -> Iterator[Study]:
    """Two interviews with everything that a study can hold of them, the canary's words in every place."""
    study = create_study(tmp_path / "study", source="blank", codebook=None, title="Small")
    for name, lines in (("one", LINES), ("two", OTHER)):
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    cothemes.done("ingest", tmp_path / "one.txt", tmp_path / "two.txt", study=study.root)
    study.store.reviews.add_reviewer(Reviewer(name="ann", added=NOW))
    deidentify(study)
    embedder = HashedBagEmbedder()
    passages = study.store.passages.all()
    hashes = [content_hash(passage.text) for passage in passages]
    unique = {h: p.text for h, p in zip(hashes, passages, strict=True)}
    study.store.embeddings.add(embedder.name, list(unique), embedder.embed(list(unique.values())))
    with wiring.vector_index(study.vectors) as index:
        index.add([passage.id for passage in passages], embedder.embed([p.text for p in passages]))
    run = Run(
        id="r0001",
        coder="llm",
        rater="m@p#r0001",
        configuration="c",
        codebook_hash=study.codebook.hash,
        started=NOW,
    )
    study.store.runs.put(run)
    for passage in passages:
        _worked_on(study, passage)
    yield study
    study.close()


def _worked_on(study: Study, passage: Passage) -> None:
    key = f"key-{passage.id}"
    call = {
        "key": key, "run": "r0001", "passage": passage.id, "stage": "propose", "intended_at": NOW,
        "endpoint": "https://models.example.org/v1", "model": "big-1",
    }  # fmt: skip
    body = json.dumps({"messages": [{"content": json.dumps([passage.text])}]})
    study.store.ledger.write([Call(state=CallState.INTENDED, request=body, **call)])
    reply = json.dumps({"text": f"because {passage.text}"})
    study.store.ledger.write(
        [Call(state=CallState.REPLIED, request=body, reply=reply, input_tokens=7, **call)]
    )
    study.store.runs.record(
        [Outcome(run="r0001", passage=passage.id, state=OutcomeState.CODED, detail=passage.text, call=key)],
        [
            Suggestion(
                id=f"s-{passage.id}", run="r0001", rater="m@p#r0001", passage=passage.id, code="C1",
                verdict=Verdict.YES, evidence=(Evidence(start=passage.start, end=passage.end),),
                reason=passage.text, confidence=0.5,
            )
        ],
    )  # fmt: skip
    study.store.reviews.assign(
        [
            Assignment(
                reviewer="ann", passage=passage.id, document=passage.document, round="main", arm=Arm.BLIND,
                probability=0.5, double=False, position=passage.position, drawn=NOW, seed=1,
            )
        ]
    )  # fmt: skip
    study.store.reviews.append(
        [
            Decision(
                id=f"d-{passage.id}", at=NOW, reviewer="ann", passage=passage.id, round="main", arm=Arm.BLIND,
                action=Action.ADD, code="C1", code_hash="h", codebook_hash="b", note=passage.text,
                start=passage.start, end=passage.end, attributes={"said": (passage.text,)},
            )
        ]
    )  # fmt: skip
    study.store.ratings.add(
        [
            Rating(
                unit=passage.id, doc=passage.document, rater="zoe", kind=RaterKind.HUMAN, code="C1", value=1,
                cluster=passage.speaker, start=0, end=3, attributes={"note": passage.text},
            )
        ]
    )  # fmt: skip


def files_with(folder: Path, *words: str) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path.name}: {word}" for word in words if word.encode() in content]
    return found


def test_no_file_of_the_study_holds_a_byte_of_it(local: Local, study: Study) -> None:
    assert files_with(study.records, CANARY), "the canary was there before"
    out = local.done("forget", "one", "--yes", study=study.root)
    study.close()
    assert (
        files_with(study.records, CANARY, "Quenby", "quenby", "0131 496 0018", "number is", "one.txt") == []
    )
    assert "Quenby" not in out
    assert CANARY not in out


def test_the_bytes_are_gone_while_the_records_are_still_open(local: Local, study: Study) -> None:
    """The write-ahead log is emptied too, and the vectors' files are gone."""
    assert (study.records / "vectors").exists()
    local.done("forget", "one", "--yes", study=study.root)
    assert files_with(study.records, CANARY, "Quenby") == []
    assert not (study.records / "vectors").exists()


def test_numbers_stay(local: Local, study: Study) -> None:
    before = {d.id: d for d in study.store.reviews.decisions()}
    local.done("forget", "one", "--yes", study=study.root)
    after = {d.id: d for d in study.store.reviews.decisions()}
    assert after.keys() == before.keys()
    for key, decision in after.items():
        was = before[key]
        if was.passage.startswith("one."):
            assert decision == was.model_copy(
                update={"note": "", "start": None, "end": None, "attributes": {}}
            )
        else:
            assert decision == was
    assert len(study.store.reviews.assignments()) == len(before)
    ratings = [r for r in study.store.ratings.all() if r.doc == "one"]
    assert {(r.value, r.start, r.cluster) for r in ratings} == {(1, None, "one")}
    calls = [c for c in study.store.ledger.calls() if c.passage.startswith("one.")]
    assert calls
    assert {(c.request, c.reply, c.input_tokens, c.state.value) for c in calls} == {("", None, 7, "replied")}
    suggestions = study.store.runs.suggestions()
    gone = [s for s in suggestions if s.passage.startswith("one.")]
    assert {(s.reason, s.evidence, s.confidence) for s in gone} == {("", (), 0.5)}
    assert study.store.check() == "ok"


def test_the_other_document_keeps_everything(local: Local, study: Study) -> None:
    two = study.store.documents.get("two")
    passages = study.store.passages.of("two")
    local.done("forget", "one", "--yes", study=study.root)
    assert [d.slug for d in study.store.documents.all()] == ["two"]
    assert study.store.documents.get("two") == two
    assert study.store.passages.all() == passages
    hashes = [content_hash(passage.text) for passage in passages]
    assert study.store.embeddings.missing(HashedBagEmbedder.name, hashes) == []
    assert len(study.store.embeddings.matrix(HashedBagEmbedder.name, hashes)) == len(passages)
    calls = {c.passage: c for c in study.store.ledger.calls()}
    assert all(calls[passage.id].reply for passage in passages)
    assert [e.original for e in study.store.privacy.pseudonyms()] == ["Una Blane"]


def test_vectors_of_sentences_go_with_their_document(local: Local, study: Study) -> None:
    embedder = HashedBagEmbedder()
    texts = {
        slug: [p.sentence_text(s) for p in study.store.passages.of(slug) for s in p.sentences]
        for slug in ("one", "two")
    }
    hashes = {slug: [content_hash(text) for text in dict.fromkeys(own)] for slug, own in texts.items()}
    for slug, own in texts.items():
        study.store.embeddings.add(embedder.name, hashes[slug], embedder.embed(list(dict.fromkeys(own))))
    local.done("forget", "one", "--yes", study=study.root)
    shared = content_hash(SHARED)
    assert shared in hashes["one"]
    gone = [digest for digest in hashes["one"] if digest != shared]
    assert len(gone) > 1
    assert study.store.embeddings.missing(embedder.name, hashes["one"]) == gone
    assert study.store.embeddings.missing(embedder.name, hashes["two"]) == []
    kept = b"".join(each.read_bytes() for each in study.root.rglob("*") if each.is_file())
    assert [digest for digest in gone if digest.encode() in kept] == []


def test_originals_used_elsewhere_stay_and_others_go(
    local: Local, cothemes: Any, study: Study, tmp_path: Path
) -> None:
    """The phone stands in the first interview alone; Farquharson is named in a third too."""
    third = tmp_path / "third.txt"
    third.write_text(
        "Interviewer: Who came?\nMo: Farquharson.\nInterviewer: Yes?\nMo: Yes.\n", encoding="utf-8"
    )
    cothemes.done("ingest", third, study=study.root)
    deidentify(study)
    given = study.store.privacy.given()
    local.done("forget", "one", "--yes", study=study.root)
    kept = {e.original for e in study.store.privacy.pseudonyms()}
    assert {"Quenby Farquharson", "Una Blane"} <= kept
    assert not any("0131" in original for original in kept)
    assert study.store.privacy.given() == given, "no number is given again"
    assert study.store.privacy.replacements("one") == []
    assert set(study.store.privacy.states()) == {"two", "third"}


def test_decisions_are_append_only_again(local: Local, study: Study) -> None:
    with closing(sqlite3.connect(study.store.path)) as other:
        before = other.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        ).fetchall()
    local.done("forget", "one", "--yes", study=study.root)
    with closing(sqlite3.connect(study.store.path)) as other:
        after = other.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        ).fetchall()
        assert after == before
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute("UPDATE decisions SET note = 'x'")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute("DELETE FROM decisions")


def test_an_erasure_that_fails_leaves_everything_and_the_guard(study: Study) -> None:
    """All of it is one transaction: a failure half-way, with the guard away, changes nothing."""
    database = study.store.privacy._database  # type: ignore[attr-defined]
    before = study.store.documents.all(), study.store.reviews.decisions()

    def half_way() -> None:
        with database.writing() as connection:
            erase(connection, "one", lambda _words: False)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert (study.store.documents.all(), study.store.reviews.decisions()) == before
    with closing(sqlite3.connect(study.store.path)) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute("UPDATE decisions SET note = 'x'")


def test_the_file_is_refused_afterwards(local: Local, cothemes: Any, study: Study, tmp_path: Path) -> None:
    local.done("forget", "one", "--yes", "--reason", "asked on 3 March", study=study.root)
    result = cothemes("ingest", tmp_path / "one.txt", study=study.root)
    assert result.exit_code in (3, 4)
    assert "forgotten" in " ".join(result.stderr.split()) + result.stdout
    copy = tmp_path / "renamed.txt"
    copy.write_bytes((tmp_path / "one.txt").read_bytes())
    assert cothemes("ingest", copy, study=study.root).exit_code in (3, 4)
    copy.write_bytes((tmp_path / "one.txt").read_bytes().replace(b"\n", b"\r\n"))
    assert cothemes("ingest", copy, study=study.root).exit_code in (3, 4)
    assert [d.slug for d in study.store.documents.all()] == ["two"]
    assert files_with(study.records, CANARY) == []
    assert str(refusal(study, "one")).endswith("asked on 3 March")
    marks = study.store.privacy.tombstones()[0].marks
    assert refusal(study, "another", *marks) is not None
    assert refusal(study, "another", "0" * 64) is None


def test_a_run_under_way_cannot_write_its_words_back(local: Local, study: Study) -> None:
    """Its rows are passed over, so that what it stores beside them is kept; a person is told."""
    one, two = study.store.passages.of("one")[1], study.store.passages.of("two")[1]
    local.done("forget", "one", "--yes", study=study.root)
    study.store.ledger.write([call_of("late", one.id, CANARY), call_of("kept", two.id, "words")])
    study.store.runs.record(
        [Outcome(run="r0001", passage=one.id, state=OutcomeState.FAILED, detail=CANARY)],
        [suggestion_of("late", one.id, CANARY), suggestion_of("kept", two.id, "words")],
    )
    assert study.store.ledger.look("late") is None
    assert study.store.ledger.look("kept") is not None
    assert [s.id for s in study.store.runs.suggestions()][-1] == "kept"
    note = Decision(
        id="late", at=NOW, reviewer="ann", passage=one.id, round="main", arm=Arm.BLIND, action=Action.NOTE,
        codebook_hash="b", note=CANARY,
    )  # fmt: skip
    with pytest.raises(StateConflict, match="forgotten"):
        study.store.reviews.append([note])
    study.close()
    assert files_with(study.records, CANARY) == []


def call_of(key: str, passage: str, request: str) -> Call:
    return Call(
        key=key, run="r0001", passage=passage, stage="propose", endpoint="e", request=request,
        state=CallState.INTENDED, intended_at=NOW,
    )  # fmt: skip


def suggestion_of(key: str, passage: str, reason: str) -> Suggestion:
    return Suggestion(
        id=key, run="r0001", rater="m", passage=passage, code="C1", verdict=Verdict.YES, reason=reason
    )


def test_a_quotation_in_another_passages_request_goes_too(local: Local, study: Study) -> None:
    """As an example in a prompt, with the name replaced as it would be sent."""
    target = study.store.passages.of("two")[0]
    words = json.dumps([f"[PERSON_1]: I remember that {CANARY}, and my number is [PHONE_1]"])
    body = json.dumps({"messages": [{"content": words}]})
    study.store.ledger.write([call_of("quoting", target.id, body)])
    local.done("forget", "one", "--yes", study=study.root)
    call = study.store.ledger.look("quoting")
    assert call is not None
    assert (call.request, call.passage) == ("", target.id)
    assert files_with(study.records, CANARY) == []


def test_what_is_out_of_reach_is_listed(local: Local, study: Study) -> None:
    (study.root / "notes.md").write_text(f"He said that {CANARY}, and my number is", encoding="utf-8")
    study.store.codebooks.put("h", json.dumps({"text": f"I remember that {CANARY}, and my number is "}))
    result = local("forget", "one", "--yes", "--json", study=study.root)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["clean"] is True
    todo = "\n".join(found["remaining"])
    assert "https://models.example.org/v1 had" in todo
    assert "(big-1) between 2026-11-03 and 2026-11-03: ask the provider" in todo
    assert "notes.md in the study's folder holds its words" in todo
    assert "codebooks that the study was coded with" in todo
    assert "one.txt" in todo
    assert "backups" in todo
    assert CANARY not in result.output


def test_a_file_of_the_records_that_still_holds_words_is_a_failure(local: Local, study: Study) -> None:
    (study.records / "stray.log").write_text(f"I remember that {CANARY}, and my number is", encoding="utf-8")
    result = local("forget", "one", "--yes", study=study.root)
    assert result.exit_code == 4
    assert "stray.log" in result.stderr
    (study.records / "stray.log").unlink()
    assert local("forget", "one", "--yes", study=study.root).exit_code == 0


def test_an_open_reader_is_said_and_a_second_time_finishes(
    local: Local, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.adapters.sql.erasure.BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(study.store.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        result = local("forget", "one", "--yes", study=study.root)
        assert result.exit_code == 4
        assert "Close every other program" in " ".join(result.stderr.split())
    out = local.done("forget", "one", "--yes", study=study.root)
    assert "was forgotten" in out
    assert files_with(study.records, CANARY) == []


def test_the_vector_store_in_use_stops_it_before_anything_is_erased(local: Local, study: Study) -> None:
    with wiring.vector_index(study.vectors):
        result = local("forget", "one", "--yes", study=study.root)
    assert result.exit_code == 6
    assert study.store.documents.get("one") is not None


def test_it_asks_and_takes_only_the_documents_own_name_for_a_yes(local: Local, study: Study) -> None:
    for typed in ("", "y\n", "two\n"):
        assert "Nothing was erased" in local.done("forget", "one", stdin=typed, study=study.root)
    assert study.store.documents.get("one") is not None
    assert "was forgotten" in local.done("forget", "one", "--as", "ann", stdin="one\n", study=study.root)
    listed = json.loads(local("forget", "--list", "--json", study=study.root).stdout)
    assert [(t["document"], t["by"], t["reason"]) for t in listed] == [("one", "ann", "consent withdrawn")]
    assert listed[0]["erased"]["passages"] > 0
    assert "marks" not in listed[0]
    assert "consent withdrawn" in local.done("forget", "--list", study=study.root)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name one document"),
        (("one", "--list"), "name one document"),
        (("three", "--yes"), "Documents: one, two"),
        (("one", "--json"), "does not ask"),
        (("one", "--yes", "--as", "eve"), "not registered"),
    ],
)
def test_what_cannot_be_forgotten(local: Local, study: Study, words: tuple[str, ...], said: str) -> None:
    result = local("forget", *words, study=study.root)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert len(study.store.documents.all()) == 2


def test_nothing_was_forgotten_yet(local: Local, study: Study) -> None:
    assert "Nothing was forgotten" in local.done("forget", "--list", study=study.root)


def test_other_commands_go_on(local: Local, cothemes: Any, study: Study) -> None:
    local.done("forget", "one", "--yes", study=study.root)
    for words in (("status",), ("queue", "--as", "ann"), ("codings",)):
        result = cothemes(*words, study=study.root)
        assert result.exit_code == 0, (words, result.output, result.exception)
        assert CANARY not in result.output


def test_every_version_of_a_document_goes(local: Local, cothemes: Any, study: Study, tmp_path: Path) -> None:
    for extra in range(4):
        (tmp_path / "one.txt").write_text(
            "\n".join((*LINES, f"Interviewer: Version {extra}.")), encoding="utf-8"
        )
        cothemes.done("ingest", tmp_path / "one.txt", "--resegment", "--yes", study=study.root)
    found = json.loads(local("forget", "one", "--yes", "--json", study=study.root).stdout)
    assert found["erased"]["versions"] == 5
    assert found["clean"] is True
    assert study.store.check() == "ok"
    assert files_with(study.records, CANARY, "Version 2") == []


def test_other_documents_of_the_same_file_stay(
    local: Local, cothemes: Any, study: Study, tmp_path: Path
) -> None:
    rows = [
        {"id": f"{doc}-1", "doc": doc, "text": f"{words} and so on, for as long as it takes to say it. " * 6}
        for doc, words in (("ann", CANARY), ("bob", "Another thing altogether was said"))
    ]
    path = tmp_path / "cut.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    cothemes.done("ingest", path, study=study.root)
    local.done("forget", "ann", "--yes", study=study.root)
    cothemes.done("ingest", path, study=study.root)
    assert [d.slug for d in study.store.documents.all()] == ["bob", "one", "two"]


def test_an_id_that_stands_in_the_text_is_no_remnant(
    local: Local, cothemes: Any, study: Study, tmp_path: Path
) -> None:
    slug = "a-long-conversation-about-trust-and-money"
    path = tmp_path / f"{slug}.txt"
    path.write_text("\n".join(("Interviewer: See " + slug + " online.", *LINES)), encoding="utf-8")
    cothemes.done("ingest", path, study=study.root)
    found = json.loads(local("forget", slug, "--yes", "--json", study=study.root).stdout)
    assert (found["clean"], found["holding"]) == (True, [])


def test_what_was_cut_off_half_way_is_finished_by_a_second_time(local: Local, study: Study) -> None:
    """Killed after the transaction: the words are out of the records, their bytes still in the file."""
    from cothemes.app.privacy.forget import plan

    todo = plan(study, "one")
    study.store.privacy.forget(
        Tombstone(document="one", at=NOW, reason="asked"), todo.sought.traces.quoted_in
    )
    assert files_with(study.records, CANARY)
    assert "was forgotten (asked)" in local.done("forget", "one", stdin="", study=study.root)
    assert files_with(study.records, CANARY) == []


def test_short_texts_leave_no_hash_behind(local: Local, cothemes: Any, study: Study, tmp_path: Path) -> None:
    """The hash of `Yes.` would say what was said, and would refuse everyone else's yes."""
    short = tmp_path / "short.txt"
    short.write_text("Interviewer: Well?\nMo: Yes.\nInterviewer: Sure?\nMo: Yes.\n", encoding="utf-8")
    cothemes.done("ingest", short, study=study.root)
    document = study.store.documents.get("short")
    assert document is not None
    local.done("forget", "short", "--yes", study=study.root)
    (grave,) = study.store.privacy.tombstones()
    assert document.version not in grave.marks
    assert files_with(study.records, document.version) == []


def test_every_table_that_names_passages_is_thought_of() -> None:
    """A table added later has to be added to the erasure, or here, with a reason."""
    telling = {"passage", "document", "unit", "doc", "slug", "text", "note"}
    tables = {t.name for t in schema.metadata.sorted_tables if telling & {c.name for c in t.c}}
    assert privacy_tables.tombstones.name in tables
    assert tables <= COVERED


def test_an_empty_store_forgets_nothing(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        assert store.privacy.tombstones() == []
        assert store.privacy.tombstone_of("x", ["", "y"]) is None
        assert store.privacy.scrub()
        assert store.privacy.still_held(lambda _words: True) == {}
