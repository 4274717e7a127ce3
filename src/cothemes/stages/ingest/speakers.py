"""Which labels of a document are speakers: decided over the whole, so that no word passes for a name."""

from __future__ import annotations

import re
from collections import Counter

from cothemes.stages.ingest.labels import Form, Mark, bare_mark, mark_of
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.voices import Cast
from cothemes.stages.ingest.words import names_a_voice, names_no_one, role_of_label

_ACRONYM = re.compile(r"(?<![\w'’])[A-Z]{2,3}(?![\w'’])")
_WORDS_ALONE = frozenset(["A", "I"])
_SHORTS = "OK TV UK EU US UN GP NHS IT HR PR BBC MP NB PS AM PM VAT PHD ID DVD CD NO YES SO AND BUT THE"
_ALWAYS_WORDS = frozenset(_SHORTS.split())
_STARTS = """
    yes yeah yep yea aye no nope ok okay oh ah um uh em er eh mm mmm mmhmm hmm so well and but
    because cause right exactly absolutely definitely sure thanks thank hello hi good it it's it’s
    that that's that’s they they're we we're we’re we've we’ve you i i'm i’m i've i’ve just there
    there's there’s this my what how when where why who if for to in on at the our he she some
    people probably maybe basically really actually obviously
"""
_OPENERS = frozenset(_STARTS.split())


def marks_of(rows: list[Row], cast: Cast) -> dict[int, Mark]:
    """Row → the label it opens with, for those labels that are speakers.

    A label counts where a key, the front matter or the metadata knows it, where it names a part
    (`Interviewer`, `P1`), where it comes back in a shape that the document uses for turns, or where its line
    holds nothing but a name and a time. A label followed by blank space alone needs a key of initials.
    """
    possible = {
        at: mark
        for at, row in enumerate(rows)
        if row.style in SPOKEN_STYLES and not row.blank and (mark := mark_of(row.text)) is not None
    }
    counts = Counter(mark.label.casefold() for mark in possible.values())
    accepted = {at: mark for at, mark in possible.items() if _certain(mark, cast)}
    recurring = {
        at: mark
        for at, mark in possible.items()
        if at not in accepted and counts[mark.label.casefold()] > 1 and _name_like(mark)
    }
    if _is_dialogue(rows, {**accepted, **recurring}):
        accepted.update(recurring)
    shapes = Counter(mark.form for mark in accepted.values())
    accepted.update(
        (at, mark)
        for at, mark in possible.items()
        if shapes[mark.form] >= 3
        and _name_like(mark)
        and _titled(mark.label)
        and len(mark.label.split()) <= 3
    )
    if cast.explicit:
        accepted = {**_bare(rows, cast, set(accepted)), **accepted}
    return dict(sorted(accepted.items()))


def _certain(mark: Mark, cast: Cast) -> bool:
    if cast.knows(mark.label):
        return True
    if mark.form is Form.COLON and mark.label in _WORDS_ALONE and not cast.in_key(mark.label):
        return mark.label == "I"
    return role_of_label(mark.label) is not None or names_a_voice(mark.label)


def _name_like(mark: Mark) -> bool:
    return not names_no_one(mark.label) and (mark.label[0].isupper() or mark.form is not Form.BOLD)


def _titled(label: str) -> bool:
    return all(word[0].isupper() or not word[0].isalpha() for word in label.split())


def _is_dialogue(rows: list[Row], marks: dict[int, Mark]) -> bool:
    """Whether labels that merely come back are turns: several voices, and most of the text under them."""
    voices = {mark.label.casefold() for mark in marks.values()}
    if len(voices) < 2 and not any(mark.form is Form.TIMED for mark in marks.values()):
        return False
    paragraphs = sum(not row.blank and begins_paragraph(rows, at) for at, row in enumerate(rows))
    return len(marks) >= 4 and len(marks) >= 0.15 * paragraphs


def _bare(rows: list[Row], cast: Cast, taken: set[int]) -> dict[int, Mark]:
    marks: dict[int, Mark] = {}
    inside = _acronyms(rows)
    for at, row in enumerate(rows):
        if at in taken or row.blank or row.style not in SPOKEN_STYLES:
            continue
        mark = bare_mark(row.text)
        if mark is not None and _is_turn(mark, row, rows, at, cast, inside):
            marks[at] = mark
    if sum(cast.in_key(mark.label) for mark in marks.values()):
        return marks
    return {}


def _is_turn(mark: Mark, row: Row, rows: list[Row], at: int, cast: Cast, inside: Counter[str]) -> bool:
    label, following = mark.label, mark.following
    rest = row.text[mark.end :]
    if not rest.strip():
        return cast.in_key(label) and label.isupper() and len(label) > 1
    starts_words = following.isupper() or following in "'\"“‘….([*_" or following.isdigit()
    if cast.in_key(label):
        if label.isupper() and len(label) > 1:
            return starts_words or not inside[label]
        if label in _WORDS_ALONE:
            # `A` and `I` are words too: `A Yes` is a turn, `A Scottish council` and `I Claudius` may not be.
            return starts_words and begins_paragraph(rows, at) and not _reads_on(label, rest)
        return starts_words
    if not begins_paragraph(rows, at) or not label.isupper() or len(label) > 3 or label in _ALWAYS_WORDS:
        return False
    if cast.name_of(label) is not None:
        return starts_words
    # A slip of the typist (GW for GM) or a voice outside the key (F, M, Q): a turn, and of no one known.
    return starts_words and not inside[label] and label not in _WORDS_ALONE


def _reads_on(label: str, rest: str) -> bool:
    first = rest.split()[0].strip(",.!?…'’\"")
    if label == "I":
        return True
    return first.casefold() not in _OPENERS and not rest.lstrip().startswith(("…", "...", "I ", "I'", "I’"))


def _acronyms(rows: list[Row]) -> Counter[str]:
    """Two or three capitals that stand inside a line: not a speaker, but the short name of a thing."""
    found: Counter[str] = Counter()
    for row in rows:
        if row.style in SPOKEN_STYLES:
            found.update(m.group() for m in _ACRONYM.finditer(row.text) if m.start() > 3)
    return found
