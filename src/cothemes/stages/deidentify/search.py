"""A study searched for what identifies people: all names of all documents are looked for in each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cothemes.ports import Progress
from cothemes.records.document import Document
from cothemes.records.privacy import Pseudonym, Replacement, found_hash
from cothemes.stages.deidentify.finding import Finding, find
from cothemes.stages.deidentify.names import Name, NameIndex
from cothemes.stages.deidentify.pseudonyms import PseudonymMap, put_listed, replaced
from cothemes.stages.deidentify.speakers import names_of
from cothemes.stages.deidentify.view import View, view


@dataclass(frozen=True)
class Searched:
    """One document with what was found in it."""

    document: Document
    found: tuple[tuple[Finding, Pseudonym], ...]

    @cached_property
    def spans(self) -> list[tuple[int, int, str]]:
        """(start, end, pseudonym) of what is replaced."""
        return [(f.start, f.end, entry.pseudonym) for f, entry in self.found if replaced(f, entry)]

    @cached_property
    def view(self) -> View:
        """The text as it would leave."""
        return view(self.document.text, self.spans)

    @property
    def hash(self) -> str:
        """Hash of the text and everything that is replaced in it."""
        return found_hash(self.document.version, self.spans)

    @property
    def replacements(self) -> list[Replacement]:
        """The log: places and pseudonyms, no words."""
        return [
            Replacement(start=f.start, end=f.end, pseudonym=entry.id, rule=f.rule, applied=replaced(f, entry))
            for f, entry in self.found
        ]

    @property
    def rules(self) -> dict[str, int]:
        """Return what was replaced, by rule."""
        return dict(Counter(f.rule for f, entry in self.found if replaced(f, entry)))

    @property
    def left(self) -> list[tuple[Finding, Pseudonym]]:
        """Everyday words that may be names, and were left because nobody has said."""
        return [(f, e) for f, e in self.found if not f.sure and not e.settled and not replaced(f, e)]


def search(
    documents: Sequence[Document],
    *,
    listed: Sequence[Name] = (),
    known: Sequence[Pseudonym] = (),
    given: Iterable[str] = (),
    ids: Callable[[], str],
    progress: Progress = lambda _count: None,
) -> tuple[list[Searched], PseudonymMap]:
    """Searches every document; new originals get pseudonyms in document order.

    `known` is the study's map, `given` every pseudonym ever given out. Run twice with what it returned, it
    finds the same under the same pseudonyms.
    """
    names = NameIndex([*listed, *(name for document in documents for name in names_of(document))], known)
    entries = PseudonymMap(known, given, (document.text for document in documents), ids)
    put_listed(entries, listed)
    results = []
    for document in documents:
        edges = sorted({edge for block in document.blocks for edge in (block.start, block.end)})
        found = find(document.text, names, document=document.slug, edges=edges)
        results.append(Searched(document, tuple((finding, entries.of(finding)) for finding in found)))
        for words in _outside(document):
            for finding in find(words, names, document=document.slug):
                entries.of(finding)
        progress(1)
    return results, entries


def _outside(document: Document) -> list[str]:
    """Return what goes along with a passage and is no part of the text: headings, such as a survey's
    questions.
    """
    headings = (heading for block in document.blocks for heading in block.headings)
    return list(dict.fromkeys([document.title, *headings]))


class Cloak:
    """Replaces what a study's map knows in any text, such as a heading."""

    def __init__(self, known: Sequence[Pseudonym]) -> None:
        self._names = NameIndex([], known)
        self._known = {(entry.kind, entry.key, entry.scope): entry for entry in known}

    def __call__(self, words: str, document: str = "") -> str:
        """The text with pseudonyms; what has none becomes its kind, in brackets. Initials count only in the
        document that they stand in."""
        return view(words, self.spans(words, document)).text

    def spans(self, words: str, document: str = "") -> list[tuple[int, int, str]]:
        """(start, end, pseudonym) of what is replaced."""
        spans = []
        for finding in find(words, self._names, document=document):
            entry = self._known.get(finding.identity)
            if entry is None:
                spans.append((finding.start, finding.end, f"[{finding.kind}]"))
            elif replaced(finding, entry):
                spans.append((finding.start, finding.end, entry.pseudonym))
        return spans
