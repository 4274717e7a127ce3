"""What to know of gold and splits before reading a figure: who speaks, who coded, how many documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cothemes.records.suite import MAJORITY, Suite
from cothemes.stages.evaluate.coding.gold import Gold
from cothemes.stages.evaluate.coding.report import Row

FEW_DOCUMENTS = 10
"""Test documents under which an interval over documents is wide and uncertain."""
NAMED = 6
"""Speakers that are counted by name; the others together."""


def notes_of(suite: Suite, gold: Gold, rows: Sequence[Row]) -> tuple[str, ...]:
    """Plain sentences, the most weighty last."""
    notes = (_speakers(suite, gold), _missing(suite), _raters(suite, gold), _documents(rows))
    return tuple(note for note in notes if note)


def _missing(suite: Suite) -> str:
    told = [
        f"{rater} {len(rows)} (rows {', '.join(map(str, rows[:NAMED]))}{' …' if len(rows) > NAMED else ''})"
        for rater, rows in suite.not_rated.items()
    ]
    return f"labels such as NA are read as not rated: {', '.join(told)}." if told else ""


def _speakers(suite: Suite, gold: Gold) -> str:
    counts = Counter(passage.speaker or "nobody named" for passage in gold.passages)
    if suite.roles or len(counts) < 2:
        return ""
    most = counts.most_common()
    told = ", ".join(f"{speaker} {count}" for speaker, count in most[:NAMED])
    if rest := most[NAMED:]:
        told += f", {len(rest)} more {sum(count for _, count in rest)}"
    return f"speakers: {told}; all of them count, for the suite has no `roles`."


def _raters(suite: Suite, gold: Gold) -> str:
    if suite.gold != MAJORITY:
        return ""
    alone = [passage for passage in gold.passages if len(passage.labels) == 1]
    raters = sorted({rater for passage in gold.passages for rater in passage.labels})
    if len(raters) == 1:
        return f"gold is the majority of one rater: what {raters[0]} coded, and nobody to hold it against."
    if alone:
        return f"{len(alone)} of {len(gold.passages)} passages have one rater, who is the majority there."
    return ""


def _documents(rows: Sequence[Row]) -> str:
    fewest = min((row.documents for row in rows if row.documents is not None), default=FEW_DOCUMENTS)
    if fewest >= FEW_DOCUMENTS:
        return ""
    return (
        f"{fewest} {'document' if fewest == 1 else 'documents'} in the smallest test part: under "
        f"{FEW_DOCUMENTS} an interval over documents is wide and uncertain."
    )
