"""A passage from its sentences, to hold quotes against."""

from __future__ import annotations

from cothemes.records.document import BlockKind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.stages.propose.grounding import Target


class Said:
    """What one person says in one passage."""

    def __init__(self, *sentences: str, between: str = " ") -> None:
        self.text = between.join(sentences)
        spans = []
        for sentence in sentences:
            start = spans[-1][1] + len(between) if spans else 0
            spans.append((start, start + len(sentence)))
        self.passage = Passage(
            id="talk.0001", document="talk", version="v", segmentation="s", start=0, end=len(self.text),
            text=self.text, kind=BlockKind.TURN, speaker="P1", role=Role.PARTICIPANT,
            sentences=tuple(Sentence(id=f"s{n}", start=a, end=b) for n, (a, b) in enumerate(spans, 1)),
            position=0,
        )  # fmt: skip
        self.target = Target(self.text, self.passage)

    def quoted(self, quote: str, *named: str) -> tuple[str, list[str]]:
        """The status of a quote and what is shown of it."""
        grounded = self.target.ground(quote, named)
        return grounded.status.value, [self.text[e.start : e.end] for e in grounded.evidence]
