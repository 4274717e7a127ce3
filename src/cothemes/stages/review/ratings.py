"""Decisions to ratings: what counts for a purpose, one row for each reading and code.

A closed reading rates every code that it was asked about: 1 where it was accepted or added, else 0. A reveal
passage gives two ratings per code: one in arm `reveal` for the first, blind part, and one in arm `revealed`
for the part after the suggestions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.coded_reading import NOT_RATED, CodedReading, Mark, RatingList
from cothemes.records.document import DocumentHead
from cothemes.records.left_out import Reason
from cothemes.records.passage import PassageOrHead
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.reading_state import CODED
from cothemes.stages.review.selection import Counted, Purpose, Selection

BORDERLINE = "borderline"
"""Attribute of a model's rating that stands for its own column: `1` where the answer was borderline."""
_BORDERLINE = Mark({BORDERLINE: "1"})


@dataclass(frozen=True)
class RatingsRead:
    """Ratings under the current wording, and what was kept out."""

    ratings: RatingList
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
    made: list[CodedReading] = []
    coding = _Coding(meanings)
    kept_out: Counter[str] = Counter(
        each.code for each in found.dropped if each.reason is Reason.RETIRED_CODE and each.action in CODED
    )
    pooled: Counter[str] = Counter()
    codes = frozenset(meanings.codes)
    asked = {(a.reviewer, a.passage, a.round): a for a in assignments if a.codes}
    for each in found.counted:
        passage = places[each.passage]
        values = coding.values(each)
        recoding = asked.get((each.rater, each.passage, each.round))
        whole = recoding is None or found.purpose is Purpose.FINDINGS
        if NOT_RATED in values:
            scope = codes if recoding is None or whole else codes.intersection(recoding.codes)
            kept_out.update(scope.difference(coding.rated(values)))
        pooled.update(coding.pooled(each))
        made.append(
            CodedReading(
                unit=passage.id,
                doc=passage.document,
                rater=each.rater,
                kind=(kinds or {}).get(each.rater, RaterKind.HUMAN),
                codes=meanings.codes,
                values=values,
                marks=coding.marks(each, passage, carried=found.purpose is Purpose.FINDINGS),
                arm=each.arm.value,
                round=each.round,
                codebook=each.codebook,
                cluster=clusters.get(passage.document, passage.document),
            )
        )
    ratings = RatingList(tuple(each for each in made if len(each)))
    return RatingsRead(ratings, dict(kept_out), len(found.closed_elsewhere), dict(+pooled))


class _Coding:
    """Readings as bytes and marks, in the order of the codebook's codes."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings
        self._place = {code: place for place, code in enumerate(meanings.codes)}
        self._silent: dict[frozenset[str], bytes] = {}

    def values(self, reading: Counted) -> bytes:
        """A byte for each code."""
        silent = self._silent.get(reading.absent)
        if silent is None:
            said = (0 if code in reading.absent else NOT_RATED for code in self._meanings.codes)
            silent = self._silent[reading.absent] = bytes(said)
        if not reading.answers:
            return silent
        found = bytearray(silent)
        for code, answer in reading.answers.items():
            found[self._place[code]] = answer.action in CODED
        return bytes(found)

    def rated(self, values: bytes) -> list[str]:
        """The codes that have a value."""
        return [code for code, value in zip(self._meanings.codes, values, strict=True) if value != NOT_RATED]

    def pooled(self, reading: Counted) -> Iterator[str]:
        """Codes that count though they were worded otherwise."""
        for code, answer in reading.answers.items():
            if answer.code_hash != self._meanings.text(code):
                yield code
        yield from (self._meanings.reworded(reading.codebook) & reading.absent) - reading.answers.keys()

    def marks(self, reading: Counted, passage: PassageOrHead, *, carried: bool) -> dict[int, Mark]:
        """Attributes and marked words of the codes that apply; `carried`: with the words of all decisions
        that a merged or split code rests on."""
        found = {}
        for code, answer in reading.answers.items():
            if answer.action not in CODED:
                continue
            under = [each.spans for each in reading.support.get(code, ()) if carried and each.action in CODED]
            spans = sorted({span for spans in under for span in spans}) or answer.spans
            if spans or answer.attributes:
                found[self._place[code]] = _mark(answer, spans, passage)
        return found


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
    proposed: dict[str, dict[str, Suggestion]] = defaultdict(dict)
    for each in suggestions:
        if each.run == run.id:
            proposed[each.passage][each.code] = each
    stands = [code for code in meanings.codes if meanings.stood(code, run.codebook_hash, strict=True)]
    reworded = meanings.reworded(run.codebook_hash)
    place = {code: at for at, code in enumerate(meanings.codes)}
    silent = bytes(0 if code in stands else NOT_RATED for code in meanings.codes)
    kept, kept_out = 0, frozenset(meanings.codes).difference(stands)
    made: list[CodedReading] = []
    elsewhere = 0
    for outcome in outcomes:
        if outcome.run != run.id or outcome.state is not OutcomeState.CODED:
            continue
        passage = places.get(outcome.passage)
        if passage is None:
            elsewhere += 1
            continue
        kept += 1
        values, marks = bytearray(silent), {}
        for code, suggestion in proposed.get(passage.id, {}).items():
            if code in stands and suggestion.verdict is not Verdict.NO:
                values[place[code]] = suggestion.verdict is Verdict.YES
                marks[place[code]] = _proposed(suggestion, passage)
        made.append(
            CodedReading(
                unit=passage.id,
                doc=passage.document,
                rater=run.rater,
                kind=RaterKind.MODEL,
                codes=meanings.codes,
                values=bytes(values) if marks else silent,
                marks=marks,
                run=run.id,
                codebook=run.codebook_hash,
                cluster=clusters.get(passage.document, passage.document),
            )
        )
    return RatingsRead(
        RatingList(tuple(made) if stands else ()),
        dict.fromkeys(kept_out, kept) if kept else {},
        elsewhere,
        {code: kept for code in stands if code in reworded and kept},
    )


def _mark(answer: Decision, spans: Iterable[tuple[int, int]], passage: PassageOrHead) -> Mark:
    return Mark(_joined(answer.attributes)).with_spans(_within(spans, passage))


def _proposed(suggestion: Suggestion, passage: PassageOrHead) -> Mark:
    if suggestion.verdict is Verdict.BORDERLINE:
        return _BORDERLINE
    attributes = _joined(suggestion.attributes)
    evidence = [(each.start, each.end) for each in suggestion.evidence]
    return Mark(attributes).with_spans(_within(evidence, passage))


def _within(spans: Iterable[tuple[int, int]], passage: PassageOrHead) -> list[tuple[int, int]]:
    """Return spans of the document as spans of the passage's text."""
    return [(start - passage.start, end - passage.start) for start, end in spans]


def _joined(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: SEVERAL.join(values) for name, values in attributes.items()}
