"""Documents made of turns, without a file."""

from __future__ import annotations

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.record import content_hash

ROLES = {"INT": Role.INTERVIEWER, "AB": Role.PARTICIPANT, "CD": Role.PARTICIPANT, "?": Role.UNKNOWN}


def talk(*turns: tuple[str, str]) -> Document:
    """`AB: words` paragraphs, one block each."""
    text, blocks = "", []
    for speaker, words in turns:
        text += f"{speaker}: "
        blocks.append(
            Block(
                start=len(text),
                end=len(text) + len(words),
                kind=BlockKind.TURN,
                speaker=speaker,
                role=ROLES[speaker],
            )
        )
        text += words + "\n\n"
    return document(text, blocks, Kind.INTERVIEW)


def prose(*parts: tuple[BlockKind, str]) -> Document:
    """Blocks of a written text; a heading stands over what follows it."""
    text, blocks, above = "", [], ()
    for kind, words in parts:
        blocks.append(Block(start=len(text), end=len(text) + len(words), kind=kind, headings=above))
        text += words + "\n\n"
        if kind is BlockKind.HEADING:
            above = (words,)
    return document(text, blocks, Kind.POLICY)


def document(text: str, blocks: list[Block], kind: Kind) -> Document:
    return Document(slug="doc", version=content_hash(text), kind=kind, text=text, blocks=tuple(blocks))


def sentence(words: int, end: str = ".") -> str:
    """A sentence of so many words."""
    return "So " + " ".join(["word"] * (words - 1)) + end if words > 1 else "So" + end
