"""A passage: the unit that people and models code alike."""

from __future__ import annotations

from typing import NamedTuple

from cothemes.records.document import BlockKind, Role
from cothemes.records.record import Record


class Sentence(Record):
    """A sentence of a passage, as evidence is pointed at."""

    id: str
    """`s1`, `s2`, … within the passage."""
    start: int
    end: int
    """Half-open code points of the *document's* text."""


class PassageHead(NamedTuple):
    """A passage without its words: so light that a list holds a whole study."""

    id: str
    document: str
    version: str
    segmentation: str
    start: int
    kind: BlockKind
    role: Role
    position: int
    words: int
    """Words by white space."""


class Passage(Record):
    """`document.text[start:end]`, cut before coding and never renumbered."""

    id: str
    """Short id: `slug.0042`."""
    document: str
    """The document's slug."""
    version: str
    """The document's version."""
    segmentation: str
    """Hash of the settings that cut it."""
    start: int
    end: int
    text: str
    kind: BlockKind
    speaker: str = ""
    role: Role = Role.NONE
    headings: tuple[str, ...] = ()
    time: str = ""
    sentences: tuple[Sentence, ...] = ()
    """Only what the passage's own speaker says; an interjection between them is no sentence."""
    position: int
    """0, 1, … in document order."""

    @property
    def head(self) -> PassageHead:
        """Return the passage without its words."""
        return PassageHead(
            self.id, self.document, self.version, self.segmentation, self.start, self.kind, self.role,
            self.position, self.words,
        )  # fmt: skip

    @property
    def words(self) -> int:
        """Words by white space."""
        return len(self.text.split())

    def sentence_text(self, sentence: Sentence) -> str:
        """The words of one sentence."""
        return self.text[sentence.start - self.start : sentence.end - self.start]


PassageOrHead = Passage | PassageHead
"""A passage or its head, for callers that need its place, speaker and length, and never its words."""
