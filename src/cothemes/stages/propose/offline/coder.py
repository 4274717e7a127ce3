"""The offline coder: a codebook, an embedder and what people have reviewed, turned into suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cothemes.ports import Embedder
from cothemes.records.codebook import Codebook
from cothemes.records.document import Role
from cothemes.records.outcome_flag import FlagKind, flag
from cothemes.records.passage import Passage
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict
from cothemes.stages.propose.identity import suggestion_id
from cothemes.stages.propose.offline.evidence import quotable, reason_for, rows_of, strongest
from cothemes.stages.propose.offline.learner import SHIPPED, Lessons, Taught, learn
from cothemes.stages.propose.offline.resemblance import Likeness, Resemblance, log_odds
from cothemes.stages.propose.offline.reviewed import Reviewed, label_matrix, weight_matrix
from cothemes.stages.propose.offline.wording import wordings_of

VERSION = 3
"""Raised whenever the same texts would get other scores: another version is another rater."""
NOT_CODED = (Role.INTERVIEWER, Role.OTHER)

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Scored:
    """Texts × codes."""

    log_odds: Floats
    likeness: Likeness
    prior: Floats
    """The log-odds by resemblance alone."""


class OfflineCoder:
    """Scores depend on the codebook, the embedder and the reviewed passages, never on the texts beside."""

    def __init__(self, codebook: Codebook, embedder: Embedder) -> None:
        self.codebook = codebook
        self.codes = [code.id for code in codebook.codes]
        self._embedder = embedder
        self._resemblance = Resemblance(wordings_of(codebook), embedder.embed)
        self._taught: Taught | None = None
        self._reviewed = 0
        self._positives = np.zeros(len(self.codes), np.int64)

    def fit(self, reviewed: Sequence[Reviewed], vectors: Vectors | None = None) -> OfflineCoder:
        """A coder that learnt from reviewed passages; `vectors` are theirs, embedded here where not given.

        The codebook's near misses are taught with them, as passages where their code was rejected.
        """
        labels = label_matrix(reviewed, self.codes)
        own = [each.passage.spoken for each in reviewed]
        missed, missed_rows, missed_codes = self._resemblance.near_misses()
        rejected, firm = (
            np.full((len(missed), len(self.codes)), np.nan),
            np.zeros((len(missed), len(self.codes))),
        )
        at = np.arange(len(missed))
        rejected[at, missed_codes], firm[at, missed_codes] = 0, 1
        texts = own + missed
        rows = np.vstack([self._embedder.embed(own) if vectors is None else vectors, missed_rows])
        taught = copy(self)
        taught._taught = learn(
            Lessons(
                texts,
                rows,
                documents=[each.passage.document for each in reviewed],
                labels=np.vstack([labels, rejected]),
                weights=np.vstack([weight_matrix(reviewed, self.codes), firm]),
                prior=self._prior(self._resemblance.likeness(texts, rows)),
            )
        )
        taught._reviewed = len(reviewed)
        taught._positives = (labels == 1).sum(axis=0)
        return taught

    @property
    def thresholds(self) -> Floats:
        """Probability from which each code is suggested, in the codebook's order."""
        return np.asarray(special.expit(self._thresholds))

    def rater(self, run: str) -> str:
        """`offline@N#RUN`, N the number of reviewed passages it learnt from."""
        return f"offline@{self._reviewed}#{run}"

    def score(self, texts: Sequence[str], vectors: Vectors | None = None) -> Floats:
        """Texts × codes: an estimate of the probability that the code applies, 0 to 1."""
        rows = self._embedder.embed(texts) if vectors is None else vectors
        return np.asarray(special.expit(self._scored(texts, rows).log_odds))

    def propose(
        self, passages: Sequence[Passage], run: str, vectors: Vectors | None = None
    ) -> list[tuple[Outcome, list[Suggestion]]]:
        """Return what becomes of each passage, in order. Turns that are no participant's are skipped, and say
        so.
        """
        spoken = [at for at, passage in enumerate(passages) if passage.role not in NOT_CODED]
        texts = [passages[at].spoken for at in spoken]
        rows = self._embedder.embed(texts) if vectors is None else vectors[spoken]
        scored = self._scored(texts, rows).log_odds
        applied = scored >= self._thresholds
        chosen = [at for at, row in enumerate(applied) if row.any()]
        quoted = iter(self._quoted([passages[spoken[at]] for at in chosen], [applied[at] for at in chosen]))
        results: dict[int, tuple[Outcome, list[Suggestion]]] = {}
        for at, row in enumerate(spoken):
            passage, probabilities = passages[row], special.expit(scored[at])
            numbers = {code: round(float(p), 4) for code, p in zip(self.codes, probabilities, strict=True)}
            flags = (flag(FlagKind.UNKNOWN_ROLE),) if passage.role is Role.UNKNOWN else ()
            outcome = Outcome(
                run=run,
                passage=passage.id,
                text_version=passage.version,
                state=OutcomeState.CODED,
                scores=numbers,
                flags=flags,
            )
            evidence = next(quoted) if applied[at].any() else {}
            made = [
                self._suggestion(run, passage, code, float(probabilities[code]), evidence[code])
                for code in evidence
            ]
            results[row] = (outcome, sorted(made, key=lambda s: -(s.score or 0)))
        return [results.get(at) or (_skipped(run, passage), []) for at, passage in enumerate(passages)]

    def _scored(self, texts: Sequence[str], vectors: Vectors) -> Scored:
        likeness = self._resemblance.likeness(texts, vectors)
        prior = self._prior(likeness)
        learnt = self._taught.log_odds(texts, vectors, prior) if self._taught else prior
        return Scored(learnt, likeness, prior)

    def _prior(self, likeness: Likeness) -> Floats:
        return log_odds(self._resemblance.scores(likeness))

    @property
    def _thresholds(self) -> Floats:
        return self._taught.thresholds if self._taught else np.full(len(self.codes), SHIPPED)

    def _quoted(
        self, passages: Sequence[Passage], applied: Sequence[NDArray[np.bool_]]
    ) -> list[dict[int, tuple[Evidence, str]]]:
        """Return, for each passage, code → the sentence that carries it, and why."""
        groups = [quotable(passage) for passage in passages]
        texts = [p.sentence_text(s) for p, group in zip(passages, groups, strict=True) for s in group]
        scored = self._scored(texts, self._embedder.embed(texts))
        found = []
        for group, rows, codes in zip(groups, rows_of(groups), applied, strict=True):
            of_passage: dict[int, tuple[Evidence, str]] = {}
            for code in np.flatnonzero(codes):
                row = strongest(scored.log_odds, scored.likeness, rows, int(code))
                sentence = group[row - rows.start]
                taught = None
                if self._positives[code]:
                    gain = float(scored.log_odds[row, code] - scored.prior[row, code])
                    taught = (int(self._positives[code]), gain)
                wording = self._resemblance.wordings[code]
                reason = reason_for(wording, scored.likeness, row, int(code), taught)
                of_passage[int(code)] = (Evidence(start=sentence.start, end=sentence.end), reason)
            found.append(of_passage)
        return found

    def _suggestion(
        self, run: str, passage: Passage, code: int, score: float, found: tuple[Evidence, str]
    ) -> Suggestion:
        evidence, reason = found
        return Suggestion(
            id=suggestion_id(run, passage.id, self.codes[code]),
            run=run,
            rater=self.rater(run),
            passage=passage.id,
            text_version=passage.version,
            code=self.codes[code],
            verdict=Verdict.YES,
            evidence=(evidence,),
            quote_status=QuoteStatus.EXACT,
            reason=reason,
            score=round(score, 4),
        )


def _skipped(run: str, passage: Passage) -> Outcome:
    return Outcome(
        run=run,
        passage=passage.id,
        text_version=passage.version,
        state=OutcomeState.SKIPPED,
        detail="not a participant's words",
    )
