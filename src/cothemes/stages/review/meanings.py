"""Which texts of a code ask for the same codings as its text now: by its meaning, and by its whole wording.

A code's text changes while people work. Label, theme and parent alone ask for no other coding. Brief,
examples, near-misses and the general rules make clearer what is meant: findings stay, and agreement keeps
the versions apart. Definition, criteria and the values of attributes are the meaning itself. A person may
say that two texts ask for the same; then they are the same for every purpose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.codebook import Codebook
from cothemes.records.record import content_hash

_MEANING = {"definition", "include_when", "exclude_when"}


@dataclass(frozen=True)
class SaidSame:
    """A person's word that codes ask for the same under two codebooks."""

    old: str
    """Hash of a codebook; so the next one."""
    new: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class _Text:
    """One text of one code, with what stands around it in its codebook."""

    book: str
    draft: bool
    wording: str
    """Wording that a reader goes by: the code without label, theme and parent, and the general rules."""
    meaning: str
    """Definition and criteria alone."""
    attributes: Mapping[str, tuple[bool, tuple[str, ...]]]
    """Name → whether it takes several values, and its values."""

    def key(self, *, strict: bool) -> str:
        """The text for agreement (`strict`) or for findings."""
        return self.wording if strict else self.meaning

    def same(self, other: _Text, *, strict: bool) -> bool:
        """Return whether both ask for the same codings; an attribute that one of them lacks changes no
        coding.
        """
        common = self.attributes.keys() & other.attributes.keys()
        alike = all(self.attributes[name] == other.attributes[name] for name in common)
        return alike and self.key(strict=strict) == other.key(strict=strict)


class Meanings:
    """The texts of each code of a codebook that stand for its text there."""

    def __init__(
        self,
        codebook: Codebook,
        earlier: Mapping[str, Codebook] | None = None,
        same: Iterable[SaidSame] = (),
        ended: Mapping[str, str] | None = None,
    ) -> None:
        """`codebook` is the one that counts. `earlier`: hash → codebook, in the order they came into use.
        `ended`: a code that was merged or split → the last codebook that held it: its meaning is the one it
        had there.
        """
        self.codes: tuple[str, ...] = tuple(codebook.by_id)
        self._codebook = codebook
        self._books = {**(earlier or {}), codebook.hash: codebook}
        said = list(same)
        last = {code: book for code, book in (ended or {}).items() if code not in self._codebook.by_id}
        self.ended: tuple[str, ...] = tuple(last)
        every = dict.fromkeys(self.codes, codebook.hash) | last
        self._strict = {code: self._reached(code, book, said, strict=True) for code, book in every.items()}
        self._loose = {code: self._reached(code, book, said, strict=False) for code, book in every.items()}
        self._hashes: dict[tuple[str, bool], frozenset[str]] = {}
        self._reworded: dict[str, frozenset[str]] = {}

    def has(self, code: str) -> bool:
        """Return whether the codebook holds the code."""
        return code in self._codebook.by_id

    def told(self, code: str) -> bool:
        """Return whether the codebook holds the code, or another that came of it."""
        return code in self._strict

    def stands(self, code: str, code_hash: str | None, book: str, *, strict: bool) -> bool:
        """Return whether a decision under this text counts. `strict`: for agreement; else for findings.

        `book` is the hash of the decision's codebook. Where it is not kept, the text itself is looked up.
        """
        kept = self._books[book].by_id.get(code) if book in self._books else None
        # Where a decision names a text that its codebook does not hold, the text is what the reader saw.
        if kept is not None and code_hash in (None, kept.text_hash):
            return book in self._reaching(code, strict)
        if code_hash is None:
            return False
        return code_hash in self._texts(code, strict)

    def stood(self, code: str, book: str, *, strict: bool) -> bool:
        """Return whether silence of a reading closed under this codebook says that the code is absent."""
        return book in self._reaching(code, strict)

    def held(self, code: str, book: str) -> bool:
        """Whether this codebook held the code, in whatever wording."""
        return book in self._books and code in self._books[book].by_id

    def reworded(self, book: str) -> frozenset[str]:
        """The codes whose text in this codebook is another one than now."""
        if book not in self._reworded:
            then = self._books[book].by_id if book in self._books else {}
            now = self._codebook.by_id
            self._reworded[book] = frozenset(
                code for code in now if code in then and then[code].text_hash != now[code].text_hash
            )
        return self._reworded[book]

    def text(self, code: str) -> str:
        """Hash of the code's text now."""
        return self._codebook.by_id[code].text_hash

    def _reaching(self, code: str, strict: bool) -> frozenset[str]:
        return (self._strict if strict else self._loose).get(code, frozenset())

    def _texts(self, code: str, strict: bool) -> frozenset[str]:
        key = (code, strict)
        if key not in self._hashes:
            books = self._reaching(code, strict)
            self._hashes[key] = frozenset(self._books[book].by_id[code].text_hash for book in books)
        return self._hashes[key]

    def _reached(self, code: str, last: str, said: Sequence[SaidSame], *, strict: bool) -> frozenset[str]:
        """Hashes of the codebooks under which the code's text stands for its text in `last`."""
        texts = {
            book: _text(book, content, code) for book, content in self._books.items() if code in content.by_id
        }
        links: dict[str, set[str]] = defaultdict(set)
        pairs = [(each.old, each.new) for each in said if code in each.codes]
        pairs += _alike(list(texts.values()), strict=strict)
        for old, new in pairs:
            if old in texts and new in texts:
                links[old].add(new)
                links[new].add(old)
        reached = {last}
        waiting = [last]
        while waiting:
            for book in links[waiting.pop()] - reached:
                reached.add(book)
                waiting.append(book)
        return frozenset(reached)


def _text(book: str, content: Codebook, code: str) -> _Text:
    found = content.by_id[code]
    return _Text(
        book=book,
        draft=not found.definition.strip(),
        wording=content_hash([found.substance_hash, list(content.general_rules)]),
        meaning=content_hash(found.model_dump(include=_MEANING)),
        attributes={each.name: (each.many, each.values) for each in content.attributes_of(code)},
    )


def _alike(texts: Sequence[_Text], *, strict: bool) -> Iterator[tuple[str, str]]:
    """Pairs of codebooks with the same text: one after the other, or with a text that came back.

    `texts` are in the order they came into use. For findings, a draft and its first definition are a pair.
    """
    known: dict[tuple[str, str], str] = {}
    for before, after in zip([None, *texts], texts, strict=False):
        if before is not None and not strict and before.draft and not after.draft:
            yield before.book, after.book
        if before is not None and before.same(after, strict=strict):
            yield before.book, after.book
        key = (after.key(strict=strict), repr(sorted(after.attributes.items())))
        if key in known:
            yield known[key], after.book
        known[key] = after.book
