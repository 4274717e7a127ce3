"""What people decided, for figures: never a suggestion, and no invented rater beside people."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.app.imported_findings import imported_beside
from cothemes.app.ratings import found_ratings, human_ratings, ruled_ratings
from cothemes.app.review.consensus import consensus
from cothemes.app.study import Study
from cothemes.records.coded_reading import listed
from cothemes.records.rating import Rating
from cothemes.stages.review.ratings import RatingsRead


def decided_ratings(study: Study) -> RatingsRead:
    """Return what people decided last, the rulings of the consensus, and imported ratings other than a
    model's.

    Where people decided, imported synthetic raters are left out, and with them the consensus that came in
    their company: it is theirs.
    """
    return _with_imported(study, found_ratings(study), ruled_ratings(study))


def closed_ratings(study: Study) -> RatingsRead:
    """Return the ratings of closed readings, each in its round and arm, with what was settled of each
    round.
    """
    return _with_imported(study, human_ratings(study), consensus(study).ratings)


def _with_imported(study: Study, people: RatingsRead, settled: Sequence[Rating]) -> RatingsRead:
    # The last consensus on a code decides: the study's own goes before an imported one.
    ratings = listed(people.ratings, imported_beside(study, people), settled)
    return RatingsRead(ratings, people.kept_out, people.other_passages, people.pooled)
