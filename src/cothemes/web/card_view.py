"""A card for a page: the passage cut into words that can be marked, and the codebook by themes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cothemes.errors import UsageError
from cothemes.records.codebook import Attribute, Code, Codebook
from cothemes.records.passage import Passage, Voice
from cothemes.stages.review.sitting import Act, Span, Verb

_PIECE = re.compile(r"\S+|\s+")
_SPAN = re.compile(r"(\d{1,7})-(\d{1,7})")
ATTRIBUTE = "attribute."
"""Beginning of the names of fields that hold an attribute's values."""


@dataclass(frozen=True)
class Part:
    """A stretch of a piece whose letters are all in the same quotes."""

    text: str
    quoted: tuple[str, ...] = ()
    """Codes that a suggestion quotes here."""
    begins: tuple[tuple[str, int], ...] = ()
    """Quotes that begin here: a code, and the number of its quote, from 1."""


@dataclass(frozen=True)
class Piece:
    """A word of the passage, the space between two words, or what another voice says among them."""

    text: str
    start: int | None = None
    """Half-open code points of the passage's text; None for what cannot be marked."""
    end: int | None = None
    other: bool = False
    """True for another voice."""
    codes: tuple[str, ...] = ()
    """Codes that the reviewer marked here."""
    parts: tuple[Part, ...] = ()
    """The piece, cut where a quote begins or ends. Empty for another voice."""

    @property
    def quoted(self) -> tuple[str, ...]:
        """Codes that a suggestion quotes somewhere in the piece."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.quoted))


@dataclass(frozen=True)
class _Quote:
    """A quote of a suggestion, with the place of its first own word."""

    code: str
    number: int
    span: Span
    first: int


@dataclass(frozen=True)
class ThemeCodes:
    """Codes of one theme; without a label, those that have none."""

    label: str
    codes: tuple[Code, ...]


def pieces_of(
    passage: Passage,
    marked: Iterable[tuple[str, Sequence[Span]]] = (),
    quoted: Iterable[tuple[str, Sequence[Span]]] = (),
) -> list[Piece]:
    """Return the passage in pieces, in order. Marks are code → spans, in code points of its text."""
    own = [(code, span) for code, spans in marked for span in spans]
    quotes = [
        _Quote(code, number, span, _first_own(passage, span))
        for code, spans in quoted
        for number, span in enumerate(spans, start=1)
    ]
    return list(_pieces(passage, own, quotes))


def _first_own(passage: Passage, span: Span) -> int:
    """Return where a quote begins among the speaker's own words."""
    starts = (
        max(each.start, span[0]) for each in passage.parts if each.voice is Voice.OWN and each.end > span[0]
    )
    return next(starts, span[0])


def _pieces(passage: Passage, own: Sequence[tuple[str, Span]], quotes: Sequence[_Quote]) -> Iterator[Piece]:
    for part in passage.parts:
        if part.voice is not Voice.OWN:
            yield Piece(passage.between(part), other=True)
            continue
        for found in _PIECE.finditer(passage.text, part.start, part.end):
            start, end = found.span()
            yield Piece(
                found.group(),
                start if found.group().strip() else None,
                end if found.group().strip() else None,
                codes=_at(own, start, end),
                parts=tuple(_parts(passage.text, start, end, quotes)),
            )


def _parts(text: str, start: int, end: int, quotes: Sequence[_Quote]) -> Iterator[Part]:
    here = [each for each in quotes if each.span[0] < end and start < each.span[1]]
    cuts = sorted({start, end, *(at for each in here for at in (*each.span, each.first) if start < at < end)})
    for first, last in pairwise(cuts):
        within = [each for each in here if each.span[0] < last and first < each.span[1]]
        yield Part(
            text[first:last],
            tuple(dict.fromkeys(each.code for each in within)),
            tuple((each.code, each.number) for each in within if each.first == first),
        )


def _at(marks: Sequence[tuple[str, Span]], start: int, end: int) -> tuple[str, ...]:
    found = (code for code, (first, last) in marks if first < end and start < last)
    return tuple(dict.fromkeys(found))


def by_theme(codebook: Codebook, codes: Sequence[Code]) -> list[ThemeCodes]:
    """Return codes by theme, in the codebook's order."""
    named = {theme: list[Code]() for theme in (*codebook.theme_by_id, "")}
    for code in codes:
        named[code.theme if code.theme in codebook.theme_by_id else ""].append(code)
    labels = {theme: found.label for theme, found in codebook.theme_by_id.items()}
    return [ThemeCodes(labels.get(theme, ""), tuple(held)) for theme, held in named.items() if held]


def attributes_of(codebook: Codebook, code: str) -> tuple[Attribute, ...]:
    """Return the attributes that may be set with a code; none for a code that is not in the codebook."""
    return codebook.attributes_of(code) if code in codebook.by_id else ()


def act_of(form: dict[str, list[str]], passage: Passage) -> Act:
    """Return the act that a form sends: `do` is a verb, or a verb and its code, such as `give:D4`.

    `spans` holds stretches such as `0-12,20-31`; `words`, for who has no script, the words themselves.
    """
    verb, _, code = form.get("do", [""])[0].partition(":")
    if verb not in set(Verb):
        raise UsageError(f"{verb!r} is nothing to do", hint="Use a button of the page.")
    number = form.get("number", ["0"])[0]
    return Act(
        verb=Verb(verb),
        code=code or form.get("code", [""])[0],
        text=form.get("text", [""])[0].replace("\r\n", "\n"),
        number=int(number) if number.isdecimal() else 0,
        spans=tuple(_spans(form, passage)),
        attributes={
            name.removeprefix(ATTRIBUTE): tuple(value for value in values if value)
            for name, values in form.items()
            if name.startswith(ATTRIBUTE)
        },
        sure=form.get("sure", [""])[0] == "yes",
    )


def _spans(form: dict[str, list[str]], passage: Passage) -> Iterator[Span]:
    for found in _SPAN.finditer(form.get("spans", [""])[0]):
        yield int(found[1]), int(found[2])
    words = " ".join(form.get("words", [""])[0].split())
    if words:
        yield found_words(passage, words)


def found_words(passage: Passage, words: str) -> Span:
    """Return where words stand in the passage, however they are spaced. Raises UsageError."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    found = re.search(pattern, passage.text) or re.search(pattern, passage.text, re.IGNORECASE)
    if found is None:
        raise UsageError("these words are not in the passage", hint="Copy them from the passage.")
    return found.span()
