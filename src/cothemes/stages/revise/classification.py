"""Which changes are typing and which are substance, for a passage and for the spans on it.

A change is *substance* if it concerns a negation, a figure, the speaker or their role, words of the evidence,
or more than a fifth of the passage's words. Any other change is *typing*.

A word counts as unchanged where only case, punctuation, apostrophe, spacing or spelling differ
(`same_word`): a slip within the evidence is typing. A word within the evidence that is replaced, removed or
added is substance, and so is a slip that makes another word that the document or the study knows. A negation
or a figure may not change at all, not even in form: `5` is not `five`, `can't` is not `cannot`. A beginning
or an ending that turns a word into its opposite counts as a negation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cothemes.records.passage import Passage
from cothemes.records.telling_words import denies, implies_denial, is_figure
from cothemes.records.text_change import SpanChange, SpanFate, Substance, TextSpan
from cothemes.stages.revise.alignment import Alignment, Pairing, align
from cothemes.stages.revise.likeness import opposites, same_word

LARGEST_SHARE = 0.2
"""Share of a passage's words up to which a change may be typing."""


class PassageClass(NamedTuple):
    """Change of a passage, and of each of its evidence spans."""

    reasons: tuple[Substance, ...]
    """None: typing, or no change at all."""
    words: int
    kept_words: int
    changed_words: int
    respelled_words: int
    spans: tuple[SpanChange, ...]


@dataclass
class Difference:
    """Words of one stretch held against words of another."""

    words: int
    kept: int = 0
    """Words with an equal or respelled partner."""
    respelled: int = 0
    lost: list[str] = field(default_factory=list)
    """Earlier words without the same word in the later stretch."""
    added: list[str] = field(default_factory=list)
    changed: int = 0
    """Words lost and added, one for one where they stand at the same place."""
    negated: bool = False

    @property
    def reasons(self) -> list[Substance]:
        """NEGATION and FIGURE, where such a word changed."""
        words = (*self.lost, *self.added)
        found = []
        if self.negated or any(denies(word) or implies_denial(word) for word in words):
            found.append(Substance.NEGATION)
        if any(map(is_figure, words)):
            found.append(Substance.FIGURE)
        return found


def classify(
    old: Passage, new: Passage, evidence: Sequence[TextSpan], others: Container[str] = frozenset()
) -> PassageClass:
    """Return how one passage differs from another that has its place.

    `evidence`: spans in code points of the old document, within the old passage. `others`: words that the
    study's other documents hold. Only the two passages are looked at; `plan_revision` judges the same way,
    by the alignment of the whole texts.
    """
    alignment = align(old.text, new.text)
    olds = own_words(alignment.old.within, old, old.start)
    news = own_words(alignment.new.within, new, new.start)
    known = alignment.old.held & alignment.new.held
    local = [(start - old.start, end - old.start) for start, end in evidence]
    extent = (0, len(new.text))
    spans = [map_span(alignment, span, extent, known=known, others=others) for span in local]
    return passage_class(
        difference(alignment, olds, news, known=known, others=others),
        role_changed=old.role is not new.role,
        spans=[_shifted(span, old.start, new.start) for span in spans],
    )


def passage_class(
    found: Difference, *, role_changed: bool, spans: Sequence[SpanChange], another_speaker: bool = False
) -> PassageClass:  # fmt: skip
    """Return what a difference of words, a change of role and changes of evidence amount to."""
    reasons = found.reasons
    if role_changed:
        reasons.append(Substance.ROLE)
    if another_speaker:
        reasons.append(Substance.SPEAKER)
    if any(span.fate.substance for span in spans):
        reasons.append(Substance.EVIDENCE)
    if found.changed > LARGEST_SHARE * max(found.words, 1):
        reasons.append(Substance.MANY_WORDS)
    return PassageClass(
        tuple(reasons), found.words, found.kept, found.changed, found.respelled, tuple(spans)
    )  # fmt: skip


def own_words(within: Callable[[int, int], range], passage: Passage, offset: int = 0) -> list[int]:
    """Return the indices of the words that the passage's own speaker says: those of its sentences."""
    if not passage.sentences:
        return list(within(passage.start - offset, passage.end - offset))
    found: list[int] = []
    for sentence in passage.sentences:
        words = within(sentence.start - offset, sentence.end - offset)
        found.extend(index for index in words if not found or index > found[-1])
    return found


def difference(
    alignment: Alignment,
    olds: Sequence[int],
    news: Sequence[int],
    *,
    known: Container[str],
    others: Container[str] = frozenset(),
) -> Difference:
    """Return how the words at `olds` of the earlier text differ from those at `news` of the later one.

    Both ascend. Words count as the same where they are aligned within one block, the one with the most of
    them; `known` are the words that both texts hold.
    """
    inside = set(news)
    block = main_block(alignment, olds, inside)
    found = Difference(words=len(olds))
    kept_old: list[int] = []
    kept_new: list[int] = []
    respaced = (Counter[bool](), Counter[bool]())
    for index in olds:
        pairing, partner = alignment.pairing[index], alignment.to_new[index]
        mine = alignment.old.forms[index]
        if pairing is Pairing.RESPACED and (partner < 0 or partner in inside):
            found.kept += 1
            respaced[0][denies(mine)] += 1
            if partner >= 0:
                kept_old.append(index)
                kept_new.append(partner)
            continue
        if partner not in inside or alignment.block[index] != block:
            continue
        theirs = alignment.new.forms[partner]
        if pairing is Pairing.EQUAL or (
            pairing is Pairing.ALIKE and same_word(mine, theirs, known, others)
        ):  # fmt: skip
            found.kept += 1
            found.respelled += pairing is Pairing.ALIKE
            kept_old.append(index)
            kept_new.append(partner)
        elif opposites(mine, theirs):
            found.negated = True
    for index in news:
        if alignment.new_pairing[index] is Pairing.RESPACED:
            respaced[1][denies(alignment.new.forms[index])] += 1
    found.negated |= respaced[0][True] != respaced[1][True]
    same_old, same_new = set(kept_old), set(kept_new)
    lost = [k for k in olds if k not in same_old and alignment.pairing[k] is not Pairing.RESPACED]
    added = [k for k in news if k not in same_new and alignment.new_pairing[k] is not Pairing.RESPACED]
    found.lost = [alignment.old.forms[index] for index in lost]
    found.added = [alignment.new.forms[index] for index in added]
    before, after = _by_place(lost, kept_old), _by_place(added, kept_new)
    found.changed = sum(max(before[place], after[place]) for place in before.keys() | after.keys())
    return found


def main_block(alignment: Alignment, olds: Iterable[int], inside: Container[int] | None = None) -> int:
    """Return the block that holds the most of these words' partners; 0 where they have none."""
    counts = Counter(
        alignment.block[index]
        for index in olds
        if alignment.to_new[index] >= 0
        and alignment.pairing[index].aligned
        and (inside is None or alignment.to_new[index] in inside)
    )
    return counts.most_common(1)[0][0] if counts else 0


def map_span(
    alignment: Alignment,
    span: TextSpan,
    within: TextSpan | None = None,
    *,
    known: Container[str] | None = None,
    others: Container[str] = frozenset(),
) -> SpanChange:
    """Return where the words of a span are in the later text, and what became of them.

    The new span is the smallest that holds the words aligned to those of the old one, with the punctuation at
    its ends that both texts have. A span whose words went to several places follows most of them. With
    `within`, only words in that stretch of the later text count. A span without a word is kept where the same
    characters are between the same neighbours.
    """
    known = alignment.old.held & alignment.new.held if known is None else known
    olds = list(alignment.old.within(*span))
    allowed = range(len(alignment.new)) if within is None else alignment.new.within(*within)
    if not olds:
        if place := _between_neighbours(alignment, span):
            return SpanChange(before=span, after=place, fate=SpanFate.KEPT)
        return SpanChange(before=span, after=None, fate=SpanFate.LOST, reasons=(Substance.EVIDENCE,))
    block = main_block(alignment, olds, allowed)
    partners = [
        alignment.to_new[index]
        for index in olds
        if alignment.to_new[index] in allowed and alignment.block[index] == block
    ]
    if not partners:
        return SpanChange(before=span, after=None, fate=SpanFate.LOST, reasons=(Substance.EVIDENCE,))
    first, last = partners[0], partners[-1]
    while (
        last + 1 in allowed
        and alignment.new_pairing[last + 1] is Pairing.RESPACED
        and alignment.to_old[last + 1] < 0
    ):
        last += 1
    found = difference(alignment, olds, range(first, last + 1), known=known, others=others)
    after = _with_edges(alignment, span, olds, first, last)
    if found.lost or found.added or found.negated:
        reasons = (Substance.EVIDENCE, *found.reasons)
        fate = SpanFate.CHANGED if found.kept or found.words else SpanFate.LOST
        return SpanChange(before=span, after=after, fate=fate, reasons=reasons)
    fate = SpanFate.TYPED if found.respelled or _respaced(alignment, olds) else SpanFate.KEPT
    return SpanChange(before=span, after=after, fate=fate)


def map_spans(
    old_text: str, new_text: str, spans: Iterable[TextSpan], others: Container[str] = frozenset()
) -> Mapping[TextSpan, SpanChange]:
    """Return the place in the later text of each span of the earlier one."""
    alignment = align(old_text, new_text)
    known = alignment.old.held & alignment.new.held
    return {span: map_span(alignment, span, known=known, others=others) for span in spans}


def _between_neighbours(alignment: Alignment, span: TextSpan) -> TextSpan | None:
    """The place of a span without a word, between the partners of the words beside it."""
    old, new = alignment.old, alignment.new
    following = bisect_right(old.starts, span[0])
    before = alignment.to_new[following - 1] if following else -1
    after = alignment.to_new[following] if following < len(old) else len(new)
    if after < 0 or (before < 0 < following) or not before < after:
        return None
    start = new.ends[before] if before >= 0 else 0
    stop = new.starts[after] if after < len(new) else len(new.text)
    place = new.text.find(old.text[slice(*span)], start, stop)
    return (place, place + span[1] - span[0]) if place >= 0 else None


def _respaced(alignment: Alignment, olds: Iterable[int]) -> bool:
    return any(alignment.pairing[index] is Pairing.RESPACED for index in olds)


def _with_edges(
    alignment: Alignment, span: TextSpan, olds: Sequence[int], first: int, last: int
) -> TextSpan:  # fmt: skip
    """The words from `first` to `last` with what both spans have around their outer words."""
    old, new = alignment.old, alignment.new
    start, end = new.starts[first], new.ends[last]
    if alignment.to_old[last] == olds[-1] or alignment.pairing[olds[-1]] is Pairing.RESPACED:
        for character in old.text[old.ends[olds[-1]] : span[1]]:
            if new.text[end : end + 1] != character:
                break
            end += 1
    if alignment.to_old[first] == olds[0]:
        for character in reversed(old.text[span[0] : old.starts[olds[0]]]):
            if start == 0 or new.text[start - 1] != character:
                break
            start -= 1
    return start, end


def _by_place(words: Sequence[int], kept: Sequence[int]) -> Counter[int]:
    """Return how many of the words stand after so many kept ones."""
    return Counter(bisect_right(kept, word) for word in words)


def _shifted(span: SpanChange, before: int, after: int) -> SpanChange:
    moved = None if span.after is None else (span.after[0] + after, span.after[1] + after)
    return span.model_copy(
        update={"before": (span.before[0] + before, span.before[1] + before), "after": moved}
    )  # fmt: skip
