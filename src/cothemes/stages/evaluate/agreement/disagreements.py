"""The units on whose codes raters differ, to be read and talked over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cothemes.records.rating_table import RatingTable
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import Cells


class DisputedCode(Record):
    """Raters who applied a code to a unit, and those who did not."""

    code: str
    applied: tuple[str, ...]
    not_applied: tuple[str, ...]


class Disagreement(Record):
    """A unit on whose codes the raters differ."""

    unit: str
    document: str
    text: str | None
    """None where only ratings are at hand."""
    codes: tuple[DisputedCode, ...]


def disagreements(
    table: RatingTable,
    cells: Cells,
    raters: Mapping[int, str],
    texts: Mapping[str, str],
    most: int,
) -> tuple[tuple[Disagreement, ...], int]:
    """The `most` units with the most codes in dispute, and how many units have any. Ties in the table's
    order."""
    disputed = np.zeros(len(cells.units), dtype=np.intp)
    for block in cells.blocks():
        counts = cells.counts(block)
        disputed += ((counts.ones > 0) & (counts.zeros > 0)).sum(axis=1)
    chosen = np.argsort(-disputed, kind="stable")[: min(most, int((disputed > 0).sum()))]
    return tuple(_of(table, cells, place, raters, texts) for place in chosen.tolist()), int(
        (disputed > 0).sum()
    )


def _of(
    table: RatingTable, cells: Cells, place: int, raters: Mapping[int, str], texts: Mapping[str, str]
) -> Disagreement:
    here = np.flatnonzero(cells.unit == place)
    answers = cells.answers[here]
    names = [raters[int(rater)] for rater in cells.rater[here]]
    unit = table.units[int(cells.units[place])]
    return Disagreement(
        unit=unit,
        document=table.docs[int(cells.document[place])],
        text=texts.get(unit),
        codes=tuple(
            DisputedCode(
                code=table.codes[code],
                applied=_who(names, answers[:, code], 1),
                not_applied=_who(names, answers[:, code], 0),
            )
            for code in np.flatnonzero((answers == 1).any(axis=0) & (answers == 0).any(axis=0)).tolist()
        ),
    )


def _who(names: Sequence[str], answers: np.ndarray, value: int) -> tuple[str, ...]:
    return tuple(name for name, answer in zip(names, answers.tolist(), strict=True) if answer == value)
