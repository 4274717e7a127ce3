"""Reviewed passages that are shown to a model with a new one. Off by default: not shown to help.

Taken are passages of other documents only, never of documents that test coders; those decided blind before
those decided with suggestions in view; among them the most alike. At least one holds a code that people
turned down, and without such a one none is shown: examples that only ever say yes teach to say yes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Example:
    """A reviewed passage."""

    passage: str
    document: str
    text: str
    applies: tuple[str, ...]
    turned_down: tuple[str, ...]
    """Codes that a coder proposed here and people did not give."""
    blind: bool
    """True if the decisions were made without suggestions in view."""
    vector: NDArray[np.float32]

    def shown(self, codes: Collection[str]) -> dict[str, Any]:
        """Return the example as data of a request, with those of these codes that were decided."""
        return {
            "text": self.text,
            "applies": [code for code in self.applies if code in codes],
            "does_not_apply": [code for code in self.turned_down if code in codes],
        }


def choose(
    pool: Sequence[Example],
    document: str,
    vector: NDArray[np.float32],
    count: int,
    held_out: Collection[str] = (),
) -> tuple[Example, ...]:
    """Up to `count` examples for a passage of `document`, the most alike last, next to the passage.

    Empty where `document` itself tests coders and where no example of a rejection is to be had.
    """
    if count < 1 or document in held_out:
        return ()
    open_to = [each for each in pool if each.document != document and each.document not in held_out]
    ranked = sorted(open_to, key=lambda each: (not each.blind, -float(each.vector @ vector), each.passage))
    chosen = ranked[:count]
    if not any(each.turned_down for each in chosen):
        rejection = next((each for each in ranked if each.turned_down), None)
        if rejection is None:
            return ()
        chosen = [*chosen[: count - 1], rejection]
    return tuple(sorted(chosen, key=lambda each: (float(each.vector @ vector), each.passage)))
