"""Quotes of a code in every state: what counts, and what was decided under an earlier meaning, by whom, when.

Read side by side they show whether a code drifts: from one version of its text to the next, between coders,
from round to round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cothemes.app.codebook.versions import versions
from cothemes.app.findings.codings import CodingFilter, evidence_spans, suggestions_in_view
from cothemes.app.findings.passage_filter import codes_named, passage_filter
from cothemes.app.imported_findings import decisions_left_out, imported_left_out
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import every_history, free_name, imported_ratings, reads_once, selected
from cothemes.app.study import Study
from cothemes.errors import UnknownCode, UsageError
from cothemes.records.adjudication import Ruling
from cothemes.records.document import DocumentHead, Kind
from cothemes.records.left_out import Reason
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind
from cothemes.records.record import Moment, Record
from cothemes.records.review import Decision
from cothemes.stages.exchange.quotes import shortened
from cothemes.stages.review.codings import coding_of, coding_of_rating, undecided
from cothemes.stages.review.field_names import META, full_name
from cothemes.stages.review.reading_state import CODED, fold_all, live
from cothemes.stages.review.selection import Purpose

CURRENT = "current"
PROPOSED = "proposed"
"""A coder suggests it, and no person has decided."""
STATES = (
    CURRENT,
    *(
        reason.value
        for reason in (
            Reason.TO_CONFIRM, Reason.EARLIER_MEANING, Reason.SUPERSEDED, Reason.NOT_DONE, Reason.OVERRULED,
            Reason.TOO_FEW_READERS, Reason.TAKEN_BACK, Reason.GIVEN_ON, Reason.RETIRED_CODE,
            Reason.SPLIT_CODE, Reason.DRAFT, Reason.RETIRED_PASSAGE, Reason.INVENTED_RATER,
        )
    ),
    PROPOSED,
)  # fmt: skip
"""States of a coding, as people name them."""
ALL = "all"


class Beside(StrEnum):
    """What is set side by side."""

    VERSION = "version"
    CODER = "coder"
    ROUND = "round"
    STATE = "state"


@dataclass(frozen=True)
class QuoteStatesOptions:
    """Which quotes are asked for."""

    codes: Sequence[str]
    """Codes or themes; also codes that are no longer in the codebook."""
    states: Sequence[str] = (ALL,)
    """Names of states, in full or with - for a space."""
    beside: Beside | None = None
    kind: Kind | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    """A column of the metadata, `speaker`, `by`, `round` or `arm` → its value."""
    query: str = ""
    originals: bool = False
    """Real names in place of pseudonyms."""


class StatedQuote(Record):
    """Words with a code, as one person or coder gave it once."""

    text: str
    passage: str
    document: str
    speaker: str
    code: str
    by: str
    state: str
    round: str | None
    arm: str | None
    version: str
    """Version of the codebook under which it was decided; empty if it is not on record."""
    at: Moment | None
    note: str
    whole_passage: bool
    """True if nothing narrower was marked."""


class QuoteGroup(Record):
    """Quotes of one version, coder, round or state."""

    name: str
    definition: str
    """Of a version, the code's definition there, if one code was asked for; else empty."""
    quotes: int


class QuoteStates(Record):
    """Quotes of codes in every state that was asked for."""

    codes: tuple[str, ...]
    states: dict[str, int]
    """State → quotes, of all states, also those that were not asked for."""
    beside: Beside | None
    groups: tuple[QuoteGroup, ...]
    """What is set side by side, in order; empty if nothing is."""
    pseudonyms: bool
    quotes: tuple[StatedQuote, ...]
    """In document order."""

    def group_of(self, quote: StatedQuote) -> str:
        """Return the name of the group that a quote belongs to."""
        return _group(quote, self.beside or Beside.STATE)


@reads_once
def quote_states(study: Study, wanted: QuoteStatesOptions) -> QuoteStates:
    """Return the quotes. Raises UnknownCode, UsageError for a state, a query or a field that is not there."""
    codes = _codes(study, wanted.codes)
    states = _states(wanted.states)
    found = [each for each in _Quotes(study, wanted, codes).all() if _fits(each, wanted)]
    shown = tuple(each for each in found if each.state in states)
    counts = Counter(each.state for each in found)
    return QuoteStates(
        codes=tuple(codes),
        states={state: counts[state] for state in STATES if counts[state]},
        beside=wanted.beside,
        groups=tuple(_groups(study, codes, shown, wanted.beside)) if wanted.beside else (),
        pseudonyms=Published(study, originals=wanted.originals).pseudonyms,
        quotes=shown,
    )


class _Quotes:
    """The codings of some codes, in whatever state, with their words."""

    def __init__(self, study: Study, wanted: QuoteStatesOptions, codes: Collection[str]) -> None:
        self._study = study
        self._codes = codes
        self._published = Published(study, originals=wanted.originals)
        self._heads = {head.slug: head for head in study.store.documents.heads()}
        self._names = {each.codebook.hash: each.name for each in versions(study)}
        self._within = passage_filter(study, wanted.query) if wanted.query else None
        self._wanted = wanted
        metadata = {name for head in self._heads.values() for name in head.metadata}
        self._metadata = {
            full: value
            for name, value in wanted.where.items()
            if (full := _known(name, metadata, value)).startswith(META)
        }

    def all(self) -> list[StatedQuote]:
        """Return them in document order, then by code and time."""
        said = [*self._decisions(), *self._rulings(), *self._imported(), *self._proposed()]
        ids = {quote.passage for quote, _ in said}
        passages = {each.id: each for each in self._study.store.passages.read(ids)}
        made = []
        for quote, spans in said:
            passage = passages.get(quote.passage)
            head = self._heads.get(quote.document)
            if passage is None or head is None or not passage.text or not self._asked(passage, head):
                continue
            made += [
                (passage.position, each) for each in self._with_words(quote, passage, spans)
            ]  # fmt: skip
        made.sort(
            key=lambda pair: (pair[1].document, pair[0], pair[1].code, str(pair[1].at or ""), pair[1].by)
        )
        return [quote for _, quote in made]

    def _asked(self, passage: Passage, head: DocumentHead) -> bool:
        if self._within is not None and passage.id not in self._within:
            return False
        if self._wanted.kind is not None and head.kind is not self._wanted.kind:
            return False
        return all(
            head.metadata.get(name.removeprefix(META), "").casefold() == value.casefold()
            for name, value in self._metadata.items()
        )

    def _with_words(
        self, quote: StatedQuote, passage: Passage, spans: Sequence[tuple[int, int]]
    ) -> Iterator[StatedQuote]:
        length, words = len(passage.text), self._published
        inside = [(start - passage.start, end - passage.start) for start, end in spans]
        inside = [(start, end) for start, end in inside if 0 <= start < end <= length]
        speaker = words.words(passage.speaker, passage.document)
        places: Sequence[tuple[int, int] | tuple[None, None]] = inside or [(None, None)]
        for start, end in places:
            text = words.quote(passage, start, end).strip()
            yield quote.model_copy(
                update={
                    "text": text if inside else shortened(text),
                    "speaker": speaker,
                    "note": words.words(quote.note, passage.document),
                    "whole_passage": not inside,
                }
            )

    def _decisions(self) -> Iterator[tuple[StatedQuote, tuple[tuple[int, int], ...]]]:
        history = every_history(self._study)
        chosen = selected(self._study, Purpose.FINDINGS)
        evidence = evidence_spans(self._study)
        reasons = {each.decision: each.reason.value for each in chosen.dropped}
        outweighed = decisions_left_out(self._study, CodingFilter().combine)
        reasons |= {each.decision: each.reason.value for each in outweighed}
        unsure = {each.answers[c].id for each in chosen.counted for c in each.to_confirm if c in each.answers}
        standing = {each.id for each in live(history.decisions)}
        for each in history.decisions:
            if each.code not in self._codes or each.action not in CODED or each.implicit:
                continue
            state = reasons.get(each.id)
            if state is None and each.id not in standing:
                state = Reason.TAKEN_BACK.value
            if state is None:
                state = Reason.TO_CONFIRM.value if each.id in unsure else CURRENT
            yield self._decided(each, state), coding_of(each, evidence).spans

    def _decided(self, each: Decision, state: str) -> StatedQuote:
        return StatedQuote(
            text="", passage=each.passage, document=each.passage.rpartition(".")[0], speaker="",
            code=each.code or "", by=each.reviewer, state=state, round=each.round, arm=each.arm.value,
            version=self._names.get(each.codebook_hash, ""), at=each.at, note=each.note, whole_passage=True,
        )  # fmt: skip

    def _rulings(self) -> Iterator[tuple[StatedQuote, tuple[tuple[int, int], ...]]]:
        chosen = selected(self._study, Purpose.FINDINGS)
        holding = {each.id for each in chosen.rulings.values()}
        reasons = {each.decision: each.reason.value for each in chosen.dropped}
        name = free_name(self._study)
        for each in self._study.store.settlements.all():
            if each.code not in self._codes or each.ruling is not Ruling.YES:
                continue
            state = CURRENT if each.id in holding else reasons.get(each.id, Reason.SUPERSEDED.value)
            marked = each.start is not None and each.end is not None
            yield (
                StatedQuote(
                    text="", passage=each.passage, document=each.passage.rpartition(".")[0], speaker="",
                    code=each.code or "", by=name, state=state, round=each.round, arm=None,
                    version=self._names.get(each.codebook_hash, ""), at=each.at, note=each.note,
                    whole_passage=True,
                ),
                ((each.start or 0, each.end or 0),) if marked else (),
            )  # fmt: skip

    def _imported(self) -> Iterator[tuple[StatedQuote, tuple[tuple[int, int], ...]]]:
        found = [each for each in imported_ratings(self._study) if each.value in (1, None)]
        passages = {each.id: each for each in self._study.store.passages.read({each.unit for each in found})}
        reasons = {
            (each.unit, each.rater, each.round, each.code): reason.value
            for each, reason in imported_left_out(self._study, CodingFilter().combine)
        }
        for each in found:
            if each.code not in self._codes or each.unit not in passages:
                continue
            state = reasons.get((each.unit, each.rater, each.round, each.code), CURRENT)
            yield (
                StatedQuote(
                    text="", passage=each.unit, document=each.unit.rpartition(".")[0], speaker="",
                    code=each.code, by=each.rater,
                    state=PROPOSED if each.kind is RaterKind.MODEL else state, round=each.round or None,
                    arm=each.arm or None, version=self._names.get(each.codebook, ""), at=None, note="",
                    whole_passage=True,
                ),
                coding_of_rating(each, passages[each.unit].start).spans,
            )  # fmt: skip

    def _proposed(self) -> Iterator[tuple[StatedQuote, tuple[tuple[int, int], ...]]]:
        history = every_history(self._study)
        current = {passage.id: passage for passage in self._study.store.passages.all()}
        runs = {run.rater: run for run in self._study.store.runs.all()}
        found = suggestions_in_view(self._study, current)
        for each in undecided(found, fold_all(history.assignments, history.decisions)):
            if each.code in self._codes:
                run = runs.get(each.by)
                yield (
                    StatedQuote(
                        text="", passage=each.passage, document=each.passage.rpartition(".")[0], speaker="",
                        code=each.code, by=each.by, state=PROPOSED, round=None, arm=None,
                        version=self._names.get(run.codebook_hash, "") if run else "",
                        at=run.started if run else None, note=each.reason, whole_passage=True,
                    ),
                    each.spans,
                )  # fmt: skip


def _codes(study: Study, words: Sequence[str]) -> list[str]:
    """Return the codes that are named, also those that are no longer in the codebook. Raises UnknownCode."""
    used = {each.code for each in every_history(study).decisions if each.code}
    gone = {code for code in used if code not in study.codebook.by_id}
    found: dict[str, None] = {}
    for word in words:
        try:
            named = codes_named(study, [word])
        except UnknownCode:
            if word not in gone:
                raise
            named = {word}
        found |= dict.fromkeys([code for code in study.codebook.by_id if code in named] or sorted(named))
    return list(found)


def _states(words: Sequence[str]) -> set[str]:
    """Return the states that are named. Raises UsageError."""
    known = {state.replace(" ", "-"): state for state in STATES} | {state: state for state in STATES}
    found: set[str] = set()
    for word in words:
        if word == ALL:
            found |= set(STATES)
        elif word in known:
            found.add(known[word])
        else:
            listed = ", ".join(state.replace(" ", "-") for state in STATES)
            raise UsageError(f"no coding has the state {word!r}", hint=f"States: {listed}; or {ALL}.")
    return found or set(STATES)


def _known(name: str, metadata: Collection[str], value: str) -> str:
    """Return the full name of a field. Raises UsageError for one that quotes do not have."""
    full = full_name(name, metadata, (), value)
    own = ("passage.speaker", "coding.by", "coding.round", "coding.arm")
    if full in own or (full.startswith(META) and full.removeprefix(META) in metadata):
        return full
    names = ", ".join((*own, *(f"{META}{each}" for each in sorted(metadata))))
    raise UsageError(f"these quotes have no field {name!r}", hint=f"Fields: {names}.")


def _fits(quote: StatedQuote, wanted: QuoteStatesOptions) -> bool:
    own = {"speaker": quote.speaker, "by": quote.by, "round": quote.round or "", "arm": quote.arm or ""}
    own |= {"passage.speaker": own["speaker"], **{f"coding.{name}": own[name] for name in _OF_CODING}}
    return all(
        own[name].casefold() == value.casefold() for name, value in wanted.where.items() if name in own
    )


_OF_CODING = ("by", "round", "arm")


def _group(quote: StatedQuote, beside: Beside) -> str:
    if beside is Beside.VERSION:
        return quote.version or "not on record"
    if beside is Beside.ROUND:
        return quote.round or "no round"
    return quote.by if beside is Beside.CODER else quote.state


def _groups(
    study: Study, codes: Sequence[str], quotes: Sequence[StatedQuote], beside: Beside
) -> Iterator[QuoteGroup]:
    """Yield versions in the order they came into use, states as they are listed, others by name."""
    counts = Counter(_group(each, beside) for each in quotes)
    order = list(STATES) if beside is Beside.STATE else sorted(counts)
    definitions: dict[str, str] = {}
    if beside is Beside.VERSION:
        known = versions(study)
        order = [*(each.name for each in known), *order]
        if len(codes) == 1:
            definitions = {
                each.name: code.definition for each in known if (code := each.codebook.by_id.get(codes[0]))
            }
    for name in dict.fromkeys(order):
        if counts[name]:
            yield QuoteGroup(name=name, definition=definitions.get(name, ""), quotes=counts[name])
