"""Which codes are taken for which: where one rater gave A and not B, and the other B and not A."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.evaluate.agreement.beside_figures import ConfusedPair, Confusion
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Answers, Cells

Counts = NDArray[np.float64]
PEOPLE = "people"


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
        counts, agreed, alone = confused(pairs, len(codes))
        among = kinds[people[0]]
        found.append(
            confusion_of(f"{among}-{among}", PEOPLE, PEOPLE, counts + counts.T, agreed, alone, codes, True)
        )
    for model in models:
        counts, agreed, alone = confused([(answers[person], answers[model]) for person in people], len(codes))
        kind = f"{kinds[people[0]]}-model" if people else "model"
        found.append(confusion_of(kind, PEOPLE, names[model], counts, agreed, alone, codes, False))
    return tuple(
        each for each in found if each.pairs or any(each.agreed.values()) or any(each.alone.values())
    )


def confused(pairs: Sequence[tuple[Answers, Answers]], width: int) -> tuple[Counts, Counts, Counts]:
    """Codes × codes of the first's code against the second's; both gave it; one gave it, the other nothing
    instead."""
    counts, agreed, alone = np.zeros((width, width)), np.zeros(width), np.zeros(width)
    for first, second in pairs:
        both = (first != NOT_RATED) & (second != NOT_RATED)
        mine = both & (first == 1) & (second == 0)
        theirs = both & (first == 0) & (second == 1)
        counts += mine.T.astype(np.float32) @ theirs.astype(np.float32)
        agreed += (both & (first == 1) & (second == 1)).sum(axis=0)
        alone += mine[~theirs.any(axis=1)].sum(axis=0) + theirs[~mine.any(axis=1)].sum(axis=0)
    return counts, agreed, alone


def confusion_of(
    kind: str,
    a: str,
    b: str,
    counts: Counts,
    agreed: Counts,
    alone: Counts,
    codes: Sequence[str],
    symmetric: bool,
) -> Confusion:
    """Counts as `confused` gives them, the most frequent pairs first; symmetric ones are told once."""
    shown = np.triu(counts, 1) if symmetric else counts
    places = sorted(zip(*np.nonzero(shown), strict=True), key=lambda at: (-shown[at], at))
    return Confusion(
        kind=kind,
        a=a,
        b=b,
        pairs=tuple(
            ConfusedPair(code=codes[i], other=codes[j], count=round(float(shown[i, j]))) for i, j in places
        ),
        agreed={code: round(float(count)) for code, count in zip(codes, agreed, strict=True)},
        alone={code: round(float(count)) for code, count in zip(codes, alone, strict=True)},
    )
