"""The re-test: counted by hand, paired by interview, and honest where there is nothing to count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.document import Document, Kind
from cothemes.stages.codebook_change.retest import Side, retest, used_for_revision

GOLD = {
    "p1": {"A": 1, "B": 0}, "p2": {"A": 1, "B": 0}, "p3": {"A": 0, "B": 0}, "p4": {"A": 0, "B": 1},
    "p5": {"A": 1}, "p6": {"A": 0},
}  # fmt: skip
OLD = {"p1": ["A"], "p2": [], "p3": ["A", "B"], "p4": [], "p5": ["A"], "p6": []}
NEW = {"p1": ["A"], "p2": ["A"], "p3": ["B"], "p4": ["B"], "p5": [], "p6": ["A", "B"]}
CLUSTERS = {"p1": "x", "p2": "x", "p3": "y", "p4": "y", "p5": "z", "p6": "z"}


def test_a_worked_example() -> None:
    found = retest(["A", "B"], ["A"], GOLD, OLD, NEW, CLUSTERS)
    a, b = found.codes
    # A, old: p1 and p5 right, p3 wrong, p2 missed: 2·2 ÷ (2·2 + 1 + 1) = 2/3. New: p1, p2 right, p6 wrong, p5
    # missed: 2/3. The difference is 0 although four of six answers moved.
    assert (a.old, a.new) == (Side(2, 1, 1), Side(2, 1, 1))
    assert a.old.f1 == pytest.approx(2 / 3)
    assert (a.found, a.lost, a.dropped, a.added) == (("p2",), ("p5",), ("p3",), ("p6",))
    assert a.difference.value == 0
    # Left out x: old 1 right (p5), 1 wrong, 0 missed: 2/3; new 0 right: 0; so −2/3. Left out y: old 2, 0, 1:
    # 4/5; new 2, 1, 1: 2/3; so −2/15. Left out z: old 1, 1, 1: 1/2; new 2, 0, 0: 1; so 1/2.
    parts = [-2 / 3, -2 / 15, 1 / 2]
    mean = sum(parts) / 3
    se = (2 / 3 * sum((p - mean) ** 2 for p in parts)) ** 0.5
    # t(2) at .975 is 4.3027: the interval is wider than all there can be.
    assert se * 4.3027 > 1
    # The ends would pass −1 and 1, which no difference of two shares does: withheld with the reason.
    assert (a.difference.low, a.difference.high) == (None, None)
    assert a.difference.reason
    # B was settled on p1 to p4: old p3 wrong, p4 missed: 0. New: p3 wrong, p4 right: 2·1 ÷ (2 + 1) = 2/3.
    assert (b.passages, b.positives, b.changed) == (4, 1, False)
    assert (b.old.f1, b.new.f1) == (0, pytest.approx(2 / 3))
    assert b.difference.value == pytest.approx(2 / 3)
    assert b.added == (), "on p6 nobody settled B"
    assert found.macro.value == pytest.approx(1 / 3)
    assert (found.counted, found.interviews) == (2, 3)


def test_a_passage_that_one_wording_could_not_code_counts_for_neither() -> None:
    found = retest(["A"], ["A"], GOLD, {**OLD}, {p: c for p, c in NEW.items() if p != "p2"}, CLUSTERS)
    assert found.codes[0].passages == 5
    assert found.codes[0].positives == 2


def test_what_cannot_be_computed_says_why() -> None:
    nothing = retest(["A"], [], {}, {}, {}, {})
    assert nothing.codes[0].difference.value is None
    assert nothing.codes[0].difference.reason == "no passage was adjudicated and coded under both"
    one = retest(["A"], [], {"p1": {"A": 1}}, {"p1": []}, {"p1": ["A"]}, {"p1": "x"})
    assert one.codes[0].difference.value == 1
    assert one.codes[0].difference.low is None
    assert one.codes[0].difference.reason
    never = retest(["A"], [], {"p1": {"A": 0}}, {"p1": []}, {"p1": []}, {"p1": "x"})
    assert never.codes[0].old.f1 is None
    assert never.codes[0].difference.reason == "nothing to find and nothing given, under one wording or both"


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.booleans(), st.booleans(), st.booleans())))
def test_the_same_answers_under_both_differ_by_nothing(cells: dict[str, tuple[bool, bool, bool]]) -> None:
    gold = {p: {"A": int(truth)} for p, (truth, _, _) in cells.items()}
    old, new = ({p: ["A"] * cell[side] for p, cell in cells.items()} for side in (1, 2))
    clusters = {p: p for p in cells}
    same = retest(["A"], [], gold, old, old, clusters).codes[0]
    assert same.difference.value in (0, None)
    assert (same.found, same.lost, same.dropped, same.added) == ((), (), (), ())
    there = retest(["A"], [], gold, old, new, clusters).codes[0]
    back = retest(["A"], [], gold, new, old, clusters).codes[0]
    if there.difference.value is not None:
        assert back.difference.value == pytest.approx(-there.difference.value)
    assert (there.found, there.dropped) == (back.lost, back.added)
    assert there.new.hits - there.old.hits == len(there.found) - len(there.lost)
    assert there.new.false - there.old.false == len(there.added) - len(there.dropped)


@pytest.mark.parametrize(
    ("said", "rounds", "used"),
    [
        ("", ["main"], False), ("", ["pilot"], True), ("", ["main", "Pilot-2"], True), ("yes", [], True),
        (" TRUE ", [], True), ("no", ["main"], False), ("", [], False),
    ],
)  # fmt: skip
def test_documents_that_the_codebook_was_revised_with(said: str, rounds: list[str], used: bool) -> None:
    document = Document(
        slug="d", version="v", kind=Kind.INTERVIEW, text="x", metadata={"used_for_revision": said}
    )
    assert used_for_revision(document, rounds) is used
