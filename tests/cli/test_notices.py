"""Notices on a terminal: broken between words, and never within what people copy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cothemes.cli.console import note, show_error
from cothemes.errors import UsageError
from cothemes.presentation.wrapping import wrapped

LONG = "Still to be coded blind: 12 passages, which are left out of every table here and in all exports. "


def test_a_notice_is_broken_between_words() -> None:
    assert wrapped("one two three", 8) == "one two\nthree"
    assert wrapped("  one two three", 10) == "  one two\n  three"
    assert wrapped("one\ntwo", 80) == "one\ntwo"


def test_a_command_and_a_path_stay_whole() -> None:
    command = "cothemes propose --coder offline --recode"
    assert wrapped(f"To learn from them: {command}. Nothing is paid for.", 45).split("\n") == [
        "To learn from them:",
        f"{command}.",
        "Nothing is paid for.",
    ]
    path = "/a/very/long/way/to/a/report.html"
    assert wrapped(f"Written: {path}", 20) == f"Written: {path}"
    assert wrapped("`cothemes adjudicate --list` lists what is open.", 30).split("\n") == [
        "`cothemes adjudicate --list`",
        "lists what is open.",
    ]


@given(st.text(alphabet="ab ", max_size=120), st.integers(min_value=4, max_value=40))
def test_no_word_is_lost_or_broken_and_only_a_long_word_passes_the_width(text: str, width: int) -> None:
    lines = wrapped(text.strip(), width).split("\n")
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= width or len(line.split(" ")[-1]) > width for line in lines)


def test_notices_and_errors_fit_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(Console, "is_terminal", True)
    monkeypatch.setenv("TERM", "xterm")
    note(LONG * 2)
    told = capsys.readouterr().err
    assert max(map(len, told.splitlines())) <= 60
    assert " ".join(told.split()) == " ".join((LONG * 2).split())
    show_error(UsageError(LONG.strip(), where="a/study", hint="Look: cothemes adjudicate --list --as cat."))
    told = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().err)
    assert told.startswith("error: a/study: Still to be coded")
    assert "  → Look: cothemes adjudicate --list --as cat." in told.splitlines()
    assert max(map(len, told.splitlines())) <= 60


def test_a_file_keeps_a_notice_on_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    note(LONG * 2)
    assert len(capsys.readouterr().err.splitlines()) == 1
