"""Which labels of a document are speakers: decided over the whole, so that no word passes for a name."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from cothemes.stages.ingest.bare_labels import bare_marks, shouted_marks
from cothemes.stages.ingest.labels import Form, Mark, mark_of
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.voices import Cast
from cothemes.stages.ingest.words import names_a_voice, names_no_one, role_of_label


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
    possible = _without_doubtful_times(possible)
    asked = any(mark.label == "Q" for mark in possible.values())
    counts = Counter(mark.label.casefold() for mark in possible.values())
    coined = sum(mark.is_coined for mark in possible.values())
    accepted = {at: mark for at, mark in possible.items() if _certain(mark, cast, asked)}
    recurring = {
        at: mark
        for at, mark in possible.items()
        if at not in accepted
        and (counts[mark.label.casefold()] > 1 or (mark.is_coined and coined > 1))
        and _name_like(mark)
    }
    if not any(not mark.is_id for mark in {**accepted, **recurring}.values()):
        # Numbers that come back may be items of lists; beside a named voice they are people.
        recurring = {at: mark for at, mark in recurring.items() if not mark.label.isdigit()}
    if _is_dialogue(rows, {**accepted, **recurring}):
        accepted.update(recurring)
    named = {at: mark for at, mark in possible.items() if mark.form is Form.BOLD and _stands_apart(mark)}
    opening = next((at for at, row in enumerate(rows) if row.style in SPOKEN_STYLES and not row.blank), -1)
    if cast.people and (len(named) > 2 or opening in named):
        accepted.update(named)
    if cast.explicit:
        accepted.update(bare_marks(rows, cast, set(accepted)))
        first = min(accepted, default=0)
        accepted.update((at, mark) for at, mark in possible.items() if at > first and _stands_apart(mark))
        accepted.update(shouted_marks(rows, accepted))
        accepted = dict(sorted(accepted.items()))
    shapes = Counter(mark.form for mark in accepted.values())
    accepted.update(
        (at, mark)
        for at, mark in possible.items()
        if shapes[mark.form] >= max(3, 0.3 * shapes.total())
        and _name_like(mark)
        and not mark.is_id
        and _titled(mark.label)
        and len(mark.label.split()) <= 3
    )
    described = {at: mark for at, mark in possible.items() if mark.form is Form.DESCRIBED}
    if len(described) > 1 and len(accepted) > len(described):
        accepted.update(described)
    return _one_spelling(dict(sorted(accepted.items())))


def _one_spelling(marks: dict[int, Mark]) -> dict[int, Mark]:
    """The marks with `JANE ROE` and `Jane Roe` as one voice, spelt as most often, else not in capitals."""
    spellings: dict[str, Counter[str]] = {}
    for mark in marks.values():
        spellings.setdefault(mark.label.casefold(), Counter())[mark.label] += 1
    best = {
        plain: max(found, key=lambda label: (found[label], not label.isupper()))
        for plain, found in spellings.items()
    }
    return {at: mark._replace(label=best[mark.label.casefold()]) for at, mark in marks.items()}


def _without_doubtful_times(marks: dict[int, Mark]) -> dict[int, Mark]:
    """The marks, but for `Name0:20` where such times do not ascend: the digits may belong to the name."""
    times = [_seconds(mark.time) for mark in marks.values() if mark.glued]
    if all(before <= after for before, after in pairwise(times)):
        return marks
    return {at: mark for at, mark in marks.items() if not mark.glued}


def _seconds(time: str) -> float:
    return sum(float(part) * 60.0**at for at, part in enumerate(reversed(time.replace(",", ".").split(":"))))


def _certain(mark: Mark, cast: Cast, asked: bool) -> bool:
    if cast.knows(mark.label):
        return True
    if mark.label == "A":
        return asked
    return role_of_label(mark.label) is not None or names_a_voice(mark.label)


def _stands_apart(mark: Mark) -> bool:
    """Return whether, in a transcript with a key, a voice is outside it: `Peer mentor: …`, `TEACHER: …`,
    `Chris Jones: …`.
    """
    if (
        mark.is_id
        or mark.form not in {Form.COLON, Form.BOLD}
        or len(mark.label.split()) > 3
        or names_no_one(mark.label)
    ):
        return False
    return (_titled(mark.label) and mark.label.isascii()) or names_a_voice(mark.label)


def _name_like(mark: Mark) -> bool:
    named = mark.label[0].isupper() or mark.is_id or mark.form is not Form.BOLD
    return named and not names_no_one(mark.label)


def _titled(label: str) -> bool:
    return all(word[0].isupper() or not word[0].isalpha() for word in label.split())


def _is_dialogue(rows: list[Row], marks: dict[int, Mark]) -> bool:
    """Return whether labels that merely come back are turns: several voices, and most of the text under
    them.
    """
    voices = {mark.label.casefold() for mark in marks.values()}
    if len(voices) < 2 and not any(mark.form is Form.TIMED for mark in marks.values()):
        return False
    paragraphs = sum(not row.blank and begins_paragraph(rows, at) for at, row in enumerate(rows))
    return len(marks) >= 4 and len(marks) >= 0.15 * paragraphs
