"""How much a model's coding depends on chance, wording and order: the same passages coded again and again.

A variation is a wording of the prompt, an order of the codes and a repeat. Per code two figures: the *flip
rate*, the share of pairs of variations that disagree on a passage, averaged over passages (0: always alike;
.5: a coin), and *alpha* with variations as raters (prompt stability; Barrie, Palaiologou and Törnberg 2024),
its interval over documents. The flip rate is also given for pairs that differ in one thing alone, which says
where the unsteadiness comes from. Stability is no agreement with people: a model can be steadily wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cothemes.agreement import StabilityResult, prompt_stability

FACTORS = ("repeat", "prompt", "order")
Labels = Mapping[str, frozenset[str] | None]
"""Passage → the codes it was given; None where no usable reply came."""


@dataclass(frozen=True)
class Variation:
    """One way of asking."""

    prompt: str
    """The template's name."""
    order: int
    """Seed of the codes' order; 0 is the codebook's own."""
    repeat: int

    def differs(self, other: Variation) -> tuple[str, ...]:
        """Return in what the two differ."""
        return tuple(name for name in FACTORS if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True)
class CodeStability:
    """One code over all variations."""

    code: str
    share: float | None
    """Share of the answers that give it."""
    flip_rate: float | None
    """Over all pairs of variations; None where no passage was answered twice."""
    by_factor: Mapping[str, float | None]
    """Over pairs that differ in this alone."""
    alpha: StabilityResult


@dataclass(frozen=True)
class Stability:
    """Result of a measurement of stability."""

    variations: tuple[Variation, ...]
    passages: int
    unanswered: int
    """Answers, over all variations, that were not usable."""
    codes: tuple[CodeStability, ...]
    flip_rate: float | None
    """Mean over codes that were given at least once."""
    sets: StabilityResult
    """Alpha of the whole sets of codes, Jaccard distance."""


def stability(
    codes: Sequence[str], runs: Sequence[tuple[Variation, Labels]], documents: Mapping[str, str]
) -> Stability:
    """`documents`: passage → document, for all passages of the sample."""
    passages = list(documents)
    clusters = [documents[passage] for passage in passages]
    rows = [[labels.get(passage) for passage in passages] for _, labels in runs]
    variations = tuple(variation for variation, _ in runs)
    found = tuple(_of_code(code, variations, rows, clusters) for code in codes)
    given = [each.flip_rate for each in found if each.share and each.flip_rate is not None]
    return Stability(
        variations=variations,
        passages=len(passages),
        unanswered=sum(labels is None for row in rows for labels in row),
        codes=found,
        flip_rate=sum(given) / len(given) if given else None,
        sets=prompt_stability(rows, "jaccard", clusters=clusters),
    )


def _of_code(
    code: str,
    variations: Sequence[Variation],
    rows: Sequence[Sequence[frozenset[str] | None]],
    clusters: Sequence[str],
) -> CodeStability:
    values = [[None if codes is None else int(code in codes) for codes in row] for row in rows]
    answered = [value for row in values for value in row if value is not None]
    pairs = list(combinations(range(len(variations)), 2))
    alone = {
        factor: [(a, b) for a, b in pairs if variations[a].differs(variations[b]) == (factor,)]
        for factor in FACTORS
    }
    return CodeStability(
        code=code,
        share=sum(answered) / len(answered) if answered else None,
        flip_rate=_flips(values, pairs),
        by_factor={factor: _flips(values, chosen) for factor, chosen in alone.items()},
        alpha=prompt_stability(values, clusters=clusters),
    )


def _flips(values: Sequence[Sequence[int | None]], pairs: Sequence[tuple[int, int]]) -> float | None:
    """Per passage the share of these pairs that differ; the mean of the passages that have a pair."""
    rates = []
    for at in range(len(values[0]) if values else 0):
        both = [(values[a][at], values[b][at]) for a, b in pairs]
        told = [one != other for one, other in both if one is not None and other is not None]
        if told:
            rates.append(sum(told) / len(told))
    return sum(rates) / len(rates) if rates else None
