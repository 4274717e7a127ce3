"""What a person said of a document's speakers, laid over what the rules read.

The overlay changes role, name and participant, and nothing else: no text, no place and no passage. What was
read stays with each block, so that a later word of the person replaces an earlier one as if it had not been.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cothemes.records.document import Block, BlockKind, Document, Role
from cothemes.records.passage import Passage
from cothemes.records.speaker import SpeakerEntry, in_force

PARTICIPANT = "participant"
READ = "participant_read"
"""Column of the metadata that keeps the participant as read, where a person set another one."""
SILENT = frozenset((Role.INTERVIEWER, Role.OTHER))
"""Roles whose words nobody is asked to code."""


def label_read(block: Block) -> str:
    """Return the label that the block has in its source."""
    return block.speaker if block.speaker_read is None else block.speaker_read


def role_read(block: Block) -> Role:
    """Return the role that the rules gave the block."""
    return block.role_read or block.role


def is_spoken(block: Block) -> bool:
    """Return whether someone says the block, named or not."""
    spoken = bool(block.speaker) or role_read(block) is not Role.NONE
    return block.kind is not BlockKind.HEADING and spoken


def laid_over(document: Document, entries: Iterable[SpeakerEntry]) -> Document:
    """Return the document with roles, names and its participant as the newest entries say.

    Laid over a document that has an overlay, the entries take its place. Labels match exactly.
    """
    said = in_force(entries)
    if not said and all(block.speaker_read is block.role_read is None for block in document.blocks):
        return document
    blocks = tuple(_block(block, said) for block in document.blocks)
    given = participant_given(blocks, said)
    metadata = document.metadata
    if given and metadata.get(PARTICIPANT) != given:
        read = metadata.get(PARTICIPANT, "")
        kept = {name: value for name, value in metadata.items() if name != READ}
        metadata = {**kept, PARTICIPANT: given, **({READ: read} if read else {})}
    if blocks == document.blocks and metadata == document.metadata:
        return document
    return document.model_copy(update={"blocks": blocks, "metadata": metadata})


def without_participant(document: Document, entries: Iterable[SpeakerEntry]) -> Document:
    """Return the document with its participant as read, where one of these entries had given another."""
    given = participant_given(document.blocks, in_force(entries))
    metadata = document.metadata
    if not given or metadata.get(PARTICIPANT) != given:
        return document
    kept = {name: value for name, value in metadata.items() if name not in (PARTICIPANT, READ)}
    read = metadata.get(READ)
    return document.model_copy(update={"metadata": {**kept, **({PARTICIPANT: read} if read else {})}})


def participant_given(blocks: Sequence[Block], said: Mapping[str, SpeakerEntry]) -> str:
    """Return the one participant that every voice but interviewers and others was given; else empty.

    A focus group with several participants has none: its unit of intervals stays the document.
    """
    voices = {label_read(block): block.role for block in blocks if is_spoken(block)}
    named = {label: role for label, role in voices.items() if label} or voices
    found = {
        said[label].participant if label in said else None for label, r in named.items() if r not in SILENT
    }
    return (found.pop() or "") if len(found) == 1 else ""


def without_passage(
    document: Document, passages: Sequence[Passage], labels: Collection[str]
) -> Document | None:
    """Return the document as it is cut to make passages of speech under `labels` that stands in none.

    None where there is no such speech. All other speech ends a run and is never joined to anything.
    """
    held = sorted((passage.start, passage.end) for passage in passages)
    blocks: list[Block] = []
    found, at = False, 0
    for block in document.blocks:
        while at < len(held) and held[at][1] <= block.start:
            at += 1
        covered = at < len(held) and held[at][0] < block.end
        if covered:
            block = block.model_copy(update={"kind": BlockKind.HEADING})
        elif is_spoken(block) and block.role not in SILENT and label_read(block) in labels:
            found = True
        elif block.kind is not BlockKind.HEADING:
            block = block.model_copy(update={"role": Role.INTERVIEWER})
        blocks.append(block)
    return document.model_copy(update={"blocks": tuple(blocks)}) if found else None


def _block(block: Block, said: Mapping[str, SpeakerEntry]) -> Block:
    if not is_spoken(block):
        return block
    label, read = label_read(block), role_read(block)
    entry = said.get(label)
    name = entry.name if entry is not None and entry.name is not None else label
    role = entry.role if entry is not None and entry.role is not None else read
    update = {
        "speaker": name,
        "role": role,
        "speaker_read": label if name != label else None,
        "role_read": read if role is not read else None,
    }
    return (
        block
        if all(getattr(block, key) == value for key, value in update.items())
        else block.model_copy(update=update)
    )
