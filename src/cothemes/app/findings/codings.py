"""Codings as a researcher looks them up: what is coded, by whom, on which words. Not a reviewer's view: all
of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial

from pydantic import Field

from cothemes.app.auto_accepted import accepted_codings, holding
from cothemes.app.coding_codebook import drafts_in_view
from cothemes.app.corrected_texts import TextMark, text_marks, texts_as_read, with_sources_checked
from cothemes.app.findings.passage_filter import QueryOutcome, codes_named, passage_filter
from cothemes.app.findings.words_read import WordsRead, words_of, words_read
from cothemes.app.imported_findings import combined_findings, imported_findings
from cothemes.app.ratings import (
    code_changes,
    every_history,
    free_name,
    imported_ratings,
    meanings_of,
    reads_once,
    selected,
)
from cothemes.app.review.consensus import consensus
from cothemes.app.review.left_out import left_out_of
from cothemes.app.review.remarks import remarks_on
from cothemes.app.review.review import latest_runs
from cothemes.app.runs.probabilities import probabilities_of
from cothemes.app.study import Study
from cothemes.errors import UnknownCode, UsageError
from cothemes.records.adjudication import Ruling
from cothemes.records.combine import Combine
from cothemes.records.document import Document, Kind
from cothemes.records.left_out import LeftOut, Reason
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind
from cothemes.records.record import Listing, Moment, Record, absent
from cothemes.records.review import Arm, Decision
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.card import presentable
from cothemes.stages.review.codings import (
    Coding,
    Spans,
    Status,
    coding_of,
    coding_of_accepted,
    coding_of_rating,
    coding_of_ruling,
    codings_of_consensus,
    undecided,
)
from cothemes.stages.review.field_names import ATTRIBUTE, META, full_name
from cothemes.stages.review.reading_state import CODED, ReadingState, fold_all
from cothemes.stages.review.selection import Counted, Purpose, Selection

GROUP = f"{META}group"
"""The column of the metadata that `--group` reads."""
_LISTED = (
    Reason.NOT_DONE, Reason.EARLIER_MEANING, Reason.RETIRED_CODE, Reason.SPLIT_CODE, Reason.DRAFT,
    Reason.RETIRED_PASSAGE,
)  # fmt: skip
"""Why a coding that does not count is listed all the same; of an earlier cut, only its number."""


@dataclass(frozen=True)
class CodingFilter:
    """Which codings are asked for; what is empty holds nothing back."""

    codes: Sequence[str] = ()
    """Ids of codes, or of themes for all of their codes."""
    kinds: Sequence[Kind] = ()
    statuses: Sequence[Status] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    """A field of the coding, an attribute, or a column of the documents' metadata → its value. A name that
    two of them have is written in full: `passage.role`, `meta.role`."""
    combine: Combine = Combine.ANY
    """How the answers of several people count as one."""
    as_coded: bool = False
    """Quote the text that was read, where it was corrected since."""
    retired: bool = False
    """Codings of codes that the codebook does not hold now, and no others."""
    query: str = ""
    """Which passages are asked for; see stages/review/passage_query.py."""


@dataclass(frozen=True)
class Found:
    """A coding in its place."""

    coding: Coding
    passage: Passage
    document: Document
    current_wording: bool
    """Whether the code still means what was decided on; a suggestion says nothing of it."""
    upheld: bool | None = None
    """Of a person's code: whether it stands after adjudication; None where nothing was settled."""
    outvoted: bool = False
    """Of a person's code: whether too few readers gave it by the rule that was asked for."""
    closed: bool = True
    """Of a person's code: whether its reading was closed, so that tables count it."""
    flags: tuple[str, ...] = ()
    """What a coder noticed of the passage, what is open about a suggestion, who wants a second look."""
    corrected_since: bool = False
    """Whether the passage had another text when it was coded."""
    to_confirm: bool = False
    """Of a person's code: whether the text changed in substance, and it was not confirmed since."""
    fate: str = ""
    """Of a code that the codebook does not hold: what became of it."""
    widened: bool = False
    """Whether it is to confirm because its code was merged into a wider one, and not for its text."""
    probability: float | None = None
    """Of a suggestion: the probability that a person gives the code, where its coder is calibrated."""

    @property
    def counts(self) -> bool:
        """Whether a person's code is counted. Under an earlier meaning of its code, ruled otherwise or
        outvoted, it is listed only."""
        return self.current_wording and self.upheld is not False and not self.outvoted

    @property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """What `where` can ask for, by full name: each name says what it is a field of."""
        own = {
            "passage.document": self.document.slug,
            "passage.speaker": self.passage.speaker,
            "passage.role": self.passage.role.value,
            "coding.by": self.coding.by,
            "coding.round": self.coding.round,
            "coding.arm": self.coding.arm.value if self.coding.arm else "",
        }
        return (
            {f"{META}{name}": (value,) for name, value in self.document.metadata.items()}
            | {f"{ATTRIBUTE}{name}": values for name, values in self.coding.attributes.items()}
            | {name: (value,) for name, value in own.items()}
        )


@dataclass(frozen=True)
class Retrieved:
    """People's codings, and apart from them what was settled and what no person has decided. Their numbers
    are never added."""

    decided: tuple[Found, ...]
    settled: tuple[Found, ...]
    """By consensus, of rounds in which something was settled. Only rulings count; what all readers gave
    counts as theirs."""
    suggested: tuple[Found, ...]
    elsewhere: int
    """Codings by people on passages of an earlier cut of their document."""
    left_out: tuple[LeftOut, ...] = ()
    """What people decided and is not counted, by reason."""
    query: QueryOutcome | None = None
    accepted: tuple[Found, ...] | None = None
    """Accepted under a certificate and read by nobody; None where nothing ever was."""


class CodingEntry(Record):
    """One code on one passage by one person or coder."""

    passage: str
    document: str
    kind: Kind
    speaker: str
    code: str
    by: str
    status: Status
    done: bool
    """Whether the person has finished the passage; False for a suggestion."""
    arm: Arm | None
    round: str | None
    attributes: dict[str, tuple[str, ...]]
    spans: tuple[tuple[int, int], ...]
    """Half-open code points of the passage's text: what was marked, or the evidence that was accepted."""
    quote_status: str | None
    """How well the suggestion's quotes fit the source, the worst of them."""
    probability: float | None = None
    """Of a suggestion: the probability that a person gives the code; None where its coder is not
    calibrated."""
    reason: str | None
    notes: tuple[str, ...]
    at: Moment | None
    """When a person decided."""
    upheld: bool | None
    """Whether a person's code remains after adjudication; None if nothing was adjudicated."""
    flags: tuple[str, ...]
    current_wording: bool
    """Whether the code still means what was decided on; else the coding is listed, not counted."""
    ruled: bool | None = Field(default=None, exclude_if=absent)
    """Of a settled code: True if it was ruled on, False if all readers gave it and it counts as theirs."""
    copied_from: str | None = Field(default=None, exclude_if=absent)
    """The passage that the person read, where they copied the decision from it."""
    outvoted: bool = Field(default=False, exclude=True)
    counts: bool = Field(default=False, exclude=True)
    fate: str = Field(default="", exclude=True)
    """Of a code that the codebook does not hold: what became of it."""
    widened: bool = Field(default=False, exclude=True)
    """Whether it is to confirm because its code was merged into a wider one, and not for its text."""
    text_version: str
    """Version of the document that was read; empty if it is not on record."""
    corrected_since: bool
    """Whether the passage had another text when it was coded."""
    to_confirm: bool
    """Whether the text changed in substance, and the person has not confirmed the code since."""


class CodingCounts(Record):
    """Numbers of codings."""

    decided: int
    """Codings by people that count; those of readings that are not closed are among them."""
    not_done: int
    """Of these, codings of readings that are not closed: no table counts them yet."""
    settled: int
    """Rulings of the consensus that a code applies."""
    suggested: int
    under_an_earlier_wording: int
    copied: int | None = Field(default=None, exclude_if=absent)
    """Of those decided, codings that people copied between passages that say nearly the same; absent if there
    is none."""
    auto_accepted: int | None = Field(default=None, exclude_if=absent)
    """Codings accepted under a certificate that nobody has read; absent if nothing ever was. They are in no
    other number."""


class CodingList(Record):
    """People's codings, and apart from them what was adjudicated and what no person has decided."""

    counts: CodingCounts
    decided: tuple[CodingEntry, ...]
    settled: tuple[CodingEntry, ...]
    suggested: tuple[CodingEntry, ...]
    on_an_earlier_cut: int
    """Codings by people on passages of an earlier cut of their document."""
    purpose: Purpose = Purpose.FINDINGS
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    """The passages that were asked for; absent if no query was given."""
    auto_accepted: tuple[CodingEntry, ...] | None = Field(default=None, exclude_if=absent)
    """Accepted under a certificate (`by`) and read by nobody; absent if nothing ever was."""


class FullCoding(CodingEntry):
    """A coding with the words of its passage."""

    text: str
    headings: tuple[str, ...] = Field(default=(), exclude=True)
    time: str = Field(default="", exclude=True)


class CodingSequence(Listing[FullCoding]):
    """People's codings in the order in which they were decided."""


def coding_list(study: Study, wanted: CodingFilter) -> CodingList:
    """Return the codings that are asked for. Raises UnknownCode, UsageError."""
    found = retrieve(study, wanted)
    return CodingList(
        counts=CodingCounts(
            decided=sum(one.counts for one in found.decided),
            not_done=sum(one.counts and not one.closed for one in found.decided),
            settled=sum(one.coding.ruled for one in found.settled),
            suggested=len(found.suggested),
            under_an_earlier_wording=sum(not one.current_wording for one in found.decided),
            copied=sum(one.counts and bool(one.coding.copied_from) for one in found.decided) or None,
            auto_accepted=None if found.accepted is None else len(found.accepted),
        ),
        decided=tuple(map(_entry, found.decided)),
        settled=tuple(map(_entry, found.settled)),
        suggested=tuple(map(_entry, found.suggested)),
        on_an_earlier_cut=found.elsewhere,
        combined_by=wanted.combine,
        left_out=found.left_out,
        query=found.query,
        auto_accepted=None if found.accepted is None else tuple(map(_entry, found.accepted)),
    )


def coding_sequence(study: Study, wanted: CodingFilter, *, hide_names: bool = False) -> CodingSequence:
    """Return people's codings with their passages, the earliest first. With names hidden, people are numbered
    by
    their first decision. Raises UnknownCode, UsageError."""
    decided = retrieve(study, wanted).decided
    ordered = sorted(decided, key=lambda one: (one.coding.at is None, str(one.coding.at), one.passage.id))
    number = {name: f"coder {n}" for n, name in enumerate(dict.fromkeys(o.coding.by for o in ordered), 1)}
    return CodingSequence(
        tuple(
            FullCoding(
                **{
                    **dict(_entry(one)),
                    "by": number[one.coding.by] if hide_names else one.coding.by,
                    "text": one.passage.text,
                    "headings": one.passage.headings,
                    "time": one.passage.time,
                }
            )
            for one in ordered
        )
    )


def _entry(one: Found) -> CodingEntry:
    coding, offset = one.coding, one.passage.start
    return CodingEntry(
        passage=one.passage.id,
        document=one.document.slug,
        kind=one.document.kind,
        speaker=one.passage.speaker,
        code=coding.code,
        by=coding.by,
        status=coding.status,
        done=coding.done,
        arm=coding.arm,
        round=coding.round or None,
        attributes=dict(coding.attributes),
        spans=tuple((start - offset, end - offset) for start, end in coding.spans),
        quote_status=coding.quote_status,
        probability=one.probability,
        reason=coding.reason or None,
        notes=coding.notes,
        at=coding.at,
        upheld=one.upheld,
        ruled=coding.ruled if coding.status is Status.SETTLED else None,
        copied_from=coding.copied_from or None,
        flags=one.flags,
        current_wording=one.current_wording,
        outvoted=one.outvoted,
        counts=one.counts,
        text_version=coding.text_version,
        corrected_since=one.corrected_since,
        to_confirm=one.to_confirm,
        fate=one.fate,
        widened=one.widened,
    )


@reads_once
def retrieve(study: Study, wanted: CodingFilter) -> Retrieved:
    """Codings in document order, then the codebook's. Raises UnknownCode, UsageError."""
    shelf = _Shelf(study)
    codes = set(wanted.codes) if wanted.retired else _codes_named(study, wanted.codes)
    history = every_history(study)
    standings = fold_all(history.assignments, history.decisions)
    suggestions = suggestions_in_view(study, shelf.passages, as_coded=wanted.as_coded)
    chosen = selected(study, Purpose.FINDINGS)
    people, listed = _of_people(study, chosen, standings, as_coded=wanted.as_coded, retired=wanted.retired)
    agreed = _of_consensus(study, chosen, shelf.passages)
    came = [_Said(one) for one in imported_codings(study, shelf.passages)]
    people += [one for one in came if one.coding.status is Status.IMPORTED]
    agreed += [one for one in came if one.coding.status is Status.SETTLED]
    shelf.note(standings, chosen, agreed, wanted.combine)
    shelf.note_texts(history.decisions, suggestions)
    decided = shelf.found(people)
    settled = shelf.found(agreed)
    as_read = words_read(study) if wanted.as_coded else {}
    suggested = shelf.found(
        [
            *(_Said(one, read=as_read.get(one.suggestion)) for one in undecided(suggestions, standings)),
            *(one for one in came if one.coding.status is Status.SUGGESTED),
        ]
    )
    known = probabilities_of(study, suggestions)
    suggested = [replace(one, probability=known.get(one.coding.suggestion)) for one in suggested]
    accepted = shelf.found(
        [_Said(coding_of_accepted(each.acceptance, each.by, each.suggestion)) for each in holding(study)]
    )
    places = {(one.coding.passage, one.coding.code) for one in accepted}
    suggested = [one for one in suggested if (one.coding.passage, one.coding.code) not in places]
    where = _full_names(study, wanted.where, [*decided, *settled, *suggested, *accepted])
    within = passage_filter(study, wanted.query, wanted.combine) if wanted.query else None

    def fits(found: Found) -> bool:
        return (
            (within is None or found.passage.id in within)
            and (not codes or found.coding.code in codes)
            and not (
                wanted.retired
                and (found.coding.code in study.codebook.by_id or found.fate == Reason.DRAFT.value)
            )
            and (not wanted.kinds or found.document.kind in wanted.kinds)
            and (not wanted.statuses or found.coding.status in wanted.statuses)
            and all(
                value.casefold() in (v.casefold() for v in found.fields.get(name, ()))
                for name, value in where.items()
            )
        )

    return Retrieved(
        decided=tuple(filter(fits, decided)),
        settled=tuple(filter(fits, settled)),
        suggested=tuple(filter(fits, suggested)),
        elsewhere=len(people) - len(decided),
        left_out=left_out_of(
            study, codes=codes, listed=listed, suggestions=True, combine=wanted.combine
        ).entries,
        query=within.outcome if within else None,
        accepted=tuple(filter(fits, accepted)) if accepted_codings(study) else None,
    )


def _codes_named(study: Study, words: Sequence[str]) -> set[str]:
    """Raise UnknownCode with the way to quote a code that was retired, merged or split."""
    try:
        return codes_named(study, words, drafts_in_view(study))
    except UnknownCode as error:
        used = {each.code for each in every_history(study).decisions}
        used |= {each.code for each in study.store.settlements.all()}
        gone = [word for word in words if word in used and word not in study.codebook.by_id]
        if not gone:
            raise
        raise error.reworded(
            message=f"{gone[0]} is not in the codebook now: it was retired, merged or split",
            hint=f"cothemes quotes --code {gone[0]} --state all, "
            f"or cothemes codings --retired --code {gone[0]}",
        ) from None


@dataclass(frozen=True)
class _Said:
    """A coding before it is put in its place."""

    coding: Coding
    holds: bool = True
    """Whether its code has the present meaning."""
    closed: bool = True
    to_confirm: bool = False
    """Whether a person has to confirm it, since its code is wider than what was decided on."""
    read: WordsRead | None = None
    """The earlier text on which it is shown; None: the present one."""
    fate: str = ""
    """Of a code that the codebook does not hold: what became of it."""
    parts: tuple[str, ...] = ()
    """Ids of the decisions that a merged code rests on."""


def _of_people(
    study: Study,
    found: Selection,
    standings: Sequence[ReadingState],
    *,
    as_coded: bool = False,
    retired: bool = False,
) -> tuple[list[_Said], dict[str, bool]]:
    """Return people's codings, and decision → whether it has the present meaning, of those that are listed
    before their reading is closed.

    Listed too, and not counted, is what was decided under an earlier meaning; with `retired`, also what
    counts for the code that it was merged into.
    """
    evidence = evidence_spans(study)
    as_read = words_read(study) if as_coded else {}
    made = {decision.id: decision for decision in every_history(study).decisions}
    done = {(s.assignment.reviewer, s.assignment.passage, s.assignment.round): s.done for s in standings}
    meanings = meanings_of(study)
    origins = study.store.copied_decisions.origins()

    def coding(answer: Decision) -> Coding:
        place = (answer.reviewer, answer.passage, answer.round)
        one = coding_of(answer, evidence, done=done.get(place, False))
        read = as_read.get(answer.id)
        if answer.id in origins:
            one = replace(one, copied_from=origins[answer.id])
        return replace(one, spans=read.spans) if read else one

    def counted(each: Counted, code: str, answer: Decision) -> _Said:
        one, read = coding(answer), words_of(each, code, as_read)
        support = [part for part in each.support.get(code, ()) if part.action in CODED]
        under = [coding(part).spans for part in support if part.id not in as_read]
        spans = read.spans if read else tuple(dict.fromkeys(span for spans in under for span in spans))
        unsure = code in each.derived and code in each.to_confirm
        parts = tuple(part.id for part in each.support.get(code, ()))
        kept = replace(one, spans=spans) if spans else one
        return _Said(kept, to_confirm=unsure, read=read, parts=parts)

    said = [
        counted(each, code, answer)
        for each in found.counted
        for code, answer in each.answers.items()
        if answer.action in CODED
    ]
    fates = cache(partial(_fate, study))
    there = {(one.coding.passage, one.coding.by, one.coding.code) for one in said}
    listed = {}
    for row in reversed(found.dropped):
        if row.reason not in _LISTED or row.decision not in made:
            continue
        answer, place = made[row.decision], (row.passage, row.by, row.code)
        if answer.action not in CODED or place in there:
            continue
        there.add(place)
        closed = row.reason is not Reason.NOT_DONE
        holds = meanings.has(row.code) and meanings.stands(
            row.code, answer.code_hash, answer.codebook_hash, strict=False
        )
        said.append(_Said(coding(answer), holds, closed, read=as_read.get(answer.id), fate=fates(row.code)))
        if not closed:
            listed[row.decision] = holds
    if retired:
        for each in found.counted:
            for parts in each.support.values():
                for part in parts:
                    place = (part.passage, part.reviewer, str(part.code))
                    if part.action in CODED and part.code not in study.codebook.by_id and place not in there:
                        there.add(place)
                        said.append(_Said(coding(part), holds=False, fate=fates(str(part.code))))
    return said, listed


def _fate(study: Study, code: str) -> str:
    """Return what became of a code that the codebook does not hold; empty for one that it holds."""
    if code in study.codebook.by_id:
        return ""
    if code in drafts_in_view(study):
        return Reason.DRAFT.value
    for change in code_changes(study):
        if code in change.parts:
            return f"merged into {change.into[0]}" if change.merges else Reason.SPLIT_CODE.value
    return Reason.RETIRED_CODE.value


def _of_consensus(study: Study, found: Selection, passages: Mapping[str, Passage]) -> list[_Said]:
    """Return the rulings that a code applies, and codes that all readers gave where a round was settled."""
    agreed = consensus(study)
    rater = free_name(study)
    starts = {passage.id: passage.start for passage in passages.values()}
    ruled = [coding_of_ruling(each, rater) for each in found.rulings.values() if each.ruling is Ruling.YES]
    others = codings_of_consensus(agreed.ratings, starts, agreed.notes)
    unruled = {(one.passage, one.code): one for one in others if (one.passage, one.code) not in found.rulings}
    return [_Said(one) for one in (*ruled, *unruled.values())]


def imported_codings(study: Study, passages: Mapping[str, Passage]) -> list[Coding]:
    """Return the imported codes that findings count, and apart by their status those of models."""
    found = [*imported_findings(study), *(r for r in imported_ratings(study) if r.kind is RaterKind.MODEL)]
    decided = combined_findings(study, Combine.ANY)
    return [
        coding_of_rating(each, passages[each.unit].start)
        for each in found
        if each.code
        and each.value in (1, None)
        and each.unit in passages
        and not (each.kind is RaterKind.MODEL and each.code in decided.get(each.unit, {}))
        # A ruling of the study goes before an imported consensus, which is listed as left out.
        and not (each.kind is RaterKind.CONSENSUS and not decided.get(each.unit, {}).get(each.code, 1))
    ]


class _Shelf:
    """Where passages and documents are looked up, and in which order codings stand."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self.passages = {passage.id: passage for passage in study.store.passages.all()}
        self._documents = {document.slug: document for document in study.store.documents.all()}
        self._flags: dict[str, tuple[str, ...]] = {}
        self._upheld: dict[tuple[str, str], bool] = {}
        self._ruled: Collection[tuple[str, str]] = ()
        self._combined: Mapping[str, Mapping[str, int]] = {}
        self._marks: Mapping[str, TextMark] = {}
        self._earlier: Mapping[tuple[str, str], Passage] = {}

    def note(
        self,
        standings: Sequence[ReadingState],
        found: Selection,
        settled: Sequence[_Said],
        by: Combine,
    ) -> None:
        """What codings will be held against: flags of passages, what was settled, and the rule."""
        self._flags = flags_of(self._study, standings, self.passages)
        self._upheld = {(one.coding.passage, one.coding.code): True for one in settled}
        self._upheld |= {place: ruling.ruling is Ruling.YES for place, ruling in found.rulings.items()}
        self._ruled = found.rulings.keys()
        self._combined = combined_findings(self._study, by)
        for each in imported_findings(self._study):
            if each.kind is RaterKind.CONSENSUS:
                value = self._combined.get(each.unit, {}).get(each.code)
                self._upheld[each.unit, each.code] = value == 1

    def note_texts(self, decisions: Sequence[Decision], suggestions: Sequence[Suggestion]) -> None:
        """Note which codings were made on another text."""
        self._marks = text_marks(self._study, decisions)
        read = {(each.passage, each.text_version) for each in decisions}
        read |= {(each.passage, each.text_version) for each in suggestions}
        self._earlier = texts_as_read(self._study, read)

    @cached_property
    def _order(self) -> dict[str, int]:
        return {code.id: index for index, code in enumerate(self._study.codebook.codes)}

    def found(self, codings: Sequence[_Said]) -> list[Found]:
        """Those on current passages, in their places."""
        placed = []
        for each in codings:
            coding = each.coding
            if coding.passage not in self.passages:
                continue
            given = coding.status in (Status.ACCEPTED, Status.ADDED, Status.IMPORTED)
            value = self._combined.get(coding.passage, {}).get(coding.code)
            place = (coding.passage, coding.code)
            upheld = self._upheld.get(place) if given else None
            by_text = any(
                self._marks[name].to_confirm for name in (coding.decision, *each.parts) if name in self._marks
            )
            placed.append(
                Found(
                    coding=coding,
                    passage=each.read.passage if each.read else self.passages[coding.passage],
                    document=self._documents[self.passages[coding.passage].document],
                    current_wording=each.holds,
                    closed=each.closed,
                    upheld=upheld,
                    outvoted=given and each.holds and each.closed and place not in self._ruled and value == 0,
                    flags=(*self._flags.get(coding.passage, ()), *coding.flags),
                    corrected_since=(coding.passage, coding.text_version) in self._earlier,
                    fate=each.fate,
                    to_confirm=each.to_confirm or by_text,
                    widened=each.to_confirm and not by_text,
                )
            )
        last = len(self._order)
        return sorted(
            placed,
            key=lambda f: (
                f.document.slug,
                f.passage.position,
                self._order.get(f.coding.code, last),
                f.coding.by,
            ),
        )


def _full_names(study: Study, where: Mapping[str, str], found: Sequence[Found]) -> dict[str, str]:
    """Full name of each field asked for → the value. Raises UsageError for one that nothing has, or that
    means two things."""
    metadata = {name for document in study.store.documents.heads() for name in document.metadata}
    attributes = {attribute.name for attribute in study.codebook.attributes}
    attributes |= {name for one in found for name in one.coding.attributes}
    known = {name for one in found for name in one.fields}
    known |= {f"{META}{name}" for name in metadata} | {f"{ATTRIBUTE}{name}" for name in attributes}
    full = {full_name(name, metadata, attributes, value): value for name, value in where.items()}
    for name in full:
        if found and name not in known:
            raise UsageError(
                f"nothing here has a field {name!r}", hint=f"Fields: {', '.join(sorted(known))}."
            )
    return full


def suggestions_in_view(
    study: Study, passages: Mapping[str, Passage], *, as_coded: bool = False
) -> list[Suggestion]:
    """Return the suggestions of the latest run that coded each passage, as people may see them."""
    runs = latest_runs(study, passages)
    found = study.store.runs.suggestions(passages=passages, as_coded=as_coded)
    shown = presentable((s for s in found if runs.get(s.passage) == s.run), study.codebook)
    return list(shown) if as_coded else with_sources_checked(study, shown, passages)


def flags_of(
    study: Study, standings: Sequence[ReadingState], passages: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return passage → what the latest run noticed, and who flagged it."""
    found = remarks_on(study, latest_runs(study, passages), passages)
    for standing in standings:
        if standing.flag is not None:
            passage = standing.assignment.passage
            found[passage] = (*found.get(passage, ()), f"flagged by {standing.assignment.reviewer}")
    return found


def evidence_spans(
    study: Study, passages: Sequence[str] | None = None, *, as_coded: bool = False
) -> dict[str, Spans]:
    """Return suggestion → half-open code points of its evidence in the document."""
    return {
        suggestion.id: tuple((evidence.start, evidence.end) for evidence in suggestion.evidence)
        for suggestion in study.store.runs.suggestions(passages=passages, as_coded=as_coded)
    }
