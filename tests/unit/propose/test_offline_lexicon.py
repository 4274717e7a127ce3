"""Words by their letters' bytes are those of the regular expression, and products are those of the rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.propose.offline.lexicon import Counted, Lexicon, ngrams_of, words_of
from cothemes.stages.propose.offline.ngrams import CharacterTfidf
from cothemes.stages.propose.offline.row_product import TILE, product

TEXTS = [
    "Funding is short; funding was short, and FUNDERS know.",
    "",
    "… — “it’s” 3 o'Clock! été, Ünfair, İstanbul, ΣΑΣ",
    "a" * 70 + " " + "a" * 71 + " 漢字 नमस्ते under_score",
    "one\x1etwo\nthree\x00four \ud800five",
    "banana bananas banana",
]


def words(counted: Counted, row: int) -> list[list[str]]:
    """Return the pieces of a text's words, word for word."""
    lexicon = counted.lexicon
    pieces = lexicon.pieces_of_words
    numbers = counted.words.indices[counted.words.indptr[row] : counted.words.indptr[row + 1]]
    return [
        [lexicon.pieces[at] for at in pieces.indices[pieces.indptr[n] : pieces.indptr[n + 1]]]
        for n in numbers
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_those_of_the_regular_expression(text: str) -> None:
    lexicon = Lexicon()
    lexicon.counted(["other words come first", *TEXTS])
    counted = lexicon.counted(["before", text, "after"])
    assert words(counted, 1) == [ngrams_of(word) for word in words_of(text)]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_words_of_any_texts_are_those_of_the_regular_expression(texts: list[str]) -> None:
    counted = Lexicon().counted(texts)
    assert len(counted) == len(texts)
    for row, text in enumerate(texts):
        assert words(counted, row) == [ngrams_of(word) for word in words_of(text)]


def test_pieces_that_a_text_holds_more_than_once_are_counted() -> None:
    counted = Lexicon().counted(["banana", "plan", "a plan, a plan"])
    pieces = counted.lexicon.pieces
    found = [
        {pieces[at]: times for at, times in zip(row.indices, row.data, strict=True)}
        for row in (counted.repeats[[at]] for at in range(3))
    ]
    assert found[0] == {"ana": 2}
    assert found[1] == {}
    assert found[2] == {" a ": 2, **dict.fromkeys(ngrams_of("plan"), 2)}


def test_words_that_share_a_slot_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    # With two slots nearly every word has to be looked up by its whole number.
    monkeypatch.setattr("cothemes.stages.propose.offline.lexicon._SLOTS", 1)
    lexicon = Lexicon()
    text = "many different words share two slots and many come again"
    for _ in range(2):
        assert words(lexicon.counted([text]), 0) == [ngrams_of(word) for word in words_of(text)]
    assert len(lexicon) == len(set(words_of(text)))


@given(st.lists(st.text("abn .", max_size=40), max_size=6), st.integers(0, 9))
def test_a_product_is_that_of_the_rows(texts: list[str], seed: int) -> None:
    tfidf = CharacterTfidf(["banana", "a ban on bananas", "an abba"])
    weights = np.random.default_rng(seed).normal(size=(tfidf.width, 3))
    expected = tfidf.matrix(texts) @ weights
    assert tfidf.weighed(weights)(texts) == pytest.approx(expected, abs=1e-5)


def test_words_beyond_those_that_are_held_count_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["banana plan", "ban the bananas", "abba banned a plan"]
    lexicon = Lexicon()
    lexicon.counted(["some words met before any of these"])
    tfidf = CharacterTfidf(texts, lexicon=lexicon)
    weights = np.random.default_rng(1).normal(size=(tfidf.width, 3))
    expected = tfidf.weighed(weights)(texts)
    monkeypatch.setattr("cothemes.stages.propose.offline.ngrams.WORDS_HELD", 9)
    assert len(lexicon) > 9
    assert np.array_equal(tfidf.weighed(weights)(texts), expected)


def test_words_met_later_are_in_no_column() -> None:
    lexicon = Lexicon()
    tfidf = CharacterTfidf(["a plan"], lexicon=lexicon)
    assert CharacterTfidf(["quite other words"], lexicon=lexicon).matrix(["a plan"]).nnz == 0
    assert tfidf.matrix(["quite other words"]).nnz == 0
    assert tfidf.matrix(["a plan"]).nnz == tfidf.width


def test_a_row_is_multiplied_alike_whichever_rows_come_with_it() -> None:
    random = np.random.default_rng(2)
    rows = random.normal(size=(TILE + 70, 37)).astype(np.float32)
    columns = random.normal(size=(37, 11)).astype(np.float32)
    together = product(rows, columns)
    assert together == pytest.approx(rows @ columns, abs=1e-4)
    for some in ([0], [TILE + 69], [5, 200, TILE]):
        assert np.array_equal(product(rows[some], columns), together[some])
    assert product(rows[:0], columns).shape == (0, 11)
