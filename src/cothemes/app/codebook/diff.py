"""A change of the codebook on an open study: what it touches, what recoding costs, and why it was made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cothemes.app.codebook.versions import last_used, under, version_named
from cothemes.app.coders.forecast import forecast, forecast_as_json
from cothemes.app.coders.propose import ProposeOptions, plan
from cothemes.app.ratings import same_wordings, wordings
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Decision
from cothemes.records.revision import Revision, RevisionKind
from cothemes.stages.codebook_change.difference import Difference, difference
from cothemes.stages.propose.model.estimate import Estimate
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.wordings import CodeReading, code_readings
from cothemes.stages.review.working_time import minutes_per_passage


@dataclass(frozen=True)
class Touched:
    """One changed, removed or added code in what people have finished."""

    code: str
    change: str
    """`changed`, `removed` or `added`."""
    readings: tuple[CodeReading, ...]
    """Finished under the old wording, or before the code was there."""

    @property
    def passages(self) -> set[str]:
        """Each once, whoever read it."""
        return {reading.passage for reading in self.readings}

    @property
    def applied(self) -> int:
        """Readings that gave the code."""
        return sum(reading.applied for reading in self.readings)


@dataclass(frozen=True)
class Load:
    """What one reviewer would read again."""

    reviewer: str
    passages: int
    words: int
    minutes_each: float | None
    """By her own pace; None where too little of it is known."""

    @property
    def hours(self) -> float | None:
        """At that pace."""
        return None if self.minutes_each is None else self.passages * self.minutes_each / 60


@dataclass(frozen=True)
class CoderLoad:
    """What the study's coder would code again."""

    coder_description: str
    """Who, in words; empty where none can be asked."""
    passages: int
    words: int
    estimate: Estimate | None
    """Of a model that is paid by the token; None for the offline coder."""
    why: str = ""
    """Why nothing can be said."""


@dataclass(frozen=True)
class CodebookDiff:
    """Everything that a person should know before recoding."""

    difference: Difference
    touched: tuple[Touched, ...]
    """Changed codes, then added, then removed ones."""
    other_wordings: int
    """Readings of changed codes under wordings older than the old one."""
    loads: tuple[Load, ...]
    """To read again all that changed and added codes touch."""
    loads_where_applied: tuple[Load, ...]
    """To read again only where a changed code was given."""
    coder: CoderLoad
    runs: tuple[str, ...]
    """Runs that coded by the old version."""
    reasons: tuple[Revision, ...]

    @property
    def same_codings(self) -> set[str]:
        """Changed codes of which a person said that both wordings ask for the same: nothing is touched."""
        return {each.id for each in self.difference.changed} - {each.code for each in self.touched}

    @property
    def to_read(self) -> set[str]:
        """Passages that have to be read again."""
        return {p for t in self.touched if t.change != "removed" for p in t.passages}


def codebook_diff(study: Study, old: str = "", new: str = "") -> CodebookDiff:
    """From `old` (else the version of the last decisions) to `new` (else codebook.yaml now); see
    `version_named` for how versions are named."""
    before = version_named(study, old) if old else last_used(study)
    after = version_named(study, new) if new else study.codebook
    found = difference(before, after)
    decisions = study.store.reviews.decisions()
    touched, other = _touched(study, found, decisions)
    again = [r for t in touched if t.change != "removed" for r in t.readings]
    return CodebookDiff(
        difference=found,
        touched=tuple(touched),
        other_wordings=other,
        loads=_loads(study, again, decisions),
        loads_where_applied=_loads(study, [r for r in again if r.applied], decisions),
        coder=_coder_load(study),
        runs=tuple(run.id for run in study.store.runs.all() if run.codebook_hash == before.hash),
        reasons=reasons_between(study, before, after),
    )


def reasons_between(study: Study, before: Codebook, after: Codebook) -> tuple[Revision, ...]:
    """What was said of this change, and of each step on a way from one version to the other."""
    made = [r for r in study.store.revisions.all() if r.kind is not RevisionKind.DISMISSED and r.old != r.new]
    onward = _reached(before.hash, {(r.old, r.new) for r in made})
    back = _reached(after.hash, {(r.new, r.old) for r in made})
    return tuple(r for r in made if r.old in onward and r.new in back)


def _reached(start: str, steps: Collection[tuple[str, str]]) -> set[str]:
    reached, grew = {start}, True
    while grew:
        more = {there for here, there in steps if here in reached} - reached
        reached |= more
        grew = bool(more)
    return reached


def _touched(study: Study, found: Difference, decisions: Sequence[Decision]) -> tuple[list[Touched], int]:
    hashes = {d.codebook_hash for d in decisions if d.action is Action.DONE}
    known = {
        **wordings(study, hashes),
        **{book.hash: {c.id: c.text_hash for c in book.codes} for book in (found.old, found.new)},
    }
    current = set(study.store.passages.find(""))
    standings = [
        standing
        for standing in fold_all(study.store.reviews.assignments(), decisions)
        if standing.assignment.passage in current
    ]
    names = [*(c.id for c in found.changed), *(c.id for c in found.added), *(c.id for c in found.removed)]
    heaps: dict[str, list[CodeReading]] = defaultdict(list)
    for reading in code_readings(standings, names, known):
        heaps[reading.code].append(reading)
    touched, other = [], 0
    same = same_wordings(under(study, found.new))
    for change in found.changed:
        if change.old.text_hash in same.get(change.id, ()):
            continue
        under_old = [r for r in heaps[change.id] if r.wording == change.old.text_hash]
        other += sum(r.wording not in (change.old.text_hash, change.new.text_hash) for r in heaps[change.id])
        touched.append(Touched(change.id, "changed", tuple(under_old)))
    for code in found.added:
        without = [r for r in heaps[code.id] if r.wording != code.text_hash]
        touched.append(Touched(code.id, "added", tuple(without)))
    for code in found.removed:
        under_old = [r for r in heaps[code.id] if r.wording == code.text_hash]
        touched.append(Touched(code.id, "removed", tuple(under_old)))
    return touched, other


def _loads(study: Study, readings: Iterable[CodeReading], decisions: Sequence[Decision]) -> tuple[Load, ...]:
    words = {passage.id: passage.words for passage in study.store.passages.heads()}
    passages: dict[str, set[str]] = defaultdict(set)
    for reading in readings:
        passages[reading.reviewer].add(reading.passage)
    by_reviewer: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_reviewer[decision.reviewer].append(decision)
    return tuple(
        Load(
            reviewer=name,
            passages=len(passages[name]),
            words=sum(words.get(passage, 0) for passage in passages[name]),
            minutes_each=minutes_per_passage(by_reviewer[name]),
        )
        for name in sorted(passages)
    )


def _coder_load(study: Study) -> CoderLoad:
    """By the codebook as it is now: no request can be made up for another one."""
    wanted = ProposeOptions(recode=True)
    try:
        todo = plan(study, wanted)
        made = forecast(study, todo) if todo.to_code else None
    except CothemesError as error:
        return CoderLoad("", 0, 0, None, error.message)
    return CoderLoad(todo.coder_description, len(todo.to_code), todo.to_code.words, made)


def diff_as_json(study: Study, found: CodebookDiff) -> dict[str, object]:
    """The same as one plain document."""
    change = found.difference
    return {
        "old": {"hash": change.old.hash, "version": change.old.version},
        "new": {"hash": change.new.hash, "version": change.new.version},
        "same": change.same,
        "added": [code.id for code in change.added],
        "removed": [code.id for code in change.removed],
        "renamed": [list(pair) for pair in change.renamed],
        "changed": [
            {
                "code": each.id,
                "kinds": list(each.kinds),
                "texts": [
                    {
                        "field": text.field,
                        "old": text.old,
                        "new": text.new,
                        "words": [[s.fate, " ".join(s.words)] for s in text.words],
                    }
                    for text in each.texts
                ],
                "respaced": list(each.respaced),
                "same_codings": each.id in found.same_codings,
            }
            for each in change.changed
        ],
        "around": [{"what": t.field, "old": t.old, "new": t.new} for t in change.around],
        "touched": [_touched_as_json(each) for each in found.touched],
        "readings_under_older_wordings": found.other_wordings,
        "recoding": {
            "passages": len(found.to_read),
            "people": [_load_as_json(load) for load in found.loads],
            "people_only_where_given": [_load_as_json(load) for load in found.loads_where_applied],
            "coder": {
                "spoken": found.coder.coder_description or None,
                "passages": found.coder.passages,
                "words": found.coder.words,
                "forecast": forecast_as_json(found.coder.estimate, study, None)
                if found.coder.estimate
                else None,
                "reason": found.coder.why or None,
            },
        },
        "runs_under_old": list(found.runs),
        "reasons": [revision.model_dump(mode="json") for revision in found.reasons],
    }


def _touched_as_json(each: Touched) -> dict[str, object]:
    return {
        "code": each.code,
        "change": each.change,
        "passages": sorted(each.passages),
        "readings": len(each.readings),
        "with_the_code": each.applied,
        "by_name": sum(reading.answered for reading in each.readings),
        "by_reviewer": dict(sorted(Counter(reading.reviewer for reading in each.readings).items())),
        "by_round_and_arm": [
            {
                "round": round_name,
                "arm": arm,
                "readings": len(group),
                "with_the_code": sum(reading.applied for reading in group),
            }
            for (round_name, arm), group in places(each).items()
        ],
    }


def places(each: Touched) -> dict[tuple[str, str], list[CodeReading]]:
    """(round, arm) → its readings."""
    groups: dict[tuple[str, str], list[CodeReading]] = defaultdict(list)
    for reading in each.readings:
        groups[(reading.round, reading.arm.value)].append(reading)
    return dict(sorted(groups.items()))


def _load_as_json(load: Load) -> dict[str, object]:
    return {
        "reviewer": load.reviewer,
        "passages": load.passages,
        "words": load.words,
        "minutes_per_passage": load.minutes_each,
        "hours": load.hours,
    }
