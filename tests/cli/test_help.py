"""What the program says of itself before any command runs."""

from __future__ import annotations

import pytest

from cothemes.cli.commands import SECTIONS, Entry, LazyCommands


@pytest.mark.parametrize(
    "entry", [entry for entries in SECTIONS.values() for entry in entries], ids=lambda entry: entry.name
)
def test_a_summary_is_the_first_sentence_of_the_command_s_help(entry: Entry) -> None:
    command = LazyCommands()[entry.name]
    first, _, _ = command.help.split("\n")[0].partition(". ")
    assert entry.summary == first.removesuffix(".")
    assert command.name == entry.name


def test_no_line_of_the_help_is_cut_off_on_80_columns(cothemes) -> None:
    lines = cothemes.done("--help").splitlines()
    assert [line for line in lines[1:] if line.endswith("...") or len(line) > 80] == []
