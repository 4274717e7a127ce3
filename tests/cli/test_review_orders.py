"""`review --by` and `review --reread`, on real records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Arm
from cothemes.stages.review.orders import By


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    yield made
    made.close()


def first(text: str) -> str:
    found = re.search(r"^([a-z0-9-]+\.\d{4}), ", text, re.MULTILINE)
    assert found, text
    return found[1]


def test_the_order_asked_for_is_served(cothemes: CommandLine, study: Study) -> None:
    assign(
        study,
        "ann",
        {
            "talk-1.0004": Arm.ASSISTED,
            "talk-2.0005": Arm.ASSISTED,
            "talk-1.0005": Arm.BLIND,
            "talk-2.0002": Arm.ASSISTED,
        },
    )

    def served(*words: str) -> list[str]:
        text = cothemes.done(
            "review", "--as", "ann", "--plain", *words, stdin="k\nk\nk\nk\n", study=study.root
        )
        for _ in range(4):
            cothemes.done("undo", "--as", "ann", study=study.root)
        return re.findall(r"^([a-z0-9-]+\.\d{4}), ", text, re.MULTILINE)

    assert served() == ["talk-1.0004", "talk-2.0005", "talk-1.0005", "talk-2.0002"]
    assert served("--by", "code") == ["talk-1.0005", "talk-2.0002", "talk-1.0004", "talk-2.0005"]
    assert served("--by", "document") == ["talk-1.0005", "talk-1.0004", "talk-2.0002", "talk-2.0005"]
    assert served("--by", "uncertainty")[0] == "talk-1.0005"
    assert served("--by", "uncertainty")[-1] == "talk-2.0005"
    assert served("--by", "passage")[0] == "talk-1.0005"


@pytest.mark.parametrize("by", list(By))
def test_no_order_loads_a_suggestion_of_what_is_read_blind(
    study: Study, monkeypatch: pytest.MonkeyPatch, by: By
) -> None:
    blind, assisted = ["talk-1.0002", "talk-1.0004"], ["talk-2.0002", "talk-2.0004"]
    assign(study, "ann", {**dict.fromkeys(blind, Arm.BLIND), **dict.fromkeys(assisted, Arm.ASSISTED)})
    read(study, "bob", "talk-1.0002", ("A1",))
    asked: set[str] = set()
    runs = study.store.runs
    real = runs.suggestions, runs.outcomes

    def suggestions(*, run_id: str | None = None, passages: object = None) -> object:
        assert passages is not None, "all suggestions were asked for"
        asked.update(list(passages))  # type: ignore[call-overload]
        return real[0](run_id=run_id, passages=list(passages))  # type: ignore[call-overload]

    def outcomes(run_id: str, *, passages: object = None) -> object:
        assert passages is not None, "all outcomes were asked for"
        asked.update(list(passages))  # type: ignore[call-overload]
        return real[1](run_id, passages=list(passages))  # type: ignore[call-overload]

    def decisions(**named: object) -> object:
        assert named.get("reviewer") == "ann"
        return everyone(**named)  # type: ignore[arg-type]

    everyone = study.store.reviews.decisions
    monkeypatch.setattr(runs, "suggestions", suggestions)
    monkeypatch.setattr(runs, "outcomes", outcomes)
    monkeypatch.setattr(study.store.reviews, "decisions", decisions)
    desk = Desk(study, "ann", by=by)
    assert desk.next_passage() in blind
    assert not asked & set(blind)


def test_a_code_is_read_again_in_the_order_it_was_decided(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    read(study, "ann", "talk-1.0004", ("A2",), span=(0, 9))
    read(study, "bob", "talk-2.0004", ("A2",))
    read(study, "ann", "talk-1.0002", ("A2",))
    read(study, "bob", "talk-1.0002", ("A2", "A1"))
    assign(study, "bob", {"talk-1.0004": Arm.BLIND})
    # All were decided at one time here, so the passages' ids tell the order.
    typed = "\n".join(("", "?", "n thin", "m shifted?", "o", "", "n x", "h", "b", "q"))
    text = cothemes.done("review", "--as", "ann", "--reread", "A2", "--plain", stdin=typed, study=at)
    assert re.findall(r"^(\d of \d), ", text, re.MULTILINE) == ["1 of 3", "2 of 3", "3 of 3", "2 of 3"]
    assert first(text) == "talk-1.0002"
    # bob's reading of talk-1.0002 stands beside ann's own, so it is not among them.
    assert text.count("talk-1.0002, ") == 1
    assert "not recorded: another person decided this" in text
    assert "coder 1" in text
    assert "Reopened: talk-1.0004" in text
    card = Desk(study, "ann").card("talk-1.0004")
    assert not card.standing.done
    assert card.standing.current.notes == ("thin",)
    assert card.memos == ("shifted?",)
    assert cothemes.json("memo", "--code", "A2", study=at)[0]["passage"] == "talk-1.0004"


def test_a_blind_reader_is_shown_nobody_elses_code_of_what_is_hers_to_read(
    cothemes: CommandLine, study: Study
) -> None:
    read(study, "bob", "talk-1.0004", ("A2",))
    assign(study, "ann", {"talk-1.0004": Arm.BLIND})
    text = cothemes.done("review", "--as", "ann", "--reread", "A2", "--plain", stdin="", study=study.root)
    assert "No passage with A2 can be shown to you yet." in text
    assert "talk-1.0004" not in text


def test_an_unknown_code_is_refused(cothemes: CommandLine, study: Study) -> None:
    assert cothemes("review", "--as", "ann", "--reread", "Z9", "--plain", study=study.root).exit_code == 2
