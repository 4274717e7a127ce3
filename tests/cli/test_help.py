"""What the program says of itself before any command runs."""

from __future__ import annotations

import typer


def test_every_command_stands_under_one_heading_of_the_help() -> None:
    from cothemes.cli import app
    from cothemes.cli.group import SECTIONS

    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_no_line_of_the_help_is_cut_off_on_80_columns(cothemes) -> None:
    lines = cothemes.done("--help").splitlines()
    assert [line for line in lines[1:] if line.endswith("...") or len(line) > 80] == []
