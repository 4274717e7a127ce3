"""What is to be seen of a disagreement: the passage, and under it what each reader said, by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual.content import Content

from cothemes.records.adjudication import Ruling
from cothemes.records.codebook import Code
from cothemes.records.passage import Passage
from cothemes.stages.review.discussion import Dispute
from cothemes.stages.review.disputes import Answer, Difference
from cothemes.tui.controls import Mode, Page
from cothemes.tui.discussion import Discussion
from cothemes.tui.frame import Item, Listing, View
from cothemes.tui.paragraphs import (
    FAINT,
    Paragraph,
    definition_paragraphs,
    help_paragraphs,
    one_line,
    passage_paragraphs,
    plain,
    transcript_paragraphs,
)
from cothemes.tui.picker import Picker
from cothemes.tui.seen import (
    AT_THE_END,
    BACK,
    TYPING,
    code_listing,
    marking_listing,
    number_of,
    value_listing,
)
from cothemes.tui.words import Marking

ALL_TURNS = 1_000_000
QUOTED = 60
"""Characters of a reader's words in the list; v shows all of them."""
HINTS = {
    **TYPING,
    Mode.CARD: (
        *("a applies", "x does not", "enter next", "n note", "s attributes", "v words", "d define"),
        "? all keys",
    ),
}
SETTLED = ("enter next", "n note", "u undo", "s attributes", "c code", "? all keys")
NOTING = "note of the discussion: enter keeps it, esc leaves"
_DIFFERENCES = {
    Difference.CODE: "",
    Difference.ATTRIBUTES: " (attributes differ)",
    Difference.WORDS: " (words differ)",
}
HELP = (
    ("a", "the code under the cursor applies"),
    ("x", "it does not"),
    ("1-9", "turn a row on or off"),
    ("up, down", "move the cursor (in a long text: scroll)"),
    ("s", "it applies, with attributes of your choice"),
    ("e", "it applies, on words that you mark"),
    ("n", "a note of the discussion: with the code once it is adjudicated, else with the passage"),
    ("v", "the words that a reader marked; again for the next reader"),
    ("c or /", "find any code by typing, and rule that it applies"),
    ("d", "its definition and near-misses"),
    ("t", "the whole transcript, here"),
    ("enter", "next, once all is adjudicated"),
    ("space", "put the passage off"),
    ("u, backspace", "undo; again for the one before, without limit"),
    ("PgUp, PgDn", "scroll; also shift with up and down"),
    ("esc", "back to the card"),
    ("q", "quit; everything is kept"),
)


class Seen(Protocol):
    """The state that a view is made of."""

    discussion: Discussion
    mode: Mode
    page: Page
    found: Sequence[Code]
    choice: int
    picker: Picker | None
    marking: Marking | None
    evidence: int

    @property
    def prompt(self) -> str: ...

    def marked(self) -> dict[int, tuple[int, int]]: ...


def view_of(panel: Seen) -> View:
    """Everything on the screen but the text."""
    discussion = panel.discussion
    hints = HINTS.get(panel.mode, ())
    if panel.mode is Mode.CARD and panel.page is not Page.CARD:
        hints = BACK
    elif panel.mode is Mode.CARD and discussion.dispute is None:
        hints = AT_THE_END
    elif panel.mode is Mode.CARD and not discussion.open_dispute.left:
        hints = SETTLED
    return View(
        status=_status(discussion),
        listing=_listing(panel),
        message=NOTING if panel.mode is Mode.NOTE else one_line(discussion.said),
        hints=hints,
        prompt=bool(panel.prompt),
        reading=panel.page is not Page.CARD and panel.mode is not Mode.FIND,
    )


def paragraphs_of(panel: Seen, context: bool) -> Sequence[Paragraph]:
    """The text. `context`: whether there is room for what stands before the passage."""
    discussion = panel.discussion
    if panel.page is Page.HELP:
        return help_paragraphs(HELP)
    if discussion.dispute is None:
        return [plain(line) for line in summary_lines(discussion)]
    dispute = discussion.dispute
    if panel.page is Page.TRANSCRIPT:
        return transcript_paragraphs(discussion.table.transcript(dispute, ALL_TURNS))
    if panel.page is Page.DEFINITION:
        found = panel.found[panel.choice].id if panel.mode is Mode.FIND and panel.found else ""
        return definition_paragraphs(discussion.book, found or discussion.code)
    marks = [panel.marked()[panel.evidence]] if panel.evidence in panel.marked() else []
    case = dispute.case
    rows = passage_paragraphs(case.passage, dispute.setting, marks, panel.marking, context)
    rows += [plain(f"reader {reader} noted: {one_line(note)}", FAINT, 2) for reader, note in case.notes]
    return rows + [plain(f"discussion: {one_line(note)}", FAINT, 2) for note in dispute.settled.notes]


def summary_lines(discussion: Discussion) -> list[str]:
    """Return what was settled, and what is left."""
    tally = discussion.table.tally
    lines = [
        f"{tally.settled} of {tally.total} passages in dispute are adjudicated.",
        f"On {tally.agreed} more all readers agreed.",
        f"This sitting: {discussion.kept} records kept.",
    ]
    if tally.held:
        lines.append(f"Not shown, since somebody has them open still: {tally.held}.")
    if tally.open:
        lines.append(f"Go on: cothemes adjudicate --as {discussion.table.by}")
    return lines


def _status(discussion: Discussion) -> list[str]:
    tally = discussion.table.tally
    parts = [f"{tally.settled}/{tally.total} settled"]
    if discussion.dispute is not None:
        parts.append(f"{len(discussion.dispute.case.readers)} readers")
    if discussion.table.round:
        parts.append(f"round {one_line(discussion.table.round)}")
    return [*parts, one_line(discussion.table.by)]


def _listing(panel: Seen) -> Listing | None:
    discussion = panel.discussion
    dispute = discussion.dispute
    if dispute is None or panel.page is Page.HELP:
        return None
    if panel.mode is Mode.FIND:
        given = [code for code in discussion.rows if dispute.settled.applies(code)]
        return code_listing(panel.found, given, panel.choice, panel.page is Page.DEFINITION)
    if panel.mode is Mode.ATTRIBUTES and panel.picker is not None:
        return value_listing(discussion.code, panel.picker)
    if panel.marking is not None:
        return marking_listing(discussion.code, dispute.case.passage.text, panel.marking)
    items = [_item(discussion, dispute, i, code) for i, code in enumerate(discussion.rows)]
    left = len(dispute.left)
    title = f"{left} to settle" if left else "all adjudicated, enter goes on"
    return Listing(title, items, discussion.cursor, "no code was given")


def _item(discussion: Discussion, dispute: Dispute, index: int, code: str) -> Item:
    said = dispute.case.by_code.get(code)
    ruling = dispute.settled.rulings.get(code)
    head = (
        f"{number_of(index)} [{_sign(dispute, code)}] {code}  {one_line(discussion.book.by_id[code].label)}"
    )
    if said is not None:
        head += "".join(_DIFFERENCES[difference] for difference in said.differences)
    else:
        head += " (given by no reader)"
    details = [_answer(answer, dispute.case.passage) for answer in said.answers] if said else []
    if ruling is not None:
        attributes = "; ".join(f"{name}: {', '.join(values)}" for name, values in ruling.attributes.items())
        note = f"“{one_line(ruling.note)}”" if ruling.note else ""
        word = "applies" if ruling.ruling is Ruling.YES else "does not apply"
        details.append(one_line(", ".join(filter(None, (f"settled: {word}", attributes, note)))))
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
    if answer.span is not None:
        words = Content(
            one_line(passage.text[answer.span[0] - passage.start : answer.span[1] - passage.start])
        )
        parts.append(f"“{words.truncate(QUOTED, ellipsis=True).plain}”")
    return one_line(", ".join(parts))
