"""`cothemes audit`: the whole story of a passage, in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_corrections import AND, LAST, ONE, SECOND, TWO, correct, study, talk
from tests.conftest import CommandLine

from cothemes.app.study import Study

__all__ = ["study", "talk"]


def entries(cothemes: CommandLine, place: Path, passage: str, *events: str) -> list[dict[str, Any]]:
    found = cothemes.json("audit", passage, study=place)["entries"]
    return [each for each in found if not events or each["event"] in events]


def test_the_story_has_every_event_in_order_with_the_words_of_its_time(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    cothemes.done("memo", "add", "Who permits?", "--passage", ONE, "--as", "ann", study=study)
    correct(cothemes, study, talk, ("were permitted", "were not permitted"))
    cothemes.done("confirm", "--as", "ben", ONE, study=study)
    story = entries(cothemes, study, ONE)
    assert [each["event"] for each in story] == [
        "cut", "assigned", "assigned", "decided", "decided", "decided", "decided", "memo", "corrected",
        "confirmed",
    ]  # fmt: skip
    assert story == sorted(story, key=lambda each: each["at"])
    given = [(each["by"], each["action"], each["code"], each["state"]) for each in story[3:7]]
    assert given == [
        ("ann", "add", "C1", "to confirm"), ("ann", "done", None, None),
        ("ben", "add", "C1", "current"), ("ben", "done", None, None),
    ]  # fmt: skip
    assert story[3]["quote"] == "permitted to come in the evening"
    correction = story[8]
    assert correction["note"] == "negation"
    assert "not permitted" in correction["after"]
    assert "not permitted" not in correction["before"]
    assert story[3]["text_version"] == story[0]["text_version"] != correction["text_version"]
    told = cothemes.done("audit", ONE, study=study)
    assert "[to confirm]" in told
    assert "were not permitted" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80


def test_what_was_taken_back_answered_again_or_removed_has_its_state(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    for words in (
        ("done", "--as", "ann", TWO, "--reopen"),
        ("decide", "--as", "ann", TWO, "C1", "reject"),
        ("decide", "--as", "ann", TWO, "C1", "add"),
        ("undo", "--as", "ann"),
        ("done", "--as", "ann", TWO),
    ):
        cothemes.done(*words, study=study)
    states = [(e["action"], e["state"]) for e in entries(cothemes, study, TWO, "decided") if e["code"]]
    assert [each for each in states if each[0] != "undo"] == [
        ("add", "superseded"), ("reject", "current"), ("add", "taken back"),
    ]  # fmt: skip
    correct(cothemes, study, talk, (AND + SECOND, ""))
    found = cothemes.json("audit", TWO, study=study)
    assert found["retired"]
    states = [(e["action"], e["state"]) for e in found["entries"] if e["event"] == "decided" and e["code"]]
    assert ("reject", "retired passage") in states
    correct(cothemes, study, talk, (LAST, AND + SECOND + LAST))
    texts = [e["event"] for e in entries(cothemes, study, TWO, "cut", "corrected", "retired", "back")]
    assert texts == ["cut", "retired", "back"]


@pytest.mark.parametrize("corrected", [False, True])
def test_a_blind_coder_sees_nothing_of_others(
    study: Path, talk: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch, corrected: bool
) -> None:
    opened = Study(study)
    arms = {a.arm for a in opened.store.reviews.assignments(reviewer="ben", passage=TWO)}
    opened.close()
    assert {arm.value for arm in arms} == {"blind"}
    said = {each["by"] for each in entries(cothemes, study, TWO, "decided")}
    assert said == {"ann"}
    if corrected:
        correct(cothemes, study, talk, (AND + SECOND, ""))
    monkeypatch.setenv("COTHEMES_AS", "ben")
    assert entries(cothemes, study, TWO, "decided", "suggested", "coded", "memo", "ruling") == []
    assert "my manager left" in cothemes.json("audit", TWO, study=study)["text"]


def test_an_unknown_passage_is_named(study: Path, cothemes: CommandLine) -> None:
    result = cothemes("audit", "talk.9999", study=study)
    assert result.exit_code != 0
    assert "talk.0001" in result.stderr
