"""`cothemes init`: makes a study folder."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.study import create_study
from cothemes.cli.console import say, typed
from cothemes.records.text import counted, shown_text


class Template(StrEnum):
    """Codebooks that a new study can start from."""

    COPRODUCTION = "coproduction"
    BLANK = "blank"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    source: Annotated[
        Template,
        typer.Option("--from", help="Codebook to start with: the sample on co-production, or an empty one."),
    ] = Template.COPRODUCTION,
    codebook: Annotated[
        Path | None,
        typer.Option(help="Codebook file of your own to copy into the study.", exists=True, dir_okay=False),
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the study. [default: the folder's name]")] = "",
) -> None:
    """Make a study folder with settings, a codebook and records."""
    study = create_study(folder, source=source.value, codebook=codebook, title=title)
    codes = counted(len(study.codebook.codes), "code")
    say(f"Made {folder}: cothemes.toml, codebook.yaml ({codes}), prompts/.")
    if codebook is None and source is Template.COPRODUCTION:
        say(f"codebook.yaml is the shipped one, {shown_text(study.codebook.title or study.codebook.id)}.")
        say("Write your own codes into it, or begin with an empty one: cothemes init DIR --from blank")
    elif codebook is None:
        say("codebook.yaml holds one code to show the layout: write yours into it first.")
    typed(f"Next: cothemes -C {folder} run FILES_OR_FOLDERS")
