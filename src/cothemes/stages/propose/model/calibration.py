"""How likely a person gives a code that a model suggested: a small logistic model of facts about suggestions.

A model's own confidence says little. What predicts people's decisions is whether the model says the same when
it is asked again, what the critic ruled, how the quote was found, and how much the passage resembles the
code. Each fact has a weight that is a guess before anybody decided (`PRIOR`), and is pulled away from it by
decisions only as far as they reach; each code has an intercept of its own, held near zero. So a study with
few decisions keeps the order of the guess, and one that has many forgets it. Numbers are shown as
probabilities from `ENOUGH` decisions on.

People who see a suggestion accept it more often than people who code blind give the code. Where both kinds
of decision are there, the difference is a term of its own, and the probability is that of a blind decision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cothemes.records.record import Record
from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose.offline.learner import SHIPPED
from cothemes.stages.propose.offline.thresholds import folds_of

ENOUGH = 30
"""Decided suggestions from which probabilities are shown."""
BOTH = 10
"""Blind decisions, and decisions with the suggestion visible, from which their difference is fitted."""
WIDEST = 3.0
"""Log-odds at which a confidence, and a difference of offline scores, are cut off."""
CODE_SPREAD = 0.75
"""Standard deviation of the codes' intercepts before anybody decided, in log-odds."""
STEPS, EXACT = 100, 1e-10

Floats = NDArray[np.float64]


class Fact(StrEnum):
    """Facts about a suggestion that raise or lower its probability."""

    BASE = "base"
    """What all suggestions of this model have in common."""
    CONFIDENCE = "confidence"
    """The model's own confidence, as log-odds; nothing where it gave none."""
    BORDERLINE = "borderline"
    """The model said borderline and not yes."""
    ANSWERS = "other_answers"
    """(given − not given) / (answers + 1) over the model's other answers on the passage: runs of the same
    model and prompt, and calls of `stability`."""
    CRITIC = "critic"
    """1: the critic kept it; −1: it left it to a person; 0: there was none, or it could not be read."""
    APPROXIMATE = "approximate_quote"
    """The quote was found in other words, widened, abridged, or after one more request."""
    REFUSED = "refused_quote"
    """Another quote of the suggestion was refused."""
    OFFLINE = "offline_score"
    """Log-odds of the offline coder before it learns, above its threshold."""


@dataclass(frozen=True)
class Guess:
    """A weight before anybody decided: its mean, and the standard deviation that decisions act against."""

    mean: float
    spread: float


PRIOR: Mapping[Fact, Guess] = {
    Fact.BASE: Guess(0.0, 1.5),
    Fact.CONFIDENCE: Guess(0.25, 0.5),
    Fact.BORDERLINE: Guess(-1.0, 1.0),
    Fact.ANSWERS: Guess(2.0, 1.0),
    Fact.CRITIC: Guess(0.5, 0.75),
    Fact.APPROXIMATE: Guess(-0.25, 0.75),
    Fact.REFUSED: Guess(-0.75, 0.75),
    Fact.OFFLINE: Guess(0.3, 0.5),
}
"""A suggestion of which nothing is known has an even chance. That the sign of each fact is as it stands here
is common experience; the sizes are guesses, wide enough to be overruled by some dozens of decisions."""
VISIBLE = Guess(0.5, 0.5)
"""What it adds, in log-odds, that the suggestion was visible to the person who decided."""
_FACTS = tuple(PRIOR)
_APPROXIMATE = frozenset(
    {QuoteStatus.SNAPPED, QuoteStatus.WIDENED, QuoteStatus.ABRIDGED, QuoteStatus.REPAIRED}
)


class CriticSaid(StrEnum):
    """What the critic made of a suggestion."""

    KEPT = "kept"
    ESCALATED = "escalated"
    NOTHING = "nothing"
    """There was no critic, or its answer could not be read."""


@dataclass(frozen=True)
class Signs:
    """What is known of one suggestion of a model."""

    code: str
    confidence: float | None = None
    borderline: bool = False
    given_again: int = 0
    """Other answers of the model on the passage that gave the code."""
    not_given_again: int = 0
    """Other answers that did not."""
    critic: CriticSaid = CriticSaid.NOTHING
    quote: QuoteStatus | None = None
    """The worst status of its quotes; None where it has none."""
    offline: float | None = None
    """The offline coder's log-odds for the passage and code, before it learns; None where nobody computed
    them."""

    @property
    def values(self) -> dict[Fact, float]:
        """Return the value of every fact."""
        answers = self.given_again + self.not_given_again
        above = 0.0 if self.offline is None else self.offline - SHIPPED
        critic = {CriticSaid.KEPT: 1.0, CriticSaid.ESCALATED: -1.0}
        return {
            Fact.BASE: 1.0,
            Fact.CONFIDENCE: 0.0 if self.confidence is None else _log_odds(self.confidence),
            Fact.BORDERLINE: float(self.borderline),
            Fact.ANSWERS: (self.given_again - self.not_given_again) / (answers + 1),
            Fact.CRITIC: critic.get(self.critic, 0.0),
            Fact.APPROXIMATE: float(self.quote in _APPROXIMATE),
            Fact.REFUSED: float(self.quote is not None and not self.quote.verified),
            Fact.OFFLINE: min(max(above, -WIDEST), WIDEST),
        }


@dataclass(frozen=True)
class Decided:
    """A suggestion on which people decided."""

    signs: Signs
    document: str
    applies: bool
    blind: bool
    """True if somebody decided without seeing the suggestion, or a consensus did."""


class Part(Record):
    """What one fact adds to the log-odds of a suggestion, against the mean of the suggestions decided so
    far."""

    fact: str
    """A fact, or the id of the code for its own intercept."""
    value: float
    weight: float
    log_odds: float


class Calibration(Record):
    """Weights that turn the facts of a suggestion into a probability."""

    decisions: int
    """Suggestions that people decided on."""
    given: int
    """Number of them that apply."""
    blind: int
    """Number of them decided blind."""
    documents: int
    can_hold_out: bool
    """True if documents, or parts of one, can be held out."""
    weights: dict[str, float]
    """Fact → log-odds per unit."""
    codes: dict[str, float] = {}
    """Code → log-odds that it has more or less than the others; codes without a decision are left out."""
    means: dict[str, float] = {}
    """Fact → its mean over the decided suggestions; empty where there are none."""
    visible: float | None = None
    """Log-odds that a visible suggestion adds to a decision; None where one kind of decision is too rare."""

    @property
    def calibrated(self) -> bool:
        """Return whether its numbers may be called probabilities."""
        return self.decisions >= ENOUGH and self.can_hold_out

    def log_odds(self, signs: Signs) -> float:
        """Return the log-odds that a person gives the code."""
        values = signs.values
        return sum(self.weights[fact] * values[fact] for fact in _FACTS) + self.codes.get(signs.code, 0.0)

    def probability(self, signs: Signs) -> float:
        """Return a number from 0 to 1, a probability where it is `calibrated`; else good for an order."""
        return float(special.expit(self.log_odds(signs)))

    def parts(self, signs: Signs) -> list[Part]:
        """Return what each fact adds, the greatest first. They sum to the log-odds less those of a suggestion
        whose facts are all at their mean, of no code in particular."""
        values = signs.values
        found = [
            Part(
                fact=fact.value,
                value=values[fact],
                weight=self.weights[fact],
                log_odds=self.weights[fact] * (values[fact] - self.means.get(fact, 0.0)),
            )
            for fact in _FACTS
            if fact is not Fact.BASE
        ]
        own = self.codes.get(signs.code, 0.0)
        found.append(Part(fact=signs.code, value=1.0, weight=own, log_odds=own))
        return sorted(found, key=lambda part: (-abs(part.log_odds), part.fact))


def calibrate(decided: Sequence[Decided]) -> Calibration:
    """Fit the weights: minimise Σ log(1 + exp(−t·(x·w + c_code + v·visible))) + ½ Σ ((w − mean)/spread)² over
    weights, codes' intercepts c and v, by Newton's method. t is 1 or −1. Without decisions, the weights are
    the guess.
    """
    codes = sorted({each.signs.code for each in decided})
    blind = sum(each.blind for each in decided)
    both = min(blind, len(decided) - blind) >= BOTH
    made = Calibration(
        decisions=len(decided),
        given=sum(each.applies for each in decided),
        blind=blind,
        documents=len({each.document for each in decided}),
        can_hold_out=bool(folds_of([each.document for each in decided])) if decided else False,
        weights={fact.value: guess.mean for fact, guess in PRIOR.items()},
    )
    if not decided:
        return made
    facts = np.array([[each.signs.values[fact] for fact in _FACTS] for each in decided])
    column = {code: at for at, code in enumerate(codes)}
    own = np.zeros((len(decided), len(codes)))
    own[np.arange(len(decided)), [column[each.signs.code] for each in decided]] = 1.0
    visible = np.array([[float(both and not each.blind)] for each in decided])
    guesses = [*PRIOR.values(), *(Guess(0.0, CODE_SPREAD) for _ in codes), VISIBLE]
    found = _fitted(
        np.hstack([facts, own, visible]),
        np.array([1.0 if each.applies else -1.0 for each in decided]),
        np.array([guess.mean for guess in guesses]),
        np.array([guess.spread for guess in guesses]),
    )
    weights, intercepts = found[: len(_FACTS)], found[len(_FACTS) : -1]
    return made.model_copy(
        update={
            "weights": {fact.value: float(w) for fact, w in zip(_FACTS, weights, strict=True)},
            "codes": {code: float(w) for code, w in zip(codes, intercepts, strict=True)},
            "means": {fact.value: float(m) for fact, m in zip(_FACTS, facts.mean(axis=0), strict=True)},
            "visible": float(found[-1]) if both else None,
        }
    )


def held_out(decided: Sequence[Decided]) -> list[float] | None:
    """Return the probability of each suggestion by weights that were fitted without its document, in order;
    None where nothing can be held out. A single document is held out in five runs of its passages.
    """
    found: list[float] = [math.nan] * len(decided)
    folds = folds_of([each.document for each in decided]) if decided else []
    for fold in folds:
        held = set(map(int, fold))
        fitted = calibrate([each for at, each in enumerate(decided) if at not in held])
        for at in held:
            found[at] = fitted.probability(decided[at].signs)
    return found if folds else None


def own_confidence(signs: Signs) -> float:
    """Return the model's own number: its confidence, halved for borderline; .5 where it gave none."""
    sure = 0.5 if signs.confidence is None else signs.confidence
    return sure / 2 if signs.borderline else sure


def answers_on(signs: Signs, given: Iterable[bool]) -> Signs:
    """Return the signs with the model's other answers on the passage: whether each gave the code."""
    said = list(given)
    return replace(signs, given_again=sum(said), not_given_again=len(said) - sum(said))


def _fitted(columns: Floats, target: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return the weights, by Newton's method; a step that does not lower the loss is halved."""
    firm = 1 / spread**2

    def loss(weights: Floats) -> float:
        away = weights - mean
        return float(np.logaddexp(0, -target * (columns @ weights)).sum() + (firm * away**2).sum() / 2)

    weights, now = mean.copy(), loss(mean)
    for _ in range(STEPS):
        wrong = special.expit(-target * (columns @ weights))
        slope = -columns.T @ (target * wrong) + firm * (weights - mean)
        bend = (columns.T * (wrong * (1 - wrong))) @ columns + np.diag(firm)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while size > EXACT and loss(weights - size * step) > now:
            size /= 2
        weights = weights - size * step
        before, now = now, loss(weights)
        if before - now <= EXACT * max(1.0, abs(now)):
            break
    return weights


def _log_odds(confidence: float) -> float:
    return min(max(float(special.logit(min(max(confidence, 0.0), 1.0))), -WIDEST), WIDEST)
