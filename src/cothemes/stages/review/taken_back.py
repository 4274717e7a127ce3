"""What an undo did, in words: which part of an act went, and which locked passage it could not touch."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.codebook import Codebook
from cothemes.records.review import Arm, Decision
from cothemes.stages.review.reading_state import ReadingState, live_backwards


def undone(taken: Decision, standing: ReadingState | None, before: Codebook, after: Codebook) -> str:
    """Return what went when `taken` was taken back, by the standing after it: where its code applies as
    before, only the attributes or the words went.

    `before`, `after`: what the person coded by. A draft whose only coding this was goes with it.
    """
    held = standing.coded.get(taken.code or "") if standing is not None else None
    if held is not None and held.action is taken.action:
        if held.attributes != taken.attributes:
            return f"attributes of {taken.code}"
        if held.spans != taken.spans:
            return f"words of {taken.code}"
    code = taken.code or ""
    went = (
        f"{before.by_id[code].label} and the code itself" if code in before.by_id.keys() - after.by_id else ""
    )
    return " ".join(part for part in (taken.action.value, code, went) if part)


def ruling_undone(taken: Settlement) -> str:
    """Return what went when a ruling was taken back."""
    if taken.ruling is Ruling.NOTE:
        return f"note on {taken.code}" if taken.code else "note"
    noted = ", with its note" if taken.note else ""
    return f"{taken.code} {'applies' if taken.ruling is Ruling.YES else 'does not apply'}{noted}"


def undo_told(passage: str, what: str, locked: str = "") -> str:
    """The words that every place says it in. `locked`: the passage whose blind codes were stepped over."""
    back = f"blind codes of {locked} are locked; back at {passage}, " if locked else ""
    return f"{back}undone: {what} on {passage}"


def stepped_over(
    decisions: Sequence[Decision], standings: Mapping[str, ReadingState], discussed: Container[str] = ()
) -> str:
    """The passage whose locked blind codes are the last thing said, so that an undo steps over them to what
    was said before; empty where the last act itself can be taken back."""
    for decision in live_backwards(decisions):
        if decision.implicit or decision.passage in discussed:
            continue
        standing = standings.get(decision.passage)
        locked = standing is not None and standing.locked and decision.arm is Arm.BLIND
        return decision.passage if locked else ""
    return ""
