"""Who speaks where in the corrected text, and which of its words can be one passage."""

from __future__ import annotations

from bisect import bisect_right

from cothemes.records.document import Block, BlockKind, Document, Role
from cothemes.records.passage import Passage
from cothemes.stages.revise.words import Words


class Voices:
    """The blocks of a document, by the words in them."""

    def __init__(
        self, document: Document, words: Words, backchannel_words: int, question_words: int, answer_words: int
    ) -> None:
        self._blocks = [block for block in document.blocks if block.end > block.start]
        self._starts = [block.start for block in self._blocks]
        self._words = words
        self._longest = backchannel_words
        self._question = question_words
        self._answer = answer_words

    def index_of(self, word: int) -> int:
        """Return the number of the block that holds a word; -1 for labels, time marks and headers."""
        return self.index_at(self._words.starts[word])

    def index_at(self, offset: int) -> int:
        """Return the number of the block at a code point; -1 where there is none."""
        at = bisect_right(self._starts, offset) - 1
        return at if at >= 0 and offset < self._blocks[at].end else -1

    def block_at(self, offset: int) -> Block | None:
        """Return the block at a code point; None where there is none."""
        at = self.index_at(offset)
        return self._blocks[at] if at >= 0 else None

    def one_voice(self, first: int, second: int) -> bool:
        """Return whether two blocks, by number, can lie in one passage.

        They do where one voice speaks in both, under no heading between, and nothing longer than a
        backchannel comes in between, or an interviewer's short question beside a short answer.
        """
        if first == second:
            return first >= 0
        if first < 0 or second < 0:
            return False
        one, other = self._blocks[first], self._blocks[second]
        if BlockKind.PASSAGE in (one.kind, other.kind) or not _alike(one, other):
            return False
        between = self._blocks[min(first, second) + 1 : max(first, second)]
        asked, said = 0, self._length(one)
        for block in (*between, other):
            if not _alike(one, block):
                if not self._short(block) and block.role is not Role.INTERVIEWER:
                    return False
                asked += 0 if self._short(block) else self._length(block)
                continue
            if asked > self._question or (asked and min(said, self._length(block)) > self._answer):
                return False
            asked, said = 0, self._length(block)
        return True

    def _length(self, block: Block) -> int:
        return len(self._words.text[block.start : block.end].split())

    def _short(self, block: Block) -> bool:
        said = self._words.text[block.start : block.end]
        return block.kind is not BlockKind.HEADING and len(said.split()) <= self._longest and "?" not in said


def _alike(one: Block, other: Block) -> bool:
    headings = BlockKind.HEADING in (one.kind, other.kind)
    return not headings and one.speaker == other.speaker and one.role is other.role


def clipped(document: Document, start: int, end: int) -> Document:
    """Return the document with only those parts of its blocks that lie in text[start:end].

    Cutting it gives the passages of that stretch as if nothing else could be coded.
    """
    blocks = []
    for block in document.blocks:
        first, last = max(block.start, start), min(block.end, end)
        text = document.text[first:last]
        first, last = first + len(text) - len(text.lstrip()), last - len(text) + len(text.rstrip())
        if first < last:
            blocks.append(block.model_copy(update={"start": first, "end": last}))
    return document.model_copy(update={"blocks": tuple(blocks)})


def said_by(block: Block | None, passage: Passage) -> dict[str, object]:
    """Return the speaker, role, headings, time and kind of a block; the passage's own where there is none."""
    source: Block | Passage = block or passage
    return {
        "speaker": source.speaker,
        "role": source.role,
        "headings": source.headings,
        "time": source.time,
        "kind": source.kind,
    }
