"""A disagreement in paragraphs: readers by number, never by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.card_text import set_passage_lines
from cothemes.presentation.lines import Line, Paragraph, Table
from cothemes.records.text import attributes_line
from cothemes.stages.review.discussion import Dispute, Tally, tally_lines

if TYPE_CHECKING:
    from cothemes.app.review.disputes import DisputeList
    from cothemes.records.adjudication import Settlement
    from cothemes.records.codebook import Codebook
    from cothemes.records.passage import Passage
    from cothemes.stages.review.disputes import Answer, CodeAnswers


def dispute_lines(dispute: Dispute, tally: Tally, codebook: Codebook) -> Iterator[Paragraph]:
    """Yield everything but the words, which are marked on request."""
    case = dispute.case
    yield Paragraph("")
    yield Paragraph(
        f"{tally.settled} of {tally.total} settled, round {case.round or '(without a name)'}, "
        f"{len(case.readers)} readers",
        style="dim",
    )
    yield from set_passage_lines(case.passage, dispute.setting)
    for number, one in enumerate(case.codes, start=1):
        yield from _code(dispute, one, number, codebook)
    for code, ruling in dispute.settled.rulings.items():
        if code not in case.by_code:
            yield Paragraph(f"besides: {code}, {codebook.by_id[code].label}: {ruling_in_words(ruling)}")
    for reader, note in case.notes:
        yield Paragraph(f"reader {reader} noted: {note}", indent=1)
    for note in dispute.settled.notes:
        yield Paragraph(f"discussion: {note}", indent=1)


def _code(dispute: Dispute, one: CodeAnswers, number: int, codebook: Codebook) -> Iterator[Paragraph]:
    ruling = dispute.settled.rulings.get(one.code)
    state = ruling_in_words(ruling) if ruling else difference_in_words(one)
    yield Paragraph(f"{number}. {one.code}, {codebook.by_id[one.code].label}: {state}", indent=1)
    for answer in one.answers:
        yield Paragraph(answer_in_words(answer, dispute.case.passage), indent=4)
    if ruling is not None and ruling.note:
        yield Paragraph(f"discussion: {ruling.note}", indent=4)


def dispute_list_lines(found: DisputeList) -> Iterator[Line]:
    """Yield the passages that wait, then how far the round is."""
    waiting = [(case.passage, case.left) for case in found.cases if case.left]
    if waiting:
        yield Table(("passage", "codes to adjudicate"), waiting, right=(1,))
    yield from tally_lines(Tally(found.settled, found.open, found.held, found.agreed), found.round)


def difference_in_words(one: CodeAnswers) -> str:
    """Return what is in dispute about a code."""
    words = {"code": "in dispute", "attributes": "attributes differ", "words": "words differ"}
    return ", ".join(words[difference.value] for difference in one.differences) or "given by all"


def ruling_in_words(ruling: Settlement) -> str:
    """Return `settled: yes (valence: helps)`."""
    attributes = attributes_line(ruling.attributes)
    return f"settled: {ruling.ruling.value}{f' ({attributes})' if attributes else ''}"


def answer_in_words(answer: Answer, passage: Passage) -> str:
    """Return `reader 1: yes; valence: helps; “the words”`."""
    parts = ["yes" if answer.applies else "no", attributes_line(answer.attributes)]
    for start, end in answer.spans:
        parts.append(f"“{' '.join(passage.own_text(start - passage.start, end - passage.start).split())}”")
    return f"reader {answer.reader}: {'; '.join(filter(None, parts))}"
