"""What is to be seen of a disagreement: under the passage, what each reader said, by number."""

from __future__ import annotations

from textual.content import Content

from cothemes.records.adjudication import Ruling
from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.records.text import attributes_line
from cothemes.stages.review.adjudication import AdjudicationState, Discussion
from cothemes.stages.review.discussion import Dispute
from cothemes.stages.review.disputes import Answer, Difference
from cothemes.tui.frame import Item, Listing
from cothemes.tui.paragraphs import one_line
from cothemes.tui.seen import number_of

QUOTED = 60
"""Characters of a reader's words in the list; v shows all of them."""
_DIFFERENCES = {
    Difference.CODE: "",
    Difference.ATTRIBUTES: " (attributes differ)",
    Difference.WORDS: " (words differ)",
}


def status_parts(discussion: Discussion, state: AdjudicationState) -> list[str]:
    """The parts of the first line, the most important first."""
    tally = discussion.table.tally
    parts = [f"{tally.settled}/{tally.total} settled"]
    if state.dispute is not None:
        parts.append(f"{len(state.dispute.case.readers)} readers")
    if discussion.table.round:
        parts.append(f"round {one_line(discussion.table.round)}")
    return [*parts, one_line(discussion.table.by)]


def row_listing(book: Codebook, state: AdjudicationState) -> Listing | None:
    """The codes of the case; None at the end."""
    dispute = state.dispute
    if dispute is None:
        return None
    items = [_item(book, dispute, i, code) for i, code in enumerate(state.rows)]
    left = len(dispute.left)
    title = f"{left} to settle" if left else "all adjudicated, enter goes on"
    return Listing(title, items, state.cursor, "no code was given")


def _item(book: Codebook, dispute: Dispute, index: int, code: str) -> Item:
    said = dispute.case.by_code.get(code)
    ruling = dispute.settled.rulings.get(code)
    head = f"{number_of(index)} [{_sign(dispute, code)}] {code}  {one_line(book.by_id[code].label)}"
    if said is not None:
        head += "".join(_DIFFERENCES[difference] for difference in said.differences)
    else:
        head += " (given by no reader)"
    details = [_answer(answer, dispute.case.passage) for answer in said.answers] if said else []
    if ruling is not None:
        attributes = attributes_line(ruling.attributes)
        note = f"note: {one_line(ruling.note)}" if ruling.note else ""
        word = "applies" if ruling.ruling is Ruling.YES else "does not apply"
        words = ""
        if ruling.start is not None and ruling.end is not None:
            words = _quoted(dispute.case.passage, ruling.start, ruling.end)
        details.append(one_line(", ".join(filter(None, (f"settled: {word}", attributes, words, note)))))
    return Item(head, "\n".join(details))


def _sign(dispute: Dispute, code: str) -> str:
    """`+` and `-` are rulings, `=` is what all readers gave, a blank waits."""
    applies = dispute.settled.applies(code)
    if applies is not None:
        return "+" if applies else "-"
    return " " if code in dispute.left else "="


def _answer(answer: Answer, passage: Passage) -> str:
    parts = [f"reader {answer.reader}: {'yes' if answer.applies else 'no'}"]
    parts += [f"{name}: {', '.join(values)}" for name, values in answer.attributes.items()]
    parts += [_quoted(passage, start, end) for start, end in answer.spans]
    return one_line(", ".join(parts))


def _quoted(passage: Passage, start: int, end: int) -> str:
    words = Content(one_line(passage.text[start - passage.start : end - passage.start]))
    return f"“{words.truncate(QUOTED, ellipsis=True).plain}”"
