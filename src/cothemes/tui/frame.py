"""Lays a card out for a size: every line of it, from 40 × 12 up, and what a mouse finds on each.

Lines are made here and not by nested widgets, so that a key repaints one thing, what is shown depends on
nothing but its arguments, and 50,000 waiting passages cost what one costs. Keys are in the footer, which is
Textual's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from cothemes.tui.paragraphs import CURSOR, FAINT, MARK, STRONG, Paragraph

SHORT = 15
"""Rows under which panels collapse."""
NARROW = 60
"""Columns under which words give way to signs."""
LEAST_READING = 3
MESSAGE_LINES = 3


@dataclass(frozen=True)
class Item:
    """One entry of the list at the bottom: a code, an attribute's value."""

    head: str
    detail: str = ""
    """Shown under it, all of it where the cursor is; it may have several lines."""
    tail: str = ""
    """Follows the head, and stays where the head has to be cut."""


@dataclass(frozen=True)
class Listing:
    """The list under the text."""

    title: str
    items: Sequence[Item]
    cursor: int
    empty: str = ""
    """Said where there are no items."""


@dataclass(frozen=True)
class View:
    """Everything that is on the screen."""

    status: Sequence[str]
    """Parts of the first line, the most important first; what finds no room is left out."""
    listing: Listing | None
    message: str
    prompt: bool = False
    """True if a line is typed on below."""
    reading: bool = False
    """True if a long text stands in place of the card: where rows are few, the list gives way to it."""


class Text:
    """Paragraphs wrapped for a width once, and the window on them; `lead` lines are shown before what is
    sought."""

    def __init__(self, paragraphs: Sequence[Paragraph], width: int, lead: int = 0) -> None:
        self._lead = lead
        self.lines: list[Content] = []
        self.places: list[tuple[int, int] | None] = []
        """Of each line that shows words of the passage: the column where they begin, and their offset."""
        self.sought: tuple[int, int] | None = None
        """First and last line + 1 of what shall be in sight: a mark, else the paragraph that is sought."""
        marked: list[int] = []
        for paragraph in paragraphs:
            first = len(self.lines)
            room = max(width - paragraph.indent, 2)
            wrapped = [_cut(paragraph.content, room)] if paragraph.clipped else paragraph.content.wrap(room)
            self.places += _places(paragraph, wrapped)
            for number, line in enumerate(wrapped):
                if any(span.style in (MARK, CURSOR) for span in line.spans):
                    marked.append(len(self.lines))
                margin = paragraph.label if number == 0 or paragraph.ruled else ""
                head = Content.styled(f"{margin:<{paragraph.indent}}", STRONG)
                self.lines.append(head + line if paragraph.indent else line)
            if paragraph.sought:
                self.sought = (self.sought[0] if self.sought else first, len(self.lines))
        if marked:
            self.sought = (marked[0], marked[-1] + 1)

    def top_for(self, height: int, top: int | None) -> int:
        """The first line shown: `top` kept within the text, or what brings the sought lines into sight."""
        last = max(len(self.lines) - height, 0)
        if top is not None:
            return min(max(top, 0), last)
        if self.sought is None or self.sought[1] <= height:
            return 0
        first, end = self.sought
        if self._lead:
            return min(max(first - self._lead, 0), last)
        # No further than it takes, so that what was said before stays in sight while it can.
        return min(first, end - height, last)


@dataclass(frozen=True)
class Frame:
    """The lines of a screen, and where the text stands in it."""

    lines: list[Content]
    top: int
    height: int
    """Lines of text in sight."""
    below: int
    """Lines of text below those in sight."""
    items: Sequence[int | None] = ()
    """Of each line: the entry of the list that it shows."""
    places: Sequence[tuple[int, int] | None] = ()
    """Of each line that shows words of the passage: the column where they begin, and their offset."""

    def offset(self, x: int, y: int, *, near: bool = False) -> int | None:
        """Return the character of the passage's text at a cell; `near`: also beside the words of a line."""
        place = self.places[y] if 0 <= y < len(self.places) else None
        if place is None or (x < place[0] and not near):
            return None
        column, offset = place
        cells = 0
        words = self.lines[y].plain
        for number, character in enumerate(words[column:]):
            cells += cell_len(character)
            if cells > x - column:
                return offset + number
        return offset + max(len(words) - column - 1, 0) if near else None

    def item(self, y: int) -> int | None:
        """Return the entry of the list on a line."""
        return self.items[y] if 0 <= y < len(self.items) else None


def frame_of(view: View, text: Text, width: int, height: int, top: int | None, *, short: bool) -> Frame:
    """Exactly `height` lines of at most `width` cells. `top` None brings into sight what is sought; `short`:
    the screen has few rows."""
    message = Content(view.message).wrap(width)[:MESSAGE_LINES] if view.message else []
    if short and len(message) > 2:
        message = [message[0], message[1].truncate(width - 1).append("…")]
    # On the card an empty line keeps the place of what is said after a key, so that nothing jumps.
    foot = message or ([] if short or view.reading or view.prompt else [Content("")])
    room = height - 1 - len(foot)
    shown_list = None if short and view.reading else view.listing
    listing, items = _listing(shown_list, width, _share(shown_list, room, short)) if shown_list else ([], [])
    body = max(room - len(listing), 0)
    first = text.top_for(body, top)
    shown = text.lines[first : first + body]
    below = max(len(text.lines) - first - body, 0)
    head = _status(view.status, below, first, width)
    blank = body - len(shown)
    lines = [head, *shown, *[Content("")] * blank, *listing, *foot]
    places = [None, *text.places[first : first + body], *[None] * (blank + len(listing) + len(foot))]
    return Frame(
        lines[:height],
        first,
        body,
        below,
        [*[None] * (1 + body), *items, *[None] * len(foot)][:height],
        places[:height],
    )


def fitted(text: str, width: int) -> str:
    """The text, cut with an ellipsis where it is wider than `width` cells."""
    return _cut(Content(text), width).plain


def _cut(content: Content, width: int) -> Content:
    return content if content.cell_length <= width else content.truncate(width, ellipsis=True)


def _status(parts: Sequence[str], below: int, above: int, width: int) -> Content:
    rest = f"↓{below}" if width < NARROW else f"↓ {below} more"
    more = f"{'↑' if above else ' '}{rest if below else ''}" if above or below else ""
    line = ""
    for part in parts:
        longer = f"{line} | {part}" if line else part
        if Content(longer).cell_length + len(more) + 1 > width:
            break
        line = longer
    gap = " " * max(width - Content(line).cell_length - len(more), 0)
    return Content.styled(fitted(f"{line}{gap}{more}", width), STRONG)


def _share(listing: Listing | None, room: int, short: bool) -> int:
    assert listing is not None
    most = room * 9 // 20 if short else room // 2
    return max(min(most, room - LEAST_READING), 2)


def _places(paragraph: Paragraph, lines: Sequence[Content]) -> list[tuple[int, int] | None]:
    """Where the words of each line are in the passage's text, for a paragraph that shows it."""
    if paragraph.offset is None:
        return [None] * len(lines)
    whole, at = paragraph.content.plain, 0
    found: list[tuple[int, int] | None] = []
    for line in lines:
        words = line.plain.rstrip()
        start = whole.find(words, at) if words else -1
        if start < 0:
            found.append(None)
            continue
        at = start + len(words)
        # What stands before the passage's own first word is no part of it.
        before = max(paragraph.offset - start, 0)
        found.append((paragraph.indent + before, start + before - paragraph.offset))
    return found


def _listing(listing: Listing, width: int, most: int) -> tuple[list[Content], list[int | None]]:
    """A ruled title and as many lines as fit, the cursor's among them; the entry that each line shows."""
    if not listing.items:
        empty = Content(listing.empty).wrap(width) if listing.empty else []
        lines = [_rule(listing.title, "", width), *empty[: max(most - 1, 0)]]
        return lines, [None] * len(lines)
    room = most - 1
    spacious = room >= 2 * len(listing.items) + 1
    body: list[Content] = []
    at = (0, 1)
    heads: list[int] = []
    owners: list[int | None] = []
    for index, item in enumerate(listing.items):
        here = index == listing.cursor
        first = len(body)
        heads.append(first)
        start_of = fitted(f"{'>' if here else ' '} {item.head}", width - len(item.tail))
        head = Content(start_of + item.tail)
        body.append(head.stylize(STRONG) if here else head)
        if item.detail and (here or spacious):
            detail = _details(item.detail, max(width - 6, 2), here=here, whole=room >= 4)
            body += [line.pad_left(6) for line in detail[: max(room - 1, 0)]]
        owners += [index] * (len(body) - first)
        if here:
            at = (first, len(body))
    start = max(min(at[0], len(body) - room), 0)
    if at[1] <= room:
        start = 0
    shown = body[start : start + room]
    below = sum(head >= start + room for head in heads)
    more = f" {'↑' if start else ''}↓ {below} more" if below else " ↑" if start else ""
    rule = _rule(listing.title, more, width)
    if more and shown and not rule.plain.endswith(more):
        last = _cut(shown[-1], width - len(more))
        shown[-1] = last + Content(" " * (width - len(more) - last.cell_length)) + Content.styled(more, FAINT)
    return [rule, *shown], [None, *owners[start : start + len(shown)]]


def _rule(title: str, more: str, width: int) -> Content:
    """A line with a title, and with how the list goes on where there is room for both."""
    start = fitted(f"── {title} ", width)
    gap = width - Content(start).cell_length - len(more)
    return Content.styled(start + ("─" * gap + more if gap > 1 else "─" * (gap + len(more))), FAINT)


def _details(detail: str, width: int, *, here: bool, whole: bool) -> list[Content]:
    """Return, under the cursor, all of it, wrapped where there is room; elsewhere one line."""
    if here and whole:
        return Content.styled(detail, FAINT).wrap(width)
    kept = detail.split("\n") if here else [detail.replace("\n", " | ")]
    return [Content.styled(fitted(line, width), FAINT) for line in kept]
