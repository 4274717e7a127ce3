"""One passage with everything that was said of it: the researcher's view, which is not a reviewer's."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pydantic import Field

from cothemes.app.auto_accepted import accepted_codings
from cothemes.app.corpus.passages import corrected_away, found_passage, retired
from cothemes.app.corrected_texts import TextMark, text_marks
from cothemes.app.findings.codings import flags_of, suggestions_in_view
from cothemes.app.imported_findings import imported_left_out
from cothemes.app.ratings import free_name, history_of, imported_ratings, meanings_of, reads_once
from cothemes.app.review.consensus import consensus
from cothemes.app.review.memos import About, memos_of
from cothemes.app.review.readings import CardSuggestion, PassagePlace, ReadingStage, place_of, stage_of
from cothemes.app.review.review import latest_runs
from cothemes.app.runs.probabilities import probabilities_of
from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.records.left_out import Reason
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.passage import Passage
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.records.record import Moment, Record, absent
from cothemes.records.review import Arm
from cothemes.stages.review.codings import Coding, coding_of_ruling, codings_of_consensus, undecided
from cothemes.stages.review.context import WHOLE, Cut, setting_of
from cothemes.stages.review.left_out import way_back
from cothemes.stages.review.reading_state import ReadingState, fold_all
from cothemes.stages.review.selection import Purpose, Selection, selection

Attributes = dict[str, tuple[str, ...]]


class PersonOnPassage(Record):
    """What one person said in one round."""

    reviewer: str
    arm: Arm
    round: str
    state: ReadingStage
    codes: dict[str, Attributes]
    """Code → its attributes, as this reading left them."""
    counts: tuple[str, ...]
    """Of these, the codes that findings count: the person said nothing else later."""
    notes: tuple[str, ...]
    corrected_since: tuple[str, ...]
    """Codes that were given on another text of the passage."""
    to_confirm: tuple[str, ...]
    """Those of them whose text changed in substance, and which the person has not confirmed since."""


class ImportedOnPassage(Record):
    """Codes that one rater gave elsewhere."""

    rater: str
    kind: RaterKind
    round: str
    codes: dict[str, Attributes]
    counts: tuple[str, ...]
    """Of these, the codes that findings count."""


class AdjudicatedCode(Record):
    """A code that applies by consensus."""

    attributes: Attributes
    notes: tuple[str, ...]


class MemoOnPassage(Record):
    """What a memo says."""

    by: str
    text: str


class AcceptedOnPassage(Record):
    """A code that was accepted under a certificate."""

    code: str
    certificate: str
    at: Moment
    state: str
    """`auto-accepted`, or why it does not hold any more."""


class ShownPassage(PassagePlace):
    """One passage with everything that was said of it."""

    text_version: str
    """Version of the document that the text is of."""
    retired: str | None
    way_back: str = Field(default="", exclude=True)
    """Command that makes a retired passage current again."""
    """Why it is not current, and counts nowhere; None for a current passage."""
    people: tuple[PersonOnPassage, ...]
    imported: tuple[ImportedOnPassage, ...]
    settled: dict[str, AdjudicatedCode]
    left_out: dict[str, str]
    """Code that the latest run suggested with no quote found in the source → why it was not asked again:
    `cap` or
    `given_up`; empty if it was asked and found no better words."""
    flags: tuple[str, ...]
    memos: tuple[MemoOnPassage, ...]
    suggestions: tuple[CardSuggestion, ...]
    """All suggestions of the latest run, decided upon or not."""
    auto_accepted: tuple[AcceptedOnPassage, ...] | None = Field(default=None, exclude_if=absent)
    """Codes accepted under a certificate, which no person decided; absent if there is none."""
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


@reads_once
def shown_passage(study: Study, passage_id: str) -> ShownPassage:
    """Return all people's codes, and all suggestions of the latest run. Raises UnknownPassage."""
    passage = found_passage(study, passage_id)
    passage_id = passage.id
    document = study.store.documents.get(passage.document)
    assert document is not None
    assignments = study.store.reviews.assignments(passage=passage_id)
    decisions = study.store.reviews.decisions(passage=passage_id)
    standings = fold_all(assignments, decisions)
    marks = text_marks(study, decisions)
    found = selection(Purpose.FINDINGS, history_of(study, assignments), meanings_of(study))
    counting = {
        (each.rater, code): answer.id
        for each in found.counted
        if each.passage == passage_id
        for code, answer in each.answers.items()
    }
    settled = _settled(study, passage, found)
    in_view = suggestions_in_view(study, {passage_id: passage})
    suggested = undecided(in_view, [])
    known = probabilities_of(study, in_view)
    setting = setting_of(document, passage)
    rulings = [
        (one.code, AdjudicatedCode(attributes=dict(one.attributes), notes=one.notes)) for one in settled
    ]
    return ShownPassage(
        **dict(place_of(passage, setting)),
        text_version=passage.version,
        retired=retired(study, passage) or None,
        way_back=way_back([passage.document], corrected_away(study, [passage])),
        people=tuple(_person(standing, counting, found.rulings, marks) for standing in standings),
        imported=_imported(study, passage_id),
        settled=dict(rulings),
        left_out=_left_out(study, passage_id),
        flags=flags_of(study, standings, [passage_id]).get(passage_id, ()),
        memos=tuple(
            MemoOnPassage(by=memo.last.by, text=memo.last.text)
            for memo in memos_of(study, About(passage=passage_id))
        ),
        suggestions=tuple(_suggestion(one, passage.start, known.get(one.suggestion)) for one in suggested),
        auto_accepted=tuple(
            AcceptedOnPassage(
                code=each.acceptance.code,
                certificate=each.certificate.name,
                at=each.acceptance.at,
                state=(each.reason or Reason.AUTO_ACCEPTED).value,
            )
            for each in accepted_codings(study)
            if each.acceptance.passage == passage_id
        )
        or None,
        title=document.title or document.slug,
        kind=document.kind,
        time=passage.time,
        text_with_others=passage.text_with_others,
        cut=setting.cut,
        consensus_by=settled[0].by if settled else "",
        consensus=tuple(rulings),
    )


def _imported(study: Study, passage: str) -> tuple[ImportedOnPassage, ...]:
    """Return what imported raters gave, models among them."""
    found = [
        each
        for each in imported_ratings(study)
        if each.unit == passage and each.code and each.value in (1, None)
    ]
    if not found:
        return ()
    kept_out = {
        (each.unit, each.rater, each.round, each.code) for each, _ in imported_left_out(study, Combine.ANY)
    }
    return tuple(
        ImportedOnPassage(
            rater=rater,
            kind=kind,
            round=round_name,
            codes={
                each.code: {name: tuple(value.split(SEVERAL)) for name, value in each.attributes.items()}
                for each in own
            },
            counts=tuple(
                each.code
                for each in own
                if kind is not RaterKind.MODEL
                and (each.unit, each.rater, each.round, each.code) not in kept_out
            ),
        )
        for (rater, kind, round_name), own in _by_rater(found).items()
    )


def _by_rater(ratings: Sequence[Rating]) -> dict[tuple[str, RaterKind, str], list[Rating]]:
    found: dict[tuple[str, RaterKind, str], list[Rating]] = {}
    for each in ratings:
        found.setdefault((each.rater, each.kind, each.round), []).append(each)
    return found


def _settled(study: Study, passage: Passage, found: Selection) -> list[Coding]:
    """Return the rulings that a code applies, and codes that all gave where a round was settled."""
    agreed = consensus(study, passage.id)
    ruled = [
        coding_of_ruling(each, free_name(study))
        for (unit, _), each in found.rulings.items()
        if unit == passage.id and each.ruling is Ruling.YES
    ]
    others = codings_of_consensus(agreed.ratings, {passage.id: passage.start}, agreed.notes)
    return [*ruled, *(one for one in others if (passage.id, one.code) not in found.rulings)]


def _person(
    standing: ReadingState,
    counting: Mapping[tuple[str, str], str],
    rulings: Container[tuple[str, str]],
    marks: Mapping[str, TextMark],
) -> PersonOnPassage:
    assignment = standing.assignment
    coded = standing.coded
    marked = {code: marks[each.id] for code, each in coded.items() if each.id in marks}
    return PersonOnPassage(
        reviewer=assignment.reviewer,
        arm=assignment.arm,
        round=assignment.round,
        state=stage_of(standing),
        codes={code: dict(answer.attributes) for code, answer in coded.items()},
        counts=tuple(
            code
            for code, answer in coded.items()
            if counting.get((assignment.reviewer, code)) == answer.id
            and (assignment.passage, code) not in rulings
        ),
        notes=(*standing.first.notes, *standing.second.notes),
        corrected_since=tuple(code for code, mark in marked.items() if mark.corrected),
        to_confirm=tuple(code for code, mark in marked.items() if mark.to_confirm),
    )


def _suggestion(one: Coding, offset: int, probability: float | None) -> CardSuggestion:
    return CardSuggestion(
        code=one.code,
        by=one.by,
        reason=one.reason,
        attributes=dict(one.attributes),
        spans=tuple((start - offset, end - offset) for start, end in one.spans),
        quote_status=one.quote_status,
        probability=probability,
    )


def _left_out(study: Study, passage: str) -> dict[str, str]:
    """Return code → why its quotes were not asked for again, of the codes that the latest run left out."""
    found: dict[str, str] = {}
    for run in latest_runs(study, [passage]).values():
        for outcome in study.store.runs.outcomes(run, passages=[passage]):
            found |= {flag.code: "" for flag in outcome.flagged(FlagKind.QUOTE_REJECTED)}
            found |= {flag.code: flag.detail for flag in outcome.flagged(FlagKind.UNREPAIRED)}
    return found
