"""Blocks to runs: what one voice says without another taking over, or what is under one heading."""

from __future__ import annotations

from dataclasses import dataclass, field

from cothemes.records.document import Block, BlockKind, Document, Role
from cothemes.records.text import count_words
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.web_text import web_text

_NOT_CODED = frozenset((Role.INTERVIEWER,))


@dataclass(slots=True)
class Run:
    """Blocks that may be joined into passages, in order."""

    blocks: list[Block] = field(default_factory=list)
    whole: bool = False
    """Never cut: it was cut before it came here."""
    joined: bool = False
    """Holds a short answer that was joined across a question; may be as long as a passage can be."""


def runs_of(document: Document, settings: SegmentSettings) -> list[Run]:
    """Every block that can be coded, in exactly one run, except backchannels and web text.

    A turn of at most `backchannel_words` words without a question mark is swallowed where one voice speaks
    before and after it, unless it answers a question: then it is what someone said. An interviewer's turns
    are in no run, and end one. Headings end a run; table rows run apart from prose.
    """
    blocks = [block for block in document.blocks if block.end > block.start]
    aside = _swallowed(document, blocks, settings.backchannel_words)
    if settings.set_aside_web_text:
        aside |= web_text(document)
    runs: list[Run] = []
    before: Block | None = None
    for block in blocks:
        if block in aside:
            continue
        if block.kind is BlockKind.HEADING or block.role in _NOT_CODED:
            before = None
            continue
        if block.kind is BlockKind.PASSAGE:
            runs.append(Run([block], whole=True))
            before = None
        elif before is not None and _together(before, block):
            runs[-1].blocks.append(block)
            before = block
        else:
            runs.append(Run([block]))
            before = block
    return runs


def _together(one: Block, other: Block) -> bool:
    if (one.kind is BlockKind.TABLE) != (other.kind is BlockKind.TABLE):
        return False
    # Two paragraphs of voices nobody named may be two voices, but then so may any two sentences of them.
    return one.speaker == other.speaker and one.role is other.role and one.headings == other.headings


def _swallowed(document: Document, blocks: list[Block], longest: int) -> set[Block]:
    found: set[Block] = set()
    at = 0
    while at < len(blocks):
        speaker = blocks[at]
        ahead = at + 1
        while ahead < len(blocks) and _is_backchannel(document, blocks[ahead], speaker, longest):
            ahead += 1
        between = blocks[at + 1 : ahead]
        if between and ahead < len(blocks) and same_voice(speaker, blocks[ahead]):
            asked = document.text[speaker.start : speaker.end].rstrip(" \"'”’)*_").endswith(("?", "？"))
            answers = asked and between[0].role is not Role.INTERVIEWER
            if not answers:
                found.update(between)
                at = ahead
                continue
        at += 1
    return found


def _is_backchannel(document: Document, block: Block, speaker: Block, longest: int) -> bool:
    if block.kind not in {BlockKind.TURN, BlockKind.PARAGRAPH} or not block.speaker:
        return False
    words = document.text[block.start : block.end]
    return (
        not same_voice(block, speaker)
        and count_words(words) <= longest
        and "?" not in words
        and "？" not in words
    )


def same_voice(one: Block, other: Block) -> bool:
    """Return whether both are turns of one named speaker."""
    return bool(one.speaker) and one.speaker == other.speaker and one.kind is other.kind is BlockKind.TURN
