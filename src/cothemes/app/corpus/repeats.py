"""Passages that say the same or nearly the same: found once for the present texts, and kept for cards."""

from __future__ import annotations

import json

from pydantic import Field

from cothemes.app.study import Study
from cothemes.records.record import Record, content_hash
from cothemes.stages.repeats.groups import repeated

KEY = "repeats"
"""Key of the small fact that holds the groups, by ids alone, and the texts that they are of."""


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
    study.store.meta.set(KEY, json.dumps({"texts": _texts(study), "groups": groups}))
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


def known_repeats(study: Study, passage: str) -> tuple[str, ...]:
    """Return the other passages of a passage's group, as they were found last; none where texts changed since
    or nobody has looked.
    """
    kept = study.store.meta.get(KEY)
    if kept is None or f'"{passage}"' not in kept:
        return ()
    found = json.loads(kept)
    if found["texts"] != _texts(study):
        return ()
    for group in found["groups"]:
        if passage in group:
            return tuple(each for each in group if each != passage)
    return ()


def _texts(study: Study) -> str:
    """One hash of which passages are current, in which version of their document."""
    return content_hash(sorted([each.id, each.version] for each in study.store.passages.heads()))
