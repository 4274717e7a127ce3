"""Words found in the texts, for a terminal: keyword in context in aligned columns, then what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from cothemes.presentation.codings_text import more_lines
from cothemes.presentation.ids import CUT, WHOLE, ShortIds
from cothemes.presentation.left_out import query_lines
from cothemes.presentation.lines import Line, Table
from cothemes.records.document import Role
from cothemes.records.numbers import number
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.find import FindReport, Occurrence

DOCUMENT = 11
"""Columns of a document's id before a line."""
NARROWEST = 40
IN_NO_PASSAGE = "†"
_VOICES = {
    Role.PARTICIPANT: "participants",
    Role.INTERVIEWER: "interviewers",
    Role.OTHER: "announcers and others",
    Role.UNKNOWN: "voices of unknown role",
    Role.NONE: "written texts",
}


def find_lines(found: FindReport, limit: int, width: int, ids: ShortIds = WHOLE) -> Iterator[Line]:
    """Yield the occurrences, at most `limit` (0: all), or counts by group, then the sums. `width`: columns of
    the terminal."""
    if found.by is not None:
        yield from _group_lines(found, limit)
    elif found.hits:
        shown = found.hits[:limit] if limit else found.hits
        places = [_place(each, ids) for each in shown]
        wide = max(map(len, places))
        room = max(width, NARROWEST) - wide - 2
        left = room * 2 // 5
        for place, hit in zip(places, shown, strict=True):
            yield _line(place.ljust(wide), hit, left, room - left)
        yield from more_lines(len(found.hits), limit)
        yield ""
    yield from _sums(found)


def _line(place: str, hit: Occurrence, left: int, right: int) -> Text:
    """One occurrence: its words begin in the same column of every line."""
    before, after = shown_text(hit.before), shown_text(hit.after)
    words = shown_text(hit.text)
    line = Text(f"{place}  ", style="dim", no_wrap=True)
    shift = len(before) - left
    shown = f"{CUT}{before[shift + 1 :]}" if shift > 0 else before.rjust(left)
    begun = Text(shown, style="not dim")
    if hit.marked_before is not None:
        start, end = (max(each - shift, 0) for each in hit.marked_before)
        begun.stylize("underline", start, end)
    line.append_text(begun)
    room = right - len(words)
    if room < 0:
        return line.append(f"{words[: right - 1]}{CUT}", style="not dim bold")
    line.append(words, style="not dim bold")
    rest = Text(
        after if len(after) <= room else f"{after[: max(room - 1, 0)]}{CUT * bool(room)}", style="not dim"
    )
    if hit.marked_after is not None:
        rest.stylize("underline", *hit.marked_after)
    return line.append_text(rest)


def _place(hit: Occurrence, ids: ShortIds) -> str:
    if hit.passage is None:
        return f"{ids.document(hit.document, DOCUMENT)}{IN_NO_PASSAGE}"
    return ids.passage(hit.passage, DOCUMENT)


def _group_lines(found: FindReport, limit: int) -> Iterator[Line]:
    assert found.by is not None
    rows = found.groups[:limit] if limit else found.groups
    several = found.by != "document"
    yield Table(
        (shown_text(found.by), "found", "passages", *["documents"] * several, "words", "per 1,000"),
        [
            (
                shown_text(each.value),
                each.occurrences,
                each.passages,
                *[each.documents] * several,
                f"{each.words:,}",
                number(each.per_thousand, decimals=2),
            )
            for each in rows
        ],
        right=(1, 2, 3, 4, 5),
    )
    yield from more_lines(len(found.groups), limit)


def _sums(found: FindReport) -> Iterator[Line]:
    near = f" within {counted(found.near[0], 'word')} of {found.near[1]!r}" if found.near else ""
    what = f"{'/' if found.regex else '“'}{shown_text(found.text)}{'/' if found.regex else '”'}"
    times = counted(found.occurrences, "occurrence")
    yield (
        f"{what}{near}: {times} in {counted(found.passages, 'passage')} of "
        f"{counted(found.documents, 'document')}."
    )
    documents = counted(found.documents_searched, "document")
    voices = ", ".join(_VOICES[each] for each in found.roles)
    yield f"Searched: {found.words_searched:,} words of {documents} ({voices})."
    if found.in_no_passage:
        reasons = ", ".join(f"{reason} {count}" for reason, count in found.in_no_passage.items())
        total = sum(found.in_no_passage.values())
        yield f"{IN_NO_PASSAGE} {total} of them in words that are in no passage: {reasons}."
    for role, count in found.other_roles.items():
        yield f"{count} more in words of {_VOICES[Role(role)]} → --role {role}, or --role all"
    if found.longer_words:
        yield f"{found.longer_words} within longer words → write *{found.text}*"
    yield from query_lines(found.query)
    if found.pseudonyms:
        yield "Searched and shown with pseudonyms; --show-originals has the names."
