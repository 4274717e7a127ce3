"""A change of the codebook on an open study: what it touches, what recoding costs, and why it was made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from cothemes.app.codebook.versions import NamedVersion, last_used, named_now, under, version_named
from cothemes.app.coders.forecast import ForecastReport, forecast, forecast_report
from cothemes.app.coders.propose import ProposeOptions, plan
from cothemes.app.ratings import same_wordings, wordings
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.codebook import Codebook
from cothemes.records.record import Record
from cothemes.records.review import Action, Arm, Decision
from cothemes.records.revision import Revision, RevisionKind
from cothemes.stages.codebook_change.difference import CodeChange, Difference, TextChange, difference
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.wordings import CodeReading, code_readings
from cothemes.stages.review.working_time import minutes_per_passage


class ChangedText(Record):
    """One text of a code that changed."""

    field: str
    old: str | None
    """None if it was added."""
    new: str | None
    """None if it was removed."""
    words: tuple[tuple[Literal["same", "gone", "new"], str], ...]
    """The words in reading order, in stretches that stayed, went or came."""


class ChangedCode(Record):
    """A code that reads differently."""

    code: str
    kinds: tuple[str, ...]
    """Kinds of the change, in words."""
    texts: tuple[ChangedText, ...]
    respaced: tuple[str, ...]
    """Fields with the same words in another order or spacing."""
    same_codings: bool
    """True if a person said that both wordings mean the same: nothing is touched."""
    label: str = Field(default="", exclude=True)


class ChangedAround(Record):
    """A text that coders read beside the codes."""

    what: str
    old: str | None
    new: str | None
    words: tuple[tuple[Literal["same", "gone", "new"], str], ...] = Field(default=(), exclude=True)


class TouchedReadings(Record):
    """Finished readings of one round and arm."""

    round: str
    arm: Arm
    readings: int
    with_the_code: int
    passages: int = Field(default=0, exclude=True)
    by_reviewer: dict[str, int] = Field(default={}, exclude=True)


class TouchedCode(Record):
    """One changed, removed or added code in what people have finished."""

    code: str
    change: Literal["changed", "removed", "added"]
    passages: tuple[str, ...]
    readings: int
    """Readings finished under the old wording, or before the code existed."""
    with_the_code: int
    by_name: int
    """Readings that answered the code by name."""
    by_reviewer: dict[str, int]
    by_round_and_arm: tuple[TouchedReadings, ...]


class ReviewerLoad(Record):
    """Passages that one reviewer would read again."""

    reviewer: str
    passages: int
    words: int
    minutes_per_passage: float | None
    """Minutes per passage at the reviewer's own pace; None if too few passages were timed."""
    hours: float | None


class CoderLoad(Record):
    """Passages that the study's coder would code again."""

    spoken: str | None
    """The coder in words; None if none can be asked."""
    passages: int
    words: int
    forecast: ForecastReport | None
    """None for the offline coder, which costs nothing."""
    reason: str | None
    """Reason why no coder can be asked."""


class RecodingLoad(Record):
    """Work and cost of coding again."""

    passages: int
    people: tuple[ReviewerLoad, ...]
    people_only_where_given: tuple[ReviewerLoad, ...]
    """If only passages with a changed code are read again."""
    coder: CoderLoad


def _none_of_it(value: object) -> bool:
    return not value


class CodebookDiff(Record):
    """Report of what changed in the codebook, what it touches, and what recoding would take."""

    old: NamedVersion
    new: NamedVersion
    same: bool
    """True if a coder reads the same."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Code that went and code that came with nearly the same words."""
    new_ids: tuple[tuple[str, str], ...] = Field(default=(), exclude_if=_none_of_it)
    """Old and present id of codes that were renamed; decisions follow them. Absent if there are none."""
    changed: tuple[ChangedCode, ...]
    around: tuple[ChangedAround, ...]
    touched: tuple[TouchedCode, ...]
    """Changed codes, then added, then removed ones."""
    readings_under_older_wordings: int
    """Readings of changed codes under wordings older than the old one."""
    recoding: RecodingLoad
    runs_under_old: tuple[str, ...]
    reasons: tuple[Revision, ...]
    codebook: str = Field(default="", exclude=True)
    """Id of the codebook."""
    labels: dict[str, str] = Field(default={}, exclude=True)
    """Added or removed code → its label."""


@dataclass(frozen=True)
class _Touched:
    code: str
    change: Literal["changed", "removed", "added"]
    readings: tuple[CodeReading, ...]


def codebook_diff(study: Study, old: str = "", new: str = "", *, files: bool = True) -> CodebookDiff:
    """Compare `old` (else the version of the last decisions) with `new` (else codebook.yaml now); see
    `version_named` for how versions are named, and for `files`."""
    before = version_named(study, old, files=files) if old else last_used(study)
    after = version_named(study, new, files=files) if new else study.codebook
    names = study.store.operations.names_in(before.hash)
    found = difference(named_now(study, before), named_now(study, after))
    decisions = study.store.reviews.decisions()
    touched, other = _touched(study, found, decisions)
    again = [r for t in touched if t.change != "removed" for r in t.readings]
    affected = {each.code for each in touched}
    return CodebookDiff(
        old=NamedVersion.of(before),
        new=NamedVersion.of(after),
        same=found.same,
        added=tuple(code.id for code in found.added),
        removed=tuple(code.id for code in found.removed),
        renamed=found.renamed,
        new_ids=tuple((old, new) for old, new in names.items() if new in found.new.by_id),
        changed=tuple(_changed(each, same=each.id not in affected) for each in found.changed),
        around=tuple(
            ChangedAround(what=text.field, old=text.old, new=text.new, words=_stretches(text))
            for text in found.around
        ),
        touched=tuple(map(_touched_code, touched)),
        readings_under_older_wordings=other,
        recoding=RecodingLoad(
            passages=len({reading.passage for reading in again}),
            people=_loads(study, again, decisions),
            people_only_where_given=_loads(study, [r for r in again if r.applied], decisions),
            coder=_coder_load(study),
        ),
        runs_under_old=tuple(run.id for run in study.store.runs.all() if run.codebook_hash == before.hash),
        reasons=reasons_between(study, before, after),
        codebook=after.id,
        labels={code.id: code.label for code in (*found.added, *found.removed)},
    )


def reasons_between(study: Study, before: Codebook, after: Codebook) -> tuple[Revision, ...]:
    """Return what was said of this change, and of each step on a way from one version to the other."""
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


def _touched(study: Study, found: Difference, decisions: Sequence[Decision]) -> tuple[list[_Touched], int]:
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
    touched: list[_Touched] = []
    other = 0
    same = same_wordings(under(study, found.new))
    for change in found.changed:
        if change.old.text_hash in same.get(change.id, ()):
            continue
        under_old = [r for r in heaps[change.id] if r.wording == change.old.text_hash]
        other += sum(r.wording not in (change.old.text_hash, change.new.text_hash) for r in heaps[change.id])
        touched.append(_Touched(change.id, "changed", tuple(under_old)))
    for code in found.added:
        without = [r for r in heaps[code.id] if r.wording != code.text_hash]
        touched.append(_Touched(code.id, "added", tuple(without)))
    for code in found.removed:
        under_old = [r for r in heaps[code.id] if r.wording == code.text_hash]
        touched.append(_Touched(code.id, "removed", tuple(under_old)))
    return touched, other


def _loads(
    study: Study, readings: Iterable[CodeReading], decisions: Sequence[Decision]
) -> tuple[ReviewerLoad, ...]:
    words = {passage.id: passage.words for passage in study.store.passages.heads()}
    passages: dict[str, set[str]] = defaultdict(set)
    for reading in readings:
        passages[reading.reviewer].add(reading.passage)
    by_reviewer: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_reviewer[decision.reviewer].append(decision)
    return tuple(
        _load(name, passages[name], words, minutes_per_passage(by_reviewer[name]))
        for name in sorted(passages)
    )


def _load(
    name: str, passages: Collection[str], words: Mapping[str, int], minutes: float | None
) -> ReviewerLoad:
    return ReviewerLoad(
        reviewer=name,
        passages=len(passages),
        words=sum(words.get(passage, 0) for passage in passages),
        minutes_per_passage=minutes,
        hours=None if minutes is None else len(passages) * minutes / 60,
    )


def _coder_load(study: Study) -> CoderLoad:
    """Return the load by the codebook as it is now: no request can be made up for another one."""
    wanted = ProposeOptions(recode=True)
    try:
        # A hand edit is looked at before anyone says what it means.
        todo = plan(under(study, study.codebook), wanted)
        made = forecast(study, todo) if todo.to_code else None
    except CothemesError as error:
        return CoderLoad(spoken=None, passages=0, words=0, forecast=None, reason=error.message or None)
    return CoderLoad(
        spoken=todo.coder_description or None,
        passages=len(todo.to_code),
        words=todo.to_code.words,
        forecast=forecast_report(made, study) if made else None,
        reason=None,
    )


def _changed(each: CodeChange, *, same: bool) -> ChangedCode:
    return ChangedCode(
        code=each.id,
        kinds=each.kinds,
        texts=tuple(
            ChangedText(field=text.field, old=text.old, new=text.new, words=_stretches(text))
            for text in each.texts
        ),
        respaced=each.respaced,
        same_codings=same,
        label=each.new.label,
    )


def _stretches(text: TextChange) -> tuple[tuple[Literal["same", "gone", "new"], str], ...]:
    return tuple((stretch.fate, " ".join(stretch.words)) for stretch in text.words)


def _touched_code(each: _Touched) -> TouchedCode:
    groups: dict[tuple[str, Arm], list[CodeReading]] = defaultdict(list)
    for reading in each.readings:
        groups[(reading.round, reading.arm)].append(reading)
    return TouchedCode(
        code=each.code,
        change=each.change,
        passages=tuple(sorted({reading.passage for reading in each.readings})),
        readings=len(each.readings),
        with_the_code=sum(reading.applied for reading in each.readings),
        by_name=sum(reading.answered for reading in each.readings),
        by_reviewer=_by_reviewer(each.readings),
        by_round_and_arm=tuple(
            TouchedReadings(
                round=round_name,
                arm=arm,
                readings=len(group),
                with_the_code=sum(reading.applied for reading in group),
                passages=len({reading.passage for reading in group}),
                by_reviewer=_by_reviewer(group),
            )
            for (round_name, arm), group in sorted(groups.items())
        ),
    )


def _by_reviewer(readings: Iterable[CodeReading]) -> dict[str, int]:
    return dict(sorted(Counter(reading.reviewer for reading in readings).items()))
