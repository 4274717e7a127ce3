"""Which codes are taken for which: where one rater gave A and not B, and the other B and not A."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Answers, Cells

Counts = NDArray[np.float64]
PEOPLE = "people"
LEVEL = 0.05
"""Level of significance of all pairs of codes in a table together."""


class ConfusedPair(Record):
    """One rater gave the first code and not the other, the second rater the other and not the first."""

    code: str
    other: str
    count: int
    expected: float = 0.0
    """Count expected by chance: what one gives alone and what the other gives alone, were they
    independent.
    """
    beyond_chance: bool = False
    """More often than chance makes any pair of codes appear in one table of twenty."""


class Confusion(Record):
    """Codes that are taken for one another."""

    kind: str
    """`human-human`: pooled over all pairs of people, either way round; else people's code first."""
    a: str
    b: str
    pairs: tuple[ConfusedPair, ...]
    """The most frequent first."""
    agreed: dict[str, int]
    """Code → pairs of ratings in which both gave it."""
    alone: dict[str, int]
    """Code → pairs of ratings in which one gave it and the other gave nothing else in its place."""


def confusions(
    cells: Cells,
    people: Sequence[int],
    models: Sequence[int],
    names: Mapping[int, str],
    kinds: Mapping[int, str],
    codes: Sequence[str],
) -> tuple[Confusion, ...]:
    """People among each other, then people against each model; those with no common unit are left out."""
    answers = {rater: cells.answers_of(rater) for rater in (*people, *models)}
    found = []
    if len(people) > 1:
        pairs = [(answers[a], answers[b]) for a, b in combinations(people, 2)]
        counts, expected, agreed, alone = confused(pairs, len(codes))
        among = kinds[people[0]]
        found.append(
            confusion_of(
                f"{among}-{among}",
                PEOPLE,
                PEOPLE,
                counts + counts.T,
                expected + expected.T,
                agreed,
                alone,
                codes,
                True,
            )
        )
    for model in models:
        counts, expected, agreed, alone = confused(
            [(answers[person], answers[model]) for person in people], len(codes)
        )
        kind = f"{kinds[people[0]]}-model" if people else "model"
        found.append(confusion_of(kind, PEOPLE, names[model], counts, expected, agreed, alone, codes, False))
    return tuple(
        each for each in found if each.pairs or any(each.agreed.values()) or any(each.alone.values())
    )


def confused(pairs: Sequence[tuple[Answers, Answers]], width: int) -> tuple[Counts, Counts, Counts, Counts]:
    """Codes × codes of the first's code against the second's; the same as chance would make it; both gave it;
    one gave it, the other nothing instead.

    By chance: of N units that both rated for both codes, the first gives i alone in m_i, the second j alone
    in t_j; independent of each other, these meet in m_i·t_j/N.
    """
    counts, expected = np.zeros((width, width)), np.zeros((width, width))
    agreed, alone = np.zeros(width), np.zeros(width)
    for first, second in pairs:
        both = (first != NOT_RATED) & (second != NOT_RATED)
        mine = both & (first == 1) & (second == 0)
        theirs = both & (first == 0) & (second == 1)
        counts += mine.T.astype(np.float32) @ theirs.astype(np.float32)
        rated = both.astype(np.float32)
        margins = mine.sum(axis=0)[:, None] * theirs.sum(axis=0)[None, :]
        expected += margins / np.maximum(rated.T @ rated, 1)
        agreed += (both & (first == 1) & (second == 1)).sum(axis=0)
        alone += mine[~theirs.any(axis=1)].sum(axis=0) + theirs[~mine.any(axis=1)].sum(axis=0)
    return counts, expected, agreed, alone


def confusion_of(
    kind: str,
    a: str,
    b: str,
    counts: Counts,
    expected: Counts,
    agreed: Counts,
    alone: Counts,
    codes: Sequence[str],
    symmetric: bool,
) -> Confusion:
    """Counts as `confused` gives them, the most frequent pairs first; symmetric ones are told once.

    A pair is beyond chance where as many or more have, by Poisson's distribution of the expected number, a
    probability under LEVEL divided by the number of pairs of codes (Bonferroni).
    """
    possible = max(len(codes) * (len(codes) - 1) // (2 if symmetric else 1), 1)
    shown = np.triu(counts, 1) if symmetric else counts
    places = sorted(zip(*np.nonzero(shown), strict=True), key=lambda at: (-shown[at], at))
    return Confusion(
        kind=kind,
        a=a,
        b=b,
        pairs=tuple(
            ConfusedPair(
                code=codes[i],
                other=codes[j],
                count=round(float(shown[i, j])),
                expected=float(expected[i, j]),
                beyond_chance=bool(pdtrc(round(float(shown[i, j])) - 1, expected[i, j]) < LEVEL / possible),
            )
            for i, j in places
        ),
        agreed={code: round(float(count)) for code, count in zip(codes, agreed, strict=True)},
        alone={code: round(float(count)) for code, count in zip(codes, alone, strict=True)},
    )
