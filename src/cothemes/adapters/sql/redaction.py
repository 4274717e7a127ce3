"""Redaction: words that a corrected text has no more are taken out of all that is kept of the document.

The earlier texts stay, with each erased letter replaced by MASK: lengths, spans and ids stay as they were. A
version's name is a hash of its text, from which a short erased word could be guessed, so it becomes a number.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select, true, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import discussion_tables as discussion
from cothemes.adapters.sql import privacy_tables as privacy
from cothemes.adapters.sql import schema
from cothemes.adapters.sql.acceptance_tables import acceptances, certifications, revocations
from cothemes.adapters.sql.access_tables import redactions
from cothemes.adapters.sql.carried_tables import carried
from cothemes.adapters.sql.erasure import embedded_texts, guard_lifted, numbered
from cothemes.adapters.sql.operation_tables import code_drafts, code_operations
from cothemes.adapters.sql.rating_tables import ratings
from cothemes.adapters.sql.revision_tables import revisions
from cothemes.adapters.sql.rows import chunks, row_of
from cothemes.adapters.sql.seed_tables import seeds
from cothemes.adapters.sql.speaker_tables import speakers
from cothemes.adapters.sql.text_tables import passage_texts, text_maps
from cothemes.adapters.sql.work_tables import confirmations
from cothemes.records.privacy import MASK, REDACTED, Redaction
from cothemes.records.record import content_hash

_OF_PASSAGE: dict[Table[Any], tuple[str, ...]] = {
    schema.suggestions: ("reason", "attributes"),
    schema.candidates: ("label", "criterion"),
    schema.outcomes: ("detail", "flags"),
    schema.decisions: ("note", "attributes"),
    discussion.settlements: ("note", "attributes"),
    seeds: ("reason",),
    ratings: ("attributes", "cluster"),
    acceptances: (),
}
"""Table with a column for its passage → columns of words."""
_OF_DOCUMENT: dict[Table[Any], tuple[str, ...]] = {
    discussion.memos: ("text",),
    speakers: ("label", "name", "participant"),
    carried: ("content",),
}
_OF_STUDY: dict[Table[Any], tuple[str, ...]] = {
    revisions: ("reason",),
    confirmations: ("note",),
    code_operations: ("reason", "details"),
    code_drafts: ("label", "reason"),
    certifications: ("reason",),
    revocations: ("reason",),
}
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SHORT_ESCAPE = re.compile(r"\\+[nrt]")


@dataclass(frozen=True)
class Erased:
    """The words to be erased."""

    texts: Mapping[str, str]
    """Version → its text with the erased words masked."""
    words: frozenset[str]
    """Erased words that the document's present text does not have, case folded."""
    rare: frozenset[str]
    """Those of them that nothing else in the study has."""
    quoted_in: Callable[[str], bool]
    """Whether a text quotes a stretch that only the earlier texts have."""
    kept_words: frozenset[str]
    """Words of the present text in the form in which text maps keep them."""


def redact(connection: Connection, redaction: Redaction, gone: Erased) -> Redaction:
    """Erase the words from every earlier version and from what was made of it. Return the stored record."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    slug = redaction.document
    names = _names(connection, slug, gone)
    own = set(
        connection.execute(select(schema.passages.c.id).where(schema.passages.c.document == slug)).scalars()
    )
    erased: Counter[str] = Counter(versions=len(names))
    before = _texts(connection, slug, names)
    with guard_lifted(connection):
        for version, name in names.items():
            _mask_version(connection, slug, version, name, gone)
            _rename(connection, slug, own, version, name)
        for tables, of_document in ((_OF_PASSAGE, False), (_OF_DOCUMENT, True), (_OF_STUDY, None)):
            for table, columns in tables.items():
                erased[table.name] += _mask_rows(connection, table, columns, of_document, slug, own, gone)
    erased["calls"] = _erase_calls(connection, gone)
    erased["originals"] = _erase_originals(connection, slug, gone)
    erased["embeddings"] = _erase_embeddings(connection, before)
    made = redaction.model_copy(update={"erased": {name: count for name, count in erased.items() if count}})
    connection.execute(insert(redactions).on_conflict_do_nothing(), row_of(made))
    return made


def _names(connection: Connection, slug: str, gone: Erased) -> dict[str, str]:
    """Version → the number that takes its place."""
    table = schema.documents.c
    known = set(connection.execute(select(table.version).where(table.slug == slug)).scalars())
    first = sum(version.startswith(REDACTED) for version in known) + 1
    return {version: f"{REDACTED}{number}" for number, version in enumerate(sorted(gone.texts), start=first)}


def _texts(connection: Connection, slug: str, names: Mapping[str, str]) -> set[str]:
    found = set[str]()
    for table in (schema.passages, passage_texts):
        which = and_(table.c.document == slug, table.c.version.in_(list(names)))
        found |= embedded_texts(connection, table, which)
    return found


def _mask_version(connection: Connection, slug: str, version: str, name: str, gone: Erased) -> None:
    documents, text = schema.documents, gone.texts[version]
    mine = documents.c.slug == slug, documents.c.version == version
    row = connection.execute(select(documents).where(*mine)).mappings().one()
    masked = {column: _masked(row[column], gone.words) for column in ("title", "blocks", "metadata", "notes")}
    connection.execute(
        update(documents).where(*mine).values(text=text, source_hash="", version=name, **masked)
    )
    for table in (schema.passages, passage_texts):
        here = table.c.document == slug, table.c.version == version
        for each in connection.execute(select(table).where(*here)).mappings().all():
            connection.execute(
                update(table)
                .where(*here, table.c.id == each["id"])
                .values(
                    text=text[each["start"] : each["end"]],
                    speaker=_masked(each["speaker"], gone.words),
                    headings=_masked(each["headings"], gone.words),
                    version=name,
                )
            )
    maps = text_maps
    for each in connection.execute(select(maps).where(maps.c.document == slug)).mappings().all():
        changed = {side: name for side in ("old", "new") if each[side] == version}
        if changed:
            kept = [word for word in each["known_words"] if word in gone.kept_words]
            connection.execute(
                update(maps)
                .where(maps.c.document == slug, maps.c.old == each["old"], maps.c.new == each["new"])
                .values(known_words=kept, **changed)
            )


def _rename(connection: Connection, slug: str, own: set[str], version: str, name: str) -> None:
    """Give every record of the version its new name."""
    for table in (*_OF_PASSAGE, schema.calls):
        passage = table.c.unit if table is ratings else table.c.passage
        for chunk in chunks(sorted(own)):
            connection.execute(
                update(table)
                .where(passage.in_(chunk), table.c.text_version == version)
                .values(text_version=name)
            )
    connection.execute(
        update(carried).where(carried.c.document == slug, carried.c.version == version).values(version=name)
    )
    states, entries = privacy.deidentifications, schema.entries
    connection.execute(
        update(states).where(states.c.document == slug, states.c.version == version).values(version=name)
    )
    key = entries.c.key == f"cuts:{slug}"
    cuts = connection.execute(select(entries.c.value).where(key)).scalar()
    if cuts:
        renamed = [[name if each[0] == version else each[0], *each[1:]] for each in json.loads(cuts)]
        connection.execute(update(entries).where(key).values(value=json.dumps(renamed)))


def _mask_rows(
    connection: Connection,
    table: Table[Any],
    columns: tuple[str, ...],
    of_document: bool | None,
    slug: str,
    own: set[str],
    gone: Erased,
) -> int:
    """Mask the words in rows of the document, and the rare ones in all others. Return the rows changed."""
    count = 0
    keys = list(table.primary_key.columns)
    for row in connection.execute(select(table)).mappings().all():
        if of_document is None:
            mine = False
        elif of_document:
            mine = row["document"] == slug or slug in row.get("documents", ())
        else:
            mine = row["unit" if table is ratings else "passage"] in own
        words = gone.words if mine else gone.rare
        changed = {}
        for column in columns:
            masked = _masked(row[column], words)
            if isinstance(masked, str) and masked and gone.quoted_in(masked):
                masked = ""
            if masked != row[column]:
                changed[column] = masked
        if changed:
            where = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*where).values(**changed))
            count += 1
    return count


def _erase_calls(connection: Connection, gone: Erased) -> int:
    """Erase request and reply of every call that quotes the words. A call's key is a hash of them."""
    calls, outcomes = schema.calls, schema.outcomes
    quoting: dict[int, str] = {}
    query = select(calls.c.stored, calls.c.key, calls.c.request, calls.c.reply, calls.c.error)
    for stored, key, *texts in connection.execute(query):
        for text in filter(None, texts):
            plain = _SHORT_ESCAPE.sub(" ", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
            if gone.rare & set(_WORD.findall(plain.casefold())) or gone.quoted_in(text):
                quoting[stored] = key
                break
    for chunk in chunks(quoting.items()):
        held = update(outcomes).where(outcomes.c.call.in_([key for _, key in chunk]))
        connection.execute(held.values(call=None))
        for stored, _ in chunk:
            connection.execute(
                update(calls)
                .where(calls.c.stored == stored)
                .values(request="", reply=None, error="", key=f"{REDACTED}{stored}")
            )
    return len(quoting)


def _erase_originals(connection: Connection, slug: str, gone: Erased) -> int:
    """Erase originals of pseudonyms that have an erased word, unless another document has them."""
    log, entries, originals = privacy.replacements, privacy.pseudonyms, privacy.originals
    elsewhere = set(
        connection.execute(select(log.c.pseudonym).where(log.c.document != slug).distinct()).scalars()
    )
    rows = connection.execute(select(originals.c.pseudonym, originals.c.original)).all()
    ids = [
        name
        for name, original in rows
        if name not in elsewhere and gone.words & set(_WORD.findall(original.casefold()))
    ]
    for chunk in chunks(ids):
        connection.execute(delete(originals).where(originals.c.pseudonym.in_(chunk)))
        connection.execute(delete(log).where(log.c.document == slug, log.c.pseudonym.in_(chunk)))
        words = connection.execute(
            select(entries.c.id, entries.c.pseudonym).where(entries.c.id.in_(chunk))
        ).all()
        chosen = [row.id for row in words if not numbered(row.pseudonym)]
        connection.execute(update(entries).where(entries.c.id.in_(chosen)).values(pseudonym=""))
    return len(ids)


def _erase_embeddings(connection: Connection, before: set[str]) -> int:
    """Erase vectors of texts that no passage has any more."""
    kept = set[str]()
    for table in (schema.passages, passage_texts):
        kept |= embedded_texts(connection, table, true()) & before
    vectors = schema.embeddings
    return sum(
        int(connection.execute(delete(vectors).where(vectors.c.text_hash.in_(chunk))).rowcount)
        for chunk in chunks([content_hash(text) for text in before - kept])
    )


def _masked(value: Any, words: frozenset[str]) -> Any:
    """Return a text or JSON value with the words masked."""
    if isinstance(value, str):
        return _WORD.sub(
            lambda found: MASK * len(found[0]) if found[0].casefold() in words else found[0], value
        )
    if isinstance(value, Mapping):
        return {key: _masked(each, words) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, words) for each in value]
    return value
