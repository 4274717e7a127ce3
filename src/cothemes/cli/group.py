"""The edge of the program: where errors become words and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cothemes.errors import CothemesError, Stopped

UNEXPECTED = 1
SECTIONS = {
    "Begin": ("init", "demo", "doctor", "status"),
    "From files to suggestions": (
        "run", "ingest", "index", "deidentify", "forget", "propose", "costs", "cancel",
    ),
    "People": ("reviewers", "route", "review", "queue", "decide", "done", "undo", "adjudicate", "pack"),
    "Look up": ("search", "codings", "quotes", "show", "matrix", "memo"),
    "The codebook": ("codebook",),
    "Figures": ("agreement", "disagreements", "anchoring", "prevalence", "evaluate", "stability"),
    "In and out": ("import", "export", "report"),
}  # fmt: skip
"""The commands as the help lists them: in the order in which a study needs them."""


class EdgeGroup(TyperGroup):
    """Lists commands by what they are for; runs one and turns what it raises into its exit code."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """The commands under their headings."""
        widest = max(map(len, self.commands))
        room = formatter.width - widest - 4
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (n.ljust(widest), self.commands[n].get_short_help_str(room))
                        for n in names
                        if n in self.commands
                    ]
                )

    def invoke(self, ctx: Any) -> Any:
        """The one place with a broad except."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort):
            raise
        except CothemesError as error:
            _end(error)
        except KeyboardInterrupt:
            _end(Stopped("stopped", hint="What was done is kept; the same command goes on from there."))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:  # noqa: BLE001
            from cothemes.cli.console import note

            if os.environ.get("COTHEMES_DEBUG"):
                traceback.print_exc()
            note(f"error: an unexpected {type(error).__name__} inside cothemes; what was stored is kept.")
            note("  → Run it with COTHEMES_DEBUG=1 and report the traceback, once no name stands in it.")
            raise typer.Exit(UNEXPECTED) from None


def _end(error: CothemesError) -> None:
    from cothemes.cli.console import show_error

    show_error(error)
    raise typer.Exit(error.exit_code) from None
