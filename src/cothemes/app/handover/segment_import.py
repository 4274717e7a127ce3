"""Tables of coded segments taken into a study, on the texts that it has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.handover.project_import import ProjectImport, ProjectOptions, take_in_project
from cothemes.app.study import Study, study_id
from cothemes.errors import StateConflict, UsageError
from cothemes.records.carried import CarriedKind
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.record import Record
from cothemes.stages.exchange.columns import (
    CODE_FIELDS,
    SEGMENT_FIELDS,
    best_table,
    column_map,
    column_names,
    suggested,
)
from cothemes.stages.exchange.project_out import own_guid
from cothemes.stages.exchange.segments import has_segments, missing_fields, segments_of
from cothemes.stages.exchange.sheet_entries import is_sheet

BOOKS = (".xlsx",)
DATABASES = (".sqlite3", ".sqlite", ".db")


class SegmentImport(Record):
    """What a table of coded segments held, and what of it is new."""

    file: str
    columns: dict[str, str]
    """Field → column."""
    rows: int
    placed: int
    """Rows whose words were found in their document."""
    brought: ProjectImport


def is_segment_table(path: Path) -> bool:
    """Return whether a file is a table of coded segments, by the names of its columns.

    Raises ExchangeError for a file that holds no table.
    """
    if _holds_ratings(path):
        return False
    tables = wiring.read_tables(path)
    table = best_table(tables, SEGMENT_FIELDS)
    return not is_sheet(table.columns) and has_segments(suggested(table, SEGMENT_FIELDS), table)


def is_code_table(path: Path) -> bool:
    """Return whether a file is a table of codes, by the names of its columns, and no filled-in sheet.

    Raises ExchangeError for a file that holds no table.
    """
    if _holds_ratings(path):
        return False
    table = best_table(wiring.read_tables(path), CODE_FIELDS)
    return not is_sheet(table.columns) and {"label", "definition"} <= set(suggested(table, CODE_FIELDS))


def _holds_ratings(path: Path) -> bool:
    """Return whether the first row is that of ratings.csv, which may be too large to be read twice."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    return {"unit", "rater"} <= {each.casefold() for each in wiring.read_header(path)}


def import_segments(
    study: Study,
    path: Path,
    columns: Mapping[str, str] | None = None,
    options: ProjectOptions | None = None,
) -> SegmentImport:
    """Import the segments. `columns`: field → column, over what the names suggest.

    Raises ExchangeError, UsageError where a needed column is not known, StateConflict for a study without
    texts.
    """
    table = best_table(wiring.read_tables(path), SEGMENT_FIELDS)
    used = column_map(table, SEGMENT_FIELDS, columns or {}, path.name)
    if missing := missing_fields(used, table):
        raise UsageError(
            f"no column of {path.name} is known to hold: {', '.join(missing)}",
            hint=f"Its columns: {column_names(table)}. Say which: --columns {missing[0]}=COLUMN",
        )
    documents = {each.slug: each for each in study.store.documents.all()}
    if not documents:
        raise StateConflict(
            "a table of segments needs the texts that it quotes, and the study has none",
            where=str(path),
            hint="cothemes ingest TRANSCRIPTS, then import the table.",
        )
    key = study_id(study)
    guids = {slug: own_guid(key, f"source:{slug}") for slug in documents}
    for each in study.store.carried.all():
        if each.kind is CarriedKind.SOURCE and each.name in guids:
            guids[each.name] = str(each.content["guid"])
    ledger = LossLedger()
    found = segments_of(table, used, documents, guids, ledger)
    project = found.project.model_copy(update={"losses": ledger.losses})
    brought = take_in_project(study, project, path, options or ProjectOptions())
    return SegmentImport(file=str(path), columns=used, rows=found.rows, placed=found.placed, brought=brought)
