"""Every command line of these pages is one that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from cothemes.cli import app

PAGES = ("night", "confidential", "reading", "service", "other-programs")
_LINE = re.compile(r"cothemes (?:cothemes )?(?:-C \S+ )?([a-z].*)$")


def lines(page: Path) -> list[str]:
    return [
        found.group(1)
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith(("    ", "ExecStart=", "15 2 ")) and (found := _LINE.search(line))
    ]


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_are_there(root: Path, page: str) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    found = lines(root / "docs" / "guide" / f"{page}.md")
    assert len(found) > 5
    for line in found:
        name, *words = shlex.split(line, comments=True)
        command = commands[name]
        if words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words[0]]
        options = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_every_exit_code_is_explained(root: Path) -> None:
    night = (root / "docs" / "guide" / "night.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", night, re.MULTILINE) == ["0", "2", "3", "4", "5", "6", "130"]
