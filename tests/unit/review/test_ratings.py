"""Ratings come from finished readings alone, and never under another wording."""

from __future__ import annotations

from typing import Any

from tests.doubles.desk import BOOK, DOCUMENT, NOW, assignment, card, passage, session, suggested

from cothemes.records.codebook import Code, Codebook
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.ratings import RatingsRead, ratings_of_run, read_ratings
from cothemes.stages.review.selection import History, Purpose, selection


def read(
    arm: Arm, log: list[Decision], book: Codebook = BOOK, earlier: Codebook | None = None, **other: Any
) -> RatingsRead:
    known = {earlier.hash: earlier} if earlier else {}
    history = History([assignment(arm)], log, current=other.pop("current", None))
    meanings = Meanings(book, known)
    found = selection(Purpose.AGREEMENT, history, meanings, arm=None)
    return read_ratings(found, history.assignments, meanings, [passage()], [DOCUMENT], **other)


def values(ratings: tuple[Rating, ...] | list[Rating]) -> dict[tuple[str, str], int | None]:
    return {(rating.arm, rating.code): rating.value for rating in ratings}


def coded(arm: Arm) -> list[Decision]:
    pen = session()
    log = [pen.decide(card(arm), "A1", Action.ADD, attributes={"status": ["intended", "experienced"]},
                      spans=((3, 10),))]  # fmt: skip
    return log + pen.done(card(arm, log))


def test_nothing_counts_before_it_is_done() -> None:
    assert list(read(Arm.BLIND, coded(Arm.BLIND)[:-1]).ratings) == []


def test_done_rates_every_code_of_the_codebook() -> None:
    ratings = read(Arm.BLIND, coded(Arm.BLIND)).ratings
    assert values(ratings) == {("blind", "A1"): 1, ("blind", "A2"): 0, ("blind", "B1"): 0}
    first = next(iter(ratings))
    assert (first.unit, first.doc, first.rater, first.kind) == (
        "talk.0002",
        "talk",
        "ann",
        RaterKind.HUMAN,
    )
    assert (first.round, first.cluster, first.codebook) == ("main", "P1", BOOK.hash)
    assert first.attributes == {"status": "experienced;intended"}
    assert (first.start, first.end) == (3, 10)


def test_an_undone_done_counts_no_more() -> None:
    log = coded(Arm.BLIND)
    undo = log[-1].model_copy(update={"id": "u", "action": Action.UNDO, "undoes": log[-1].id})
    assert list(read(Arm.BLIND, [*log, undo]).ratings) == []


def test_reveal_gives_a_blind_rating_and_one_after_the_suggestions() -> None:
    pen = session()
    log = [pen.decide(card(Arm.REVEAL), "B1", Action.ADD)]
    log += pen.done(card(Arm.REVEAL, log))
    assert values(read(Arm.REVEAL, log).ratings) == {
        ("reveal", "A1"): 0,
        ("reveal", "A2"): 0,
        ("reveal", "B1"): 1,
    }
    log.append(pen.decide(card(Arm.REVEAL, log), "A1", Action.ACCEPT))
    log += pen.done(card(Arm.REVEAL, log))
    assert values(read(Arm.REVEAL, log).ratings) == {
        ("reveal", "A1"): 0,
        ("reveal", "A2"): 0,
        ("reveal", "B1"): 1,
        ("revealed", "A1"): 1,
        ("revealed", "A2"): 0,
        ("revealed", "B1"): 1,
    }


def with_codes(*codes: Code) -> Codebook:
    """Another codebook: a copy would keep the hash that the first one has worked out."""
    return Codebook(id=BOOK.id, codes=codes, themes=BOOK.themes, attributes=BOOK.attributes)


def reworded() -> Codebook:
    changed = Code(id="A1", label="Trust between people", definition="Trust, and distrust.", theme="T")
    added = Code(id="B2", label="Turnover", definition="Staff.")
    return with_codes(changed, *BOOK.codes[1:], added)


def test_another_wording_is_kept_out_and_counted() -> None:
    """A1 was reworded, B2 is new: A2 and B1 alone can be pooled."""
    found = read(Arm.BLIND, coded(Arm.BLIND), reworded(), BOOK)
    assert values(found.ratings) == {("blind", "A2"): 0, ("blind", "B1"): 0}
    assert found.kept_out == {"A1": 1, "B2": 1}
    assert next(iter(found.ratings)).codebook == BOOK.hash


def test_a_codebook_that_is_not_known_keeps_everything_unsaid_out() -> None:
    found = read(Arm.BLIND, coded(Arm.BLIND), reworded())
    assert list(found.ratings) == []
    assert found.kept_out == {"A1": 1, "A2": 1, "B1": 1, "B2": 1}


def test_a_retired_code_is_counted_and_not_rated() -> None:
    found = read(Arm.BLIND, coded(Arm.BLIND), with_codes(*BOOK.codes[1:]), BOOK)
    assert values(found.ratings) == {("blind", "A2"): 0, ("blind", "B1"): 0}
    assert found.kept_out == {"A1": 1}


def test_passages_that_were_cut_anew_are_counted() -> None:
    found = read(Arm.BLIND, coded(Arm.BLIND), current=set())
    assert (list(found.ratings), found.other_passages) == ([], 1)


def test_a_synthetic_rater_is_never_called_human() -> None:
    found = read(Arm.BLIND, coded(Arm.BLIND), kinds={"ann": RaterKind.SYNTHETIC})
    assert {rating.kind for rating in found.ratings} == {RaterKind.SYNTHETIC}


RUN = Run(
    id="r0001",
    coder="offline",
    rater="offline@0#r0001",
    configuration="c",
    codebook_hash=BOOK.hash,
    started=NOW,
)


def of_run(
    suggestions: list[Suggestion], state: OutcomeState = OutcomeState.CODED, book: Codebook = BOOK
) -> RatingsRead:
    outcome = Outcome(run="r0001", passage="talk.0002", state=state)
    meanings = Meanings(book, {BOOK.hash: BOOK})
    return ratings_of_run(RUN, [outcome], suggestions, [passage()], [DOCUMENT], meanings)


def test_a_runs_yes_is_one_and_borderline_is_nought_and_kept() -> None:
    ratings = of_run(
        [suggested("A1", attributes={"valence": ("helps",)}), suggested("A2", Verdict.BORDERLINE)]
    ).ratings
    assert values(ratings) == {("", "A1"): 1, ("", "A2"): 0, ("", "B1"): 0}
    assert [rating.attributes for rating in ratings] == [{"valence": "helps"}, {"borderline": "1"}, {}]
    first = next(iter(ratings))
    assert (first.start, first.end) == (0, 22)
    assert {(r.rater, r.kind, r.run) for r in ratings} == {("offline@0#r0001", RaterKind.MODEL, "r0001")}


def test_a_passage_that_was_not_coded_has_no_rating() -> None:
    for state in OutcomeState:
        assert bool(of_run([], state).ratings) is (state is OutcomeState.CODED)


def test_a_run_under_another_wording_is_kept_out() -> None:
    found = of_run([suggested("A1")], book=reworded())
    assert values(found.ratings) == {("", "A2"): 0, ("", "B1"): 0}
    assert found.kept_out == {"A1": 1, "B2": 1}
