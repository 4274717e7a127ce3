"""Rows to turns: who says which words, from where to where."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from cothemes.records.document import Role
from cothemes.records.source import LineStyle
from cothemes.stages.ingest.conventions.choice import NOTHING, Choice, chosen
from cothemes.stages.ingest.conventions.labels import Form, Mark, time_edges, time_only
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.narration import AHEAD, Coming, brings_in
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.voices import Cast, Voice
from cothemes.stages.ingest.words import names_no_one

NO_ONE = Voice("", Role.UNKNOWN)
FLOOR = "Q"
_IN_CUES = frozenset((Form.COLON, Form.DESCRIBED, Form.FRAMED))
"""Shapes of labels inside captions."""
_PARAGRAPH = 60
"""Words after which unnamed captions begin a new block where a sentence ends, so that its time is near."""
_LONGEST = 120
"""Words after which they do so anywhere."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one row, within its text."""

    row: int
    start: int
    end: int


@dataclass(slots=True)
class Turn:
    """The words of one voice until another one begins or a heading cuts the text."""

    voice: Voice
    time: str = ""
    opened: bool = False
    """True if a label stands before it; if not, it goes on after a heading or time mark, or is no one's."""
    stretches: list[Stretch] = field(default_factory=list)
    words: int = 0
    """Number of words of captions."""
    closed: bool = False
    """True if the last caption ends a sentence."""


@dataclass(slots=True)
class Talk:
    """A document read as talk."""

    turns: list[Turn]
    rows: list[Row]
    labels: int
    """Turns that a label opens."""


def talk_of(rows: list[Row], marks: Mapping[int, Mark], cast: Cast) -> Talk:
    """Every spoken row to exactly one turn. Rows before the first label belong to no one.

    A header of name and time takes the rows below it; a time alone on its row dates the turn that follows.
    A question from the floor is one paragraph: where no label stands over answers, what follows it may be
    anyone's.
    """
    rows = list(rows)
    order = sorted(marks)
    turns: list[Turn] = []
    voice, time, ended, floor = NO_ONE, "", True, False
    labels = {mark.label for mark in marks.values()}
    unanswered = cast.explicit and not cast.in_key(FLOOR) and "A" not in labels
    for at, row in enumerate(rows):
        if row.style is LineStyle.CUE:
            voice, time, ended = _cue(row, at, turns, voice, cast), "", False
            continue
        if row.style not in SPOKEN_STYLES:
            # A heading or table cuts the turn, and the same voice goes on below it.
            ended = ended or row.style is not LineStyle.ASIDE
            continue
        if row.blank:
            continue
        mark = marks.get(at)
        alone = "" if mark else time_only(row.text)
        if alone:
            rows[at] = row.aside()
            if turns and turns[-1].opened and not turns[-1].stretches:
                # A time right below a label dates the words below both.
                turns[-1].time = turns[-1].time or alone
            else:
                time, ended = alone, True
            continue
        start, end, edge = time_edges(row.text)
        if mark is not None:
            voice = cast.voice(mark.label)
            floor = mark.label == FLOOR and unanswered
            turns.append(Turn(voice, mark.time or edge or time, opened=True))
            time, ended = "", False
            start = mark.end
        elif (
            voice is not NO_ONE
            and begins_paragraph(rows, at)
            and (floor or brings_in(row.text, voice, _ahead(at, marks, order, cast)))
        ):
            voice = NO_ONE
            turns.append(Turn(voice, edge or time))
            time, ended = "", False
        elif ended or edge or not turns or (voice is NO_ONE and begins_paragraph(rows, at)):
            turns.append(Turn(voice, edge or time))
            time, ended = "", False
        start, end = _trimmed(row.text, start, max(start, end))
        if start < end:
            turns[-1].stretches.append(Stretch(at, start, end))
        if edge and not row.text.rstrip().endswith(row.text[start:end].rstrip()):
            # A time mark closes the row, so the words of the next one are a block of their own.
            ended = True
    spoken = [turn for turn in turns if turn.stretches]
    return Talk(spoken, rows, sum(turn.opened for turn in spoken))


def _ahead(at: int, marks: Mapping[int, Mark], order: list[int], cast: Cast) -> Coming:
    first = bisect_right(order, at)
    labels = dict.fromkeys(marks[row].label for row in order[first : first + AHEAD])
    return [(label, cast.voice(label)) for label in labels]


def _cue(row: Row, at: int, turns: list[Turn], voice: Voice, cast: Cast) -> Voice:
    """A caption without a name goes on with the voice before it; one that names nobody is no one's."""
    named = row.line.speaker
    if named is not None:
        spoken = cast.voice(named) if named else NO_ONE
        if not turns or spoken != voice:
            turns.append(Turn(spoken, row.line.time, opened=bool(named)))
        voice = spoken
    if not turns or (voice is NO_ONE and _is_long(turns[-1])):
        turns.append(Turn(voice, row.line.time))
    start, end = _trimmed(row.text, 0, len(row.text))
    if start < end:
        turns[-1].stretches.append(Stretch(at, start, end))
        turns[-1].words += len(row.text.split())
        turns[-1].closed = row.text.rstrip(" \"'”’)").endswith((".", "?", "!", "…"))
    return voice


def _is_long(turn: Turn) -> bool:
    return turn.words >= _LONGEST or (turn.words >= _PARAGRAPH and turn.closed)


def name_cues(rows: list[Row], cast: Cast) -> tuple[list[Row], Choice]:
    """Captions with `Name: words` inside: the name becomes the row's voice, the words its text.

    A name counts where it would in a text; and where at least half of the captions open like that and one
    name comes back (Zoom writes them so), every such name does. The choice is the one between conventions.
    """
    cues = {at for at, row in enumerate(rows) if row.style is LineStyle.CUE and row.line.speaker is None}
    if not cues:
        return rows, NOTHING
    as_text = [row.restyled(LineStyle.TEXT) if row.style is LineStyle.CUE else row for row in rows]
    page = Page(as_text, cast)
    choice = chosen(page, inline=True)
    marks = {at: mark for at, mark in choice.marks.items() if at in cues and mark.form in _IN_CUES}
    possible = {
        at: mark
        for at, mark in page.possible.items()
        if at in cues and mark.form is Form.COLON and not names_no_one(mark.label)
    }
    counts = Counter(mark.label for mark in possible.values())
    if len(possible) >= 0.5 * len(cues) and max(counts.values(), default=0) > 1:
        marks = {**possible, **marks}
    return [_named(row, marks[at]) if at in marks else row for at, row in enumerate(rows)], choice


def _named(row: Row, mark: Mark) -> Row:
    named = row.without_head(mark.end)
    line = row.line.model_copy(update={"speaker": mark.label, "text": named.text})
    return Row(line, named.text, named.points, row.replaced, row.style)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
