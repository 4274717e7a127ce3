"""The chance of a draw: one generator per document, and shares of exact expectation."""

from __future__ import annotations

from numpy.random import PCG64, Generator, SeedSequence

from cothemes.records.record import content_hash

_WORD = 8
_WORDS = 4


def generator_for(seed: int, round_name: str, slug: str) -> Generator:
    """PCG64 spawned from the seed under a key made of round and document.

    The key depends on nothing else, so another document, or another order of documents, changes no draw.
    """
    digest = content_hash([round_name, slug])
    key = tuple(int(digest[i * _WORD : (i + 1) * _WORD], 16) for i in range(_WORDS))
    return Generator(PCG64(SeedSequence(entropy=seed, spawn_key=key)))


def whole_share(count: int, share: float, generator: Generator) -> int:
    """`count`·`share` rounded down or up at random, so that its expectation is exactly `count`·`share`."""
    exact = count * share
    return min(count, int(exact) + int(generator.random() < exact - int(exact)))
