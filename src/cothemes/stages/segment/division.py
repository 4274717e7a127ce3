"""Where to cut a run of sentences: the cheapest division, by dynamic programming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.records.document import Block, BlockKind
from cothemes.settings import SegmentSettings

HARDEST = 180
"""Words no passage exceeds: the embedder reads 256 tokens."""
LONGEST = 2_000
"""Characters no passage of several sentences exceeds, for text without white space."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A sentence on its way into a passage."""

    start: int
    end: int
    words: int
    gap_words: int
    """Words between it and the sentence before that are nobody's to code: labels, a swallowed turn."""
    block: Block
    opens_block: bool
    opens_paragraph: bool


def divide(atoms: Sequence[Atom], settings: SegmentSettings, whole_to: int = 0) -> list[list[Atom]]:
    """Atoms in order, in pieces of settings.minimum_words to maximum_words where possible.

    A piece costs the square of its distance from the target, more outside the limits; a cut costs nothing at
    a turn or paragraph, something inside one, and more between a lead-in and its first bullet. A piece within
    the maximum (or `whole_to` words) that is one turn is not cut. O(n · k) for n sentences and k that fit
    into a passage.
    """
    total = _words(atoms, 0, len(atoms))
    longest = max(settings.maximum_words, whole_to)
    if total <= longest and _characters(atoms, 0, len(atoms)) <= LONGEST and not _prose(atoms):
        return [list(atoms)]
    costs = [_piece_cost(words, settings) for words in range(HARDEST + 1)]
    cuts = [0.0, *(_cut_cost(atoms, at) for at in range(1, len(atoms)))]
    best: list[float] = [0.0] + [float("inf")] * len(atoms)
    back = [0] * (len(atoms) + 1)
    for end in range(1, len(atoms) + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += atoms[start].words + (atoms[start + 1].gap_words if start + 1 < end else 0)
            alone = start == end - 1
            if not alone and (words > HARDEST or atoms[end - 1].end - atoms[start].start > LONGEST):
                break
            piece = costs[words] if words <= HARDEST else _piece_cost(words, settings)
            cost = best[start] + piece + cuts[start]
            if cost < best[end]:
                best[end], back[end] = cost, start
    pieces: list[list[Atom]] = []
    end = len(atoms)
    while end:
        pieces.append(list(atoms[back[end] : end]))
        end = back[end]
    return pieces[::-1]


def _prose(atoms: Sequence[Atom]) -> bool:
    """Paragraphs of a text may be parted even where they would fit together; what one voice says is not."""
    return not any(atom.block.kind is BlockKind.TURN for atom in atoms[:1])


def _piece_cost(words: int, settings: SegmentSettings) -> float:
    target = max(settings.target_words, 1)
    cost = ((words - target) / target) ** 2
    if words < settings.minimum_words:
        cost += 2.0 * (settings.minimum_words - words) / settings.minimum_words
    if words > settings.maximum_words:
        cost += 2.0 + 4.0 * (words - settings.maximum_words) / settings.maximum_words
    return cost


def _cut_cost(atoms: Sequence[Atom], at: int) -> float:
    """Of a cut before atoms[at]."""
    before, after = atoms[at - 1].block, atoms[at]
    if after.opens_block and after.block.kind is BlockKind.BULLET and before.kind is not BlockKind.BULLET:
        return 1.0
    if after.opens_block or after.opens_paragraph:
        return 0.0
    return 0.3


def _words(atoms: Sequence[Atom], start: int, end: int) -> int:
    inside = atoms[start:end]
    return sum(atom.words for atom in inside) + sum(atom.gap_words for atom in inside[1:])


def _characters(atoms: Sequence[Atom], start: int, end: int) -> int:
    return atoms[end - 1].end - atoms[start].start if end > start else 0
