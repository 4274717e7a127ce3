"""Passages that say the same or nearly the same: found once for the present texts, and kept for cards."""

from __future__ import annotations

import json

from pydantic import Field

from cothemes.app.corpus.known_repeats import KEY, texts_hash
from cothemes.app.study import Study
from cothemes.records.record import Record
from cothemes.stages.repeats.groups import repeated


class RepeatedGroup(Record):
    """Passages that say nearly the same."""

    passages: tuple[str, ...]
    documents: tuple[str, ...]
    words: int
    """Words of the first."""
    identical: bool
    """Whether all have the very same words."""
    text: str = Field(exclude=True)
    """The words of the first."""


class RepeatedList(Record):
    """Groups of passages that repeat each other, in the order of the study."""

    passages: int
    """Passages of the study."""
    repeated: int
    """Passages in a group."""
    groups: tuple[RepeatedGroup, ...]


def repeated_passages(study: Study) -> RepeatedList:
    """Return the groups, and keep their ids for cards. Short passages are in none."""
    passages = {each.id: each for each in study.store.passages.all()}
    groups = repeated({each.id: each.text for each in passages.values()})
    study.store.meta.set(KEY, json.dumps({"texts": texts_hash(study), "groups": groups}))
    return RepeatedList(
        passages=len(passages),
        repeated=sum(map(len, groups)),
        groups=tuple(
            RepeatedGroup(
                passages=group,
                documents=tuple(dict.fromkeys(passages[each].document for each in group)),
                words=passages[group[0]].words,
                identical=len({passages[each].text for each in group}) == 1,
                text=passages[group[0]].text,
            )
            for group in groups
        ),
    )
