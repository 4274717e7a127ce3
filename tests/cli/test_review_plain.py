"""`cothemes review --plain`, typed line by line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import NOW, assign, propose, study_in

from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Reviewer


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study", reviewers=("ann",))
    propose(study)
    return study


def review(cothemes: Any, study: Study, *lines: str) -> str:
    return str(cothemes.done("review", stdin="".join(f"{line}\n" for line in lines), study=study.root))


def actions(study: Study) -> list[tuple[str, str | None]]:
    return [(d.action.value, d.code) for d in study.store.reviews.decisions()]


def test_an_assisted_card_shows_context_words_and_suggestions(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    out = review(cothemes, study)
    assert "0 of 1 done, round main, assisted" in out
    assert "before, Interviewer: And what got in the way?" in out
    assert "suggested by offline@0#r0001:" in out
    assert "1. A2, Time and money: open" in out
    assert "reads like A2" in out
    assert "«" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_evidence_comes_on_a_key_and_between_signs(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    assert "«There was never any money.» My manager left in May." in review(cothemes, study, "v 1")
    said = review(cothemes, study, "e", "a", "w A2 left in", "e A2", "e")
    assert said.count("A2, suggested on: “There was never any money.”") == 3
    assert said.count("A2, your words: “left in”") == 2


def test_it_can_be_listened_to(cothemes: Any, study: Study) -> None:
    """Signs are read out one by one, and nobody hears colour: places are named in words, the passage comes
    before what was said of it, and each prompt says what can be typed."""
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED, "talk-1.0005": Arm.BLIND})
    out = review(
        cothemes, study, "t 2", "codes", "d A1", "f", "n hm", "x", "u", "x", "a B1", "0", "", "c A1", "u", "q"
    )
    heard = out.splitlines()
    assert not [line for line in heard if re.search(r"[|│─→>\[\]*_·]|  +\S.*  ", line)], (
        "no signs, no columns"
    )
    assert not [line for line in heard if line.endswith(" ") and not line.endswith(": ")]
    assert heard.index("passage, Mo:") < heard.index("suggested by offline@0#r0001:")
    prompts = re.findall(r"^.*\? all: ", out, re.MULTILINE)
    assert prompts[0] == "a accepts, x rejects, c CODE gives, 0 none, k skips, ? all: "
    assert "enter finishes, c CODE gives, k skips, ? all: " in prompts
    assert "your note: hm" in out


@pytest.mark.parametrize("command", ["adjudicate", "--reread"])
def test_the_other_prompts_can_be_listened_to(cothemes: Any, study: Study, command: str) -> None:
    study.store.reviews.add_reviewer(Reviewer(name="bob", added=NOW))
    for name in ("ann", "bob"):
        assign(study, name, {"talk-1.0004": Arm.BLIND})
        lines = ("c A1", "s A1 valence=helps", "done") if name == "ann" else ("c A2", "w A2 money", "done")
        cothemes.done("review", "--as", name, stdin="\n".join(lines), study=study.root)
    words = (
        ("adjudicate", "--as", "ann") if command == "adjudicate" else ("review", "--as", "ann", command, "A1")
    )
    out = cothemes.done(*words, "--plain", stdin="t\ne\nn hm\na\n", study=study.root)
    assert not [line for line in out.splitlines() if re.search(r"[|│─→>\[\]*_·]", line)]
    assert "passage, Mo:" in out
    assert out.count("? all: ") >= 4


def test_accept_then_an_empty_line_finishes(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    out = review(
        cothemes, study, "", "a1", "s A2 valence=hinders status=experienced,intended", "w A2 money", ""
    )
    assert "A2 unanswered: record as rejected and finish? y/n" in out
    assert "1 of 1 done" in out
    assert actions(study) == [("accept", "A2"), ("accept", "A2"), ("accept", "A2"), ("done", None)]
    last = study.store.reviews.decisions()[2]
    assert last.attributes == {"status": ("experienced", "intended"), "valence": ("hinders",)}
    passage = study.store.passages.get("talk-1.0004")
    assert passage is not None
    assert last.start is not None
    assert last.end is not None
    assert passage.text[last.start - passage.start : last.end - passage.start] == "money"


def test_done_asks_about_what_is_open(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    out = review(cothemes, study, "done", "n", "done", "y")
    assert "not finished" in out
    assert actions(study) == [("reject", "A2"), ("done", None)]
    assert study.store.reviews.decisions()[0].implicit


def test_none_finishes_and_is_refused_beside_a_code(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.BLIND, "talk-2.0005": Arm.BLIND})
    out = review(cothemes, study, "", "0", "c turnover", "0", "x B1", "0")
    assert "No code given: finish with none? y/n" in out
    assert "B1 applies by your own word" in " ".join(out.split())
    assert actions(study) == [("done", None), ("add", "B1"), ("reject", "B1"), ("done", None)]


def test_codes_are_found_by_part_of_their_label(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.BLIND})
    out = review(cothemes, study, "c t", "c zebra", "c", "c staff", "c a1", "codes", "d near")
    assert "'t' fits 3 codes" in out
    assert "'zebra' is no code of small" in " ".join(out.split())
    assert actions(study) == [("add", "B1"), ("add", "A1")]


def test_a_code_that_is_given_already_is_not_recorded_twice(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.BLIND})
    out = " ".join(review(cothemes, study, "c staff", "c b1", "x b1", "c b1").split())
    assert out.count("recorded: add B1 Turnover of staff") == 2
    assert "not recorded: B1 Turnover of staff is given here already. x B1 takes it away." in out
    assert actions(study) == [("add", "B1"), ("reject", "B1"), ("add", "B1")]


def test_definition_with_near_misses(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.BLIND})
    out = review(cothemes, study, "d trust")
    assert "Says that people trust or distrust one another." in out
    assert "I trust the bus will come. (no code)" in out


def test_undo_goes_back_to_the_passage_it_concerns(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    out = review(cothemes, study, "c A1", "done", "u", "u", "0")
    assert out.count("talk-1.0002, Document") == 3
    assert actions(study) == [("add", "A1"), ("done", None), ("undo", None), ("undo", "A1"), ("done", None)]


def test_skipped_passages_come_last_and_once_a_session(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    out = review(cothemes, study, "k", "0")
    assert "1 skipped: open review again" in out
    again = review(cothemes, study, "n still hard", "0")
    assert "talk-1.0002, Document" in again
    assert "2 of 2 done" in again
    assert "Go on" not in again


def test_reveal_serves_the_passage_a_second_time(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.REVEAL})
    out = review(cothemes, study, "c B1", "done", "a 1", "")
    first, second = out.split("second reading")
    assert "blind: code it yourself" in first
    assert "offline" not in first
    assert "1. A2, Time and money: open" in second
    assert "your codes: B1" in second
    decisions = study.store.reviews.decisions()
    assert [(d.action, d.arm) for d in decisions] == [
        (Action.ADD, Arm.BLIND),
        (Action.DONE, Arm.BLIND),
        (Action.ACCEPT, Arm.REVEAL),
        (Action.DONE, Arm.REVEAL),
    ]


def test_it_goes_on_where_it_stopped(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    first = review(cothemes, study, "c A1", "q", "c A2")
    assert "Go on: cothemes review --as ann" in first
    assert actions(study) == [("add", "A1")]
    second = review(cothemes, study)
    assert "your codes: A1" in second
    assert "0 of 2 done" in second


def test_words_that_are_no_command(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.BLIND})
    lines = ["bogus", "done now", "s A1", "w A1 zebra", "n", "a 7", "x", "\x1b[2J", "?", "u", "t 1"]
    out = review(cothemes, study, *lines)
    assert "'bogus' is no command" in out
    assert "'done now' is no command" in out
    assert "a N       accept suggestion N" in out
    assert "there is nothing to undo" in out
    assert "this passage, Mo: The room had no windows" in out
    assert "\x1b" not in out
    assert study.store.reviews.decisions() == []


def test_nothing_to_do(cothemes: Any, study: Study) -> None:
    out = review(cothemes, study)
    assert "0 of 0 done" in out


def test_hostile_words_are_shown_harmlessly(cothemes: Any, study: Study) -> None:
    passage = study.store.passages.get("talk-1.0005")
    assert passage is not None
    nasty = "\x1b]0;owned\x07‮ [bold]a 👩‍👩‍👧 é " + "x" * 20_000
    hostile = passage.model_copy(
        update={
            "id": "talk-1.0099",
            "text": nasty,
            "speaker": "\x1b[31mMo",
            "end": passage.start + len(nasty),
        }
    )
    study.store.passages.replace("talk-1", [*study.store.passages.of("talk-1"), hostile])
    assign(study, "ann", {"talk-1.0099": Arm.BLIND})
    out = review(cothemes, study, "c A1", "w A1 [bold]a", "n \x1b[2J")
    assert "\x1b" not in out
    assert "‮" not in out
    assert "[bold]a" in out
    marked = study.store.reviews.decisions()[1]
    assert marked.start is not None
    assert nasty[marked.start - hostile.start :].startswith("[bold]a")


def test_a_flag_is_set_and_taken_back_and_stands_in_the_queue(cothemes: Any, study: Study) -> None:
    name = "ann"
    assign(study, name, {"talk-1.0004": Arm.BLIND, "talk-1.0005": Arm.BLIND})
    first = cothemes.json("queue", "--as", name, study=study.root)["waiting"][0]["passage"]
    text = cothemes.done("review", "--as", name, "--plain", stdin="f\nf\nf\nq\n", study=study.root)
    assert text.count("recorded: flagged for a second look") == 2
    assert text.count("recorded: flag taken back") == 1
    waiting = cothemes.json("queue", "--as", name, study=study.root)["waiting"]
    assert {one["passage"]: one["flagged"] for one in waiting}[first]
    assert "flagged" in cothemes.done("queue", "--as", name, study=study.root)
    again = cothemes.done("review", "--as", name, "--plain", stdin="q\n", study=study.root)
    assert "flagged by you" in again


def test_done_without_a_code_asks_and_none_does_not(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    out = review(cothemes, study, "done", "n")
    assert "No code given: finish with none? y/n" in out
    assert "not finished" in out
    assert actions(study) == []
    review(cothemes, study, "done", "y")
    assert actions(study) == [("done", None)]


def test_codes_are_found_word_by_word_and_near_ones_named(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    out = review(cothemes, study, "c money-time", "c trsut", "w A2 the", "v")
    assert "recorded: add A2 Time and money" in out
    assert "«the»" in out
    assert "'trsut' is no code" in out
    assert "A1 Trust between people" in out.split("'trsut'")[1]


def test_as_the_previous_passage_and_words_by_v(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.ASSISTED})
    out = review(cothemes, study, "c B1", "done", "=", "v1")
    assert "recorded: B1 as on talk-1.0002" in out
    assert "«" in out


def test_who_has_nothing_is_told_what_to_type(cothemes: Any, study: Study) -> None:
    assert "Nothing is assigned to you: cothemes route --reviewers ann" in review(cothemes, study)
