"""The blind random sample: which passages people read without suggestions, and with what chance.

The draw puts every passage into one lot: coded by all reviewers blind, by one blind, or with suggestions in
view (arms reveal and assisted). It stores with each assignment the chance of its own lot. A passage enters
the sample by either blind lot, so its chance is one less that of the third. The first reading of a reveal
passage is blind too, but who is given it depends on the order of the documents and not on chance: it is no
part of the sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cothemes.errors import StateConflict
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm, Assignment

Draw = tuple[str, str]
"""When the draw was made, and the document: each is a stratum of its own."""


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
    """Passages left out because no chance, or none above 0, follows from the records."""
    rounds: tuple[str, ...] = field(default=())


def random_sample(assignments: Sequence[Assignment], ratings: Iterable[Rating], round_name: str) -> Sample:
    """The sample of one round; `ratings` are people's finished readings.

    A document counts once every passage of it that was drawn blind has a finished blind reading: within a
    document, readings come in document order, so that a half-read one is no random part of itself. Raises
    StateConflict where rounds would be pooled, or where nothing was drawn.
    """
    drawn = _of_round(assignments, round_name)
    by_passage: dict[str, list[Assignment]] = defaultdict(list)
    for assignment in sorted(drawn, key=lambda each: each.drawn):
        by_passage[assignment.passage].append(assignment)
    first = {passage: there[0] for passage, there in by_passage.items()}
    chances = _chances(first)
    blind = {(a.reviewer, a.passage) for a in drawn if a.arm is Arm.BLIND}
    labels, readers = _labels(ratings, blind, {a.round for a in drawn})
    sampled = {passage for passage, each in first.items() if each.arm is Arm.BLIND}
    unfinished = {first[passage].document for passage in sampled if passage not in labels}
    kept = [p for p in first if first[p].document not in unfinished]
    return Sample(
        chance={p: chances[p] for p in kept if chances.get(p, 0) > 0},
        document={p: first[p].document for p in kept},
        labels={p: labels[p] for p in kept if p in sampled and chances.get(p, 0) > 0},
        readers=readers,
        unfinished=tuple(sorted(unfinished)),
        without_chance=sum(chances.get(p, 0) <= 0 for p in kept),
        rounds=tuple(sorted({a.round for a in drawn})),
    )


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


def _chances(first: Mapping[str, Assignment]) -> dict[str, float]:
    """Passage → chance of a blind lot; passages whose stratum holds several designs are missing."""
    seen: dict[Draw, set[float]] = defaultdict(set)
    blind: dict[Draw, set[tuple[bool, float]]] = defaultdict(set)
    for each in first.values():
        for draw in _draws(each):
            if each.arm is Arm.BLIND:
                blind[draw].add((each.double, each.probability))
            else:
                seen[draw].add(each.probability)
    found = {}
    for passage, each in first.items():
        here, whole = _draws(each)
        lots = seen[here] or seen[whole]
        if len(lots) == 1:
            found[passage] = 1 - next(iter(lots))
        elif not lots:
            # Nobody was given a suggestion: the blind lots are all there is.
            found[passage] = min(1.0, sum(chance for _, chance in blind[whole]))
    return found


def _draws(assignment: Assignment) -> tuple[Draw, Draw]:
    """The stratum, and the draw as a whole."""
    at = assignment.drawn.isoformat()
    return (at, assignment.document), (at, "")


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
