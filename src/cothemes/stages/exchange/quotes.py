"""Quotes for a report: words of the source text alone, from as many documents as there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from cothemes.records.codebook import Codebook
from cothemes.records.document import Document, Kind
from cothemes.records.passage import OMITTED, Passage
from cothemes.records.rating import Rating
from cothemes.records.record import Record
from cothemes.records.text import shown_text
from cothemes.stages.exchange.basis import CodedPassages, Source

LONGEST = 600
"""Characters; a longer passage without a mark is cut at the end of a sentence. Marked words stay whole."""
CUT = " […]"
_SENTENCE_END = re.compile(r"[.?!](?=\s)")

Quoting = Callable[[Passage, int | None, int | None], str]
"""A passage's words from start to end (code points of its text; None: its edge) as they may be read."""


def words_of(passage: Passage, start: int | None, end: int | None) -> str:
    """Return the words as they are in the source, without those of other voices."""
    return passage.own_text(start, end)


def stretches_of(passage: Passage, spans: Sequence[tuple[int, int]], quoting: Quoting = words_of) -> str:
    """Return the marked stretches as one quote, with a gap between them; the whole passage without any."""
    if len(spans) > 1:
        words = (quoting(passage, start, end).strip() for start, end in spans)
        # A gap on its own is a stretch of another voice alone.
        return OMITTED.join(each for each in words if each and each != OMITTED.strip())
    start, end = spans[0] if spans else (None, None)
    return quoting(passage, start, end)


class Quote(Record):
    """A stretch of a passage."""

    text: str
    marked: bool
    """True if someone marked these words; else it is the passage, from its beginning."""
    passage: str
    speaker: str
    document: str
    title: str
    kind: Kind
    by: str
    """Raters who gave the code, in words: those who marked these words, or all if nobody marked any."""


class CodeQuotes(Record):
    """The quotes of one code."""

    code: str
    label: str
    definition: str
    passages: int
    """Number of passages with the code, in all."""
    quotes: tuple[Quote, ...]


def quotes_by_code(
    settled: CodedPassages,
    codebook: Codebook,
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    *,
    most: int,
    quoting: Quoting = words_of,
) -> list[CodeQuotes]:
    """Up to `most` quotes for each code that applies anywhere, one document after the other."""
    by_code: dict[str, list[Rating]] = {}
    for rating in settled.codings:
        by_code.setdefault(rating.code, []).append(rating)
    return [
        CodeQuotes(
            code=code.id,
            label=code.label,
            definition=code.definition,
            passages=len(settled.applied[code.id]),
            quotes=tuple(
                _quote(rating, _by(rating, settled), passages, documents, quoting)
                for rating in _spread(by_code.get(code.id, ()), passages, documents)[:most]
            ),
        )
        for code in codebook.codes
        if settled.applied.get(code.id)
    ]


def _spread(
    ratings: Iterable[Rating], passages: Mapping[str, Passage], documents: Mapping[str, Document]
) -> list[Rating]:
    """One rating a passage, marked words before whole passages; documents take turns, interviews first."""
    chosen: dict[str, Rating] = {}
    for rating in ratings:
        best = chosen.get(rating.unit)
        if best is None or (best.start is None and rating.start is not None):
            chosen[rating.unit] = rating
    queues: dict[str, list[Rating]] = {}
    for rating in sorted(
        chosen.values(), key=lambda r: (r.start is None, passages[r.unit].position, passages[r.unit].document)
    ):
        queues.setdefault(passages[rating.unit].document, []).append(rating)
    slugs = sorted(queues, key=lambda slug: (documents[slug].kind is not Kind.INTERVIEW, slug))
    rounds = max((len(queue) for queue in queues.values()), default=0)
    return [queues[slug][turn] for turn in range(rounds) for slug in slugs if turn < len(queues[slug])]


def _by(rating: Rating, settled: CodedPassages) -> str:
    if settled.basis.source is Source.SUGGESTED:
        return settled.basis.caption
    given = [r for r in settled.codings if (r.unit, r.code) == (rating.unit, rating.code)]
    words = set(rating.spans)
    same = [r.rater for r in given if words <= set(r.spans)]
    return f"coded by {', '.join(dict.fromkeys(same))}"


def _quote(
    rating: Rating,
    by: str,
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    quoting: Quoting,
) -> Quote:
    passage = passages[rating.unit]
    document = documents[passage.document]
    marked = bool(rating.spans)
    words = stretches_of(passage, rating.spans, quoting)
    return Quote(
        text=shown_text(words.strip() if marked else shortened(words.strip())),
        marked=marked,
        passage=passage.id,
        speaker=passage.speaker,
        document=document.slug,
        title=document.title,
        kind=document.kind,
        by=by,
    )


def shortened(text: str) -> str:
    """The text up to `LONGEST` characters or a little more, cut after a sentence, so that no cut turns what
    one says; after a word only where none ends within twice as much."""
    if len(text) <= LONGEST:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, LONGEST // 2, 2 * LONGEST)]
    early = [end for end in ends if end <= LONGEST]
    if early or ends:
        return text[: early[-1] if early else ends[0]] + CUT
    if len(text) <= 2 * LONGEST:
        return text
    head = text[:LONGEST]
    return head[: head.rfind(" ")] + CUT if " " in head[LONGEST // 2 :] else head + CUT
