"""The reference of commands and settings, made from their own words: `make docs`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from cothemes.cli import app
from cothemes.cli.field_words import field_words
from cothemes.cli.reports import schema_files
from cothemes.records.record import Record
from cothemes.settings import PREFIX, Settings

WIDTH = 100
HEAD = """# Commands

This page is generated from the program's help (`make docs`). Do not edit it by hand.

Exit codes: 0 done · 2 wrong usage · 3 bad input · 4 done in part · 5 budget reached · 6 a service failed for
good · 7 regression · 130 stopped by the user. With `--json`, a command that does not end with 0 also reports
how it ended, in the same document: `"ended": {"code": 5, "error": "…", "hint": "…"}`. The schema of each
document is in `json/`.
"""
SETTINGS_HEAD = """# Settings

These are the keys of `cothemes.toml`. The environment variable in the last column overrides the key. API
keys (`OPENAI_API_KEY` and the like) are read from the environment only. This page is generated (`make docs`).
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

    root = typer.main.get_command(app)
    parts = [HEAD, _section(("cothemes",), root)]
    parts += [_section(("cothemes", *path), command) for path, command in command_paths(root)]
    return "\n".join(parts)


def _section(path: tuple[str, ...], command: Any) -> str:
    context = command.make_context(
        " ".join(path), [], resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
    )
    return f"## {' '.join(path)}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def settings_reference() -> str:
    """Every key of cothemes.toml with its default and what it does, as Markdown."""
    parts = [SETTINGS_HEAD]
    sections = field_words(Settings)
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, Record)
        parts.append(f"## [{section}]\n\n{sections.get(section, '')}\n")
        keys = field_words(model)
        parts.append("| key | default | what it sets | environment variable |\n|---|---|---|---|")
        for key, inner in model.model_fields.items():
            name = f"{PREFIX}{section}_{key}".upper()
            words = " ".join(keys.get(key, "").split()).replace("|", "\\|")
            parts.append(f"| `{key}` | `{inner.default!r}` | {words} | `{name}` |")
        parts.append("")
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Write the pages and the JSON Schemas into the folder of the reference; schemas of no command go."""
    (folder / "commands.md").write_text(reference(), encoding="utf-8")
    (folder / "settings.md").write_text(settings_reference(), encoding="utf-8")
    schemas = folder / "json"
    schemas.mkdir(exist_ok=True)
    made = schema_files()
    for path in schemas.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (schemas / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path("docs/reference"))
