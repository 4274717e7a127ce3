"""Why a code is suggested for a passage, or not: by the offline coder, and by models with their facts."""

from __future__ import annotations

import numpy as np

from cothemes.app import wiring
from cothemes.app.coders.calibration import SuggestionExplained, explained_suggestions
from cothemes.app.coders.offline import lessons
from cothemes.app.corpus.passages import found_passage
from cothemes.app.privacy.embedding import embedder_of, is_remote
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.record import Record
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.explanation import nearest, word_weights
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.offline_coder import completed, lessons_of, remembered
from cothemes.stages.review.session import unknown_code

NEAREST = 3
"""Decided passages that are named for each answer."""
WORDS = 6
"""Words that are named as raising or lowering a score, at most."""
LEAST = 0.05
"""Log-odds from which a word is named."""
DECIMALS = 4


class CarryingSentence(Record):
    """The sentence that carries a score."""

    text: str
    start: int
    end: int
    """Half-open code points of the document's text."""
    score: float
    """Probability of the code if the sentence were the passage."""


class WeighedWord(Record):
    """A word of the sentence, in lower case."""

    word: str
    weight: float
    """Log-odds that the sentence loses without it; less than 0 for a word that lowers them."""


class DecidedPassage(Record):
    """A passage on which people decided about the code."""

    passage: str
    cosine: float
    applies: bool
    text: str
    """The speaker's own words."""


class Explanation(Record):
    """What the offline coder would say now of one code in one passage. Scores are probabilities."""

    passage: str
    code: str
    label: str
    score: float
    threshold: float
    """The score from which the code is suggested."""
    suggested: bool
    reason: str
    """The reason given with the suggestion; empty where the code is not suggested."""
    before_learning: float
    """The score by resemblance to the codebook alone."""
    without_neighbours: float | None
    """The same if the passage stood by itself; None where it does."""
    reviewed: int
    """Passages that it learned from."""
    decided: bool | None
    """What people decided on this very passage, if it learned from that."""
    sentence: CarryingSentence
    raising: tuple[WeighedWord, ...]
    """Words of the sentence that raised its score, the heaviest first."""
    lowering: tuple[WeighedWord, ...]
    nearest: tuple[DecidedPassage, ...]
    """The nearest passages to which people gave the code, then the nearest to which they did not."""
    models: tuple[SuggestionExplained, ...] = ()
    """Suggestions of the code by models, and which facts raise or lower their probability."""


def explain(study: Study, passage_id: str, code: str) -> Explanation:
    """Return the score of a code in a passage, and what it is made of, as the offline coder would code now.

    Nothing is stored but vectors. Raises UnknownPassage, UnknownCode; StateConflict for a draft, for a turn
    that carries no code, and for a passage that the person who looks has still to code blind.
    """
    passage = found_passage(study, passage_id)
    book = study.codebook.defined
    if code not in study.codebook.by_id:
        raise unknown_code(book, code)
    if code not in book.by_id:
        raise StateConflict(
            f"{code} is a draft", hint="The offline coder proposes no code without a definition."
        )
    seen = study.store.reviews
    if isinstance(seen, wiring.BlindReviews) and passage.id in seen.hidden:
        raise StateConflict(
            f"{seen.reviewer} has still to code {passage.id} blind",
            hint="An explanation says what is suggested there. Finish the passage first.",
        )
    embedder, whole = embedder_of(study), study.store.passages.of
    embed = remembered(embedder, study.store.embeddings)
    coder = OfflineCoder(book, embedder)
    reviewed = lessons(study)
    learnt = None
    if reviewed:
        learnt = lessons_of(reviewed, whole, embed)
        coder = coder.fit(reviewed, learnt)
    material = Material.of(completed([passage], whole), embed)
    rows = [row for row, each in enumerate(material.passages) if each.id == passage.id]
    if not rows:
        raise StateConflict(
            f"{passage.id} is not a participant's words",
            hint="The offline coder does not code it. `cothemes speakers` sets who is who.",
        )
    [row], column = rows, coder.codes.index(code)
    units = coder.read(material)
    sentence, reason = coder.sentence_of(material, units, row, column)
    span = material.sentences[sentence]
    # A paid service is not asked for the sentence without each of its words.
    words = [] if is_remote(study) else word_weights(coder, material, units, sentence, column, embedder.embed)
    alone = Material.of([passage], embed)
    score, threshold = float(coder.score(units)[row, column]), float(coder.thresholds[column])
    answers = {each.passage.id: each.labels[code] for each in reviewed if code in each.labels}
    return Explanation(
        passage=passage.id,
        code=code,
        label=book.by_id[code].label,
        score=round(score, DECIMALS),
        threshold=round(threshold, DECIMALS),
        suggested=score >= threshold,
        reason=reason if score >= threshold else "",
        before_learning=_probability(units.prior[row, column]),
        without_neighbours=(
            _probability(coder.log_odds(coder.read(alone))[0, column]) if material.within[row] else None
        ),
        reviewed=len(reviewed),
        decided=bool(answers[passage.id]) if passage.id in answers else None,
        sentence=CarryingSentence(
            text=material.sentence_texts[sentence],
            start=span.start,
            end=span.end,
            score=_probability(coder.of_texts(units.parts.rows(np.array([sentence])))[0, column]),
        ),
        raising=tuple(
            WeighedWord(word=each.word, weight=round(each.weight, DECIMALS))
            for each in words[:WORDS]
            if each.weight >= LEAST
        ),
        lowering=tuple(
            WeighedWord(word=each.word, weight=round(each.weight, DECIMALS))
            for each in words[: -WORDS - 1 : -1]
            if each.weight <= -LEAST
        ),
        nearest=_decided(learnt, material, row, answers) if learnt is not None else (),
        models=explained_suggestions(study, passage.id, code),
    )


def _decided(
    learnt: Material, material: Material, row: int, answers: dict[str, int]
) -> tuple[DecidedPassage, ...]:
    mine, own = material.passages[row], material.vectors[row].astype(np.float64)
    found = []
    for applies in (True, False):
        rows = np.array(
            [
                at
                for at, each in enumerate(learnt.passages)
                if each.id != mine.id and answers.get(each.id) == int(applies)
            ],
            np.int64,
        )
        for near in nearest(learnt, own, rows, NEAREST):
            passage = learnt.passages[near.row]
            found.append(
                DecidedPassage(
                    passage=passage.id,
                    cosine=round(near.cosine, DECIMALS),
                    applies=applies,
                    text=passage.own_text(),
                )
            )
    return tuple(found)


def _probability(log_odds: float) -> float:
    return round(float(1 / (1 + np.exp(-log_odds))), DECIMALS)
