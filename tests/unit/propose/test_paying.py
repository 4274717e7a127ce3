"""Prices, pace and the shared commit: sums shown, order kept, nobody waits for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.ledger import MemoryLedger

from cothemes.adapters.prices_toml import load_prices
from cothemes.app.runs.bookkeeping import Bookkeeper
from cothemes.app.runs.call_policy import how_to_price
from cothemes.app.runs.limiter import Limiter
from cothemes.errors import InputError, SettingsError
from cothemes.records.ledger import Cap, Entered, EntryState, Scope
from cothemes.records.price import Price, PriceTable, amount
from cothemes.records.record import canonical_json, content_hash
from cothemes.records.run import Call, CallState
from cothemes.stages.propose.model.paying import worst_case
from cothemes.stages.propose.model.request import Requests, abridged

PRICE = Price(input=0.40, cached_input=0.10, output=1.60, currency="USD")


def call(key: str, **fields: object) -> Call:
    return Call.model_validate(
        {
            "key": key, "run": "r1", "passage": "p", "stage": "propose", "endpoint": "e", "request": "{}",
            "state": CallState.INTENDED, "intended_at": datetime(2026, 11, 22, tzinfo=UTC), **fields,
        }
    )  # fmt: skip


def test_a_reply_costs_what_its_tokens_cost() -> None:
    # 2,000 fresh × 0.40 + 8,000 cached × 0.10 + 500 out × 1.60 = 800 + 800 + 800 millionths of a dollar
    assert PRICE.cost(10_000, 8_000, 500) == 2_400_000
    assert PRICE.cost(0, 0, 0) == 0
    # without a price for cached tokens they cost what fresh ones do: 10,000 × 0.40 + 500 × 1.60 = 4,800
    assert PRICE.model_copy(update={"cached_input": None}).cost(10_000, 8_000, 500) == 4_800_000
    assert amount(2_400_000, "USD") == "0.0024 USD"
    assert amount(12_345_600_000, "USD") == "12.35 USD"


def test_what_is_put_into_a_cache_has_its_price_and_is_reserved_at_it() -> None:
    keeping = Price(input=3.0, cached_input=0.3, cache_write=3.75, output=15.0, currency="USD")
    # 100 plain × 3.00 + 2,000 written × 3.75 + 80 out × 15 = 300 + 7,500 + 1,200 millionths
    assert keeping.cost(2_100, 0, 80, 2_000) == 9_000_000
    # 100 plain × 3.00 + 2,000 read × 0.30 + 80 out × 15 = 300 + 600 + 1,200
    assert keeping.cost(2_100, 2_000, 80) == 2_100_000
    # at most 2,100 × 3.75 + 80 × 15 = 7,875 + 1,200, in a batch at half price the half of it
    assert keeping.at_most(2_100, 80) == 9_075_000
    assert keeping.model_copy(update={"batch": 0.5}).in_batch.at_most(2_100, 80) == 4_537_500
    assert PRICE.at_most(10_000, 500) == PRICE.cost(10_000, 0, 500)
    table = PriceTable(prices={"anthropic:claude-x": Price(input=3.0, output=15.0)})
    found = table.find("anthropic:claude-x", "https://api.anthropic.com")
    assert found is not None
    assert found.cache_write == 3.75, "by the provider's rule, where the table does not say"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**6))
def test_no_cost_is_above_what_was_reserved(tokens: int, cached: int, out: int, written: int) -> None:
    for write in (None, 0.2, 0.5):
        price = PRICE.model_copy(update={"cache_write": write})
        assert price.cost(tokens, cached, out, written) <= price.at_most(tokens, out)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_a_cost_is_never_below_nothing_and_cached_tokens_never_dearer(
    tokens: int, cached: int, out: int
) -> None:
    assert 0 <= PRICE.cost(tokens, cached, out) <= PRICE.cost(tokens, 0, out)


def test_a_snapshot_costs_what_its_family_does_and_only_at_home(tmp_path: Path) -> None:
    table = load_prices("", tmp_path)
    home = "https://api.openai.com/v1/chat/completions"
    mini = table.find("openai:gpt-4.1-mini", home)
    assert mini is not None
    assert mini.as_of is not None
    assert mini.source
    assert table.find("openai:gpt-4.1-mini-2025-04-14", home) == mini
    assert table.find("openai:gpt-4.1-mini", "http://127.0.0.1:8080/v1") is None
    assert table.find("openai:gpt-4.1-micro", home) is None


def test_a_studys_own_price_goes_first(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[models."openai:gpt-4.1-mini"]\ninput = 9\noutput = 9\n')
    found = load_prices("own.toml", tmp_path).find("openai:gpt-4.1-mini", "http://anywhere")
    assert found is not None
    assert found.input == 9
    assert load_prices({"x:y": PRICE}, tmp_path).find("x:y", "") == PRICE
    assert PriceTable().find("x:y", "") is None


@pytest.mark.parametrize(
    "text", ["a =", "[prices]", '[models."a:b"]\ninput = -1\noutput = 1', "[models]\na=1"]
)
def test_a_broken_table_of_prices_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"own\.toml"):
        load_prices("own.toml", tmp_path)
    with pytest.raises(SettingsError):
        load_prices("missing.toml", tmp_path)


def test_a_misspelt_key_is_named_with_the_near_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[models."a:b"]\ninput = 1\nouput = 2\n')
    with pytest.raises(SettingsError, match="a:b: `ouput` is no key of a price") as caught:
        load_prices("own.toml", tmp_path)
    assert caught.value.hint == "Did you mean `output`?"
    (tmp_path / "own.toml").write_text('[models."a:b"]\ninput = 1\noutput = 2\nzzz = 1\n')
    with pytest.raises(SettingsError, match="`zzz`") as caught:
        load_prices("own.toml", tmp_path)
    assert "cached_input" in caught.value.hint
    (tmp_path / "own.toml").write_text('[models."a:b"]\ninput = 1\n')
    with pytest.raises(SettingsError, match="a:b: output: Field required"):
        load_prices("own.toml", tmp_path)


@pytest.mark.parametrize("model", ["openai:gpt-4.1", 'ollama:a "b" \\ ü'])
def test_what_a_missing_price_says_to_write_can_be_pasted(tmp_path: Path, model: str) -> None:
    lines = how_to_price(model).split("\n\n")
    (tmp_path / "own.toml").write_text(lines[1], encoding="utf-8")
    assert load_prices("own.toml", tmp_path).prices[model].output == 1.6
    assert lines[3] == 'prices = "prices.toml"'


def _example() -> str:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "files.md").read_text("utf-8")
    return page.partition("## prices.toml")[2].partition("```toml\n")[2].partition("```")[0]


def test_the_example_of_the_reference_works_and_every_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(_example(), encoding="utf-8")
    found = load_prices("prices.toml", tmp_path)
    deployed = found.find("azure_openai:our-deployment", "https://our-resource.openai.azure.com/x")
    assert deployed is not None
    # 1,000 plain × 0.50 + 9,000 cached × 0.12 + 100 out × 2 = 500 + 1,080 + 200 millionths; half in a batch.
    assert deployed.cost(10_000, 9_000, 100) == 1_780_000
    assert deployed.in_batch.cost(10_000, 9_000, 100) == 890_000
    assert found.find("azure_openai:our-deployment", "https://elsewhere.example/x") is None
    own = found.find("ollama:llama3.1", "http://127.0.0.1:11434")
    assert own is not None
    assert own.cost(10_000, 0, 100) == 0
    assert own.currency == "EUR"
    page = (Path(__file__).parents[3] / "docs" / "reference" / "files.md").read_text("utf-8")
    told = page.partition("## prices.toml")[2].partition("\n## ")[0]
    assert [key for key in Price.model_fields if f"| `{key}` |" not in told] == []


def test_a_request_is_keyed_by_its_whole_body_and_its_worst_case_is_its_bytes() -> None:
    body = {
        "model": "m", "max_completion_tokens": 100,
        "messages": [{"role": "system", "content": "é"}, {"role": "user", "content": "u"}],
        "response_format": {"type": "json_schema", "json_schema": {"schema": {"b": 1, "a": [2]}}},
    }  # fmt: skip
    request = Requests().of(body)
    assert request.text == canonical_json(body)
    assert request.size == len(canonical_json(body).encode())
    assert request.key("e", "propose", 0) == content_hash(["e", body, "propose", 0])
    assert request.key("e", "propose", 0, 2) == content_hash(["e", body, "propose", 0, 2])
    # bytes + 200 at 0.40 and 100 tokens at 1.60 per million
    assert worst_case(PRICE, request) == (request.size + 200) * 400 + 160_000
    assert worst_case(None, request) == 0


def test_the_pace_is_shared_and_a_pause_is_for_all() -> None:
    now = [0.0]
    limiter = Limiter(requests_per_minute=60, clock=lambda: now[0])
    # five seconds' worth at once, then one a second
    assert [limiter.due(0) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 2]
    now[0] = 100.0
    assert limiter.due(0) == 0
    limiter.hold(30.0)
    assert limiter.due(0) == 30.0
    tokens = Limiter(tokens_per_minute=6_000, clock=lambda: now[0])
    assert tokens.due(500) == 0
    assert tokens.due(100) == pytest.approx(1.0)
    tokens.used(100, 0)
    assert tokens.due(100) == pytest.approx(1.0)


class SlowLedger(MemoryLedger):
    """Counts its commits, and fails on one key."""

    def __init__(self, bad: str = "") -> None:
        super().__init__()
        self.commits: list[list[str]] = []
        self.bad = bad

    def write(self, calls: Sequence[Call], caps: Sequence[Cap] = ()) -> list[Entered]:
        self.commits.append([call.key for call in calls])
        if self.bad in self.commits[-1]:
            raise InputError("the disk is full")
        return super().write(calls, caps)


def test_entries_that_come_together_share_a_commit_in_order() -> None:
    ledger = SlowLedger()

    async def enter() -> list[Entered]:
        book = Bookkeeper(ledger)
        entered = await asyncio.gather(*(book.enter(call(f"{n:02}")) for n in range(50)))
        book.close()
        return entered

    assert [entered.call.key for entered in asyncio.run(enter())] == [f"{n:02}" for n in range(50)]
    assert len(ledger.commits) <= 3
    assert [key for commit in ledger.commits for key in commit] == [f"{n:02}" for n in range(50)]


def test_one_entry_that_cannot_be_stored_does_not_take_the_others_with_it() -> None:
    ledger = SlowLedger(bad="07")

    async def enter() -> list[Entered | BaseException]:
        book = Bookkeeper(ledger)
        entered = await asyncio.gather(
            *(book.enter(call(f"{n:02}")) for n in range(20)), return_exceptions=True
        )
        book.close()
        return entered

    answers = asyncio.run(enter())
    assert [n for n, answer in enumerate(answers) if isinstance(answer, InputError)] == [7]
    assert len(ledger.rows) == 19


def test_what_was_entered_is_stored_though_nobody_waits_for_it() -> None:
    ledger = SlowLedger()

    async def enter() -> None:
        book = Bookkeeper(ledger)
        for n in range(5):
            book.enter(call(str(n)))
        book.close()

    asyncio.run(enter())
    assert len(ledger.rows) == 5


def test_a_cap_refuses_what_could_lead_over_it() -> None:
    ledger = MemoryLedger()
    cap = Cap(scope=Scope.RUN, nanos=10)
    first, second = ledger.write([call("a", reserved_nanos=6), call("b", reserved_nanos=5)], [cap])
    assert (first.standing, second.standing) == (EntryState.WRITTEN, EntryState.REFUSED)
    assert (second.cap, second.spent) == (cap, 6)
    ledger.write([call("a", state=CallState.REPLIED, cost_nanos=4)])
    assert ledger.write([call("b", reserved_nanos=5)], [cap])[0].standing is EntryState.WRITTEN


def test_a_request_is_spelt_alike_whether_its_parts_were_kept_or_not() -> None:
    requests = Requests()
    form = {"type": "json_schema", "json_schema": {"name": "coding", "schema": {"b": 1, "a": "ü"}}}
    for system in ("Rules.", "Other rules, “ünïcode”.", "Rules."):
        for more in ({"response_format": form}, {}, {"temperature": 0.0}):
            for words in ("One.", 'Two "quoted".\n'):
                spoken = [{"role": "system", "content": system}, {"role": "user", "content": words}]
                body = {"model": "m", "messages": spoken, **more}
                request = requests.of(body)
                assert request.text == canonical_json(body)
                assert request.row == canonical_json(abridged(body))
                assert system not in request.row
