"""A rating: one unit, one rater, one code, once. What agreement reads."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from cothemes.records.record import Record

SEVERAL = ";"
"""Between the values of an attribute that takes several."""


class RaterKind(StrEnum):
    """Kinds of raters."""

    HUMAN = "human"
    MODEL = "model"
    CONSENSUS = "consensus"
    SYNTHETIC = "synthetic"


class Rating(Record):
    """A row of ratings.csv. An empty code says: rated, and no code applies."""

    unit: str
    doc: str
    rater: str
    kind: RaterKind
    code: str = ""
    value: int | None = None
    """1 applied, 0 considered and not applied; None where the table has no such column."""
    arm: str = ""
    round: str = ""
    run: str = ""
    codebook: str = ""
    cluster: str = ""
    """The participant, else the document."""
    start: int | None = None
    end: int | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    text_version: str = ""
    """The version of the document that the span was given on; empty: the present one."""
    stretches: tuple[tuple[int, int], ...] = Field(default=(), exclude=True)
    """The marked stretches, in the order of the text, where they are several; `start` to `end` then holds
    them all, and what lies between. It is not stored."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return every marked stretch, in code points of the unit's text; empty: none is marked."""
        if self.start is None or self.end is None:
            return ()
        return self.stretches or ((self.start, self.end),)
