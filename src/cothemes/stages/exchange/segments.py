"""A table of coded segments (MAXQDA, Dedoose, ATLAS.ti, Taguette) as a project on the study's own texts.

Such a table quotes words and says nothing of their place. So each quote is looked up in its document; what is
there more than once is placed at its first occurrence that is not taken yet, and what is not there is listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from cothemes.records.document import Document
from cothemes.records.foreign_table import ForeignTable
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.project import (
    Made,
    Project,
    ProjectCode,
    ProjectCoding,
    ProjectSource,
    ProjectUser,
    Selection,
)
from cothemes.stages.exchange.columns import cells, folded

NEEDED = ("document", "code", "text")
_SEVERAL = re.compile(r"\s*[\n;]\s*")
_STEPS = re.compile(r"\s*(?:\\+|\s>\s)\s*")
_DEDOOSE = re.compile(r"^code: (?P<code>.+?)(?: applied)?$", re.IGNORECASE)
_YES = frozenset(("true", "1", "yes", "x"))
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_LEAST = 3
"""Letters of a quote that can be looked up."""


class Segments(NamedTuple):
    """A project of the segments that were found."""

    project: Project
    rows: int
    placed: int
    """Rows whose words were found."""


def code_columns(table: ForeignTable) -> dict[str, str]:
    """Return column → code for tables with a column for each code, as Dedoose writes them."""
    found = {column: _DEDOOSE.match(column) for column in table.columns}
    return {
        column: match["code"]
        for column, match in found.items()
        if match and column.casefold().endswith("applied")
    }


def segments_of(
    table: ForeignTable,
    columns: Mapping[str, str],
    documents: Mapping[str, Document],
    guids: Mapping[str, str],
    ledger: LossLedger,
) -> Segments:
    """Return the segments as a project. `guids`: document → GUID of its source."""
    texts = {slug: _Folded(document.text) for slug, document in documents.items()}
    names = _names(documents)
    ticked = code_columns(table)
    places = {column: table.columns.index(column) for column in ticked}
    users: dict[str, ProjectUser] = {}
    codes: dict[str, ProjectCode] = {}
    selections: dict[str, dict[tuple[int, int], list[ProjectCoding]]] = defaultdict(lambda: defaultdict(list))
    comments: dict[tuple[str, int, int], str] = {}
    used: Counter[tuple[str, str, str, str]] = Counter()
    placed = 0
    for row, raw in zip(cells(table, columns), table.rows, strict=True):
        slug = names.get(_name(row["document"]))
        if slug is None:
            ledger.add("segments", "the study has no document of this name", row["document"])
            continue
        if ticked:
            # The column of all codes joins names by commas, which names may hold.
            said = [code for column, code in ticked.items() if raw[places[column]].strip().casefold() in _YES]
        else:
            said = [each for each in _SEVERAL.split(row.get("code", "")) if each]
        if not said:
            ledger.add("segments", "they name no code", row["text"][:40])
            continue
        coder = " ".join(row.get("coder", "").split())
        key = (slug, row["text"], "\n".join(said), coder)
        span = texts[slug].find(row["text"], used[key])
        if span is None:
            ledger.add("segments", "their words are not in the document", row["text"][:40])
            continue
        used[key] += 1
        placed += 1
        user = ""
        if coder:
            user = _guid(f"segment user {coder}")
            users.setdefault(coder, ProjectUser(guid=user, name=coder))
        if row.get("comment"):
            comments[slug, *span] = row["comment"]
        for name in said:
            code = _code(name, codes)
            guid = _guid(f"segment {slug} {span[0]} {span[1]} {name} {coder}")
            if all(each.guid != guid for each in selections[slug][span]):
                at = _moment(row.get("at", ""), ledger)
                selections[slug][span].append(ProjectCoding(guid=guid, code=code, by=user, at=at))
    sources = tuple(
        ProjectSource(
            guid=guids[slug],
            name=slug,
            text=documents[slug].text,
            selections=tuple(
                Selection(
                    guid=_guid(f"segment selection {slug} {span[0]} {span[1]}"),
                    description=comments.get((slug, *span), ""),
                    start=span[0],
                    end=span[1],
                    made=Made(by=codings[0].by),
                    codings=tuple(codings),
                )
                for span, codings in sorted(found.items())
            ),
        )
        for slug, found in selections.items()
    )
    project = Project(
        name=table.name, users=tuple(users.values()), codes=tuple(codes.values()), sources=sources
    )
    return Segments(project, len(table.rows), placed)


def _moment(said: str, ledger: LossLedger) -> str:
    """Return a date as ISO 8601; what may be read in two ways is left out."""
    try:
        return datetime.fromisoformat(said).isoformat(timespec="seconds") if said else ""
    except ValueError:
        ledger.add("dates of segments", "only 2026-12-31 or 2026-12-31 10:00 is read", said)
        return ""


def _code(name: str, codes: dict[str, ProjectCode]) -> str:
    """Return the GUID of a code, made with what its path has above it."""
    parent = ""
    steps = [each for each in _STEPS.split(name) if each]
    for at in range(1, len(steps) + 1):
        path = "\\".join(steps[:at])
        guid = _guid(f"segment code {path.casefold()}")
        codes.setdefault(guid, ProjectCode(guid=guid, name=steps[at - 1], parent=parent))
        parent = guid
    return parent


def _guid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"cothemes {name}"))


def _names(documents: Mapping[str, Document]) -> dict[str, str]:
    """Return each name by which a table may call a document; a name of two documents is none's."""
    found: dict[str, set[str]] = defaultdict(set)
    for slug, document in documents.items():
        for name in (slug, document.title, document.source_name):
            if name:
                found[_name(name)].add(slug)
    return {name: slugs.pop() for name, slugs in found.items() if len(slugs) == 1}


def _name(name: str) -> str:
    return folded(unicodedata.normalize("NFC", _ENDING.sub("", name.strip())))


class _Folded:
    """A text without differences of white space, quotes and dashes, and the way back."""

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        self._places: list[int] = []
        for place, letter in enumerate(text.translate(_FOLDED)):
            if letter.isspace():
                continue
            letters.append(letter)
            self._places.append(place)
        self._text = "".join(letters)

    def find(self, quote: str, nth: int) -> tuple[int, int] | None:
        """Return the place of the `nth` occurrence; None where there is none."""
        wanted = "".join(unicodedata.normalize("NFC", quote).translate(_FOLDED).split())
        if len(wanted) < _LEAST:
            return None
        at = -1
        for _ in range(nth + 1):
            at = self._text.find(wanted, at + 1)
            if at < 0:
                return None
        return self._places[at], self._places[at + len(wanted) - 1] + 1


def has_segments(columns: Mapping[str, str], table: ForeignTable) -> bool:
    """Return whether a table with these columns holds coded segments."""
    return all(field in columns for field in ("document", "text")) and bool(
        "code" in columns or code_columns(table)
    )


def missing_fields(columns: Mapping[str, str], table: ForeignTable) -> Sequence[str]:
    """Return the fields that a table of segments needs and no column holds."""
    needed = NEEDED if not code_columns(table) else ("document", "text")
    return [field for field in needed if field not in columns]
