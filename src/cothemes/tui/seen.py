"""What is to be seen for a state of the controls: the text, the list under it, the lines around."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from cothemes.records.codebook import Code
from cothemes.stages.review.card import Card, reason_shown
from cothemes.tui.controls import Controls, Mode, Page
from cothemes.tui.frame import Item, Listing, View
from cothemes.tui.pace import in_words
from cothemes.tui.paragraphs import (
    Paragraph,
    card_paragraphs,
    definition_paragraphs,
    help_paragraphs,
    one_line,
    plain,
    spoken,
    transcript_paragraphs,
)
from cothemes.tui.picker import Picker
from cothemes.tui.rows import APPLIES, OPEN, Row
from cothemes.tui.triage import Triage
from cothemes.tui.words import Marking

ALL_TURNS = 1_000_000
MARKED = 60
"""Characters of a marking that are said."""
TYPING: dict[Mode, tuple[str, ...]] = {
    Mode.ATTRIBUTES: ("enter keeps", "space or digit turns on or off", "esc leaves"),
    Mode.SPAN: ("space begins", "enter keeps", "arrows move by words", "esc leaves"),
    Mode.CONFIRM: ("y finishes", "n or esc back to the card"),
}
BACK = ("up, down scroll", "esc back to the card")
AT_THE_END = ("u undo", "q quit", "? all keys")
ASKED = {
    Mode.NOTE: "note: enter keeps it with your decisions, esc leaves",
    Mode.MEMO: "memo on this passage: enter keeps it, esc leaves",
}
"""Stands over the line that is typed on."""


def view_of(controls: Controls) -> View:
    """Everything on the screen but the text, which is made apart because it changes seldom."""
    triage = controls.triage
    message = controls.question if controls.mode is Mode.CONFIRM else one_line(triage.said)
    message = ASKED.get(controls.mode, message)
    hints: Sequence[str] = TYPING.get(controls.mode, ())
    if controls.mode is Mode.CARD and controls.page is not Page.CARD:
        hints = BACK
    elif controls.mode is Mode.CARD:
        hints = card_hints(triage)
    return View(
        status=_status(triage),
        listing=_listing(controls),
        message=message,
        hints=hints,
        prompt=bool(controls.prompt),
        reading=controls.page is not Page.CARD and controls.mode is not Mode.FIND,
    )


def card_hints(triage: Triage) -> Sequence[str]:
    """The keys that do something on the card as it is, the likeliest first."""
    card, row = triage.card, triage.row
    if card is None:
        return AT_THE_END
    ways: list[str] = []
    if row is not None:
        ways += ["x take away"] if row.applies else ["a accept"]
        ways += ["x reject"] if row.answer is None else []
    ways += ["enter done"] if row is not None else []
    ways += ["c code"]
    ways += ["0 none"] if not card.coded else []
    ways += ["= as before"] if row is None else []
    if row is not None:
        ways += ["d define"]
        ways += ["v words"] if row.marks else []
        ways += ["s attributes"] if row.applies and triage.book.attributes_of(row.code) else []
        ways += ["e mark"] if row.applies else []
    return [*ways, "t transcript", "space skip", "u undo", "n note", "f flag", "? all keys"]


def paragraphs_of(controls: Controls, context: bool) -> Sequence[Paragraph]:
    """The text. `context`: whether there is room for what stands before the passage."""
    triage = controls.triage
    if controls.page is Page.HELP:
        return help_paragraphs()
    if triage.card is None:
        return [plain(line) for line in summary_lines(triage)]
    if controls.page is Page.TRANSCRIPT:
        return transcript_paragraphs(triage.desk.transcript(triage.card, ALL_TURNS))
    if controls.page is Page.DEFINITION:
        code = _defined(controls)
        if code:
            return definition_paragraphs(triage.book, code)
    row = triage.row
    marks = row.marks if controls.evidence and row else ()
    return card_paragraphs(triage.card, marks, controls.marking, context)


def summary_lines(triage: Triage) -> list[str]:
    """Return what was done in this sitting, and what is left."""
    progress = triage.progress
    pace = triage.pace
    lines = [
        f"{progress.done} of {progress.total} passages done.",
        f"This sitting: {pace.finished} finished, {triage.kept} records kept, "
        f"{in_words(pace.worked / 60)} of work.",
    ]
    if pace.per_minute:
        lines.append(f"{pace.per_minute:.1f} passages a minute.")
    if progress.skipped:
        lines.append(f"{progress.skipped} skipped: open review again; they come after all else that waits.")
    if progress.held:
        lines.append(
            f"{progress.held} are coded blind and locked; they come back once a coder has coded them."
        )
    if progress.aside:
        lines.append(f"{progress.aside} are of an earlier cut of their document and are not served.")
    if triage.flagged:
        lines.append(f"Flagged for a second look: {', '.join(dict.fromkeys(triage.flagged))}.")
    if progress.waiting:
        lines.append(f"Go on: cothemes review --as {triage.desk.reviewer}")
    elif progress.total == 0:
        lines.append(f"Nothing is assigned to you: cothemes route --reviewers {triage.desk.reviewer}")
    return lines


def _status(triage: Triage) -> list[str]:
    progress = triage.progress
    parts = [f"{progress.done}/{progress.total} done"]
    if triage.card is not None:
        standing = triage.card.standing
        arm = standing.arm.value
        parts += ["FLAGGED"] if standing.flag else []
        parts.append(f"{arm}, 2nd reading" if standing.locked else arm)
    left = triage.pace.minutes_left(progress.waiting)
    if left is not None and progress.waiting:
        parts += [f"{triage.pace.per_minute:.1f}/min", f"{in_words(left)} left"]
    if triage.card is not None:
        parts.append(f"round {one_line(triage.card.standing.assignment.round)}")
    if progress.skipped:
        parts.append(f"{progress.skipped} skipped")
    return [*parts, one_line(triage.desk.reviewer)]


def _defined(controls: Controls) -> str:
    if controls.mode is Mode.FIND:
        return controls.found[controls.choice].id if controls.found else ""
    return controls.triage.row.code if controls.triage.row else ""


def _listing(controls: Controls) -> Listing | None:
    triage = controls.triage
    if controls.mode is Mode.FIND:
        given = triage.card.coded if triage.card else {}
        return code_listing(controls.found, given, controls.choice, controls.page is Page.DEFINITION)
    if controls.picker is not None and controls.mode is Mode.ATTRIBUTES and triage.row:
        return value_listing(triage.row.code, controls.picker)
    if controls.marking is not None and triage.row and triage.card:
        return marking_listing(triage.row.code, triage.card.passage.text, controls.marking)
    if triage.card is None or controls.page is Page.HELP:
        return None
    items = [_item(triage, i, row) for i, row in enumerate(triage.rows)]
    return Listing(_title(triage.card), items, triage.cursor, _nothing(triage.card))


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


def _item(triage: Triage, index: int, row: Row) -> Item:
    label = (
        one_line(triage.book.by_id[row.code].label) if row.code in triage.book.by_id else "(no longer a code)"
    )
    head = f"{number_of(index)} [{row.sign}] {row.code}  {label}"
    details, tail = [], ""
    if row.suggestion is not None:
        if row.suggestion.verdict.value == "borderline":
            tail += " (borderline)"
        if row.suggestion.source_corrected:
            tail += " (source corrected)"
        if row.suggestion.reason:
            details.append(one_line(reason_shown(row.suggestion)))
    if row.blind:
        tail += " (given blind)"
    elif row.suggestion is None and triage.card is not None and triage.card.suggestions:
        tail += " (yours)"
    if row.marked:
        tail += ' "'
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


def code_listing(found: Sequence[Code], given: Container[str], cursor: int, defining: bool) -> Listing:
    """Codes that fit what is being typed; `defining`: whether the definition of one is open."""
    items = [
        Item(f"[{APPLIES if code.id in given else OPEN}] {code.id}  {one_line(code.label)}") for code in found
    ]
    keys = "enter gives, tab or esc goes back" if defining else "enter gives, tab defines, esc leaves"
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
