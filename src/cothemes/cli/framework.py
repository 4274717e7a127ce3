"""`cothemes framework`: cases by themes, with quotes and with summaries that people write."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.app.findings.framework import CaseBy, FrameworkOptions, summarise, summary_text
from cothemes.app.findings.framework import framework as run
from cothemes.app.review.blindness import look_as
from cothemes.cli.console import NAMES_REPLACED, emit, note, say, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import (
    CombineChoice,
    CombineOption,
    JsonOption,
    KindOption,
    NumberedOption,
    PersonOption,
    QueryOption,
    WithAutoOption,
    fields_in,
    names_in,
)
from cothemes.cli.writing import written_text
from cothemes.presentation.framework_text import (
    framework_leaf,
    framework_lines,
    framework_page,
    framework_rows,
)
from cothemes.presentation.pages import PageHead
from cothemes.records.combine import Combine
from cothemes.records.document import Kind

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Set cases against themes, with quotes and summaries.",
)


ON_SCREEN = 3
"""Quotes of a cell on the screen."""


class ByChoice(StrEnum):
    """What makes a case."""

    DOCUMENT = "document"
    PARTICIPANT = "participant"


ByOption = Annotated[
    ByChoice,
    typer.Option("--by", help="Unit of a case: a document, or a participant with all their documents."),
]


@app.callback()
def framework(
    context: typer.Context,
    by: ByOption = ByChoice.DOCUMENT,
    code: Annotated[
        str,
        typer.Option(metavar="A,B", help="Themes or codes for the columns. [default: all themes]"),
    ] = "",
    kind: KindOption = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="Filter on a metadata column. Repeatable.")
    ] = None,
    query: QueryOption = "",
    combine: CombineOption = CombineChoice.ANY,
    quotes: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Number of quotes per cell; 0 for all. [default: 3 on the screen, all in files and JSON]",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Output file for one self-contained page.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Output file for a table, one row per case.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Output file for the table as a workbook.")
    ] = None,
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Show real names instead of pseudonyms.")
    ] = False,
    numbered: NumberedOption = False,
    with_auto: WithAutoOption = False,
    as_json: JsonOption = False,
) -> None:
    """Set cases against themes, with quotes and summaries."""
    if context.invoked_subcommand is not None:
        return
    wanted = FrameworkOptions(
        by=CaseBy(by.value),
        columns=names_in(code),
        kind=Kind(kind.value) if kind else None,
        where=fields_in(where or []),
        query=query,
        combine=Combine(combine.value),
        most=quotes if quotes is not None else 0 if as_json or html or csv or xlsx else ON_SCREEN,
        originals=originals,
    )
    with opened_study(context) as study:
        found, ids = run(study, wanted), short_ids(study)
        if numbered:
            found = with_numbers(found, coder_numbers(study))
        if csv is not None:
            wiring.write_csv(csv, framework_rows(found))
        if xlsx is not None:
            wiring.write_sheet_xlsx(xlsx, [framework_leaf(found)])
        if html is not None:
            head = PageHead(found.title, wiring.clock().now(), synthetic=found.synthetic)
            wiring.write_text(html, framework_page(found, head))
    written = [path for path in (html, csv, xlsx) if path is not None]
    for path in written:
        note(f"{path} written.")
    if as_json:
        emit(found)
    elif not written:
        say_lines(framework_lines(found, ids))
    if found.pseudonyms:
        note(NAMES_REPLACED)


@app.command("write")
def write(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="Document, by its id or beginning; or participant.")],
    column: Annotated[str, typer.Argument(help="Theme or code.")],
    text: Annotated[
        str | None,
        typer.Argument(
            help="Text of the summary; - reads it from standard input. [default: your editor opens]",
            show_default=False,
        ),
    ] = None,
    name: PersonOption = "",
    by: ByOption = ByChoice.DOCUMENT,
    as_json: JsonOption = False,
) -> None:
    """Write a summary of a case on a theme or code. Run it again to write a new version; earlier ones are
    kept.
    """
    of = CaseBy(by.value)
    with opened_study(context) as study:
        if name:
            look_as(study, name)
        before = summary_text(study, case, column, by=of) if text is None else ""
        made = summarise(study, case, column, written_text(text, before), by=of, name=name)
    if as_json:
        emit(made)
    else:
        version = f", version {len(made.versions)}" if len(made.versions) > 1 else ""
        say(f"Written: summary {made.short}, of {made.about}{version}.")
