"""An alignment of two texts as a map of offsets: small enough to be kept with the records."""

from __future__ import annotations

from collections.abc import Collection

from cothemes.records.document import Document
from cothemes.records.text_map import Piece, TextMap
from cothemes.stages.revise.alignment import Alignment, align


def text_map(old: Document, new: Document, others: Collection[str] = ()) -> TextMap:
    """Return where the words of one version of a document are in another.

    Equal words that follow each other in both texts make one piece, with what stands between them and the
    punctuation after them that both have. A word in another spelling is a piece of its own. `others`: words
    of the study's other documents.
    """
    alignment = align(old.text, new.text)
    known = (alignment.old.held ^ alignment.new.held).intersection(others)
    return TextMap(
        document=new.slug, old=old.version, new=new.version, pieces=tuple(_pieces(alignment)),
        known_words=tuple(sorted(known)),
    )  # fmt: skip


def _pieces(alignment: Alignment) -> list[Piece]:
    old, new = alignment.old, alignment.new
    found: list[Piece] = []
    for index, partner in enumerate(alignment.to_new):
        if partner < 0:
            continue
        piece = Piece(
            old.starts[index], old.ends[index], new.starts[partner], new.ends[partner], alignment.block[index]
        )
        if found and _follows(alignment, found[-1], piece):
            piece = Piece(found[-1].old_start, piece.old_end, found[-1].new_start, piece.new_end, piece.block)
            found.pop()
        found.append(piece)
    return [_with_punctuation(alignment, piece, found[at + 1 :][:1]) for at, piece in enumerate(found)]


def _follows(alignment: Alignment, before: Piece, piece: Piece) -> bool:
    """Return whether both texts have the same characters from the end of one piece to the end of the next."""
    if before.block != piece.block or before.new_end > piece.new_start:
        return False
    same = before.old_end - before.old_start == before.new_end - before.new_start
    between = alignment.old.text[before.old_end : piece.old_end]
    return same and between == alignment.new.text[before.new_end : piece.new_end]


def _with_punctuation(alignment: Alignment, piece: Piece, after: list[Piece]) -> Piece:
    """The piece with the characters that follow it in both texts, up to the next word."""
    old, new = alignment.old.text, alignment.new.text
    same = piece.old_end - piece.old_start == piece.new_end - piece.new_start
    limit = after[0].old_start if after else len(old)
    old_end, new_end = piece.old_end, piece.new_end
    while (
        same
        and old_end < limit
        and new_end < len(new)
        and old[old_end] == new[new_end]
        and not old[old_end].isspace()
        and not old[old_end].isalnum()
    ):
        old_end, new_end = old_end + 1, new_end + 1
    return piece._replace(old_end=old_end, new_end=new_end)
