"""Exports for people and statistics programs: coded transcripts, reports by code, wide tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from cothemes.app.findings.matrix import Crossing, matrix, write_matrix
from cothemes.app.handover.archive import archive_attributes
from cothemes.app.handover.readable import export_code_report, export_transcripts, export_wide
from cothemes.app.handover.tables import TableExport, exported
from cothemes.app.review.left_out import left_out_of
from cothemes.cli.console import NAMES_REPLACED, emit, say, say_lines, typed
from cothemes.cli.invocation import opened_study
from cothemes.errors import UsageError
from cothemes.presentation.exchange_text import rare_attributes_lines
from cothemes.presentation.left_out import combined_lines, left_out_lines
from cothemes.presentation.transcript_page import transcripts_page
from cothemes.records.combine import Combine
from cothemes.stages.exchange.wide_table import UnitOfRows


class WideUnit(StrEnum):
    """Units of the rows of a wide table."""

    PASSAGE = "passage"
    DOCUMENT = "document"
    PARTICIPANT = "participant"


class LabelsFor(StrEnum):
    """Programs for which a wide table's labels are written."""

    R = "r"
    SPSS = "spss"


def export_readable(
    context: typer.Context,
    form: str,
    out: Path,
    *,
    documents: list[str],
    originals: bool,
    combine: Combine,
    as_json: bool,
) -> None:
    """Coded transcripts (docx, html) or a report by code."""
    suffix = ".html" if form == "html" else ".docx"
    _named(out, suffix)
    with opened_study(context) as study:
        if form == "code-report":
            made = export_code_report(study, out, originals=originals, combine=combine)
        else:
            made = export_transcripts(
                study,
                out,
                documents=documents,
                originals=originals,
                combine=combine,
                page=transcripts_page if form == "html" else None,
            )
    _show(made, {"code-report": "quotes", "docx": "comments"}.get(form, "marks"), as_json=as_json)


def export_wide_table(
    context: typer.Context,
    out: Path,
    *,
    unit: WideUnit,
    labels: LabelsFor | None,
    bom: bool,
    archive: bool,
    originals: bool,
    combine: Combine,
    as_json: bool,
) -> None:
    """A column for each code, a row for each unit."""
    _named(out, ".csv")
    with opened_study(context) as study:
        made = export_wide(
            study,
            out,
            UnitOfRows(unit.value),
            labels=labels.value if labels else "",
            originals=originals,
            combine=combine,
            bom=bom,
        )
        if archive:
            rare = archive_attributes(study, originals=originals)
            made = made.model_copy(update={"rare_attributes": rare})
    _show(made, f"rows, one for each {unit.value}", as_json=as_json)
    if labels and not as_json:
        typed(f"Labels: {out.with_suffix('.R' if labels is LabelsFor.R else '.sps')}.")


def export_cooccurrence(context: typer.Context, out: Path, *, combine: Combine, as_json: bool) -> None:
    """Passages and documents in which two codes meet, a row for each pair."""
    _named(out, ".csv")
    with opened_study(context) as study:
        count = write_matrix(study, out, matrix(study, Crossing(combine=combine)))
        made = exported(out, count, left_out_of(study, combine=combine), combined_by=combine)
    _show(made, "pairs of codes", as_json=as_json)


def _named(out: Path, suffix: str) -> None:
    if out.suffix.lower() != suffix:
        raise UsageError(f"{out.name} does not end in {suffix}", hint=f"Call it {out.stem}{suffix}.")


def _show(made: TableExport, what: str, *, as_json: bool) -> None:
    if as_json:
        emit(made)
        return
    typed(f"{made.rows} {what} in {made.file}.")
    if made.pseudonyms:
        say(NAMES_REPLACED)
    if made.combined_by is not None:
        say_lines(combined_lines(made.combined_by))
    say_lines(left_out_lines(made.left_out))
    if made.left_out_file:
        typed(f"What is left out is listed in {made.left_out_file}.")
    say_lines(rare_attributes_lines(made.rare_attributes))
