"""Tables in and out of a study."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.figures.agreement import study_ratings
from cothemes.app.findings.evidence import unverified_removed, with_evidence
from cothemes.app.findings.passage_filter import QueryOutcome, passage_filter
from cothemes.app.handover.coded_texts import coded_texts
from cothemes.app.handover.counting_codings import counting_codings, moments
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import reads_once
from cothemes.app.review.left_out import StudyLeftOut, left_out_of, write_left_out
from cothemes.app.review.memos import memos_by_place
from cothemes.app.study import Study
from cothemes.errors import InputError
from cothemes.records.combine import Combine
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record, absent
from cothemes.records.sheet import Column, Leaf
from cothemes.stages.exchange.codings_rows import codings_rows
from cothemes.stages.exchange.incoming import incoming
from cothemes.stages.exchange.rare_attributes import RareAttributes
from cothemes.stages.exchange.ratings_rows import ratings_rows
from cothemes.stages.exchange.sheet import cell_text, codebook_leaf
from cothemes.stages.exchange.sheet_entries import is_sheet
from cothemes.stages.review.selection import Purpose

_WIDE = 70
"""Characters of the column that holds quotes."""
TABLES = (".csv", ".tsv", ".txt")
_INSTEAD = {
    ".yaml": "A codebook is the study's own file: put it in the place of codebook.yaml.",
    ".yml": "A codebook is the study's own file: put it in the place of codebook.yaml.",
    ".jsonl": "Passages already cut are read by `cothemes ingest FILE`.",
    **dict.fromkeys(
        (".ods", ".xls", ".xlsb", ".numbers"),
        "Of a filled-in sheet: save it as .xlsx. Of ratings: save them as CSV.",
    ),
    ".qdc": "A codebook is imported by `cothemes codebook import FILE`.",
}


class UnratedCells(Record):
    """Rows whose cell of one column says that it is empty."""

    column: str
    mark: str
    """As it is written there."""
    count: int
    rows: tuple[int, ...]
    """Rows of the file; the header is 1."""


class RatingsImport(Record):
    """What an imported table of ratings held."""

    file: str
    new: int
    known: int
    """Rows that were there already, word for word."""
    units: int
    """Passages."""
    raters: dict[str, str]
    """Rater → kind."""
    not_rated: tuple[UnratedCells, ...]


class TableExport(Record):
    """What was written to a table."""

    file: str
    rows: int
    pseudonyms: bool
    """Whether it has pseudonyms in place of names."""
    purpose: Purpose
    combined_by: Combine | None
    """The rule for several readers; None for ratings, which hold each reader's own."""
    left_out: tuple[LeftOut, ...]
    """Decisions that are not in it, by reason."""
    left_out_file: str | None
    """The file that lists them."""
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    """The passages that were asked for; absent if no query was given."""
    uncoded: int | None = Field(default=None, exclude_if=absent)
    """Rows of passages without a code; absent if they were not asked for."""
    rare_attributes: tuple[RareAttributes, ...] | None = Field(default=None, exclude_if=absent)
    """Attributes that fewer than three people share; absent if it is not for an archive."""


def is_filled_in_sheet(path: Path) -> bool:
    """Whether a file is a reviewer's sheet, by its type or its first row. Raises SheetError where it is not
    to be opened."""
    suffix = path.suffix.lower()
    return suffix in wiring.BOOKS or (suffix in TABLES and is_sheet(wiring.read_header(path)))


def import_file(study: Study, path: Path, *, replace: bool = False) -> RatingsImport:
    """Import ratings into the study; the same file a second time changes nothing.

    Raises InputError for another format, RatingsError and StateConflict as `incoming` does.
    """
    suffix = path.suffix.lower()
    if suffix not in TABLES:
        raise InputError(
            f"a file of type {suffix or '(none)'} cannot be imported",
            where=str(path),
            hint=_INSTEAD.get(suffix, "What can be imported is ratings.csv; texts go to `cothemes ingest`."),
        )
    names = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    table = wiring.read_ratings(path, real_codes=study.codebook.by_id)
    found = incoming(
        table.ratings(),
        str(path),
        passages={passage.id: passage for passage in study.store.passages.all()},
        documents={document.slug: document for document in study.store.documents.all()},
        codebook=study.codebook,
        taken={*names, *(run.rater for run in study.store.runs.all())},
        present=study.store.ratings.all(),
        replace=replace,
    )
    if found.new:
        study.store.ratings.add(found.new, instead_of=tuple(found.raters) if replace else ())
    return RatingsImport(
        file=str(path),
        new=len(found.new),
        known=found.known,
        units=found.units,
        raters=found.raters,
        not_rated=tuple(
            UnratedCells(column=each.column, mark=each.mark, count=len(each.rows), rows=each.rows)
            for each in table.missing
        ),
    )


@reads_once
def export_codings(
    study: Study,
    path: Path,
    *,
    workbook: bool = False,
    originals: bool = False,
    combine: Combine = Combine.ANY,
    as_coded: bool = False,
    query: str = "",
    uncoded: bool = False,
    bom: bool = False,
) -> TableExport:
    """Write the codings that findings count as CSV or as a workbook: a row for each passage, code and person.

    Where a person accepted a suggestion and marked no words, its evidence is the quote. A study with
    pseudonyms has them here, unless `originals`. Quotes are of the present text, or with `as_coded` of the
    text that was read. `query` selects passages. What is left out is listed in a file beside. `uncoded`:
    passages without a code have a row too. `bom`: a byte-order mark begins the CSV, by which Excel knows
    UTF-8.
    """
    within = passage_filter(study, query, combine) if query else None
    published = Published(study, originals=originals)
    passages = {passage.id: published.passage(passage) for passage in study.store.passages.all()}
    documents = {document.slug: published.document(document) for document in study.store.documents.all()}
    marked = unverified_removed(study, with_evidence(study, counting_codings(study, combine)))
    if within is not None:
        marked = marked.of_units(within)
        passages = {id: passage for id, passage in passages.items() if id in within}
    memos = {
        (place, code): [published.words(text, passages[place].document) for text in texts]
        for (place, code), texts in memos_by_place(study).items()
        if place in passages
    }
    rows = codings_rows(
        marked,
        passages,
        documents,
        study.codebook,
        memos,
        published.quote,
        coded_texts(study),
        moments(study),
        as_coded=as_coded,
        uncoded=uncoded,
    )
    left = left_out_of(study, suggestions=True, combine=combine)
    outcome = within.outcome if within else None
    bare = len(set(passages) - {each.unit for each in marked if each.code and each.value in (1, None)})

    def report(count: int) -> TableExport:
        made = exported(
            path,
            count - bare if uncoded else count,
            left,
            combined_by=combine,
            pseudonyms=published.pseudonyms,
            query=outcome,
        )
        return made.model_copy(update={"uncoded": bare}) if uncoded else made

    if not workbook:
        return report(wiring.write_csv(path, rows, bom=bom))
    header, *body = ([cell_text(cell) for cell in row] for row in rows)
    columns = tuple(
        Column(name=name, width=_WIDE if name in ("quote", "passage_text") else 14) for name in header
    )
    leaf = Leaf(title="codings", columns=columns, rows=tuple(map(tuple, body)))
    wiring.write_sheet_xlsx(path, [leaf, codebook_leaf(study.codebook)])
    return report(len(body))


@reads_once
def export_ratings(study: Study, path: Path) -> TableExport:
    """Write everyone's ratings as ratings.csv, in which no text stands: each reading in rows of its own.

    What is left out is listed in a file beside.
    """
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    found = study_ratings(study, all_passages=True)
    count = wiring.write_csv(path, ratings_rows(found.ratings, tuple(study.codebook.by_id), clusters))
    left = left_out_of(study, each_reading=True, readings=True)
    return exported(path, count, left)


def exported(
    path: Path,
    rows: int,
    left: StudyLeftOut,
    *,
    combined_by: Combine | None = None,
    pseudonyms: bool = False,
    query: QueryOutcome | None = None,
) -> TableExport:
    """Write what is left out beside the file, and return the report of the export."""
    beside = write_left_out(path, left)
    return TableExport(
        file=str(path),
        rows=rows,
        pseudonyms=pseudonyms,
        purpose=Purpose.FINDINGS if combined_by else Purpose.AGREEMENT,
        combined_by=combined_by,
        left_out=left.entries,
        left_out_file=str(beside) if beside else None,
        query=query,
    )
