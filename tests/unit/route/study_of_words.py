"""Documents of passages with so many words, for draws."""

from __future__ import annotations

from datetime import UTC, datetime

from cothemes.records.document import BlockKind, Kind, Role
from cothemes.records.passage import Passage

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def passages_of(slug: str, lengths: list[int], role: Role = Role.PARTICIPANT) -> list[Passage]:
    made = []
    start = 0
    for position, words in enumerate(lengths):
        text = " ".join(["word"] * words)
        made.append(
            Passage(
                id=f"{slug}.{position + 1:04d}",
                document=slug,
                version="v",
                segmentation="s",
                start=start,
                end=start + len(text),
                text=text,
                kind=BlockKind.TURN,
                role=role,
                position=position,
            )
        )
        start += len(text) + 1
    return made


def interviews(*slugs: str) -> dict[str, Kind]:
    return dict.fromkeys(slugs, Kind.INTERVIEW)
