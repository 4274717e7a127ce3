"""Character n-grams: their pieces, and weights equal to scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.propose.offline.lexicon import ngrams_of, words_of
from cothemes.stages.propose.offline.ngrams import CharacterTfidf

TEXTS = ["Funding is short.", "The funders want numbers, numbers!", "No one asked us", "it's été Ünfair"]


def test_pieces_are_three_to_five_characters_with_a_blank_at_each_end() -> None:
    # " plan " has six characters: four of three, three of four, two of five.
    assert ngrams_of("plan") == [" pl", "pla", "lan", "an ", " pla", "plan", "lan ", " plan", "plan "]
    assert ngrams_of("a") == [" a "]
    assert words_of("It's 3 o'Clock!") == ["it", "s", "3", "o", "clock"]


def test_weights_are_those_of_scikit_learn() -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")

    def analyse(each: str) -> list[str]:
        return [piece for word in words_of(each) for piece in ngrams_of(word)]

    theirs = text.TfidfVectorizer(analyzer=analyse, sublinear_tf=True)
    expected = theirs.fit(TEXTS).transform([*TEXTS, "nothing known: zzz", "funding for us"])
    ours = CharacterTfidf(TEXTS).matrix([*TEXTS, "nothing known: zzz", "funding for us"])
    assert ours.toarray() == pytest.approx(expected.toarray(), abs=1e-12)


def test_common_drops_what_fewer_texts_hold() -> None:
    row = CharacterTfidf(TEXTS, common=2).matrix(["short"])
    assert row.nnz == 0
    assert CharacterTfidf(TEXTS, common=2).matrix(["fund"]).nnz > 0


def test_most_keeps_the_commonest_of_equals_the_first_by_letters() -> None:
    # Held by all three: " pl", "pla", "lan" and longer; by one alone: pieces of "tea".
    tfidf = CharacterTfidf(["plan", "plan tea", "plane"], most=2)
    assert tfidf.matrix(["x"]).shape == (1, 2)
    assert tfidf.matrix(["tea"]).nnz == 0
    assert tfidf.matrix(["plan"]).nnz == 2


@given(st.lists(st.text(max_size=40), max_size=6))
def test_rows_have_length_one_or_are_empty_whatever_is_asked(texts: list[str]) -> None:
    matrix = CharacterTfidf(TEXTS).matrix(texts).toarray()
    assert matrix.shape[0] == len(texts)
    norms = np.linalg.norm(matrix, axis=1)
    assert np.all(np.isclose(norms, 1) | (norms == 0))


@given(st.permutations(TEXTS))
def test_a_text_says_the_same_whichever_stand_beside_it(order: list[str]) -> None:
    tfidf = CharacterTfidf(TEXTS)
    rows = tfidf.matrix(order).toarray()
    alone = {text: tfidf.matrix([text]).toarray()[0] for text in TEXTS}
    for row, text in zip(rows, order, strict=True):
        assert np.array_equal(row, alone[text])
