"""The study's texts searched for what identifies people; what was found kept, shown, settled and accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import CodebookError, InputError, StateConflict, UsageError
from cothemes.ports import Progress
from cothemes.records.document import Document
from cothemes.records.privacy import Deidentification, Pseudonym, Treatment
from cothemes.records.record import Listing, Moment, Record, absent
from cothemes.records.text import shown_text
from cothemes.stages.deidentify.consent import may_leave
from cothemes.stages.deidentify.finding import Finding
from cothemes.stages.deidentify.names import Name
from cothemes.stages.deidentify.names_list import names_in
from cothemes.stages.deidentify.pseudonyms import changed, replaced
from cothemes.stages.deidentify.search import Cloak, Searched, search

AROUND = 40
"""Characters of context on each side."""


@dataclass(frozen=True)
class Sight:
    """One place where something was found, as it would be read."""

    document: str
    rule: str
    pseudonym: str
    before: str
    after: str
    replaced: bool
    """False: left as it is."""
    original: str = field(repr=False)


@dataclass(frozen=True)
class DocumentFound:
    """One document: what was found, and who read it."""

    document: Document
    rules: dict[str, int]
    """Replaced stretches by rule."""
    left: int
    """Everyday words that may be names."""
    state: Deidentification
    no_consent: str | None
    """Why its words may not go to a remote model at all."""
    sights: tuple[Sight, ...] = ()

    @property
    def reviewed(self) -> bool:
        """Whether a person has read exactly what would leave."""
        return self.state.reviewed_as(self.document.version)


@dataclass(frozen=True)
class EntryFound:
    """One original of the map, and where it stands."""

    entry: Pseudonym
    sights: tuple[Sight, ...]

    @property
    def documents(self) -> int:
        """In how many documents it stands."""
        return len({sight.document for sight in self.sights})


@dataclass(frozen=True)
class DeidentifyReport:
    """What a search found."""

    documents: tuple[DocumentFound, ...]
    entries: tuple[EntryFound, ...]
    """The whole map, in the order in which pseudonyms were given."""
    new: int
    """Originals that were not in the map before."""
    stored: bool
    beside: tuple[str, ...]
    """Places outside the documents that are part of every prompt and hold something that was found, with the
    pseudonyms that are sent in its place."""


class Place(Record):
    """One place where something was found."""

    rule: str
    pseudonym: str
    replaced: bool
    """False: left as it is."""
    context: str
    """The words around it, all of them as they would be sent."""
    original: str | None = Field(default=None, exclude_if=absent)
    """The name itself; only there with --show-originals."""
    before: str = Field(default="", exclude=True)
    after: str = Field(default="", exclude=True)


class DocumentSearched(Record):
    """One document: what was found in it, and who read it."""

    document: str
    rules: dict[str, int]
    """Replaced stretches by rule."""
    replaced: int
    doubtful: int
    """Everyday words that may be names."""
    searched: Moment
    reviewed: bool
    """True where a person has read exactly what would be sent."""
    reviewer: str | None
    """The person who read it last, as it is now or as it was."""
    reviewed_at: Moment | None
    remote_models: bool
    """True where it may be sent to a remote model."""
    reason: str | None
    """The reason where it may not."""
    found: tuple[Place, ...]


class PseudonymReport(Record):
    """One original of the map, under its pseudonym."""

    pseudonym: str
    kind: str
    rule: str
    treatment: Treatment
    settled: bool
    """True where a person has decided on it."""
    documents: int
    places: int
    original: str | None = Field(default=None, exclude_if=absent)
    """The name itself; only there with --show-originals."""


class SearchReport(Record):
    """Names and numbers of people that a search found."""

    stored: bool
    new: int
    """Originals that were not in the map before."""
    beside: tuple[str, ...]
    """Places outside the documents that are part of every prompt and hold something that was found."""
    documents: tuple[DocumentSearched, ...]
    pseudonyms: tuple[PseudonymReport, ...]


class Accepted(Record):
    """A document that a person has read in the form in which it would be sent."""

    document: str
    version: str
    searched: datetime
    reviewer: str
    at: datetime | None


class AcceptedList(Listing[Accepted]):
    """Documents that were marked as read."""


def reported(found: DeidentifyReport, wanted: Sequence[str] = (), *, originals: bool = False) -> SearchReport:
    """Return what was found in the wanted documents, or in all; with `originals` also the names."""
    return SearchReport(
        stored=found.stored,
        new=found.new,
        beside=found.beside,
        documents=tuple(
            _searched(each, originals)
            for each in found.documents
            if not wanted or each.document.slug in wanted
        ),
        pseudonyms=tuple(
            PseudonymReport(
                pseudonym=each.entry.pseudonym,
                kind=each.entry.kind,
                rule=each.entry.rule,
                treatment=each.entry.treatment,
                settled=each.entry.settled,
                documents=each.documents,
                places=len(each.sights),
                original=each.entry.original if originals else None,
            )
            for each in found.entries
        ),
    )


def _searched(found: DocumentFound, originals: bool) -> DocumentSearched:
    return DocumentSearched(
        document=found.document.slug,
        rules=found.rules,
        replaced=sum(found.rules.values()),
        doubtful=found.left,
        searched=found.state.searched,
        reviewed=found.reviewed,
        reviewer=found.state.reviewer or None,
        reviewed_at=found.state.at,
        remote_models=found.no_consent is None,
        reason=found.no_consent,
        found=tuple(
            Place(
                rule=sight.rule,
                pseudonym=sight.pseudonym,
                replaced=sight.replaced,
                context=in_context(sight),
                original=sight.original if originals else None,
                before=sight.before,
                after=sight.after,
            )
            for sight in found.sights
        ),
    )


def in_context(place: Sight | Place, *, original: str | None = None) -> str:
    """Return the words around a place on one line, as they would be sent; `original` is shown beside its
    pseudonym."""
    mark = place.pseudonym if place.replaced else f"{place.pseudonym}?"
    words = f"{mark} = {original}" if original is not None else mark
    return shown_text(" ".join(f"…{place.before}«{words}»{place.after}…".split()))


def deidentify(
    study: Study,
    *,
    names: Path | None = None,
    check_only: bool = False,
    progress: Progress = lambda _count: None,
) -> DeidentifyReport:
    """Searches every document and brings map and log up to date; with `check_only` stores nothing.

    Raises InputError where the list of names cannot be read, StateConflict where no document is there.
    """
    documents = study.store.documents.all()
    if not documents:
        raise StateConflict("there are no documents yet", hint="Type `cothemes ingest FILES` first.")
    known = study.store.privacy.pseudonyms()
    results, entries = search(
        documents,
        listed=read_names(names),
        known=known,
        given=study.store.privacy.given(),
        ids=wiring.ids().new,
        progress=progress,
    )
    before = study.store.privacy.states()
    states = [_state(result, before.get(result.document.slug)) for result in results]
    if not check_only:
        logs = [
            (state, result.replacements)
            for state, result in zip(states, results, strict=True)
            if state != before.get(state.document)
            or result.replacements != study.store.privacy.replacements(state.document)
        ]
        if entries.new or entries.altered or logs:
            study.store.privacy.record([*entries.new, *entries.altered], logs, known=len(known))
    found = tuple(map(_document, results, states))
    return DeidentifyReport(
        documents=found,
        entries=tuple(_entries(results, found, entries.entries)),
        new=len(entries.new),
        stored=not check_only,
        beside=tuple(_beside(study, entries.entries)),
    )


def read_names(path: Path | None) -> list[Name]:
    """The researcher's list. Raises InputError with the row."""
    if path is None:
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=str(path), hint="Save it as UTF-8 CSV.") from error
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(path), hint="Check the path."
        ) from error
    return names_in(text, str(path))


def settle(
    study: Study, entry: Pseudonym, *, treatment: Treatment = Treatment.REPLACE, pseudonym: str = ""
) -> Pseudonym:
    """Keeps what a person said of an original; the log follows with the next search."""
    update = {"treatment": treatment, "pseudonym": pseudonym or entry.pseudonym}
    settled = changed(entry, **update)
    study.store.privacy.record([settled], [], known=len(study.store.privacy.pseudonyms()))
    return settled


def accept(study: Study, slugs: Sequence[str], reviewer: str) -> AcceptedList:
    """Marks documents as read by this person, just as they would leave now; all of them where none is named.

    Raises UsageError for an unknown document, StateConflict for one that was not searched as it is now.
    """
    documents = {document.slug: document for document in study.store.documents.all()}
    wanted = list(dict.fromkeys(slugs)) or list(documents)
    known_documents(documents, wanted)
    states = study.store.privacy.states()
    stale = [slug for slug in wanted if slug not in states or states[slug].version != documents[slug].version]
    if stale:
        raise StateConflict(
            f"not searched as it is now: {', '.join(stale[:10])}{', …' if len(stale) > 10 else ''}",
            hint="Type `cothemes deidentify` first, and read what it found.",
        )
    now = wiring.clock().now()
    read = [
        states[slug].model_copy(update={"reviewed": states[slug].found, "reviewer": reviewer, "at": now})
        for slug in wanted
    ]
    study.store.privacy.review(read)
    return AcceptedList(
        tuple(
            Accepted(
                document=each.document,
                version=each.version,
                searched=each.searched,
                reviewer=each.reviewer,
                at=each.at,
            )
            for each in read
        )
    )


def known_documents(known: Iterable[str], wanted: Iterable[str]) -> None:
    """Raises UsageError for slugs that no document has."""
    known = sorted(known)
    unknown = [slug for slug in wanted if slug not in known]
    if unknown:
        raise UsageError(
            f"no document is called {', '.join(unknown)}",
            hint=f"Documents: {', '.join(known[:20])}{', …' if len(known) > 20 else ''}.",
        )


def _state(result: Searched, before: Deidentification | None) -> Deidentification:
    """Where the document stands now. A review stays on record; it counts while what was read is the same."""
    if before and (before.version, before.found) == (result.document.version, result.hash):
        return before
    return Deidentification(
        document=result.document.slug,
        version=result.document.version,
        found=result.hash,
        searched=wiring.clock().now(),
        reviewed=before.reviewed if before else "",
        reviewer=before.reviewer if before else "",
        at=before.at if before else None,
    )


def _document(result: Searched, state: Deidentification) -> DocumentFound:
    return DocumentFound(
        document=result.document,
        rules=result.rules,
        left=len(result.left),
        state=state,
        no_consent=may_leave(result.document),
        sights=tuple(_sight(result, finding, entry) for finding, entry in result.found),
    )


def _entries(
    results: Sequence[Searched], found: Sequence[DocumentFound], entries: Sequence[Pseudonym]
) -> Iterator[EntryFound]:
    sights: dict[str, list[Sight]] = {}
    for result, document in zip(results, found, strict=True):
        for (_, entry), sight in zip(result.found, document.sights, strict=True):
            sights.setdefault(entry.id, []).append(sight)
    for entry in entries:
        yield EntryFound(entry, tuple(sights.get(entry.id, ())))


def _beside(study: Study, entries: Sequence[Pseudonym]) -> Iterator[str]:
    cloak = Cloak(entries)

    def replaced_in(texts: Sequence[str]) -> str:
        found = (words for text in texts for _, _, words in cloak.spans(text))
        return ", ".join(dict.fromkeys(found))

    about = study.settings.study
    if found := replaced_in([about.title, about.context]):
        yield f"the title or context in cothemes.toml: {found}"
    try:
        codes = study.codebook.codes
    except CodebookError:
        yield "the codebook, which cannot be read and was not searched"
        return
    for code in codes:
        texts = [code.label, code.definition, code.brief, *code.include_when, *code.exclude_when]
        texts += [*(e.text for e in code.examples), *(miss.text for miss in code.near_misses)]
        if found := replaced_in(texts):
            yield f"code {code.id} of the codebook: {found}"


def _sight(result: Searched, finding: Finding, entry: Pseudonym) -> Sight:
    start, end = result.view.view_span(finding.start, finding.end)
    text = result.view.text
    return Sight(
        document=result.document.slug,
        rule=finding.rule,
        pseudonym=entry.pseudonym,
        before=text[max(0, start - AROUND) : start],
        after=text[end : end + AROUND],
        replaced=replaced(finding, entry),
        original=result.document.text[finding.start : finding.end],
    )
