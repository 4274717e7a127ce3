"""The blind random sample: which passages people read without suggestions, and with what chance.

The draw puts every passage into one lot: coded by all reviewers blind, by one blind, or with suggestions in
view (arms reveal and assisted). A passage enters the sample by either blind lot; the draw stored that chance
with each assignment, or that the passage is left out of design-based estimates. The first reading of a reveal
passage is blind too, but who is given it depends on the order of the documents and not on chance: it is no
part of the sample.

What counts while work is going on depends on how it is served. Document by document, a document counts once
its blind passages are all done. In drawn order, every passage has a rank, uniform and blind to its content:
up to the first blind passage that nobody has finished, the N passages of a draw are cut at a rank below which
m of them lie, and those m are a simple random sample of the N. So a passage was read blind by now with chance
π·m/N, whatever the queue put forward beside it. (That m is counted up to a blind passage and not fixed
beforehand is inverse sampling: k/m before the (k+1)-th success is unbiased for the success rate.)
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cothemes.errors import StateConflict
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm, Assignment, Stream


@dataclass(frozen=True)
class Sample:
    """The passages that a draw could have taken, and what people said blind of those that it took."""

    chance: dict[str, float]
    """Passage → chance of being read blind, in the order of the assignments."""
    document: dict[str, str]
    labels: dict[str, dict[str, float]]
    """Passage → code → share of its blind readers who applied it; only of passages drawn blind."""
    readers: tuple[str, ...]
    unfinished: tuple[str, ...] = ()
    """Documents left out because not all of their blind passages are done."""
    without_chance: int = 0
    """Passages left out because the draw gave them no chance of a blind reading, or one under its floor."""
    in_progress: int = 0
    """Passages of draws in drawn order that were not read to the end: their chances are those up to now."""
    not_begun: int = 0
    """Passages left out because nothing of their draw was read in drawn order."""
    rounds: tuple[str, ...] = field(default=())
    to_read: dict[str, int] = field(default_factory=dict)
    """Reviewer → blind passages that are still to be read by that person."""


def random_sample(assignments: Sequence[Assignment], ratings: Iterable[Rating], round_name: str) -> Sample:
    """The sample of one round; `ratings` are people's finished readings.

    Raises StateConflict where rounds would be pooled, or where nothing was drawn.
    """
    drawn = _of_round(assignments, round_name)
    first: dict[str, Assignment] = {}
    for assignment in sorted(drawn, key=lambda each: each.drawn):
        first.setdefault(assignment.passage, assignment)
    blind = {(a.reviewer, a.passage) for a in drawn if a.arm is Arm.BLIND}
    ratings = list(ratings)
    read_by = {(rating.rater, rating.unit) for rating in ratings}
    labels, readers = _labels(ratings, blind, {a.round for a in drawn})
    sampled = {passage for passage, each in first.items() if each.arm is Arm.BLIND}
    in_order = {a.drawn for a in drawn if a.stream is not Stream.DOCUMENT}
    unfinished = {first[p].document for p in sampled if p not in labels and first[p].drawn not in in_order}
    cuts = [_cut(there, sampled, labels) for there in _draws(first, in_order)]
    by_now = {passage: cut.part for cut in cuts for passage in cut.passages}
    kept = [
        p
        for p in first
        if (by_now.get(p, 0) > 0 if first[p].drawn in in_order else first[p].document not in unfinished)
    ]
    chances = {p: (first[p].chance or 0.0) * by_now.get(p, 1.0) for p in kept}
    read = sampled & labels.keys() - {passage for cut in cuts for passage in cut.beyond}
    return Sample(
        chance={p: chance for p, chance in chances.items() if chance > 0},
        document={p: first[p].document for p in kept},
        labels={p: labels[p] for p in kept if p in read and chances[p] > 0},
        readers=readers,
        unfinished=tuple(sorted(unfinished)),
        without_chance=sum(chance <= 0 for chance in chances.values()),
        in_progress=sum(len(cut.passages) for cut in cuts if 0 < cut.part < 1),
        not_begun=sum(len(cut.passages) for cut in cuts if cut.part == 0),
        rounds=tuple(sorted({a.round for a in drawn})),
        to_read=_to_read(drawn, read_by),
    )


def _to_read(drawn: Iterable[Assignment], read_by: Collection[tuple[str, str]]) -> dict[str, int]:
    left = {(a.reviewer, a.passage) for a in drawn if a.arm is Arm.BLIND} - set(read_by)
    return dict(sorted(Counter(reviewer for reviewer, _ in left).items()))


@dataclass(frozen=True)
class _Cut:
    """Point up to which a draw in drawn order was read."""

    passages: tuple[str, ...]
    part: float
    """m/N: the share of its passages that lie below the first one still to be read blind."""
    beyond: frozenset[str]
    """Passages above it; what was read of them was read out of order."""


def _draws(first: Mapping[str, Assignment], in_order: Collection[datetime]) -> list[dict[str, float]]:
    """Return, for each draw in drawn order, its passages with their ranks."""
    draws: dict[datetime, dict[str, float]] = {}
    for passage, each in first.items():
        if each.drawn in in_order:
            draws.setdefault(each.drawn, {})[passage] = 1.0 if each.rank is None else each.rank
    return list(draws.values())


def _cut(ranks: Mapping[str, float], sampled: Collection[str], labels: Collection[str]) -> _Cut:
    limit = min((rank for p, rank in ranks.items() if p in sampled and p not in labels), default=math.inf)
    below = {passage for passage, rank in ranks.items() if rank < limit}
    part = len(below) / len(ranks) if below & set(sampled) else 0.0
    return _Cut(tuple(ranks), part, frozenset(ranks.keys() - below))


def _of_round(assignments: Sequence[Assignment], wanted: str) -> list[Assignment]:
    names = sorted({assignment.round for assignment in assignments})
    if not names:
        raise StateConflict(
            "no passage was drawn for anyone, so there is no random sample to correct by",
            hint="Draw one: cothemes route --reviewers A,B",
        )
    if wanted and wanted not in names:
        raise StateConflict(f"there is no round {wanted}", hint=f"Rounds: {', '.join(names)}.")
    if not wanted and len(names) > 1:
        raise StateConflict(
            f"there are the rounds {', '.join(names)}, which are never pooled",
            hint=f"Choose one: --round {names[-1]}.",
        )
    return [each for each in assignments if each.round == (wanted or names[0])]


def _labels(
    ratings: Iterable[Rating], blind: set[tuple[str, str]], rounds: set[str]
) -> tuple[dict[str, dict[str, float]], tuple[str, ...]]:
    cast: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    readers: dict[str, None] = {}
    for rating in ratings:
        random = (rating.rater, rating.unit) in blind and rating.round in rounds
        if rating.kind is RaterKind.CONSENSUS or rating.arm != Arm.BLIND.value or not random:
            continue
        readers[rating.rater] = None
        cast[rating.unit][rating.code].append(rating.value or 0)
    labels = {
        unit: {code: sum(values) / len(values) for code, values in codes.items()}
        for unit, codes in cast.items()
    }
    return labels, tuple(sorted(readers))
