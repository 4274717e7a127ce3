"""Candidates for new codes, for a terminal: in heaps of similar passages, or one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import counted, shown_text
from cothemes.stages.exchange.quotes import shortened

if TYPE_CHECKING:
    from cothemes.app.codebook.candidates import CandidateList, ClusterList, ClusterMember

SHOWN = 3
"""Members of a heap that are printed if not all are asked for."""


def cluster_lines(found: ClusterList, *, every: bool, ids: ShortIds = WHOLE) -> Iterator[str]:
    """Yield the heaps with their members, all of them if `every`, then what can be done with a heap."""
    for heap in found.heaps:
        people = len({member.by for member in heap.members if member.person})
        by = f", noted by {people} {'person' if people == 1 else 'people'}" if people else ""
        passages, interviews = counted(len(heap.passages), "passage"), counted(heap.interviews, "interview")
        yield f"{heap.heap}  {passages}, {interviews}{by}"
        members = heap.members if every else heap.members[:SHOWN]
        for member in members:
            yield from _member_lines(member, ids)
        if left := len(heap.members) - len(members):
            yield f"   and {left} more: --all"
    settled = f"; {found.settled} adopted or dismissed before" if found.settled else ""
    if not found.heaps:
        yield f"Nothing open{settled}."
        return
    yield ""
    candidates = counted(sum(len(heap.members) for heap in found.heaps), "candidate")
    yield f"{candidates} in {counted(len(found.heaps), 'group')}{settled}. Their labels are no codes yet."
    yield "Adopt as a code:  cothemes codebook adopt GROUP --id ID --label … --definition …"
    yield "Dismiss:          cothemes codebook dismiss GROUP --reason …"
    if found.waiting_blind:
        waiting = ", ".join(f"{name} {count}" for name, count in found.waiting_blind.items())
        yield hanging(
            f"Still to be read blind, of these passages: {waiting}. Who has seen this list reads them "
            "blind no more: wait, or let another person decide.",
            0,
        )


def candidate_lines(found: CandidateList, ids: ShortIds = WHOLE) -> Iterator[str]:
    """Yield models' candidates one by one."""
    for one in found.root:
        yield shown_text(hanging(f"{one.label}  ({ids.passage(one.passage)}, {one.run})", 3))
        yield shown_text(hanging(f"when: {one.criterion}", 5, first="   "))
        for quote in one.quotes:
            yield shown_text(hanging(f"“{quote}”", 5, first="   "))
    yield f"{len(found.root)} candidates. A model's labels: a person decides whether one becomes a code."


def _member_lines(member: ClusterMember, ids: ShortIds) -> Iterator[str]:
    noted = "noted by" if member.person else "by"
    yield shown_text(
        hanging(f"{member.label}  ({ids.passage(member.passage)}, {noted} {member.by})", 5, first="   ")
    )
    if member.criterion:
        yield shown_text(hanging(f"when: {member.criterion}", 5))
    for quote in member.quotes:
        # A person's note brings the whole passage along; what a model quotes is shown whole.
        words = " ".join(quote.split())
        yield shown_text(hanging(f"“{shortened(words) if member.person else words}”", 5))
