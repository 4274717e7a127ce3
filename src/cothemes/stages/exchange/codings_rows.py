"""Codings as a table for a spreadsheet: a row for each code that someone put on a passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cothemes.records.acceptance import AUTO_ACCEPTED
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.exchange.quotes import Quoting, stretches_of, words_of

COLUMNS = ("passage", "document", "title", "source", "speaker", "role", "code", "label", "theme")
WHO = ("who", "kind", "status", "arm", "round", "quote", "marked", "start", "end")
TEXT = ("revision", "corrected_since", "state", "time")
MORE = ("at", "passage_text", "spans")
"""Columns at the end: they came later than the others."""

DECIDED = "decided"
UNCODED = "uncoded"
SUGGESTED = "suggested"
"""Suggested by a coder; a person's decision on it has its own row."""


CURRENT, TO_CONFIRM, SOURCE_CORRECTED = "current", "to confirm", "source corrected"


class CodedText(NamedTuple):
    """The text of a passage on which a code was given, where it is of an earlier version."""

    corrected: bool
    """Whether the passage has another text now."""
    passage: Passage | None = None
    """The passage as it is quoted with `as_coded`; None: the present one, on which the code was confirmed."""
    spans: tuple[tuple[int, int], ...] = ()
    """The marked stretches, in code points of that text."""
    to_confirm: bool = False
    """Whether the text changed in substance, and nobody has confirmed the code since."""
    source_corrected: bool = False
    """Whether a suggestion quotes words that were replaced, removed or added to since."""

    @property
    def state(self) -> str:
        """Return how the code stands on the present text."""
        return TO_CONFIRM if self.to_confirm else SOURCE_CORRECTED if self.source_corrected else CURRENT


def codings_rows(
    ratings: Iterable[Rating],
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    codebook: Codebook,
    memos: Mapping[tuple[str, str], Sequence[str]] | None = None,
    quoting: Quoting = words_of,
    coded: Mapping[tuple[str, str, str], CodedText] | None = None,
    moments: Mapping[tuple[str, str, str], str] | None = None,
    *,
    as_coded: bool = False,
    uncoded: bool = False,
) -> Iterator[list[str]]:
    """The header, then the codings by document, passage and code.

    `quote` is the marked stretch, or the whole passage where none is marked (`marked` no). start and end are
    code points of the passage's text in the version `revision` of its document; `time` is its time in the
    recording. Several stretches of a coding are one quote, with a gap between them: `spans` names each.
    `coded`: rater, passage and code → the text that was coded, where it has another version since; with
    `as_coded`, this is quoted.
    Metadata of the document stand in `meta.NAME`, attributes of the
    coding in `attr.NAME`. `memos`: passage and code → memos on it, code empty where one is on the whole
    passage; the column is there only where there are any. `quoting` gives the words of a quote. `moments`:
    rater, passage and code → when it was said. With `uncoded`, passages without a row get one at the end.
    """
    written = memos or {}
    applied = [r for r in ratings if r.code and r.value in (1, None) and r.unit in passages]
    order = {code: place for place, code in enumerate(codebook.by_id)}
    applied.sort(
        key=lambda r: (r.doc, passages[r.unit].position, order.get(r.code, len(order)), r.code, r.rater)
    )
    metadata = sorted({name for document in documents.values() for name in document.metadata})
    attributes = sorted({name for rating in applied for name in rating.attributes})
    head = [*COLUMNS, *WHO, *(f"attr.{n}" for n in attributes), *(f"meta.{n}" for n in metadata)]
    yield [*head, *TEXT, *(["memos"] if written else []), *MORE]
    for rating in applied:
        passage = passages[rating.unit]
        document = documents[passage.document]
        code = codebook.by_id.get(rating.code)
        text = (coded or {}).get((rating.rater, rating.unit, rating.code))
        quoted, spans = passage, rating.spans
        if as_coded and text is not None and text.passage is not None:
            quoted, spans = text.passage, text.spans
        yield [
            passage.id,
            document.slug,
            document.title,
            document.kind.value,
            passage.speaker,
            passage.role.value,
            rating.code,
            code.label if code else "",
            (code.theme or "") if code else "",
            rating.rater,
            rating.kind.value,
            _status(rating),
            rating.arm,
            rating.round,
            stretches_of(quoted, spans, quoting),
            "yes" if spans else "no",
            str(min(start for start, _ in spans)) if spans else "",
            str(max(end for _, end in spans)) if spans else "",
            *(rating.attributes.get(name, "") for name in attributes),
            *(document.metadata.get(name, "") for name in metadata),
            quoted.version,
            "yes" if text is not None and text.corrected else "no",
            CURRENT if text is None else text.state,
            passage.time,
            *(["\n".join(_memos(written, passage.id, rating.code))] if written else []),
            (moments or {}).get((rating.rater, rating.unit, rating.code), ""),
            quoting(quoted, None, None),
            ";".join(f"{start}-{end}" for start, end in spans),
        ]
    if not uncoded:
        return
    there = {rating.unit for rating in applied}
    rest = (each for each in passages.values() if each.id not in there)
    for passage in sorted(rest, key=lambda each: (each.document, each.position)):
        document = documents[passage.document]
        facts = (passage.id, document.slug, document.title, document.kind.value, passage.speaker)
        yield [
            *facts,
            passage.role.value,
            *[""] * (len(COLUMNS) - len(facts) - 1),
            *("", "", UNCODED, *[""] * (len(WHO) - 3)),
            *[""] * len(attributes),
            *(document.metadata.get(name, "") for name in metadata),
            *(passage.version, "no", "", passage.time),
            *(["\n".join(written.get((passage.id, ""), ()))] if written else []),
            "",
            quoting(passage, None, None),
            "",
        ]


def _status(rating: Rating) -> str:
    if rating.arm == AUTO_ACCEPTED:
        return AUTO_ACCEPTED
    return SUGGESTED if rating.kind is RaterKind.MODEL else DECIDED


def _memos(written: Mapping[tuple[str, str], Sequence[str]], passage: str, code: str) -> list[str]:
    return [*written.get((passage, ""), ()), *written.get((passage, code), ())]
