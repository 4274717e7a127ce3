"""Queries over coded passages: `D4 AND NOT D6`, `D4 NEAR/2 (D6 OR D7)`, `meta.group=carers AND D4[mood=low]`.

    query  = part {OR part}            part  = near {AND near}         near = unit {NEAR[/n] unit}
    unit   = NOT unit | (query) | code | code[ATTRIBUTE=VALUE] | FIELD=VALUE | FIELD!=VALUE

A code applies to a passage as findings count it; a theme applies where one of its codes does. A passage that
nobody has read for a code is neither with it nor without it: where a query depends on that, the passage is
undetermined and does not match. NEAR/n selects passages of either side that have the other side within n
passages of the same document, or on themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from cothemes.errors import CothemesError, UsageError

NEARBY = 1
"""Passages between the two sides of NEAR without a number: the same passage or its neighbours."""
MOST_NEAR = 1_000
DEEPEST = 60
"""Brackets and NOTs within each other."""
EXAMPLE = 'For example: "D4 AND NOT D6", "D4 NEAR/2 D6", "D4 AND meta.group=carers".'

_TOKEN = re.compile(
    r'\s*(?:"(?P<quoted>[^"]*)"|(?P<sign>!=|[()\[\]=])|(?P<word>[^\s()\[\]="!]+)|(?P<other>\S))'
)
_NEAR = re.compile(r"NEAR(?:/(\d+))?", re.IGNORECASE)
_WORDS = ("AND", "OR", "NOT")

Name = TypeVar("Name")


class PassageFacts(NamedTuple):
    """A passage as a query sees it."""

    id: str
    document: str
    position: int
    """0, 1, … in document order."""
    fields: Mapping[str, str]
    """Full name → value: `passage.speaker`, `meta.group`."""


@dataclass(frozen=True)
class CodedFacts:
    """What people decided on the passages."""

    applied: Mapping[str, Set[str]]
    """Code → passages to which it applies."""
    rated: Mapping[str, Set[str]]
    """Code → passages that were read for it."""
    attributes: Mapping[tuple[str, str], Mapping[str, Collection[str]]] = field(default_factory=dict)
    """Passage and code → name of an attribute → its values."""


class Matched(NamedTuple):
    """The outcome of a query."""

    passages: frozenset[str]
    undetermined: frozenset[str]
    """Passages that nobody has read for a code on which the query depends."""


@dataclass(frozen=True)
class Vocabulary:
    """What names mean in one study."""

    codes: Callable[[str], Collection[str]]
    """Code or theme → codes. Raises UnknownCode."""
    field: Callable[[str, str], str]
    """Name of a field and the value that is asked for → its full name. Raises UsageError."""
    attribute: Callable[[str], str]
    """Name of an attribute → the same. Raises UsageError."""


class _Truth(NamedTuple):
    yes: frozenset[str]
    unknown: frozenset[str]

    @property
    def possible(self) -> frozenset[str]:
        return self.yes | self.unknown


class _Study:
    """Passages and decisions, with the neighbours of each passage."""

    def __init__(self, passages: Sequence[PassageFacts], coded: CodedFacts) -> None:
        self.passages = passages
        self.coded = coded
        self.every = frozenset(each.id for each in passages)
        self.read = frozenset().union(*coded.rated.values()) & self.every
        self._place = {each.id: (each.document, each.position) for each in passages}
        self._at: dict[tuple[str, int], str] = {place: name for name, place in self._place.items()}

    def around(self, passages: Collection[str], reach: int) -> frozenset[str]:
        """The passages within `reach` of these, themselves among them."""
        reached: dict[str, set[int]] = defaultdict(set)
        for passage in passages:
            document, position = self._place[passage]
            reached[document].update(range(position - reach, position + reach + 1))
        return frozenset(
            self._at[document, position]
            for document, positions in reached.items()
            for position in positions
            if (document, position) in self._at
        )


_Node = Callable[[_Study], _Truth]


@dataclass(frozen=True)
class PassageQuery:
    """A query that was understood."""

    text: str
    codes: frozenset[str]
    """The codes that it names, those of its themes among them."""
    _node: _Node

    def matches(self, passages: Sequence[PassageFacts], coded: CodedFacts) -> Matched:
        """Return the passages that match, and those for which it cannot be said."""
        found = self._node(_Study(passages, coded))
        return Matched(found.yes, found.unknown)


def parsed_query(text: str, vocabulary: Vocabulary) -> PassageQuery:
    """Return the query. Raises UsageError with the position of what is wrong."""
    reader = _Reader(text, vocabulary)
    node = reader.query()
    reader.end()
    return PassageQuery(text.strip(), frozenset(reader.codes), node)


class _Token(NamedTuple):
    text: str
    at: int
    kind: str
    """`quoted`, `sign`, `word`; empty at the end."""

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.text.upper() == word


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._tokens = list(self._cut())
        self._next = 0
        self._depth = 0
        self.codes: set[str] = set()

    def query(self) -> _Node:
        parts = [self._part()]
        while self._take("OR"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else _any(parts)

    def end(self) -> None:
        """Raise UsageError where something is left."""
        token = self._token
        if token.kind:
            what = (
                "nothing was opened before this bracket"
                if token.text == ")"
                else (f"AND, OR or NEAR is missing before {token.text!r}")
            )
            raise self._wrong(what, token.at)

    def _part(self) -> _Node:
        parts = [self._near()]
        while self._take("AND"):
            parts.append(self._near())
        return parts[0] if len(parts) == 1 else _all(parts)

    def _near(self) -> _Node:
        node = self._unit()
        while self._token.kind == "word" and (found := _NEAR.fullmatch(self._token.text)):
            reach = int(found[1]) if found[1] else NEARBY
            if reach > MOST_NEAR:
                raise self._wrong(f"NEAR takes at most {MOST_NEAR} passages", self._token.at)
            self._next += 1
            node = _near(node, self._unit(), reach)
        return node

    def _unit(self) -> _Node:
        token = self._token
        if token.is_word("NOT") or (token.text == "(" and token.kind == "sign"):
            self._depth += 1
            if self._depth > DEEPEST:
                raise self._wrong("the query is nested too deeply", token.at)
            self._next += 1
            if token.text != "(":
                node = _not(self._unit())
            else:
                node = self.query()
                if self._token.text != ")" or self._token.kind != "sign":
                    raise self._wrong(
                        f"the bracket opened at character {token.at + 1} is not closed", self._token.at
                    )
                self._next += 1
            self._depth -= 1
            return node
        if not self._is_name(token):
            raise self._wrong("a code, a field or a bracket is missing", token.at)
        self._next += 1
        if self._token.kind == "sign" and self._token.text in ("=", "!="):
            return self._field(token)
        return self._code(token)

    def _field(self, name: _Token) -> _Node:
        unlike = self._token.text == "!="
        self._next += 1
        value = self._value(f"after {name.text}{'!=' if unlike else '='}")
        if name.text.startswith("attr."):
            attribute = self._named(name, lambda: self._vocabulary.attribute(name.text.removeprefix("attr.")))
            node = _attribute(None, attribute, value)
        else:
            full = self._named(name, lambda: self._vocabulary.field(name.text, value))
            node = (
                _attribute(None, full.removeprefix("attr."), value)
                if full.startswith("attr.")
                else (_has(full, value))
            )
        return _not(node) if unlike else node

    def _code(self, name: _Token) -> _Node:
        codes = tuple(self._named(name, lambda: self._vocabulary.codes(name.text)))
        self.codes |= set(codes)
        if self._token.text != "[" or self._token.kind != "sign":
            return _any([_applies(code) for code in codes])
        opened = self._token
        self._next += 1
        attribute = self._token
        if not self._is_name(attribute):
            raise self._wrong("the name of an attribute is missing", attribute.at)
        self._next += 1
        if self._token.text != "=":
            raise self._wrong(f"= is missing after {attribute.text}", self._token.at)
        self._next += 1
        value = self._value(f"after {attribute.text}=")
        if self._token.text != "]":
            raise self._wrong(
                f"the bracket opened at character {opened.at + 1} is not closed", self._token.at
            )
        self._next += 1
        plain = attribute.text.removeprefix("attr.")
        known = self._named(attribute, lambda: self._vocabulary.attribute(plain))
        return _any([_attribute(code, known, value) for code in codes])

    def _value(self, where: str) -> str:
        token = self._token
        if token.kind not in ("word", "quoted"):
            raise self._wrong(f"a value is missing {where}", token.at)
        self._next += 1
        return token.text

    @staticmethod
    def _is_name(token: _Token) -> bool:
        if token.kind == "quoted":
            return bool(token.text.strip())
        return token.kind == "word" and token.text.upper() not in _WORDS and not _NEAR.fullmatch(token.text)

    def _named(self, token: _Token, look: Callable[[], Name]) -> Name:
        """What a name means, with its position where it means nothing."""
        try:
            return look()
        except CothemesError as error:
            raise self._wrong(error.message, token.at, error.hint) from None

    def _take(self, word: str) -> bool:
        taken = self._token.is_word(word)
        self._next += taken
        return taken

    @property
    def _token(self) -> _Token:
        if self._next < len(self._tokens):
            return self._tokens[self._next]
        return _Token("", len(self._text.rstrip()), "")

    def _cut(self) -> Iterator[_Token]:
        at = 0
        text = self._text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            assert found is not None
            kind = found.lastgroup or ""
            start = found.start(kind) - (kind == "quoted")
            if kind == "other":
                what = (
                    "a quotation mark is not closed"
                    if found["other"] == '"'
                    else f"{found['other']!r} means nothing here"
                )
                raise self._wrong(what, start)
            yield _Token(found[kind], start, kind)
            at = found.end()

    def _wrong(self, what: str, at: int, hint: str = "") -> UsageError:
        shown, shift = _window(self._text, at)
        return UsageError(
            what,
            where=f"--query, character {at + 1}",
            hint=f"{hint or EXAMPLE}\n      {shown}\n      {' ' * shift}^",
        )


def _window(text: str, at: int) -> tuple[str, int]:
    """The query around a position, so short that a mark can be set under it, and the mark's column."""
    first = max(at - 50, 0)
    return text[first : first + 70].replace("\n", " "), at - first


def _applies(code: str) -> _Node:
    def node(study: _Study) -> _Truth:
        yes = study.every & study.coded.applied.get(code, frozenset())
        return _Truth(yes, study.every - study.coded.rated.get(code, frozenset()) - yes)

    return node


def _attribute(code: str | None, name: str, value: str) -> _Node:
    wanted = value.casefold()

    def node(study: _Study) -> _Truth:
        yes = frozenset(
            passage
            for (passage, given), attributes in study.coded.attributes.items()
            if (code is None or given == code)
            and passage in study.coded.applied.get(given, ())
            and wanted in (each.casefold() for each in attributes.get(name, ()))
        )
        read = study.read if code is None else study.coded.rated.get(code, frozenset())
        return _Truth(yes & study.every, study.every - read - yes)

    return node


def _has(name: str, value: str) -> _Node:
    wanted = value.casefold()

    def node(study: _Study) -> _Truth:
        yes = (each.id for each in study.passages if each.fields.get(name, "").casefold() == wanted)
        return _Truth(frozenset(yes), frozenset())

    return node


def _not(part: _Node) -> _Node:
    def node(study: _Study) -> _Truth:
        found = part(study)
        return _Truth(study.every - found.possible, found.unknown)

    return node


def _all(parts: Sequence[_Node]) -> _Node:
    def node(study: _Study) -> _Truth:
        found = [part(study) for part in parts]
        yes = frozenset.intersection(*(each.yes for each in found))
        return _Truth(yes, frozenset.intersection(*(each.possible for each in found)) - yes)

    return node


def _any(parts: Sequence[_Node]) -> _Node:
    def node(study: _Study) -> _Truth:
        found = [part(study) for part in parts]
        yes = frozenset[str]().union(*(each.yes for each in found))
        return _Truth(yes, frozenset[str]().union(*(each.unknown for each in found)) - yes)

    return node


def _near(left: _Node, right: _Node, reach: int) -> _Node:
    def node(study: _Study) -> _Truth:
        one, other = left(study), right(study)

        def both(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
            return (first & study.around(second, reach)) | (second & study.around(first, reach))

        yes = both(one.yes, other.yes)
        return _Truth(yes, both(one.possible, other.possible) - yes)

    return node
