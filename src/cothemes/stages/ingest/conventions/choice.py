"""Which convention a document follows: the reading that explains it best, if that is clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from cothemes.stages.ingest.conventions.labels import Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Fit, Reading, fit_of, plain_label
from cothemes.stages.ingest.conventions.registry import conventions
from cothemes.stages.ingest.rows import Row

MARGIN = 0.08
"""Least difference of scores that makes a winner clear, where two readings contradict each other."""
_CONTRADICTION = 0.1
"""Share of lines under different speakers from which on two readings contradict each other."""
_GAIN = 0.1
"""What two conventions in one text must add to the score of each."""
_LEAST_TURNS = 2


class Candidate(NamedTuple):
    """A convention with its reading of a document."""

    name: str
    reading: Reading
    fit: Fit
    least: float

    @property
    def score(self) -> float:
        """The score, two decimals: what people see is what decides."""
        return round(self.fit.score, 2)


class Choice(NamedTuple):
    """The readings of one document."""

    winner: Candidate | None
    """None where no reading is good enough, or where two contradict each other and none is clearly better."""
    others: tuple[Candidate, ...]
    """The other readings, best first."""
    contested: bool
    """True if two readings contradict each other and none is clearly better."""

    @property
    def marks(self) -> Mapping[int, Mark]:
        """Line → the label that opens a turn there; empty where nothing was chosen."""
        return self.winner.reading.marks if self.winner else {}

    @property
    def rows(self) -> list[Row] | None:
        """The lines as the winner sees them; None where it takes them as they are."""
        return self.winner.reading.rows if self.winner else None

    @property
    def summary(self) -> Choice:
        """The same without labels and lines, which take more memory than the document."""
        bare = [each._replace(reading=Reading({})) for each in self.others]
        winner = self.winner and self.winner._replace(reading=Reading({}))
        return Choice(winner, tuple(bare), self.contested)


NOTHING = Choice(None, (), False)


def chosen(page: Page, *, inline: bool = False) -> Choice:
    """Read a document in every convention and choose. `inline`: label and words stand on one line."""
    found = [
        _candidate(convention, page, reading)
        for convention in conventions()
        if (convention.inline or not inline) and (reading := convention.read(page)) is not None
    ]
    found += _pairs(found, page)
    good = [each for each in found if each.score >= each.least and _is_talk(each)]
    if not good:
        return Choice(None, tuple(sorted(found, key=_rank)), False)
    best = min(_largest(good), key=_rank)
    others = tuple(sorted((each for each in found if each is not best), key=_rank))
    rivals = [each for each in good if each is not best and best.score - each.score < MARGIN]
    contested = any(
        not _within(each, best) and _contradiction(each, best, page) >= _CONTRADICTION for each in rivals
    )
    return Choice(None if contested else best, others, contested)


def _candidate(convention: Convention, page: Page, reading: Reading) -> Candidate:
    reading = reading._replace(marks=one_spelling(reading.marks))
    return Candidate(convention.name, reading, fit_of(reading, page), convention.least)


def _rank(each: Candidate) -> tuple[float, int]:
    return -each.score, -each.fit.turns


def _is_talk(each: Candidate) -> bool:
    return each.fit.voices > 1 or each.least == 0 or each.fit.known == 1


def _largest(found: Iterable[Candidate]) -> list[Candidate]:
    """Return the readings without those that another one holds whole."""
    several = list(found)
    return [
        each
        for at, each in enumerate(several)
        if not any(
            _within(each, other) and (not _within(other, each) or before < at)
            for before, other in enumerate(several)
            if other is not each
        )
    ]


def _within(one: Candidate, other: Candidate) -> bool:
    """Return whether every turn of one is a turn of the other, under the same label."""
    marks = other.reading.marks
    if len(one.reading.marks) > len(marks):
        return False
    return all(
        at in marks and plain_label(marks[at].label) == plain_label(mark.label)
        for at, mark in one.reading.marks.items()
    )


def _pairs(found: list[Candidate], page: Page) -> list[Candidate]:
    """Return readings of two conventions together, where each has turns of its own.

    A transcript can write `Interviewer: …` and `[Tom] …`, or change its way in the middle: neither convention
    explains it alone.
    """
    pairs: list[Candidate] = []
    for one, other in combinations(found, 2):
        if min(one.fit.turns, other.fit.turns) < _LEAST_TURNS or not _fit_together(one, other):
            continue
        marks = one_spelling({**one.reading.marks, **other.reading.marks})
        reading = Reading(dict(sorted(marks.items())), _rows_of(one, other))
        fit = fit_of(reading, page)
        if fit.score >= max(one.fit.score, other.fit.score) + _GAIN and fit.alternation >= 0.75:
            pairs.append(Candidate(f"{one.name} + {other.name}", reading, fit, max(one.least, other.least)))
    return pairs


def _fit_together(one: Candidate, other: Candidate) -> bool:
    """Return whether two readings share no line and change the lines at most once, and are of the same people
    or each of one person beside the other's.
    """
    here = {plain_label(mark.label) for mark in one.reading.marks.values()}
    there = {plain_label(mark.label) for mark in other.reading.marks.values()}
    alike = here <= there or there <= here
    apart = here.isdisjoint(there) and 1 in (len(here), len(there))
    return (
        (alike or apart)
        and one.reading.marks.keys().isdisjoint(other.reading.marks)
        and (one.reading.rows is None or other.reading.rows is None)
    )


def _rows_of(*candidates: Candidate) -> list[Row] | None:
    return next((each.reading.rows for each in candidates if each.reading.rows is not None), None)


def _contradiction(one: Candidate, other: Candidate, page: Page) -> float:
    """Return the share of spoken lines that two readings put under different labels."""
    differing = total = 0
    here = there = ""
    for at in page.spoken:
        if (mark := one.reading.marks.get(at)) is not None:
            here = plain_label(mark.label)
        if (mark := other.reading.marks.get(at)) is not None:
            there = plain_label(mark.label)
        if here and there:
            total += 1
            differing += here != there
    return differing / total if total else 1.0


def one_spelling(marks: Mapping[int, Mark]) -> dict[int, Mark]:
    """The marks with `JANE ROE`, `Jane  Roe` and `Jane Roe` as one voice, spelt as most often, else not in
    capitals.
    """
    spellings: dict[str, Counter[str]] = {}
    for written, count in Counter(mark.label for mark in marks.values()).items():
        label = " ".join(written.split())
        spellings.setdefault(plain_label(label), Counter())[label] += count
    best = {
        plain: max(found, key=lambda label: (found[label], not label.isupper()))
        for plain, found in spellings.items()
    }
    return {
        at: mark if mark.label == (label := best[plain_label(mark.label)]) else mark._replace(label=label)
        for at, mark in marks.items()
    }
