"""What a researcher looks up: what is coded, by whom, on which words. Not a reviewer's view: it shows all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cothemes.app.corpus.passages import found_passage, retired
from cothemes.app.ratings import same_wordings
from cothemes.app.review.consensus import Consensus, consensus
from cothemes.app.review.left_out import left_out_of
from cothemes.app.review.memos import About, memos_of
from cothemes.app.review.remarks import remarks_on
from cothemes.app.review.review import latest_runs
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.document import Document, Kind
from cothemes.records.left_out import LeftOut
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.passage import Passage
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.card import presentable
from cothemes.stages.review.codings import (
    Coding,
    Spans,
    Status,
    codings_of_consensus,
    codings_of_people,
    undecided,
)
from cothemes.stages.review.context import Setting, setting_of
from cothemes.stages.review.field_names import ATTRIBUTE, META, full_name
from cothemes.stages.review.memos import Kept
from cothemes.stages.review.reading_state import ReadingState, fold_all
from cothemes.stages.review.session import unknown_code

GROUP = f"{META}group"
"""The column of the metadata that `--group` reads."""


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


@dataclass(frozen=True)
class Found:
    """A coding in its place."""

    coding: Coding
    passage: Passage
    document: Document
    current_wording: bool
    """Whether the code still has the text that was decided on; a suggestion says nothing of it."""
    upheld: bool | None = None
    """Of a person's code: whether it stands after adjudication; None where nothing was settled."""
    flags: tuple[str, ...] = ()
    """What a coder noticed of the passage, what is open about a suggestion, who wants a second look."""

    @property
    def counts(self) -> bool:
        """Whether a person's code is counted: under an earlier meaning of its code it is listed only."""
        return self.current_wording

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
    """By consensus, of rounds in which something was settled."""
    suggested: tuple[Found, ...]
    elsewhere: int
    """Codings by people on passages of an earlier cut of their document."""
    left_out: tuple[LeftOut, ...] = ()
    """What people decided and is not counted, by reason."""


@dataclass(frozen=True)
class Shown:
    """One passage with everything that was said of it."""

    passage: Passage
    document: Document
    setting: Setting
    standings: tuple[ReadingState, ...]
    decided: tuple[Coding, ...]
    suggested: tuple[Coding, ...]
    """All suggestions of the latest run, decided upon or not."""
    settled: tuple[Coding, ...]
    """By consensus."""
    left_out: dict[str, str]
    """Code the latest run proposed with no quote that stands → why nobody was asked about it once more: `cap`
    or `given_up`; empty where it was asked about, and no better words came."""
    flags: tuple[str, ...]
    memos: tuple[Kept, ...]
    retired: str = ""
    """Why it is not current, and counts nowhere; empty for a current passage."""


def retrieve(study: Study, wanted: CodingFilter) -> Retrieved:
    """Codings in document order, then the codebook's. Raises UnknownCode, UsageError."""
    shelf = _Shelf(study)
    codes = codes_named(study, wanted.codes)
    assignments = study.store.reviews.assignments()
    standings = fold_all(assignments, study.store.reviews.decisions())
    suggestions = _suggestions(study, shelf.passages)
    people = codings_of_people(standings, _evidence(study))
    agreed = consensus(study)
    shelf.note(standings, agreed)
    starts = {passage.id: passage.start for passage in shelf.passages.values()}
    decided = shelf.found(people)
    settled = shelf.found(codings_of_consensus(agreed.ratings, starts, agreed.notes))
    suggested = shelf.found(undecided(suggestions, standings))
    where = _full_names(study, wanted.where, [*decided, *settled, *suggested])

    def fits(found: Found) -> bool:
        return (
            (not codes or found.coding.code in codes)
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
        left_out=left_out_of(study, codes=codes, unfinished=True, suggestions=True).entries,
    )


def show(study: Study, passage_id: str) -> Shown:
    """The researcher's view of one passage: all people's codes, all suggestions of the latest run."""
    passage = found_passage(study, passage_id)
    document = study.store.documents.get(passage.document)
    assert document is not None
    assignments = study.store.reviews.assignments(passage=passage_id)
    standings = fold_all(assignments, study.store.reviews.decisions(passage=passage_id))
    suggestions = _suggestions(study, {passage_id: passage})
    agreed = consensus(study, passage_id)
    return Shown(
        passage=passage,
        document=document,
        setting=setting_of(document, passage),
        standings=tuple(standings),
        decided=tuple(codings_of_people(standings, _evidence(study, [passage_id]))),
        suggested=tuple(undecided(suggestions, [])),
        settled=tuple(codings_of_consensus(agreed.ratings, {passage_id: passage.start}, agreed.notes)),
        left_out=_left_out(study, passage_id),
        flags=_flags(study, standings, [passage_id]).get(passage_id, ()),
        memos=tuple(memos_of(study, About(passage=passage_id))),
        retired=retired(study, passage),
    )


class _Shelf:
    """Where passages and documents are looked up, and in which order codings stand."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self.passages = {passage.id: passage for passage in study.store.passages.all()}
        self._documents = {document.slug: document for document in study.store.documents.all()}
        self._flags: dict[str, tuple[str, ...]] = {}
        self._upheld: dict[tuple[str, str, str], bool] = {}
        self._same = same_wordings(study)

    def note(self, standings: Sequence[ReadingState], agreed: Consensus) -> None:
        """What codings will be held against: flags of passages, and what was settled."""
        self._flags = _flags(self._study, standings, self.passages)
        self._upheld = {(r.unit, r.round, r.code): r.value == 1 for r in agreed.ratings}

    @cached_property
    def _order(self) -> dict[str, int]:
        return {code.id: index for index, code in enumerate(self._study.codebook.codes)}

    def found(self, codings: Sequence[Coding]) -> list[Found]:
        """Those on current passages, in their places."""
        by_id = self._study.codebook.by_id
        placed = [
            Found(
                coding=coding,
                passage=self.passages[coding.passage],
                document=self._documents[self.passages[coding.passage].document],
                current_wording=coding.code_hash is None
                or (coding.code in by_id and by_id[coding.code].text_hash == coding.code_hash)
                or coding.code_hash in self._same.get(coding.code, ()),
                upheld=self._upheld.get((coding.passage, coding.round, coding.code))
                if coding.status in (Status.ACCEPTED, Status.ADDED)
                else None,
                flags=(*self._flags.get(coding.passage, ()), *coding.flags),
            )
            for coding in codings
            if coding.passage in self.passages
        ]
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


def codes_named(study: Study, words: Sequence[str]) -> set[str]:
    """Ids of codes, and for a theme all of its codes. Raises UnknownCode."""
    codes: set[str] = set()
    for word in words:
        members = {code.id for code in study.codebook.codes if code.theme == word}
        if word not in study.codebook.by_id and not members:
            raise unknown_code(study.codebook, word)
        codes |= members or {word}
    return codes


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


def _suggestions(study: Study, passages: Mapping[str, Passage]) -> list[Suggestion]:
    """Of the latest run that coded each passage, as people may see them."""
    runs = latest_runs(study, passages)
    found = study.store.runs.suggestions(passages=passages)
    return list(presentable((s for s in found if runs.get(s.passage) == s.run), study.codebook))


def _left_out(study: Study, passage: str) -> dict[str, str]:
    """Code → why its quotes were not asked for again, of the codes that the latest run left out."""
    found: dict[str, str] = {}
    for run in latest_runs(study, [passage]).values():
        for outcome in study.store.runs.outcomes(run, passages=[passage]):
            found |= {flag.code: "" for flag in outcome.flagged(FlagKind.QUOTE_REJECTED)}
            found |= {flag.code: flag.detail for flag in outcome.flagged(FlagKind.UNREPAIRED)}
    return found


def _flags(
    study: Study, standings: Sequence[ReadingState], passages: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Passage → what the latest run noticed, and who flagged it."""
    found = remarks_on(study, latest_runs(study, passages), passages)
    for standing in standings:
        if standing.flag is not None:
            passage = standing.assignment.passage
            found[passage] = (*found.get(passage, ()), f"flagged by {standing.assignment.reviewer}")
    return found


def _evidence(study: Study, passages: Sequence[str] | None = None) -> dict[str, Spans]:
    return {
        suggestion.id: tuple((evidence.start, evidence.end) for evidence in suggestion.evidence)
        for suggestion in study.store.runs.suggestions(passages=passages)
    }
