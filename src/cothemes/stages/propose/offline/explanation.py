"""Why the offline coder scores a passage as it does: its sentence, and the words that carried the score.

A word's weight is what the sentence's log-odds lose without it. So it holds for everything that the score is
made of, the embedding as well as pieces of words, and sums to nothing in particular: words work together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import Embed, Material
from cothemes.stages.propose.offline.prior import Texts, Units, scale_within
from cothemes.stages.propose.offline.resemblance import SLOPE

_WORD = re.compile(r"\w+")


class WordWeight(NamedTuple):
    """A word of a sentence, in lower case, and the log-odds that the sentence loses without it."""

    word: str
    weight: float


class NearPassage(NamedTuple):
    """A row of the material and its cosine."""

    row: int
    cosine: float


def word_weights(
    coder: OfflineCoder, material: Material, units: Units, sentence: int, code: int, embed: Embed
) -> list[WordWeight]:
    """Return the different words of a sentence (its row), the one that raised the score most first.

    `embed` is asked for the sentence without each of its words, in one call. A sentence of one word has no
    words to take away: the list is empty.
    """
    text = material.sentence_texts[sentence]
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))
    if len(words) < 2:
        return []
    without = [_without(text, word) for word in words]
    vectors = embed(without)
    own = units.parts.rows(np.array([sentence]))
    said = coder.resemblance.scores_of([text, *without], np.vstack([own.vectors, vectors]))
    # What the neighbours add to the prior view is the same with and without a word.
    change = SLOPE * scale_within(material)[material.owner[sentence]] * (said[1:] - said[0])
    varied = Texts(without, vectors, np.repeat(own.around, len(words), axis=0), own.prior + change)
    lost = coder.of_texts(own)[0, code] - coder.of_texts(varied)[:, code]
    found = [WordWeight(word, float(weight)) for word, weight in zip(words, lost, strict=True)]
    return sorted(found, key=lambda each: -each.weight)


def nearest(
    material: Material, vector: NDArray[np.float64], among: NDArray[np.int64], count: int
) -> list[NearPassage]:
    """Return the passages among these rows that are nearest to a vector of length 1, the nearest first."""
    cosines = material.vectors[among].astype(np.float64) @ vector
    order = np.argsort(-cosines, kind="stable")[:count]
    return [NearPassage(int(among[at]), float(np.clip(cosines[at], -1, 1))) for at in order]


def _without(text: str, word: str) -> str:
    return _WORD.sub(lambda found: "" if found[0].lower() == word else found[0], text)
