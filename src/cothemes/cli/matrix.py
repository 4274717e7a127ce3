"""`cothemes matrix`: codes against codes, or against groups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cothemes.app.findings.matrix import Crossed, Crossing, write_matrix
from cothemes.app.findings.matrix import matrix as run
from cothemes.cli.codings import asked_for
from cothemes.cli.console import emit_json, note, print_table, say, say_lines, stdout
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, KindOption, names_in
from cothemes.errors import UsageError
from cothemes.presentation.left_out import left_out_as_json, left_out_lines
from cothemes.records.document import Kind
from cothemes.records.text import shown_text
from cothemes.stages.review.crossing import CODES, Count, Matrix, pairs

CELL = 8
"""Cells of the terminal that a count takes."""
WIDEST = 30
ALL, DECIDED = "all", "decided"


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
        bool, typer.Option("--blind", help="Use blind decisions only, from before anything was settled.")
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Output file for every cell as CSV, one row each."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Number of code pairs to print; 0 for all.")] = 40,
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
        where=asked_for(where or []),
        round=round_name,
        blind_only=blind,
    )
    with opened_study(context) as study:
        found = run(study, wanted)
        if table is not None:
            write_matrix(study, table, found.matrix)
            note(f"{table} written.")
    if as_json:
        emit_json(_as_json(found))
    else:
        _print(found, limit)


def _print(found: Crossed, limit: int) -> None:
    made = found.matrix
    if not made.decided.passages:
        say(found.basis.sentence)
        say_lines(left_out_lines(found.left_out))
        return
    if made.by == CODES:
        _print_pairs(made, limit)
    else:
        _print_groups(made)
    decided = made.decided
    passages = "1 passage" if decided.passages == 1 else f"{decided.passages} passages"
    documents = "1 document" if decided.documents == 1 else f"{decided.documents} documents"
    say(f"Decided: {passages} in {documents}.")
    for line in (found.basis.sentence, *found.notes):
        say(line)
    say_lines(left_out_lines(found.left_out))


def _print_pairs(made: Matrix, limit: int) -> None:
    listed = pairs(made)
    shown = listed[:limit] if limit else listed
    if shown:
        print_table(
            ("code", "with", "passages", "documents", "of the first", "of the second"),
            [
                (
                    first,
                    second,
                    count.passages,
                    count.documents,
                    _share(count, _total(made, first)),
                    _share(count, _total(made, second)),
                )
                for first, second, count in shown
            ],
            right=(2, 3, 4, 5),
            title="Codes on the same passage",
        )
    if len(shown) < len(listed):
        say(f"… and {len(listed) - len(shown)} pairs more (--limit 0 prints all)")
    if not listed:
        say("No two of these codes stand on one passage.")


def _print_groups(made: Matrix) -> None:
    used = [code for code in made.rows if made.totals[code].passages]
    lines = {code: {**made.cells[code], ALL: made.totals[code]} for code in used}
    lines[DECIDED] = {**made.rated, ALL: made.decided}
    names = {name: shown_text(name) for name in (*lines, *made.columns, ALL)}
    upright = _blocks(list(made.columns), [*lines], stdout().width)
    lying = _blocks([*used, DECIDED], [*made.columns, ALL], stdout().width)
    for across, down in min((upright, lying), key=_length):
        turned = down[0] not in lines
        heads = across if turned else [*across, ALL]
        print_table(
            (made.by if turned else "code", *(names[head] for head in heads)),
            [
                (names[line], *(_cell(lines[head][line] if turned else lines[line][head]) for head in heads))
                for line in down
            ],
            right=tuple(range(1, len(heads) + 1)),
            title=f"Passages (documents) with a code, by {shown_text(made.by)}",
        )
    unused = [code for code in made.rows if code not in used]
    if unused:
        say(f"On no passage: {', '.join(unused)}.")


def _blocks(across: list[str], down: list[str], width: int) -> list[tuple[list[str], list[str]]]:
    """The columns in as many tables as it takes for each to fit; a long name folds at WIDEST."""
    first = min(max((len(name) for name in down), default=0), WIDEST) + 2
    each = min(max((len(word) for name in across for word in name.split()), default=0), WIDEST)
    at_once = max((width - first - CELL) // (max(each, CELL) + 2), 1)
    return [(across[start : start + at_once], down) for start in range(0, len(across), at_once)]


def _length(blocks: list[tuple[list[str], list[str]]]) -> int:
    """Lines that the tables take."""
    return sum(len(down) + 4 for _, down in blocks)


def _cell(count: Count) -> str:
    return f"{count.passages} ({count.documents})" if count.passages else "0"


def _total(made: Matrix, code: str) -> Count:
    return made.totals.get(code) or made.rated[code]


def _share(count: Count, whole: Count) -> str:
    return f"{100 * count.passages / whole.passages:.0f} %"


def _as_json(found: Crossed) -> dict[str, Any]:
    made = found.matrix
    return {
        "by": made.by,
        "rows": list(made.rows),
        "columns": list(made.columns),
        "cells": {
            row: {column: count.model_dump() for column, count in line.items()}
            for row, line in made.cells.items()
        },
        "rated": {column: count.model_dump() for column, count in made.rated.items()},
        "totals": {row: count.model_dump() for row, count in made.totals.items()},
        "decided": made.decided.model_dump(),
        "basis": found.basis.source.value,
        "raters": [*found.basis.raters, *found.basis.consensus],
        "sentence": found.basis.sentence,
        "notes": list(found.notes),
        "left_out": left_out_as_json(found.left_out),
    }
