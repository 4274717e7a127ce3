"""What in a text identifies someone: by name and by form, each with its rule."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from cothemes.stages.deidentify.name_folding import Folded, Span, fold_with_places, without_loose_marks
from cothemes.stages.deidentify.names import NameIndex, Shape, Token, Variant, tokens
from cothemes.stages.deidentify.patterns import matches

_BETWEEN = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f]*(?:['’\-‐‑–]|\n)?[ \t\u00a0\u2000-\u200a\u202f]*")
_AFTER_SHORT = re.compile(r"\.?\s?")
_SHORT = 2
"""Letters of a word behind which a full stop may stand inside a name: `K. Munro`, `St. Andrews`."""
_OPENING = " \t\u00a0\"'“‘«([*_–—-"
_ENDS_SENTENCE = ".!?:;…\n•"
_ENDINGS = frozenset(("s", "ll", "d", "ve", "re", "m"))
"""Endings that may follow a name after an apostrophe."""
_MONTHS = frozenset(("may", "june", "april", "august", "march"))
_LEADS = (
    "in of by since until till from to last next this during early late mid on before after end every around"
)
_BEFORE_MONTHS = frozenset(_LEADS.split())
_BLOT = "\ufffc"
_SAID_OF_PEOPLE = frozenset(("said", "says", "was", "is", "has", "had", "told", "asked", "and", "who", "s"))


@dataclass(frozen=True)
class Finding:
    """A stretch of a text that identifies someone, or may."""

    start: int
    end: int
    rule: str
    kind: str
    key: str = field(repr=False)
    """Equal for the same original."""
    original: str = field(repr=False)
    """Text that was found; of a name, the name in full."""
    origin: str = ""
    """The rule by which the original was found first, where it is another one."""
    sure: bool = True
    """False for an everyday word that may be a name: shown to a person, and left."""
    scope: str = ""
    """The one document in which the original means this."""

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what a pseudonym belongs to."""
        return self.kind, self.key, self.scope


def find(text: str, names: NameIndex, *, document: str = "", edges: Sequence[int] = ()) -> list[Finding]:
    """Everything found, ascending and without overlap.

    `edges` are offsets that no name crosses, such as the ends of turns, ascending.
    """
    found: list[Finding] = []
    searched = text
    while True:
        taken = sorted((f.start, f.end) for f in found)
        formed = [f for f in _formed(text, searched) if not _overlaps(taken, f.start, f.end)]
        taken = sorted([*taken, *((f.start, f.end) for f in formed)])
        searched = _masked(text, taken)
        called = _Search(searched, names, document, edges, taken).findings()
        if not formed and not called:
            return sorted(found, key=lambda f: f.start)
        found += [*formed, *called]
        # What stood behind a letter stands behind a bracket once a name is replaced, and may count only then.
        searched = _masked(text, sorted((f.start, f.end) for f in found))


def _formed(text: str, searched: str) -> list[Finding]:
    return [
        Finding(m.start, without_loose_marks(text, m.end), m.rule, m.kind, m.key, text[m.start : m.end])
        for m in matches(searched)
    ]


def _masked(text: str, taken: Sequence[Span]) -> str:
    """The text with stretches blotted out by as many characters that are no letters."""
    parts: list[str] = []
    at = 0
    for start, end in taken:
        parts += (text[at:start], _BLOT * (end - start))
        at = end
    return "".join([*parts, text[at:]])


def _overlaps(taken: Sequence[Span], start: int, end: int) -> bool:
    index = bisect_left(taken, (start, start))
    before = index > 0 and taken[index - 1][1] > start
    return before or (index < len(taken) and taken[index][0] < end)


class _Search:
    """One pass over the words of one text."""

    def __init__(
        self, text: str, names: NameIndex, document: str, edges: Sequence[int], taken: Sequence[Span]
    ) -> None:
        self._text = text
        self._names = names
        self._document = document
        self._edges = edges
        self._taken = list(taken)
        self._folded: Folded = fold_with_places(text)
        self._words: list[Token] = list(tokens(self._folded.text))

    def findings(self) -> list[Finding]:
        found = self._unspaced()
        self._taken = sorted([*self._taken, *((f.start, f.end) for f in found)])
        at = 0
        while at < len(self._words):
            finding, used = self._beginning_at(at)
            if finding is not None:
                found.append(finding)
            at += used
        return found

    def _beginning_at(self, at: int) -> tuple[Finding | None, int]:
        """The longest name that surely begins at a word, else one that may, and the words it takes."""
        doubtful: Finding | None = None
        following = self._words[at + 1][2] if at + 1 < len(self._words) else ""
        variants = self._names.beginning_with(self._words[at][2], following)
        if not variants or self._within_name(at):
            return None, 1
        for variant in variants:
            elsewhere = variant.scope not in ("", self._document)
            if elsewhere or not self._spells(at, variant) or self._goes_on(at + len(variant.words)):
                continue
            finding = self._finding(at, variant)
            if finding is not None and finding.sure:
                return finding, len(variant.words)
            # Of several everyday words each is doubtful by itself.
            if finding is not None and len(variant.words) == 1:
                doubtful = doubtful or finding
        return doubtful, 1

    def _spells(self, at: int, variant: Variant) -> bool:
        words = self._words[at : at + len(variant.words)]
        if tuple(word for _, _, word in words) != variant.words:
            return False
        return all(self._joined(words[k], words[k + 1]) for k in range(len(words) - 1))

    def _joined(self, first: Token, second: Token) -> bool:
        gap = self._folded.text[first[1] : second[0]]
        if _BETWEEN.fullmatch(gap):
            return True
        return len(first[2]) <= _SHORT and bool(_AFTER_SHORT.fullmatch(gap))

    def _within_name(self, at: int) -> bool:
        """Neil in O'Neil is another name."""
        if at == 0 or self._words[at - 1][2] != "o":
            return False
        return self._folded.text[self._words[at - 1][1] : self._words[at][0]] == "'"

    def _goes_on(self, after: int) -> bool:
        """Don in don't is no name; in Don's and Don'll it is."""
        if after >= len(self._words) or self._words[after][2] in _ENDINGS:
            return False
        return self._folded.text[self._words[after - 1][1] : self._words[after][0]] == "'"

    def _finding(self, at: int, variant: Variant) -> Finding | None:
        last = self._words[at + len(variant.words) - 1]
        start, end = self._folded.span(self._words[at][0], last[1])
        end = without_loose_marks(self._text, end)
        if self._crosses(start, end) or _overlaps(self._taken, start, end):
            return None
        written = self._text[start:end]
        if variant.shape is Shape.EXACT and written != variant.written:
            return None
        sure = variant.shape is not Shape.CAPITAL or self._is_surely_name(start, at, variant)
        return _called(start, end, variant, sure)

    def _is_surely_name(self, start: int, at: int, variant: Variant) -> bool:
        """Every word with a capital, and one of them not merely because a sentence begins there."""
        for k in range(len(variant.words)):
            place = self._folded.starts[self._words[at + k][0]]
            if not self._text[place].isupper():
                return False
        if len(variant.words) > 1 or self._acts(at + 1):
            return True
        return not self._opens_sentence(start) and not self._is_month(at)

    def _is_month(self, at: int) -> bool:
        if self._words[at][2] not in _MONTHS:
            return False
        before = self._words[at - 1][2] if at else ""
        after = self._words[at + 1][2] if at + 1 < len(self._words) else ""
        return before in _BEFORE_MONTHS or before[:1].isdigit() or after[:1].isdigit()

    def _acts(self, at: int) -> bool:
        """Return what follows is said of people: `Mark said`, `Hope's`."""
        return at < len(self._words) and self._words[at][2] in _SAID_OF_PEOPLE

    def _opens_sentence(self, start: int) -> bool:
        at = start
        while at > 0 and self._text[at - 1] in _OPENING:
            at -= 1
        return at == 0 or self._text[at - 1] in _ENDS_SENTENCE

    def _crosses(self, start: int, end: int) -> bool:
        index = bisect_right(self._edges, start)
        return index < len(self._edges) and self._edges[index] < end

    def _unspaced(self) -> list[Finding]:
        """Names in scripts without space between words, wherever their letters stand."""
        found: list[Finding] = []
        for variant in sorted(self._names.unspaced, key=lambda v: -len(v.written)):
            for match in re.finditer(re.escape(variant.written), self._folded.text):
                start, end = self._folded.span(*match.span())
                end = without_loose_marks(self._text, end)
                if not _overlaps(self._taken, start, end) and not self._crosses(start, end):
                    found.append(_called(start, end, variant, True))
                    self._taken = sorted([*self._taken, (start, end)])
        return found


def _called(start: int, end: int, variant: Variant, sure: bool) -> Finding:
    return Finding(
        start, end, variant.rule, variant.kind, variant.key, variant.original,
        origin=variant.origin, sure=sure, scope=variant.lasting_scope,
    )  # fmt: skip
