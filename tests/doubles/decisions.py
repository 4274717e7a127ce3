"""Decisions of people, written straight into a study's records."""

from __future__ import annotations

from collections.abc import Mapping

from tests.doubles.coded_study import NOW

from cothemes.adapters.uuid7 import Uuid7
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Assignment, Decision, Stream

_IDS = Uuid7()


def read(
    study: Study,
    reviewer: str,
    passage_id: str,
    codes: Mapping[str, Mapping[str, tuple[str, ...]]] | tuple[str, ...] = (),
    *,
    arm: Arm = Arm.BLIND,
    round_name: str = "main",
    span: tuple[int, int] | None = None,
    note: str = "",
    done: bool = True,
    scope: tuple[str, ...] = (),
    stream: Stream = Stream.DOCUMENT,
) -> None:
    """`reviewer` is given the passage, adds the codes (attributes, `span` of the passage), notes, is done.

    `scope`: the codes of a recode round.
    """
    passage = study.store.passages.get(passage_id)
    assert passage is not None
    study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())
    study.store.reviews.assign(
        [
            Assignment(
                reviewer=reviewer,
                passage=passage_id,
                document=passage.document,
                round=round_name,
                arm=arm,
                probability=0.5,
                double=arm is Arm.BLIND,
                position=len(study.store.reviews.assignments(reviewer=reviewer)),
                drawn=NOW,
                seed=1,
                chance=0.5,
                codes=scope,
                stream=stream,
            )
        ]
    )
    shared = {
        "at": NOW,
        "reviewer": reviewer,
        "passage": passage_id,
        "round": round_name,
        "arm": arm,
        "codebook_hash": study.codebook.hash,
    }
    place = {"start": passage.start + span[0], "end": passage.start + span[1]} if span is not None else {}
    attributes = codes if isinstance(codes, Mapping) else {code: {} for code in codes}
    acts = [
        Decision(
            id=_IDS.new(),
            action=Action.ADD,
            code=code,
            code_hash=study.codebook.by_id[code].text_hash,
            attributes=dict(set_),
            **place,
            **shared,
        )
        for code, set_ in attributes.items()
    ]
    if note:
        acts.append(Decision(id=_IDS.new(), action=Action.NOTE, note=note, **shared))
    if done:
        acts.append(Decision(id=_IDS.new(), action=Action.DONE, **shared))
    study.store.reviews.append(acts)
