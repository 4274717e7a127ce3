"""What of people's work the study's figures leave out, as the person who looks may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cothemes.app import wiring
from cothemes.app.auto_accepted import accepted_left_out
from cothemes.app.corpus.passages import corrected_away
from cothemes.app.imported_findings import (
    decided_by_consensus,
    decisions_left_out,
    imported_left_out,
)
from cothemes.app.ratings import every_history, heads_of, selected
from cothemes.app.review.review import latest_runs
from cothemes.app.study import Study
from cothemes.records.acceptance import AUTO_ACCEPTED
from cothemes.records.combine import Combine
from cothemes.records.left_out import Dropped, LeftOut, Reason
from cothemes.records.rating import Rating
from cothemes.records.review import Assignment, Decision
from cothemes.stages.review.card import presentable
from cothemes.stages.review.codings import undecided
from cothemes.stages.review.left_out import summed, way_back
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.selection import Purpose

COLUMNS = ("state", "passage", "document", "code", "who", "action", "round", "arm", "at", "include_with")
RULING, RATING, SUGGESTION, ACCEPTANCE = "ruling", "rating", "suggestion", "acceptance"
_UNITS = {SUGGESTION: SUGGESTION, AUTO_ACCEPTED: ACCEPTANCE}
"""Action of a row → the unit of its entry, where it is no decision."""
_NONE: Mapping[str, bool] = MappingProxyType({})
WITH_AUTO = '--with-auto, or auto_accepted = "count" under [findings]'
_APPLIED = ("accept", "add")
"""Actions of people's decisions that findings list as left out."""


@dataclass(frozen=True)
class StudyLeftOut:
    """Entries to say beside a figure, and the decisions behind them."""

    entries: tuple[LeftOut, ...]
    rows: tuple[Dropped, ...]
    """Decisions left out, without those whose consent was withdrawn: these are a number only."""


def left_out_of(
    study: Study,
    *,
    codes: Collection[str] = (),
    each_reading: bool = False,
    listed: Mapping[str, bool] = _NONE,
    readings: bool = False,
    suggestions: bool = False,
    combine: Combine = Combine.ANY,
) -> StudyLeftOut:
    """Return what does not count.

    `codes`: only of these, where any are named. `each_reading`: as agreement counts, with rejections; else as
    findings do, several readers combined by the rule `combine`. `listed`: decisions that are shown though
    their reading is not closed → whether they have the present meaning. `readings`: finished readings of
    earlier passages are reported too. `suggestions`: so are unanswered suggestions on earlier passages.
    """
    purpose = Purpose.AGREEMENT if each_reading else Purpose.FINDINGS
    history = every_history(study)
    chosen = selected(study, purpose, arm=None)
    current = {head.id for head in heads_of(study)}
    forgotten = {each.document for each in study.store.privacy.tombstones()}
    found = [row for row in chosen.dropped if each_reading or row.action in (*_APPLIED, RULING)]
    found = [row if listed.get(row.decision, True) else _of_earlier_meaning(row) for row in found]
    found = [row for row in found if row.reason is not Reason.NOT_DONE or row.decision not in listed]
    if not each_reading:
        found += decisions_left_out(study, combine)
        found += [_rating(each, reason) for each, reason in imported_left_out(study, combine)]
    found += [row for row in _on_earlier_passages(study, current) if row.document not in forgotten]
    hidden = _hidden(study)
    found = [row for row in found if not _tells(row, study, hidden, current)]
    if codes:
        found = [row for row in found if row.code in codes]
    closed = list(chosen.closed_elsewhere) if readings and not codes else []
    closed = [passage for passage in closed if passage.rpartition(".")[0] not in {*forgotten, *hidden}]
    corrected = _corrected(study, {row.passage for row in found}.union(closed) - current)
    elsewhere = set(decided_by_consensus(study)) - selected(study, Purpose.FINDINGS).rulings.keys()
    entries = summed(found, tuple(study.codebook.by_id), closed, corrected, elsewhere)
    shown = tuple(row for row in found if row.reason is not Reason.CONSENT)
    asked = _suggestions(study, history.assignments, history.decisions, current) if suggestions else []
    asked = [row for row in asked if row.document not in {*forgotten, *hidden}]
    asked = [row for row in asked if not codes or row.code in codes]
    asked_of = _corrected(study, {row.passage for row in asked})
    entries += tuple(_summed_suggestions(study, asked, asked_of))
    unread = (
        [] if each_reading else [row for row in accepted_left_out(study) if not codes or row.code in codes]
    )
    entries += tuple(_summed_acceptances(study, unread))
    return StudyLeftOut((*entries, *_still_blind(study)), (*shown, *asked, *unread))


def _corrected(study: Study, retired: Collection[str]) -> set[str]:
    """Return the documents of those retired passages that left with a correction of their text."""
    return corrected_away(study, study.store.passages.read(sorted(retired))) if retired else set()


def _of_earlier_meaning(row: Dropped) -> Dropped:
    return row.model_copy(update={"reason": Reason.EARLIER_MEANING})


def beside(path: Path) -> Path:
    """The file that lists what an export leaves out."""
    return path.with_name(f"{path.name}.left-out.csv")


def write_left_out(path: Path, found: StudyLeftOut) -> Path | None:
    """Write what the export at `path` leaves out beside it; None where nothing is left out and no such file
    is there. Raises InputError where it cannot be written.
    """
    target = beside(path)
    if not found.rows and not target.exists():
        return None
    wiring.write_csv(target, _table(found))
    return target


def _table(found: StudyLeftOut) -> Iterator[list[str]]:
    back = {(entry.reason, entry.unit): _cell(entry.include_with) for entry in found.entries}
    yield list(COLUMNS)
    for row in found.rows:
        yield [
            row.reason.value,
            row.passage,
            row.document,
            row.code,
            row.by,
            row.action,
            row.round,
            row.arm,
            row.at.isoformat() if row.at else "",
            back.get((row.reason, _UNITS.get(row.action, "decision")), ""),
        ]


def _cell(include_with: str | None) -> str:
    """Return it so that no cell begins with a sign, which would be guarded as a formula."""
    return f"with {include_with}" if include_with and include_with.startswith("-") else include_with or ""


def _on_earlier_passages(study: Study, current: Collection[str]) -> list[Dropped]:
    """Imported ratings on passages of an earlier cut."""
    return [
        _rating(each, Reason.RETIRED_PASSAGE)
        for each in study.store.ratings.all()
        if each.unit not in current
    ]


def _rating(each: Rating, reason: Reason) -> Dropped:
    return Dropped(
        reason=reason,
        passage=each.unit,
        code=each.code,
        by=each.rater,
        action=RATING,
        round=each.round,
        arm=each.arm,
    )


def _suggestions(
    study: Study,
    assignments: Sequence[Assignment],
    decisions: Sequence[Decision],
    current: Collection[str],
) -> list[Dropped]:
    """Suggestions on passages of an earlier cut that nobody has answered, as `codings` lists others."""
    retired = [
        each
        for run in study.store.runs.all()
        for each in study.store.runs.each_suggestion(run.id)
        if each.passage not in current
    ]
    if not retired:
        return []
    latest = latest_runs(study, {each.passage for each in retired})
    found = presentable((s for s in retired if latest.get(s.passage) == s.run), study.codebook)
    return [
        Dropped(
            reason=Reason.RETIRED_PASSAGE,
            passage=each.passage,
            code=each.code,
            by=each.by,
            action=SUGGESTION,
        )
        for each in undecided(found, fold_all(assignments, decisions))
    ]


def _summed_suggestions(
    study: Study, rows: Sequence[Dropped], corrected: Collection[str]
) -> Iterator[LeftOut]:
    if rows:
        codes = {row.code for row in rows}
        yield LeftOut(
            reason=Reason.RETIRED_PASSAGE,
            unit=SUGGESTION,
            count=len(rows),
            codes=tuple(code for code in study.codebook.by_id if code in codes),
            include_with=way_back(sorted({row.document for row in rows}), corrected),
        )


def _summed_acceptances(study: Study, rows: Sequence[Dropped]) -> Iterator[LeftOut]:
    """An entry for each reason why what was accepted under a certificate does not count."""
    for reason in Reason:
        codes = [row.code for row in rows if row.reason is reason]
        if codes:
            order = [*study.codebook.by_id, *sorted({*codes} - study.codebook.by_id.keys())]
            yield LeftOut(
                reason=reason,
                unit=ACCEPTANCE,
                count=len(codes),
                codes=tuple(code for code in order if code in codes),
                include_with=WITH_AUTO if reason is Reason.AUTO_ACCEPTED else None,
            )


def _hidden(study: Study) -> set[str]:
    """Documents of which the person who looks has passages to code blind."""
    seen = study.store.reviews
    if not isinstance(seen, wiring.BlindReviews):
        return set()
    return {passage.rpartition(".")[0] for passage in seen.hidden}


def _tells(row: Dropped, study: Study, hidden: Collection[str], current: Collection[str]) -> bool:
    """Return whether another's decision on an earlier passage would show what was said of words still to be
    coded blind: the same words may be in a passage of the present cut.
    """
    seen = study.store.reviews
    if not isinstance(seen, wiring.BlindReviews) or row.by == seen.reviewer:
        return False
    return row.passage not in current and row.document in hidden


def _still_blind(study: Study) -> Sequence[LeftOut]:
    seen = study.store.reviews
    if not isinstance(seen, wiring.BlindReviews) or not seen.hidden:
        return ()
    return (
        LeftOut(
            reason=Reason.STILL_BLIND,
            unit="passage",
            count=len(seen.hidden),
            codes=None,
            include_with=None,
        ),
    )
