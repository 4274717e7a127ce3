"""What people decided, for figures: never a suggestion, and no invented rater beside people."""

from __future__ import annotations

from cothemes.app.figures.agreement import imported_ratings
from cothemes.app.ratings import human_ratings
from cothemes.app.review.consensus import consensus
from cothemes.app.study import Study
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.review.ratings import RatingsRead


def decided_ratings(study: Study) -> RatingsRead:
    """People's finished readings, what was settled of them, and imported ratings other than a model's.

    Where people decided, imported synthetic raters are left out, and with them the consensus that came in
    their company: it is theirs.
    """
    people = human_ratings(study)
    imported = [rating for rating in imported_ratings(study) if rating.kind is not RaterKind.MODEL]
    real = people.ratings or any(rating.kind is RaterKind.HUMAN for rating in imported)
    if real and any(rating.kind is RaterKind.SYNTHETIC for rating in imported):
        imported = [rating for rating in imported if rating.kind is RaterKind.HUMAN]
    ratings: list[Rating] = [*people.ratings, *consensus(study).ratings, *imported]
    return RatingsRead(tuple(ratings), people.kept_out, people.other_passages, people.pooled)
