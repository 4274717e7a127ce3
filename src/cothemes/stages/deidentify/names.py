"""Names as they are looked for: whole, by their parts, with an initial, and whose a part is.

A part that belongs to one person stands for that person. One that several share (two Kirstens) identifies
still, so it is replaced too, by a pseudonym of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple

from cothemes.records.privacy import PERSON, Pseudonym, Treatment
from cothemes.stages.deidentify.everyday import EVERYDAY
from cothemes.stages.deidentify.name_folding import fold

NAME_PART = "name-part"
INITIALS = "initials"
LISTED = "list"
NAME_RULES = frozenset((LISTED, "speaker", "key", "metadata", NAME_PART, INITIALS))
"""Rules whose originals are names: they are looked for again in every later document."""

_HONOURS = """
    dr doctor prof professor mr mrs ms mx miss sir dame lord lady rev reverend sister father nurse cllr
    councillor the right honourable hon uncle auntie aunt
"""
_TITLES = frozenset(_HONOURS.split())
_LINKS = "de da di do dos van von der den la le du of al el bin ibn mac mc ni y st ap ten ter"
_PARTICLES = frozenset(_LINKS.split())
_TOKEN = re.compile(r"[^\W_]+")
_SHORTEST_PART = 2
_SHORTEST_HALF = 3

Token = tuple[int, int, str]
"""Start and end in folded text, and the word."""


class Shape(Enum):
    """Shapes in which a word counts as the name."""

    ANY = "any"
    CAPITAL = "capital"
    """An everyday word: surely a name only with a capital inside a sentence."""
    EXACT = "exact"
    """The letters as written, capitals included: initials."""


@dataclass(frozen=True)
class Name:
    """Something that is called so."""

    text: str = field(repr=False)
    kind: str = PERSON
    rule: str = LISTED
    replacement: str = ""
    """Replacement that a person wants; names with the same one are the same thing."""
    leave: bool = False
    """A person says that it identifies no one, though it may be a part of someone's name."""
    scope: str = ""
    """The slug of the one document in which it is looked for; empty: all."""
    owner: str = field(default="", repr=False)
    """Name that initials stand for, where it is known."""

    @property
    def key(self) -> str:
        """Equal for the same name written differently."""
        if self.rule == INITIALS:
            return key_of(self.owner, PERSON) if self.owner else self.text.upper()
        return key_of(self.text, self.kind)

    @property
    def chosen(self) -> bool:
        """Return whether a person said what becomes of it: then it is never taken for a part of another
        name.
        """
        return self.leave or bool(self.replacement)

    @property
    def lasting_scope(self) -> str:
        """The scope of its pseudonym: initials of a known person share that person's."""
        return "" if self.owner else self.scope


@dataclass(frozen=True)
class Variant:
    """A row of words that stands for a name."""

    words: tuple[str, ...] = field(repr=False)
    key: str = field(repr=False)
    original: str = field(repr=False)
    """The name in full, as its pseudonym keeps it."""
    kind: str
    rule: str
    """Rule that found it here."""
    origin: str
    """Rule that found the name first."""
    shape: Shape = Shape.ANY
    written: str = field(default="", repr=False)
    """Letters as written, of shape EXACT."""
    scope: str = ""
    """Document in which it is looked for."""
    lasting_scope: str = ""
    """The scope of its pseudonym."""


def key_of(text: str, kind: str) -> str:
    """Return what equal names have in common: folded words, of a person without titles."""
    words = [word for _, _, word in tokens(fold(text))]
    if kind == PERSON:
        words = [word for word in words if word not in _TITLES] or words
    return " ".join(words)


def tokens(folded: str) -> Iterator[Token]:
    """Words of letters and figures. Vowel signs and other marks belong to their word."""
    start, end = -1, -1
    for match in _TOKEN.finditer(folded):
        if start >= 0:
            gap = folded[end : match.start()]
            if not gap.isascii() and all(unicodedata.category(c).startswith("M") for c in gap):
                end = match.end()
                continue
            yield start, end, folded[start:end]
        start, end = match.span()
    if start >= 0:
        yield start, end, folded[start:end]


def is_unspaced(text: str) -> bool:
    """Return whether it is written in a script that puts no space between words."""
    return any(
        "\u0e00" <= c <= "\u0eff" or "\u1000" <= c <= "\u109f" or "\u1780" <= c <= "\u17ff"
        or "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff"
        for c in text
    )  # fmt: skip


class NameIndex:
    """All names of a study, ready to be looked up by their first word."""

    def __init__(self, names: Iterable[Name], known: Iterable[Pseudonym] = ()) -> None:
        """`known` are the study's pseudonyms; those of names are looked for again."""
        kept = [entry for entry in known if entry.rule in NAME_RULES]
        self._always = {(e.kind, e.key, e.scope) for e in kept if e.treatment is Treatment.ALWAYS}
        every = [*(_as_name(entry) for entry in kept if entry.key), *names]
        self._single: dict[str, list[Variant]] = defaultdict(list)
        self._pairs: dict[tuple[str, str], list[Variant]] = defaultdict(list)
        self.unspaced: list[Variant] = []
        known_keys = {entry.key for entry in kept if entry.kind == PERSON}
        for variant in dict.fromkeys(self._variants(every, known_keys)):
            if len(variant.words) > 1:
                self._pairs[variant.words[0], variant.words[1]].append(variant)
            elif variant.words:
                self._single[variant.words[0]].append(variant)
            else:
                self.unspaced.append(variant)
        for variants in self._pairs.values():
            variants.sort(key=lambda v: -len(v.words))

    def beginning_with(self, word: str, following: str) -> Sequence[Variant]:
        """Names that begin with two folded words, or are the first of them; the longest first."""
        longer = self._pairs.get((word, following), ())
        single = self._single.get(word, ())
        return [*longer, *single] if longer else single

    def _variants(self, names: list[Name], known_keys: Collection[str]) -> Iterator[Variant]:
        whole: dict[tuple[str, str], Name] = {}
        for name in names:
            if name.rule != INITIALS and name.key:
                whole.setdefault((name.kind, name.key), name)
        people = {key: name for (kind, key), name in whole.items() if kind == PERSON}
        parts: list[Variant] = []
        for part, bearers in _bearers(people).items():
            single = people.get(part)
            if single is not None and (part in known_keys or len(bearers) > 1 or single.chosen):
                continue
            if len(bearers) == 1:
                # A first name alone is taken for the one person who bears it.
                people.pop(part, None)
                parts += self._spelt(part, people[bearers[0].key], single.rule if single else NAME_PART)
            else:
                parts += self._spelt(part, Name(bearers[0].written, rule=NAME_PART), NAME_PART)
        for (kind, key), name in whole.items():
            if kind != PERSON:
                yield from self._whole(name)
            elif key in people:
                yield from self._whole(name)
                yield from self._with_initial(name)
        yield from parts
        for name in names:
            if name.rule == INITIALS:
                yield self._initials(name, people.get(name.key))

    def _whole(self, name: Name) -> Iterator[Variant]:
        folded = fold(name.text)
        if is_unspaced(folded):
            yield self._variant((), name, name.rule, folded.strip())
            return
        yield self._variant(name.key.split(), name, name.rule)
        if "'" in folded:
            yield self._variant(key_of(folded.replace("'", ""), name.kind).split(), name, name.rule)

    def _spelt(self, part: str, name: Name, rule: str) -> Iterator[Variant]:
        words = part.split()
        yield self._variant(words, name, rule)
        if len(words) == 2 and len(words[0]) == 1:
            # O'Neill is written ONeill too.
            yield self._variant(["".join(words)], name, rule)

    def _with_initial(self, name: Name) -> Iterator[Variant]:
        words = name.key.split()
        if len(words) > 1 and len(words[0]) > 1:
            yield replace(self._variant([words[0][0], words[-1]], name, name.rule), shape=Shape.CAPITAL)

    def _initials(self, name: Name, owner: Name | None) -> Variant:
        whose = owner or name
        return Variant(
            (fold(name.text),), name.key, whose.text, PERSON, INITIALS, whose.rule,
            shape=Shape.EXACT, written=name.text, scope=name.scope, lasting_scope=name.lasting_scope,
        )  # fmt: skip

    def _variant(self, words: Sequence[str], name: Name, rule: str, written: str = "") -> Variant:
        everyday = bool(words) and all(word in EVERYDAY or len(word) == 1 for word in words)
        meant = name.rule == LISTED and name.text.islower()
        careful = everyday and not meant and (name.kind, name.key, "") not in self._always
        shape = Shape.CAPITAL if careful else Shape.ANY
        return Variant(tuple(words), name.key, name.text, name.kind, rule, name.rule, shape, written)


class _Bearer(NamedTuple):
    """Someone who bears a part of a name, and the part as written."""

    key: str
    written: str


def _as_name(entry: Pseudonym) -> Name:
    return Name(entry.original, entry.kind, entry.rule, scope=entry.scope)


def _bearers(people: Mapping[str, Name]) -> dict[str, list[_Bearer]]:
    """Part of a name → who bears it: words of a name in several, and halves of a double name."""
    bearers: dict[str, list[_Bearer]] = defaultdict(list)
    for key, name in people.items():
        words = [(written, [word for _, _, word in tokens(fold(written))]) for written in name.text.split()]
        words = [(written, parts) for written, parts in words if parts and parts[0] not in _TITLES]
        if len(words) < 2 or is_unspaced(key):
            continue
        found = {" ".join(parts): written for written, parts in words}
        for _, parts in words:
            if len(parts) > 1:
                found.update((half, half.capitalize()) for half in parts if len(half) >= _SHORTEST_HALF)
        for part, written in found.items():
            if len(part) >= _SHORTEST_PART and part not in _PARTICLES:
                bearers[part].append(_Bearer(key, written.strip(".,;:")))
    return bearers
