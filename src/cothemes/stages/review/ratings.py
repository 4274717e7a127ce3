"""Decisions to ratings: what counts for a purpose, one row for each reading and code.

A closed reading rates every code that it was asked about: 1 where it was accepted or added, else 0. A reveal
passage gives two ratings per code: one in arm `reveal` for the first, blind part, and one in arm `revealed`
for the part after the suggestions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.document import DocumentHead
from cothemes.records.left_out import Reason
from cothemes.records.passage import PassageOrHead
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.reading_state import CODED
from cothemes.stages.review.selection import Purpose, Selection

BORDERLINE = "borderline"
"""Attribute of a model's rating that stands for its own column: `1` where the answer was borderline."""


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


def read_ratings(
    found: Selection,
    assignments: Iterable[Assignment],
    meanings: Meanings,
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    *,
    kinds: Mapping[str, RaterKind] | None = None,
) -> RatingsRead:
    """Return what people decided, as it counts for the purpose of a selection, as ratings.

    They are in the order of the readings, then of the codebook. `assignments` are those that were selected
    from. `kinds` names raters that are not plain people.
    """
    places = {passage.id: passage for passage in passages}
    clusters = {document.slug: document.cluster for document in documents}
    ratings: list[Rating] = []
    kept_out: Counter[str] = Counter(
        each.code for each in found.dropped if each.reason is Reason.RETIRED_CODE and each.action in CODED
    )
    pooled: Counter[str] = Counter()
    codes = frozenset(meanings.codes)
    asked = {(a.reviewer, a.passage, a.round): a for a in assignments if a.codes}
    for each in found.counted:
        passage = places[each.passage]
        values = each.values
        recoding = asked.get((each.rater, each.passage, each.round))
        whole = recoding is None or found.purpose is Purpose.FINDINGS
        scope = codes if recoding is None or whole else codes.intersection(recoding.codes)
        kept_out.update(scope - values.keys())
        reworded = meanings.reworded(each.codebook)
        for code in meanings.codes:
            if code not in values:
                continue
            answer = each.answers.get(code)
            pooled[code] += code in reworded if answer is None else answer.code_hash != meanings.text(code)
            ratings.append(
                _light(
                    unit=passage.id,
                    doc=passage.document,
                    rater=each.rater,
                    kind=(kinds or {}).get(each.rater, RaterKind.HUMAN),
                    code=code,
                    arm=each.arm.value,
                    round=each.round,
                    codebook=each.codebook,
                    cluster=clusters.get(passage.document, passage.document),
                    **_answered(answer, passage),
                )
            )
    return RatingsRead(tuple(ratings), dict(kept_out), len(found.closed_elsewhere), dict(+pooled))


def ratings_of_rulings(
    rulings: Mapping[tuple[str, str], Settlement],
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    rater: str,
) -> list[Rating]:
    """Return the rulings that hold as ratings of the consensus."""
    places = {passage.id: passage for passage in passages}
    clusters = {document.slug: document.cluster for document in documents}
    found = []
    for (unit, code), ruling in rulings.items():
        if unit not in places:
            continue
        passage = places[unit]
        span: dict[str, object] = {}
        if ruling.start is not None and ruling.end is not None:
            span = {"start": ruling.start - passage.start, "end": ruling.end - passage.start}
        found.append(
            Rating(
                unit=unit,
                doc=passage.document,
                rater=rater,
                kind=RaterKind.CONSENSUS,
                code=code,
                value=int(ruling.ruling is Ruling.YES),
                round=ruling.round,
                codebook=ruling.codebook_hash,
                cluster=clusters.get(passage.document, passage.document),
                attributes=_joined(ruling.attributes),
                **span,
            )
        )
    return found


def ratings_of_run(
    run: Run,
    outcomes: Iterable[Outcome],
    suggestions: Iterable[Suggestion],
    passages: Iterable[PassageOrHead],
    documents: Iterable[DocumentHead],
    meanings: Meanings,
) -> RatingsRead:
    """A run as a rater: of every passage it coded, 1 for yes and 0 otherwise.

    Borderline is 0 and kept as attribute `borderline`. Codes whose wording has changed since are kept out.
    """
    places = {passage.id: passage for passage in passages}
    clusters = {document.slug: document.cluster for document in documents}
    proposed = {(each.passage, each.code): each for each in suggestions if each.run == run.id}
    stands = [code for code in meanings.codes if meanings.stood(code, run.codebook_hash, strict=True)]
    reworded = meanings.reworded(run.codebook_hash)
    ratings: list[Rating] = []
    kept_out: Counter[str] = Counter()
    pooled: Counter[str] = Counter()
    elsewhere = 0
    for outcome in outcomes:
        if outcome.run != run.id or outcome.state is not OutcomeState.CODED:
            continue
        passage = places.get(outcome.passage)
        if passage is None:
            elsewhere += 1
            continue
        kept_out.update(frozenset(meanings.codes).difference(stands))
        for code in stands:
            pooled[code] += code in reworded
            ratings.append(
                _light(
                    unit=passage.id,
                    doc=passage.document,
                    rater=run.rater,
                    kind=RaterKind.MODEL,
                    code=code,
                    run=run.id,
                    codebook=run.codebook_hash,
                    cluster=clusters.get(passage.document, passage.document),
                    **_proposed(proposed.get((passage.id, code)), passage),
                )
            )
    return RatingsRead(tuple(ratings), dict(kept_out), elsewhere, dict(+pooled))


_GIVEN = set(Rating.model_fields)


def _light(**values: Any) -> Rating:
    """Return a rating that shares the set of its given fields with all others: it takes half the memory."""
    made = Rating(**values)
    object.__setattr__(made, "__pydantic_fields_set__", _GIVEN)
    return made


def _answered(answer: Decision | None, passage: PassageOrHead) -> dict[str, object]:
    if answer is None or answer.action not in CODED:
        return {"value": 0}
    span = {}
    if answer.hull is not None:
        # As with a model's evidence: one row a cell, from the first marked word to the last.
        span = {"start": answer.hull[0] - passage.start, "end": answer.hull[1] - passage.start}
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
