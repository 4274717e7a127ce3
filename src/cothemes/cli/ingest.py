"""`cothemes ingest`: reads files and folders into the study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cothemes.app.corpus.ingest import FileResult, FileState, IngestReport, find_files, take_back_cuts
from cothemes.app.corpus.ingest import ingest as run
from cothemes.app.privacy.sent import sent_without_consent
from cothemes.cli.batches import sent_lines
from cothemes.cli.choices import KindChoice
from cothemes.cli.console import emit_json, print_table, progress, say, typed
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.cli.recut import ask_to_cut, prepared_as_json, roles_as_json, show_cuts, stake_as_json
from cothemes.errors import PartialError, UsageError
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import DocumentHead, Kind
from cothemes.records.text import counted, shown_text
from cothemes.stages.ingest.check import NO_LABELS

NAMED = 3
"""Documents named where only a few are."""
HOW_TO_SETTLE = (
    "To settle it, name the interviewer in the column `interviewer` of the --meta table, and ingest again "
    "with that table. Where people have coded, text, passages and decisions stay as they are."
)
HOW_TO_LABEL = (
    "Where no speaker is named, no rule recognises the labels of speakers, and a name in the --meta table "
    "cannot help. Begin each turn on a line of its own with `Name: `, and ingest the file again."
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
            metavar="PATH…",
            help="Files, or folders with everything below them; with --undo also document ids.",
        ),
    ],
    kind: Annotated[
        KindChoice | None,
        typer.Option(help="Kind of all these files. [default: recognised by rule, else unknown]"),
    ] = None,
    meta: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Metadata (csv or xlsx): a column `file`, then any others."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Show how each file is understood; store nothing.")
    ] = False,
    resegment: Annotated[
        bool,
        typer.Option(
            "--resegment",
            help="Read known files again and cut changed documents into new passages. If people "
            "have worked on the old ones, show what the figures would lose and ask first.",
        ),
    ] = False,
    undo: Annotated[
        bool,
        typer.Option(
            "--undo", help="With --resegment: restore the passages as they were before the last cut."
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --resegment: do not ask for confirmation.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read transcripts and policy texts into the study. Accepts txt, md, docx, pdf, vtt, srt, csv and jsonl.

    Run it again to read only new and changed files. A changed title, column or role changes no passage.
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
        emit_json(
            {
                "files": [file_as_json(result, check) for result in report.results],
                "warnings": warnings_as_json(report),
                "sent_without_consent": sent,
            }
        )
    elif check:
        _show_check(report)
    else:
        show_files(report)
        for line in sent_lines(sent):
            typed(line)
    if report.failed:
        kept = sum(bool(result.cut.at_stake) for result in report.failed)
        if kept == len(report.failed):
            raise PartialError(
                f"{kept} of {counted(len(report.results), 'document')} "
                f"{'keeps its' if kept == 1 else 'keep their'} present passages",
                hint="No coding was lost. To cut them again all the same, add --yes to the same command."
                if not undo
                else "Add --yes to the same command.",
            )
        raise PartialError(
            f"{len(report.failed)} of {len(report.results)} files were not read",
            hint="Fix them and type the same command again; what was read stays.",
        )


def show_files(report: IngestReport) -> None:
    """What could not be read, then the counts."""
    for result in report.results:
        if result.state is FileState.FAILED and not result.cut.at_stake:
            say(
                f"failed  {result.path}: {result.reason}"
                + (f"\n        → {result.hint}" if result.hint else "")
            )
    show_cuts(report)
    passed_over = [result for result in report.results if result.state is FileState.SKIPPED]
    for result in passed_over:
        if result.hint:
            name = Path(result.path).name
            typed(hanging(shown_text(f"{name} {result.reason}."), 4, first="skipped "))
            typed(hanging(shown_text(f"→ {result.hint}"), 6, first="    "))
    skipped = [result for result in passed_over if not result.hint]
    if skipped:
        names = ", ".join(Path(result.path).name for result in skipped[:5])
        more = ", …" if len(skipped) > 5 else ""
        say(f"skipped {counted(len(skipped), 'file')} of a type that is not read: {names}{more}")
    read = [r for r in report.results if r.document and r.state is not FileState.FAILED]
    passages = sum(result.passages for result in read)
    if read:
        say(f"{counted(len(read), 'document')} ({_states(report)}), {counted(passages, 'passage')}.")
    _show_kept(read)
    _show_warnings(report)
    show_unknown_kinds([each.document for each in read if each.document])
    _show_unsettled([result for result in read if result.state is not FileState.UNCHANGED])


def _show_warnings(report: IngestReport) -> None:
    """Rows and values of the --meta table that had no effect."""
    hints = Counter(each.hint for each in report.warnings)
    shown: Counter[str] = Counter()
    for each in report.warnings:
        shown[each.hint] += 1
        if each.hint and shown[each.hint] > NAMED:
            continue
        typed(hanging(shown_text(f"{each.where}: {each.message}"), 4, first="warning: "))
        last = shown[each.hint] == min(hints[each.hint], NAMED)
        if last and hints[each.hint] > NAMED:
            say(f"    … and {hints[each.hint] - NAMED:,} more like this; --json lists all.")
        if each.hint and last:
            typed(hanging(shown_text(f"→ {each.hint}"), 6, first="    "))


def warnings_as_json(report: IngestReport) -> list[dict[str, str | None]]:
    """Rows and values of the --meta table that had no effect, as plain documents."""
    return [
        {"where": each.where, "message": each.message, "hint": each.hint or None} for each in report.warnings
    ]


def _show_kept(results: Sequence[FileResult]) -> None:
    """Documents that were read and of which something was left as it is."""
    for each in results:
        if each.document and each.reason and not each.cut.at_stake:
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
        for state in (FileState.NEW, FileState.UPDATED, FileState.UNCHANGED, FileState.KEPT)
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
    labelless = [each for each in ordered if each.document and each.unsettled.startswith(NO_LABELS)]
    if len(labelless) < len(told):
        typed(hanging(HOW_TO_SETTLE, 4, first="  "))
    if labelless:
        typed(hanging(HOW_TO_LABEL, 4, first="  "))


def _show_check(report: IngestReport) -> None:
    rows = []
    for result in report.results:
        check = result.understood
        if result.document is None or check is None:
            say(f"{result.state.value}: {result.path}: {result.reason}")
            if result.hint and result.state is FileState.SKIPPED:
                say(f"    → {result.hint}")
            continue
        speakers = ", ".join(
            f"{name or '?'} ({role.value}) {turns}" for name, role, turns in check.speakers[:6]
        )
        rows.append(
            (result.document.slug, result.document.kind.value, check.words, result.passages, speakers or "–")
        )
        for remark in result.document.notes:
            say(shown_text(f"note: {result.document.slug}: {remark}"))
        told = result.reason
        for remark in result.document.notes:
            told = told.replace(remark.rstrip("."), "").strip(". ")
        if told:
            say(shown_text(f"note: {result.document.slug}: {told}."))
    print_table(("document", "kind", "words", "passages", "speaker (role) turns"), rows, right=(2, 3))
    show_cuts(report, check=True)
    _show_warnings(report)
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
        "at_stake": stake_as_json(result.cut.at_stake),
        "left_the_figures": stake_as_json(result.cut.left),
        "back_in_the_figures": stake_as_json(result.cut.back),
        "taken": list(result.cut.taken),
        "roles": roles_as_json(result.cut.roles),
        "recut": result.cut.recut,
        "set_aside": prepared_as_json(result.cut.set_aside),
        "brought_back": prepared_as_json(result.cut.brought_back),
    }
    if check and result.understood:
        entry["understood"] = result.understood.model_dump(mode="json")
    return entry
