"""The reference of commands, made from their own help: `python -m cothemes.cli.reference`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

WIDTH = 100
HEAD = """# Commands

Made from the help of the program (`make docs`); do not edit by hand. Exit codes: 0 done · 2 wrong usage ·
3 bad input · 4 done in part · 5 the budget was reached · 6 a service failed for good · 7 regression ·
130 stopped by the user.
"""


def command_paths(group: Any, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below a group, with the words that call it."""
    for name, command in group.commands.items():
        if getattr(command, "commands", None):
            yield from command_paths(command, (*prefix, name))
        else:
            yield (*prefix, name), command


def reference() -> str:
    """The whole page as Markdown."""
    os.environ["COLUMNS"] = str(WIDTH)
    os.environ["TERMINAL_WIDTH"] = str(WIDTH)
    import typer

    from cothemes.cli import app

    root = typer.main.get_command(app)
    parts = [HEAD, _section(("cothemes",), root)]
    parts += [_section(("cothemes", *path), command) for path, command in command_paths(root)]
    return "\n".join(parts)


def _section(path: tuple[str, ...], command: Any) -> str:
    context = command.make_context(
        " ".join(path), [], resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
    )
    return f"## {' '.join(path)}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
