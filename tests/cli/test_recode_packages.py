"""A recode round done through packages gives the records and figures that it gives at home."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import CODEBOOK, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.handover.pack import pack
from cothemes.app.handover.unpack import PackageImport, load_package, open_package, take_in
from cothemes.app.ratings import selected
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.selection import Purpose

MONEY, TRUST, TEA = "talk-1.0004", "talk-1.0002", "talk-1.0005"
SECOND = CODEBOOK.replace("version: 0.1.0", "version: 0.2.0").replace(
    "Says that time or money is there or is missing.", "Says that staff time or money is missing."
)
THIRD = SECOND.replace("version: 0.2.0", "version: 0.3.0").replace(
    "Says that staff leave or come.", "Says that staff leave."
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann and Bob finished three passages; one of Ann's she read with suggestions in view."""
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", MONEY, ("A2",))
    read(made, "ann", TRUST, ("A1",))
    read(made, "ann", TEA, ("A2", "B1"), arm=Arm.ASSISTED)
    for passage, codes in ((MONEY, ("A2",)), (TRUST, ("A2",)), (TEA, ())):
        read(made, "bob", passage, codes)
    made.close()
    return Study(made.root)


def recoded(study: Study, cothemes: Any, book: str, codes: str, round_name: str) -> Study:
    study.close()
    study.codebook_path.write_text(book, encoding="utf-8")
    cothemes.done("codebook", "recode", codes, "--round", round_name, study=study.root)
    return Study(study.root)


def sent(study: Study, folder: Path, *, name: str = "ann", path: str = "out.zip") -> Study:
    """A laptop with what a package of the study holds; the same laptop where it is there."""
    pack(study, name, folder / path)
    package, laptop = load_package(folder / path), folder / f"laptop-{name}"
    if laptop.exists():
        copy = Study(laptop)
        take_in(copy, package, path)
        copy.close()
    else:
        open_package(package, laptop, path)
    return Study(laptop)


def back(
    copy: Study, study: Study, folder: Path, *, name: str = "ann", path: str = "back.zip"
) -> PackageImport:
    pack(copy, name, folder / path)
    return take_in(study, load_package(folder / path), path)


def at_work(study: Study, name: str, codes: dict[str, tuple[str, ...]]) -> None:
    """One person's round, with a code that is taken back at once and a `done` that is taken back later."""
    desk = Desk(study, name)
    for passage, given in codes.items():
        card = desk.card(passage)
        if card.asked:
            desk.decide(card, card.asked[0], Action.ADD)
            desk.undo()
            card = desk.card(passage)
        for code in given:
            card = desk.decide(card, code, Action.ADD)
        desk.done(card)
    assert desk.undo().action is Action.DONE
    desk.done(desk.card(list(codes)[-1]))


def records(study: Study) -> list[dict[str, Any]]:
    """Every decision in its order, ids by the place of what they name, without the time."""
    made = study.store.reviews.decisions()
    place = {decision.id: number for number, decision in enumerate(made)}

    def plain(decision: Decision) -> dict[str, Any]:
        row = decision.model_dump(mode="json", exclude={"id", "at"})
        return {**row, "undoes": place.get(decision.undoes or "")}

    return [plain(decision) for decision in made]


def figures(cothemes: Any, root: Path, rounds: tuple[str, ...]) -> list[Any]:
    found = [cothemes.json("agreement", "--round", name, study=root) for name in rounds]
    found += [cothemes.json(*words, study=root) for words in (("codings",), ("matrix",))]
    return [untimed(each) for each in found]


def untimed(value: Any) -> Any:
    """The JSON without the moments of decisions."""
    if isinstance(value, dict):
        return {name: untimed(each) for name, each in value.items() if name != "at"}
    return [untimed(each) for each in value] if isinstance(value, list) else value


def same_at_home(
    study: Study,
    cothemes: Any,
    work: Callable[[Study], None],
    through: Callable[[Study], None],
    tmp_path: Path,
) -> tuple[Study, Study]:
    """Two copies of one study: one worked on at home, one through packages."""
    pack(study, "ann", tmp_path / "first.zip")
    study.close()
    other = tmp_path / "other" / "study"
    shutil.copytree(study.root, other)
    home, away = Study(study.root), Study(other)
    work(home)
    through(away)
    assert records(home) == records(away)
    given, there = (
        [each.model_dump(exclude={"drawn"}) for each in s.store.reviews.assignments(every=True)]
        for s in (home, away)
    )
    assert given == there
    return home, away


WORK: dict[str, tuple[str, ...]] = {TRUST: ("A2",), MONEY: ("A2",), TEA: ()}


def test_a_recode_round_through_a_package_equals_the_same_round_at_home(
    study: Study, cothemes: Any, tmp_path: Path
) -> None:
    study = recoded(study, cothemes, SECOND, "A2", "recode-1")

    def through(away: Study) -> None:
        copy = sent(away, tmp_path)
        assert copy.store.reviews.assignments(reviewer="ann") == [
            each.model_copy(update={"seed": 0, "chance": None})
            for each in away.store.reviews.assignments(reviewer="ann")
        ]
        at_work(copy, "ann", WORK)
        found = back(copy, away, tmp_path)
        assert (found.left_out, found.passages) == ((), 3)
        again = back(copy, away, tmp_path, path="again.zip")
        assert (again.new, again.left_out) == (0, ())

    home, away = same_at_home(study, cothemes, lambda s: at_work(s, "ann", WORK), through, tmp_path)
    for each in (home, away):
        each.close()
    rounds = ("main", "recode-1")
    at_work(Study(home.root), "bob", WORK)
    at_work(Study(away.root), "bob", WORK)
    assert figures(cothemes, home.root, rounds) == figures(cothemes, away.root, rounds)


def test_two_rounds_and_packages_in_sequence_equal_the_same_at_home(
    study: Study, cothemes: Any, tmp_path: Path
) -> None:
    study = recoded(study, cothemes, SECOND, "A2", "recode-1")

    def work(home: Study) -> None:
        at_work(home, "ann", WORK)
        third = recoded(home, cothemes, THIRD, "B1", "recode-2")
        at_work(third, "ann", {TEA: ("B1",), TRUST: ()})
        third.close()

    def through(away: Study) -> None:
        at_work(sent(away, tmp_path), "ann", WORK)
        copy = Study(tmp_path / "laptop-ann")
        assert back(copy, away, tmp_path).left_out == ()
        third = recoded(away, cothemes, THIRD, "B1", "recode-2")
        copy.close()
        copy = sent(third, tmp_path, path="second.zip")
        assert [r.assignment.round for r in Desk(copy, "ann").standings] == ["recode-2"] * 3
        at_work(copy, "ann", {TEA: ("B1",), TRUST: ()})
        found = back(copy, third, tmp_path, path="back-2.zip")
        assert (found.left_out, found.passages) == ((), 2)
        third.close()

    home, away = same_at_home(study, cothemes, work, through, tmp_path)
    for each in (home, away):
        each.close()
    rounds = ("main",)
    assert figures(cothemes, home.root, rounds) == figures(cothemes, away.root, rounds)


def test_a_package_made_before_the_round_was_opened_still_comes_home(
    study: Study, cothemes: Any, tmp_path: Path
) -> None:
    """A change of the first round arrives after the recode round, and stays in its own round."""
    copy = sent(study, tmp_path)
    desk = Desk(copy, "ann")
    card = desk.reopen(desk.card(MONEY))
    desk.done(desk.decide(card, "B1", Action.ADD))
    home = recoded(study, cothemes, SECOND, "A2", "recode-1")
    at_work(home, "ann", WORK)
    found = back(copy, home, tmp_path)
    assert (found.left_out, found.passages) == ((), 1)
    made = home.store.reviews.decisions(reviewer="ann", passage=MONEY)
    assert {d.round for d in made[-3:]} == {"main"}
    home.close()
    counted = selected(Study(study.root), Purpose.FINDINGS).counted
    said = {each.passage: each for each in counted if each.rater == "ann"}
    assert said[MONEY].present == {"A2", "B1"}
    # The recode round is the later word on its code, though the package came after it.
    assert said[MONEY].answers["A2"].round == "recode-1"


def test_what_two_places_said_in_different_rounds_is_no_contradiction(
    study: Study, cothemes: Any, tmp_path: Path
) -> None:
    study = recoded(study, cothemes, SECOND, "A2", "recode-1")
    copy = sent(study, tmp_path)
    at_work(copy, "ann", {MONEY: ("A2",)})
    at_work(study, "ann", {TRUST: (), MONEY: ()})
    found = back(copy, study, tmp_path)
    assert [(left.passage, left.round) for left in found.left_out] == [(MONEY, "recode-1")]
    assert {d.round for d in study.store.reviews.decisions(reviewer="ann", passage=MONEY)} == {
        "main", "recode-1",
    }  # fmt: skip


def test_a_code_outside_the_round_is_refused(study: Study, cothemes: Any, tmp_path: Path) -> None:
    from cothemes.app import wiring

    study = recoded(study, cothemes, SECOND, "A2", "recode-1")
    copy = sent(study, tmp_path)
    at_work(copy, "ann", {MONEY: ("A2",)})
    pack(copy, "ann", tmp_path / "back.zip")
    package = load_package(tmp_path / "back.zip")
    last = package.decisions[-1].model_copy(
        update={
            "action": Action.ADD, "code": "B1", "code_hash": copy.codebook.by_id["B1"].text_hash,
        }
    )  # fmt: skip
    forged = package.model_copy(update={"decisions": (*package.decisions[:-1], last)})
    wiring.write_package(tmp_path / "forged.zip", forged)
    found = take_in(study, load_package(tmp_path / "forged.zip"), "forged.zip")
    assert found.new == 0
    assert [(left.passage, left.round) for left in found.left_out] == [(MONEY, "recode-1")]
