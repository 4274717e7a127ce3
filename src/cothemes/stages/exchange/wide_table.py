"""A table with a column for each code and a row for each passage, document or participant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage


class UnitOfRows(StrEnum):
    """Units that a row stands for."""

    PASSAGE = "passage"
    DOCUMENT = "document"
    PARTICIPANT = "participant"


_FACTS = frozenset(
    ("passage", "document", "documents", "participant", "speaker", "role", "words", "kind", "passages")
)
"""Columns before those of the codes."""
_COUNTS = frozenset(("documents", "passages", "words"))
AUTO = "auto_accepted."
"""Begins the name of a column of codings that were accepted under a certificate."""
_NAME = re.compile(r"[^A-Za-z0-9_.]")
_LONGEST = 64


def wide_rows(
    rated: Mapping[str, set[str]],
    applied: Mapping[str, set[str]],
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    codebook: Codebook,
    unit: UnitOfRows,
    unread: Mapping[str, set[str]] | None = None,
) -> Iterator[list[str]]:
    """Yield the head, then a row for each unit.

    A code is 1 where it applies (to any passage of the unit), 0 where it was rated and applies nowhere, and
    empty where nobody rated it. `rated` and `applied`: code → passages. `unread`: code → passages on which it
    was accepted under a certificate; each of these codes gets a column of its own at the end, 1 or empty.
    """
    names = variable_names(codebook)
    extra = [code for code in names if (unread or {}).get(code)]
    metadata = sorted({name for each in documents.values() for name in each.metadata})
    head = {
        UnitOfRows.PASSAGE: ["passage", "document", "participant", "speaker", "role", "words"],
        UnitOfRows.DOCUMENT: ["document", "participant", "kind", "passages", "words"],
        UnitOfRows.PARTICIPANT: ["participant", "documents", "passages", "words"],
    }[unit]
    accepted = (f"{AUTO}{names[code]}" for code in extra)
    yield [*head, *(f"meta.{name}" for name in metadata), *names.values(), *accepted]
    groups: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        document = documents[passage.document]
        key = {
            UnitOfRows.PASSAGE: passage.id,
            UnitOfRows.DOCUMENT: document.slug,
            UnitOfRows.PARTICIPANT: document.cluster,
        }[unit]
        groups[key].append(passage)
    for key, own in groups.items():
        first = own[0]
        held = [documents[slug] for slug in dict.fromkeys(each.document for each in own)]
        words = str(sum(each.words for each in own))
        cells = {
            UnitOfRows.PASSAGE: [
                key, first.document, held[0].participant, first.speaker, first.role.value, words,
            ],
            UnitOfRows.DOCUMENT: [key, held[0].participant, held[0].kind.value, str(len(own)), words],
            UnitOfRows.PARTICIPANT: [key, str(len(held)), str(len(own)), words],
        }[unit]  # fmt: skip
        facts = [_same(each.metadata.get(name, "") for each in held) for name in metadata]
        ids = {each.id for each in own}
        coded = [_value(ids, rated.get(c, set()), applied.get(c, set())) for c in names]
        yield [*cells, *facts, *coded, *("1" if ids & (unread or {})[c] else "" for c in extra)]


def _value(ids: set[str], rated: set[str], applied: set[str]) -> str:
    if ids & applied:
        return "1"
    return "0" if ids & rated else ""


def _same(values: Iterator[str]) -> str:
    """Return the value that all documents share; empty where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def variable_names(codebook: Codebook) -> dict[str, str]:
    """Return code → name of its column, as R and SPSS take one: letters, digits, `_` and `.`, unique."""
    found: dict[str, str] = {}
    taken = set(_FACTS)
    for code in codebook.codes:
        base = _NAME.sub("_", code.id)[:_LONGEST]
        base = base if base[:1].isalpha() else f"c_{base}"[:_LONGEST]
        name, number = base.rstrip("."), 1
        while name.casefold() in taken:
            number += 1
            name = f"{base[: _LONGEST - 4]}_{number}"
        taken.add(name.casefold())
        found[code.id] = name
    return found


def r_script(file: str, codebook: Codebook) -> str:
    """Return an R script that reads the table and labels its columns."""
    lines = [
        "# Reads the table and labels the codes: 1 applies, 0 does not, NA was not rated.",
        f'd <- read.csv({_quoted(file)}, check.names = FALSE, na.strings = "", encoding = "UTF-8")',
    ]
    for code in codebook.codes:
        name = variable_names(codebook)[code.id]
        lines.append(f'attr(d[["{name}"]], "label") <- {_quoted(code.label)}')
    return "\n".join(lines) + "\n"


def spss_syntax(file: str, head: Sequence[str], codebook: Codebook) -> str:
    """Return SPSS syntax that reads the table and labels its variables."""
    names = variable_names(codebook)
    codes = set(names.values())
    variables = [_NAME.sub("_", each)[:_LONGEST] for each in head]
    kinds = "\n  ".join(
        f"{name} {'F1.0' if name in codes else 'F8.0' if name in _COUNTS else 'A255'}" for name in variables
    )
    labels = "\n  /".join(f"{names[code.id]} {_spss(code.label)}" for code in codebook.codes)
    every = " ".join(names.values())
    named = (
        f"VARIABLE LABELS\n  {labels}.\nVALUE LABELS {every} 0 'does not apply' 1 'applies'.\n"
        if names
        else ""
    )
    return (
        "* Reads the table and labels the codes. A blank is missing: nobody rated the code there.\n"
        "SET UNICODE=ON.\n"
        f"GET DATA /TYPE=TXT /FILE={_spss(file)} /ENCODING='UTF8' /DELIMITERS=',' /QUALIFIER='\"'\n"
        f" /ARRANGEMENT=DELIMITED /FIRSTCASE=2 /VARIABLES=\n  {kinds}.\n"
        f"{named}EXECUTE.\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _spss(text: str) -> str:
    escaped = " ".join(text.split()).replace("'", "''")
    return f"'{escaped}'"
