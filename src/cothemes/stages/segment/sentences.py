"""Sentences of talk and of prose, by rule: small enough to point at, never across what is not theirs."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cothemes.records.text import count_words, is_unspaced, letters_a_word

LONGEST_WORD = 2_000
"""Characters. A longer run without white space is cut."""
_RUN_ON = 80
"""Words. A sentence longer than this is cut at its clauses."""
_CLAUSE = 60
"""Words of a clause at most, where there is a comma or a dash to cut at."""
_PIECE = 40
"""Words, where there is none."""

_STOP = re.compile(
    r"(?:(?:(?<![.!?])[.!?]+|…|(?<![।॥؟۔။។])[।॥؟۔။។]+)['\"”’»)\]*_]*(?=\s|$))"
    r"|(?<![。！？｡])[。！？｡]+['\"”’»」』）》)\]*_]*"
)
"""From the first stop of a run on: tried from each of them, a long run of stops would take for ever.
No blank follows a Chinese or Japanese stop.
"""
_ALWAYS = frozenset("。！？｡।॥؟۔။។")
"""Stops that abbreviations and numbers do not have."""
_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_WORD = re.compile(r"\S+")
_SHORT = """
    dr mr mrs ms prof st rev hon sr jr gov sen rep capt col gen lt sgt no nos vol vols fig figs pp p
    para paras sec art ch cf vs v approx dept est inc ltd co corp ave rd jan feb mar apr jun jul aug
    sep sept oct nov dec e.g i.e eg ie et al ca viz esp ed eds tel ext min max
"""
_ABBREVIATIONS = frozenset(_SHORT.split())
_BOUND = frozenset(
    ("no", "nos", "p", "pp", "fig", "figs", "vol", "vols", "art", "ch", "sec", "para", "paras", "min", "max")
)
"""Short for something only before a number; else a word that may end a sentence (`I said no.`)."""
_ENDS_TOO = frozenset(
    ("al", "co", "ltd", "inc", "corp", "etc", "rd", "ave", "est", "dept", "ed", "tel", "ext", "v", "p")
)
"""May end a sentence: the next word decides."""
_SPELT = re.compile(r"(?:[a-z]\.)+[a-z]")
_NUMBER = re.compile(r"\(?\d{1,3}")
_CLAUSE_END = re.compile(r"[,;:–—-]['\"”’)\]]*$|…$")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_PAUSE = re.compile(r"[，、；：,;:—…]+['\"”’»」』）》)\]]*|\s+")
"""Where a sentence without blanks between its words can be cut."""
_BEFORE_VOWEL = frozenset("เแโใไເແໂໃໄ")
"""Thai and Lao vowels that stand before the letter they are spoken after."""
_VIRAMA = 9
"""Canonical class of the sign that joins a letter to the next one."""


class Span(NamedTuple):
    """Half-open code points."""

    start: int
    end: int


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of text[start:end], in order, trimmed of white space, covering every other character.

    A stop ends a sentence unless it belongs to an abbreviation, an initial or a number, or the next word goes
    on in lower case after an ellipsis; a blank line always does. A sentence of more than 80 words is cut at
    clause marks into pieces of at most 60 words, and where there are none (speech recognised without
    punctuation) into pieces of at most 40. A word of more than 2,000 characters is cut.
    """
    stop = len(text) if end is None else end
    found: list[Span] = []
    for paragraph in _split(text, Span(start, stop), _LINES):
        for sentence in _at_stops(text, paragraph):
            found.extend(_pieces(text, sentence))
    return found


def words_in(text: str, span: Span) -> int:
    """Number of words; see `count_words`."""
    return count_words(text[span.start : span.end])


def _split(text: str, span: Span, pattern: re.Pattern[str]) -> list[Span]:
    spans: list[Span] = []
    at = span.start
    for match in pattern.finditer(text, span.start, span.end):
        spans.append(Span(at, match.start()))
        at = match.end()
    spans.append(Span(at, span.end))
    return [trimmed for part in spans if (trimmed := _trim(text, part)) is not None]


def _at_stops(text: str, span: Span) -> list[Span]:
    spans: list[Span] = []
    at = span.start
    for match in _STOP.finditer(text, span.start, span.end):
        if match.end() < span.end and _ends(text, match, span):
            spans.append(Span(at, match.end()))
            at = match.end()
    spans.append(Span(at, span.end))
    return [trimmed for part in spans if (trimmed := _trim(text, part)) is not None]


def _ends(text: str, match: re.Match[str], span: Span) -> bool:
    following = _next_character(text, match.end(), span.end)
    mark = match.group().rstrip("'\"”’»」』）》)]*_")
    if mark[0] in _ALWAYS:
        return True
    if mark.startswith(("…", "..")):
        return not following.islower() and not following.isdigit()
    if mark != ".":
        # `"Why?" she said` goes on.
        return not following.islower()
    first = match.start()
    while first > max(span.start, match.start() - 30) and (
        text[first - 1].isalnum() or text[first - 1] in "_.’'&/-"
    ):
        first -= 1
    word = text[first : match.start()].lower().strip("’'\"")
    if len(word) == 1 and word.isalpha() and word != "i":
        # An initial (J. Smith), unless it closes a list or a sentence before a word in lower case.
        return not following.isupper()
    bare = word.strip(".")
    if bare in _BOUND:
        return not following.isdigit()
    if bare in _ENDS_TOO:
        return following.isupper() or not following
    if bare in _ABBREVIATIONS:
        return False
    if "." in word and _SPELT.fullmatch(word):
        # U.K., a.m.: the next word decides.
        return following.isupper()
    if _NUMBER.fullmatch(word) and match.start() - len(word) <= span.start + 1:
        # The number of a paragraph (`5. Public bodies …`) is part of it.
        return False
    return not following.islower() or len(word) > 3


def _next_character(text: str, at: int, end: int) -> str:
    while at < end and text[at].isspace():
        at += 1
    return text[at] if at < end else ""


def _pieces(text: str, span: Span) -> list[Span]:
    if is_unspaced(sample := text[span.start : min(span.end, span.start + LONGEST_WORD)]):
        return _unspaced_pieces(text, span, letters_a_word(sample))
    if span.end - span.start < LONGEST_WORD and len(text[span.start : span.end].split()) <= _RUN_ON:
        return [span]
    # Numbers in arrays: a text without stops is one sentence, and may have millions of words.
    starts, ends, clause_ends = array("l"), array("l"), array("l")
    giants = False
    for match in _WORD.finditer(text, span.start, span.end):
        for word in _short(text, Span(match.start(), match.end())):
            starts.append(word.start)
            ends.append(word.end)
            giants = giants or word.end - word.start == LONGEST_WORD
            if _CLAUSE_END.search(text[word.start : word.end]):
                clause_ends.append(len(ends))
    if len(ends) <= _RUN_ON and not giants and span.end - span.start <= LONGEST_WORD:
        return [span]
    pieces: list[Span] = []
    at = 0
    while at < len(ends):
        stop = _cut(starts, ends, at, clause_ends)
        pieces.append(Span(starts[at], ends[stop - 1]))
        at = stop
    return pieces


def _unspaced_pieces(text: str, span: Span, rate: float) -> list[Span]:
    """A sentence of a script without blanks, in pieces of at most 60 words where it has more than 80.

    `rate`: letters that count as one word. It is cut at a comma or a blank, else between two letters.
    """
    if span.end - span.start <= _RUN_ON * rate:
        return [span]
    pauses = [match.end() for match in _PAUSE.finditer(text, span.start, span.end)]
    pieces: list[Span] = []
    at = span.start
    while span.end - at > _CLAUSE * rate:
        limit = at + int(_CLAUSE * rate)
        low = bisect_left(pauses, at + int(8 * rate))
        high = bisect_right(pauses, limit)
        stop = pauses[high - 1] if high > low else limit
        while high <= low and stop > at + 1 and not _may_cut(text, stop):
            stop -= 1
        pieces.append(Span(at, stop if stop > at + 1 else limit))
        at = pieces[-1].end
    pieces.append(Span(at, span.end))
    return [trimmed for piece in pieces if (trimmed := _trim(text, piece)) is not None]


def _cut(starts: Sequence[int], ends: Sequence[int], at: int, clause_ends: Sequence[int]) -> int:
    """Index after the last word of the piece that begins at word `at`."""
    left = len(ends) - at
    limit = at + 1
    while limit < len(ends) and ends[limit] - starts[at] <= LONGEST_WORD and limit - at < _RUN_ON:
        limit += 1
    if limit == len(ends) and left <= _CLAUSE:
        return limit
    low = bisect_left(clause_ends, at + 8)
    fitting = [n for n in clause_ends[low : low + _CLAUSE] if n <= min(limit, at + _CLAUSE)]
    if fitting:
        return fitting[-1]
    return min(limit, at + (_PIECE if left > _PIECE else left))


def _short(text: str, word: Span) -> list[Span]:
    """A word in cuts of at most LONGEST_WORD characters, none inside a letter and its marks."""
    parts: list[Span] = []
    at = word.start
    while word.end - at > LONGEST_WORD:
        stop = at + LONGEST_WORD
        while stop > at + 1 and not _may_cut(text, stop):
            stop -= 1
        if stop == at + 1:
            stop = at + LONGEST_WORD
        parts.append(Span(at, stop))
        at = stop
    parts.append(Span(at, word.end))
    return parts


def _may_cut(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M" or after in _JOINERS or before == "\u200d":
        return False
    if before in _BEFORE_VOWEL or after in "ำຳะະ" or unicodedata.combining(before) == _VIRAMA:
        return False
    return not 0x1F3FB <= ord(after) <= 0x1F3FF


def _trim(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None
