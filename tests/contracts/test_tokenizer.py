"""A tokenizer is used where its table lies on this machine, and nothing is ever fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NoReturn

import pytest
import requests

from cothemes.adapters import tokenizer
from cothemes.adapters.tokenizer import token_counter
from cothemes.stages.propose.model.estimate import BYTES_PER_TOKEN, estimate

MODEL = "openai:gpt-4.1-mini"
NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(requests, "get", fetched)


@pytest.mark.parametrize("content", [None, b"", b"not the table"])
def test_without_its_table_nothing_is_counted(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / NAME).write_bytes(content)
    assert token_counter(MODEL, {"TIKTOKEN_CACHE_DIR": str(tmp_path)}) is None
    assert content is None or (tmp_path / NAME).read_bytes() == content


@pytest.mark.parametrize("model", ["openai:stub", "anthropic:claude-x", "ollama:gpt-4.1", "openai:", ""])
def test_of_models_that_are_not_known_nothing_is_counted(tmp_path: Path, model: str) -> None:
    assert token_counter(model, {"TIKTOKEN_CACHE_DIR": str(tmp_path)}) is None


def test_told_to_keep_nothing_it_would_fetch_each_time() -> None:
    assert token_counter(MODEL, {"TIKTOKEN_CACHE_DIR": ""}) is None


def test_with_its_table_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import base64

    table = b"".join(base64.b64encode(bytes([value])) + b" %d\n" % value for value in range(256))
    (tmp_path / NAME).write_bytes(table)
    digest = hashlib.sha256(table).hexdigest()
    monkeypatch.setitem(tokenizer._TABLES, "o200k_base", (NAME, digest))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))

    import tiktoken
    from tiktoken.load import load_tiktoken_bpe

    def made(name: str) -> tiktoken.Encoding:
        ranks = load_tiktoken_bpe(str(tmp_path / NAME), digest)
        return tiktoken.Encoding(name, pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={})

    monkeypatch.setattr(tiktoken, "get_encoding", made)
    count = token_counter(MODEL, {"TIKTOKEN_CACHE_DIR": str(tmp_path)})
    assert count is not None
    assert count("bus ü") == 6, "a token for each byte of the little table"


def test_a_count_narrows_the_range_and_replies_go_before_it() -> None:
    """10 requests of 4,000 bytes: 40,000 / 5 to 40,000 / 2.5 by bounds; at 4 bytes a token 10,000 ± 10 %."""
    common: dict[str, Any] = {"price": None, "codes": 3, "output_limit": 400, "critic": False}
    bounds = estimate([4000] * 10, 1.0, **common)
    assert (bounds.input_tokens.low, bounds.input_tokens.high) == (8_000, 16_000)
    assert BYTES_PER_TOKEN == (5.0, 2.5)
    assert not bounds.counted
    counted = estimate([4000] * 10, 1.0, **common, bytes_per_token=4.0)
    assert counted.input_tokens.low == pytest.approx(9_000)
    assert counted.input_tokens.high == pytest.approx(11_000)
    assert counted.output_tokens == bounds.output_tokens
    assert counted.counted
