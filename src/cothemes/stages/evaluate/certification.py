"""From which score on a coder's suggestions may be accepted without being read, and with which promise.

The promise is made by Learn-then-Test (agreement/threshold.py) on blind random decisions alone, by interview.
Two corrections keep it honest. Codes that are tested one by one share delta equally (Bonferroni), so that it
holds for all of them at once. And looks share it: who looks again after every ten decisions finds a threshold
by chance some day. The j-th look at a coder gets delta / 2^j, so that all looks together, however many, fail
with a chance of delta at most. That costs few decisions, since their number grows with log(1 / delta) alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from cothemes.agreement.threshold import (
    GRID,
    LEAST_CLUSTERS,
    STARTS,
    binomial_p,
    clustered_p,
    select_threshold,
)
from cothemes.records.acceptance import CodeTest
from cothemes.records.record import content_hash

NONE_READ = "no blind random reading was finished under the present text of the code"
_MOST = 1_000_000
"""Suggestions beyond which no more decisions are asked for."""


@dataclass(frozen=True, slots=True)
class BlindReading:
    """One passage of the blind random sample, and the coder's suggestions there."""

    passage: str
    interview: Hashable
    """The participant, else the document."""
    suggested: Mapping[str, float]
    """Code → score of the coder's suggestion; codes that it did not suggest are not here."""
    upheld: frozenset[str]
    """Codes that more than half of the passage's blind readers applied."""
    asked: frozenset[str]
    """Codes that its readers were asked about."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What a study can give to further blind readings."""

    passages: int
    """Passages that nobody has read blind."""
    interviews: int
    """Interviews in all, those read blind among them."""


def level_of(delta: float, look: int, tests: int) -> float:
    """Return the share of delta that each test of a look gets."""
    return float(delta / 2**look / tests)


def equal_chances(chance: Mapping[str, float], sample: Collection[str]) -> list[str]:
    """Return the passages of the sample, thinned so that each passage of the frame had the same chance.

    Precision is a mean over the suggestions of the frame; draws with several chances would weigh some of them
    more. A passage stays with probability lowest chance / its chance, by a hash of its id.
    """
    if not chance:
        return []
    lowest = min(chance.values())

    def lot(passage: str) -> float:
        return int(content_hash(f"equal chances {passage}")[:13], 16) / 16**13

    return [each for each in sample if lot(each) < lowest / chance[each] * (1 + 1e-9)]


def code_tests(
    readings: Sequence[BlindReading],
    codes: Sequence[str],
    *,
    precision: float,
    delta: float,
    look: int,
    pooled: bool,
    supply: Supply | None = None,
    none_read: str = NONE_READ,
) -> tuple[CodeTest, ...]:
    """Return one test for each code, or with `pooled` one for all. Raises RatingsError for a target that is
    no share. `none_read`: why a code has no readings.
    """
    groups = [tuple(codes)] if pooled else [(code,) for code in codes]
    level = level_of(delta, look, len(groups))
    return tuple(_test(readings, group, precision, level, supply, none_read) for group in groups)


def shows_nothing(tests: Iterable[CodeTest]) -> bool:
    """Return whether tests compared no suggestion with a reading, so that they tell nobody anything."""
    return not any(each.sure for each in tests)


def _test(
    readings: Sequence[BlindReading],
    codes: tuple[str, ...],
    precision: float,
    level: float,
    supply: Supply | None,
    none_read: str,
) -> CodeTest:
    asked = [each for each in readings if not each.asked.isdisjoint(codes)]
    found = [
        (each.suggested[code], code in each.upheld, each.interview)
        for each in asked
        for code in codes
        if code in each.suggested and code in each.asked
    ]
    score = [each[0] for each in found]
    right = [each[1] for each in found]
    interviews = [each[2] for each in found]
    result = select_threshold(score, right, precision, level, clusters=interviews)
    certified = not math.isnan(result.value)
    needed: int | None = 0
    refusal = ""
    if not certified:
        needed = readings_needed(score, right, interviews, len(asked), precision, level)
        refusal = _refusal(score, right, asked, precision, none_read)
        if needed is not None and supply is not None and (short := _short(needed, supply)):
            needed, refusal = None, short
    sure = [ok for each, ok in zip(score, right, strict=True) if each >= GRID[-1]]
    taken = [ok for sure, ok in zip(score, right, strict=True) if certified and sure >= result.value]
    return CodeTest(
        codes=codes,
        threshold=result.value if certified else None,
        readings=len(asked),
        interviews=len({each.interview for each in asked}),
        suggested=len(found),
        sure=len(sure),
        right=sum(sure),
        accepted=len(taken),
        wrong=taken.count(False),
        error_upper=result.parts["error_rate_upper"] if certified else None,
        needed=needed,
        refusal=refusal,
    )


def _short(needed: int, supply: Supply) -> str:
    """Return why a study cannot give the readings that are needed; empty if it can."""
    if supply.interviews < LEAST_CLUSTERS:
        return f"the study has {supply.interviews} interviews, and a test takes at least {LEAST_CLUSTERS}"
    if needed > supply.passages:
        return (
            f"it would take about {needed:,} more blind readings, and {supply.passages:,} passages are not "
            "yet read blind"
        )
    return ""


def _refusal(
    score: Sequence[float],
    right: Sequence[bool],
    asked: Sequence[BlindReading],
    precision: float,
    none_read: str,
) -> str:
    if not asked:
        return none_read
    sure = [ok for each, ok in zip(score, right, strict=True) if each >= GRID[-1]]
    if not sure:
        return f"no suggestion with a score of {GRID[-1]:g} or more was read blind"
    best = max(
        (sum(taken) / len(taken), -threshold)
        for threshold in GRID
        if (taken := [ok for each, ok in zip(score, right, strict=True) if each >= threshold])
    )
    if best[0] < precision:
        return "fewer suggestions were right than the target at every score"
    if len({each.interview for each in asked}) < LEAST_CLUSTERS:
        return f"read in fewer than {LEAST_CLUSTERS} interviews"
    return "too few blind readings for this target"


def readings_needed(
    score: Sequence[float],
    right: Sequence[bool],
    interviews: Sequence[Hashable],
    readings: int,
    precision: float,
    level: float,
) -> int | None:
    """Return how many further blind readings are expected to bring a certificate by the best threshold.

    It takes shares of suggestions and of errors to stay as they are. None where none is expected to.
    """
    sure, ok = np.asarray(score, float), np.asarray(right, bool)
    of = np.unique([str(each) for each in interviews], return_inverse=True)[1] if len(sure) else sure
    found: list[int] = []
    for threshold in GRID:
        taken = sure >= threshold
        count = int(taken.sum())
        if not count or not readings:
            continue
        errors = int((~ok[taken]).sum())
        wanted = _suggestions_needed(count, errors, 1 - precision, level / STARTS)
        if wanted is None:
            continue
        factor = max(wanted / count, 1.0)
        clusters = len(set(of[taken].tolist()))
        factor = max(factor, LEAST_CLUSTERS / clusters)
        factor = max(factor, _more_interviews(ok[taken], of[taken], 1 - precision, level / STARTS))
        if math.isfinite(factor):
            found.append(max(1, math.ceil(readings * factor) - readings))
    return min(found, default=None)


def _suggestions_needed(count: int, errors: int, rate: float, level: float) -> int | None:
    """Return the fewest suggestions that pass the exact test with this share of errors."""
    share = errors / count
    if share >= rate:
        return None

    def passes(number: int) -> bool:
        return binomial_p(number, math.ceil(share * number - 1e-9), rate) <= level

    high = max(count, 1)
    while not passes(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return high


def _more_interviews(right: np.ndarray, of: np.ndarray, rate: float, level: float) -> float:
    """Return by which factor the interviews must grow to pass the test over them: t grows with their root."""
    count = len(set(of.tolist()))
    if count < 2:
        return 1.0
    p = clustered_p(right, of, rate)
    if p <= level:
        return 1.0
    if p >= 0.5:
        return math.inf
    return float(special.stdtrit(count - 1, level) / special.stdtrit(count - 1, p)) ** 2


@dataclass(frozen=True)
class Upheld:
    """Accepted suggestions, and how many of them blind readers upheld."""

    suggestions: int
    right: int


def upheld(readings: Iterable[BlindReading], thresholds: Mapping[str, float]) -> dict[str, Upheld]:
    """Return code → its suggestions at the threshold or above in these readings."""
    counts = {code: [0, 0] for code in thresholds}
    for each in readings:
        for code, threshold in thresholds.items():
            if code in each.asked and each.suggested.get(code, -1.0) >= threshold:
                counts[code][0] += 1
                counts[code][1] += code in each.upheld
    return {code: Upheld(*both) for code, both in counts.items()}
