"""Words looked up in the texts: each occurrence with the words around it, and counts by group.

Searched are the present texts, a turn or paragraph at a time, so that no match runs from one voice into the
next. Words that are in no passage are searched too; what the interviewer says is counted apart unless it is
asked for. Where the study has pseudonyms, the texts are searched and shown with them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.corpus.documents import set_aside_of
from cothemes.app.findings.passage_filter import PassageFilter, QueryOutcome, passage_filter
from cothemes.app.findings.word_search import Span, Words, folded_pattern, nearest
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import reads_once
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Block, BlockKind, Document, DocumentHead, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.record import Record, absent
from cothemes.records.set_aside import Reason, SetAside
from cothemes.stages.propose.quote_folding import Folded, fold_stretches
from cothemes.stages.review.field_names import META, full_name

OWN_VOICES = (Role.PARTICIPANT, Role.UNKNOWN, Role.NONE)
"""Roles whose words are searched unless others are named."""
AROUND = 120
"""Characters of context on each side."""
NOT_SAID = "(not said)"
"""The group of documents that lack the column."""
GROUPS = ("document", "kind", "participant", "speaker", "role")
MOST_NEAR = 200


@dataclass(frozen=True)
class FindOptions:
    """What is looked for, and where."""

    text: str
    regex: bool = False
    near: tuple[int, str] | None = None
    """Words that the text may be away from another one, and that text."""
    roles: Sequence[Role] = OWN_VOICES
    documents: Sequence[str] = ()
    kind: Kind | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    """A column of the metadata, `speaker` or `participant` → its value."""
    query: str = ""
    """Which passages are searched; see stages/review/passage_query.py. Without one, all words are."""
    by: str = ""
    """`document`, `kind`, `participant`, `speaker`, `role` or a column of the metadata."""
    originals: bool = False
    """Real names in place of pseudonyms."""


class Occurrence(Record):
    """One place where the text was found."""

    document: str
    passage: str | None
    """None where the words are in no passage."""
    set_aside: Reason | None
    """Why they are in none, unless the interviewer says them."""
    speaker: str
    role: Role
    time: str
    start: int
    end: int
    """Half-open code points of the document's text."""
    text: str
    """The words as they are in the source, or with pseudonyms."""
    before: str
    after: str
    """Up to 120 characters of the same turn or paragraph, white space as one space."""
    near: str | None = Field(default=None, exclude_if=absent)
    """The other words that are near; absent if none were asked for."""
    marked_before: tuple[int, int] | None = Field(default=None, exclude=True)
    """Where `before` has the other words."""
    marked_after: tuple[int, int] | None = Field(default=None, exclude=True)


class GroupCount(Record):
    """Occurrences in one group."""

    value: str
    occurrences: int
    passages: int
    documents: int
    words: int
    """Words that were searched."""
    per_thousand: float | None
    """Occurrences per 1,000 words; None where the group has no words."""


class FindReport(Record):
    """Occurrences of a text."""

    text: str
    regex: bool
    near: tuple[int, str] | None
    roles: tuple[Role, ...]
    """Roles whose words were searched."""
    occurrences: int
    passages: int
    """Passages with an occurrence."""
    documents: int
    """Documents with an occurrence."""
    documents_searched: int
    words_searched: int
    in_no_passage: dict[str, int]
    """Reason → occurrences among them that are in words set aside, which are in no passage."""
    other_roles: dict[str, int]
    """Role → occurrences beyond these, in words that were not asked for."""
    by: str | None
    groups: tuple[GroupCount, ...]
    """Of `by`, the most occurrences first; empty if it was not asked for."""
    pseudonyms: bool
    """Whether the texts were searched and are shown with pseudonyms."""
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    hits: tuple[Occurrence, ...]
    """In document order."""
    longer_words: int = Field(default=0, exclude=True)
    """Of a literal search without a result: occurrences within longer words."""


class _Voice(NamedTuple):
    """A turn or paragraph in the text that is searched."""

    block: Block
    start: int
    end: int
    """Half-open code points of that text."""


_Places = Callable[[Sequence[str], str], list[list[Span]]]
"""Folded texts and the name of their document → the places in each."""


@reads_once
def find(study: Study, wanted: FindOptions) -> FindReport:
    """Return every occurrence, and counts. Raises UsageError for a text, a pattern, a query or a field that
    cannot be used, StateConflict where the study has no documents."""
    heads = _chosen(study, wanted)
    within = passage_filter(study, wanted.query) if wanted.query else None
    published = Published(study, originals=wanted.originals)
    tally = _Tally(study, wanted, published)
    with _search(wanted) as search:
        for head in heads:
            document = study.store.documents.get(head.slug)
            if document is not None:
                tally.add(document, _own(study, document, within), search)
    found = tally.report(within)
    if not found.occurrences and not found.other_roles and not wanted.regex and "*" not in wanted.text:
        longer = find(study, _parts_of_words(wanted))
        found = found.model_copy(update={"longer_words": longer.occurrences})
    return found


def _parts_of_words(wanted: FindOptions) -> FindOptions:
    return FindOptions(
        f"*{wanted.text.strip()}*", False, wanted.near, wanted.roles, wanted.documents, wanted.kind,
        wanted.where, wanted.query, "", wanted.originals,
    )  # fmt: skip


class _Search:
    """The text that is looked for, and the one that must be near."""

    def __init__(self, wanted: FindOptions, places: _Places | None) -> None:
        self._words = None if wanted.regex else Words(wanted.text)
        self._places = places
        self._reach = wanted.near[0] if wanted.near else 0
        self._other = Words(wanted.near[1], "the word of --near") if wanted.near else None

    def found(
        self, text: str, voices: Sequence[_Voice], document: str
    ) -> Iterator[tuple[_Voice, Folded, Span, Span | None]]:
        """Yield each place in a folded voice, with the nearest place of the other words."""
        likely = [voice for voice in voices if self._may_be_in(text[voice.start : voice.end])]
        folded = [fold_stretches(text, [(voice.start, voice.end)]) for voice in likely]
        if self._words is not None:
            places = [self._words.spans(each.text) for each in folded]
        else:
            assert self._places is not None
            places = self._places([each.text for each in folded], document)
        for voice, each, spans in zip(likely, folded, places, strict=True):
            others = self._other.spans(each.text) if self._other and spans else ()
            for span in spans:
                near = nearest(each.text, span, others, self._reach) if self._other else None
                if self._other is None or near is not None:
                    yield voice, each, span, near

    def _may_be_in(self, text: str) -> bool:
        return all(each.may_be_in(text) for each in (self._words, self._other) if each is not None)


@contextmanager
def _search(wanted: FindOptions) -> Iterator[_Search]:
    if wanted.near is not None and not 1 <= wanted.near[0] <= MOST_NEAR:
        raise UsageError(
            f"--near takes 1 to {MOST_NEAR} words, not {wanted.near[0]}", hint="Write --near N WORD."
        )
    if not wanted.regex:
        yield _Search(wanted, None)
        return
    if not wanted.text.strip():
        raise UsageError("the pattern is empty", hint="Name what to find.")
    with wiring.pattern_search(folded_pattern(wanted.text)) as patterns:
        yield _Search(wanted, patterns.places)


@dataclass(frozen=True)
class _Own:
    """The passages of a document and where their speakers' own sentences are."""

    passages: Sequence[Passage]
    starts: Sequence[int]
    sentences: Sequence[tuple[int, int, str]]
    """Half-open code points of the document, ascending, and the passage."""
    selected: PassageFilter | None

    def passage(self, place: int) -> str | None:
        """The passage whose own sentence holds a place of the document."""
        at = bisect_right(self.starts, place) - 1
        if at < 0:
            return None
        _, end, passage = self.sentences[at]
        return passage if place < end else None

    def words(self, block: Block) -> Iterator[Span]:
        """The stretches of a block that are searched: all of it, or what selected passages have of it."""
        if self.selected is None:
            yield block.start, block.end
            return
        first = max(bisect_right(self.starts, block.start) - 1, 0)
        for start, end, passage in self.sentences[first:]:
            if start >= block.end:
                return
            if passage in self.selected and end > block.start:
                yield max(start, block.start), min(end, block.end)


def _own(study: Study, document: Document, within: PassageFilter | None) -> _Own:
    passages = study.store.passages.of(document.slug)
    sentences = sorted(
        (start, end, each.id)
        for each in passages
        for start, end in [(s.start, s.end) for s in each.sentences] or [(each.start, each.end)]
    )
    return _Own(passages, [start for start, _, _ in sentences], sentences, within)


class _Tally:
    """Occurrences and words as documents go by."""

    def __init__(self, study: Study, wanted: FindOptions, published: Published) -> None:
        self._study, self._wanted, self._published = study, wanted, published
        self._hits: list[Occurrence] = []
        self._others: Counter[str] = Counter()
        self._documents = 0
        self._group_of: list[str] = []
        """The group of each hit."""
        self._words: Counter[str] = Counter()
        """Group → words that were searched."""

    def add(self, document: Document, own: _Own, search: _Search) -> None:
        """Search one document."""
        view = self._published.text(document)
        shown = self._published.document(document)
        voices = [
            _Voice(block, *view.view_span(block.start, block.end))
            for block in document.blocks
            if block.kind is not BlockKind.HEADING
            and block.end > block.start
            and self._fits(block, document.slug)
        ]
        asked = [voice for voice in voices if voice.block.role in self._wanted.roles]
        self._documents += 1
        for voice in asked:
            words = sum(len(document.text[start:end].split()) for start, end in own.words(voice.block))
            self._words[self._group(shown, voice.block)] += words
        aside: Sequence[SetAside] | None = None
        for voice, folded, span, near in search.found(view.text, voices, document.slug):
            start, end = view.source_span(*folded.span(*span))
            passage = own.passage(start)
            if own.selected is not None and passage not in own.selected:
                continue
            if voice.block.role not in self._wanted.roles:
                self._others[voice.block.role.value] += 1
                continue
            reason = None
            if passage is None:
                aside = set_aside_of(self._study, document) if aside is None else aside
                reason = next((each.reason for each in aside if each.start <= start < each.end), None)
            hit = self._hit(document, voice, view.text, folded, span, near)
            place = {"passage": passage, "set_aside": reason, "start": start, "end": end}
            self._hits.append(hit.model_copy(update=place))
            self._group_of.append(self._group(shown, voice.block))

    def report(self, within: PassageFilter | None) -> FindReport:
        """Return all of it."""
        wanted, hits = self._wanted, self._hits
        aside = Counter(each.set_aside.value for each in hits if each.set_aside is not None)
        return FindReport(
            text=wanted.text,
            regex=wanted.regex,
            near=wanted.near,
            roles=tuple(wanted.roles),
            occurrences=len(hits),
            passages=len({each.passage for each in hits if each.passage}),
            documents=len({each.document for each in hits}),
            documents_searched=self._documents,
            words_searched=sum(self._words.values()),
            in_no_passage=dict(sorted(aside.items())),
            other_roles=dict(sorted(self._others.items())),
            by=wanted.by or None,
            groups=tuple(self._groups()) if wanted.by else (),
            pseudonyms=self._published.pseudonyms,
            query=within.outcome if within else None,
            hits=tuple(hits),
        )

    def _fits(self, block: Block, slug: str) -> bool:
        asked = self._wanted.where.get("passage.speaker", self._wanted.where.get("speaker"))
        return asked is None or self._published.words(block.speaker, slug).casefold() == asked.casefold()

    def _hit(
        self,
        document: Document,
        voice: _Voice,
        text: str,
        folded: Folded,
        span: Span,
        near: Span | None,
    ) -> Occurrence:
        """An occurrence in the text that is searched; where it is in the stored one is not known yet."""
        first, last = folded.span(*span)
        begin, stop = max(voice.start, first - AROUND), min(voice.end, last + AROUND)
        other = folded.span(*near) if near else None
        marks: dict[str, tuple[int, int]] = {}
        if other is not None and begin <= other[0] < first:
            marks["marked_before"] = _place(text, begin, other)
        elif other is not None and last <= other[0] and other[1] <= stop:
            marks["marked_after"] = _place(text, last, other)
        return Occurrence(
            document=document.slug,
            passage=None,
            set_aside=None,
            speaker=self._published.words(voice.block.speaker, document.slug),
            role=voice.block.role,
            time=voice.block.time,
            start=first,
            end=last,
            text=_spaced(text[first:last]),
            before=_spaced(text[begin:first]),
            after=_spaced(text[last:stop]),
            near=_spaced(text[other[0] : other[1]]) if other else None,
            **marks,
        )

    def _group(self, document: Document, block: Block) -> str:
        by = self._wanted.by
        if not by:
            return ""
        own = {
            "document": document.slug,
            "kind": document.kind.value,
            "participant": document.cluster,
            "speaker": self._published.words(block.speaker, document.slug),
            "role": block.role.value,
        }
        own |= {f"passage.{name}": own[name] for name in ("document", "speaker", "role")}
        if by.startswith(META) or by not in own:
            return document.metadata.get(by.removeprefix(META)) or NOT_SAID
        return own[by] or NOT_SAID

    def _groups(self) -> Iterator[GroupCount]:
        hits: dict[str, list[Occurrence]] = defaultdict(list)
        for name, hit in zip(self._group_of, self._hits, strict=True):
            hits[name].append(hit)
        for name in sorted(self._words, key=lambda each: (-len(hits[each]), each)):
            words = self._words[name]
            yield GroupCount(
                value=name,
                occurrences=len(hits[name]),
                passages=len({each.passage for each in hits[name] if each.passage}),
                documents=len({each.document for each in hits[name]}),
                words=words,
                per_thousand=round(1000 * len(hits[name]) / words, 3) if words else None,
            )


def _chosen(study: Study, wanted: FindOptions) -> list[DocumentHead]:
    """Return the documents that are asked for. Raises UsageError for a field that nothing has."""
    heads = study.store.documents.heads()
    if not heads:
        raise StateConflict(
            "holds no documents yet", where=str(study.root), hint="Read some first: cothemes ingest FILES"
        )
    columns = {name for head in heads for name in head.metadata}
    _known_group(wanted.by, columns)
    for name in wanted.where:
        _known(name, columns, ("participant", "speaker"))
    named = set(document_ids(study, wanted.documents)) if wanted.documents else None
    return [head for head in heads if (named is None or head.slug in named) and _of_documents(head, wanted)]


def _of_documents(head: DocumentHead, wanted: FindOptions) -> bool:
    if wanted.kind is not None and head.kind is not wanted.kind:
        return False
    for name, value in wanted.where.items():
        if name in ("speaker", "passage.speaker"):
            continue
        has = head.cluster if name == "participant" else head.metadata.get(name.removeprefix(META), "")
        if has.casefold() != value.casefold():
            return False
    return True


def _known_group(by: str, columns: Collection[str]) -> None:
    if by:
        _known(by, columns, GROUPS)


def _known(name: str, columns: Collection[str], own: Collection[str]) -> None:
    """Raise UsageError for a name that nothing has, or that a field and a column of the metadata share."""
    plain = {f"passage.{each}" for each in own} | set(own)
    if name == "participant" and name in own:
        return
    full = full_name(name, columns)
    if full.removeprefix(META) in columns or name in plain:
        return
    names = ", ".join(dict.fromkeys((*own, *sorted(columns))))
    raise UsageError(f"nothing here has a field {name!r}", hint=f"There is: {names}.")


def _place(text: str, start: int, span: Span) -> tuple[int, int]:
    """Return where a span is in the text from `start` on, once white space is one space."""
    begin = len(_spaced(text[start : span[0]]))
    return begin, begin + len(_spaced(text[span[0] : span[1]]))


def _spaced(text: str) -> str:
    """Return the text with every white space as one space, also at its ends."""
    words = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{words}{' ' * (bool(words) and text[-1:].isspace())}"
