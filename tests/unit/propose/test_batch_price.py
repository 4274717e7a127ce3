"""What a request in a batch costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cothemes.adapters.prices_toml import load_prices
from cothemes.records.price import Price

MONEY = st.floats(min_value=0, max_value=1000)
TOKENS = st.integers(min_value=0, max_value=1_000_000)


def test_a_batch_at_half_the_price() -> None:
    price = Price(input=2.0, cached_input=0.5, output=8.0, batch=0.5).in_batch
    assert (price.input, price.cached_input, price.output) == (1.0, 0.25, 4.0)
    # 200 plain × 1 + 1,000 cached × .25 + 100 out × 4 = 850 millionths.
    assert price.cost(1200, 1000, 100) == 850_000


def test_without_a_share_the_full_price_counts() -> None:
    price = Price(input=2.0, output=8.0)
    assert price.in_batch == price


@given(MONEY, MONEY, st.floats(min_value=0, max_value=1), TOKENS, TOKENS)
def test_a_batch_never_costs_more(given_: float, back: float, share: float, into: int, out: int) -> None:
    price = Price(input=given_, output=back, batch=share)
    assert price.in_batch.cost(into, 0, out) <= price.cost(into, 0, out) + 1


def test_openais_models_are_on_record_at_half_the_price() -> None:
    prices = load_prices("", Path()).prices
    shares = {name.partition(":")[0]: price.batch for name, price in prices.items()}
    assert shares == {"openai": 0.5, "anthropic": None}


def test_a_share_above_one_is_no_share() -> None:
    with pytest.raises(ValidationError):
        Price(input=1, output=1, batch=50)
