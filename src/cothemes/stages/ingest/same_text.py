"""Whether a file still says what the study holds: a new title or key above a text makes no other text.

Front matter and header rows are kept in a document's text, in no passage. Decisions and evidence point at
code points of that text. So where only those rows changed, the stored text stays, and the new reading is
moved onto it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cothemes.records.document import Block, BlockKind, Document, OffsetMap
from cothemes.records.passage import Passage


def moved_onto(stored: Document, fresh: Document) -> Document | None:
    """`fresh` with the text, version and slug of `stored`, its blocks and offsets moved to fit.

    None where the texts differ below the first turn or paragraph. What may differ is front matter, header
    rows and headings that open the document: no passage holds them.
    """
    same = _common_end(stored.text, fresh.text)
    kept, read = len(stored.text) - same, len(fresh.text) - same
    if kept > _opening(stored) or read > _opening(fresh):
        return None
    by = kept - read
    blocks = [block for block in stored.blocks if block.start < kept]
    blocks += [_moved(block, by) for block in fresh.blocks if block.start >= read]
    return fresh.model_copy(
        update={
            "slug": stored.slug,
            "version": stored.version,
            "text": stored.text,
            "blocks": tuple(blocks),
            "offsets": _moved_offsets(fresh.offsets, read, by),
        }
    )


def with_speakers_of(document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages, their speakers, roles, headings and times as the document's blocks say now.

    A passage that begins in no block stays as it is.
    """
    blocks = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    starts = [block.start for block in blocks]
    found = []
    for passage in passages:
        at = bisect_right(starts, passage.start) - 1
        if at >= 0 and passage.start < blocks[at].end:
            block = blocks[at]
            said = {
                "speaker": block.speaker,
                "role": block.role,
                "headings": block.headings,
                "time": block.time,
            }
            passage = passage.model_copy(update=said)
        found.append(passage)
    return found


def same_cut(one: Sequence[Passage], other: Sequence[Passage]) -> bool:
    """Return whether two cuts of one text hold the same stretches, with the same sentences, in the same
    order.
    """
    return [_stretch(passage) for passage in one] == [_stretch(passage) for passage in other]


def _stretch(passage: Passage) -> tuple[object, ...]:
    return (passage.start, passage.end, tuple((s.start, s.end) for s in passage.sentences))


def _common_end(one: str, other: str) -> int:
    """Code points that both texts end with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle :] == other[len(other) - middle :]:
            low = middle
        else:
            high = middle - 1
    return low


def _opening(document: Document) -> int:
    """Return where the first block that a passage can hold begins."""
    body = (block.start for block in document.blocks if block.kind is not BlockKind.HEADING)
    return min(body, default=0)


def _moved(block: Block, by: int) -> Block:
    return block.model_copy(update={"start": block.start + by, "end": block.end + by})


def _moved_offsets(offsets: OffsetMap, read: int, by: int) -> OffsetMap:
    """Return what stands above the common text keeps no exact place in the source."""
    if not by:
        return offsets
    below = tuple((offset + by, place) for offset, place in offsets.points if offset > read)
    head = () if read + by == 0 else ((0, offsets.points[0][1]),)
    return OffsetMap(unit=offsets.unit, points=(*head, (read + by, offsets.source_of(read)), *below))
