"""`cothemes ingest`: reads files and folders into the study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.corpus.ingest import FileState, find_files, take_back_cuts
from cothemes.app.corpus.ingest import ingest as run
from cothemes.app.privacy.sent import sent_without_consent
from cothemes.cli.batches import sent_lines
from cothemes.cli.choices import KindChoice
from cothemes.cli.console import emit_json, print_table, progress, say, typed
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.cli.recut import ask_to_cut, show_cuts, stake_as_json
from cothemes.errors import PartialError, UsageError
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import Kind
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.corpus.ingest import FileResult, IngestReport
    from cothemes.records.document import DocumentHead

NAMED = 3
"""Documents named where only a few are."""
HOW_TO_SETTLE = (
    "To settle it, name the interviewer in the column `interviewer` of the --meta table, and ingest again "
    "with that table. Where people have coded, text, passages and decisions stay as they are."
)
HOW_TO_NAME_KINDS = (
    "People and the offline coder may code such a document. Nothing of it goes to a remote model, and where "
    "kinds of source are compared it stands apart. To settle it, ingest the file again with --kind "
    "interview, policy, review or survey, or with a column `kind` in the --meta table; codings are kept."
)


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", help="Files, or folders with all below them; with --undo also ids of documents."
        ),
    ],
    kind: Annotated[
        KindChoice | None,
        typer.Option(help="Kind of all these files; without it by rule, else unknown."),
    ] = None,
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
            help="Read known files and cut changed documents again. Says what leaves the figures where "
            "people have worked on the passages, and asks first.",
        ),
    ] = False,
    undo: Annotated[
        bool,
        typer.Option(
            "--undo", help="With --resegment: bring the passages of the cut before the last back instead."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --resegment: do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read transcripts and policy texts into the study. Takes txt, md, docx, pdf, vtt, srt, csv, jsonl.

    Run it again to read new and changed files. A changed title, column or role changes no passage.
    """

    if (undo or yes) and not resegment:
        raise UsageError("--undo and --yes belong to --resegment", hint="Add --resegment, or leave them out.")
    if undo and (check or kind or meta):
        raise UsageError("--undo reads no file", hint="Leave --check, --kind and --meta out.")

    with opened_study(context) as study:

        def read(chosen: Sequence[Path], agreed: bool) -> IngestReport:
            if undo:
                return take_back_cuts(study, chosen, agreed=agreed)
            files, _ = find_files(chosen)
            with progress("Reading", len(files), quiet=as_json) as advance:
                return run(
                    study,
                    chosen,
                    kind=Kind(kind.value) if kind else None,
                    meta=meta,
                    resegment=resegment,
                    agreed=agreed,
                    check_only=check,
                    progress=advance,
                )

        report = read(paths, yes)
        if resegment and not check and not as_json:
            report = ask_to_cut(report, read)
        sent = sent_without_consent(study)
    if as_json:
        files = [file_as_json(result, check) for result in report.results]
        emit_json({"files": files, "sent_without_consent": sent})
    elif check:
        _show_check(report)
    else:
        show_files(report)
        for line in sent_lines(sent):
            typed(line)
    if report.failed:
        kept = sum(bool(result.at_stake) for result in report.failed)
        if kept == len(report.failed):
            raise PartialError(
                f"{kept} of {len(report.results)} documents were left as they are",
                hint="Nothing left the figures. To cut them all the same, add --resegment --yes.",
            )
        raise PartialError(
            f"{len(report.failed)} of {len(report.results)} files were not read",
            hint="Fix them and type the same command again; what was read stays.",
        )


def show_files(report: IngestReport) -> None:
    """What could not be read, then the counts."""

    for result in report.results:
        if result.state is FileState.FAILED and not result.at_stake:
            say(
                f"failed  {result.path}: {result.reason}"
                + (f"\n        → {result.hint}" if result.hint else "")
            )
    show_cuts(report)
    skipped = [result for result in report.results if result.state is FileState.SKIPPED]
    if skipped:
        names = ", ".join(Path(result.path).name for result in skipped[:5])
        say(f"skipped {len(skipped)} files that no reader takes: {names}{', …' if len(skipped) > 5 else ''}")
    read = [r for r in report.results if r.document and r.state is not FileState.FAILED]
    passages = sum(result.passages for result in read)
    if read:
        say(f"{counted(len(read), 'document')} ({_states(report)}), {counted(passages, 'passage')}.")
    _show_kept(read)
    show_unknown_kinds([each.document for each in read if each.document])
    _show_unsettled([result for result in read if result.state is not FileState.UNCHANGED])


def _show_kept(results: Sequence[FileResult]) -> None:
    """Documents that were read and of which something was left as it is."""

    for each in results:
        if each.document and each.reason:
            typed(hanging(shown_text(f"{each.document.slug}: {each.reason.rstrip('.')}."), 4, first="  "))


def show_unknown_kinds(documents: Sequence[DocumentHead], everything: str = "ingest FILES --check") -> None:
    """Documents of unknown kind, in a few lines, and what to do. `everything`: the command that lists all."""

    unknown = [document.slug for document in documents if document.kind is Kind.UNKNOWN]
    if not unknown:
        return
    say(f"Kind not known of {len(unknown)} of {counted(len(documents), 'document')}:")
    for slug in unknown[:NAMED]:
        typed(hanging(shown_text(slug), 4, first="  "))
    if len(unknown) > NAMED:
        say(f"  … and {len(unknown) - NAMED} more; cothemes {everything} shows all.")
    typed(hanging(HOW_TO_NAME_KINDS, 4, first="  "))


def _states(report: IngestReport) -> str:

    return ", ".join(
        f"{report.count(state)} {state.value}"
        for state in (FileState.NEW, FileState.UPDATED, FileState.UNCHANGED)
        if report.count(state)
    )


def _show_unsettled(results: Sequence[FileResult]) -> None:
    """Who has no role yet, in a few lines, and what to write."""

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
        if result.reason and result.reason not in result.document.notes:
            say(shown_text(f"note: {result.document.slug}: {result.reason}."))
    print_table(("document", "kind", "words", "passages", "speaker (role) turns"), rows, right=(2, 3))
    show_cuts(report)
    if rows:
        say(f"If imported now: {_states(report)}.")
    show_unknown_kinds([each.document for each in report.results if each.document and each.understood])
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
        "at_stake": stake_as_json(result.at_stake),
        "left_the_figures": stake_as_json(result.left),
        "back_in_the_figures": stake_as_json(result.back),
    }
    if check and result.understood:
        entry["understood"] = result.understood.model_dump(mode="json")
    return entry
