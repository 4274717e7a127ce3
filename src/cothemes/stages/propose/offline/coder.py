"""The offline coder: a codebook, an embedder and what people have reviewed, turned into suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cothemes.ports import Embedder
from cothemes.records.codebook import Codebook
from cothemes.records.document import Role
from cothemes.records.outcome_flag import FlagKind, flag
from cothemes.records.passage import Passage, Sentence
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict
from cothemes.stages.propose.identity import suggestion_id
from cothemes.stages.propose.offline.evidence import reason_for
from cothemes.stages.propose.offline.learner import SHIPPED, Lessons, Taught, learn
from cothemes.stages.propose.offline.material import NOT_CODED as NOT_CODED
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.prior import Texts, Units, units_of
from cothemes.stages.propose.offline.resemblance import Resemblance, log_odds
from cothemes.stages.propose.offline.reviewed import Reviewed, label_matrix, weight_matrix
from cothemes.stages.propose.offline.wording import wordings_of

VERSION = 5
"""Raised whenever the same texts would get other scores: another version is another rater."""

Floats = NDArray[np.float64]


class OfflineCoder:
    """Scores depend on the codebook, the embedder, the reviewed passages and the passage's own document."""

    def __init__(self, codebook: Codebook, embedder: Embedder) -> None:
        self.codebook = codebook
        self.codes = [code.id for code in codebook.codes]
        self.resemblance = Resemblance(wordings_of(codebook), embedder.embed)
        self._embedder = embedder
        self.taught: Taught | None = None
        """What people taught it; None where nothing was reviewed."""
        self._reviewed = 0
        self._positives = np.zeros(len(self.codes), np.int64)

    def material(self, passages: Sequence[Passage]) -> Material:
        """Return whole documents with vectors made here; nothing is kept."""
        return Material.of(passages, self._embedder.embed)

    def read(self, material: Material) -> Units:
        """Score passages and sentences by resemblance. What people teach does not change it."""
        return units_of(material, self.resemblance)

    def fit(
        self, reviewed: Sequence[Reviewed], material: Material | None = None, units: Units | None = None
    ) -> OfflineCoder:
        """Return a coder that learnt from reviewed passages.

        `material` has the whole documents of them, `units` are its scores; both are made here where they are
        not given. Turns that carry no code teach nothing. The codebook's near misses are taught too, as
        passages where their code was rejected.
        """
        material = material or self.material([each.passage for each in reviewed])
        units = units or self.read(material)
        place = {passage.id: row for row, passage in enumerate(material.passages)}
        known = [each for each in reviewed if each.passage.id in place]
        labels = label_matrix(known, self.codes)
        taught = copy(self)
        taught.taught = learn(
            Lessons(
                units.rows(np.array([place[each.passage.id] for each in known], np.int64)),
                documents=[each.passage.document for each in known],
                labels=labels,
                weights=weight_matrix(known, self.codes),
                misses=self._misses,
                missed=np.array(self.resemblance.near_misses()[2], np.int64),
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

    def score(self, units: Units) -> Floats:
        """Passages × codes: an estimate of the probability that the code applies, 0 to 1."""
        return np.asarray(special.expit(self.log_odds(units)))

    def log_odds(self, units: Units) -> Floats:
        """Passages × codes."""
        return self._scored(units)[0]

    def _scored(self, units: Units) -> tuple[Floats, Floats]:
        """Log-odds of passages, and of their sentences."""
        return self.taught.scored(units) if self.taught else (units.prior, units.parts.prior)

    def of_texts(self, texts: Texts) -> Floats:
        """Texts × codes: log-odds of each by itself, as if it were a passage of one sentence."""
        return self.taught.of_texts(texts) if self.taught else texts.prior

    def sentence_of(self, material: Material, units: Units, row: int, code: int) -> tuple[int, str]:
        """Return the sentence (its row) that carries a code in a passage, suggested or not, and why."""
        given = np.zeros((1, len(self.codes)), bool)
        given[0, code] = True
        return self._quoted(material, units, self.of_texts(units.parts), np.array([row]), given)[0][code]

    def propose(
        self, passages: Sequence[Passage], run: str, material: Material | None = None
    ) -> list[tuple[Outcome, list[Suggestion]]]:
        """Return what becomes of each passage, in order. Turns that are no participant's are skipped, and say
        so. `material` has the whole documents of the passages; without it they are taken to be whole.
        """
        material = material or self.material(passages)
        place = {passage.id: row for row, passage in enumerate(material.passages)}
        units = self.read(material)
        rows = np.array([place[each.id] for each in passages if each.id in place], np.int64)
        scored, said = self._scored(units)
        scored = scored[rows]
        applied = scored >= self._thresholds
        some = applied.any(axis=1)
        quoted = iter(self._quoted(material, units, said, rows[some], applied[some]))
        probabilities = special.expit(scored)
        found = zip(probabilities, np.round(probabilities, 4).tolist(), applied, strict=True)
        results: list[tuple[Outcome, list[Suggestion]]] = []
        for passage in passages:
            if passage.id not in place:
                results.append((_skipped(run, passage), []))
                continue
            own, rounded, given = next(found)
            outcome = Outcome(
                run=run,
                passage=passage.id,
                text_version=passage.version,
                state=OutcomeState.CODED,
                scores=dict(zip(self.codes, rounded, strict=True)),
                flags=(flag(FlagKind.UNKNOWN_ROLE),) if passage.role is Role.UNKNOWN else (),
            )
            evidence = next(quoted) if given.any() else {}
            made = [
                self._suggestion(run, passage, code, float(own[code]), material.sentences[sentence], reason)
                for code, (sentence, reason) in evidence.items()
            ]
            results.append((outcome, sorted(made, key=lambda s: -(s.score or 0))))
        return results

    @cached_property
    def _misses(self) -> Texts:
        texts, vectors, _ = self.resemblance.near_misses()
        prior = log_odds(self.resemblance.scores_of(texts, vectors))
        return Texts(texts, vectors, np.zeros((len(texts), 0), np.float32), prior)

    @property
    def _thresholds(self) -> Floats:
        return self.taught.thresholds if self.taught else np.full(len(self.codes), SHIPPED)

    def _quoted(
        self,
        material: Material,
        units: Units,
        said: Floats,
        rows: NDArray[np.int64],
        applied: NDArray[np.bool_],
    ) -> list[dict[int, tuple[int, str]]]:
        """Return, for each passage in `rows`, code → the sentence (its row) that carries it, and why.

        `said` are the log-odds of all sentences.
        """
        ends = np.searchsorted(material.owner, [rows, rows + 1])
        quotable = material.quotable
        best: list[dict[int, int]] = []
        for first, last, given in zip(*ends.tolist(), applied, strict=True):
            long = first + np.flatnonzero(quotable[first:last])
            codes = np.flatnonzero(given)
            own = long[np.argmax(said[np.ix_(long, codes)], axis=0)]
            best.append(dict(zip(codes.tolist(), own.tolist(), strict=True)))
        parts = np.unique([part for of_passage in best for part in of_passage.values()]).astype(np.int64)
        texts = units.parts.rows(parts)
        likeness = self.resemblance.likeness(texts.words_in(self.resemblance.lexicon), texts.vectors)
        place = {part: at for at, part in enumerate(parts.tolist())}
        found = []
        for of_passage in best:
            reasons: dict[int, tuple[int, str]] = {}
            for code, part in of_passage.items():
                at, taught = place[part], None
                if self._positives[code]:
                    taught = int(self._positives[code]), float(said[part, code] - texts.prior[at, code])
                reason = reason_for(self.resemblance.wordings[code], likeness, at, code, taught)
                reasons[code] = part, reason
            found.append(reasons)
        return found

    def _suggestion(
        self, run: str, passage: Passage, code: int, score: float, sentence: Sentence, reason: str
    ) -> Suggestion:
        return Suggestion(
            id=suggestion_id(run, passage.id, self.codes[code]),
            run=run,
            rater=self.rater(run),
            passage=passage.id,
            text_version=passage.version,
            code=self.codes[code],
            verdict=Verdict.YES,
            evidence=(Evidence(start=sentence.start, end=sentence.end),),
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
