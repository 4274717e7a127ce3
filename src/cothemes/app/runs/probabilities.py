"""The probability of a suggestion, for whoever shows suggestions or puts them in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.app.study import Study
from cothemes.records.suggestion import Suggestion

DECIMALS = 4
LEARNED_FROM = 25
"""Reviewed passages from which the offline coder's scores are shown as probabilities: from so many on its
scale is fitted (`ENOUGH` of `stages/propose/offline/calibration.py`, which takes scipy to import)."""


class Probabilities:
    """Probabilities of some suggestions as they are on record: nothing is fitted here.

    A model's are stored when it is calibrated (`app/coders/calibration.py`). The offline coder's are its
    scores, once it has learned from enough reviewed passages for their scale to be fitted.
    """

    def __init__(self, study: Study, suggestions: Sequence[Suggestion]) -> None:
        self._stored = study.store.runs.probabilities(each.id for each in suggestions)
        self._learned = frozenset(
            run.id
            for run in (study.store.runs.all() if suggestions else ())
            if run.coder == "offline" and run.details.get("reviewed", 0) >= LEARNED_FROM
        )

    def probability_of(self, suggestion: Suggestion) -> float | None:
        """Return the probability that a person gives the code; None where its coder is not calibrated."""
        if suggestion.run in self._learned:
            return suggestion.score
        known = self._stored.get(suggestion.id)
        return None if known is None else round(known, DECIMALS)


def probabilities_of(study: Study, suggestions: Sequence[Suggestion]) -> dict[str, float]:
    """Return suggestion → its probability, of those whose coder is calibrated."""
    known = Probabilities(study, suggestions)
    found = {each.id: known.probability_of(each) for each in suggestions}
    return {name: number for name, number in found.items() if number is not None}


def probabilities_shown(
    study: Study, reviewer: str, suggestions: Sequence[Suggestion]
) -> Mapping[str, float]:
    """Return code → probability for a reviewer's card. Someone who has planted errors sees none: a planted
    suggestion has no probability, and would be known by that.
    """
    if not suggestions or study.store.reviews.seeds(reviewer=reviewer):
        return {}
    known = probabilities_of(study, suggestions)
    return {each.code: known[each.id] for each in suggestions if each.id in known}
