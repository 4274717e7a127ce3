"""How uncertain a passage's suggestions are: what is put forward where a share of the queue goes by score.

No single sign is trusted: what runs disagree on, what the critic would not settle, a score near its
threshold, how often a code was right where people read blind, and how its quote was found are added up. The
weights are a choice and not a fit; they say that a code on which runs differ counts as much as one that the
critic sent to a person, and a mended quote a quarter of that. The score orders assisted passages, nothing
else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.outcome_flag import FlagKind, OutcomeFlag
from cothemes.records.suggestion import QuoteStatus, Suggestion, Verdict

FLIP = 1.0
ESCALATED = 1.0
DOUBT = 1.0
NEAR = 0.5
NO_QUOTE = 0.5
MENDED = 0.25
WITHIN = 0.1
"""Distance of a score from its threshold at which it no longer counts as near."""
_MENDED = (QuoteStatus.SNAPPED, QuoteStatus.WIDENED, QuoteStatus.ABRIDGED, QuoteStatus.REPAIRED)

Told = Mapping[str, int]
"""Passage → 1 or 0, of one code."""


@dataclass(frozen=True)
class Signs:
    """Signs that one run, or several, left on one passage."""

    suggested: Sequence[Suggestion] = ()
    """Suggestions of the run whose suggestions are shown."""
    flips: int = 0
    """Codes on which runs differ."""
    flags: Collection[OutcomeFlag] = ()
    """Flags of that run's outcome."""
    near: float = 0.0
    """Codes whose score lies near their threshold, each counted by how near (`nearness`)."""


def score(signs: Signs, precision: Mapping[str, float]) -> float:
    """0 and up; `precision`: code → share of its suggestions that blind readers bore out (`precisions`)."""
    escalated = sum(flag.kind == FlagKind.CRITIC_ESCALATED for flag in signs.flags)
    unquoted = sum(flag.kind == FlagKind.QUOTE_REJECTED for flag in signs.flags)
    mended = sum(s.quote_status in _MENDED for s in signs.suggested if s.verdict is not Verdict.NO)
    doubt = sum(1 - precision.get(s.code, 0.5) for s in signs.suggested if s.verdict is not Verdict.NO)
    return (
        FLIP * signs.flips
        + ESCALATED * escalated
        + DOUBT * doubt
        + NEAR * signs.near
        + NO_QUOTE * unquoted
        + MENDED * mended
    )


def precisions(said: Mapping[str, Told], read: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Code → (right + 1) / (suggested + 2) over passages that people read blind: a half where nobody has yet.

    `said`: code → passage → whether the run gave it; `read`: code → passage → share of its blind readers who
    did.
    """
    found = {}
    for code, told in said.items():
        checked = [
            read[code][passage] for passage, yes in told.items() if yes and passage in read.get(code, {})
        ]
        found[code] = (sum(checked) + 1) / (len(checked) + 2)
    return found


def flips(answers: Sequence[Collection[str]]) -> int:
    """Codes that some runs gave a passage and others did not."""
    given = [set(answer) for answer in answers]
    return sum(any(code not in one for one in given) for code in set().union(*given))


def thresholds(
    scores: Mapping[str, Mapping[str, float]], suggested: Mapping[str, Collection[str]]
) -> dict[str, float]:
    """Code → where its threshold lies, read off what was suggested: half way between the lowest score that
    was and the highest that was not. `scores`: passage → code → score. Codes without both are left out."""
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for passage, numbers in scores.items():
        for code, number in numbers.items():
            if code in suggested.get(passage, ()):
                low[code] = min(number, low.get(code, number))
            else:
                high[code] = max(number, high.get(code, number))
    return {code: (low[code] + high[code]) / 2 for code in low.keys() & high.keys()}


def nearness(numbers: Mapping[str, float], limits: Mapping[str, float]) -> float:
    """Over the codes of a passage: 1 on the threshold, falling to 0 at a distance of .1."""
    return sum(
        max(0.0, 1 - abs(number - limits[code]) / WITHIN)
        for code, number in numbers.items()
        if code in limits
    )
