"""A reviewer's queue and the state of a passage, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.app.review.readings import ReadingStage, ReviewQueue, WaitingPassage


def queue_lines(found: ReviewQueue) -> Iterator[Line]:
    """Yield the passages that wait, then how many there are."""
    if found.waiting:
        yield Table(
            ("passage", "arm", "state", "remarks"),
            [
                (
                    each.passage,
                    each.arm.value,
                    each.state.value,
                    "; ".join(_remarks(each)),
                )
                for each in found.waiting
            ],
        )
    if found.not_listed:
        yield f"… and {found.not_listed} more (--limit 0 shows all)"
    waiting = len(found.waiting) + found.not_listed
    yield f"{counted(waiting, 'waits', 'wait')} for {found.reviewer}, {found.done} of {found.total} done."
    if found.held:
        yield f"{found.held} more are coded blind and locked; they come back once a coder has coded them."
    if found.aside:
        are = (
            "belongs to an earlier cut of its document and is"
            if found.aside == 1
            else "belong to earlier cuts and are"
        )
        yield f"{counted(found.aside, 'more passage')} {are} not in the queue."


def _remarks(each: WaitingPassage) -> Iterator[str]:
    if each.put_forward is not None:
        yield "put forward"
    if each.flagged:
        yield "flagged"
    yield from each.remarks


def state_line(codes: Iterable[str], state: ReadingStage) -> str:
    """Return what holds now, so that nobody has to look it up after an act."""
    return f"codes now: {', '.join(codes) or 'none'}; {state.value}"
