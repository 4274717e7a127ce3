"""Invented documents to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.privacy import Pseudonym
from cothemes.records.record import content_hash
from cothemes.stages.deidentify.names import Name
from cothemes.stages.deidentify.pseudonyms import PseudonymMap
from cothemes.stages.deidentify.search import Searched, search


def talk(
    text: str, *speakers: str, slug: str = "talk", kind: Kind = Kind.INTERVIEW, **metadata: str
) -> Document:
    """A document whose lines are turns, the speakers taking them in order."""
    blocks, at = [], 0
    for number, line in enumerate(text.split("\n")):
        speaker = speakers[number % len(speakers)] if speakers else ""
        blocks.append(
            Block(start=at, end=at + len(line), kind=BlockKind.TURN, speaker=speaker, role=Role.PARTICIPANT)
        )
        at += len(line) + 1
    return Document(
        slug=slug, version=content_hash(text), kind=kind, text=text, blocks=tuple(blocks), metadata=metadata
    )


def searched(
    *documents: Document,
    names: Sequence[Name] = (),
    known: Sequence[Pseudonym] = (),
    given: Sequence[str] = (),
) -> tuple[list[Searched], PseudonymMap]:
    """The documents as the study would find them."""
    numbers = count(len(known))
    return search(documents, listed=names, known=known, given=given, ids=lambda: f"id{next(numbers)}")


def viewed(text: str, *speakers: str, names: Sequence[Name] = ()) -> str:
    """One text as it would leave."""
    results, _ = searched(talk(text, *speakers), names=names)
    return results[0].view.text
