"""When a run ends before its passages do: one reason, told once everything in flight has been kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from cothemes.errors import CothemesError, ModelFault, ServiceError
from cothemes.records.suggestion import Outcome, OutcomeState

FIRST = 50
"""Replies at the beginning of a run by which it is judged whether to go on."""
BAD_SHARE = 0.2

_GOOD = (OutcomeState.CODED, OutcomeState.SKIPPED)

INVENTED = "with invented quotes alone"
"""Counted as bad: the passage is coded, and no code of it is left."""
_QUOTES = (
    "Codes whose quotes are not in the passage are shown to nobody: a model that does not quote word "
    "for word costs money and brings nothing. Name another one, or try other words: cothemes doctor --model."
)
_FORM = (
    "Their reasons: `cothemes status`. A model that cannot keep to the form may do so with another prompt or "
    "a larger max_output_tokens."
)
_UNREACHED = {ModelFault.CONNECTION.value, ModelFault.TIMEOUT.value, ModelFault.SERVER.value}


class ModelChanged(ServiceError):
    """Another model answers than the one that the run began with."""


@dataclass
class Stop:
    """Rule that says whether a run is to end, and why."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    reason: CothemesError | None = None
    under_way: int = 0
    """Requests that left and have not been answered."""

    @property
    def ordered(self) -> bool:
        """Return whether no further call is to be made."""
        return self.event.is_set()

    def order(self, reason: CothemesError) -> None:
        """No further call; the first reason is the one that counts."""
        self.reason = self.reason or reason
        self.event.set()


@dataclass
class Watch:
    """Looks at what comes back, and orders the stop."""

    stop: Stop
    model: str = ""
    """The name that replies of this run have carried so far; empty before the first."""
    _seen: int = 0
    _bad: Counter[str] = field(default_factory=Counter)
    _said: str = ""
    """Message about the last passage without a reply: the status and the service's own words."""

    def fits(self, model: str) -> bool:
        """Return whether the reply comes from the model that the run began with; orders the stop where
        not.
        """
        if not model or model == self.model:
            return True
        if not self.model:
            self.model = model
            return True
        self.stop.order(
            ModelChanged(
                f"the service now answers as {model}; this run began with {self.model}",
                hint="Two models are two raters: the same command begins a new run for the passages that "
                "are left. Naming a dated snapshot in [model] name keeps a service from changing it.",
            )
        )
        return False

    def heed(self, outcome: Outcome, *, invented: bool = False) -> None:
        """Count an outcome; too many bad ones among the first end the run. `invented`: codes were proposed,
        and not one with a quote that stands in the passage; a reply that proposes nothing is a good one.
        """
        if outcome.state is OutcomeState.SKIPPED or self._seen >= FIRST:
            return
        self._seen += 1
        if invented:
            self._bad[INVENTED] += 1
        elif outcome.state not in _GOOD:
            self._bad[(outcome.fault or outcome.state).value] += 1
            self._said = outcome.detail.partition(": ")[2] or self._said
        if self._bad.total() > FIRST * BAD_SHARE:
            what = ", ".join(f"{count} {state}" for state, count in self._bad.most_common())
            if set(self._bad) <= _UNREACHED:
                self.stop.order(self._unreached(what))
                return
            self.stop.order(
                ServiceError(
                    f"{self._bad.total()} of the first {self._seen} passages got no usable reply ({what})",
                    hint="Nothing more was asked. " + (_QUOTES if INVENTED in self._bad else _FORM),
                )
            )

    def _unreached(self, what: str) -> ServiceError:
        """Only where connections were refused or cut off may the address be wrong."""
        kept = "Nothing more was asked, and nothing counts against the passages."
        if ModelFault.CONNECTION.value in self._bad:
            return ServiceError(
                f"the service cannot be reached, or hung up ({what})",
                hint=f"{kept} See that the service runs and that the address is right; the same command goes "
                "on from there.",
            )
        longer = " A longer `timeout` under [model] helps a slow one."
        return ServiceError(
            f"{self._said or 'the service failed'} ({what})",
            hint=f"{kept} The service is there and fails: try again later; the same command goes on."
            + (longer if ModelFault.TIMEOUT.value in self._bad else ""),
        )
