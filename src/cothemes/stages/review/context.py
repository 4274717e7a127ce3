"""What stands before a passage, so that it can be understood. It is shown as context and never coded."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.record import Record

TURNS = 2
LOOK_BACK = 6
"""So many turns are searched for the interviewer's last question."""
BACKCHANNEL = 3
"""A turn of no more words that asks nothing, such as "Mm", helps nobody and is passed over."""
WORDS = 45
"""Number of words shown of each turn, its last ones."""


class Context(Record):
    """A stretch before the passage."""

    speaker: str
    role: Role
    text: str
    cut: bool
    """True if more stands before it in the same turn."""


def context_before(document: Document, passage: Passage) -> tuple[Context, ...]:
    """The interviewer's question and up to two turns before; in a policy text, the paragraph before.

    Answers of a survey have none: the row before is another person's.
    """
    if document.kind is Kind.SURVEY:
        return ()
    count = bisect_left([block.start for block in document.blocks], passage.start)
    before = [block for block in document.blocks[:count] if _says_something(document, block)]
    turns = 1 if document.kind in (Kind.POLICY, Kind.REVIEW) else TURNS
    chosen = before[-turns:]
    if document.kind is Kind.INTERVIEW and not any(b.role is Role.INTERVIEWER for b in chosen):
        earlier = before[-LOOK_BACK:-turns]
        chosen = [b for b in earlier if b.role is Role.INTERVIEWER][-1:] + chosen
    return tuple(_context(document, block, passage.start) for block in chosen)


def _says_something(document: Document, block: Block) -> bool:
    if block.kind is BlockKind.HEADING:
        return False
    words = document.text[block.start : block.end]
    return block.kind is not BlockKind.TURN or "?" in words or len(words.split()) > BACKCHANNEL


class Turn(Record):
    """A stretch of the document as it is read around a passage."""

    speaker: str
    role: Role
    text: str
    inside: bool
    """True if it holds words of the passage."""
    own: tuple[int, int] = (0, 0)
    """The passage's words in `text`, half-open code points."""

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text in its order, with whether it is the passage's own; never a part without words."""
        start, end = self.own if self.inside else (0, 0)
        cut = ((self.text[:start], False), (self.text[start:end], True), (self.text[end:], False))
        return [(words.strip(), own) for words, own in cut if words.strip()]


def around(document: Document, passage: Passage, turns: int) -> tuple[Turn, ...]:
    """The document from so many turns before the passage to as many after."""
    blocks = document.blocks
    inside = [i for i, b in enumerate(blocks) if b.start < passage.end and b.end > passage.start]
    if not inside:
        return ()
    first, last = max(inside[0] - turns, 0), inside[-1] + turns
    return tuple(
        Turn(
            speaker=b.speaker,
            role=b.role,
            text=document.text[b.start : b.end],
            inside=i in inside,
            own=(max(passage.start - b.start, 0), min(passage.end, b.end) - b.start)
            if i in inside
            else (0, 0),
        )
        for i, b in enumerate(blocks[first : last + 1], start=first)
    )


class Cut(Record):
    """Ends of a passage at which its turn has words that are not in it."""

    before: bool
    after: bool


WHOLE = Cut(before=False, after=False)


def cut_of(document: Document, passage: Passage) -> Cut:
    """Return where the passage begins or ends in the middle of a turn."""
    inside = [b for b in document.blocks if b.start < passage.end and b.end > passage.start]
    if not inside:
        return WHOLE
    before = document.text[inside[0].start : passage.start]
    after = document.text[passage.end : inside[-1].end]
    return Cut(before=bool(before.strip()), after=bool(after.strip()))


@dataclass(frozen=True)
class Setting:
    """Surroundings that every card of a passage shows, whoever reads it and why."""

    title: str
    """Title of the document; one that is invented says so."""
    context: tuple[Context, ...] = ()
    cut: Cut = WHOLE
    """Ends at which the turn goes on before or after the passage."""


def setting_of(document: Document, passage: Passage) -> Setting:
    """Nothing but the title where the document has changed since the passage was cut."""
    title = (document.title or document.slug) + (" (synthetic)" if document.synthetic else "")
    if document.version != passage.version:
        return Setting(title)
    return Setting(title, context_before(document, passage), cut_of(document, passage))


def _context(document: Document, block: Block, limit: int) -> Context:
    words = document.text[block.start : min(block.end, limit)].split()
    return Context(
        speaker=block.speaker,
        role=block.role,
        text=" ".join(words[-WORDS:]),
        cut=len(words) > WORDS,
    )
