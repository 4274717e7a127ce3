"""`explain`: the sentence, the words and the decided passages behind a score of the offline coder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, study_in
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.review import Arm

TRUST = "talk-1.0002"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Six interviews and a policy text that nobody has reviewed."""
    monkeypatch.setattr(wiring, "embedder", HashedBagEmbedder)
    return study_in(tmp_path / "study", documents=6)


def refused(cothemes: CommandLine, study: Study, *words: str) -> str:
    result = cothemes("explain", *words, study=study.root)
    assert result.exit_code not in (0, 1)
    return str(result.stderr)


def test_the_sentence_and_the_words_that_carry_a_score(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("explain", TRUST, "A1", study=study.root)
    assert (found["passage"], found["code"], found["label"]) == (TRUST, "A1", "Trust between people")
    passage = study.store.passages.get(TRUST)
    assert passage is not None
    sentence = found["sentence"]
    assert sentence["text"] == "We trusted each other from the start."
    assert (
        passage.text[sentence["start"] - passage.start : sentence["end"] - passage.start] == sentence["text"]
    )
    raising = [each["word"] for each in found["raising"]]
    assert "trusted" in raising
    weights = [each["weight"] for each in found["raising"]]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0 > max([each["weight"] for each in found["lowering"]], default=-1)
    assert (found["reviewed"], found["nearest"], found["decided"]) == (0, [], None)


def test_the_score_is_the_one_that_propose_stores(cothemes: CommandLine, study: Study) -> None:
    read(study, "ann", "talk-2.0002", ("A1",))
    run = cothemes.json("propose", "--coder", "offline", study=study.root)["run"]
    for passage in (TRUST, "talk-2.0004"):
        [outcome] = study.store.runs.outcomes(run, passages=[passage])
        suggested = {s.code: s for s in study.store.runs.suggestions(run_id=run, passages=[passage])}
        for code, score in outcome.scores.items():
            found = cothemes.json("explain", passage, code, study=study.root)
            assert found["score"] == pytest.approx(score, abs=1e-4)
            assert found["suggested"] is (code in suggested)
            if code in suggested:
                [evidence] = suggested[code].evidence
                assert (found["sentence"]["start"], found["sentence"]["end"]) == (
                    evidence.start,
                    evidence.end,
                )
                assert found["reason"] == suggested[code].reason


def test_the_nearest_passages_that_people_decided(cothemes: CommandLine, study: Study) -> None:
    read(study, "ann", "talk-2.0002", ("A1",))
    read(study, "ann", "talk-3.0004", ("A2",))
    found = cothemes.json("explain", TRUST, "A1", study=study.root)
    assert [(each["passage"], each["applies"]) for each in found["nearest"]] == [
        ("talk-2.0002", True),
        ("talk-3.0004", False),
    ]
    # Word for word the same turn.
    assert found["nearest"][0]["cosine"] == pytest.approx(1)
    assert found["nearest"][0]["text"].startswith("We trusted each other")
    assert found["reviewed"] == 2
    said = cothemes.done("explain", TRUST, "A1", study=study.root)
    assert "talk-2.0002" in said
    assert max(map(len, said.splitlines())) <= 80


def test_what_people_decided_here_is_said_and_is_no_neighbour(cothemes: CommandLine, study: Study) -> None:
    read(study, "ann", TRUST, ("A1",))
    found = cothemes.json("explain", TRUST, "A1", study=study.root)
    assert (found["decided"], found["nearest"]) == (True, [])
    assert cothemes.json("explain", TRUST, "A2", study=study.root)["decided"] is False


def test_an_unknown_code_or_passage_is_refused(cothemes: CommandLine, study: Study) -> None:
    assert "no code" in refused(cothemes, study, TRUST, "A9")
    assert "no passage" in refused(cothemes, study, "talk-9.0001", "A1")


def test_turns_that_carry_no_code_are_not_explained(cothemes: CommandLine, study: Study) -> None:
    interviewer = [each for each in study.store.passages.of("talk-1") if each.role == "interviewer"]
    for each in interviewer:
        assert "participant" in refused(cothemes, study, each.id, "A1")


def test_a_blind_coder_is_not_told(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    assign(study, "ann", {TRUST: Arm.BLIND, "talk-2.0002": Arm.BLIND})
    assign(study, "bob", {"talk-2.0002": Arm.BLIND})
    read(study, "bob", "talk-2.0002", ("A1",))
    monkeypatch.setenv("COTHEMES_AS", "ann")
    assert "blind" in refused(cothemes, study, TRUST, "A1")
    other = cothemes.json("explain", "talk-3.0002", "A1", study=study.root)
    assert other["nearest"] == []
    monkeypatch.delenv("COTHEMES_AS")
    told = cothemes.json("explain", "talk-3.0002", "A1", study=study.root)
    assert [each["passage"] for each in told["nearest"]] == ["talk-2.0002"]
