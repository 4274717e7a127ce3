"""What a model's tokens cost, by a dated table that people edit. What is not in it is unknown, not guessed.

Money is counted in billionths of the currency's unit, as whole numbers, so that sums are exact.
"""

from __future__ import annotations

import math
import re
from datetime import date
from urllib.parse import urlsplit

from pydantic import Field

from cothemes.records.record import Record

NANOS = 1_000_000_000
"""Billionths of one unit of a currency."""
_KEEPING = {"anthropic": 1.25}
"""Price of putting a token into its cache for five minutes, as a multiple of the plain price, by its own
page: a table that does not say must not make a budget too wide.
"""
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


class Price(Record):
    """Price of one model, per million tokens."""

    input: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)
    """Price of tokens that the provider read from its cache; as `input` where none is given."""
    cache_write: float | None = Field(default=None, ge=0)
    """Price of tokens that the provider puts into its cache, where it takes more for that; as `input` where
    none is given.
    """
    output: float = Field(ge=0)
    """Price of output; the model's hidden thinking counts as output."""
    batch: float | None = Field(default=None, ge=0, le=1)
    """The share of these prices that a request in a batch costs; None where it is not known."""
    currency: str = "USD"
    as_of: date | None = None
    """Date when the price was looked up."""
    source: str = ""
    """Place where it was looked up, in words."""
    hosts: tuple[str, ...] = ()
    """The price holds at these hosts alone; empty: wherever the model is reached."""

    @property
    def in_batch(self) -> Price:
        """The price of a request in a batch; the full one where nothing else is known."""
        share = 1.0 if self.batch is None else self.batch
        scaled = {
            name: None if value is None else value * share
            for name in ("input", "cached_input", "cache_write", "output")
            for value in (getattr(self, name),)
        }
        return self.model_copy(update=scaled)

    def cost(self, input_tokens: int, cached_tokens: int, output_tokens: int, written_tokens: int = 0) -> int:
        """Billionths. `input_tokens` include those that were read from a cache and those that were put into
        one; a part of a billionth counts as a whole one."""
        cached = min(cached_tokens, input_tokens)
        written = min(written_tokens, input_tokens - cached)
        reduced = self.input if self.cached_input is None else self.cached_input
        raised = self.input if self.cache_write is None else self.cache_write
        plain = input_tokens - cached - written
        millionths = plain * self.input + cached * reduced + written * raised + output_tokens * self.output
        return math.ceil(round(millionths * (NANOS / 1_000_000), 6))

    def at_most(self, input_tokens: int, output_tokens: int) -> int:
        """Billionths, whatever the provider's cache does."""
        dearer = self.cache_write is not None and self.cache_write > self.input
        return self.cost(input_tokens, 0, output_tokens, input_tokens if dearer else 0)


class PriceTable(Record):
    """Prices by `PROVIDER:NAME`; the first table that knows a model decides."""

    prices: dict[str, Price] = {}

    def find(self, model: str, endpoint: str) -> Price | None:
        """The price of a model at an endpoint; a dated snapshot costs what its family costs."""
        price = self.prices.get(model) or self.prices.get(_SNAPSHOT.sub("", model))
        more = _KEEPING.get(model.partition(":")[0])
        if price is not None and price.cache_write is None and more is not None:
            price = price.model_copy(update={"cache_write": price.input * more})
        if price is None or not price.hosts:
            return price
        try:
            parts = urlsplit(endpoint)
        except ValueError:
            return None
        return price if parts.scheme == "provider" or parts.hostname in price.hosts else None


def amount(nanos: int, currency: str) -> str:
    """Return the amount for people: two places, or as many as show the first two figures of a small
    amount.
    """
    value = nanos / NANOS
    places = 2 if value == 0 or value >= 1 else min(9, 1 - math.floor(math.log10(value)))
    return f"{value:,.{max(2, places)}f} {currency}".strip()
