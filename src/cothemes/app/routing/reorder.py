"""The order of a round: remembered when it is drawn, renewed as suggestions change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cothemes.app.routing.worth import study_worth
from cothemes.app.study import Study
from cothemes.records.passage import PassageHead
from cothemes.records.record import Record, content_hash
from cothemes.records.review import Action, Assignment
from cothemes.stages.route.design import Design, ServingOrder
from cothemes.stages.route.order import Worth
from cothemes.stages.route.reorder import reordered


class RoundOrder(Record):
    """The order by which a round is served."""

    order: ServingOrder
    priority: float
    """Share put forward, as it was named; 0 for the usual one."""


def order_of_round(study: Study, round_name: str) -> RoundOrder | None:
    """Return the order that was chosen for the round; None where nobody has chosen."""
    said = study.store.meta.get(_key(round_name))
    return RoundOrder.model_validate_json(said) if said else None


def note_order(study: Study, design: Design) -> None:
    """Remember by which order the round is served, so that renewing it needs no option."""
    chosen = RoundOrder(order=design.serving, priority=design.priority)
    study.store.meta.set(_key(design.round), chosen.model_dump_json())


def note_known(study: Study, round_name: str) -> None:
    """Remember what was known when the whole round was put in order."""
    study.store.meta.set(_known_key(round_name), _known(study, round_name))


def reorder_open(study: Study) -> dict[str, dict[str, int]]:
    """Renew the order of every round that is served by a score, as it was chosen; return round → reviewer →
    open passages that got another place.

    A round stays as it is while there is no new run, no further passage and no passage finished since: an
    order made anew around what was begun would only shuffle the rest.
    """
    assignments = study.store.reviews.assignments()
    passages = study.store.passages.heads()
    found = {}
    for name in dict.fromkeys(each.round for each in assignments if not each.codes):
        chosen = order_of_round(study, name)
        if chosen is None:
            continue
        design = Design(round=name, order=chosen.order, priority=chosen.priority)
        if design.forward:
            readers = list(dict.fromkeys(each.reviewer for each in assignments if each.round == name))
            if _known(study, name) == study.store.meta.get(_known_key(name)):
                found[name] = dict.fromkeys(readers, 0)
                continue
            worth = study_worth(study, design)
            changed = moved(study, design, readers, assignments, passages, worth)
            with study.store.together():
                found[name] = {who: len(study.store.reviews.reorder(each)) for who, each in changed.items()}
                note_known(study, name)
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


def _known(study: Study, round_name: str) -> str:
    """Return a hash of what an order rests on: codebook, runs, passages of the round, finished readings."""
    finished = study.store.reviews.decisions(acts=[Action.DONE, Action.REOPEN])
    return content_hash(
        [
            study.codebook.hash,
            [run.id for run in study.store.runs.all()],
            sum(each.round == round_name for each in study.store.reviews.assignments()),
            len(finished),
        ]
    )


def _known_key(round_name: str) -> str:
    return f"known when the round {round_name} was put in order"


def _key(round_name: str) -> str:
    return f"order of the round {round_name}"
