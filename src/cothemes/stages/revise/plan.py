"""What a corrected text makes of a document's passages: which keep their id, and what is cut anew.

A passage that people worked on follows its words: its new stretch is whole sentences around them. So does any
passage whose text is untouched. The rest of the text is cut anew around these. A newly cut passage takes the
id of an undecided one if it holds at least 60 % of its words. A retired passage comes back where the same
text is in the document again. All else gets a new id, and no id is ever given to another text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cothemes.records.document import BlockKind, Document
from cothemes.records.passage import Passage, Sentence
from cothemes.records.text_change import (
    PassageChange,
    PassageFate,
    RevisionPlan,
    SpanChange,
    SpanFate,
    Substance,
    TextSpan,
)
from cothemes.stages.revise.alignment import Alignment, align
from cothemes.stages.revise.classification import difference, map_span, own_words, passage_class
from cothemes.stages.revise.placement import KEEPS, Placement, Places
from cothemes.stages.revise.voices import Voices, said_by

Cutter = Callable[[int, int], Sequence[Passage]]
"""Passages of text[start:end] of the corrected document, as if nothing else could be coded; their ids are not
read. `segment(clipped(document, start, end), settings, 1)` is one."""


@dataclass(frozen=True)
class Earlier:
    """A document's passages before the correction, and what is known of them."""

    document: Document
    passages: Sequence[Passage]
    """The current ones, in document order, at their places in the earlier text."""
    decided: Collection[str] = frozenset()
    """Ids, current or retired, on which people did anything: these keep their stretch."""
    evidence: Mapping[str, Sequence[TextSpan]] = field(default_factory=dict)
    """Id → spans of the earlier text: the evidence of every decision on the passage. Of a retired passage:
    spans of the revision that its record names."""
    retired: Sequence[Passage] = ()
    """Passages that are no longer current, the last retired at the end."""
    next_number: int = 1
    """The first number that no id of the document has used."""


def plan_revision(
    earlier: Earlier,
    document: Document,
    cut: Cutter,
    *,
    shortest: int = 60,
    backchannel_words: int = 3,
    question_words: int = 30,
    answer_words: int = 9,
    others: Container[str] = frozenset(),
) -> RevisionPlan:
    """Return what the corrected `document` makes of the earlier passages. Stores nothing.

    `shortest`: words below which newly cut text is joined with untouched neighbours that nobody decided on.
    `backchannel_words`: words of another voice that do not end a passage. `question_words`: words of an
    interviewer that do not end one beside an answer of `answer_words`. All as the study's settings have them.
    `others`: words that the study's other documents hold (`vocabulary`), which tell a slip of typing from
    another word.
    """
    return _Planner(
        earlier, document, cut, shortest, (backchannel_words, question_words, answer_words), others
    ).plan()


@dataclass
class _Held:
    """A passage with its stretch in the later text."""

    passage: Passage
    start: int
    end: int
    back: bool = False
    """True if it was retired before."""
    free: bool = False
    """True if it may be cut anew with its neighbours: untouched, and nobody decided on it."""


class _Made(NamedTuple):
    """A passage of the later text, and the one whose id it has."""

    passage: Passage
    source: Passage | None
    back: bool


class _Planner:
    def __init__(
        self,
        earlier: Earlier,
        document: Document,
        cut: Cutter,
        shortest: int,
        lengths: tuple[int, int, int],
        others: Container[str],
    ) -> None:
        self._earlier, self._document, self._cut = earlier, document, cut
        self._shortest, self._others = shortest, others
        self._alignment: Alignment = align(earlier.document.text, document.text)
        self._known = self._alignment.old.held & self._alignment.new.held
        self._voices = Voices(document, self._alignment.new, *lengths)
        self._speakers = {block.speaker for block in earlier.document.blocks} - {""}
        whole = cut(0, len(document.text))
        self._sentences = [sentence for passage in whole for sentence in _sentences(passage)]
        self._starts = [sentence.start for sentence in self._sentences]
        self._ends = [sentence.end for sentence in self._sentences]
        self._placed = Places(self._alignment, self._voices, self._sentences).of(earlier.passages)
        self._placement = {each.passage.id: each for each in self._placed}

    def plan(self) -> RevisionPlan:
        held = self._held()
        held = sorted([*held, *self._back(held)], key=lambda each: each.start)
        held, fresh = self._cut_rest(held)
        made = [_Made(self._of_held(each), each.passage, each.back) for each in held]
        named, next_number = self._named(fresh, {each.source.id for each in made if each.source})
        made = sorted([*made, *named], key=lambda each: each.passage.start)
        made = [
            each._replace(passage=each.passage.model_copy(update={"position": position}))
            for position, each in enumerate(made)
        ]
        passages = tuple(each.passage for each in made)
        used = {passage.id for passage in passages}
        holder = self._holder(passages)
        retired = [
            self._retired(each, passages, holder) for each in self._placed if each.passage.id not in used
        ]
        return RevisionPlan(
            document=self._document.slug,
            old_version=self._earlier.document.version,
            new_version=self._document.version,
            passages=passages,
            changes=(*(self._change(*each) for each in made), *retired),
            next_number=next_number,
        )

    def _named(self, fresh: Sequence[Passage], used: set[str]) -> tuple[list[_Made], int]:
        """Newly cut passages with ids, and the next number. An id is that of the earlier passage whose words
        the new one holds, or of a retired one with the same text, or new."""
        inherited = self._inherited(fresh, used)
        used = used | {each.id for each in inherited.values()}
        retired = {each.text: each for each in self._earlier.retired if each.id not in used}
        number = self._earlier.next_number
        made = []
        for index, passage in enumerate(fresh):
            source = inherited.get(index)
            back = source is None and passage.text in retired
            if back:
                source = retired.pop(passage.text)
            name = source.id if source else f"{self._document.slug}.{number:04d}"
            number += source is None
            made.append(_Made(passage.model_copy(update={"id": name}), source, back))
        return made, number

    def _held(self) -> list[_Held]:
        """Decided passages, and untouched ones that can still be coded."""
        held = []
        for each in self._placed:
            if not each.keeps_id:
                continue
            start, end = each.extent
            same = self._document.text[start:end] == each.passage.text
            decided = each.passage.id in self._earlier.decided
            if decided or (same and self._can_be_coded(start, end)):
                held.append(_Held(each.passage, start, end, free=not decided))
        return held

    def _can_be_coded(self, start: int, end: int) -> bool:
        inside = self._sentences_in(start, end)
        return bool(inside) and inside[0].start <= start and inside[-1].end >= end

    def _sentences_in(self, start: int, end: int) -> Sequence[Sentence]:
        """Sentences with a character in the stretch."""
        return self._sentences[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def _back(self, held: Sequence[_Held]) -> list[_Held]:
        """Passages that people worked on, that have no place by their words, and whose text is there again,
        outside what is held."""
        starts, ends = set(self._starts), set(self._ends)
        taken = [(each.start, each.end) for each in held]
        found: list[_Held] = []
        retired = {each.id for each in self._earlier.retired}
        lost = [each.passage for each in self._placed if not each.keeps_id]
        candidates = [*self._earlier.retired, *lost]
        for passage in reversed([each for each in candidates if each.id in self._earlier.decided]):
            start = self._document.text.find(passage.text)
            while start >= 0:
                end = start + len(passage.text)
                free = all(end <= first or start >= last for first, last in taken)
                if free and start in starts and end in ends:
                    found.append(_Held(passage, start, end, back=passage.id in retired))
                    taken.append((start, end))
                    break
                start = self._document.text.find(passage.text, start + 1)
        return found

    def _cut_rest(self, held: list[_Held]) -> tuple[list[_Held], list[Passage]]:
        """Return what stays held, and the passages of the rest. A rest that is too short takes untouched
        neighbours of the same voice with it.
        """
        cuts: dict[TextSpan, Sequence[Passage]] = {}
        while True:
            fresh: list[Passage] = []
            released: set[int] = set()
            for start, end, before, after in self._open(held):
                if (start, end) not in cuts:
                    cuts[start, end] = self._cut(start, end)
                made = cuts[start, end]
                fresh.extend(made)
                sides = ((before, made[:1], start), (after, made[-1:], end - 1))
                released |= {
                    side
                    for side, beside, at in sides
                    if side is not None
                    and any(passage.words < self._shortest for passage in beside)
                    and self._may_join(held[side], at)
                }
            if not released:
                return held, fresh
            held = [each for index, each in enumerate(held) if index not in released]

    def _may_join(self, held: _Held, offset: int) -> bool:
        """Return whether a passage may be cut anew together with the text at an offset beside it."""
        inside = held.start if offset < held.start else held.end - 1
        return held.free and self._voices.one_voice(
            self._voices.index_at(inside), self._voices.index_at(offset)
        )

    def _open(self, held: Sequence[_Held]) -> list[tuple[int, int, int | None, int | None]]:
        """Stretches of sentences between what is held: start, end, and the numbers of the neighbours."""
        found: list[tuple[int, int, int | None, int | None]] = []
        at, start, end = 0, -1, -1

        def close() -> None:
            nonlocal start, end
            if start >= 0:
                before, after = at - 1 if at else None, at if at < len(held) else None
                found.append((start, end, before, after))
            start = end = -1

        for sentence in self._sentences:
            first = sentence.start
            while at < len(held) and held[at].start < sentence.end:
                piece = self._trimmed(first, min(held[at].start, sentence.end))
                if piece:
                    start, end = (piece[0] if start < 0 else start), piece[1]
                if held[at].end > sentence.start:
                    first = max(first, held[at].end)
                if held[at].end >= sentence.end:
                    close()
                    break
                close()
                at += 1
            piece = self._trimmed(first, sentence.end)
            if piece:
                start, end = (piece[0] if start < 0 else start), piece[1]
        close()
        return found

    def _trimmed(self, start: int, end: int) -> TextSpan | None:
        """The stretch without white space at its ends; None where it has no word or figure."""
        text = self._document.text[start:end] if end > start else ""
        if not any(character.isalnum() for character in text):
            return None
        return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())

    def _inherited(self, fresh: Sequence[Passage], held: Collection[str]) -> dict[int, Passage]:
        """Newly cut passage, by number → the earlier one whose id it takes: the largest shares first."""
        holder = self._holder(fresh)
        offers: list[tuple[int, int, int]] = []
        for number, placement in enumerate(self._placed):
            if placement.passage.id in held or placement.passage.id in self._earlier.decided:
                continue
            shared = Counter(self._words_in(placement, holder))
            offers += [
                (-count, number, index)
                for index, count in shared.items()
                if count >= KEEPS * max(len(placement.own), 1)
            ]
        taken: dict[int, Passage] = {}
        for _, number, index in sorted(offers):
            taken.setdefault(index, self._placed[number].passage)
        return taken

    def _holder(self, passages: Sequence[Passage]) -> dict[int, int]:
        """Later word → number of the passage that holds it."""
        return {
            word: index
            for index, passage in enumerate(passages)
            for word in own_words(self._alignment.new.within, passage)
        }

    def _words_in(self, placement: Placement, holder: Mapping[int, int]) -> list[int]:
        """Return, for each aligned word of a passage, the number of the newly cut passage that holds it."""
        found = self._alignment
        return [
            holder[found.to_new[word]]
            for word in placement.own
            if found.to_new[word] in holder
            and found.pairing[word].aligned
            and found.block[word] == placement.block
        ]

    def _of_held(self, each: _Held) -> Passage:
        """A passage at its stretch of the later text, with that text's sentences and speaker."""
        inside = [
            (max(sentence.start, each.start), min(sentence.end, each.end))
            for sentence in self._sentences_in(each.start, each.end)
        ]
        words = self._alignment.new.within(each.start, each.end)
        first = self._alignment.new.starts[words[0]] if words else each.start
        return each.passage.model_copy(
            update={
                "version": self._document.version,
                "start": each.start,
                "end": each.end,
                "text": self._document.text[each.start : each.end],
                "sentences": tuple(
                    Sentence(id=f"s{number}", start=start, end=end)
                    for number, (start, end) in enumerate(inside or [(each.start, each.end)], 1)
                ),
                **said_by(self._voices.block_at(first), each.passage),
            }
        )

    def _change(self, passage: Passage, source: Passage | None, back: bool) -> PassageChange:
        after = (passage.start, passage.end)
        if source is None:
            return PassageChange(id=passage.id, fate=PassageFate.NEW, after=after)
        if passage.text == source.text:
            return self._same_text(passage, source, back=back)
        olds = own_words(self._alignment.old.within, source)
        news = own_words(self._alignment.new.within, passage)
        found = difference(self._alignment, olds, news, known=self._known, others=self._others)
        spans = [self._mapped(span, passage) for span in self._earlier.evidence.get(source.id, ())]
        role, speaker = self._given_away(olds, news, source)
        judged = passage_class(
            found,
            role_changed=source.role is not passage.role or role,
            another_speaker=self._another_speaks(source, passage) or speaker,
            spans=spans,
        )
        return PassageChange(
            id=passage.id,
            fate=PassageFate.TO_CONFIRM if judged.reasons else PassageFate.CORRECTED,
            before=(source.start, source.end),
            after=after,
            moved=self._moved(source.id),
            reasons=judged.reasons,
            words=judged.words,
            kept_words=judged.kept_words,
            changed_words=judged.changed_words,
            speaker_changed=source.speaker != passage.speaker,
            spans=judged.spans,
        )

    def _same_text(self, passage: Passage, source: Passage, *, back: bool) -> PassageChange:
        by = passage.start - source.start
        fate = PassageFate.BACK if back else PassageFate.KEPT
        changed = {
            Substance.ROLE: source.role is not passage.role,
            Substance.SPEAKER: self._another_speaks(source, passage),
        }
        reasons = tuple(reason for reason, has_changed in changed.items() if has_changed)
        words = len(own_words(self._alignment.new.within, passage))
        return PassageChange(
            id=passage.id,
            fate=PassageFate.TO_CONFIRM if reasons and not back else fate,
            before=None if back else (source.start, source.end),
            after=(passage.start, passage.end),
            moved=not back and self._moved(source.id),
            reasons=reasons,
            words=words,
            kept_words=words,
            speaker_changed=source.speaker != passage.speaker,
            spans=tuple(
                SpanChange(before=span, after=(span[0] + by, span[1] + by), fate=SpanFate.KEPT)
                if source.start <= span[0] and span[1] <= source.end
                else self._mapped(span, passage)
                for span in self._earlier.evidence.get(source.id, ())
            ),
        )

    def _another_speaks(self, source: Passage, passage: Passage) -> bool:
        """Return whether the words are now those of a speaker whom the earlier text has as well."""
        return passage.speaker != source.speaker and passage.speaker in self._speakers

    def _given_away(self, olds: Sequence[int], news: Sequence[int], source: Passage) -> tuple[bool, bool]:
        """Return whether words that left the passage are now said in another role, or by another speaker of
        the earlier text.
        """
        found, inside = self._alignment, set(news)
        left = [found.to_new[word] for word in olds if found.pairing[word].aligned]
        left = [word for word in left if word >= 0 and word not in inside]
        blocks = [self._voices.block_at(found.new.starts[word]) for word in left]
        said = [block for block in blocks if block is not None and block.kind is not BlockKind.HEADING]
        return (
            any(block.role is not source.role for block in said),
            any(block.speaker != source.speaker and block.speaker in self._speakers for block in said),
        )

    def _mapped(self, span: TextSpan, passage: Passage) -> SpanChange:
        extent = (passage.start, passage.end)
        return map_span(self._alignment, span, extent, known=self._known, others=self._others)

    def _moved(self, passage: str) -> bool:
        """Return whether it stands elsewhere in the order of the text."""
        placement = self._placement[passage]
        return placement.block > 0 or (not placement.keeps_id and passage in self._earlier.decided)

    def _retired(
        self, placement: Placement, passages: Sequence[Passage], holder: Mapping[int, int]
    ) -> PassageChange:
        heirs = Counter(self._words_in(placement, holder)).most_common()
        passage = placement.passage
        return PassageChange(
            id=passage.id,
            fate=PassageFate.RETIRED,
            before=(passage.start, passage.end),
            words=len(placement.own),
            kept_words=max((count for _, count in heirs), default=0),
            heirs=tuple(passages[index].id for index, _ in heirs),
        )


def _sentences(passage: Passage) -> Sequence[Sentence]:
    return passage.sentences or (Sentence(id="s1", start=passage.start, end=passage.end),)
