"""Something wrong with an input, placed so that a person can go there."""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.record import Record


class Severity(StrEnum):
    """Severities: whether the command can go on."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Record):
    """A problem: what is wrong, where, and what to do."""

    severity: Severity
    message: str
    path: str = ""
    line: int | None = None
    hint: str = ""

    def __str__(self) -> str:
        place = (
            f"{self.path}:{self.line}: " if self.line is not None else f"{self.path}: " if self.path else ""
        )
        return f"{place}{self.severity.value}: {self.message}" + (f"\n  → {self.hint}" if self.hint else "")
