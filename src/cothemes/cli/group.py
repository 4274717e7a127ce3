"""The edge of the program: where errors become words and exit codes."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cothemes.cli.commands import SECTIONS, LazyCommands
from cothemes.cli.console import no_one_reads, note, one_document, show_error, write_json
from cothemes.errors import CothemesError, InputError, Stopped

UNEXPECTED = 1


@dataclass(frozen=True)
class Invocation:
    """The options that stand before the command."""

    folder: Path | None
    """Folder that -C named."""


class EdgeGroup(TyperGroup):
    """Runs a command and turns what it raises into its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; with --json its one document holds also how it ended."""
        if "--json" not in [*ctx._protected_args, *ctx.args]:
            return self._invoke(ctx)
        ended: dict[str, Any] | None = None
        with one_document() as held:
            try:
                return self._invoke(ctx)
            except TyperException as error:
                ended = {"code": error.exit_code, "error": error.format_message(), "hint": ""}
                raise
            except _Ended as error:
                ended = error.ended
                raise
            finally:
                # A list, or what a command says of its own end, stands as it is.
                document = held[0] if held else {} if ended else None
                if ended and isinstance(document, dict):
                    document = {**document, "ended": ended}
                if document is not None:
                    try:
                        write_json(document)
                        sys.stdout.flush()
                    except OSError:
                        no_one_reads()

    def _invoke(self, ctx: Any) -> Any:
        """The one place with a broad except."""
        try:
            return super().invoke(ctx)
        except TyperException as error:
            # The library's checks of a value put these words before their own.
            error.message = error.message.removeprefix("Value error, ")
            raise
        except (typer.Exit, typer.Abort):
            raise
        except CothemesError as error:
            _end(error)
        except KeyboardInterrupt:
            _end(Stopped("stopped", hint="What was done is kept; the same command goes on from there."))
        except BrokenPipeError:
            no_one_reads()
            raise typer.Exit(0) from None
        except Exception as error:  # noqa: BLE001
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                no_one_reads()
                _end(
                    InputError(
                        "the disk is full: what was printed or written is not complete",
                        hint="Make room on the disk, then run this again.",
                    )
                )
            if os.environ.get("COTHEMES_DEBUG"):
                traceback.print_exc()
            what = f"an unexpected {type(error).__name__} inside cothemes; what was stored is kept"
            hint = "Run it with COTHEMES_DEBUG=1 and report the traceback, once it contains no name."
            note(f"error: {what}.")
            note(f"  → {hint}")
            raise _Ended(UNEXPECTED, what, hint) from None


class ProgramGroup(EdgeGroup):
    """The program's own commands, imported when one is needed and listed by what they are for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyCommands()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """List the commands under their headings, from their summaries alone."""
        widest = max(map(len, self.commands))
        for heading, entries in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(entry.name.ljust(widest), f"{entry.summary}.") for entry in entries])


def _end(error: CothemesError) -> None:
    show_error(error)
    said = f"{error.where}: {error.message}" if error.where else error.message
    raise _Ended(error.exit_code, said, error.hint) from None


class _Ended(typer.Exit):
    """The end of the process, with what a program is told of it."""

    def __init__(self, code: int, error: str, hint: str) -> None:
        super().__init__(code)
        self.ended = {"code": code, "error": error, "hint": hint}
