"""What is to be seen of a sitting of triage: the text, the list under it, the lines around."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from cothemes.records.codebook import Code, Codebook
from cothemes.records.numbers import coefficient
from cothemes.stages.review.card import Card, reason_shown
from cothemes.stages.review.marking import Marking
from cothemes.stages.review.pace import in_words
from cothemes.stages.review.rows import APPLIES, OPEN, Row
from cothemes.stages.review.sitting import Ask
from cothemes.stages.review.triage import Triage, TriageState
from cothemes.tui.frame import Item, Listing
from cothemes.tui.paragraphs import one_line, spoken
from cothemes.tui.picker import Picker

MARKED = 60
"""Characters of a marking that are said."""
BOX = 6
"""Columns of an entry with its number and sign: a click there turns it on or off."""
ASKED = {
    Ask.NOTE: "note: enter keeps it with your decisions, esc leaves",
    Ask.MEMO: "memo on this passage: enter keeps it, esc leaves",
}
"""Words over the line that is typed on."""
NEW = "[new]"
"""Sign before the name of a code that can be made."""
SIGNS = (('"', "after a code: you marked its words; v shows them"),)


def status_parts(triage: Triage, state: TriageState) -> list[str]:
    """The parts of the first line, the most important first."""
    progress, pace = triage.progress, state.pace
    parts = [f"{progress.done}/{progress.total} done"]
    if state.card is not None:
        standing = state.card.standing
        arm = standing.arm.value
        parts += ["FLAGGED"] if standing.flag else []
        parts.append(f"{arm}, 2nd reading" if standing.locked else arm)
    left = pace.minutes_left(progress.waiting)
    if left is not None and progress.waiting:
        parts += [f"{pace.per_minute:.1f}/min", f"{in_words(left)} left"]
    if state.card is not None:
        parts.append(f"round {one_line(state.card.standing.assignment.round)}")
    if progress.skipped:
        parts.append(f"{progress.skipped} skipped")
    return [*parts, one_line(triage.desk.reviewer)]


def row_listing(book: Codebook, state: TriageState) -> Listing | None:
    """The codes of the card; None at the end."""
    if state.card is None:
        return None
    items = [_item(book, state.card, i, row) for i, row in enumerate(state.rows)]
    return Listing(_title(state.card), items, state.cursor, _nothing(state.card))


def _title(card: Card) -> str:
    if not card.standing.sees_suggestions:
        return "your codes (blind)"
    if card.suggestions:
        return f"suggested by {one_line(card.suggestions[0].rater)}"
    return "no code is suggested; your codes" if card.proposed and card.standing.answers else "your codes"


def _nothing(card: Card) -> str:
    if not card.standing.sees_suggestions:
        words = "c finds a code, 0 says that none applies."
        if card.standing.assignment.arm is not card.standing.arm:
            words += " Done locks your codes; then suggestions are shown."
        return words
    return "no code is suggested" if card.proposed else "no coder has coded this passage yet"


def _item(book: Codebook, card: Card, index: int, row: Row) -> Item:
    label = one_line(book.path(row.code)) if row.code in book.by_id else "(no longer a code)"
    head = f"{number_of(index)} [{row.sign}] {row.code}  {label}"
    details, tail = [], ""
    if row.suggestion is not None:
        if row.suggestion.verdict.value == "borderline":
            tail += " (borderline)"
        if row.suggestion.source_corrected:
            tail += " (source corrected)"
        if row.code in card.probabilities:
            tail += f" (probability {coefficient(card.probabilities[row.code])})"
        if row.suggestion.reason:
            details.append(one_line(reason_shown(row.suggestion)))
    if row.blind:
        tail += " (given blind)"
    elif row.suggestion is None and card.suggestions:
        tail += " (yours)"
    if row.marked:
        tail += ' "' * (len(row.answer.spans) if row.answer else 0)
    attributes = row.answer.attributes if row.answer is not None else None
    if attributes is None and row.suggestion is not None:
        attributes = row.suggestion.attributes
    if attributes:
        details.append(attributes_shown(attributes))
    return Item(head, one_line(" | ".join(details)), tail)


def attributes_shown(attributes: Mapping[str, Sequence[str]]) -> str:
    """`valence: helps; status: experienced, intended`, as words."""
    parts = (f"{spoken(name)}: {', '.join(map(spoken, values))}" for name, values in attributes.items())
    return "; ".join(parts)


def message_of(said: str, waiting: str) -> str:
    """Return the line over the one that is typed on: what was said last, then what is waited for."""
    return ". ".join(part for part in (one_line(said), waiting) if part)


def code_listing(
    found: Sequence[Code], given: Container[str], cursor: int, defining: bool, new: str = ""
) -> Listing:
    """Codes that fit what is being typed; `defining`: whether the definition of one is open; `new`: the name
    of a code that can be made.
    """
    items = [
        Item(f"[{APPLIES if code.id in given else OPEN}] {code.id}  {one_line(code.label)}") for code in found
    ]
    if new:
        items.append(Item(f"{NEW} {one_line(new)}"))
    keys = "enter gives, tab or esc goes back" if defining else "enter gives, tab defines, esc leaves"
    if new and cursor == len(found):
        keys = "enter makes this code, esc leaves"
    return Listing(keys, items, cursor, "no code matches")


def value_listing(code: str, picker: Picker) -> Listing:
    """Values of a code's attributes."""
    items = [
        Item(
            f"{number_of(i)} [{APPLIES if i in picker.chosen else OPEN}] "
            f"{spoken(attribute.name)}{' (one or more)' if attribute.many else ''}: {spoken(value)}"
        )
        for i, (attribute, value) in enumerate(picker.values)
    ]
    return Listing(f"attributes of {code}", items, picker.choice)


def marking_listing(code: str, text: str, marking: Marking) -> Listing:
    """Return what is marked so far, also in words, for whoever cannot see the mark; long ones cut in the
    middle.
    """
    start, end = marking.span
    words = one_line(text[start:end])
    if len(words) > MARKED:
        words = f"{words[: MARKED // 2].rstrip()} … {words[-MARKED // 2 :].lstrip()}"
    return Listing(f"mark the words of {code}", (), 0, f"“{words}”")


def number_of(index: int) -> str:
    """The key that turns a row on or off; rows after the ninth have none."""
    return str(index + 1) if index < 9 else " "
