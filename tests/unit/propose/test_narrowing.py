"""What a large codebook is narrowed to: the union, its measured recall, the passages that see it whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cothemes.records.codebook import Code, Codebook
from cothemes.stages.propose.model.narrowing import (
    ENOUGH,
    UNMEASURED,
    WHOLE,
    WIDTHS,
    Coded,
    Net,
    asked_whole,
)

WORDS = [a + b + "ing" for a in "bdfgklmnpr" for b in ("al", "en", "id", "or", "us", "ab", "em")]
BOOK = Codebook(
    id="large",
    codes=tuple(Code(id=f"C{n:02}", label=w, definition=f"About {w}.") for n, w in enumerate(WORDS)),
)


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """A direction for each code's word; a text that has none points elsewhere."""
    rows = np.zeros((len(texts), len(WORDS) + 1), np.float32)
    for row, text in enumerate(texts):
        hits = [at for at, word in enumerate(WORDS) if word in text]
        rows[row, hits or [len(WORDS)]] = 1
        rows[row] /= np.linalg.norm(rows[row])
    return rows


def coded(document: str, text: str, *codes: str) -> Coded:
    return Coded(document, text, embed([text])[0], frozenset(codes))


def test_a_code_is_put_forward_by_meaning_by_words_and_by_what_people_did_elsewhere() -> None:
    net = Net(BOOK, embed, [coded("other", "no word of it", "C42"), coded("same", "no word of it", "C43")])
    assert net.width == UNMEASURED
    found = net.candidates("same", f"We spoke of {WORDS[60]} and more", embed([WORDS[69]])[0], width=1)
    assert found == ["C42", "C60", "C69"]


def test_the_width_is_the_narrowest_that_would_have_kept_what_people_gave() -> None:
    alike = [coded(f"d{n % 5}", f"it is {WORDS[n % 70]}", f"C{n % 70:02}") for n in range(ENOUGH + 10)]
    net = Net(BOOK, embed, alike)
    assert net.given == ENOUGH + 10
    assert net.recalls[WIDTHS[0]] == 1.0
    assert net.width == WIDTHS[0]


def test_where_no_net_keeps_enough_the_whole_codebook_is_asked() -> None:
    rng = np.random.default_rng(1)
    unlike = [coded(f"d{n}", "no word", f"C{rng.integers(70):02}") for n in range(120)]
    net = Net(BOOK, embed, unlike)
    assert max(net.recalls.values()) < 0.98
    assert net.width == 70
    assert net.candidates("x", "anything", embed(["anything"])[0]) == list(BOOK.by_id)


def test_too_little_reviewed_measures_nothing() -> None:
    assert Net(BOOK, embed, [coded("d", "x", "C00")]).recalls == {}


def test_codes_that_are_gone_count_for_nothing() -> None:
    net = Net(BOOK, embed, [coded("d", "x", "Z9")])
    assert net.given == 0
    assert "Z9" not in net.candidates("e", "x", embed(["x"])[0], width=1)


@given(st.text(max_size=60), st.sampled_from(WIDTHS))
def test_the_order_is_the_codebooks_and_the_same_every_time(text: str, width: int) -> None:
    net = Net(BOOK, embed)
    vector = embed([text])[0]
    found = net.candidates("d", text, vector, width)
    assert found == sorted(found) == net.candidates("d", text, vector, width)
    assert width <= len(found) <= 2 * width


def test_five_in_a_hundred_see_the_codebook_whole() -> None:
    share = np.mean([asked_whole(f"talk.{n:04}") for n in range(10_000)])
    assert share == pytest.approx(WHOLE, abs=0.01)
    assert asked_whole("talk.0007") == asked_whole("talk.0007")
