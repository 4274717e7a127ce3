"""What commands print: tables and words for people, one JSON document for programs.

Results go to stdout, all else to stderr, so that `--json` leaves stdout to the document.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cothemes.errors import CodebookError, CothemesError
from cothemes.presentation.ids import WHOLE, ShortIds, as_read
from cothemes.presentation.lines import Line, Paragraph, Table, Unbroken
from cothemes.presentation.tables import laid_out
from cothemes.presentation.wrapping import wrapped
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from cothemes.ports import Progress

MAX_PROBLEMS = 40
PARAGRAPH = 80
"""Columns of a paragraph, however wide the screen."""
NAMES_REPLACED = (
    "Pseudonyms replace the names that the study knows; --show-originals keeps the names. What identifies\n"
    "people otherwise is still there: read it before you pass it on."
)


_former: ContextVar[Mapping[str, str]] = ContextVar("former", default=MappingProxyType({}))


def read_as(former: Mapping[str, str]) -> None:
    """Print these ids, which only records and programs know, as people read them from now on."""
    _former.set(former)


def _read(text: str) -> str:
    read = as_read(text, _former.get())
    return text if read is text else type(text)(read)


def stdout() -> Console:
    """Return the console for results. Markup in data is never interpreted: pass Text or use markup=False."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, markup=False, emoji=False)


class _Unheard:
    """A stream whose reader may be gone, or whose disk is full: that ends no work."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def stderr() -> Console:
    """Return the console for everything else. Where nobody hears it, nothing is raised."""
    from rich.console import Console

    heard: Any = _Unheard(sys.stderr) if sys.stderr is not None else None
    return Console(file=heard, stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def no_one_reads() -> None:
    """Stdout is closed or its disk is full: what else is printed goes nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def whoever_reads() -> Iterator[None]:
    """Around what is printed of finished work: that nobody can read it does not change how it ended."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, SystemExit):
        # The second is what rich makes of the first.
        no_one_reads()


_held: ContextVar[list[Any] | None] = ContextVar("document", default=None)


@contextmanager
def one_document() -> Iterator[list[Any]]:
    """Within it the document of a `--json` call waits, so that how the call ended can be put into it."""
    held: list[Any] = []
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


def emit(report: BaseModel) -> None:
    """Print a report as the one JSON document of a `--json` call."""
    emit_json(report.model_dump(mode="json"))


def emit_json(document: Any) -> None:
    """The one JSON document of a `--json` call."""
    held = _held.get()
    if held is None:
        write_json(document)
    else:
        held.append(document)


def write_json(document: Any) -> None:
    """Write it to stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    sys.stdout.write("\n")


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: Sequence[int] = (),
    title: str = "",
    ids: ShortIds = WHOLE,
) -> None:
    """Print a plain table; columns in `right` are aligned right."""
    show_table(Table(columns, rows, right, title), ids)


def show_table(table: Table, ids: ShortIds = WHOLE) -> None:
    """Print a table. Where the screen is too narrow, ids are shortened or a row takes several lines."""
    console = stdout()
    if _former.get():
        rows = [[_read(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows]
        table = replace(table, rows=rows)
    found = laid_out(table, console.width, ids)
    if isinstance(found, list):
        for line in found:
            console.print(line, soft_wrap=True)
    else:
        console.print(found)


def say(text: str) -> None:
    """A line of the result."""
    stdout().print(_read(text))


def say_lines(lines: Iterable[Line], ids: ShortIds = WHOLE) -> None:
    """Print lines of the result as they come. Ids are shortened in tables that are too wide."""
    for line in lines:
        if isinstance(line, Table):
            show_table(line, ids)
        elif isinstance(line, Paragraph):
            _print_paragraph(line)
        elif isinstance(line, Unbroken):
            typed(line)
        else:
            stdout().print(_read(line) if isinstance(line, str) else line)


def _print_paragraph(paragraph: Paragraph) -> None:
    from rich.text import Text

    console = stdout()
    given, indent = paragraph.text, paragraph.indent
    text = Text(shown_text(given), style=paragraph.style) if isinstance(given, str) else given
    if not text:
        console.print()
        return
    for line in text.wrap(console, max(min(PARAGRAPH, console.width) - indent, 10)):
        line.rstrip()
        console.print(Text(" " * indent if line else "").append_text(line), soft_wrap=True)


def typed(text: str) -> None:
    """A line of the result that people copy: never broken, whatever the width."""
    stdout().print(_read(text), soft_wrap=True)


def note(text: str) -> None:
    """A line about the result, for people; on a terminal, broken between words."""
    console = stderr()
    console.print(_for(console, text))


def _for(console: Console, text: str) -> str:
    """Broken to the terminal's width where someone looks; as it is for a file or a program."""
    return wrapped(text, console.width) if console.is_terminal else text


def show_error(error: CothemesError) -> None:
    """Print what is wrong, where, and what to do."""
    console = stderr()
    problems = error.problems if isinstance(error, CodebookError) else ()
    # The error's own words are those of the first problem, which stands in the list.
    listed = f"{len(problems)} problems in {error.where.rpartition(':')[0] or 'the codebook'}"
    head = "error:"
    console.print(head, style="bold red", end="")
    told = _for(console, f"{head} {listed if len(problems) > 1 else error}")
    console.print(told.removeprefix(head))
    if len(problems) < 2:
        return
    for problem in problems[:MAX_PROBLEMS]:
        console.print(_for(console, str(problem)))
    if len(problems) > MAX_PROBLEMS:
        console.print(f"… and {len(problems) - MAX_PROBLEMS} more")


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr where a person looks; silence elsewhere and for short work."""
    console = stderr()
    if quiet or total <= 1 or not console.is_terminal:
        yield lambda _count: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)
