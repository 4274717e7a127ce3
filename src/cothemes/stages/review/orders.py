"""In which order a reviewer's passages are served, other than as they were routed.

Orders that follow suggestions touch only what the reviewer sees suggestions of: what is to be read blind
comes before it, as it was routed; a reveal passage whose suggestions are open is gone on with first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from cothemes.records.record import content_hash
from cothemes.records.review import Arm, Assignment
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.queue import Order, Rank
from cothemes.stages.review.reading_state import ReadingState

_DIGITS = 13


class By(StrEnum):
    """Orders of passages."""

    ROUTED = "routed"
    """In the order of assignment: document by document, or in drawn order where streams were routed."""
    DOCUMENT = "document"
    PASSAGE = "passage"
    """Passages of all documents mixed, in an order drawn by chance, blind ones first."""
    CODE = "code"
    UNCERTAINTY = "uncertainty"


def by_document(documents: Sequence[str], positions: Mapping[str, int]) -> Order:
    """Document by document, blind before the others within it, otherwise in the order of the text.
    `positions`: passage → its place in the document."""
    place = {slug: number for number, slug in enumerate(documents)}

    def rank(standing: ReadingState) -> Rank:
        assignment = standing.assignment
        in_text = positions.get(assignment.passage, assignment.position)
        return (place[assignment.document], float(assignment.arm is not Arm.BLIND), in_text)

    return rank


def by_passage(standing: ReadingState) -> Rank:
    """Blind ones first, each part in an order drawn by chance, the same every time."""
    assignment = standing.assignment
    return (float(assignment.arm is not Arm.BLIND), _drawn(assignment))


def by_code(codes: Iterable[str], suggested: Mapping[str, Sequence[Suggestion]]) -> Order:
    """Passages with the same first suggestion together, in the codebook's order; those without one last.
    `suggested`: passage → its suggestions, of passages that are read with them."""
    place = {code: number for number, code in enumerate(codes)}

    def assisted(passage: str) -> float:
        return min((place[s.code] for s in suggested.get(passage, ()) if s.code in place), default=len(place))

    return _after_blind(assisted)


def by_uncertainty(scores: Mapping[str, float]) -> Order:
    """The most uncertain suggestions first. `scores`: passage → uncertainty."""
    return _after_blind(lambda passage: -scores.get(passage, 0.0))


def _after_blind(assisted: Callable[[str], float]) -> Order:
    def rank(standing: ReadingState) -> Rank:
        if standing.locked:
            return (0.0, 0.0)
        if not standing.sees_suggestions:
            return (1.0, 0.0)
        return (2.0, assisted(standing.assignment.passage))

    return rank


def _drawn(assignment: Assignment) -> float:
    """The place that the draw gave it, or one that follows from its seed; 0 to 1."""
    if assignment.rank is not None:
        return assignment.rank
    digits = content_hash([assignment.seed, assignment.round, assignment.passage])[:_DIGITS]
    return float(int(digits, 16) / 16**_DIGITS)
