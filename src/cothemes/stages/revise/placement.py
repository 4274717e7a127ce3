"""Where the words of each earlier passage are in the corrected text, as one stretch of one voice."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cothemes.records.passage import Passage, Sentence
from cothemes.records.text_change import TextSpan
from cothemes.stages.revise.alignment import Alignment
from cothemes.stages.revise.classification import main_block, own_words
from cothemes.stages.revise.voices import Voices

KEEPS = 0.6
"""Share of a passage's words that have to align, one to one and in order, for it to keep its id."""
LONGEST = 180
"""Words that a passage may grow to; one that was longer keeps its length."""


@dataclass
class Placement:
    """One earlier passage and the stretch of the later text that holds its words."""

    passage: Passage
    own: Sequence[int]
    """The earlier words that its own speaker says."""
    partners: Sequence[int]
    """The later words that are aligned to them, in one stretch, ascending."""
    block: int
    """Block of the alignment; 0 where it did not move."""
    extent: TextSpan = (0, 0)

    @property
    def keeps_id(self) -> bool:
        """Return whether enough of its words are left together."""
        return bool(self.own) and len(self.partners) >= KEEPS * len(self.own)


class Places:
    """Placements of passages. No two of them overlap."""

    def __init__(self, alignment: Alignment, voices: Voices, sentences: Sequence[Sentence]) -> None:
        """`sentences`: all those of the later text that can be coded, in order."""
        self._alignment = alignment
        self._voices = voices
        self._sentences = sentences
        self._starts = [sentence.start for sentence in sentences]
        self._owner: dict[int, int] = {}
        """Later word → number of the placement that holds it."""
        self._blocks: dict[int, int] = {}

    def of(self, passages: Sequence[Passage]) -> list[Placement]:
        """Return a placement for each passage, in order; those that do not keep their id have no extent."""
        placed = [self._aligned(passage) for passage in passages]
        for number, each in enumerate(placed):
            if each.keeps_id:
                self._owner.update(dict.fromkeys(each.partners, number))
        for number, each in enumerate(placed):
            each.partners = self._together(each, number)
        self._owner = {}
        for number, each in enumerate(placed):
            if each.keeps_id:
                inside = range(each.partners[0], each.partners[-1] + 1)
                self._owner.update(dict.fromkeys(inside, number))
        for number, each in enumerate(placed):
            if each.keeps_id:
                each.extent = self._extent(each, number)
        ordered = sorted((each for each in placed if each.keeps_id), key=lambda each: each.extent)
        for before, after in pairwise(ordered):
            # Where no space parts two words, both reach for the punctuation between them.
            after.extent = max(after.extent[0], before.extent[1]), after.extent[1]
        return placed

    def _aligned(self, passage: Passage) -> Placement:
        found = self._alignment
        own = own_words(found.old.within, passage)
        block = main_block(found, own)
        partners = [
            found.to_new[word]
            for word in own
            if found.to_new[word] >= 0 and found.pairing[word].aligned and found.block[word] == block
        ]
        return Placement(passage, own, partners, block)

    def _together(self, placement: Placement, number: int) -> list[int]:
        """The largest part of the partners that one voice says, that no other passage parts, and that is not
        too long."""
        parts: list[list[int]] = []
        for word in placement.partners:
            if self._block(word) < 0:
                continue
            if parts and self._joined(parts[-1][-1], word, number):
                parts[-1].append(word)
            else:
                parts.append([word])
        part = max(parts, key=len, default=[])
        longest = max(LONGEST, len(placement.own))
        while part and part[-1] - part[0] + 1 > longest:
            widest = max(range(1, len(part)), key=lambda at: part[at] - part[at - 1])
            if part[widest] - part[widest - 1] == 1:
                break
            part = max(part[:widest], part[widest:], key=len)
        return part

    def _joined(self, before: int, word: int, number: int) -> bool:
        if word == before + 1 and self._block(word) == self._block(before):
            return True
        if any(self._owner.get(between, number) != number for between in range(before + 1, word)):
            return False
        return self._voices.one_voice(self._block(before), self._block(word))

    def _block(self, word: int) -> int:
        if word not in self._blocks:
            self._blocks[word] = self._voices.index_of(word)
        return self._blocks[word]

    def _extent(self, placement: Placement, number: int) -> TextSpan:
        """The stretch from the first partner to the last, widened to whole sentences as far as these hold no
        words of another passage."""
        words = self._alignment.new
        first, last = placement.partners[0], placement.partners[-1]
        start, end = words.starts[first], words.ends[last]
        head, tail = self._sentence_at(start), self._sentence_at(end - 1)
        lower = bisect_left(words.starts, head.start) if head else first
        while first > lower and self._free(first - 1, number):
            first -= 1
        upper = bisect_left(words.starts, tail.end) - 1 if tail else last
        while last < upper and self._free(last + 1, number):
            last += 1
        self._owner.update(dict.fromkeys(range(first, last + 1), number))
        before = words.ends[first - 1] if first else 0
        after = words.starts[last + 1] if last + 1 < len(words) else len(words.text)
        start = max(head.start, before) if head and first == lower else words.starts[first]
        end = min(tail.end, after) if tail and last == upper else words.ends[last]
        # Punctuation belongs to the word before it, an opening quotation mark to the word after.
        while end < after and not words.text[end].isspace():
            end += 1
        while start > before and not words.text[start - 1].isspace():
            start -= 1
        block = self._voices.block_at(words.starts[first])
        closing = self._voices.block_at(words.starts[last])
        start = max(start, block.start) if block else start
        end = min(end, closing.end) if closing else end
        return start, end

    def _free(self, word: int, number: int) -> bool:
        return self._owner.get(word, number) == number

    def _sentence_at(self, offset: int) -> Sentence | None:
        at = bisect_right(self._starts, offset) - 1
        return self._sentences[at] if at >= 0 and offset < self._sentences[at].end else None
