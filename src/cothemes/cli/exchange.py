"""`cothemes import` and `cothemes export`: tables, packages and sheets in, tables and sheets out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.handover.archive import archive_attributes
from cothemes.app.handover.tables import export_codings, export_ratings, import_file, is_filled_in_sheet
from cothemes.cli.console import NAMES_REPLACED, emit, say, say_lines, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    CombineChoice,
    CombineOption,
    JsonOption,
    KindChoice,
    QueryOption,
    WithAutoOption,
    names_in,
)
from cothemes.cli.pack import import_package
from cothemes.cli.project import ARCHIVE, SUFFIX, export_qdc, export_qdpx, import_qdpx
from cothemes.cli.readable_export import (
    LabelsFor,
    WideUnit,
    export_cooccurrence,
    export_readable,
    export_wide_table,
)
from cothemes.cli.segments import import_table_of_segments, is_segments, refuse_codebook
from cothemes.cli.sheet import export_to_fill_in, import_filled_in
from cothemes.errors import UsageError
from cothemes.presentation.exchange_text import rare_attributes_lines
from cothemes.presentation.left_out import combined_lines, left_out_lines, query_lines
from cothemes.records.combine import Combine
from cothemes.records.missing_mark import MissingCells
from cothemes.records.text import counted


class Format(StrEnum):
    """Formats that can be written."""

    CSV = "csv"
    XLSX = "xlsx"
    RATINGS = "ratings"
    SHEET = "sheet"
    QDPX = "qdpx"
    QDC = "qdc"
    WIDE = "wide"
    COOCCURRENCE = "cooccurrence"
    DOCX = "docx"
    HTML = "html"
    CODE_REPORT = "code-report"


_READABLE = (Format.DOCX, Format.HTML, Format.CODE_REPORT)


def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="ratings.csv, reviewer's package (.zip), filled-in sheet, table of coded segments, or "
            "project of another program (.qdpx).",
        ),
    ],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="Reviewer who filled in the sheet.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace earlier imports by the same raters.")
    ] = False,
    other_codebook: Annotated[
        bool,
        typer.Option(
            "--other-codebook",
            help="For a package: import decisions made under a codebook unknown to the study, kept apart.",
        ),
    ] = False,
    same_person: Annotated[
        bool | None,
        typer.Option(
            "--same-person/--another-person",
            help="For a package: whether a name that differs from a registered one only in case or spaces "
            "is that person.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        KindChoice | None,
        typer.Option(
            "--kind",
            help="For a project: kind of its documents. [default: by rule, never policy or review]",
            show_default=False,
        ),
    ] = None,
    offsets: Annotated[
        str,
        typer.Option(
            "--offsets",
            metavar="COUNTING",
            help="For a project: how its places are counted, e.g. codepoints, utf16, utf16+crlf+bom. "
            "[default: what fits its selections]",
        ),
    ] = "",
    complete: Annotated[
        list[str] | None,
        typer.Option(
            "--complete",
            metavar="CODER=A,B",
            help="For a project: documents that a coder coded completely, so that absence counts; * for all. "
            "Repeatable.",
        ),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            "--columns",
            metavar="FIELD=COLUMN,…",
            help="For coded segments: columns of the table, in place of those suggested by name.",
        ),
    ] = "",
    models: Annotated[
        str, typer.Option("--models", metavar="A,B", help="For a project: users that are models, not people.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Import codings: ratings, a package, a sheet, or a project. A second import changes nothing.

    A ratings file may come from other tools and raters. A package opens as a new folder to code in if there
    is no study; in the study itself its decisions are merged. The rows of a sheet become decisions. A project
    (.qdpx) of NVivo, ATLAS.ti, MAXQDA, QualCoder and others brings texts, codes and each coder's codings,
    into a new study if there is none. A table of coded segments (MAXQDA, Dedoose, ATLAS.ti, Taguette) is
    placed on the texts that the study has.
    """
    if file.suffix.lower() == SUFFIX:
        import_qdpx(
            context,
            file,
            kind=kind.value if kind else "",
            offsets=offsets,
            complete=complete or [],
            models=models,
            replace=replace,
            as_json=as_json,
        )
        return
    if file.suffix.lower() == ".zip":
        import_package(context, file, other_codebook=other_codebook, same_person=same_person, as_json=as_json)
        return

    if not name and (columns or is_segments(file)):
        import_table_of_segments(
            context,
            file,
            columns=columns,
            complete=complete or [],
            models=models,
            replace=replace,
            as_json=as_json,
        )
        return
    if not name:
        refuse_codebook(file)
    if name or is_filled_in_sheet(file):
        import_filled_in(context, file, name, as_json=as_json)
        return
    with opened_study(context) as study:
        found = import_file(study, file, replace=replace)
    if as_json:
        emit(found)
        return
    raters = ", ".join(f"{name} ({kind})" for name, kind in found.raters.items())
    say(f"{found.new} ratings taken in, {found.known} there already.")
    say(f"Raters: {raters}; {found.units} passages.")
    for each in found.not_rated:
        say(f"! {MissingCells(each.column, each.mark, each.rows).words(file.name)}")


def export(
    context: typer.Context,
    form: Annotated[
        Format,
        typer.Argument(
            metavar="FORMAT",
            help="csv, xlsx: one row per coding. ratings: one row per passage, rater and code. "
            "sheet: a reviewer's open passages, to fill in. qdpx: the study as a project for NVivo, "
            "ATLAS.ti, MAXQDA and others. qdc: the codebook for them. wide: a column per code with 1 and 0. "
            "cooccurrence: pairs of codes. docx, html: transcripts with their codes. code-report: a Word "
            "document of quotes by code.",
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write. An existing file is replaced.")],
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Reviewer who will fill in the sheet.")
    ] = "",
    by_code: Annotated[
        bool,
        typer.Option(
            "--by-code", help="For a sheet: one column per code to tick, instead of a single column."
        ),
    ] = False,
    originals: Annotated[
        bool,
        typer.Option("--show-originals", help="Show real names in codings instead of pseudonyms."),
    ] = False,
    query: QueryOption = "",
    combine: CombineOption = CombineChoice.ANY,
    as_coded: Annotated[
        bool,
        typer.Option(
            "--as-coded", help="In codings, quote the text that was read, if it was corrected since."
        ),
    ] = False,
    uncoded: Annotated[
        bool, typer.Option("--uncoded", help="For csv and xlsx: also list passages without a code.")
    ] = False,
    bom: Annotated[
        bool,
        typer.Option(
            "--bom", help="For csv and wide: begin with a byte-order mark, by which Excel recognises UTF-8."
        ),
    ] = False,
    unit: Annotated[WideUnit, typer.Option("--by", help="For wide: unit of a row.")] = WideUnit.PASSAGE,
    labels: Annotated[
        LabelsFor | None,
        typer.Option(
            "--labels",
            help="For wide: also write a script that reads the table and labels its columns.",
            show_default=False,
        ),
    ] = None,
    documents: Annotated[
        str,
        typer.Option(
            "--documents", metavar="A,B", help="For docx and html: documents to include. [default: all]"
        ),
    ] = "",
    target: Annotated[
        str,
        typer.Option(
            "--target",
            metavar="codepoints|utf16|archive",
            help="For qdpx: how the other program counts characters. archive: also list attributes that "
            "fewer than three people share (csv, xlsx, wide, qdpx).",
        ),
    ] = "",
    with_auto: WithAutoOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write codings as tables, documents, a sheet to fill in or a project.

    Decisions that are left out are listed with the reason in OUT.left-out.csv. A sheet holds the open
    passages of one reviewer; import it with `cothemes import OUT --as NAME`.
    """
    if query and form not in (Format.CSV, Format.XLSX):
        raise UsageError("--query selects codings", hint="It goes with csv and xlsx.")
    for used, option, forms in (
        (uncoded, "--uncoded", (Format.CSV, Format.XLSX)),
        (bom, "--bom", (Format.CSV, Format.WIDE)),
        (unit is not WideUnit.PASSAGE, "--by", (Format.WIDE,)),
        (labels is not None, "--labels", (Format.WIDE,)),
        (documents, "--documents", (Format.DOCX, Format.HTML)),
        (target == ARCHIVE, "--target archive", (Format.CSV, Format.XLSX, Format.WIDE, Format.QDPX)),
        (target not in ("", ARCHIVE), "--target", (Format.QDPX,)),
    ):
        if used and form not in forms:
            names = ", ".join(each.value for each in forms)
            raise UsageError(f"{option} does not apply to {form.value}", hint=f"It goes with {names}.")
    if form is Format.SHEET:
        export_to_fill_in(context, out, name, by_code=by_code, as_json=as_json)
        return
    if form is Format.QDPX:
        export_qdpx(
            context, out, originals=originals, combine=Combine(combine.value), target=target, as_json=as_json
        )
        return
    if form in _READABLE:
        export_readable(
            context,
            form.value,
            out,
            documents=names_in(documents),
            originals=originals,
            combine=Combine(combine.value),
            as_json=as_json,
        )
        return
    if form is Format.WIDE:
        export_wide_table(
            context,
            out,
            unit=unit,
            labels=labels,
            bom=bom,
            archive=target == ARCHIVE,
            originals=originals,
            combine=Combine(combine.value),
            as_json=as_json,
        )
        return
    if form is Format.COOCCURRENCE:
        export_cooccurrence(context, out, combine=Combine(combine.value), as_json=as_json)
        return
    if form is Format.QDC:
        export_qdc(context, out, as_json=as_json)
        return
    if form is Format.RATINGS and combine is not CombineChoice.ANY:
        raise UsageError(
            "ratings hold each reader's own answers, so --combine says nothing of them", hint="Leave it out."
        )
    if name or by_code:
        raise UsageError("--as and --by-code belong to a sheet", hint="cothemes export sheet OUT --as NAME")
    with opened_study(context) as study:
        if form is Format.RATINGS:
            made = export_ratings(study, out)
        else:
            made = export_codings(
                study,
                out,
                workbook=form is Format.XLSX,
                originals=originals,
                combine=Combine(combine.value),
                as_coded=as_coded,
                query=query,
                uncoded=uncoded,
                bom=bom,
            )
            if target == ARCHIVE:
                rare = archive_attributes(study, originals=originals)
                made = made.model_copy(update={"rare_attributes": rare})
    if as_json:
        emit(made)
    else:
        more = f", and {counted(made.uncoded, 'passage')} without a code" if made.uncoded is not None else ""
        typed(f"{made.rows} {'ratings' if form is Format.RATINGS else 'codings'}{more} in {out}.")
        if made.pseudonyms:
            say(NAMES_REPLACED)
        if made.combined_by is not None:
            say_lines(combined_lines(made.combined_by))
        say_lines(query_lines(made.query))
        say_lines(left_out_lines(made.left_out))
        if made.left_out_file:
            typed(f"What is left out is listed in {made.left_out_file}.")
        say_lines(rare_attributes_lines(made.rare_attributes))
