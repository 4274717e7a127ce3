"""Two streams in one queue: the blind part in drawn order, a share of the places by score."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.records.passage import Passage
from cothemes.records.review import Arm, Assignment, Stream
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw
from cothemes.stages.route.order import Worth

TWO = ("ann", "bob")


def queues(passages: list[Passage], design: Design, scores: dict[str, float]) -> dict[str, list[Assignment]]:
    kinds = interviews(*{p.document for p in passages})
    found = draw(passages, kinds, TWO, design, [], NOW, worth=Worth(scores)).assignments
    return {name: sorted((a for a in found if a.reviewer == name), key=lambda a: a.position) for name in TWO}


def test_a_share_of_the_places_goes_to_the_most_doubtful() -> None:
    passages = passages_of("a", [80] * 200)
    scores = {p.id: float(p.position % 7) for p in passages}
    mine = queues(passages, Design(priority=0.5, reveal_first=0, overlap=0.2, blind=0.1), scores)["ann"]
    assert [a.stream for a in mine[:6]] == [Stream.DRAWN, Stream.PRIORITY] * 3
    forward = [scores[a.passage] for a in mine if a.stream is Stream.PRIORITY]
    assert forward == sorted(forward, reverse=True)
    assert forward[0] == 6
    assert 0 not in forward, "what has no score is not put forward"
    drawn = [a.rank for a in mine if a.stream is Stream.DRAWN]
    assert drawn == sorted(drawn, key=lambda rank: rank or 0)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(5, 90), min_size=1, max_size=4),
    share=st.floats(0.05, 0.9),
    overlap=st.floats(0, 0.6),
    blind=st.floats(0, 0.6),
    first=st.sampled_from([0, 5, 50]),
    seed=st.integers(0, 1000),
    scored=st.lists(st.floats(0, 5), min_size=7, max_size=7),
)
def test_the_blind_part_is_in_drawn_order_and_what_is_early_is_never_assisted(
    lengths: list[int], share: float, overlap: float, blind: float, first: int, seed: int, scored: list[float]
) -> None:
    passages = [p for n, count in enumerate(lengths) for p in passages_of(f"d{n}", [80] * count)]
    scores = {p.id: scored[n % 7] for n, p in enumerate(passages)}
    design = Design(priority=share, overlap=overlap, blind=blind, reveal_first=first, seed=seed)
    plain = draw(
        passages, interviews(*{p.document for p in passages}), TWO,
        design.model_copy(update={"priority": 0.0}), [], NOW,
    ).assignments  # fmt: skip
    fates = {(a.reviewer, a.passage): (a.arm, a.double, a.probability, a.chance, a.rank) for a in plain}
    for mine in queues(passages, design, scores).values():
        assert [a.position for a in mine] == list(range(len(mine)))
        ranks = [a.rank or 0 for a in mine if a.arm is Arm.BLIND]
        assert ranks == sorted(ranks)
        assert all(a.stream is Stream.DRAWN for a in mine if a.arm is Arm.BLIND)
        assert Arm.ASSISTED not in {a.arm for a in mine[:first]}
        for a in mine:
            fate = fates.pop((a.reviewer, a.passage))
            assert fate == (a.arm, a.double, a.probability, a.chance, a.rank), "the order changes no draw"
        forward = sum(a.stream is Stream.PRIORITY for a in mine)
        assert forward <= share * len(mine) + 1
    assert not fates


def test_the_rank_is_the_same_for_all_who_have_a_passage_and_uniform() -> None:
    passages = passages_of("a", [80] * 400)
    found = queues(passages, Design(priority=0.3, overlap=0.5), {})
    ann, bob = ({a.passage: a.rank for a in found[name] if a.double} for name in TWO)
    assert ann == bob
    every = {a.passage: a.rank or 0 for mine in found.values() for a in mine}
    assert len(every) == 400
    assert 0.45 < sum(every.values()) / 400 < 0.55  # standard error .289/√400 = .0144


def test_a_chance_under_the_floor_is_marked_as_left_out() -> None:
    """One reviewer cannot double-code, so the chance of a blind reading is the blind share alone: .019."""
    passages = passages_of("a", [80] * 60)
    for blind, chance in ((0.019, None), (0.02, 0.02)):
        design = Design(overlap=0.5, blind=blind)
        found = draw(passages, interviews("a"), ["ann"], design, [], NOW).assignments
        assert {a.chance for a in found} == {chance}
    both = draw(passages, interviews("a"), TWO, Design(overlap=0.2, blind=0.1), [], NOW).assignments
    assert {round(a.chance or 0, 10) for a in both} == {0.28}  # .2 + .8·.1
