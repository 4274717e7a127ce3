"""Distances between sets of codes, counted on bits.

Two formulas go by the name of MASI and differ fourfold: {A} against {A, B} is 2/3 by 1 − J·M and
1/6 by d_P·d_J. Both are here under names of their own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.ratings import Floats, Ints
from cothemes.errors import RatingsError

SET_DISTANCES = ("jaccard", "dice", "masi", "masi_product")

FORMULAS = {
    "jaccard": "1 - |A and B| / |A or B|",
    "dice": "1 - 2|A and B| / (|A| + |B|)",
    "masi": "1 - J*M (Passonneau 2006; NLTK), M = 1 equal, 2/3 subset, 1/3 overlap, 0 disjoint",
    "masi_product": "d_P*d_J (Artstein and Poesio 2008), d_P = 0 equal, 1/3 subset, 2/3 overlap, 1 disjoint",
}

EMPTY_SETS = {
    "jaccard": "empty against empty is 0, empty against any other set is 1",
    "dice": "empty against empty is 0, empty against any other set is 1",
    "masi": "empty against empty is 0, empty against any other set is 1",
    "masi_product": "empty against empty is 0; the empty set is a subset of every set: 1/3",
}

_BITS = 64
_FULL = (1 << _BITS) - 1
_LONGEST_TABULATED = 96


class SetDistance:
    """Distances among distinct sets, held as bits, one word for every 64 members."""

    def __init__(self, name: str, labels: Sequence[Hashable]) -> None:
        self.size = len(labels)
        self.name = name
        self._words, self._lengths = _bits(labels)
        self._table = self._tabulated()

    def block(self, rows: slice, columns: slice) -> Floats:
        """Distances of some sets to some sets."""
        left, right = self._lengths[rows, None], self._lengths[None, columns]
        shared = np.zeros((len(left), right.shape[1]), dtype=np.intp)
        for word in self._words.T:
            shared += np.bitwise_count(word[rows, None] & word[None, columns])
        if self._table is None:
            return self._of(shared, left, right)
        span = len(self._table)
        shared *= span * span
        shared += left * span
        shared += right
        # A machine word as index, and clipped: any other way numpy copies and costs six times as much.
        return np.asarray(np.take(self._table.reshape(-1), shared, mode="clip"))

    def _tabulated(self) -> Floats | None:
        """The distance by members shared, left and right: a look-up costs less than the formula."""
        longest = int(self._lengths.max(initial=0))
        if longest > _LONGEST_TABULATED:
            return None
        members = np.arange(longest + 1)
        return self._of(members[:, None, None], members[None, :, None], members[None, None, :])

    def between(self, left: Ints, right: Ints) -> Floats:
        """Distances of set `left[i]` to set `right[i]`."""
        shared = np.zeros(len(left), dtype=np.int32)
        for word in self._words.T:
            shared += np.bitwise_count(word[left] & word[right])
        return self._of(shared, self._lengths[left], self._lengths[right])

    def _of(self, shared: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> Floats:
        if self.name == "dice":
            total = left + right
            return np.asarray(1 - _share(2 * shared, total))
        union = left + right - shared
        jaccard = _share(shared, union)
        if self.name == "jaccard":
            return np.asarray(1 - jaccard)
        subset = shared == np.minimum(left, right)
        if self.name == "masi":
            monotone = np.where(shared == union, 1, np.where(subset, 2 / 3, 1 / 3))
            return np.asarray(1 - jaccard * monotone)
        polar = np.where(shared == union, 0, np.where(subset, 1 / 3, np.where(shared > 0, 2 / 3, 1)))
        return np.asarray(polar * (1 - jaccard))


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """part / whole, and 1 where both sets are empty."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 1.0)


def _bits(labels: Sequence[Hashable]) -> tuple[NDArray[np.uint64], Ints]:
    sets: list[frozenset[Hashable]] = []
    for label in labels:
        if not isinstance(label, frozenset):
            raise RatingsError(
                f"the rating {label!r} is not a set of codes",
                hint="Give every cell as a list or set of codes, [] for none, None for not rated",
            )
        sets.append(label)
    place: dict[Hashable, int] = {}
    for members in sets:
        for member in members:
            place.setdefault(member, len(place))
    width = max(1, -(-len(place) // _BITS))
    words = np.zeros((len(sets), width), dtype=np.uint64)
    for row, members in enumerate(sets):
        whole = 0
        for member in members:
            whole |= 1 << place[member]
        for word in range(width):
            words[row, word] = (whole >> (word * _BITS)) & _FULL
    lengths = np.array([len(members) for members in sets], dtype=np.intp)
    return words, lengths


def set_distance(name: str, left: Any, right: Any) -> float:
    """Distance of two sets of codes by name; see `FORMULAS` and `EMPTY_SETS`."""
    if name not in SET_DISTANCES:
        raise RatingsError(f"no set distance is called {name!r}", hint=f"Choose one of {SET_DISTANCES}")
    for side in (left, right):
        if isinstance(side, str | bytes) or not isinstance(side, Iterable):
            raise RatingsError(
                f"{side!r} is not a set of codes", hint="Give a list or set of codes; [] where there is none"
            )
    pair = SetDistance(name, [frozenset(left), frozenset(right)])
    return float(pair.block(slice(0, 1), slice(1, 2))[0, 0])
