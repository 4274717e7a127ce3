"""What a model noticed, as people see it: candidates for codes, remarks on cards, counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder
from typer.testing import CliRunner

from cothemes.app.study import Study
from cothemes.cli import app
from cothemes.records.candidate import Candidate
from cothemes.records.review import Arm
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    propose(made)
    passage = made.store.passages.get("talk-1.0005")
    assert passage is not None
    candidate = Candidate(
        id="c1", run="r0001", passage=passage.id, label="The room", criterion="Speaks of \x1b[2Jrooms.",
        evidence=(Evidence(start=passage.start, end=passage.start + 8),),
    )  # fmt: skip
    flags = ("instruction_like", "reads_like:override", "critic_escalated:A1")
    run = made.store.runs.get("r0001")
    assert run is not None
    made.store.runs.put(run.model_copy(update={"id": "r0002", "configuration": "x", "rater": "m@p#r0002"}))
    made.store.runs.record(
        [Outcome(run="r0002", passage=passage.id, state=OutcomeState.CODED, flags=flags)],
        [],
        [candidate.model_copy(update={"run": "r0002"})],
    )
    assign(made, "ann", {passage.id: Arm.ASSISTED, "talk-1.0002": Arm.ASSISTED})
    assign(made, "bob", {passage.id: Arm.BLIND})
    made.close()
    return made


def call(study: Study, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["-C", str(study.root), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_candidates_are_listed_with_the_sources_words(study: Study) -> None:
    (found,) = json.loads(call(study, "codebook", "candidates", "--flat", "--json"))
    assert (found["label"], found["passage"], found["quotes"]) == ("The room", "talk-1.0005", ["The room"])
    text = call(study, "codebook", "candidates", "--flat")
    assert "The room (talk-1.0005, r0002)" in text
    assert "\x1b" not in text
    assert "1 candidates" in text
    assert json.loads(call(study, "codebook", "candidates", "--flat", "--run", "r0001", "--json")) == []
    elsewhere = call(study, "codebook", "candidates", "--flat", "--documents", "policy", "--json")
    assert json.loads(elsewhere) == []
    refused = CliRunner().invoke(app, ["-C", str(study.root), "codebook", "candidates", "--run", "r9"])
    assert refused.exit_code == 2


def call_quietly(study: Study, *arguments: str) -> str:
    """What stands on stdout alone."""
    result = CliRunner().invoke(app, ["-C", str(study.root), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def heaped(study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Two models' candidates alike, and a note of Bob's on a passage that he finished without a code."""
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    monkeypatch.setenv("COLUMNS", "80")
    made = Study(study.root)
    (first,) = made.store.runs.candidates()
    other = made.store.passages.get("talk-2.0005")
    assert other is not None
    place = (Evidence(start=other.start, end=other.start + 8),)
    again = {"id": "c2", "run": "r0001", "passage": other.id, "evidence": place}
    stray = {**again, "id": "c3", "label": "Tea", "criterion": "Says what people drank."}
    known = made.store.runs.get("r0001")
    assert known is not None
    made.store.runs.record([], [], [first.model_copy(update=again), first.model_copy(update=stray)])
    read(made, "bob", "talk-2.0002", (), note="Windows, nothing fits")
    read(made, "bob", "talk-2.0004", ("A2",), note="I doubt it")
    made.close()
    return made


def test_alike_places_stand_in_one_heap_beside_peoples_notes(heaped: Study) -> None:
    found = json.loads(call(heaped, "codebook", "candidates", "--json"))
    heaps = [[(m["id"], m["label"]) for m in heap["members"]] for heap in found["heaps"]]
    assert sorted(heaps[0]) == [("c1", "The room"), ("c2", "The room")]
    assert (found["heaps"][0]["passages"], found["heaps"][0]["interviews"]) == (
        ["talk-1.0005", "talk-2.0005"],
        2,
    )
    assert sorted(m for heap in heaps[1:] for _, m in heap) == ["Tea", "Windows, nothing fits"]
    notes = [m for heap in found["heaps"] for m in heap["members"] if m["person"]]
    assert [(m["by"], m["label"]) for m in notes] == [("bob", "Windows, nothing fits")], (
        "A2 is a code, no gap"
    )
    assert found["waiting_blind"] == {"bob": 1}, "talk-1.0005 is his to read blind"
    text = call(heaped, "codebook", "candidates")
    assert "2 passages, 2 interviews" in text
    assert "noted by bob" in text
    assert "Still to be read blind" in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
    only = json.loads(call(heaped, "codebook", "candidates", "--documents", "talk-1", "--json"))["heaps"]
    assert [heap["heap"] for heap in only] == [found["heaps"][0]["heap"]], "the heap keeps its name"


def test_a_person_makes_a_heap_a_code_and_turns_another_down(heaped: Study) -> None:
    before = heaped.codebook_path.read_text(encoding="utf-8")
    rooms, other, *_ = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"]
    made = json.loads(
        call(
            heaped, "codebook", "adopt", rooms["heap"], "--id", "A3", "--label", "Rooms", "--theme", "T",
            "--definition", "Says where  people meet.", "--as", "ann", "--reason", "nothing fits", "--json",
        )
    )  # fmt: skip
    text = heaped.codebook_path.read_text(encoding="utf-8")
    block = text[text.index("  - id: A3") : text.index("  - id: B1")]
    assert text.replace(block, "") == before
    assert made["code"]["definition"] == "Says where people meet."
    assert made["where"].endswith(f":{text[: text.index('- id: A3')].count(chr(10)) + 1}")
    fresh = Study(heaped.root)
    assert fresh.codebook.hash == made["new"]
    kept = fresh.store.codebooks.get(made["old"])
    assert kept is not None
    assert '"A3"' not in kept
    (revision,) = fresh.store.revisions.all()
    assert (revision.by, revision.kind.value, revision.codes) == ("ann", "adopted", ("A3",))
    assert sorted(revision.candidates) == ["c1", "c2"]
    fresh.close()
    assert "dismissed" in call(heaped, "codebook", "dismiss", other["heap"], "--reason", "one remark")
    left = json.loads(call(heaped, "codebook", "candidates", "--json"))
    assert rooms["heap"] not in [heap["heap"] for heap in left["heaps"]]
    assert left["settled"] == 2 + len(other["members"])
    log = call(heaped, "codebook", "log")
    assert "A3 adopted from 2 candidates. nothing fits (ann)" in log
    assert "dismissed: one remark" in log
    # The same found again by another run on the same passage is settled with it.
    again = Study(heaped.root)
    first = again.store.runs.candidates()[0]
    again.store.runs.record([], [], [first.model_copy(update={"id": "c9", "run": "r0001"})])
    again.close()
    ids = [
        m["id"]
        for h in json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"]
        for m in h["members"]
    ]
    assert "c9" not in ids


def test_who_codes_blind_adopts_what_she_was_shown(heaped: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bob has talk-1.0005 to read blind: his heap of rooms holds the other passage alone, here and there."""
    whole = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"][0]
    monkeypatch.setenv("COTHEMES_AS", "bob")
    seen = json.loads(call_quietly(heaped, "codebook", "candidates", "--json"))["heaps"]
    (rooms,) = [heap for heap in seen if heap["members"][0]["id"] == "c2"]
    assert rooms["heap"] != whole["heap"]
    assert rooms["passages"] == ["talk-2.0005"]
    call_quietly(heaped, "codebook", "dismiss", rooms["heap"], "--reason", "no", "--as", "bob")
    monkeypatch.delenv("COTHEMES_AS")
    left = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"]
    assert "c1" in [m["id"] for heap in left for m in heap["members"]], "what he did not see stays open"


def test_part_of_a_heap_can_be_settled_alone(heaped: Study) -> None:
    rooms = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"][0]
    call(heaped, "codebook", "dismiss", rooms["heap"], "--reason", "no", "--only", "talk-1.0005")
    found = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"]
    assert "c2" in [m["id"] for heap in found for m in heap["members"]]
    assert rooms["heap"] not in [heap["heap"] for heap in found], "a heap that shrank is another heap"


@pytest.mark.parametrize(
    ("words", "said", "exit_code"),
    [
        (("HEAP", "--id", "A1", "--label", "x", "--definition", "y"), "A1 is in the codebook already", 3),
        (("HEAP", "--id", "none", "--label", "x", "--definition", "y"), "cannot be the id", 2),
        (("HEAP", "--id", "A 3", "--label", "x", "--definition", "y"), "cannot be the id", 2),
        (("HEAP", "--id", "A3", "--label", " ", "--definition", "y"), "the label is empty", 2),
        (("HEAP", "--id", "A3", "--label", "x", "--definition", "y", "--theme", "Z"), "no theme 'Z'", 2),
        (("HEAP", "--id", "A3", "--label", "x", "--definition", "y", "--as", "zoe"), "not registered", 2),
        (("HEAP", "--id", "A3", "--label", "x", "--definition", "y", "--only", "p.1"), "is not in group", 2),
        (("k000000", "--id", "A3", "--label", "x", "--definition", "y"), "no open group", 2),
        (("HEAP", "--id", "OLD", "--label", "x", "--definition", "y"), "was the id of another code", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_adopted_leaves_the_codebook_alone(
    heaped: Study, words: tuple[str, ...], said: str, exit_code: int
) -> None:
    earlier = heaped.codebook.model_copy(
        update={"codes": (*heaped.codebook.codes, heaped.codebook.codes[0].model_copy(update={"id": "OLD"}))}
    )
    heaped.store.codebooks.put("0ld", earlier.model_dump_json())
    heaped.close()
    before = heaped.codebook_path.read_bytes()
    heap = json.loads(call(heaped, "codebook", "candidates", "--json"))["heaps"][0]["heap"]
    asked = [heap if word == "HEAP" else word for word in words]
    refused = CliRunner().invoke(app, ["-C", str(heaped.root), "codebook", "adopt", *asked])
    assert refused.exit_code == exit_code, refused.output
    assert said in " ".join(refused.output.split())
    assert heaped.codebook_path.read_bytes() == before
    assert Study(heaped.root).store.revisions.all() == []


def test_status_counts_what_was_noticed(study: Study) -> None:
    runs = {run["run"]: run for run in json.loads(call(study, "status", "--json"))["runs"]}
    assert runs["r0002"]["candidates"] == 1
    assert runs["r0002"]["flags"] == {"instruction_like": 1, "reads_like": 1, "critic_escalated": 1}
    assert "1 passages that read like instructions" in call(study, "status")


def test_a_text_that_reads_like_instructions_says_so_before_it_is_decided(study: Study) -> None:
    waiting = {w["passage"]: w for w in json.loads(call(study, "queue", "--as", "ann", "--json"))["waiting"]}
    assert waiting["talk-1.0005"]["remarks"] == [
        "text reads like instructions",
        "a second reading was unsure of A1",
    ]
    assert waiting["talk-1.0002"]["remarks"] == []
    assert "text reads like instructions" in call(study, "queue", "--as", "ann")
    card = CliRunner().invoke(app, ["-C", str(study.root), "review", "--as", "ann", "--plain"], input="q\n")
    assert "remark: text reads like instructions" in card.output


def test_who_reads_blind_is_told_nothing_that_a_model_said(study: Study) -> None:
    (waiting,) = json.loads(call(study, "queue", "--as", "bob", "--json"))["waiting"]
    assert waiting["remarks"] == []
    card = CliRunner().invoke(app, ["-C", str(study.root), "review", "--as", "bob", "--plain"], input="q\n")
    assert "instructions" not in card.output
