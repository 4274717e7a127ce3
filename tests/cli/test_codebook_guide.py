"""Every command line of the page on codebooks is one that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import typer

from cothemes.cli import app


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that a line names, and what stands behind it."""
    found: Any = typer.main.get_command(app)
    while words and hasattr(found, "commands") and words[0] in found.commands:
        found, words = found.commands[words[0]], words[1:]
    return found, words


def test_commands_and_options_are_there(root: Path) -> None:
    page = (root / "docs" / "guide" / "codebook.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    cothemes (.+)$", page, re.MULTILINE)
    assert len(lines) > 15
    for line in lines:
        command, words = command_of(shlex.split(line))
        assert not hasattr(command, "commands"), line
        options = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_every_command_on_codebooks_is_explained(root: Path) -> None:
    page = (root / "docs" / "guide" / "codebook.md").read_text(encoding="utf-8")
    group, _ = command_of(["codebook"])
    for name in group.commands:
        assert f"cothemes codebook {name}" in page, name
