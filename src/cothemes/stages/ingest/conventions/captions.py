"""Captions in a text file, and lines that each begin with a time: the times are no words."""

from __future__ import annotations

import re
from itertools import pairwise

from cothemes.records.source import LineStyle
from cothemes.stages.ingest.conventions.labels import plain_time, time_edges
from cothemes.stages.ingest.conventions.reading import seconds_of
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row

_RANGE = re.compile(
    r"^\s*(?P<start>(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?)\s*-{1,2}[>&]\S{0,3}\s*"
    r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?(?:\s+(?:align|position|line|size):\S+)*\s*$"
)
_NUMBER = re.compile(r"^\s*\d{1,6}\s*$")
_TAG = re.compile(r"</?(?:i|b|u|c|font)(?:[.\s][^<>]*)?>", re.IGNORECASE)
_LEAST = 3
_LEAST_DATED = 5
_DATED = 0.8
"""Share of the lines that begin with a time."""
_FALLS = 0.05
"""Share of times that may be earlier than the one before."""


def captions_in(rows: list[Row]) -> list[Row] | None:
    """Return the lines with each caption as one, dated by its time range; None where the text holds fewer
    than three. Numbers, ranges and the mark WEBVTT are left out of the text.
    """
    ranges = {
        at: plain_time(match["start"])
        for at, row in enumerate(rows)
        if "-->" in row.text[:60] and (match := _RANGE.match(row.text[:120]))
    }
    if len(ranges) < _LEAST:
        return None
    numbers = {at - 1 for at in ranges if at and _NUMBER.match(rows[at - 1].text[:20])}
    found: list[Row] = []
    time = ""
    for at, row in enumerate(rows):
        if at in ranges:
            time = ranges[at]
        elif at in numbers or row.text.strip() == "WEBVTT":
            continue
        elif not time:
            found.append(row)
        elif not row.blank and row.style is not LineStyle.ASIDE:
            found.append(_caption(row, time))
    return found


def dated_lines_in(rows: list[Row]) -> list[Row] | None:
    """Return each line as a caption, where nearly all begin with a time and times do not fall.

    None for any other text. The times are left out of the text.
    """
    order = [at for at, row in enumerate(rows) if row.style in SPOKEN_STYLES and not row.blank]
    edges = {at: time_edges(rows[at].text) for at in order}
    dated = [at for at in order if edges[at][2] and edges[at][0]]
    times = [seconds_of(edges[at][2]) for at in dated]
    falls = sum(before > after for before, after in pairwise(times))
    if len(dated) < _LEAST_DATED or len(dated) < _DATED * len(order) or falls > _FALLS * len(dated):
        return None
    found: list[Row] = []
    time = ""
    for at, row in enumerate(rows):
        if at not in edges:
            found.extend([row] if not row.blank else [])
            continue
        start, _, dates = edges[at]
        time = dates or time
        found.append(_caption(row.without_head(start if dates else 0), time))
    return found


def _caption(row: Row, time: str) -> Row:
    text = row.text
    start = len(text) - len(text.lstrip())
    line = row.line.model_copy(update={"style": LineStyle.CUE, "glue": " ", "time": time})
    cue = Row(line, text, row.points, row.replaced, LineStyle.CUE)
    cue = cue.without_head(start)
    if "<" not in cue.text or not _TAG.search(cue.text):
        return cue
    return Row(cue.line, _TAG.sub("", cue.text), cue.points[:1], cue.replaced, cue.style)
