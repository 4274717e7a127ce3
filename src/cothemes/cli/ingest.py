"""`cothemes ingest`: reads files and folders into the study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.corpus.ingest import IngestReport, find_files, redacted, restore_texts, take_back_cuts
from cothemes.app.corpus.ingest import ingest as run
from cothemes.cli.console import emit, note, progress, say, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import JsonOption, KindChoice
from cothemes.cli.recut import ask_to_cut
from cothemes.errors import PartialError, UsageError
from cothemes.presentation.ingest_check_page import ingest_check_page
from cothemes.presentation.ingest_check_text import check_lines
from cothemes.presentation.ingest_text import ingest_lines
from cothemes.presentation.lines import Unbroken
from cothemes.presentation.pages import PageHead
from cothemes.presentation.privacy_text import redacted_lines, sent_lines
from cothemes.records.document import Kind
from cothemes.records.source import ReadOptions
from cothemes.records.text import counted


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="Files, or folders with everything below them; with --undo and --restore document ids.",
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
    encoding: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Encoding of text files, such as gbk or cp1251. [default: UTF-8, else guessed and reported]",
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="MAP",
            help="Uses of a table's columns, as --check suggests them, or a CSV file with the columns "
            "`column` and `use`.",
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Show how each file is understood; store nothing.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="With --check: output file for an HTML page."),
    ] = None,
    resegment: Annotated[
        bool,
        typer.Option(
            "--resegment",
            help="Read known files again and cut changed documents into new passages. If people "
            "have worked on the old ones, show what the figures would lose and ask first.",
        ),
    ] = False,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Erase words that a corrected file no longer has, from its earlier versions and all that "
            "quotes them. This cannot be undone.",
        ),
    ] = False,
    undo: Annotated[
        bool,
        typer.Option(
            "--undo", help="With --resegment: restore the passages as they were before the last cut."
        ),
    ] = False,
    restore: Annotated[
        bool,
        typer.Option(
            "--restore",
            help="Restore an earlier text of these documents (the one before, or --version).",
        ),
    ] = False,
    version: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="With --restore: version of the text, as `cothemes documents DOCUMENT` lists it.",
        ),
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="With --resegment or --redact: do not ask for confirmation.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read transcripts and policy texts into the study. Formats are recognised by content: text, Word, odt,
    rtf, PDF, HTML, epub, captions, tables, and JSON of transcription services.

    Run it again to read only new and changed files. A corrected text is taken: passages keep their ids and
    what people decided on them. A changed title, column or role changes no passage.
    """
    if (undo or yes) and not resegment and not (redact and yes and not undo):
        raise UsageError("--undo and --yes belong to --resegment", hint="Add --resegment, or leave them out.")
    if (undo or restore) and (check or kind or meta or redact or encoding or columns):
        option = "--undo" if undo else "--restore"
        raise UsageError(
            f"{option} reads no file",
            hint="Leave --check, --kind, --meta, --encoding, --columns and --redact out.",
        )
    if html is not None and not check:
        raise UsageError("--html belongs to --check", hint="Add --check, or leave --html out.")
    if restore and resegment:
        raise UsageError("--restore cuts nothing anew", hint="Leave --restore or --resegment out.")
    if version and not restore:
        raise UsageError("--version belongs to --restore", hint="Add --restore, or leave it out.")
    if redact and not yes and not check and not _agreed(as_json):
        say("Nothing was read or erased.")
        return

    options = ReadOptions(encoding=_known_encoding(encoding), columns=columns)
    with opened_study(context) as study:

        def read(chosen: Sequence[Path], agreed: bool) -> IngestReport:
            if undo:
                return take_back_cuts(study, chosen, agreed=agreed)
            if restore:
                return restore_texts(study, chosen, version)
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
                    options=options,
                    progress=advance,
                )

        report = read(paths, yes)
        if resegment and not check and not as_json:
            report = ask_to_cut(report, read)
        if redact and not check:
            report = redacted(study, report)
        ids = short_ids(study, *(file.document for file in report.files if file.document))
    if html is not None:
        head = PageHead("How these files are understood", wiring.clock().now())
        wiring.write_text(html, ingest_check_page(report, head))
        note(f"Written: {html}")
    if as_json:
        emit(report)
    elif check:
        say_lines(check_lines(report, page=html.name if html else ""), ids)
    else:
        say_lines(ingest_lines(report), ids)
        say_lines(map(Unbroken, sent_lines(report.sent_without_consent)))
        say_lines(redacted_lines(report.redacted or ()))
    if report.failed:
        kept = sum(bool(file.at_stake) for file in report.failed)
        if kept == len(report.failed):
            raise PartialError(
                f"{kept} of {counted(len(report.files), 'document')} "
                f"{'keeps its' if kept == 1 else 'keep their'} present passages",
                hint="No coding was lost. To cut them again all the same, add --yes to the same command."
                if not undo
                else "Add --yes to the same command.",
            )
        raise PartialError(
            f"{len(report.failed)} of {len(report.files)} files were not read",
            hint="Fix them and type the same command again; what was read stays.",
        )
    if not all(each.clean for each in report.redacted or ()):
        raise PartialError(
            "erased words may be left in the study's records",
            hint="Close every other program that has this study open, then type the same command again.",
        )


def _known_encoding(name: str) -> str:
    try:
        "".encode(name or "utf-8")
    except LookupError as error:
        raise UsageError(
            f"no encoding is called {name}",
            hint="Examples: utf-8, cp1252, cp1251, gbk, big5, shift_jis, euc_kr.",
        ) from error
    return name


def _agreed(as_json: bool) -> bool:
    if as_json:
        raise UsageError("--json does not ask", hint="Give --yes with it.")
    say("Words that the files no longer have are erased for good from earlier texts, quotes, notes, replies.")
    try:
        return input("Type redact to erase them: ").strip() == "redact"
    except EOFError:
        return False
