"""Orders of serving: blind ones first and untouched by what is suggested, whatever is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.desk import assignment, session, suggested

from cothemes.records.review import Arm, Assignment, Decision
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.card import card_of
from cothemes.stages.review.orders import by_code, by_document, by_passage, by_uncertainty
from cothemes.stages.review.queue import Order, Serving, as_routed
from cothemes.stages.review.reading_state import ReadingState, fold

CODES = ("A1", "A2", "B1")


def standing(number: int, arm: Arm, document: str = "talk", **fields: object) -> ReadingState:
    given_ = assignment(arm, number).model_copy(update={"document": document, **fields})
    return fold(given_, [])


def served(standings: list[ReadingState], order: Order) -> list[int]:
    serving = Serving(standings, (), lambda _: True, order)
    found: list[str] = []
    while (passage := serving.next(found)) is not None:
        found.append(passage)
    return [int(passage.rpartition(".")[2]) for passage in found]


def told(**codes: tuple[str, ...]) -> dict[str, list[Suggestion]]:
    return {f"talk.{int(n[1:]):04d}": [suggested(code) for code in given_] for n, given_ in codes.items()}


BLIND, REVEAL, ASSISTED = Arm.BLIND, Arm.REVEAL, Arm.ASSISTED


def test_by_code_groups_what_is_seen_with_suggestions_and_leaves_the_rest() -> None:
    standings = [
        standing(1, ASSISTED),
        standing(2, ASSISTED),
        standing(3, BLIND),
        standing(4, ASSISTED),
        standing(5, REVEAL),
        standing(6, ASSISTED),
    ]
    suggestions = told(p1=("B1",), p2=("A2", "B1"), p4=(), p6=("A1", "B1"), p3=("A1",), p5=("A1",))
    # Blind readings as routed, then A1, A2, B1, then what has none.
    assert served(standings, by_code(CODES, suggestions)) == [3, 5, 6, 2, 1, 4]


def test_by_uncertainty_the_most_doubtful_come_first_after_the_blind() -> None:
    standings = [standing(1, ASSISTED), standing(2, ASSISTED), standing(3, BLIND), standing(4, ASSISTED)]
    scores = {"talk.0001": 0.5, "talk.0002": 2.0, "talk.0003": 9.0}
    assert served(standings, by_uncertainty(scores)) == [3, 2, 1, 4]


def test_by_document_whatever_was_routed() -> None:
    standings = [
        standing(1, ASSISTED, "b", position=0),
        standing(2, BLIND, "a", position=1),
        standing(3, BLIND, "b", position=2),
        standing(4, ASSISTED, "a", position=3),
    ]
    in_text = {"talk.0001": 0, "talk.0003": 5, "talk.0002": 7, "talk.0004": 1}
    assert served(standings, as_routed) == [1, 2, 3, 4]
    assert served(standings, by_document(["b", "a"], in_text)) == [3, 1, 2, 4]


def test_by_passage_blind_first_in_drawn_order_the_same_every_time() -> None:
    standings = [standing(n, BLIND if n % 3 == 0 else ASSISTED) for n in range(1, 30)]
    found = served(standings, by_passage)
    assert found == served(standings, by_passage)
    assert found != served(standings, as_routed)
    assert {n % 3 == 0 for n in found[:9]} == {True}
    ranked = [standing(n, BLIND, rank=1 - n / 10) for n in range(1, 5)]
    assert served(ranked, by_passage) == [4, 3, 2, 1]


def test_a_reveal_passage_is_gone_on_with_once_its_blind_codes_are_locked() -> None:
    from tests.doubles.desk import BOOK, DOCUMENT, passage

    given_: Assignment = assignment(REVEAL, 5)
    card = card_of(fold(given_, []), passage(5), DOCUMENT, codebook=BOOK)
    done: list[Decision] = session().done(card)
    locked = fold(given_, done)
    serving = Serving([standing(1, BLIND), standing(5, REVEAL)], (), lambda _: True, by_code(CODES, told()))
    assert serving.next() == "talk.0001"
    serving.put(locked, spoken=True)
    assert serving.next() == "talk.0005"


ARMS = st.lists(st.sampled_from((BLIND, REVEAL, ASSISTED)), min_size=1, max_size=12)
TOLD = st.dictionaries(st.integers(1, 12), st.sets(st.sampled_from(CODES)))


@given(ARMS, TOLD, TOLD)
def test_what_is_suggested_never_moves_a_blind_reading(
    arms: list[Arm], one: dict[int, set[str]], other: dict[int, set[str]]
) -> None:
    standings = [standing(n, arm) for n, arm in enumerate(arms, start=1)]
    blind = [n for n, arm in enumerate(arms, start=1) if arm is not ASSISTED]
    for said in (one, other):
        named = told(**{f"p{n}": tuple(codes) for n, codes in said.items()})
        found = served(standings, by_code(CODES, named))
        assert found[: len(blind)] == blind
        assert sorted(found) == list(range(1, len(arms) + 1))
