"""Where readings differ, what is settled of it, and the ratings of consensus that follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.desk import BOOK, CountingIds, StandingClock, passage

from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.adjudication import Settlement
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.review.consensus import CaseState, consensus_ratings, open_codes, settled_of
from cothemes.stages.review.disputes import Case, Difference, cases_of, shuffled
from cothemes.stages.review.ruling import Chair

PASSAGES = {f"talk.{n:04d}": passage(n) for n in range(2, 6)}


def rating(rater: str, code: str, value: int, unit: str = "talk.0002", **fields: object) -> Rating:
    return Rating.model_validate(
        {
            "unit": unit,
            "doc": "talk",
            "rater": rater,
            "kind": RaterKind.HUMAN,
            "code": code,
            "value": value,
            "round": "main",
            "arm": "blind",
            **fields,
        }
    )


def whole(rater: str, codes: tuple[str, ...], unit: str = "talk.0002", **fields: object) -> list[Rating]:
    return [rating(rater, code, int(code in codes), unit, **fields) for code in BOOK.by_id]


def only(ratings: list[Rating]) -> Case:
    (case,) = cases_of(ratings, PASSAGES, BOOK)
    return case


def chair(by: str = "cat") -> Chair:
    return Chair(by, BOOK, StandingClock(), CountingIds())


def test_a_code_that_some_gave_is_in_dispute_and_one_that_all_gave_is_not() -> None:
    case = only([*whole("ann", ("A1", "A2")), *whole("bob", ("A1",))])
    assert case.disputed == ("A2",)
    assert [one.code for one in case.codes] == ["A1", "A2"]
    assert open_codes(case, CaseState()) == ("A2",)


def test_attributes_and_words_differ_only_where_all_gave_the_code() -> None:
    case = only(
        [
            rating("ann", "A1", 1, attributes={"status": "intended;experienced"}, start=0, end=4),
            rating("bob", "A1", 1, attributes={"status": "experienced;intended"}, start=4, end=9),
            rating("ann", "A2", 1, attributes={"valence": "helps"}, start=0, end=4),
            rating("bob", "A2", 1, attributes={}, start=3, end=9),
        ]
    )
    assert case.by_code["A1"].differences == (Difference.WORDS,)
    assert case.by_code["A2"].differences == (Difference.ATTRIBUTES,)
    assert (case.disputed, case.described_otherwise) == ((), ("A2",))
    assert open_codes(case, CaseState()) == ("A2",)
    assert open_codes(case, CaseState(), attributes=False) == ()


def test_an_attribute_that_one_reader_left_empty_is_kept_when_the_code_is_accepted() -> None:
    case = only(
        [
            rating("ann", "A2", 1, attributes={"valence": "helps", "status": "intended"}),
            rating("bob", "A2", 1, attributes={"status": "experienced"}),
            rating("cat", "A2", 0, attributes={}),
        ]
    )
    made = chair().rule(case, "A2", applies=True)
    assert made.attributes == {"valence": ("helps",)}
    assert chair().rule(case, "A2", applies=True, attributes={"valence": []}).attributes == {}
    again = chair().rule(case, "A2", applies=True, held=made.model_copy(update={"attributes": {}}))
    assert again.attributes == {}, "what was taken away stays away"


def test_spans_are_told_in_code_points_of_the_document() -> None:
    case = only([rating("ann", "A1", 1, start=3, end=10), rating("bob", "A1", 0)])
    (answer,) = case.by_code["A1"].given
    assert answer.span == (passage().start + 3, passage().start + 10)


def test_words_are_alike_only_where_each_stretch_is() -> None:
    both = [rating(name, "A1", 1, start=0, end=9) for name in ("ann", "bob")]
    start = passage().start
    apart = {"A1": ((start, start + 2), (start + 7, start + 9))}
    several = {("talk.0002", "main", "ann"): apart}
    (case,) = cases_of(both, PASSAGES, BOOK, stretches=several)
    assert case.by_code["A1"].shared_span is None
    (case,) = cases_of(both, PASSAGES, BOOK, stretches={**several, ("talk.0002", "main", "bob"): apart})
    assert case.by_code["A1"].shared_span == (start, start + 9)
    assert only(both).by_code["A1"].shared_span == (start, start + 9)


def test_one_reader_two_rounds_and_unknown_codes_make_no_case() -> None:
    assert cases_of(whole("ann", ("A1",)), PASSAGES, BOOK) == []
    assert cases_of([*whole("ann", ("A1",)), *whole("bob", (), round="pilot")], PASSAGES, BOOK) == []
    assert cases_of([rating("ann", "Z9", 1), rating("bob", "Z9", 0)], PASSAGES, BOOK) == []


def test_of_a_passage_read_twice_the_second_reading_counts() -> None:
    first, second = (
        rating("ann", "A1", 1, arm="reveal"),
        rating("ann", "A1", 0, arm="revealed"),
    )
    for order in ([first, second], [second, first]):
        assert only([*order, rating("bob", "A1", 1)]).disputed == ("A1",)


def test_a_code_that_one_reader_never_rated_is_not_compared() -> None:
    case = only([*whole("ann", ("B1",)), rating("bob", "A1", 1), rating("bob", "A2", 0)])
    assert case.disputed == ("A1",)
    assert case.not_compared == {"B1"}
    ruled = settled_of([chair().rule(case, "A1", False)], BOOK)
    ratings = consensus_ratings([case], {("talk.0002", "main"): ruled}, BOOK, "consensus", {})
    assert {r.code: r.value for r in ratings} == {"A1": 0, "A2": 0}


def test_readers_stand_in_another_order_on_another_passage_and_in_the_same_one_again() -> None:
    names = ("ann", "bob")
    orders = [shuffled(f"talk.{n:04d}", "main", names) for n in range(200)]
    assert orders == [shuffled(f"talk.{n:04d}", "main", reversed(names)) for n in range(200)]
    first = sum(order[0] == "ann" for order in orders)
    # Binomial(200, 1/2): 70 to 130 holds all but 2 in 100,000 draws.
    assert 70 < first < 130


def test_a_ruling_takes_what_all_who_gave_the_code_agree_on() -> None:
    case = only(
        [
            rating("ann", "A1", 1, attributes={"status": "intended", "valence": "helps"}, start=0, end=4),
            rating("bob", "A1", 1, attributes={"status": "experienced", "valence": "helps"}, start=0, end=4),
            rating("cat", "A1", 0),
        ]
    )
    ruled = chair().rule(case, "A1", True)
    assert ruled.attributes == {"valence": ("helps",)}
    assert (ruled.start, ruled.end) == (passage().start, passage().start + 4)
    assert ruled.readers == case.readers
    chosen = chair().rule(case, "A1", True, attributes={"status": ["intended"], "valence": []}, span=(2, 5))
    assert chosen.attributes == {"status": ("intended",)}
    assert (chosen.start, chosen.end) == (passage().start + 2, passage().start + 5)


def test_what_cannot_be_ruled() -> None:
    case = only([*whole("ann", ("A1",)), *whole("bob", ())])
    with pytest.raises(UnknownCode):
        chair().rule(case, "Z9", True)
    with pytest.raises(UsageError, match="neither attributes"):
        chair().rule(case, "A1", False, attributes={"valence": ["helps"]})
    with pytest.raises(UsageError, match="outside the passage"):
        chair().rule(case, "A1", True, span=(0, 999))
    with pytest.raises(UsageError, match="empty"):
        chair().remark(case, CaseState(), "", "  ")
    with pytest.raises(StateConflict, match="nothing to undo"):
        chair().undo([chair().open(case)])


def test_the_last_word_on_a_code_counts_and_undo_brings_the_one_before_back() -> None:
    case = only([*whole("ann", ("A1",)), *whole("bob", ())])
    one = chair()
    records = [one.open(case), one.rule(case, "A1", True), one.rule(case, "A1", False)]
    assert settled_of(records, BOOK).applies("A1") is False
    records.append(one.undo(records))
    assert settled_of(records, BOOK).applies("A1") is True
    records.append(one.undo(records))
    assert settled_of(records, BOOK).rulings == {}
    assert settled_of(records, BOOK).opened
    with pytest.raises(StateConflict):
        one.undo(records)


def test_nobody_takes_back_what_another_settled() -> None:
    case = only([*whole("ann", ("A1",)), *whole("bob", ())])
    records = [chair("cat").rule(case, "A1", True)]
    with pytest.raises(StateConflict):
        chair("dan").undo(records)


def test_a_note_stands_with_its_code_once_that_is_settled() -> None:
    case = only([*whole("ann", ("A1",)), *whole("bob", ())])
    one = chair()
    records = [one.remark(case, CaseState(), "A1", "hm")]
    records.append(one.rule(case, "A1", True, attributes={"valence": ["helps"]}, span=(0, 2)))
    records.append(one.remark(case, settled_of(records, BOOK), "A1", "because"))
    settled = settled_of(records, BOOK)
    assert settled.notes == ("hm",)
    ruling = settled.rulings["A1"]
    assert (ruling.note, ruling.attributes, ruling.end) == (
        "because",
        {"valence": ("helps",)},
        passage().start + 2,
    )


def test_a_ruling_under_another_wording_is_none() -> None:
    case = only([*whole("ann", ("A1",)), *whole("bob", ())])
    old = chair().rule(case, "A1", True).model_copy(update={"code_hash": "as it was"})
    assert settled_of([old], BOOK).rulings == {}


def test_consensus_rates_what_is_settled_and_what_all_agreed_on() -> None:
    ratings = [
        *whole("ann", ("A1",)),
        *whole("bob", ()),
        *whole("ann", ("A2",), "talk.0003", attributes={"valence": "helps"}),
        *whole("bob", ("A2",), "talk.0003"),
        *whole("ann", ("B1",), "talk.0004"),
        *whole("bob", (), "talk.0004"),
    ]
    cases = cases_of(ratings, PASSAGES, BOOK)
    assert consensus_ratings(cases, {}, BOOK, "consensus", {}) == []
    ruled = {("talk.0002", "main"): settled_of([chair().rule(cases[0], "A1", False, note="why")], BOOK)}
    found = consensus_ratings(cases, ruled, BOOK, "consensus", {"talk": "P1"})
    # 2 passages × 3 codes; talk.0004 is in dispute still.
    assert {(r.unit, r.code): r.value for r in found} == {
        ("talk.0002", "A1"): 0,
        ("talk.0002", "A2"): 0,
        ("talk.0002", "B1"): 0,
        ("talk.0003", "A1"): 0,
        ("talk.0003", "A2"): 1,
        ("talk.0003", "B1"): 0,
    }
    assert {(r.kind, r.rater, r.round, r.arm, r.cluster) for r in found} == {
        (RaterKind.CONSENSUS, "consensus", "main", "", "P1")
    }
    assert all(r.attributes == {} for r in found)


SETS = st.frozensets(st.sampled_from(sorted(BOOK.by_id)))


@given(
    st.lists(SETS, min_size=2, max_size=4),
    st.dictionaries(st.sampled_from(sorted(BOOK.by_id)), st.booleans()),
)
def test_consensus_is_the_ruling_where_there_is_one_else_what_all_said(
    readers: list[frozenset[str]], rulings: dict[str, bool]
) -> None:
    ratings = [r for n, codes in enumerate(readers) for r in whole(f"r{n}", tuple(codes))]
    (case,) = cases_of(ratings, PASSAGES, BOOK)
    records: list[Settlement] = [chair().rule(case, code, applies) for code, applies in rulings.items()]
    settled = settled_of([r.model_copy(update={"id": f"{n}"}) for n, r in enumerate(records)], BOOK)
    in_dispute = {c for c in BOOK.by_id if 0 < sum(c in codes for codes in readers) < len(readers)}
    assert set(case.disputed) == in_dispute
    found = consensus_ratings([case], {("talk.0002", "main"): settled}, BOOK, "consensus", {})
    if not rulings or in_dispute - rulings.keys():
        assert found == []
    else:
        wanted = {c: int(rulings.get(c, c in readers[0])) for c in BOOK.by_id}
        assert {r.code: r.value for r in found} == wanted
