"""The command line: the options that stand before a command. `commands.py` lists the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes import __version__
from cothemes.cli.group import Invocation, ProgramGroup

HELP = """Code interviews and policy texts. A coder suggests codes; people decide; agreement is measured.

Start with `cothemes demo`, or with your own study: `cothemes init DIR`, then `cothemes ingest FILES`.
"""

app = typer.Typer(
    cls=ProgramGroup,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    # A callback of its own: without a command, the body of `options` is never reached.
    if asked:
        typer.echo(__version__)
        raise typer.Exit()


@app.callback()
def options(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "-C",
            metavar="STUDY_DIR",
            help="Study folder. [default: the nearest one at or above the working folder]",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    context.obj = Invocation(folder=folder)
