"""What people taught the offline coder since it coded: unsaid, nobody would find that it learns."""

from __future__ import annotations

from cothemes.app.coders.coder import Proposer
from cothemes.app.study import Study
from cothemes.records.record import Record


class TaughtSince(Record):
    """The reviewed passages that the offline coder learned from, beside those it would learn from now."""

    fewest: int
    most: int
    """Reviewed passages that it knew when it coded; both are one number where all was coded alike."""
    now: int
    """Reviewed passages that it would learn from."""
    stale: int
    """Passages that stand coded under another codebook or other decisions than today's."""


def taught_since(study: Study, coder: Proposer) -> TaughtSince | None:
    """None for a coder that does not learn from the study's reviews, and where it has coded nothing."""
    if not coder.learns:
        return None
    stands: dict[str, tuple[int, str]] = {}
    for run in study.store.runs.all():
        if run.coder == coder.kind:
            known = run.details.get("reviewed", 0)
            taught = known if isinstance(known, int) else 0
            for outcome in study.store.runs.each_outcome(run.id):
                if outcome.final:
                    stands[outcome.passage] = (taught, run.configuration)
    if not stands:
        return None
    counts = [count for count, _ in stands.values()]
    return TaughtSince(
        fewest=min(counts),
        most=max(counts),
        now=coder.reviewed,
        stale=sum(under != coder.configuration for _, under in stands.values()),
    )
