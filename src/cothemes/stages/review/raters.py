"""Which names of raters are one person's: by a person's word, never by a guess.

Names that differ only in case or spaces lead to a question. Until it is answered, nobody is compared with
what may be their own readings. The records keep the names they were made under; they are joined when read.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.rater_identity import RaterIdentity
from cothemes.records.rating import Rating
from cothemes.records.review import Assignment, Decision
from cothemes.stages.review.reading_state import fold_all


def name_key(name: str) -> str:
    """Return what two spellings of one name share: no case, and no spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def holding(said: Sequence[RaterIdentity]) -> list[RaterIdentity]:
    """Return the statements that were not taken back, in their order."""
    gone: set[str] = set()
    for each in reversed(said):
        if each.takes_back is not None and each.id not in gone:
            gone.add(each.takes_back)
    return [each for each in said if each.id not in gone and each.takes_back is None]


def main_names(said: Sequence[RaterIdentity]) -> dict[str, str]:
    """Return for each name that was merged the name that counts; other names are not in it."""
    links = {each.name: each.into for each in holding(said) if each.same}
    found = {}
    for name in links:
        into, seen = name, {name}
        while (into := links.get(into, into)) in links and into not in seen:
            seen.add(into)
        found[name] = into
    return found


def open_questions(names: Iterable[str], said: Sequence[RaterIdentity]) -> list[tuple[str, str]]:
    """Return pairs of names that differ only in case or spaces, and of which nobody said what they are."""
    main = main_names(said)
    answered = {frozenset((each.name, each.into)) for each in holding(said)}
    alike: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(main.get(name, name) for name in names):
        alike[name_key(name)].append(name)
    return [
        (other, first)
        for first, *others in alike.values()
        for other in others
        if frozenset((other, first)) not in answered
    ]


@dataclass(frozen=True)
class JoinedReadings:
    """Readings under the name that counts for each person."""

    assignments: list[Assignment]
    decisions: list[Decision]
    twice: tuple[tuple[str, str, str], ...] = ()
    """Name, passage and round of readings that the same person had closed under another name before."""


def joined_readings(
    assignments: Sequence[Assignment], decisions: Sequence[Decision], main: Mapping[str, str]
) -> JoinedReadings:
    """Give the readings of merged names to one person.

    Where two names have one passage in one round, the reading that was closed first keeps the round, and so
    counts for agreement. The other becomes a round of its own, `ROUND (as NAME)`: its words count for
    findings as those of any later reading.
    """
    if not main:
        return JoinedReadings(list(assignments), list(decisions))
    people = {*main, *main.values()}
    mine = [each for each in assignments if each.reviewer in people]
    heaps: dict[tuple[str, str, str], list[Assignment]] = defaultdict(list)
    for each in mine:
        heaps[main.get(each.reviewer, each.reviewer), each.passage, each.round].append(each)
    shared = [heap for heap in heaps.values() if len(heap) > 1]
    place = {decision.id: number for number, decision in enumerate(decisions)}
    states = {
        (s.assignment.reviewer, s.assignment.passage, s.assignment.round): s.first.done
        for s in fold_all([each for heap in shared for each in heap], decisions)
    }

    def order(each: Assignment) -> tuple[bool, float, int]:
        """First closed first, open ones last."""
        done = states[each.reviewer, each.passage, each.round]
        return (True, 0.0, 0) if done is None else (False, done.at.timestamp(), place[done.id])

    renamed: dict[tuple[str, str, str], str] = {}
    twice = []
    for heap in shared:
        _, *later = sorted(heap, key=order)
        for each in later:
            key = (each.reviewer, each.passage, each.round)
            renamed[key] = f"{each.round} (as {each.reviewer})"
            if states[key] is not None:
                twice.append(key)

    def under(each: Assignment | Decision) -> dict[str, str]:
        key = (each.reviewer, each.passage, each.round)
        return {"reviewer": main.get(each.reviewer, each.reviewer), "round": renamed.get(key, each.round)}

    return JoinedReadings(
        [each.model_copy(update=under(each)) if each.reviewer in people else each for each in assignments],
        [each.model_copy(update=under(each)) if each.reviewer in people else each for each in decisions],
        tuple(twice),
    )


def joined_ratings(ratings: Iterable[Rating], main: Mapping[str, str]) -> list[Rating]:
    """Give the ratings of merged names to one rater.

    Where two names rated one unit in one arm and round, the name that comes first counts.
    """
    first: dict[tuple[str, str, str, str], str] = {}
    found = []
    for each in ratings:
        name = main.get(each.rater, each.rater)
        if first.setdefault((name, each.unit, each.arm, each.round), each.rater) == each.rater:
            found.append(each if name == each.rater else each.model_copy(update={"rater": name}))
    return found
