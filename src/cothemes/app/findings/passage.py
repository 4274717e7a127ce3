"""One passage with everything that was said of it: the researcher's view, which is not a reviewer's."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from cothemes.app.corpus.passages import found_passage, retired
from cothemes.app.findings.codings import evidence_spans, flags_of, suggestions_in_view
from cothemes.app.review.consensus import consensus
from cothemes.app.review.memos import About, memos_of
from cothemes.app.review.readings import CardSuggestion, PassagePlace, ReadingStage, place_of, stage_of
from cothemes.app.review.review import latest_runs
from cothemes.app.study import Study
from cothemes.records.document import Kind
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.record import Record
from cothemes.records.review import Arm
from cothemes.stages.review.codings import Coding, codings_of_consensus, codings_of_people, undecided
from cothemes.stages.review.context import WHOLE, Cut, setting_of
from cothemes.stages.review.reading_state import ReadingState, fold_all

Attributes = dict[str, tuple[str, ...]]


class PersonOnPassage(Record):
    """What one person said in one round."""

    reviewer: str
    arm: Arm
    round: str
    state: ReadingStage
    codes: dict[str, Attributes]
    """Code → its attributes."""
    notes: tuple[str, ...]


class AdjudicatedCode(Record):
    """A code that applies by consensus."""

    attributes: Attributes
    notes: tuple[str, ...]


class MemoOnPassage(Record):
    """What a memo says."""

    by: str
    text: str


class ShownPassage(PassagePlace):
    """One passage with everything that was said of it."""

    retired: str | None
    """Why it is not current, and counts nowhere; None for a current passage."""
    people: tuple[PersonOnPassage, ...]
    settled: dict[str, AdjudicatedCode]
    left_out: dict[str, str]
    """Code that the latest run suggested with no quote found in the source → why it was not asked again:
    `cap` or
    `given_up`; empty if it was asked and found no better words."""
    flags: tuple[str, ...]
    memos: tuple[MemoOnPassage, ...]
    suggestions: tuple[CardSuggestion, ...]
    """All suggestions of the latest run, decided upon or not."""
    title: str = Field(default="", exclude=True)
    """The document's title, or its slug."""
    kind: Kind = Field(default=Kind.UNKNOWN, exclude=True)
    time: str = Field(default="", exclude=True)
    text_with_others: str = Field(default="", exclude=True)
    """The words as a person reads them: what another voice says in between is in square brackets."""
    cut: Cut = Field(default=WHOLE, exclude=True)
    consensus_by: str = Field(default="", exclude=True)
    consensus: tuple[tuple[str, AdjudicatedCode], ...] = Field(default=(), exclude=True)
    """Codes that apply by consensus, one entry for each round in which one was adjudicated."""


def shown_passage(study: Study, passage_id: str) -> ShownPassage:
    """Return all people's codes, and all suggestions of the latest run. Raises UnknownPassage."""
    passage = found_passage(study, passage_id)
    document = study.store.documents.get(passage.document)
    assert document is not None
    assignments = study.store.reviews.assignments(passage=passage_id)
    standings = fold_all(assignments, study.store.reviews.decisions(passage=passage_id))
    decided = codings_of_people(standings, evidence_spans(study, [passage_id]))
    agreed = consensus(study, passage_id)
    settled = codings_of_consensus(agreed.ratings, {passage_id: passage.start}, agreed.notes)
    suggested = undecided(suggestions_in_view(study, {passage_id: passage}), [])
    setting = setting_of(document, passage)
    rulings = [
        (one.code, AdjudicatedCode(attributes=dict(one.attributes), notes=one.notes)) for one in settled
    ]
    return ShownPassage(
        **dict(place_of(passage, setting)),
        retired=retired(study, passage) or None,
        people=tuple(_person(standing, decided) for standing in standings),
        settled=dict(rulings),
        left_out=_left_out(study, passage_id),
        flags=flags_of(study, standings, [passage_id]).get(passage_id, ()),
        memos=tuple(
            MemoOnPassage(by=memo.last.by, text=memo.last.text)
            for memo in memos_of(study, About(passage=passage_id))
        ),
        suggestions=tuple(_suggestion(one, passage.start) for one in suggested),
        title=document.title or document.slug,
        kind=document.kind,
        time=passage.time,
        text_with_others=passage.text_with_others,
        cut=setting.cut,
        consensus_by=settled[0].by if settled else "",
        consensus=tuple(rulings),
    )


def _person(standing: ReadingState, decided: Sequence[Coding]) -> PersonOnPassage:
    assignment = standing.assignment
    return PersonOnPassage(
        reviewer=assignment.reviewer,
        arm=assignment.arm,
        round=assignment.round,
        state=stage_of(standing),
        codes={one.code: dict(one.attributes) for one in decided if one.by == assignment.reviewer},
        notes=(*standing.first.notes, *standing.second.notes),
    )


def _suggestion(one: Coding, offset: int) -> CardSuggestion:
    return CardSuggestion(
        code=one.code,
        by=one.by,
        reason=one.reason,
        attributes=dict(one.attributes),
        spans=tuple((start - offset, end - offset) for start, end in one.spans),
        quote_status=one.quote_status,
    )


def _left_out(study: Study, passage: str) -> dict[str, str]:
    """Return code → why its quotes were not asked for again, of the codes that the latest run left out."""
    found: dict[str, str] = {}
    for run in latest_runs(study, [passage]).values():
        for outcome in study.store.runs.outcomes(run, passages=[passage]):
            found |= {flag.code: "" for flag in outcome.flagged(FlagKind.QUOTE_REJECTED)}
            found |= {flag.code: flag.detail for flag in outcome.flagged(FlagKind.UNREPAIRED)}
    return found
