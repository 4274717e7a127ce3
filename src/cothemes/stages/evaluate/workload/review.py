"""One simulated review: who reads what when, and what is wrong among the passages that nobody has read.

A reviewer reads a set with gold in some order and says of every code whether it applies, as gold does. At
REFRESHED shares of the passages the coder learns from all that was read; the rest of the queue is then put in
order anew. An error is a missed positive or a wrong suggestion, at the coder's own thresholds, on a passage
that nobody has read: what was read is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POINTS = 21
"""Points of a curve: every twentieth of the passages, from none to all."""
REFRESHED = (0.0, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5)
"""Shares of the passages after which the coder learns and the order is renewed."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """What a coder says of all passages at one time."""

    score: Floats
    """Passages × codes: probability that the code applies."""
    applied: Bools
    """Passages × codes: what it suggests."""


@dataclass(frozen=True)
class Known:
    """What an order may go by when it is renewed."""

    scored: Scored
    read: Ints
    """Rows that were read, in the order of reading."""
    open: Ints
    """Rows that were not, ascending."""
    positives: Ints
    """Passages read so far that have each code."""
    wrong: Bools
    """Passages × codes: errors of the coder. Only an oracle looks at it."""


Learn = Callable[[Ints], Scored]
"""Rows that were read → what the coder says of all passages then."""
Order = Callable[[Known], Sequence[int]]
"""All open rows in the order of reading."""


@dataclass(frozen=True)
class Review:
    """Counts by document at each point of the curve; documents are those of the suite, in the order given."""

    errors: Ints
    """Points × documents × codes: errors among passages that nobody has read."""
    read: Ints
    """Points × documents: passages read."""
    words: Ints
    """Points × documents: words read."""


@dataclass(frozen=True)
class Part:
    """The passages that are read in one review, as rows of all that the suite has."""

    truth: Bools
    """Passages × codes."""
    home: Ints
    """Place of each passage's document among those of the suite."""
    words: Ints
    documents: int
    """Documents of the suite."""


def review(part: Part, learn: Learn, order: Order) -> Review:
    """Read all passages of the part once."""
    truth, home, lengths = part.truth, part.home, part.words
    count = len(truth)
    points = [round(share * count) for share in np.linspace(0, 1, POINTS)]
    refreshed = {round(share * count) for share in REFRESHED}
    read, line = np.zeros(0, np.int64), np.zeros(0, np.int64)
    wrong = np.zeros(truth.shape, bool)
    errors = np.zeros((POINTS, part.documents, truth.shape[1]), np.int64)
    passages, spoken = (np.zeros((POINTS, part.documents), np.int64) for _ in range(2))
    for stop in sorted({*points, *refreshed}):
        taken = stop - len(read)
        read, line = np.concatenate([read, line[:taken]]), line[taken:]
        if stop in refreshed:
            scored = learn(read)
            wrong = scored.applied != truth
            open_ = np.setdiff1d(np.arange(count), read)
            known = Known(scored, read, open_, truth[read].sum(axis=0), wrong)
            line = np.asarray(order(known), np.int64)
            if not np.array_equal(np.sort(line), open_):
                raise ValueError("an order has every open passage once")
        left = wrong.copy()
        left[read] = False
        for at in (at for at, point in enumerate(points) if point == stop):
            np.add.at(errors[at], home, left)
            np.add.at(passages[at], home[read], 1)
            np.add.at(spoken[at], home[read], lengths[read])
    return Review(errors, passages, spoken)
