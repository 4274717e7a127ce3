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
        yield study
    finally:
        study.close()
