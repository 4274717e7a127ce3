"""Which reviewed passages a model is shown: of other documents, blind before assisted, never without a no."""

from __future__ import annotations

import numpy as np

from cothemes.stages.propose.model.examples import Example, choose

HERE = np.array([1.0, 0.0], np.float32)


def example(
    name: str, likeness: float, *, document: str = "", no: bool = False, blind: bool = True
) -> Example:
    return Example(
        passage=name, document=document or name, text=f"text of {name}", applies=("A",),
        turned_down=("B",) if no else (), blind=blind,
        vector=np.array([likeness, (1 - likeness**2) ** 0.5], np.float32),
    )  # fmt: skip


def names(*pool: Example, count: int = 2, held_out: tuple[str, ...] = ()) -> list[str]:
    return [each.passage for each in choose(pool, "own", HERE, count, held_out)]


def test_the_most_alike_stand_nearest_to_the_passage() -> None:
    pool = [example("a", 0.2, no=True), example("b", 0.9, no=True), example("c", 0.5, no=True)]
    assert names(*pool) == ["c", "b"]
    assert names(*pool, count=9) == ["a", "c", "b"]
    assert names(*pool, count=0) == []


def test_its_own_document_and_test_documents_are_never_shown() -> None:
    pool = [
        example("a", 0.9, document="own", no=True),
        example("b", 0.8, no=True),
        example("c", 0.1, no=True),
    ]
    assert names(*pool, held_out=("b",)) == ["c"]
    assert choose(pool, "own", HERE, 3, ("own",)) == ()


def test_blind_decisions_go_before_likeness() -> None:
    pool = [example("a", 0.99, no=True, blind=False), example("b", 0.1, no=True), example("c", 0.2, no=True)]
    assert names(*pool) == ["b", "c"]
    assert names(*pool, count=3) == ["b", "c", "a"]


def test_one_of_them_is_a_rejection_or_there_is_none() -> None:
    yes = [example("a", 0.9), example("b", 0.8), example("c", 0.7)]
    assert names(*yes) == []
    assert names(*yes, example("d", 0.1, no=True)) == ["d", "a"]
    assert names(*yes, example("d", 0.1, no=True), count=1) == ["d"]


def test_only_codes_that_are_asked_about_are_shown() -> None:
    assert example("a", 1, no=True).shown({"B"}) == {
        "text": "text of a", "applies": [], "does_not_apply": ["B"],
    }  # fmt: skip
