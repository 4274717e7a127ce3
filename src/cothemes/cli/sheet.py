"""What `export sheet` and `import SHEET` say: for coders who work in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import typer

from cothemes.app.handover.sheet import SheetImport, export_sheet, import_sheet
from cothemes.cli.console import emit, note, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.errors import PartialError, UsageError
from cothemes.records.text import counted

LISTED = 40


def export_to_fill_in(context: typer.Context, out: Path, name: str, *, by_code: bool, as_json: bool) -> None:
    """Write a reviewer's open passages."""
    with opened_study(context) as study:
        written = export_sheet(study, _someone(name), out, by_code=by_code)
    if as_json:
        emit(written)
        return
    readings = ", ".join(f"{count} {reading}" for reading, count in written.readings.items())
    typed(f"{counted(written.rows, 'passage')} of {written.reviewer} in {out} ({readings}).")
    say("Fill in the codes, x under done for each passage that is read to its end, and a note if any.")
    note("Work from the top: blind passages of a document precede those with suggestions.")
    if written.doubtful:
        note(
            f"A spreadsheet program may make numbers or dates of {', '.join(written.doubtful)}; in an .xlsx "
            "sheet they stay as they are typed."
        )
    say("Then:")
    typed(f'  cothemes import {out} --as "{written.reviewer}"')


def import_filled_in(context: typer.Context, file: Path, name: str, *, as_json: bool) -> None:
    """Take a filled-in sheet in; PartialError where rows remain."""
    with opened_study(context) as study:
        found = import_sheet(study, _someone(name), file)
    if as_json:
        emit(found)
    else:
        _show(found)
    if found.faults:
        raise PartialError(
            f"{counted(len(found.faults), 'row')} of {file.name} not taken in",
            hint=("The others are stored. " if found.passages or found.known else "Nothing was stored. ")
            + "Fix what is listed and import it again, or export a new sheet.",
        )


def _show(found: SheetImport) -> None:
    say(
        f"{counted(found.passages, 'passage')} taken in for {found.reviewer} ({found.done} done, "
        f"{counted(found.decisions, 'decision')}), {found.known} there already, {found.open} left open."
    )
    for fault in found.faults[:LISTED]:
        typed(f"{fault.where}: {fault.kind}: {fault.passage or '(no passage)'} {fault.what}")
        typed(f"  → {fault.hint}")
    if len(found.faults) > LISTED:
        say(f"… and {len(found.faults) - LISTED} more (--json lists all)")


def _someone(name: str) -> str:
    if not name:
        raise UsageError("say whose sheet it is", hint="Give --as NAME, a registered reviewer.")
    return name
