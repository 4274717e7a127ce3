"""Words that can be read and are in no passage: each stretch with its reason, so that it can be listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cothemes.records.document import Block, BlockKind, Document, Role
from cothemes.records.passage import Passage
from cothemes.records.set_aside import Reason, SetAside, SetAsideCount
from cothemes.records.text import count_words
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.short_turns import name_words, reason_for
from cothemes.stages.segment.web_text import web_text


def set_aside(
    document: Document, passages: Sequence[Passage], settings: SegmentSettings
) -> tuple[SetAside, ...]:
    """Return every stretch of the document's blocks that no sentence of its passages covers.

    Interviewers' turns and headings are not counted: nobody is asked to code them. Together with the
    sentences of the passages the stretches hold every other word once. `passages` must be of this version of
    the text.
    """
    ordered = sorted(passages, key=lambda passage: passage.start)
    spans = [span for passage in ordered for span in _own_spans(passage)]
    web = {(block.start, block.end) for block in web_text(document)} if settings.set_aside_web_text else set()
    names = name_words(document)
    found: list[SetAside] = []
    at = around = 0
    for block in document.blocks:
        if block.kind is BlockKind.HEADING or block.role is Role.INTERVIEWER:
            continue
        while at < len(spans) and spans[at][1] <= block.start:
            at += 1
        while around < len(ordered) and ordered[around].end <= block.start:
            around += 1
        inside = ordered[around] if around < len(ordered) and ordered[around].start <= block.start else None
        whole = at == len(spans) or spans[at][0] >= block.end
        for start, end in _uncovered(document, block, spans, at):
            words = document.text[start:end]
            if inside is not None and end <= inside.end:
                reason = Reason.INTERJECTION
            elif (block.start, block.end) in web:
                reason = Reason.WEB_TEXT
            else:
                short = whole and count_words(words) <= max(settings.answer_words, settings.backchannel_words)
                reason = (short and reason_for(words, block.speaker, names)) or Reason.NOT_CUT
                if reason is Reason.NOT_CUT and short and count_words(words) <= settings.backchannel_words:
                    reason = Reason.INTERJECTION
            found.append(
                SetAside(
                    start=start,
                    end=end,
                    words=count_words(words),
                    speaker=block.speaker,
                    role=block.role,
                    reason=reason,
                    passage=inside.id if reason is Reason.INTERJECTION and inside is not None else "",
                )
            )
    return tuple(found)


def counts_of(stretches: Iterable[SetAside]) -> tuple[SetAsideCount, ...]:
    """Return the counts by reason, in the order in which the reasons are declared."""
    stretches = list(stretches)
    counted = []
    for reason in Reason:
        words = [stretch.words for stretch in stretches if stretch.reason is reason]
        if words:
            counted.append(SetAsideCount(reason=reason, stretches=len(words), words=sum(words)))
    return tuple(counted)


def _own_spans(passage: Passage) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in passage.sentences] or [(passage.start, passage.end)]


def _uncovered(
    document: Document, block: Block, spans: Sequence[tuple[int, int]], at: int
) -> Iterator[tuple[int, int]]:
    """Yield the parts of a block between the spans, without the white space around them."""
    place = block.start
    while place < block.end:
        start, stop = spans[at] if at < len(spans) else (block.end, block.end)
        words = document.text[place : min(start, block.end)]
        if words.strip():
            first = place + len(words) - len(words.lstrip())
            yield first, place + len(words.rstrip())
        place = max(place, stop)
        at += 1
