"""`cothemes ingest`: reads files and folders into the study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.cli.choices import KindChoice
from cothemes.cli.invocation import JsonOption, opened_study

if TYPE_CHECKING:
    from cothemes.app.steps.ingest import FileResult, IngestReport

NAMED = 3
"""Documents named where only a few are."""
HOW_TO_SETTLE = (
    "To settle it, name the interviewer in the column `interviewer` of the --meta table, or write "
    "`speakers: {AB: interviewer, CD: participant}` into a Markdown file's front matter; then ingest again."
)


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="Files, or folders with all below them.")
    ],
    kind: Annotated[KindChoice | None, typer.Option(help="What they are; else settled by rule.")] = None,
    meta: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="A table: column `file`, then what is known of each."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Show what was understood of each file; store nothing.")
    ] = False,
    resegment: Annotated[
        bool,
        typer.Option(
            "--resegment",
            help="Read known files anew, and cut changed documents anew although decisions stand on them.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read transcripts and policy texts into the study. Takes txt, md, docx, pdf, vtt, srt, csv, jsonl."""
    from cothemes.app.steps.ingest import find_files
    from cothemes.app.steps.ingest import ingest as run
    from cothemes.cli.console import emit_json, progress
    from cothemes.errors import PartialError
    from cothemes.records.document import Kind

    with opened_study(context) as study:
        files, _ = find_files(paths)
        with progress("Reading", len(files), quiet=as_json) as advance:
            report = run(
                study,
                paths,
                kind=Kind(kind.value) if kind else None,
                meta=meta,
                resegment=resegment,
                check_only=check,
                progress=advance,
            )
    if as_json:
        emit_json({"files": [file_as_json(result, check) for result in report.results]})
    elif check:
        _show_check(report)
    else:
        show_files(report)
    if report.failed:
        raise PartialError(
            f"{len(report.failed)} of {len(report.results)} files were not read",
            hint="Mend them and type the same command again; what was read stays.",
        )


def show_files(report: IngestReport) -> None:
    """What could not be read, then the counts."""
    from cothemes.app.steps.ingest import FileState
    from cothemes.cli.agreement_text import counted
    from cothemes.cli.console import say

    for result in report.results:
        if result.state is FileState.FAILED:
            say(
                f"failed  {result.path}: {result.reason}"
                + (f"\n        → {result.hint}" if result.hint else "")
            )
    skipped = [result for result in report.results if result.state is FileState.SKIPPED]
    if skipped:
        names = ", ".join(Path(result.path).name for result in skipped[:5])
        say(f"skipped {len(skipped)} files that no reader takes: {names}{', …' if len(skipped) > 5 else ''}")
    read = [r for r in report.results if r.document and r.state is not FileState.FAILED]
    passages = sum(result.passages for result in read)
    if read:
        say(f"{counted(len(read), 'document')} ({_states(report)}), {counted(passages, 'passage')}.")
    _show_unsettled([result for result in read if result.state is not FileState.UNCHANGED])


def _states(report: IngestReport) -> str:
    from cothemes.app.steps.ingest import FileState

    return ", ".join(
        f"{report.count(state)} {state.value}"
        for state in (FileState.NEW, FileState.UPDATED, FileState.UNCHANGED)
        if report.count(state)
    )


def _show_unsettled(results: Sequence[FileResult]) -> None:
    """Who has no role yet, in a few lines, and what to write."""
    from cothemes.cli.agreement_text import counted
    from cothemes.cli.console import say, typed
    from cothemes.cli.wrapped import hanging
    from cothemes.records.text import shown_text

    # Words that may be another person's come first: whoever reads no further has seen the worst.
    ordered = sorted(results, key=lambda each: not each.doubtful)
    told = [(each.document.slug, each.unsettled) for each in ordered if each.document and each.unsettled]
    if not told:
        return
    say(f"Speakers not settled in {len(told)} of {counted(len(results), 'document')}:")
    for slug, words in told[:NAMED]:
        typed(hanging(shown_text(f"{slug}: {words}."), 4, first="  "))
    if len(told) > NAMED:
        say(f"  … and {len(told) - NAMED} more; cothemes ingest FILES --check shows all.")
    typed(hanging(HOW_TO_SETTLE, 4, first="  "))


def _show_check(report: IngestReport) -> None:
    from cothemes.cli.console import print_table, say
    from cothemes.records.text import shown_text

    rows = []
    for result in report.results:
        check = result.understood
        if result.document is None or check is None:
            say(f"{result.state.value}: {result.path}: {result.reason}")
            continue
        speakers = ", ".join(
            f"{name or '?'} ({role.value}) {turns}" for name, role, turns in check.speakers[:6]
        )
        rows.append(
            (result.document.slug, result.document.kind.value, check.words, result.passages, speakers or "–")
        )
        for remark in result.document.notes:
            say(shown_text(f"note: {result.document.slug}: {remark}"))
    print_table(("document", "kind", "words", "passages", "speaker (role) turns"), rows, right=(2, 3))
    if rows:
        say(f"As it would be read: {_states(report)}.")
    say("Nothing was stored.")


def file_as_json(result: FileResult, check: bool = False) -> dict[str, Any]:
    """One file as a plain document."""
    document = result.document
    entry: dict[str, Any] = {
        "path": result.path,
        "state": result.state.value,
        "document": document.slug if document else None,
        "kind": document.kind.value if document else None,
        "passages": result.passages,
        "reason": result.reason or None,
        "hint": result.hint or None,
        "notes": list(document.notes) if document else [],
    }
    if check and result.understood:
        entry["understood"] = result.understood.model_dump(mode="json")
    return entry
