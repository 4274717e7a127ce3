"""A passage: the unit that people and models code alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from cothemes.records.document import BlockKind, Role
from cothemes.records.record import Record
from cothemes.records.text import count_words

OMITTED = " […] "
"""Stands in quotes, tables and exports for the words of another voice within a passage."""
_LETTERS = re.compile(r"[^\W\d_]+")


class Voice(StrEnum):
    """Whose words a part of a passage's text holds."""

    OWN = "own"
    LABEL = "label"
    """No one's: the speaker's own label or a time mark between two of their turns."""
    OTHER = "other"
    """Another voice's, with its label."""


class Part(NamedTuple):
    """A part of a passage's text."""

    start: int
    end: int
    """Half-open code points of the *passage's* text."""
    voice: Voice


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
    """Number of words; see `count_words`."""


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
        """Number of words; see `count_words`."""
        return count_words(self.text)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The text in parts, in order: the speaker's own words, and what is between their sentences."""
        found: list[Part] = []
        at = 0
        for sentence in self.sentences:
            start, end = sentence.start - self.start, sentence.end - self.start
            between = self.text[at:start]
            if between.strip():
                found.append(
                    Part(at, start, Voice.LABEL if _is_label(between, self.speaker) else Voice.OTHER)
                )
                found.append(Part(start, end, Voice.OWN))
            elif found:
                found[-1] = found[-1]._replace(end=end)
            else:
                found.append(Part(at, end, Voice.OWN))
            at = end
        return tuple(found) or (Part(0, len(self.text), Voice.OWN),)

    @property
    def spoken(self) -> str:
        """The speaker's own words, as coders and embedders read them: without labels, and with nothing of
        another voice."""
        parts = self.parts
        if len(parts) == 1:
            return self.text
        own = (self.text[part.start : part.end].strip() for part in parts if part.voice is Voice.OWN)
        return "\n\n".join(own)

    def own_text(
        self,
        start: int | None = None,
        end: int | None = None,
        written: Callable[[int, int], str] | None = None,
    ) -> str:
        """Return the speaker's own words from `start` to `end` (code points of the text; None: its edge).

        What another voice says in between is left out and marked `[…]`; labels are left out. `written` gives
        the words of a part as they may be read, by its code points; else they are as in the source.
        """
        first, last, _ = slice(start, end).indices(len(self.text))
        words: list[str] = []
        for part in self.parts:
            begin, stop = max(part.start, first), min(part.end, last)
            if begin < stop:
                own = written(begin, stop) if written else self.text[begin:stop]
                words.append(own if part.voice is Voice.OWN else _GAPS[part.voice])
        return "".join(words) if len(words) == 1 else "".join(words).strip()

    @property
    def text_with_others(self) -> str:
        """The words as a person reads them: what another voice says in between is in square brackets."""
        return "".join(
            self.text[part.start : part.end] if part.voice is Voice.OWN else self.between(part)
            for part in self.parts
        )

    def between(self, part: Part) -> str:
        """Return a part that is not the speaker's own, as a person reads it on its own line."""
        if part.voice is Voice.LABEL:
            return "\n\n"
        lines = [line for line in self.text[part.start : part.end].split("\n") if line.strip()]
        if len(lines) > 1 and _is_label(lines[-1], self.speaker):
            lines.pop()
        return f"\n\n[{' '.join(' '.join(lines).split())}]\n\n"

    def sentence_text(self, sentence: Sentence) -> str:
        """The words of one sentence."""
        return self.text[sentence.start - self.start : sentence.end - self.start]


_GAPS = {Voice.LABEL: "\n\n", Voice.OTHER: OMITTED}


def _is_label(between: str, speaker: str) -> bool:
    """Return whether the letters are the speaker's name, a part of it or its initials, or there are none."""
    letters = [word.casefold() for word in _LETTERS.findall(between)]
    name = [word.casefold() for word in _LETTERS.findall(speaker)]
    initials = "".join(word[0] for word in name)
    return "".join(letters) == initials or all(word in name for word in letters)


PassageOrHead = Passage | PassageHead
"""A passage or its head, for callers that need its place, speaker and length, and never its words."""
