"""What an operation on codes touches: work that people and coders did on these codes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from cothemes.app.ratings import every_history, reads_once, selected
from cothemes.app.study import Study
from cothemes.records.record import Record
from cothemes.records.review import Decision
from cothemes.stages.review.consensus import RULED, live_rulings
from cothemes.stages.review.reading_state import CODED, fold_all, live
from cothemes.stages.review.selection import Purpose

_NAMED = ("accept", "add", "reject")


class RoundTouched(Record):
    """Closed blind readings of one round that say something about the codes."""

    round: str
    readings: int
    readers: tuple[str, ...]
    double: int
    """Passages that two people or more read: what agreement is computed on."""


class Conflict(Record):
    """A passage on which one person gave codes that are merged different values of an attribute."""

    passage: str
    by: str
    attribute: str
    values: tuple[str, ...]


class Touched(Record):
    """Work on some codes."""

    decisions: int = 0
    """Decisions that name one of the codes and hold."""
    codings: dict[str, int] = {}
    """Code → passages on which it counts as present."""
    suggestions: int = 0
    """Suggestions of coders that name one of the codes."""
    rulings: int = 0
    """Rulings on one of the codes that hold, by passage and round."""
    imported: int = 0
    """Imported ratings that name one of the codes."""
    open_readings: int = 0
    """Readings that are not finished and have named one of the codes."""
    agreement: tuple[RoundTouched, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@reads_once
def touched_by(study: Study, codes: Collection[str], into: Collection[str] = ()) -> Touched:
    """Return the work on these codes. `into`: what a merge makes of them; conflicts of attributes are
    listed.
    """
    wanted = set(codes)
    history = every_history(study)
    named = [d for d in live(history.decisions) if d.code in wanted and d.action.value in _NAMED]
    found = selected(study, Purpose.FINDINGS).combined()
    codings: Counter[str] = Counter(
        code for values in found.values() for code, value in values.items() if value and code in wanted
    )
    open_ = [
        standing
        for standing in fold_all(history.assignments, history.decisions)
        if not standing.done and wanted & standing.answers.keys()
    ]
    suggestions = sum(
        each.code in wanted
        for run in study.store.runs.all()
        for each in study.store.runs.each_suggestion(run.id)
    )
    ruled = {
        (each.passage, each.round, each.code)
        for each in live_rulings(history.settlements)
        if each.code in wanted and each.ruling in RULED
    }
    merges = len(into) == 1 and len(wanted) > 1
    return Touched(
        decisions=len(named),
        codings={code: codings[code] for code in study.codebook.by_id if codings[code]},
        suggestions=suggestions,
        rulings=len(ruled),
        imported=sum(each.code in wanted for each in study.store.ratings.all()),
        open_readings=len(open_),
        agreement=tuple(_rounds(study, wanted)),
        conflicts=tuple(_conflicts(named)) if merges else (),
    )


def _rounds(study: Study, wanted: Collection[str]) -> list[RoundTouched]:
    readers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in selected(study, Purpose.AGREEMENT).counted:
        if any(each.value(code) is not None for code in wanted):
            readers[each.round][each.passage].add(each.rater)
    return [
        RoundTouched(
            round=name,
            readings=sum(map(len, passages.values())),
            readers=tuple(sorted(set[str]().union(*passages.values()))),
            double=sum(len(people) > 1 for people in passages.values()),
        )
        for name, passages in sorted(readers.items())
    ]


def _conflicts(named: Collection[Decision]) -> list[Conflict]:
    said: dict[tuple[str, str], Mapping[str, Decision]] = {}
    for each in named:
        place = (each.passage, each.reviewer)
        said[place] = {**said.get(place, {}), str(each.code): each}
    found = []
    for (passage, by), answers in sorted(said.items()):
        values: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for answer in answers.values():
            for name, given in answer.attributes.items() if answer.action in CODED else ():
                values[name].add(given)
        found += [
            Conflict(
                passage=passage,
                by=by,
                attribute=name,
                values=tuple(sorted(", ".join(each) for each in given)),
            )
            for name, given in sorted(values.items())
            if len(given) > 1
        ]
    return found
