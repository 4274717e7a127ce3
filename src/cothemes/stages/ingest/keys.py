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
_LONGEST = 160
"""Characters of an entry."""
_DESCRIPTION = 6
"""Words of a name with what that person is, where a stop ends it; beyond, it is a sentence."""
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
_HONOURS = """
    dr doctor prof professor mr mrs ms miss sir dame lord lady rev reverend sister cllr councillor the right
    honourable hon
"""
_TITLES = frozenset(_HONOURS.split())


class Entry(NamedTuple):
    """A row of a key."""

    row: int
    label: str
    name: str
    role: Role | None


def find_key(rows: list[Row], names: tuple[str, ...]) -> list[Entry]:
    """The entries of a key near the top, which stand together; `names` are those the front matter gives.

    An entry joined by a dash needs a name to its right; one joined by a colon or blank, initials that fit.
    A row that holds one of `names` alone belongs to the key where it stands between entries.
    """
    entries: list[Entry] = []
    looked = 0
    for at, row in enumerate(rows):
        if row.blank or row.style not in SPOKEN_STYLES:
            continue
        looked += 1
        if looked > _REACH or (entries and at - entries[-1].row > 2):
            break
        found = _entries(at, row.text)
        if not found and entries and _alone(row.text, names):
            found = [Entry(at, row.text.strip(), row.text.strip(), None)]
        entries.extend(found)
    return entries


def initials(name: str) -> str:
    """Capital initials of the words of a name, titles and particles left out: `Dr Ann van Bell` gives AB."""
    return "".join(word[0].upper() for word in name_words(name))


def fits_initials(label: str, name: str) -> bool:
    """Return whether capitals can be a name's initials; of a double name, both or either (AJ, AW, AJW)."""
    words = name_words(name)
    parts = [part for word in words for part in word.split("-") if part]
    spelt = {initials(name), "".join(part[0].upper() for part in parts)}
    if len(parts) > 2:
        spelt.add(parts[0][0].upper() + parts[-1][0].upper())
    return label in spelt


def name_words(name: str) -> list[str]:
    """Words of a name without titles and particles."""
    words = [word.strip(".,") for word in name.split()]
    return [
        word for word in words if word and word.casefold() not in _TITLES | _PARTICLES and word[0].isalpha()
    ]


def _entries(at: int, text: str) -> list[Entry]:
    match = _ENTRY.match(text.strip()) if len(text.strip()) <= _LONGEST else None
    if match is None:
        return []
    label, written = match["label"], match["name"].strip()
    if match["sign"] in "-–—=" and (several := _several(label, written)):
        return [Entry(at, label, name, None) for name in several]
    if written[-1] in ".?!" and len(written.split()) > _DESCRIPTION:
        # `B1 - Well, it began in the spring.` is said by B1, who is not called Well.
        return []
    name, role = _split_role(written)
    if not _is_name(name) and role is None:
        return []
    if match["sign"] in "-–—=":
        short = len(label) <= 4 or label.casefold() in name.casefold().split()
        known = short and label[:1].isupper()
    else:
        # Without a dash the row could be a turn (`AB Ann Bell, planner`): the whole of it must be the name.
        known = label.isupper() and _spells(label, name) and (name == written or written.endswith(")"))
    return [Entry(at, label, name or label, role)] if known else []


def _several(label: str, written: str) -> list[str]:
    """`F - Ann, Beth, Cath`: one label for several people, so that none of them can be told from it."""
    names = [name.strip() for name in re.split(r",|&|\band\b", written) if name.strip()]
    if len(names) < 2 or not all(_is_name(name) and len(name.split()) <= 2 for name in names):
        return []
    alike = len({len(name.split()) for name in names}) == 1
    return names if alike and not fits_initials(label, names[0]) else []


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
    if not 1 <= len(words) <= 5 or name[-1] in ".?!;,…" or ":" in name:
        return False
    return all(
        word[0].isupper() or word.casefold() in _PARTICLES or word[0] in "'’" for word in words
    ) and any(word[0].isupper() for word in words)


def _spells(label: str, name: str) -> bool:
    """`MO Maureen O'Neill`, `DMD Donna McDowell`: the label's capitals, in order, among the name's."""
    if fits_initials(label, name):
        return True
    capitals = iter(c for c in name if c.isupper())
    return len(label) > 1 and all(c in capitals for c in label) and label[0] == name_words(name)[0][0]


def _alone(text: str, names: tuple[str, ...]) -> bool:
    plain = text.strip()
    return plain.isalpha() and any(plain == name or plain == name.split()[0] for name in names if name)
