"""Groups of texts that repeat each other: read-out scripts, forwarded answers, transcripts in two versions.

Two texts repeat each other if they share most of their runs of three words (Jaccard index), and the same
negations and figures: "is not permitted" never repeats "is permitted". Candidates come from MinHash
signatures in bands (Broder 1997), and each pair is checked on its runs. Nothing is random: the same texts
have the same groups.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cothemes.records.telling_words import denies, is_figure

LEAST_WORDS = 8
"""Words under which a text is in no group: short answers are alike by chance and mean what is around them."""
ALIKE = 0.8
"""Share of common runs of three words from which two texts repeat each other."""
_RUN = 3
_BANDS, _ROWS = 16, 4
"""A pair with a share of .8 is missed with a chance of (1 − .8^4)^16 = .0002."""
_COMPARED = 20
"""Members of a group of candidates that a text is compared with at most, so that time stays bounded."""
_PRIME = np.uint64((1 << 31) - 1)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words_of(text: str) -> list[str]:
    """Return the words in lower case, without punctuation."""
    return _WORD.findall(text.casefold().replace("’", "'"))


def repeated(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return groups of two and more ids whose texts repeat each other, in the order of the texts.

    Of a chain of texts, each near the next, all are one group.
    """
    words = {key: words_of(text) for key, text in texts.items()}
    same: dict[tuple[str, ...], list[str]] = {}
    for key, own in words.items():
        if len(own) >= LEAST_WORDS:
            same.setdefault(tuple(own), []).append(key)
    leaders = [keys[0] for keys in same.values()]
    parent = {key: key for key in leaders}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    numbers = _Numbers()
    runs = {key: numbers.runs(words[key]) for key in leaders}
    telling = {key: _telling(words[key]) for key in leaders}
    place = {key: at for at, key in enumerate(leaders)}
    for bucket in _buckets([runs[key] for key in leaders]):
        for at, one in enumerate(bucket):
            for other in bucket[max(0, at - _COMPARED) : at]:
                a, b = leaders[other], leaders[one]
                if root(a) == root(b) or telling[a] != telling[b]:
                    continue
                if shared(runs[a], runs[b]) >= ALIKE:
                    first, last = sorted((root(a), root(b)), key=place.__getitem__)
                    parent[last] = first
    found: dict[str, list[str]] = defaultdict(list)
    for keys in same.values():
        found[root(keys[0])] += keys
    order = {key: at for at, key in enumerate(texts)}
    groups = [tuple(sorted(keys, key=order.__getitem__)) for keys in found.values() if len(keys) > 1]
    return sorted(groups, key=lambda group: order[group[0]])


def shared(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Return the Jaccard index of two sets of runs, each sorted and without doubles."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)


def across(groups: Iterable[Sequence[str]], side: Mapping[str, bool]) -> list[tuple[str, ...]]:
    """Return the groups with members on both sides: what leaks from training into test, for example."""
    return [tuple(group) for group in groups if len({side[key] for key in group if key in side}) == 2]


class _Numbers:
    """A number for each word, in the order in which words come."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def runs(self, words: Sequence[str]) -> NDArray[np.uint64]:
        """Return the runs of three words as sorted hashes below 2^31 − 1."""
        known = self._known
        ids = np.array([known.setdefault(word, len(known) + 1) for word in words], np.uint64)
        joined = ids[:-2] * np.uint64(1_000_003) % _PRIME
        joined = (joined + ids[1:-1]) * np.uint64(999_983) % _PRIME
        joined = (joined + ids[2:]) * np.uint64(999_979) % _PRIME
        return np.unique(joined)


def _telling(words: Sequence[str]) -> Counter[str]:
    return Counter(filter(_turns, words))


@cache
def _turns(word: str) -> bool:
    return denies(word) or is_figure(word)


def _buckets(runs: Sequence[NDArray[np.uint64]]) -> Iterable[list[int]]:
    """Yield rows whose signatures share a band, each in order; the same rows may be there more than once."""
    if len(runs) < 2:
        return
    draw = np.random.default_rng(20)
    factors = draw.integers(1, int(_PRIME), _BANDS * _ROWS, dtype=np.uint64)[:, None]
    shifts = draw.integers(0, int(_PRIME), _BANDS * _ROWS, dtype=np.uint64)[:, None]
    signatures = np.empty((len(runs), _BANDS * _ROWS), np.uint64)
    for at, own in enumerate(runs):
        signatures[at] = ((own[None, :] * factors + shifts) % _PRIME).min(axis=1)
    for band in range(_BANDS):
        part = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for at, row in enumerate(part):
            buckets[row.tobytes()].append(at)
        yield from (rows for rows in buckets.values() if len(rows) > 1)
