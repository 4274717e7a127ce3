"""What a draw is asked for, and which passages take part in it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from cothemes.records.document import BlockKind, Role
from cothemes.records.passage import PassageOrHead
from cothemes.records.record import Record

REVEAL_FIRST = 50
"""So many passages of a reviewer begin with blind codes before suggestions are shown."""
MAIN_ROUND = "main"
FLOOR = 0.02
"""A passage with a smaller chance of a blind reading is left out of design-based estimates: its weight, one
divided by its chance, would carry them alone."""


class ServingOrder(StrEnum):
    """Orders in which a reviewer is served. None of them changes what is drawn."""

    DOCUMENT = "document"
    """Document by document, blind before the rest."""
    RANDOM = "random"
    """In drawn order throughout."""
    UNCERTAINTY = "uncertainty"
    """A share by the uncertainty of the suggestions, the rest in drawn order."""
    VALUE = "value"
    """A share by expected errors and likely positives of rare codes (`value`), the rest in drawn order."""


SHARE = 0.75
"""Share of the places put forward where a queue has such places and nothing else was said."""


class Design(Record):
    """The shares of a draw and where its chance comes from."""

    round: str = Field(default=MAIN_ROUND, min_length=1)
    overlap: float = Field(default=0.2, ge=0, le=1)
    """Share of passages that every reviewer codes, blind."""
    blind: float = Field(default=0.1, ge=0, le=1)
    """Share of the others that one reviewer codes blind."""
    seed: int = Field(default=1, ge=0)
    reveal_first: int = Field(default=REVEAL_FIRST, ge=0)
    priority: float = Field(default=0.0, ge=0, le=0.9)
    """Share of a queue that is put forward by score, beside the drawn order. 0: the usual share of the order,
    which is none in those of documents and of chance."""
    order: ServingOrder = ServingOrder.DOCUMENT

    @property
    def serving(self) -> ServingOrder:
        """Return the order that holds: a share alone means uncertainty."""
        share_alone = self.order is ServingOrder.DOCUMENT and self.priority > 0
        return ServingOrder.UNCERTAINTY if share_alone else self.order

    @property
    def forward(self) -> float:
        """Return the share of the places that are put forward."""
        if self.serving in (ServingOrder.DOCUMENT, ServingOrder.RANDOM):
            return 0.0
        return self.priority or SHARE

    def chance(self, overlap: float) -> float | None:
        """That a passage is given to anyone for a blind reading; None under the floor. `overlap` is the one
        that holds: 0 for one reviewer alone."""
        chance = overlap + (1 - overlap) * self.blind
        return chance if chance >= FLOOR else None


def codable(passage: PassageOrHead) -> bool:
    """Return whether people are asked about it: not where the interviewer or an announcer speaks, and no
    heading.
    """
    return passage.role not in (Role.INTERVIEWER, Role.OTHER) and passage.kind is not BlockKind.HEADING
