"""Consent withdrawn: every word of a document goes, in one transaction, and then from the bytes of the file.

What stays are numbers. A decision keeps id, time, reviewer, code and action: that it was made is a fact of
the study, its note, span and attributes are the participant's. Decisions are append-only by a trigger; it is
taken away and put back inside the transaction, which nothing else can see or write into, and the tombstone
says how many were touched. A test holds that every table that names passages or documents is in COVERED.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    Update,
    delete,
    exists,
    func,
    literal,
    select,
    type_coerce,
    update,
)

from cothemes.adapters.sql import discussion_tables as discussion
from cothemes.adapters.sql import privacy_tables as privacy
from cothemes.adapters.sql import schema
from cothemes.adapters.sql.acceptance_tables import acceptances, certifications, revocations
from cothemes.adapters.sql.carried_tables import carried
from cothemes.adapters.sql.columns import Prose
from cothemes.adapters.sql.engine import BUSY_SECONDS
from cothemes.adapters.sql.failures import failures_told
from cothemes.adapters.sql.operation_tables import code_drafts, code_operations
from cothemes.adapters.sql.rating_tables import ratings
from cothemes.adapters.sql.revision_tables import revisions
from cothemes.adapters.sql.rows import chunks, columns_of, each
from cothemes.adapters.sql.seed_tables import seeds
from cothemes.adapters.sql.speaker_tables import speakers
from cothemes.adapters.sql.text_tables import passage_texts, text_maps
from cothemes.adapters.sql.work_tables import confirmations
from cothemes.records.codebook import Code
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash

_TABLES = """
    documents passages embeddings outcomes suggestions candidates assignments decisions ratings calls
    originals pseudonyms replacements deidentifications tombstones tombstone_marks settlements memos
    revisions seeds confirmations passage_texts text_maps speakers accesses redactions
    code_operations code_drafts codebooks
    carried
    certifications acceptances revocations copied_decisions
    users credentials claims answered_acts
    noted_changes events deliveries endpoints
"""
COVERED = frozenset(_TABLES.split())
"""Tables that are erased from, or that hold no words of documents."""

MARKED_FROM = 200
"""Characters from which a text's hash is kept: a shorter one can be guessed, or be another's."""
FORGOTTEN = "forgotten"

Quotes = Callable[[bytes], bool]
"""Knows a document's words in UTF-8 or JSON."""

_FACTS = ("cuts", "differs")
"""Small facts about a document, by the beginning of their key."""
_GUARDED = (
    "decisions", "settlements", "memos", "revisions", "seeds", "confirmations", "speakers",
    "code_operations", "code_drafts", "certifications", "acceptances", "revocations",
)  # fmt: skip
_GUARDS = tuple(f"{table}_no_update" for table in _GUARDED)
_NUMBERED = re.compile(r"\[[A-Z][A-Z0-9]*_\d+\]")


def erase(connection: Connection, slug: str, quoted_in: Quotes) -> tuple[dict[str, int], list[str]]:
    """Erases a document with all its versions: (what was erased → how many, hashes that know it again)."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    own = select(schema.passages.c.id).where(schema.passages.c.document == slug)
    marks = _marks(connection, slug)
    erased = {"embeddings": _erase_embeddings(connection, slug)}
    erased["calls"] = _erase_calls(connection, own, quoted_in)
    erased["suggestions"] = _count(
        connection,
        update(schema.suggestions)
        .where(schema.suggestions.c.passage.in_(own))
        .values(reason="", evidence=[], attributes={}, text_version=""),
    )
    erased["candidates"] = _count(
        connection,
        update(schema.candidates)
        .where(schema.candidates.c.passage.in_(own))
        .values(label="", criterion="", evidence=[], text_version=""),
    )
    erased["outcomes"] = _count(
        connection,
        update(schema.outcomes)
        .where(schema.outcomes.c.passage.in_(own))
        .values(detail="", call=None, text_version=""),
    )
    with guard_lifted(connection):
        erased["decisions"] = _count(
            connection,
            update(schema.decisions)
            .where(schema.decisions.c.passage.in_(own))
            .values(note="", start=None, end=None, further=[], attributes={}, text_version=""),
        )
        erased["settlements"] = _count(
            connection,
            update(discussion.settlements)
            .where(discussion.settlements.c.passage.in_(own))
            .values(note="", start=None, end=None, attributes={}, text_version=""),
        )
        erased["memos"] = _erase_memos(connection, slug)
        erased["revisions"] = _erase_quoting(connection, revisions.c.reason, quoted_in)
        erased |= _erase_codes(connection, own, quoted_in)
        erased |= _erase_acceptances(connection, slug, own, quoted_in)
        erased["confirmations"] = _erase_quoting(connection, confirmations.c.note, quoted_in)
        erased["seeds"] = _count(
            connection,
            update(seeds)
            .where(seeds.c.passage.in_(own))
            .values(start=None, end=None, reason="", text_version=""),
        )
        named = _count(
            connection,
            update(speakers)
            .where(speakers.c.document == slug)
            .values(label="", role=None, name=None, participant=None),
        )
    if named:
        erased["speakers"] = named
    erased["ratings"] = _count(
        connection,
        update(ratings)
        .where(ratings.c.unit.in_(own))
        .values(start=None, end=None, attributes={}, cluster=slug, doc=slug, text_version=""),
    )
    if kept := _erase_carried(connection, slug, quoted_in):
        erased["carried"] = kept
    erased["originals"] = _erase_originals(connection, slug)
    # The name of a file that differs, and ids of cuts with hashes of texts.
    entries = schema.entries.c
    connection.execute(delete(schema.entries).where(entries.key.in_([f"{each}:{slug}" for each in _FACTS])))
    erased |= _erase_text(connection, slug)
    return erased, marks


def _marks(connection: Connection, slug: str) -> list[str]:
    """Hashes by which file and text are known again. A file of several documents is not marked."""
    table = schema.documents
    other = table.alias()
    shared = exists().where(other.c.source_hash == table.c.source_hash, other.c.slug != slug)
    long = table.c.slug == slug, func.length(table.c.text) >= MARKED_FROM
    files = select(table.c.source_hash).where(*long, ~shared, table.c.source_hash != "")
    texts = select(table.c.version).where(*long)
    return sorted({*connection.execute(files).scalars(), *connection.execute(texts).scalars()})


def _erase_memos(connection: Connection, slug: str) -> int:
    """Those on the document and its passages, and summaries of a case that the document is part of."""
    memos = discussion.memos
    rows = connection.execute(select(memos.c.stored, memos.c.document, memos.c.documents))
    own = [stored for stored, document, documents in rows if slug in (document, *documents)]
    return sum(
        _count(connection, update(memos).where(memos.c.stored.in_(chunk)).values(text=""))
        for chunk in chunks(own)
    )


def embedded_texts(connection: Connection, table: Table[Any], which: ColumnElement[bool]) -> set[str]:
    """Return the texts that vectors of these passages were made from: whole, the speaker's own words, and
    each sentence.
    """
    found = set[str]()
    for passage in each(connection, Passage, select(*columns_of(table, Passage)).where(which)):
        found |= {passage.text, passage.spoken, *map(passage.sentence_text, passage.sentences)}
    return found - {""}


def _erase_embeddings(connection: Connection, slug: str) -> int:
    """Vectors of the document's passages, now and earlier, but for texts that another document has too."""
    mine, theirs = set[str](), set[str]()
    for table in (schema.passages, passage_texts):
        mine |= embedded_texts(connection, table, table.c.document == slug)
    for table in (schema.passages, passage_texts):
        theirs |= embedded_texts(connection, table, table.c.document != slug) & mine
    gone = [content_hash(text) for text in mine - theirs]
    return sum(
        _count(connection, delete(schema.embeddings).where(schema.embeddings.c.text_hash.in_(chunk)))
        for chunk in chunks(gone)
    )


def _erase_calls(connection: Connection, own: Select[Any], quoted_in: Quotes) -> int:
    """Words of the document's calls, and of calls of other passages that quote it."""
    calls, outcomes = schema.calls, schema.outcomes
    # An equal passage of another document may rest on the same call: then it is that passage's.
    others = outcomes.c.call == calls.c.key, outcomes.c.passage.not_in(own)
    heir = select(func.min(outcomes.c.passage)).where(*others).scalar_subquery()
    connection.execute(
        update(calls)
        .where(calls.c.passage.in_(own), exists().where(*others))
        .values(passage=heir, text_version="")
        .execution_options(synchronize_session=False)
    )
    # The key is a hash over the words, so it goes too.
    count = _count(
        connection,
        update(calls)
        .where(calls.c.passage.in_(own))
        .values(
            request="", reply=None, error="", key=literal(f"{FORGOTTEN}:") + calls.c.stored, text_version=""
        ),
    )
    rows = connection.execute(select(calls.c.stored, calls.c.request, calls.c.reply, calls.c.error))
    quoting = [row[0] for row in rows if any(words and quoted_in(words.encode()) for words in row[1:])]
    for chunk in chunks(quoting):
        worded = update(calls).where(calls.c.stored.in_(chunk))
        count += _count(connection, worded.values(request="", reply=None, error=""))
    return count


def _erase_quoting(connection: Connection, words: Column[str], quoted_in: Quotes) -> int:
    """What people said of the codebook or of money, where it quotes the document."""
    table = words.table
    rows = connection.execute(select(table.c.stored, words))
    quoting = [stored for stored, said in rows if said and quoted_in(said.encode())]
    statement = update(table).where(table.c.stored.in_(quoting))
    return _count(connection, statement.values({words.name: ""}))


def _erase_codes(connection: Connection, own: Select[Any], quoted_in: Quotes) -> dict[str, int]:
    """Labels of codes that were made on the document's passages, wherever they are kept, and what operations
    quote. A kept codebook keeps the hash of the text that decisions name.
    """
    made = code_drafts.c.passage.in_(own)
    rows = connection.execute(select(code_drafts.c.code, code_drafts.c.label).where(made)).all()
    labels = {code: label for code, label in rows if label}
    erased = {
        "drafts": _count(
            connection, update(code_drafts).where(made, code_drafts.c.label != "").values(label="")
        ),
        "operations": _erase_quoting(connection, code_operations.c.reason, quoted_in),
    }
    operations = code_operations.c
    for stored, details in connection.execute(select(operations.stored, operations.details)).all():
        if details and quoted_in(json.dumps(details, ensure_ascii=False).encode()):
            connection.execute(update(code_operations).where(operations.stored == stored).values(details={}))
            erased["operations"] += 1
    erased["codebooks"] = _erase_labels(connection, labels, quoted_in)
    return {name: count for name, count in erased.items() if count}


def _erase_acceptances(
    connection: Connection, slug: str, own: Select[Any], quoted_in: Quotes
) -> dict[str, int]:
    """Reasons that quote the document, and hashes of its words. Without these a certificate that rests on its
    readings is void.
    """
    erased = {
        "certificates": sum(
            _erase_quoting(connection, table.c.reason, quoted_in) for table in (certifications, revocations)
        ),
        "acceptances": _count(
            connection,
            update(acceptances)
            .where(acceptances.c.passage.in_(own), acceptances.c.text_version != "")
            .values(text_version=""),
        ),
    }
    looks = certifications.c
    for stored, passages in connection.execute(select(looks.stored, looks.passages)).all():
        if any(each.rpartition(".")[0] == slug for each in passages):
            connection.execute(
                update(certifications).where(looks.stored == stored).values(texts="", sample="")
            )
    return {name: count for name, count in erased.items() if count}


def _erase_labels(connection: Connection, labels: dict[str, str], quoted_in: Quotes) -> int:
    table = schema.codebooks.c
    count = 0
    for stored, content in connection.execute(select(table.stored, table.content)).all():
        book = json.loads(content)
        changed = False
        for code in book.get("codes", ()):
            label = code["label"]
            if label and (labels.get(code["id"]) == label or quoted_in(label.encode())):
                code.setdefault("kept_hash", Code.model_validate(code).text_hash)
                code["label"] = ""
                changed = True
        if changed:
            rewritten = update(schema.codebooks).where(table.stored == stored)
            connection.execute(rewritten.values(content=json.dumps(book, ensure_ascii=False)))
            count += 1
    return count


def _erase_carried(connection: Connection, slug: str, quoted_in: Quotes) -> int:
    """What an imported project brought of the document, and what else of the project quotes it."""
    rows = connection.execute(
        select(carried.c.stored, type_coerce(carried.c.content, Text)).where(carried.c.document != slug)
    )
    quoting = [stored for stored, content in rows if content and quoted_in(content.encode())]
    count = _count(connection, delete(carried).where(carried.c.document == slug))
    for chunk in chunks(quoting):
        count += _count(connection, delete(carried).where(carried.c.stored.in_(chunk)))
    return count


def _erase_originals(connection: Connection, slug: str) -> int:
    """The log of the document, and originals that now stand nowhere; listed names that stood nowhere stay."""
    log, entries, originals = privacy.replacements, privacy.pseudonyms, privacy.originals
    used = set(connection.execute(select(log.c.pseudonym).where(log.c.document == slug).distinct()).scalars())
    connection.execute(delete(log).where(log.c.document == slug))
    connection.execute(delete(privacy.deidentifications).where(privacy.deidentifications.c.document == slug))
    elsewhere = set(connection.execute(select(log.c.pseudonym).distinct()).scalars())
    rows = connection.execute(
        select(entries.c.id, entries.c.rule, originals.c.scope).join(
            originals, originals.c.pseudonym == entries.c.id
        )
    ).all()
    gone = [
        row.id
        for row in rows
        if row.id not in elsewhere and (row.id in used or row.scope == slug or row.rule != "list")
    ]
    count = 0
    for chunk in chunks(gone):
        count += _count(connection, delete(originals).where(originals.c.pseudonym.in_(chunk)))
        words = connection.execute(
            select(entries.c.id, entries.c.pseudonym).where(entries.c.id.in_(chunk))
        ).all()
        # What a person chose as replacement may say who it was; a number says nothing.
        chosen = [row.id for row in words if not numbered(row.pseudonym)]
        connection.execute(update(entries).where(entries.c.id.in_(chosen)).values(pseudonym=""))
    return count


def _erase_text(connection: Connection, slug: str) -> dict[str, int]:
    """Every version and its passages. A version's name, a hash of its text, gives way to a number."""
    documents, passages = schema.documents, schema.passages
    versions = connection.execute(select(documents.c.version).where(documents.c.slug == slug)).scalars().all()
    connection.execute(delete(passage_texts).where(passage_texts.c.document == slug))
    connection.execute(delete(text_maps).where(text_maps.c.document == slug))
    facts = [f"cuts:{slug}", f"texts:{slug}"]
    connection.execute(delete(schema.entries).where(schema.entries.c.key.in_(facts)))
    count = 0
    for number, version in enumerate(sorted(versions), start=1):
        name = f"{FORGOTTEN}:{number}"
        count += _count(
            connection,
            update(passages)
            .where(passages.c.document == slug, passages.c.version == version)
            .values(text="", speaker="", headings=[], sentences=[], time="", current=False, version=name),
        )
        connection.execute(
            update(documents)
            .where(documents.c.slug == slug, documents.c.version == version)
            .values(
                text="", title="", blocks=[], source_name="", source_hash="", offsets={}, metadata={},
                notes=[], current=False, version=name,
            )
        )  # fmt: skip
    return {"passages": count, "versions": len(versions)}


def numbered(pseudonym: str) -> bool:
    """Return whether a pseudonym is a kind and a number, which say nothing of who it is."""
    return _NUMBERED.fullmatch(pseudonym) is not None


@contextmanager
def guard_lifted(connection: Connection) -> Iterator[None]:
    """Takes the triggers against changing what people wrote away, and puts them back as they were."""
    made: list[str] = []
    for guard in _GUARDS:
        made.append(
            connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (guard,)
            ).scalar_one()
        )
        connection.exec_driver_sql(f"DROP TRIGGER {guard}")
    yield
    for statement in made:
        connection.exec_driver_sql(statement)


def rows_that_hold(connection: Connection, quoted_in: Quotes) -> dict[str, int]:
    """`table.column` → rows that hold the words, in every column of text."""
    found: Counter[str] = Counter()
    for table in schema.metadata.sorted_tables:
        worded = [column for column in table.c if isinstance(column.type, Text | Prose | JSON)]
        if not worded:
            continue
        # As stored: what a column of JSON holds is looked through without being read.
        for row in connection.execute(select(*(type_coerce(column, Text) for column in worded))):
            for column, words in zip(worded, row, strict=True):
                if words and quoted_in(words.encode()):
                    found[f"{table.name}.{column.name}"] += 1
    return dict(found)


def _count(connection: Connection, statement: Update | Any) -> int:
    return int(connection.execute(statement).rowcount)


def scrub(path: Path) -> bool:
    """Writes the database anew and empties its write-ahead log; False where someone's open read forbids it.

    What SQLite has let go of is overwritten or cut off; what the disk itself keeps is out of its reach.
    """
    with (
        failures_told(path),
        closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as connection,
    ):
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
