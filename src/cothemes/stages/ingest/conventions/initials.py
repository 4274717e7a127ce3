"""`AB words`, below a key of initials: told from words of a sentence by the key and the whole document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from cothemes.records.document import Role
from cothemes.stages.ingest.conventions.colon import (
    ALL_SHAPES,
    labelled,
    possible_in,
    stands_apart,
    with_single_ones,
)
from cothemes.stages.ingest.conventions.labels import Form, Mark, bare_mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.voices import Cast
from cothemes.stages.ingest.words import OPENERS, names_a_voice, role_of_label

_ACRONYM = re.compile(r"(?<![\w'’])[A-Z]{2,3}(?![\w'’])")
_MIDDLE_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]{2,}")
_VOICE_DASH = re.compile(
    r"^\s*(?P<label>[A-Z][a-z]+(?: [a-z]+)?(?=\s*[-–—])"
    r"|(?:\d\w\w )?(?:Fem|M)ale (?:voice|speaker)(?=\s*[.,-]))"
    r"\s*[-–—.,]\s*(?=\S)"
)
_INITIALS = 3
_WORDS_ALONE = frozenset(("A", "I"))
_ALWAYS_WORDS = frozenset(("OK", "TV", "UK", "EU", "US", "UN", "GP", "NHS", "BBC", "NO", "YES", "SO", "AND"))


def bare_marks(rows: list[Row], cast: Cast, taken: set[int]) -> dict[int, Mark]:
    """Row → label, for rows outside `taken`, in a document whose key is used so at least once.

    A label of the key counts unless its letters are a word or an acronym of the text. Outside the key, one to
    three capitals at the head of a paragraph are a slip of the typist or a voice the key forgets (F, M, Q); a
    first name counts that comes back at the head of paragraphs and is used as a name in the text; so does a
    full name of the key before a word that begins speech.
    """
    full = _full_names(cast)
    marks: dict[int, Mark] = {}
    inside = _acronyms(rows)
    proper = _proper_names(rows)
    names = _returning_names(rows, taken, proper)
    for at, row in enumerate(rows):
        if at in taken or row.blank or row.style not in SPOKEN_STYLES:
            continue
        mark = bare_mark(row.text)
        if mark is not None and (_is_turn(mark, row, rows, at, cast, inside, proper) or mark.label in names):
            marks[at] = mark
        elif (voice := _VOICE_DASH.match(row.text)) and names_a_voice(voice["label"]):
            marks[at] = Mark(voice["label"], Form.BARE, voice.end(), "")
        elif full and begins_paragraph(rows, at) and (named := full.match(row.text)):
            marks[at] = Mark(named["label"], Form.BARE, named.end(), "")
    used = Counter(mark.label for mark in marks.values())
    for at, row in enumerate(rows):
        if at in taken or at in marks or row.blank or row.style not in SPOKEN_STYLES:
            continue
        mark = bare_mark(row.text)
        if mark and mark.label == "A" and used["Q"] > 1 and not _reads_on("A", row.text[mark.end :], proper):
            # Questions from the floor, Q and A, stand in no key.
            if mark.following.isupper() and begins_paragraph(rows, at):
                marks[at] = mark
            continue
        # A letter that labels other turns labels this one too, though its words begin in lower case.
        if mark and len(mark.label) == 1 and used[mark.label] > 1 and mark.label not in _WORDS_ALONE:
            marks[at] = mark
    return marks if any(cast.in_key(mark.label) for mark in marks.values()) else {}


def shouted_marks(rows: list[Row], known: Mapping[int, Mark]) -> dict[int, Mark]:
    """Row → label, where a word in capitals that labels other turns (`PORTER: …`) lacks its colon."""
    words = {mark.label for mark in known.values() if mark.label.isupper() and len(mark.label) > _INITIALS}
    found = {}
    for at, row in enumerate(rows):
        mark = bare_mark(row.text) if row.style in SPOKEN_STYLES and at not in known else None
        if mark and mark.label in words and mark.following.isupper() and begins_paragraph(rows, at):
            found[at] = mark
    return found


def _full_names(cast: Cast) -> re.Pattern[str] | None:
    """`Ann Bell I have been …`: a name of the cast in full, and a word that begins speech."""
    people = [re.escape(name) for name in cast.people if " " in name]
    if not people:
        return None
    openers = "|".join(re.escape(word.capitalize()) for word in sorted(OPENERS))
    return re.compile(rf"\s*(?P<label>{'|'.join(people)})\s+(?=(?:{openers})(?![\w'’]))")


def _is_turn(
    mark: Mark, row: Row, rows: list[Row], at: int, cast: Cast, inside: Counter[str], proper: set[str]
) -> bool:
    label, following = mark.label, mark.following
    rest = row.text[mark.end :]
    if not rest.strip():
        narrator = role_of_label(label) is Role.OTHER and begins_paragraph(rows, at)
        return narrator or (cast.in_key(label) and label.isupper() and len(label) > 1)
    starts_words = following.isupper() or following in "'\"“‘….([*_" or following.isdigit()
    if cast.in_key(label):
        if label.isupper() and len(label) > 1:
            return starts_words or not inside[label]
        if label in _WORDS_ALONE:
            return starts_words and begins_paragraph(rows, at) and not _reads_on(label, rest, proper)
        # No other single letter is a word, whatever follows it.
        return starts_words or (len(label) == 1 and begins_paragraph(rows, at))
    if not begins_paragraph(rows, at):
        return False
    if role_of_label(label) is Role.INTERVIEWER and row.text[len(label) : mark.end].strip() in {".", ","}:
        return True
    if not label.isupper() or len(label) > 3 or label in _ALWAYS_WORDS:
        return False
    free = not inside[label] and label not in _WORDS_ALONE
    return starts_words and (free or cast.name_of(label) is not None)


def _reads_on(label: str, rest: str, proper: set[str]) -> bool:
    """Return whether `A` is the article before a name (`A Scottish council`), not the label of a turn (`A
    Yip.`).
    """
    first = rest.split()[0].strip(",.!?…'’\"")
    return label == "A" and first.casefold() not in OPENERS and first in proper


def _acronyms(rows: list[Row]) -> Counter[str]:
    """Two or three capitals that stand inside a line: not a speaker, but the short name of a thing."""
    found: Counter[str] = Counter()
    for row in rows:
        if row.style in SPOKEN_STYLES:
            found.update(m.group() for m in _ACRONYM.finditer(row.text) if m.start() > 3)
    return found


def _proper_names(rows: list[Row]) -> set[str]:
    """Words with a capital inside a sentence."""
    return {name for row in rows if row.style in SPOKEN_STYLES for name in _MIDDLE_NAME.findall(row.text)}


def _returning_names(rows: list[Row], taken: set[int], proper: set[str]) -> set[str]:
    """Words that open three paragraphs or more, mostly before a capital, and are names inside the text."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for at, row in enumerate(rows):
        if at in taken or row.blank or row.style not in SPOKEN_STYLES or not begins_paragraph(rows, at):
            continue
        mark = bare_mark(row.text)
        if mark is None or mark.label.isupper() or mark.label.casefold() in OPENERS:
            continue
        first = row.text[mark.end :].split(" ", 1)[0].strip("…")
        pronoun = first in {"I", "I'm", "I’m", "I've", "I’ve", "I'll", "I’ll", "I'd", "I’d"}
        if mark.following.isupper() and not pronoun:
            capital[mark.label] += 1
        elif not pronoun:
            small[mark.label] += 1
    return {
        word for word, count in capital.items() if count >= 3 and count > 2 * small[word] and word in proper
    }


def _read(page: Page) -> Reading | None:
    """Labels of the key without a mark, and every other label of the document beside them."""
    rows, cast = page.rows, page.cast
    if not cast.explicit:
        return None
    accepted = labelled(page, ALL_SHAPES)
    accepted.update(bare_marks(rows, cast, set(accepted)))
    first = min(accepted, default=0)
    accepted.update(
        (at, mark) for at, mark in possible_in(page, ALL_SHAPES).items() if at > first and stands_apart(mark)
    )
    accepted.update(shouted_marks(rows, accepted))
    marks = with_single_ones(dict(sorted(accepted.items())), page, ALL_SHAPES)
    return Reading(marks) if marks else None


CONVENTION = Convention(
    name="key of initials",
    pattern="AB - Ann Bell … AB words",
    read=_read,
    inline=True,
    least=0.0,
    examples=(
        Example(
            "MD - May Dun (interviewer)\nAB - Ann Bell\n\nMD What changed?\n\nAB The hours changed.\n\n"
            "And the staff did too.\n\nMD\tOkay.\n\nAB It was cold.\n",
            (
                ("May Dun", "What changed?"),
                ("Ann Bell", "The hours changed.\n\nAnd the staff did too."),
                ("May Dun", "Okay."),
                ("Ann Bell", "It was cold."),
            ),
        ),
    ),
)
