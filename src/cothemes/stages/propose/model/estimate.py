"""What a run will cost, told beforehand as a range: from what the ledger has seen, else from stated bounds.

What the provider counted goes before what a tokenizer would, since it adds words of its own around a request.
Sizes are bytes of whole requests, schema included. Nothing here is a promise: the budget is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cothemes.records.ledger import Tally
from cothemes.records.price import Price

ENOUGH = 20
"""Replies of the first stage from which a range can be drawn."""
SPREAD = 0.1
"""Factor by which the range extends to either side of what was seen."""
BYTES_PER_TOKEN = (5.0, 2.5)
"""Before anything was seen: English prose at best, a schema full of ids at worst."""
OUTPUT_TOKENS_PER_CODE = (8, 40)
"""Before anything was seen: a short no for every code, a full answer for one in four."""
SECOND_READINGS = (0.0, 2.0)
"""Calls of the critic per passage, before anything was seen; each about a quarter of a first call."""
_FIRST = "propose"


@dataclass(frozen=True)
class Range:
    """Low and high end."""

    low: float
    high: float

    def __mul__(self, factor: float) -> Range:
        return Range(self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Estimate:
    """Estimate of the calls ahead."""

    calls: int
    """Number of calls of the first stage."""
    all_calls: Range
    """Those of the critic and of repairs among them."""
    input_tokens: Range
    output_tokens: Range
    cost: Range | None
    """Billionths; None where no price is known."""
    currency: str
    seen: int
    """Replies it was drawn from; 0: from stated bounds."""
    counted: bool = False
    """True if a tokenizer counted the input, where no replies were seen."""
    request_bytes: float = 0.0
    """Bytes of a request of the first stage, on average."""


def enough(tallies: Sequence[Tally]) -> bool:
    """Return whether a range can be drawn from what was counted of a run."""
    return sum(tally.replied for tally in tallies if tally.stage == _FIRST) >= ENOUGH


def estimate(
    ahead: Sequence[int],
    scale: float,
    *,
    price: Price | None,
    codes: int,
    output_limit: int,
    critic: bool,
    tallies: Sequence[Tally] = (),
    known: Sequence[int] = (),
    bytes_per_token: float | None = None,
) -> Estimate:
    """`ahead`: sizes of some of the requests to come, which stand for `scale` times as many.

    `tallies` are those of this run so far, or of one like it; `known` the sizes of some of its requests.
    `bytes_per_token` is what a tokenizer made of a request; None where none is at hand.
    """
    calls = round(len(ahead) * scale)
    size = sum(ahead) * scale
    first = [tally for tally in tallies if tally.stage == _FIRST]
    replied = sum(tally.replied for tally in first)
    mean = sum(ahead) / max(1, len(ahead))
    if enough(tallies) and known:
        worth = size / (sum(known) / len(known))
        return replace(_from_seen(calls, worth, replied, tallies, first, price), request_bytes=mean)
    inputs = Range(size / BYTES_PER_TOKEN[0], size / BYTES_PER_TOKEN[1])
    if bytes_per_token is not None:
        inputs = Range(1 - SPREAD, 1 + SPREAD) * (size / bytes_per_token)
    low, high = (min(calls * codes * each, calls * output_limit) for each in OUTPUT_TOKENS_PER_CODE)
    again = [1 + share / 4 if critic else 1.0 for share in SECOND_READINGS]
    inputs = Range(inputs.low * again[0], inputs.high * again[1])
    outputs = Range(low * again[0], high * again[1])
    every = Range(calls, calls * (1 + SECOND_READINGS[1])) if critic else Range(calls, calls)
    cost = _priced(inputs, 0.0, outputs, price)
    return Estimate(
        calls, every, inputs, outputs, cost, _currency(price), 0,
        counted=bytes_per_token is not None, request_bytes=mean,
    )  # fmt: skip


def _from_seen(
    calls: int,
    worth: float,
    replied: int,
    tallies: Sequence[Tally],
    first: Sequence[Tally],
    price: Price | None,
) -> Estimate:
    """`worth`: to how many requests of the size seen those ahead amount, by input."""
    tokens_in = sum(tally.input_tokens for tally in first) / replied * worth
    tokens_out = sum(tally.output_tokens for tally in first) / replied * calls
    all_in, all_out = (
        sum(getattr(tally, name) for tally in tallies) / max(1, sum(getattr(tally, name) for tally in first))
        for name in ("input_tokens", "output_tokens")
    )
    cached = sum(tally.cached_tokens for tally in tallies) / max(1, sum(t.input_tokens for t in tallies))
    around = Range(1 - SPREAD, 1 + SPREAD)
    per_first = sum(tally.replied for tally in tallies) / replied
    every = Range(calls, calls) if per_first == 1 else around * (calls * per_first)
    inputs, outputs = around * (tokens_in * all_in), around * (tokens_out * all_out)
    return Estimate(
        calls, every, inputs, outputs, _priced(inputs, cached, outputs, price), _currency(price), replied
    )


def _priced(inputs: Range, cached: float, outputs: Range, price: Price | None) -> Range | None:
    if price is None:
        return None
    low, high = (
        price.cost(round(tokens), round(tokens * cached), round(out))
        for tokens, out in ((inputs.low, outputs.low), (inputs.high, outputs.high))
    )
    return Range(low, high)


def _currency(price: Price | None) -> str:
    return price.currency if price else ""
