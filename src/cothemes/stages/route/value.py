"""Which passages are worth a person's minutes first, by what reading them is expected to put right.

Three streams share a queue. Half of the places go to the passages with most expected errors: the sum over
codes of the probability that the coder is wrong there, 1 − p where it suggests the code and p where it does
not. A code far from its threshold adds little, one just above it most. A quarter goes to likely positives of
codes that few passages have so far, code by code, the rarest first. The last quarter is the random stream: it
is drawn without regard to any score, and nothing else tells how good the coder is (`order.by_value`).

Passages that say nearly the same are not put forward in a row: the second one teaches little.

The shares are those of decision 0020, which has what was tried beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.records.review import Stream

RANDOM = 0.25
"""Share of the places that the random stream has at least."""
RARE = 1 / 3
"""Share of the other places that likely positives of rare codes have."""
ENOUGH = 5
"""Positives from which a code is rare no more."""
LIKELY = 0.2
"""Probability from which a passage may be put forward for a rare code."""
TWIN = 0.8
"""Cosine from which a passage says nearly the same as another."""
RECENT = 32
"""Passages put forward last, with which the next one is compared."""
WINDOW = 256
"""Passages among which one that is no twin is looked for; where all are, the first is taken."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Valuation:
    """Passages that may be put forward, and what is known of them; rows are the same throughout."""

    passages: tuple[str, ...]
    """Of equal worth, the earlier goes first."""
    errors: Floats
    """Expected errors of the coder on each."""
    likely: Floats
    """Passages × codes: probability that the code applies; 0 where it is not known."""
    positives: Sequence[int]
    """Passages that have each code so far."""
    vectors: Vectors | None = None
    """Unit rows; None: twins are not told apart."""

    def only(self, passages: Sequence[str]) -> Valuation:
        """Return these passages, in this order; those that are not known are left out."""
        place = {passage: row for row, passage in enumerate(self.passages)}
        kept = [place[passage] for passage in passages if passage in place]
        return Valuation(
            tuple(self.passages[row] for row in kept),
            self.errors[kept],
            self.likely[kept],
            self.positives,
            None if self.vectors is None else self.vectors[kept],
        )


def expected_errors(probability: Floats, applied: Bools) -> Floats:
    """Σ over codes of the probability that a suggestion is wrong or a code is missed, per passage.

    Both are passages × codes. Three codes with p = .9 (suggested), .4 (suggested) and .2 (not) make
    .1 + .6 + .2 = .9 expected errors.
    """
    return np.asarray(np.where(applied, 1 - probability, probability).sum(axis=1))


def put_forward(known: Valuation, rare: float = RARE, twin: float = TWIN) -> list[tuple[str, Stream]]:
    """Return all passages in the order in which they are put forward, with the stream that each is served by.

    A share `rare` of the places goes to likely positives of rare codes, as long as there are any; the others
    to the passages with most expected errors. Of passages with a cosine of `twin` or more, one at most is
    among RECENT that follow each other, as long as there are others among the next WINDOW.
    """
    likely = _likely(known)
    worth = _Worth(known, twin)
    found: list[tuple[str, Stream]] = []
    offered = 0
    for place in range(1, len(known.passages) + 1):
        row = None
        # A half added: of the first three places of a third, the second is the rare one.
        if offered + 0.5 < rare * place:
            offered += 1
            row = next((each for each in likely if each not in worth.taken), None)
        stream = Stream.VALUE if row is None else Stream.RARE
        row = worth.next() if row is None else row
        worth.take(row)
        found.append((known.passages[row], stream))
    return found


def _likely(known: Valuation) -> Iterator[int]:
    """Rows of the rare codes in turn, the rarest first, each with its likeliest passage that is left."""
    counts = np.asarray(known.positives, np.int64)
    lines = {}
    for code in np.argsort(counts, kind="stable").tolist():
        if counts[code] < ENOUGH:
            column = known.likely[:, code]
            ranked = np.argsort(-column, kind="stable")
            lines[code] = iter(ranked[column[ranked] >= LIKELY].tolist())
    given: set[int] = set()
    while lines:
        for code in list(lines):
            row = next((each for each in lines[code] if each not in given), None)
            if row is None:
                del lines[code]
                continue
            given.add(row)
            yield row


class _Worth:
    """Rows by expected errors, one of several twins at a time."""

    def __init__(self, known: Valuation, twin: float) -> None:
        self._vectors = known.vectors
        self._twin = twin
        self._line: list[int] = np.argsort(-known.errors, kind="stable").tolist()
        self._held: list[int] = []
        """Rows that were passed by, in order: they are looked at first."""
        self._at = 0
        self._recent: list[int] = []
        self.taken: set[int] = set()

    def take(self, row: int) -> None:
        """Put the row forward, from whichever stream it comes."""
        self.taken.add(row)
        self._recent = [*self._recent, row][-RECENT:]

    def next(self) -> int:
        """Return the row with most expected errors that is not a twin of a recent one."""
        self._held = [row for row in self._held if row not in self.taken]
        for row in self._held:
            if not self._is_twin(row):
                return row
        while self._at < len(self._line) and len(self._held) < WINDOW:
            row = self._line[self._at]
            self._at += 1
            if row not in self.taken:
                if not self._is_twin(row):
                    return row
                self._held.append(row)
        return self._held[0]

    def _is_twin(self, row: int) -> bool:
        if self._vectors is None or not self._recent:
            return False
        return bool((self._vectors[self._recent] @ self._vectors[row]).max() >= self._twin)
