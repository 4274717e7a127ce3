"""What stands above a text and is not of it: `Date: …` rows, rules of dashes, the mark of invented data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from cothemes.records.source import LineStyle
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph

_PAIR = re.compile(
    r"^\s*\**\s*(?P<key>[^\W\d_][\w /()'’.-]{0,39}?)\s*(?:\*\*)?\s*[:|]\s*(?:\*\*)?\s*(?P<value>\S.{0,300})$"
)
_RULE = re.compile(r"^\s*(?:[-–—_=*~•]\s*){3,}$|^\s*[—–]\s*$")
_SYNTHETIC = re.compile(r"^[\s\[(<*_#>-]*SYNTHETIC\b")
_SURE = re.compile(
    r"^(?:interview|date|place|location|setting|venue|time|duration|length|recorded|recording|transcri\w+|file"
    r"|project|study|site|mode|consent|pseudonym|organi[sz]ation|role|job title|id|participant id)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"^(?:participants?|interviewees?|respondents?|interviewers?|interviewed by|researchers?|moderator"
    r"|facilitator)$",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"^\s*\S.{0,60} (?:started|stopped) transcription\s*$")
_STAGE = re.compile(r"^(?=.*[^\W\d_])(?:\[[^\[\]]{1,80}\]|\([^()]{1,80}\))$")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ABOUT = re.compile(
    r"^\s*(?:(?:interview|interviewee|transcript|transcribed|transcription|recorded|recording|focus group"
    r"|session"
    rf"|telephone interview|part \d)\b.*(?:\d{{4}}|transcri|record|\b{_MONTH}\b)"
    rf"|{_MONTH} \d{{1,2}}, \d{{4}}(?:, \d{{1,2}}:\d{{2}} ?[AP]M)?\s*$|\d{{1,2}} {_MONTH} \d{{4}}\s*$"
    r"|(?:\d{1,2}h ?)?\d{1,2}m ?\d{1,2}s\s*$|.*Meeting Recording\s*$"
    r"|\d{1,2}-[A-Za-z]{3}-\d{4} - \d)",
    re.IGNORECASE,
)
_PART = re.compile(r"^\s*(?:Part|Section|Chapter|Theme) \d{1,2}(?:\s*[-–—:]\s*\S.{0,60}[^.?!…:])?\s*$")
_REACH = 25
_LONGEST = 400
"""Characters of a header row or a rule."""
_TRUE = frozenset(("true", "yes", "1", "y"))


class Header(NamedTuple):
    """Pairs found, and the rows with those rows set aside."""

    pairs: dict[str, str]
    rows: list[Row]


def without_header(rows: list[Row]) -> Header:
    """Set aside a list of `Key: value` rows (or rows of two cells) at the top, and rules of dashes anywhere.

    The list ends with its last surely administrative key (date, place, duration, …). `Participant: …` or
    `Interviewer: …` belongs to it only where the word opens no later row, since then it is a label of turns.
    """
    rows = [row.aside() if row.style in SPOKEN_STYLES and _RULE.match(_short(row)) else row for row in rows]
    openings = [_key(row) for row in rows]
    found: list[tuple[int, str, str]] = []
    last = -1
    looked = 0
    for at, row in enumerate(rows):
        if row.blank or row.style in {LineStyle.ASIDE, LineStyle.HEADING}:
            continue
        looked += 1
        pair = _PAIR.match(_short(row)) if _may_be_header(row) else None
        if looked > _REACH:
            break
        if pair is None:
            if found or looked > 3:
                break
            continue
        key = pair["key"].strip()
        person = bool(_PEOPLE.match(key))
        if person and row.style is not LineStyle.TABLE and openings.count(key.casefold()) > 1:
            break
        if any(key.casefold() == known.casefold() for _, known, _ in found):
            break
        found.append((at, key, pair["value"].strip(" *|")))
        if _SURE.match(key) or (person and last >= 0):
            last = len(found)
    while 0 < last < len(found) and rows[found[last][0]].style is LineStyle.TABLE:
        last += 1
    held = found[: max(last, 0)] or _later_list(rows, openings)
    for at, _, _ in held:
        rows[at] = rows[at].aside()
    return Header({key.casefold(): value for _, key, value in held}, rows)


def _later_list(rows: list[Row], openings: list[str]) -> list[tuple[int, str, str]]:
    """Return a list of pairs below a title: rows one below the other, no key of which comes back.

    One of them is surely administrative. `INTERVIEWEE: Ann Bell` above `DATE: 3 May` is no turn.
    """
    counts = Counter(filter(None, openings))
    found: list[tuple[int, str, str]] = []
    looked = 0
    for at, row in enumerate(rows):
        pair = _PAIR.match(_short(row)) if row.style in SPOKEN_STYLES and not row.blank else None
        if pair is not None and counts[openings[at]] == 1:
            found.append((at, pair["key"].strip(), pair["value"].strip(" *|")))
            continue
        if len(found) > 1 and any(_SURE.match(key) for _, key, _ in found):
            return found
        found = []
        looked += not row.blank
        if looked > _REACH:
            break
    return []


def _short(row: Row) -> str:
    """The row without the white space around it; empty where it is too long to be a header or a rule."""
    text = row.text.strip()
    return text if len(text) <= _LONGEST else ""


def _may_be_header(row: Row) -> bool:
    if row.style is LineStyle.TABLE:
        return row.text.strip(" |").count("|") == 1
    return row.style in SPOKEN_STYLES


def _key(row: Row) -> str:
    pair = _PAIR.match(_short(row)) if not row.blank and row.style in SPOKEN_STYLES else None
    return pair["key"].strip().casefold() if pair else ""


def with_part_headings(rows: list[Row], marks: Mapping[int, object]) -> list[Row]:
    """A line between turns that is a heading, not speech: `Part 2 - Challenges`, or a few words without a
    stop, a paragraph of their own between two long ones.
    """
    first = min(marks, default=len(rows))
    return [
        row.as_heading()
        if row.style is LineStyle.TEXT and at > first and at not in marks and _heads(rows, at)
        else row
        for at, row in enumerate(rows)
    ]


def _heads(rows: list[Row], at: int) -> bool:
    text = _short(rows[at])
    if not text or not begins_paragraph(rows, at):
        return False
    if _PART.match(text):
        return True
    if not (text[0].isupper() and text[-1].isalnum() and len(text.split()) <= 8):
        return False
    before = next((rows[n] for n in range(at - 1, -1, -1) if not rows[n].blank), rows[at])
    after = next((rows[n] for n in range(at + 1, len(rows)) if not rows[n].blank), rows[at])
    alone = at + 1 >= len(rows) or begins_paragraph(rows, at + 1) or rows[at + 1].blank
    return alone and all(len(row.text.split()) >= 25 for row in (before, after))


def without_preliminaries(rows: list[Row], marks: Mapping[int, object]) -> list[Row]:
    """Set aside what a recorder or transcriber wrote: how and when it was recorded, before the first turn; `…
    started transcription` and `[general assent]` on lines of their own anywhere.
    """
    first = min(marks, default=0)
    return [
        row.aside()
        if row.style in SPOKEN_STYLES
        and not row.blank
        and at not in marks
        and (
            _MACHINE.match(_short(row))
            or _STAGE.match(_short(row))
            or (at < first and _ABOUT.match(_short(row)) and len(row.text.split()) <= 40)
        )
        else row
        for at, row in enumerate(rows)
    ]


class Synthetic(NamedTuple):
    """True if the source says that it is invented, with the rows in which that line is set aside."""

    said: bool
    rows: list[Row]


def mark_of_synthetic(
    rows: list[Row], front: Mapping[str, Any], metadata: Mapping[str, str], furniture: tuple[str, ...]
) -> Synthetic:
    """Front matter or metadata `synthetic: true`, or a line near the top that opens with SYNTHETIC."""
    said = any(
        str(place.get("synthetic", "")).strip().casefold() in _TRUE for place in (front, metadata)
    ) or any(_SYNTHETIC.match(line) for line in furniture)
    looked = 0
    rows = list(rows)
    for at, row in enumerate(rows):
        if row.blank:
            continue
        looked += 1
        if looked > _REACH + 20:
            break
        if row.style is not LineStyle.ASIDE and looked > _REACH:
            break
        if _SYNTHETIC.match(row.text):
            said = True
            rows[at] = row.aside()
    return Synthetic(said, rows)
