"""The order of a round: remembered when it is drawn, renewed as suggestions change."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cothemes.app.routing.worth import study_worth
from cothemes.app.study import Study
from cothemes.records.passage import PassageHead
from cothemes.records.review import Assignment
from cothemes.stages.route.design import Design
from cothemes.stages.route.order import Worth
from cothemes.stages.route.reorder import reordered


def order_of_round(study: Study, round_name: str) -> dict[str, Any]:
    """Return order and share by which the round is served; empty where nobody has said."""
    said = study.store.meta.get(_key(round_name))
    return dict(json.loads(said)) if said else {}


def note_order(study: Study, design: Design) -> None:
    """Remember by which order the round is served, so that renewing it needs no option."""
    said = {"order": design.serving.value, "priority": design.priority}
    study.store.meta.set(_key(design.round), json.dumps(said))


def reorder_open(study: Study) -> dict[str, dict[str, int]]:
    """Renew the order of every round that is served by a score, as it was chosen; return round → reviewer →
    open passages that got another place."""
    assignments = study.store.reviews.assignments()
    passages = study.store.passages.heads()
    found = {}
    for name in dict.fromkeys(each.round for each in assignments if not each.codes):
        design = Design(round=name, **order_of_round(study, name))
        if design.forward:
            readers = list(dict.fromkeys(each.reviewer for each in assignments if each.round == name))
            worth = study_worth(study, design)
            changed = moved(study, design, readers, assignments, passages, worth)
            with study.store.together():
                found[name] = {who: len(study.store.reviews.reorder(each)) for who, each in changed.items()}
    return found


def moved(
    study: Study,
    design: Design,
    names: Sequence[str],
    assignments: Sequence[Assignment],
    passages: Sequence[PassageHead],
    worth: Worth,
) -> dict[str, list[Assignment]]:
    """Return, for each reviewer, the open assignments that get another place; stores nothing.

    `assignments`: every one of the study, with those about to be stored. `passages`: those whose order may
    change; others keep their places.
    """
    heads = {each.id: each for each in passages}
    documents = {slug: place for place, slug in enumerate(dict.fromkeys(each.document for each in passages))}
    own: dict[str, list[Assignment]] = defaultdict(list)
    for each in assignments:
        own[each.reviewer].append(each)
    found = {}
    for name in names:
        begun = {
            act.passage for act in study.store.reviews.decisions(reviewer=name) if act.round == design.round
        }
        found[name] = reordered(own[name], begun, heads, documents, design, worth)
    return found


def _key(round_name: str) -> str:
    return f"order of the round {round_name}"
