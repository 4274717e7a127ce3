"""`cothemes matrix`: codes against codes, or against groups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.findings.matrix import Crossing, write_matrix
from cothemes.app.findings.matrix import matrix as cross
from cothemes.cli.console import emit, note, say_lines, stdout
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    CombineChoice,
    CombineOption,
    JsonOption,
    KindOption,
    QueryOption,
    RollUpOption,
    WithAutoOption,
    fields_in,
    names_in,
)
from cothemes.errors import UsageError
from cothemes.presentation.matrix_text import matrix_lines
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.stages.review.crossing import CODES


def matrix(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="What to cross codes with: codes, document, kind, participant, speaker or a "
            "metadata column (meta.NAME if the name is ambiguous).",
        ),
    ] = "codes",
    rows: Annotated[str, typer.Option("--code", metavar="A,B", help="Codes or themes to include.")] = "",
    columns: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="A,B",
            help="For pairs of codes: codes or themes that one of each pair must belong to.",
        ),
    ] = "",
    kind: KindOption = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="Filter on a metadata column. Repeatable.")
    ] = None,
    round_name: Annotated[str, typer.Option("--round", metavar="NAME", help="Round to include.")] = "",
    blind: Annotated[
        bool, typer.Option("--blind", help="Use blind decisions only, from before anything was adjudicated.")
    ] = False,
    query: QueryOption = "",
    roll_up: RollUpOption = False,
    combine: CombineOption = CombineChoice.ANY,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Output file for every cell as CSV, one row each."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Number of code pairs to print; 0 for all.")] = 40,
    with_auto: WithAutoOption = False,
    as_json: JsonOption = False,
) -> None:
    """Cross codes with codes or groups, from people's decisions."""
    if columns and by != CODES:
        raise UsageError("--against goes with codes against codes", hint="Leave --by out.")
    wanted = Crossing(
        by=by,
        rows=names_in(rows),
        columns=names_in(columns),
        kind=Kind(kind.value) if kind else None,
        where=fields_in(where or []),
        round=round_name,
        blind_only=blind,
        combine=Combine(combine.value),
        query=query,
        roll_up=roll_up,
    )
    with opened_study(context) as study:
        found = cross(study, wanted)
        if table is not None:
            write_matrix(study, table, found)
            note(f"{table} written.")
    if as_json:
        emit(found)
    else:
        say_lines(matrix_lines(found, limit, stdout().width))
