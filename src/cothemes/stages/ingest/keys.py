"""Keys of initials: the lists that stand above a transcript, such as `AB - Ann Bell (interviewer)`."""

from __future__ import annotations

import re
from typing import NamedTuple

from cothemes.records.document import Role
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row
from cothemes.stages.ingest.words import role_of_word

_REACH = 60
"""Rows that are not blank in which a key is looked for."""
_ENTRY = re.compile(
    r"^\s*(?:[-*•]\s+)?\**(?P<label>[^\W\d_][\w'’]{0,14})\**\s*(?P<sign>[-–—=:]|\s)\s*"
    r"\**(?P<name>[^\W\d_].{0,100}?)\**\s*$"
)
_PARTICLES = frozenset(
    (
        "de",
        "da",
        "di",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "du",
        "of",
        "al",
        "bin",
        "ibn",
        "mac",
        "ní",
        "y",
    )
)
_TITLES = frozenset(
    (
        "dr",
        "prof",
        "professor",
        "mr",
        "mrs",
        "ms",
        "miss",
        "sir",
        "dame",
        "lord",
        "lady",
        "rev",
        "sister",
        "cllr",
    )
)


class Entry(NamedTuple):
    """A row of a key."""

    row: int
    label: str
    name: str
    role: Role | None


def find_key(rows: list[Row], names: tuple[str, ...]) -> list[Entry]:
    """The entries of a key near the top, in order; `names` are those the front matter gives.

    An entry joined by a dash needs a name to its right; one joined by a colon or blank, initials that fit.
    A row that holds one of `names` alone belongs to the key where it stands between entries.
    """
    entries: list[Entry] = []
    looked = 0
    for at, row in enumerate(rows):
        if row.blank or row.style not in SPOKEN_STYLES:
            continue
        looked += 1
        if looked > _REACH or (entries and looked > 12 and at - entries[-1].row > 4):
            break
        entry = _entry(at, row.text)
        if entry is None and entries and _alone(row.text, names) and at - entries[-1].row <= 2:
            entry = Entry(at, row.text.strip(), row.text.strip(), None)
        if entry is not None:
            entries.append(entry)
    return entries


def initials(name: str) -> str:
    """Capital initials of the words of a name, titles and particles left out: `Dr Ann van Bell` gives AB."""
    return "".join(word[0].upper() for word in _name_words(name))


def _entry(at: int, text: str) -> Entry | None:
    match = _ENTRY.match(text)
    if match is None:
        return None
    label, name = match["label"], match["name"].strip()
    name, role = _split_role(name)
    if not _is_name(name) and role is None:
        return None
    fits = _initials_fit(label, name)
    if match["sign"] in "-–—=":
        short = len(label) <= 4 or label.casefold() in name.casefold().split()
        known = short and (fits or role is not None or label[:1].isupper())
    else:
        known = fits and label.isupper() and len(label) >= 2
    return Entry(at, label, name or label, role) if known else None


def _split_role(name: str) -> tuple[str, Role | None]:
    """`Ann Bell (interviewer)`, `Ann Bell, interviewer`, `Ann Bell - Leeds Council`, `Interviewer`."""
    if role := role_of_word(name):
        return name, role
    head, sign, tail = _cut(name)
    return (head, role_of_word(tail)) if sign else (name, None)


def _cut(name: str) -> tuple[str, str, str]:
    found = re.search(r"\s*[(,\[]\s*|\s+[-–—]\s+", name)
    if found is None:
        return name, "", ""
    return name[: found.start()], found.group(), name[found.end() :].rstrip(" )]")


def _is_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 5 or name[-1] in ".?!;:,…":
        return False
    return all(
        word[0].isupper() or word.casefold() in _PARTICLES or word[0] in "'’" for word in words
    ) and any(word[0].isupper() for word in words)


def _initials_fit(label: str, name: str) -> bool:
    capitals = [c for c in label if c.isupper()]
    words = [word for part in name.split() for word in part.split("-") if word]
    starts = [word[0].upper() for word in words]
    if not capitals or not starts or capitals[0] not in starts:
        return False
    return len(capitals) <= len(starts) + 1 and all(c in "".join(words).upper() for c in capitals)


def _alone(text: str, names: tuple[str, ...]) -> bool:
    plain = text.strip()
    return plain.isalpha() and any(plain == name or plain == name.split()[0] for name in names if name)


def _name_words(name: str) -> list[str]:
    words = [word.strip(".,") for word in name.split()]
    return [
        word for word in words if word and word.casefold() not in _TITLES | _PARTICLES and word[0].isalpha()
    ]
