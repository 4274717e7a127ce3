"""What the options before the command say, and the study they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cothemes.app.study import Study

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, nothing else.")]


AT_HOME = ("ingest", "propose", "route", "run", "deidentify", "adjudicate", "reviewers add")
"""Commands that a reviewer's copy of a study has no use for."""


@dataclass(frozen=True)
class Invocation:
    """The call as a whole."""

    folder: Path | None
    """What -C named."""


@contextmanager
def opened_study(context: typer.Context) -> Iterator[Study]:
    """The study that the call is about, closed afterwards."""
    from cothemes.app.study import find_study

    invocation: Invocation = context.obj
    study = find_study(invocation.folder, given=invocation.folder is not None)
    try:
        command = _command(context)
        if command in AT_HOME:
            from cothemes.app.steps.pack import refuse_in_copy

            refuse_in_copy(study, command)
        yield study
    finally:
        study.close()


def _command(context: typer.Context) -> str:
    """As typed after the program's own name, such as `reviewers add`."""
    names: list[str] = []
    at: typer.Context | None = context
    while at is not None and at.parent is not None:
        names.insert(0, at.info_name or "")
        at = at.parent  # type: ignore[assignment]
    return " ".join(names)
