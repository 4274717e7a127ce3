"""Work moves as it was drawn, and never where a second reading would not be blind or not be a second."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.records.review import Arm
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw
from cothemes.stages.route.reassign import Stays, hand_on

TWO = ("ann", "bob")
KEPT = ("passage", "document", "round", "probability", "chance", "rank", "double", "drawn", "seed", "stream")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 500), priority=st.sampled_from([0.0, 0.4]), known=st.booleans())
def test_what_moves_is_what_was_drawn_and_nobody_has_a_passage_twice(
    seed: int, priority: float, known: bool
) -> None:
    passages = passages_of("a", [80] * 90) + passages_of("b", [80] * 60)
    design = Design(seed=seed, priority=priority)
    found = draw(passages, interviews("a", "b"), TWO, design, [], NOW).assignments
    target = "bob" if known else "cat"
    before = {a.passage: a for a in found if a.reviewer == "ann"}
    has = [a for a in found if a.reviewer == target]
    begun = set(list(before)[::7])
    saw = set(list(before)[3::11])
    handing = hand_on(list(before.values()), target, begun=begun, has=has, saw=saw)
    moved = {a.passage: a for a in handing.moved}
    stayed = {p for passages_ in handing.stayed.values() for p in passages_}
    assert moved.keys() | stayed == before.keys()
    assert not moved.keys() & stayed
    assert not moved.keys() & (begun | saw | {a.passage for a in has})
    doubles = {p for p, a in before.items() if a.double}
    assert set(handing.stayed.get(Stays.HAS, ())) == (doubles - begun if known else set())
    for passage, after in moved.items():
        was = before[passage]
        assert (after.reviewer, after.moved_from) == (target, "ann")
        assert all(getattr(after, name) == getattr(was, name) for name in KEPT)
        assert after.arm is was.arm or (was.arm, after.arm) == (Arm.ASSISTED, Arm.REVEAL)
    positions = [a.position for a in (*has, *handing.moved)]
    assert len(set(positions)) == len(positions)
    served = sorted((*has, *handing.moved), key=lambda a: a.position)
    assert Arm.ASSISTED not in {a.arm for a in served[:50]}


def test_the_first_fifty_of_the_new_reader_are_revealed_and_counted() -> None:
    passages = passages_of("a", [80] * 300)
    found = draw(passages, interviews("a"), TWO, Design(overlap=0, blind=0), [], NOW).assignments
    ann = [a for a in found if a.reviewer == "ann"]
    handing = hand_on(ann[50:], "cat", begun=(), has=[], saw=())
    assert [a.arm for a in handing.moved[:51]] == [Arm.REVEAL] * 50 + [Arm.ASSISTED]
    assert handing.revealed == 50


def test_a_latecomer_after_a_handing_on_gets_what_all_code() -> None:
    """The double-coded passages that moved are still double: a third person gets all of them, once."""
    passages = passages_of("a", [80] * 80)
    found = draw(passages, interviews("a"), TWO, Design(), [], NOW).assignments
    handing = hand_on([a for a in found if a.reviewer == "ann"], "cat", begun=(), has=[], saw=())
    now = [*(a for a in found if a.reviewer == "bob"), *handing.moved]
    later = draw(passages, interviews("a"), ("bob", "cat", "dan"), Design(), now, NOW).assignments
    assert {a.passage for a in later} == {a.passage for a in found if a.double}
    assert {a.reviewer for a in later} == {"dan"}
