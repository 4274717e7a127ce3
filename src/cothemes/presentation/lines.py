"""What a renderer yields: lines, paragraphs and tables as plain values. The console prints
them at its width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.padding import Padding
from rich.text import Text


class Unbroken(str):
    """A line that people copy: never broken, whatever the width."""

    __slots__ = ()


@dataclass(frozen=True)
class Paragraph:
    """Words wrapped to at most 80 columns, as a review prompt prints them; empty words are an empty line."""

    text: str | Text
    indent: int = 0
    style: str = ""


@dataclass(frozen=True)
class Table:
    """A table for a terminal."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    right: Sequence[int] = ()
    """Columns that are aligned right."""
    title: str = ""


Line = str | Text | Padding | Paragraph | Table
