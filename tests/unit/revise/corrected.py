"""Interviews with passages, and their corrected texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.unit.segment.documents import talk

from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.text_change import RevisionPlan, TextSpan
from cothemes.settings import SegmentSettings
from cothemes.stages.revise.plan import Earlier, plan_revision
from cothemes.stages.revise.voices import clipped
from cothemes.stages.segment.passages import segment

SETTINGS = SegmentSettings()
TOPICS = [
    "housing", "money", "family", "work", "school", "health", "council", "doctor", "neighbour", "garden",
    "bus", "winter",
]  # fmt: skip


def answer(topic: str, sentences: int = 6) -> str:
    """An answer whose words are not those of an answer on another topic."""
    return " ".join(
        f"When the {topic} was mentioned in {topic}{number} we spoke about how {topic}a{number} and "
        f"{topic}b{number} had helped us."
        for number in range(sentences)
    )


def interview(topics: Sequence[str] = TOPICS[:4], **answers: str) -> Document:
    """A question and an answer on each topic."""
    turns = []
    for topic in topics:
        turns.append(("INT", f"Tell me more of the {topic}, would you?"))
        turns.append(("AB", answers.get(topic, answer(topic))))
    return talk(*turns)


def cut(document: Document) -> tuple[Passage, ...]:
    return segment(document, SETTINGS, 1)


def revised(
    old: Document,
    new: Document,
    *,
    passages: Sequence[Passage] | None = None,
    decided: Iterable[str] = (),
    evidence: Mapping[str, Sequence[TextSpan]] | None = None,
    retired: Sequence[Passage] = (),
    next_number: int | None = None,
) -> RevisionPlan:
    before = cut(old) if passages is None else tuple(passages)
    return plan_revision(
        Earlier(
            old,
            before,
            decided=frozenset(decided),
            evidence=evidence or {},
            retired=retired,
            next_number=next_number or len(before) + 1,
        ),
        new,
        lambda start, end: segment(clipped(new, start, end), SETTINGS, 1),
    )


def span_of(text: str, words: str) -> TextSpan:
    start = text.index(words)
    return start, start + len(words)
