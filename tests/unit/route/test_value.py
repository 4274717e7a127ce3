"""Order by value: what is put forward and why, the random line beside it, and the order renewed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.records.passage import Passage
from cothemes.records.review import Arm, Assignment, Stream
from cothemes.stages.route.design import SHARE, Design, ServingOrder
from cothemes.stages.route.draw import draw
from cothemes.stages.route.order import Worth
from cothemes.stages.route.reorder import reordered
from cothemes.stages.route.value import ENOUGH, RECENT, Valuation, expected_errors, put_forward

TWO = ("ann", "bob")
MANY = [ENOUGH] * 3
"""Positives of three codes, none of them rare."""


def valued(errors: list[float], **fields: object) -> Valuation:
    made = {
        "passages": tuple(f"d.{n}" for n in range(len(errors))),
        "errors": np.array(errors, np.float64),
        "likely": np.zeros((len(errors), 3)),
        "positives": MANY,
        "words": np.full(len(errors), 80),
    }
    return Valuation(**{**made, **fields})  # type: ignore[arg-type]


def test_expected_errors_are_wrong_suggestions_and_missed_codes() -> None:
    """Suggested at .9 and .4, not suggested at .2: .1 + .6 + .2 = .9. Nothing suggested: .3 + 0 + .1 = .4."""
    probability = np.array([[0.9, 0.4, 0.2], [0.3, 0.0, 0.1]])
    applied = np.array([[True, True, False], [False, False, False]])
    assert expected_errors(probability, applied) == pytest.approx([0.9, 0.4])


def test_most_expected_errors_come_first_and_equals_stay_in_order() -> None:
    found = put_forward(valued([0.1, 0.9, 0.5, 0.9]))
    assert found == [(f"d.{n}", Stream.VALUE) for n in (1, 3, 2, 0)]


def test_errors_are_weighed_by_the_effort_of_reading() -> None:
    """150 words and 2 errors: 2/(150 + 50) = .010; 30 words and 1: 1/80 = .0125; 350 words and 3: .0075."""
    found = put_forward(valued([2.0, 1.0, 3.0], words=np.array([150, 30, 350])))
    assert [passage for passage, _ in found] == ["d.1", "d.0", "d.2"]


def test_a_third_of_the_places_goes_to_rare_codes_the_rarest_first() -> None:
    """Code 1 has no positive, code 2 has one, code 0 is not rare. Places 2, 5 and 8 are theirs: d.8 is the
    likeliest of code 1, d.7 of code 2, then d.6 of code 1; d.5 with .19 is not likely, and the rest goes by
    errors."""
    likely = np.zeros((9, 3))
    likely[[8, 6, 5], 1] = 0.7, 0.6, 0.19
    likely[[7, 8], 2] = 0.5, 0.9
    errors = [9.0, 8, 7, 6, 5, 4, 0.3, 0.2, 0.1]
    found = put_forward(valued(errors, likely=likely, positives=[ENOUGH, 0, 1]))
    assert [passage for passage, _ in found] == [f"d.{n}" for n in (0, 8, 1, 2, 7, 3, 4, 6, 5)]
    assert [n for n, (_, stream) in enumerate(found, 1) if stream is Stream.RARE] == [2, 5, 8]


def test_passages_that_say_the_same_do_not_follow_each_other() -> None:
    """Ten copies have most expected errors; the second of them comes once RECENT others were put forward."""
    copies, others = 10, RECENT + 5
    vectors = np.vstack([np.tile([1.0] + [0.0] * others, (copies, 1)), np.eye(others + 1)[1:]])
    found = put_forward(valued([2.0] * copies + [1.0] * others, vectors=vectors.astype(np.float32)))
    first, second = [n for n, (passage, _) in enumerate(found) if int(passage[2:]) < copies][:2]
    assert (first, second) == (0, RECENT + 1)
    assert len({passage for passage, _ in found}) == copies + others


def test_where_all_say_the_same_errors_alone_decide() -> None:
    same = np.tile([1.0, 0.0], (5, 1)).astype(np.float32)
    assert [p for p, _ in put_forward(valued([1, 5, 2, 4, 3], vectors=same))] == [
        f"d.{n}" for n in (1, 3, 4, 2, 0)
    ]


def study(lengths: list[int]) -> list[Passage]:
    return [p for n, count in enumerate(lengths) for p in passages_of(f"d{n}", [80] * count)]


def random_worth(passages: list[Passage], seed: int) -> Worth:
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(len(passages), 4))
    return Worth(
        value=Valuation(
            tuple(p.id for p in passages),
            generator.random(len(passages)),
            generator.random((len(passages), 3)),
            [0, 3, ENOUGH],
            np.array([p.words for p in passages]),
            (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32),
        )
    )


def queues(passages: list[Passage], design: Design, worth: Worth) -> dict[str, list[Assignment]]:
    kinds = interviews(*{p.document for p in passages})
    found = draw(passages, kinds, TWO, design, [], NOW, worth=worth).assignments
    return {name: sorted((a for a in found if a.reviewer == name), key=lambda a: a.position) for name in TWO}


def test_the_shares_of_the_streams() -> None:
    """400 assisted passages and none blind: a quarter of the places is random, a third of the others rare."""
    passages = study([400])
    design = Design(order=ServingOrder.VALUE, overlap=0, blind=0, reveal_first=0)
    kinds = interviews("d0")
    found = draw(passages, kinds, ["ann"], design, [], NOW, worth=random_worth(passages, 1)).assignments
    streams = [a.stream for a in sorted(found, key=lambda a: a.position)]
    for places in (100, 200, 300):
        counts = Counter(streams[:places])
        assert counts[Stream.DRAWN] == places / 4
        assert counts[Stream.RARE] == pytest.approx(places / 4, abs=1)


designs = {
    "lengths": st.lists(st.integers(5, 60), min_size=1, max_size=4),
    "share": st.floats(0.05, 0.9),
    "overlap": st.floats(0, 0.6),
    "blind": st.floats(0, 0.6),
    "first": st.sampled_from([0, 5, 50]),
    "seed": st.integers(0, 1000),
}


@settings(max_examples=50, deadline=None)
@given(**designs)
def test_the_random_line_depends_on_no_score_and_the_order_changes_no_draw(
    lengths: list[int], share: float, overlap: float, blind: float, first: int, seed: int
) -> None:
    passages = study(lengths)
    design = Design(
        order=ServingOrder.VALUE, priority=share, overlap=overlap, blind=blind, reveal_first=first, seed=seed
    )
    kinds = interviews(*{p.document for p in passages})
    plain = draw(passages, kinds, TWO, design.model_copy(update={"order": ServingOrder.DOCUMENT,
                 "priority": 0.0}), [], NOW).assignments  # fmt: skip
    fates = {(a.reviewer, a.passage): (a.arm, a.double, a.probability, a.chance, a.rank) for a in plain}
    one, other = (queues(passages, design, random_worth(passages, n)) for n in (1, 2))
    for name in TWO:
        mine = one[name]
        assert [a.position for a in mine] == list(range(len(mine)))
        random = [(a.passage, a.position) for a in mine if a.stream is Stream.DRAWN]
        assert random == [(a.passage, a.position) for a in other[name] if a.stream is Stream.DRAWN]
        blinds = [a for a in mine if a.arm is Arm.BLIND]
        assert [a.rank for a in blinds] == sorted(a.rank or 0 for a in blinds)
        assert all(a.stream is Stream.DRAWN for a in blinds)
        assert Arm.ASSISTED not in {a.arm for a in mine[:first]}
        for a in mine:
            assert fates.pop((name, a.passage)) == (a.arm, a.double, a.probability, a.chance, a.rank)
    assert not fates, "each passage is drawn once, whatever the order"


@settings(max_examples=30, deadline=None)
@given(**designs, begun_share=st.floats(0, 1))
def test_a_renewed_order_moves_only_what_is_open(
    lengths: list[int],
    share: float,
    overlap: float,
    blind: float,
    first: int,
    seed: int,
    begun_share: float,
) -> None:
    passages = study(lengths)
    design = Design(
        order=ServingOrder.VALUE, priority=share, overlap=overlap, blind=blind, reveal_first=first, seed=seed
    )
    mine = queues(passages, design, random_worth(passages, 1))["ann"]
    begun = {a.passage for a in mine[: round(begun_share * len(mine))]}
    heads = {p.id: p for p in passages}
    places = {slug: n for n, slug in enumerate(dict.fromkeys(p.document for p in passages))}
    worth = random_worth(passages, 2)
    moved = reordered(mine, begun, heads, places, design, worth)  # type: ignore[arg-type]
    assert not begun & {a.passage for a in moved}
    now = {a.passage: a for a in mine} | {a.passage: a for a in moved}
    assert sorted(a.position for a in now.values()) == list(range(len(mine)))
    kept = {"position", "stream"}
    before = {a.passage: a.model_dump(exclude=kept) for a in mine}
    assert {p: a.model_dump(exclude=kept) for p, a in now.items()} == before
    again = sorted(now.values(), key=lambda a: a.position)
    assert reordered(again, begun, heads, places, design, worth) == []  # type: ignore[arg-type]
    blinds = [a for a in again if a.arm is Arm.BLIND and a.passage not in begun]
    assert [a.rank for a in blinds] == sorted(a.rank or 0 for a in blinds)


def test_without_suggestions_everything_is_in_drawn_order() -> None:
    passages = study([60])
    design = Design(order=ServingOrder.VALUE, overlap=0, blind=0.25, reveal_first=0)
    found = draw(passages, interviews("d0"), ["ann"], design, [], NOW, worth=Worth()).assignments
    assert {a.stream for a in found} == {Stream.DRAWN}


def test_the_share_alone_still_means_uncertainty() -> None:
    assert Design(priority=0.4).serving is ServingOrder.UNCERTAINTY
    assert (Design(order=ServingOrder.VALUE).forward, Design().forward) == (SHARE, 0)
    assert Design(order=ServingOrder.RANDOM).forward == 0


@pytest.mark.parametrize("overlap", [0.0, 0.3])
def test_the_chances_add_up(overlap: float) -> None:
    """Of N passages with chance π = P + (1 − P)·B each, the blind ones weighed by 1/π are N in the mean of
    many draws, whatever the order; the lots' probabilities of one person's passage add up to 1."""
    passages = study([23, 41])
    design = Design(order=ServingOrder.VALUE, overlap=overlap, blind=0.2)
    chance = overlap + (1 - overlap) * 0.2
    totals = []
    for seed in range(300):
        found = queues(passages, design.model_copy(update={"seed": seed}), random_worth(passages, seed))
        blind = {a.passage: a.chance for mine in found.values() for a in mine if a.arm is Arm.BLIND}
        assert list(blind.values()) == pytest.approx([chance] * len(blind))
        totals.append(len(blind) / chance)
    error = float(np.std(totals)) / len(totals) ** 0.5
    assert np.mean(totals) == pytest.approx(64, abs=4 * error)
    lots = {a.arm is Arm.BLIND: a.probability for a in found["ann"] if not a.double}
    assert (lots[True] + lots[False] + overlap) == pytest.approx(1)
