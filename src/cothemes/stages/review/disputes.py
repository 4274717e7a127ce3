"""Where finished readings of one passage differ, with the readers' names put aside.

A case is one passage of one round that at least two people have finished. It is made of ratings, so that a
decision under an earlier wording of a code takes no part in it, whoever's it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.records.rating import SEVERAL, Rating
from cothemes.records.record import content_hash
from cothemes.records.review import ReadingArm

Attributes = Mapping[str, tuple[str, ...]]


class Difference(StrEnum):
    """Aspects in which answers to one code differ."""

    CODE = "code"
    """Some gave it and some did not."""
    ATTRIBUTES = "attributes"
    """All gave it, with other attributes."""
    WORDS = "words"
    """All gave it, and at least two marked stretches that share no character."""


Span = tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """Answer of one reader about one code."""

    reader: int
    """Counted from 1, in the case's own order."""
    applies: bool
    attributes: Attributes = field(default_factory=dict)
    span: tuple[int, int] | None = None
    """Half-open code points of the document, from the first to the last word marked."""
    spans: tuple[tuple[int, int], ...] = ()
    """Each stretch that was marked."""


@dataclass(frozen=True)
class CodeAnswers:
    """One code, with all who rated it."""

    code: str
    answers: tuple[Answer, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def given(self) -> tuple[Answer, ...]:
        """Return the answers of those who gave it."""
        return tuple(answer for answer in self.answers if answer.applies)

    @property
    def shared_attributes(self) -> dict[str, tuple[str, ...]]:
        """Those on which all who gave the code agree."""
        given = self.given
        if not given:
            return {}
        first, *others = [answer.attributes for answer in given]
        return {name: values for name, values in first.items() if all(o.get(name) == values for o in others)}

    @property
    def offered_attributes(self) -> dict[str, tuple[str, ...]]:
        """Those that all who set them set alike; who left one empty does not contradict."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for answer in self.given:
            for name, values in answer.attributes.items():
                found.setdefault(name, set()).add(values)
        return {name: values.pop() for name, values in found.items() if len(values) == 1}

    @property
    def shared_span(self) -> tuple[int, int] | None:
        """The words that all who gave the code marked alike; several stretches from the first to the last."""
        marked = {answer.spans for answer in self.given}
        alike = marked.pop() if len(marked) == 1 else ()
        return (alike[0][0], alike[-1][1]) if alike else None


@dataclass(frozen=True)
class Case:
    """One passage of one round as its readers left it."""

    passage: Passage
    round: str
    readers: tuple[str, ...]
    """Reader 1 first: an order of its own for every passage. Not for the screen."""
    codes: tuple[CodeAnswers, ...]
    """Codes that two readers or more rated and one at least gave, in the codebook's order."""
    not_compared: frozenset[str] = frozenset()
    """Codes that fewer than two readers rated under the present wording: nothing can be said of them."""
    notes: tuple[tuple[int, str], ...] = ()
    """Reader and remark."""

    @property
    def disputed(self) -> tuple[str, ...]:
        """Codes that some gave and some did not."""
        return self._with(Difference.CODE)

    @property
    def described_otherwise(self) -> tuple[str, ...]:
        """Codes that all gave, with other attributes."""
        return self._with(Difference.ATTRIBUTES)

    @property
    def by_code(self) -> dict[str, CodeAnswers]:
        """Code → its answers."""
        return {one.code: one for one in self.codes}

    def _with(self, difference: Difference) -> tuple[str, ...]:
        return tuple(one.code for one in self.codes if difference in one.differences)


def shuffled(passage: str, round_name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The readers in an order that is the same every time for a passage, and another for the next."""
    return tuple(sorted(names, key=lambda name: content_hash([passage, round_name, name])))


def cases_of(
    ratings: Iterable[Rating],
    passages: Mapping[str, Passage],
    codebook: Codebook,
    notes: Mapping[tuple[str, str, str], Sequence[str]] | None = None,
    stretches: Mapping[tuple[str, str, str], Mapping[str, Sequence[Span]]] | None = None,
) -> list[Case]:
    """A case for each passage and round that two raters or more have rated, in the order of `passages`.

    `ratings` are people's, every one with its value. Of a passage read twice, the second reading counts.
    `notes`: passage, round, reader → what the reader remarked; `stretches`: the same → code → what they
    marked, in code points of the document, where that is more than a rating holds.
    """
    heaps: dict[tuple[str, str], dict[tuple[str, str], Rating]] = {}
    for rating in ratings:
        if rating.code in codebook.by_id and rating.unit in passages:
            heap = heaps.setdefault((rating.unit, rating.round), {})
            key = (rating.rater, rating.code)
            if key not in heap or rating.arm == ReadingArm.REVEALED:
                heap[key] = rating
    order = {passage: place for place, passage in enumerate(passages)}
    found = []
    for (unit, round_name), heap in heaps.items():
        names = shuffled(unit, round_name, {rater for rater, _ in heap})
        if len(names) < 2:
            continue
        marked = {name: (stretches or {}).get((unit, round_name, name), {}) for name in names}
        codes = (_answers(code, names, heap, passages[unit], marked) for code in codebook.by_id)
        said = [
            (place, note)
            for place, name in enumerate(names, start=1)
            for note in (notes or {}).get((unit, round_name, name), ())
        ]
        found.append(
            Case(
                passage=passages[unit],
                round=round_name,
                readers=names,
                codes=tuple(one for one in codes if one is not None),
                not_compared=frozenset(
                    code for code in codebook.by_id if sum((name, code) in heap for name in names) < 2
                ),
                notes=tuple(said),
            )
        )
    return sorted(found, key=lambda case: (order[case.passage.id], case.round))


def _answers(
    code: str,
    names: Sequence[str],
    heap: Mapping[tuple[str, str], Rating],
    passage: Passage,
    marked: Mapping[str, Mapping[str, Sequence[Span]]],
) -> CodeAnswers | None:
    answers = tuple(
        _answer(place, heap[(name, code)], passage, marked[name].get(code, ()))
        for place, name in enumerate(names, start=1)
        if (name, code) in heap
    )
    if len(answers) < 2 or not any(answer.applies for answer in answers):
        return None
    return CodeAnswers(code, answers, differences_of(answers))


def _answer(reader: int, rating: Rating, passage: Passage, marked: Sequence[Span]) -> Answer:
    span = None
    if rating.start is not None and rating.end is not None:
        span = (passage.start + rating.start, passage.start + rating.end)
    attributes = {
        name: tuple(sorted(filter(None, value.split(SEVERAL)))) for name, value in rating.attributes.items()
    }
    spans = tuple(marked) or ((span,) if span else ())
    return Answer(reader, rating.value == 1, {n: v for n, v in attributes.items() if v}, span, spans)


def _share(some: Sequence[Span], others: Sequence[Span]) -> bool:
    """Return whether a character is in both."""
    return any(a[0] < b[1] and b[0] < a[1] for a in some for b in others)


def differences_of(answers: Sequence[Answer]) -> tuple[Difference, ...]:
    """Return in what answers to one code differ; none where all are alike."""
    if not all(answer.applies for answer in answers):
        return (Difference.CODE,)
    found = []
    if any(answer.attributes != answers[0].attributes for answer in answers):
        found.append(Difference.ATTRIBUTES)
    marked = [answer.spans for answer in answers if answer.spans]
    if any(not _share(a, b) for i, a in enumerate(marked) for b in marked[i + 1 :]):
        found.append(Difference.WORDS)
    return tuple(found)
