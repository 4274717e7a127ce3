"""Captions pasted into a text file: number, time range and words. The times are no words."""

from __future__ import annotations

import re

from cothemes.records.source import LineStyle
from cothemes.stages.ingest.conventions.labels import plain_time
from cothemes.stages.ingest.rows import Row

_RANGE = re.compile(
    r"^\s*(?P<start>(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?)\s*-{1,2}[>&]\S{0,3}\s*"
    r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?(?:\s+(?:align|position|line|size):\S+)*\s*$"
)
_NUMBER = re.compile(r"^\s*\d{1,6}\s*$")
_TAG = re.compile(r"</?(?:i|b|u|c|font)(?:[.\s][^<>]*)?>", re.IGNORECASE)
_LEAST = 3


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


def _caption(row: Row, time: str) -> Row:
    text = row.text
    start = len(text) - len(text.lstrip())
    line = row.line.model_copy(update={"style": LineStyle.CUE, "glue": " ", "time": time})
    cue = Row(line, text, row.points, row.replaced, LineStyle.CUE)
    cue = cue.without_head(start)
    if "<" not in cue.text or not _TAG.search(cue.text):
        return cue
    return Row(cue.line, _TAG.sub("", cue.text), cue.points[:1], cue.replaced, cue.style)
