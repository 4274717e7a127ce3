"""A document as every convention sees it: its lines and the people whom the source names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from cothemes.stages.ingest.conventions.labels import Mark, mark_of, time_only
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.voices import Cast

_ENDS = re.compile(r"[.?!…:。！？”\"')\]]\s*$")


@dataclass(frozen=True)
class Page:
    """Lines in order and the cast. Lines are named by their index."""

    rows: list[Row]
    cast: Cast

    @cached_property
    def spoken(self) -> tuple[int, ...]:
        """Lines that may open or continue a turn."""
        return tuple(at for at, row in enumerate(self.rows) if row.style in SPOKEN_STYLES and not row.blank)

    @cached_property
    def possible(self) -> dict[int, Mark]:
        """Line → the label that it could open with, by its shape alone: a colon, a bold name, a time."""
        return {at: mark for at in self.spoken if (mark := mark_of(self.rows[at].text)) is not None}

    @cached_property
    def clocks(self) -> dict[int, str]:
        """Line → time, for lines that hold nothing else."""
        return {at: time for at in self.spoken if (time := time_only(self.rows[at].text))}

    def starts_line(self, at: int) -> bool:
        """Return whether a line begins a paragraph, or follows a sentence that has ended."""
        if begins_paragraph(self.rows, at):
            return True
        before = self.rows[at - 1]
        return self.rows[at].line.glue != " " and (at - 1 in self.clocks or bool(_ENDS.search(before.text)))

    def next_spoken(self, at: int) -> int | None:
        """Return the next line with words, blank ones apart; None where a heading or the end follows."""
        for after in range(at + 1, min(at + 6, len(self.rows))):
            row = self.rows[after]
            if not row.blank:
                return after if row.style in SPOKEN_STYLES else None
        return None
