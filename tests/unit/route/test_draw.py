"""The draw keeps its shares, states its probabilities, and does not disturb what was drawn before."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.records.document import BlockKind, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.review import Arm, Assignment
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw

TWO = ("ann", "bob")


def by_pair(assignments: tuple[Assignment, ...]) -> dict[tuple[str, str], Assignment]:
    return {(a.reviewer, a.passage): a for a in assignments}


def fate(assignments: tuple[Assignment, ...], slug: str) -> dict[str, tuple[bool, bool]]:
    """Passage → double, blind: the random part of the draw."""
    return {a.passage: (a.double, a.arm is Arm.BLIND) for a in assignments if a.document == slug}


def test_double_coded_passages_are_blind_for_everyone() -> None:
    passages = passages_of("one", [80] * 40) + passages_of("two", [80] * 40)
    found = draw(passages, interviews("one", "two"), TWO, Design(overlap=0.25, blind=0.1), [], NOW)
    raters = defaultdict(set)
    for assignment in found.assignments:
        raters[assignment.passage].add(assignment.reviewer)
    double = {a.passage for a in found.assignments if a.double}
    assert len(double) == 20  # 40 × .25 in each of two documents
    assert all(raters[passage] == set(TWO) for passage in double)
    assert all(a.arm is Arm.BLIND for a in found.assignments if a.double)
    assert all(len(raters[p.id]) == 1 for p in passages if p.id not in double)
    assert Counter(a.arm for a in found.assignments if not a.double)[Arm.BLIND] == 6  # 30 × .1 in each


def test_blind_comes_first_within_a_document_and_documents_keep_their_order() -> None:
    passages = passages_of("a", [80] * 30) + passages_of("b", [80] * 30)
    found = draw(passages, interviews("a", "b"), TWO, Design(overlap=0.2, blind=0.2), [], NOW)
    for name in TWO:
        mine = sorted((a for a in found.assignments if a.reviewer == name), key=lambda a: a.position)
        assert [a.position for a in mine] == list(range(len(mine)))
        keys = [(a.document, a.arm is not Arm.BLIND, a.passage) for a in mine]
        assert keys == sorted(keys)


def test_the_first_fifty_of_a_reviewer_are_never_assisted() -> None:
    passages = passages_of("a", [80] * 90) + passages_of("b", [80] * 90)
    found = draw(passages, interviews("a", "b"), TWO, Design(overlap=0.2, blind=0.1), [], NOW)
    for name in TWO:
        mine = sorted((a for a in found.assignments if a.reviewer == name), key=lambda a: a.position)
        assert Arm.ASSISTED not in {a.arm for a in mine[:50]}
        assert {Arm.REVEAL, Arm.ASSISTED, Arm.BLIND} == {a.arm for a in mine}
    later = draw(
        passages + passages_of("c", [80] * 40), interviews("a", "b", "c"), TWO, Design(),
        found.assignments, NOW + timedelta(days=1),
    )  # fmt: skip
    assert Arm.REVEAL not in {a.arm for a in later.assignments}


def test_one_reviewer_cannot_double_code() -> None:
    found = draw(passages_of("a", [80] * 20), interviews("a"), ["ann"], Design(overlap=0.5), [], NOW)
    assert len(found.assignments) == 20
    assert not any(a.double for a in found.assignments)
    assert sorted({round(a.probability, 10) for a in found.assignments}) == [0.1, 0.9]


def test_interviewers_and_headings_are_left_and_unknown_voices_are_not() -> None:
    passages = (
        passages_of("a", [80] * 3, Role.INTERVIEWER)
        + passages_of("b", [80] * 3, Role.UNKNOWN)
        + [p.model_copy(update={"kind": BlockKind.HEADING}) for p in passages_of("c", [8], Role.NONE)]
        + passages_of("d", [80] * 3, Role.NONE)
    )
    kinds = {**interviews("a", "b"), "c": Kind.POLICY, "d": Kind.POLICY}
    found = draw(passages, kinds, TWO, Design(), [], NOW)
    assert {a.document for a in found.assignments} == {"b", "d"}


def test_another_document_does_not_change_the_draw() -> None:
    alpha, beta = passages_of("alpha", [80] * 25), passages_of("beta", [60] * 25)
    alone = draw(beta, interviews("beta"), TWO, Design(seed=7), [], NOW)
    both = draw(alpha + beta, interviews("alpha", "beta"), TWO, Design(seed=7), [], NOW)
    assert fate(alone.assignments, "beta") == fate(both.assignments, "beta")


def test_another_seed_or_round_is_another_draw() -> None:
    passages = passages_of("a", [80] * 60)
    fates = [
        fate(draw(passages, interviews("a"), TWO, design, [], NOW).assignments, "a")
        for design in (Design(seed=1), Design(seed=2), Design(seed=1, round="pilot"), Design(seed=1))
    ]
    assert fates[0] != fates[1]
    assert fates[0] != fates[2]
    assert fates[0] == fates[3]


def test_drawing_again_changes_nothing() -> None:
    passages = passages_of("a", [80] * 30) + passages_of("b", [80] * 3)
    first = draw(passages, interviews("a", "b"), TWO, Design(), [], NOW)
    again = draw(passages, interviews("a", "b"), TWO, Design(seed=99), first.assignments, NOW + timedelta(1))
    assert again.assignments == ()
    assert (again.drawn, again.kept) == (0, 33)


def test_a_latecomer_gets_what_all_code_and_a_part_of_what_is_new() -> None:
    old = passages_of("a", [80] * 40)
    first = draw(old, interviews("a"), TWO, Design(), [], NOW)
    double = {a.passage: a.probability for a in first.assignments if a.double}
    three = (*TWO, "cat")
    later = draw(old, interviews("a"), three, Design(), first.assignments, NOW + timedelta(1))
    assert {a.passage: a.probability for a in later.assignments} == double
    assert {a.reviewer for a in later.assignments} == {"cat"}
    assert all(a.double and a.arm is Arm.BLIND for a in later.assignments)
    new = passages_of("b", [80] * 40)
    more = draw(old + new, interviews("a", "b"), three, Design(), first.assignments, NOW + timedelta(1))
    assert {a.reviewer for a in more.assignments if a.document == "b"} == set(three)


def test_a_second_person_gets_the_blind_passages_of_the_first() -> None:
    passages = passages_of("a", [80] * 40)
    first = draw(passages, interviews("a"), ["ann"], Design(), [], NOW)
    blind = {a.passage for a in first.assignments if a.arm is Arm.BLIND}
    later = draw(passages, interviews("a"), TWO, Design(), first.assignments, NOW + timedelta(1))
    assert {a.passage for a in later.assignments} == blind
    assert {(a.reviewer, a.arm, a.double) for a in later.assignments} == {("bob", Arm.BLIND, True)}
    everything = (*first.assignments, *later.assignments)
    assert draw(passages, interviews("a"), TWO, Design(), everything, NOW).assignments == ()
    none = draw(passages, interviews("a"), TWO, Design(overlap=0), first.assignments, NOW)
    assert none.assignments == ()


def test_a_passage_of_another_round_is_left_out_and_counted() -> None:
    pilot = passages_of("a", [80] * 10)
    first = draw(pilot, interviews("a"), TWO, Design(round="pilot"), [], NOW)
    main = draw(
        pilot + passages_of("b", [80] * 10), interviews("a", "b"), TWO, Design(), first.assignments, NOW
    )
    assert main.elsewhere == 10
    assert {a.document for a in main.assignments} == {"b"}
    others = draw(pilot, interviews("a"), ["cat", "dan"], Design(), first.assignments, NOW)
    assert {a.passage for a in others.assignments} == {p.id for p in pilot}


@pytest.mark.parametrize(("overlap", "blind"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_the_ends_of_the_shares(overlap: float, blind: float) -> None:
    found = draw(
        passages_of("a", [80] * 7), interviews("a"), TWO, Design(overlap=overlap, blind=blind), [], NOW
    )
    assert {a.probability for a in found.assignments} == {1.0}
    assert all(a.double is (overlap == 1) for a in found.assignments)
    assert all((a.arm is Arm.BLIND) is (overlap == 1 or blind == 1) for a in found.assignments)


def test_stored_probabilities_are_the_frequencies_of_the_draw() -> None:
    """4,000 draws of 7 and 3 passages: 7 × .3 = 2.1 and 3 × .3 = .9 are no whole numbers, and the shares hold
    nevertheless. The widest miss of a fair frequency over 60 cells is about 4 × √(.25/4000) = .032."""
    passages = passages_of("a", [50, 90, 120, 60, 70, 80, 100]) + passages_of("b", [90, 60, 110])
    kinds = interviews("a", "b")
    draws = 4000
    seen: Counter[tuple[str, str, Arm, bool]] = Counter()
    stated: dict[tuple[str, str, Arm, bool], float] = {}
    for seed in range(draws):
        design = Design(overlap=0.3, blind=0.4, seed=seed, reveal_first=3)
        for a in draw(passages, kinds, TWO, design, [], NOW).assignments:
            key = (a.reviewer, a.passage, a.arm, a.double)
            seen[key] += 1
            assert stated.setdefault(key, a.probability) == a.probability
    for key, probability in stated.items():
        assert seen[key] / draws == pytest.approx(probability, abs=0.032), key
    assert {round(p, 10) for p in stated.values()} == {0.3, 0.28, 0.42}  # P, (1−P)·B, (1−P)·(1−B)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.lists(st.integers(1, 180), min_size=1, max_size=30), min_size=1, max_size=4),
    people=st.integers(1, 4),
    overlap=st.floats(0, 1),
    blind=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_every_passage_is_somebodys_and_every_pair_stands_once(
    lengths: list[list[int]], people: int, overlap: float, blind: float, seed: int
) -> None:
    passages: list[Passage] = []
    for index, document in enumerate(lengths):
        passages += passages_of(f"d{index}", document)
    kinds = {f"d{i}": (Kind.POLICY if i % 2 else Kind.INTERVIEW) for i in range(len(lengths))}
    names = [f"p{i}" for i in range(people)]
    design = Design(overlap=overlap, blind=blind, seed=seed)
    found = draw(passages, kinds, names, design, [], NOW)
    assert {a.passage for a in found.assignments} == {p.id for p in passages}
    assert len(by_pair(found.assignments)) == len(found.assignments)
    assert all(0 < a.probability <= 1 for a in found.assignments)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.lists(st.integers(1, 180), min_size=6, max_size=20), min_size=2, max_size=5),
    first=st.integers(1, 4),
    seed=st.integers(0, 1000),
)
def test_drawing_in_parts_gives_no_pair_twice_and_ends(
    lengths: list[list[int]], first: int, seed: int
) -> None:
    documents = [passages_of(f"d{i}", line) for i, line in enumerate(lengths)]
    kinds = interviews(*(f"d{i}" for i in range(len(lengths))))
    everything = [passage for document in documents for passage in document]
    design = Design(seed=seed)
    part = [passage for document in documents[:first] for passage in document]
    begun = draw(part, kinds, TWO, design, [], NOW).assignments
    rest = draw(everything, kinds, TWO, design, begun, NOW + timedelta(1)).assignments
    both = (*begun, *rest)
    assert len(by_pair(both)) == len(both)
    assert {a.passage for a in both} == {p.id for p in everything}
    assert draw(everything, kinds, TWO, design, both, NOW + timedelta(2)).assignments == ()
    for name in TWO:
        positions = [a.position for a in both if a.reviewer == name]
        assert sorted(positions) == list(range(len(positions)))
