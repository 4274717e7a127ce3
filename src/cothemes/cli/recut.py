"""The question before passages that people have worked on are cut anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cothemes.app.corpus.ingest import IngestReport
from cothemes.cli.console import say_lines
from cothemes.presentation.ingest_text import stake_lines

Read = Callable[[Sequence[Path], bool], IngestReport]
"""Reads these paths again; the second value says that what is at stake was agreed to."""


def ask_to_cut(report: IngestReport, read: Read) -> IngestReport:
    """Return the report after a person was asked about documents that people have worked on; a pipe is not
    asked."""
    kept = [file for file in report.files if file.at_stake]
    if not kept or not at_a_terminal():
        return report
    say_lines(stake_lines(kept))
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip().casefold() not in ("y", "yes"):
        return report
    again = read(list(dict.fromkeys(Path(file.path) for file in kept)), True)
    changed = {(file.path, file.name): file for file in again.files}
    files = tuple(changed.get((file.path, file.name), file) for file in report.files)
    return again.model_copy(update={"files": files, "warnings": report.warnings})


def at_a_terminal() -> bool:
    """Return True where a person can answer."""
    return sys.stdin.isatty()
