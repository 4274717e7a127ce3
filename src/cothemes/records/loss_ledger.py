"""A ledger of what an exchange does not carry, filled while it works."""

from __future__ import annotations

from collections import defaultdict

from cothemes.records.project import Loss

_NAMED = 3


class LossLedger:
    """Counts things by kind and reason, and keeps the names of some."""

    def __init__(self) -> None:
        self._lost: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, what: str, why: str, *names: str, count: int | None = None) -> None:
        """Note things of one kind: one for each name, or `count` of them; 0 notes nothing."""
        number = len(names) if count is None else count
        if number:
            self._lost[what, why] += [*names[:number], *[""] * (number - len(names))]

    @property
    def losses(self) -> tuple[Loss, ...]:
        """The entries, in the order in which their kinds were first noted."""
        return tuple(
            Loss(
                what=what,
                count=len(names),
                why=why,
                examples=tuple(dict.fromkeys(filter(None, names)))[:_NAMED],
            )
            for (what, why), names in self._lost.items()
        )
