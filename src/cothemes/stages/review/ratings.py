"""Decisions to ratings: only what is done counts, and never under another wording of a code.

A finished reading rates every code of the codebook: 1 where it was accepted or added, else 0. A passage in
arm `reveal` gives two ratings per code, one in arm `blind` for the first reading and, once the second is
finished, one in arm `reveal`; who reads all arms together must choose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cothemes.records.codebook import Codebook
from cothemes.records.document import DocumentHead
from cothemes.records.passage import PassageOrHead
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.review.reading_state import CODED, fold_all
from cothemes.stages.review.wordings import Same, Wordings, asked_for, finished_readings, wording_of

BORDERLINE = "borderline"
"""Attribute of a model's rating that stands for its own column: `1` where the answer was borderline."""
SEVERAL = ";"
"""Between the values of an attribute that takes several."""


@dataclass(frozen=True)
class RatingsRead:
    """Ratings under the current wording, and what was kept out."""

    ratings: tuple[Rating, ...]
    kept_out: Mapping[str, int]
    """Code → ratings decided under another wording of it, or before it was in the codebook."""
    other_passages: int = 0
    """Finished readings of passages that are not among those given (cut anew since)."""
    pooled: Mapping[str, int] = field(default_factory=dict)
    """Code → of the ratings, those under another wording that a person called the same."""


def ratings_of(
    decisions: Sequence[Decision],
    assignments: Sequence[Assignment],
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    codebook: Codebook,
    *,
    wordings: Wordings | None = None,
    kinds: Mapping[str, RaterKind] | None = None,
) -> list[Rating]:
    """The ratings of `read_ratings`, without the counts of what was kept out."""
    read = read_ratings(decisions, assignments, passages, documents, codebook, wordings=wordings, kinds=kinds)
    return list(read.ratings)


def read_ratings(
    decisions: Sequence[Decision],
    assignments: Sequence[Assignment],
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    codebook: Codebook,
    *,
    wordings: Wordings | None = None,
    kinds: Mapping[str, RaterKind] | None = None,
    same: Same | None = None,
) -> RatingsRead:
    """Every finished reading as ratings, in the order of `assignments`, then of the codebook.

    `decisions` stand in the order they were stored. `wordings` holds the codebooks that passages were
    finished under; a code that nobody answered by name was read as the codebook of the `done` had it, and
    is kept out where that codebook is not known. `kinds` names raters that are not plain people, `same`
    wordings that are pooled.
    """
    sources = _Sources(passages, documents, codebook, wordings or {}, same or {})
    ratings: list[Rating] = []
    kept_out: Counter[str] = Counter()
    pooled: Counter[str] = Counter()
    elsewhere = 0
    for standing in fold_all(assignments, decisions):
        for arm, reading in finished_readings(standing):
            passage = sources.passages.get(standing.assignment.passage)
            if passage is None:
                elsewhere += 1
                continue
            rater = standing.assignment.reviewer
            kind = (kinds or {}).get(rater, RaterKind.HUMAN)
            for code in asked_for(standing.assignment, codebook.by_id):
                wording = wording_of(reading, code, sources.wordings)
                if not sources.stands(code, wording):
                    kept_out[code] += 1
                    continue
                pooled[code] += wording != sources.current[code]
                ratings.append(
                    Rating(
                        unit=passage.id,
                        doc=passage.document,
                        rater=rater,
                        kind=kind,
                        code=code,
                        arm=arm.value,
                        round=standing.assignment.round,
                        codebook=reading.done.codebook_hash if reading.done else "",
                        cluster=sources.clusters.get(passage.document, passage.document),
                        **_answered(reading.answers.get(code), passage),
                    )
                )
            kept_out.update(code for code in reading.coded if code not in codebook.by_id)
    return RatingsRead(tuple(ratings), dict(kept_out), elsewhere, dict(+pooled))


def ratings_of_run(
    run: Run,
    outcomes: Iterable[Outcome],
    suggestions: Iterable[Suggestion],
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    codebook: Codebook,
    *,
    wordings: Wordings | None = None,
    same: Same | None = None,
) -> RatingsRead:
    """A run as a rater: of every passage it coded, 1 for yes and 0 otherwise.

    Borderline is 0 and kept as attribute `borderline`. Codes whose wording has changed since are kept out.
    """
    sources = _Sources(passages, documents, codebook, wordings or {}, same or {})
    proposed = {(s.passage, s.code): s for s in suggestions if s.run == run.id}
    then = sources.wordings.get(run.codebook_hash, {})
    ratings: list[Rating] = []
    kept_out: Counter[str] = Counter()
    pooled: Counter[str] = Counter()
    elsewhere = 0
    for outcome in outcomes:
        if outcome.run != run.id or outcome.state is not OutcomeState.CODED:
            continue
        passage = sources.passages.get(outcome.passage)
        if passage is None:
            elsewhere += 1
            continue
        for code in codebook.by_id:
            if not sources.stands(code, then.get(code)):
                kept_out[code] += 1
                continue
            pooled[code] += then.get(code) != sources.current[code]
            ratings.append(
                Rating(
                    unit=passage.id,
                    doc=passage.document,
                    rater=run.rater,
                    kind=RaterKind.MODEL,
                    code=code,
                    run=run.id,
                    codebook=run.codebook_hash,
                    cluster=sources.clusters.get(passage.document, passage.document),
                    **_proposed(proposed.get((passage.id, code)), passage),
                )
            )
    return RatingsRead(tuple(ratings), dict(kept_out), elsewhere, dict(+pooled))


class _Sources:
    """What ratings are looked up in."""

    def __init__(
        self,
        passages: Iterable[PassageOrHead],
        documents: Iterable[DocumentHead],
        codebook: Codebook,
        wordings: Wordings,
        same: Same,
    ) -> None:
        self.passages = {passage.id: passage for passage in passages}
        self.clusters = {document.slug: document.cluster for document in documents}
        self.current = {code.id: code.text_hash for code in codebook.codes}
        self.wordings: Wordings = {**wordings, codebook.hash: self.current}
        self._same = same

    def stands(self, code: str, wording: str | None) -> bool:
        """Whether what was decided under this wording counts under the present one."""
        return wording == self.current[code] or wording in self._same.get(code, ())


def _answered(answer: Decision | None, passage: PassageOrHead) -> dict[str, object]:
    if answer is None or answer.action not in CODED:
        return {"value": 0}
    span = {}
    if answer.start is not None and answer.end is not None:
        span = {"start": answer.start - passage.start, "end": answer.end - passage.start}
    return {"value": 1, "attributes": _joined(answer.attributes), **span}


def _proposed(suggestion: Suggestion | None, passage: PassageOrHead) -> dict[str, object]:
    if suggestion is None or suggestion.verdict is Verdict.NO:
        return {"value": 0}
    if suggestion.verdict is Verdict.BORDERLINE:
        return {"value": 0, "attributes": {BORDERLINE: "1"}}
    span = {}
    if suggestion.evidence:
        start = min(evidence.start for evidence in suggestion.evidence)
        end = max(evidence.end for evidence in suggestion.evidence)
        span = {"start": start - passage.start, "end": end - passage.start}
    return {"value": 1, "attributes": _joined(suggestion.attributes), **span}


def _joined(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: SEVERAL.join(values) for name, values in attributes.items()}
