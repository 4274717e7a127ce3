"""Passages to reviewers: draws what is new, stores it, and says what it will yield."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.ratings import human_ratings, put_forward_passages
from cothemes.app.reviewers import ADJUDICATOR, able
from cothemes.app.routing.planted_errors import keep, plan_errors
from cothemes.app.routing.reorder import RoundOrder, moved, note_known, note_order, order_of_round
from cothemes.app.routing.worth import study_worth
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.numbers import percent
from cothemes.records.passage import PassageHead
from cothemes.records.record import Record
from cothemes.records.review import Arm, Assignment, Reviewer, Stream
from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.records.text import counted
from cothemes.stages.route.design import FLOOR, MAIN_ROUND, Design, ServingOrder, codable
from cothemes.stages.route.draw import Draw, draw
from cothemes.stages.route.expectation import ENOUGH_REVIEWED, Expectation, expectations


class ReviewerShare(Record):
    """Passages that a draw gives one reviewer."""

    blind_double: int
    """Passages that others code blind too."""
    blind_single: int
    reveal: int
    assisted: int
    passages: int
    words: int


class PlantedReport(Record):
    """Suggestions that are wrong on purpose, in numbers that tell nobody which they are."""

    share: float
    sown: int
    read_blind_by_two: int
    """Passages that two people have finished blind, and that leave a code to be wrong about."""
    ground: dict[str, int]
    """Reviewer → those of them that the reviewer has not read."""
    hosts: dict[str, int]
    """Reviewer → untouched assisted passages of the round beside which one could be shown."""
    checks_given: bool
    """True if passages with an accepted one were given to another blind reader. In numbers, this would tell
    who accepted how many.
    """
    checks_wanting: bool
    """True if an accepted one waits for a blind reader who has not read the passage."""


class DrawnAssignment(Record):
    """One passage for one reviewer."""

    reviewer: str
    passage: str
    arm: Arm
    double: bool
    probability: float
    chance: float | None
    """Probability that the passage is given to anyone for a blind reading."""
    rank: float | None
    stream: Stream
    position: int


class RouteReport(Record):
    """Result of a draw, or of its preview."""

    round: str
    overlap: float
    blind: float
    seed: int
    priority: float
    """Share of the places that are put forward."""
    order: ServingOrder
    """Order in which the passages are served."""
    stored: bool
    documents: int
    """Documents that took part."""
    drawn: int
    kept: int
    in_another_round: int
    double: int
    """Double-coded passages of the round, with those drawn before."""
    reviewers: dict[str, ReviewerShare]
    weeks: dict[str, float]
    """New passages by capacity, of those who named one."""
    expected: tuple[Expectation, ...]
    expected_from: str
    """Source of the shares, in words."""
    seeded: PlantedReport
    reordered: dict[str, int]
    """Reviewer → open passages that got another place, where a new order was asked for."""
    notes: tuple[str, ...]
    assignments: tuple[DrawnAssignment, ...]
    """The new ones."""
    labels: dict[str, str] = Field(default={}, exclude=True)
    """Code → its label."""


def route(
    study: Study,
    reviewers: Sequence[str],
    *,
    documents: Sequence[str] = (),
    round_name: str | None = None,
    overlap: float | None = None,
    blind: float | None = None,
    seed: int | None = None,
    priority: float | None = None,
    order: ServingOrder | None = None,
    reorder: bool = False,
    seeded: float = 0.0,
    dry_run: bool = False,
) -> RouteReport:
    """Draw passages for registered reviewers; what is None comes from the study's settings.

    Raises UnknownReviewer, UsageError for a document that is not there or an order without a share to put
    forward, StateConflict where someone pauses or there is nothing to draw from.
    """
    people = able(study, reviewers)
    names = [person.name for person in people]
    if not names:
        raise UsageError("no reviewer was named", hint="Name them: --reviewers ANN,BOB")
    given = study.settings.route
    known_round = round_name or MAIN_ROUND
    design = Design(
        overlap=given.overlap if overlap is None else overlap,
        blind=given.blind if blind is None else blind,
        seed=given.seed if seed is None else seed,
        **_serving(study, order, priority, order_of_round(study, known_round) if reorder else None),
        round=known_round,
    )
    chosen = order_of_round(study, known_round)
    passages = _passages(study, documents)
    kinds = {document.slug: document.kind for document in study.store.documents.heads()}
    worth = study_worth(study, design)
    existing = study.store.reviews.assignments()
    own = {(a.reviewer, a.passage) for a in existing}
    every = study.store.reviews.assignments(every=True)
    taken = {(a.reviewer, a.passage) for a in every} - own
    drawing = partial(
        draw,
        passages,
        kinds,
        names,
        design,
        existing,
        wiring.clock().now(),
        capacities={person.name: float(person.capacity) for person in people if person.capacity},
        worth=worth,
    )
    found = drawing(taken=taken)
    planting = plan_errors(study, names, seeded, found.assignments, round_name=design.round, seed=design.seed)
    if planting.taken:
        # Passages that hold a seed for someone are not given to the same person to be read blind.
        found = drawing(taken=taken | planting.taken)
    renewed = {}
    if reorder:
        renewed = moved(study, design, names, [*existing, *found.assignments], passages, worth)
    if not dry_run:
        with study.store.together():
            study.store.reviews.assign(found.assignments)
            keep(study, planting, design.round)
            renewed = {name: study.store.reviews.reorder(each) for name, each in renewed.items()}
            if reorder or order is not None or priority is not None or not order_of_round(study, known_round):
                note_order(study, design)
            before = {each.reviewer for each in existing if each.round == design.round}
            if not before or (reorder and not documents and before <= set(names)):
                note_known(study, design.round)
    double = {a.passage for a in (*existing, *found.assignments) if a.double and a.round == design.round}
    shares, source = _shares(study)
    words = {passage.id: passage.words for passage in passages}
    load: Counter[str] = Counter(dict.fromkeys(names, 0))
    for assignment in found.assignments:
        load[assignment.reviewer] += words[assignment.passage]
    return RouteReport(
        round=design.round,
        overlap=design.overlap,
        blind=design.blind,
        seed=design.seed,
        priority=design.forward,
        order=design.serving,
        stored=not dry_run,
        documents=len({passage.document for passage in passages}),
        drawn=found.drawn,
        kept=found.kept,
        in_another_round=found.elsewhere,
        double=len(double),
        reviewers={name: _reviewer_share(name, load[name], found.assignments) for name in load},
        weeks={
            person.name: sum(a.reviewer == person.name for a in found.assignments) / person.capacity
            for person in people
            if person.capacity
        },
        expected=expectations(
            [code.id for code in study.codebook.codes], len(double), shares, found.drawn + found.kept
        ),
        expected_from=source,
        seeded=PlantedReport(
            share=planting.share,
            sown=len(planting.made),
            read_blind_by_two=planting.sites,
            ground=planting.eligible,
            hosts=planting.carriers,
            checks_given=bool(planting.checks),
            checks_wanting=bool(planting.unchecked),
        ),
        reordered={name: len(each) for name, each in renewed.items()},
        notes=(*_notes(design, people, found), *_another_order(design, chosen, found)),
        assignments=tuple(map(_drawn, found.assignments)),
        labels={code.id: code.label for code in study.codebook.codes},
    )


def _serving(
    study: Study, order: ServingOrder | None, priority: float | None, remembered: RoundOrder | None
) -> dict[str, Any]:
    """Return order and share of a design: as named, else as remembered, else as in the settings.

    An order that is named sets the settings' share aside, which belongs to the settings' order.
    """
    given = study.settings.route
    whole = (ServingOrder.DOCUMENT, ServingOrder.RANDOM)
    if order in whole and priority:
        raise UsageError(
            f"the order {order} puts no passage forward, so it has no share",
            hint="Leave --priority out, or use --order value.",
        )
    if order is not None:
        return {"order": order, "priority": priority or 0.0}
    if priority is not None:
        keeps = given.order not in whole and priority > 0
        return {"order": given.order if keeps else ServingOrder.DOCUMENT, "priority": priority}
    chosen = remembered or given
    return {"order": chosen.order, "priority": chosen.priority}


def _reviewer_share(name: str, words: int, assignments: Sequence[Assignment]) -> ReviewerShare:
    mine = [each for each in assignments if each.reviewer == name]
    return ReviewerShare(
        blind_double=sum(each.double for each in mine),
        blind_single=sum(each.arm is Arm.BLIND and not each.double for each in mine),
        reveal=sum(each.arm is Arm.REVEAL for each in mine),
        assisted=sum(each.arm is Arm.ASSISTED for each in mine),
        passages=len(mine),
        words=words,
    )


def _drawn(each: Assignment) -> DrawnAssignment:
    return DrawnAssignment(
        reviewer=each.reviewer,
        passage=each.passage,
        arm=each.arm,
        double=each.double,
        probability=each.probability,
        chance=each.chance,
        rank=each.rank,
        stream=each.stream,
        position=each.position,
    )


def _passages(study: Study, documents: Sequence[str]) -> list[PassageHead]:
    wanted = set(document_ids(study, documents))
    passages = [p for p in study.store.passages.heads() if not documents or p.document in wanted]
    if not any(map(codable, passages)):
        raise StateConflict("there is no passage to assign", hint="Read some first: cothemes ingest FILES")
    return passages


def _shares(study: Study) -> tuple[dict[str, float] | None, str]:
    """Share of passages per code, and where it comes from."""
    values: dict[str, dict[str, list[int]]] = {}
    forward = put_forward_passages(study)
    for rating in human_ratings(study).ratings:
        if rating.unit not in forward and rating.value is not None:
            values.setdefault(rating.unit, {}).setdefault(rating.code, []).append(rating.value)
    if len(values) >= ENOUGH_REVIEWED:
        totals: dict[str, float] = defaultdict(float)
        for codes in values.values():
            for code, given in codes.items():
                totals[code] += sum(given) / len(given)
        left = f" ({len(forward)} that a score put forward left out)" if forward else ""
        shares = {code: total / len(values) for code, total in totals.items()}
        return shares, f"{len(values)} reviewed passages{left}"
    asked = {passage.id for passage in study.store.passages.heads() if codable(passage)}
    for run in reversed(study.store.runs.all()):
        outcomes = study.store.runs.each_outcome(run.id)
        coded = asked & {o.passage for o in outcomes if o.state is OutcomeState.CODED}
        if coded:
            proposed = study.store.runs.each_suggestion(run.id)
            counts = Counter(s.code for s in proposed if s.verdict is Verdict.YES and s.passage in coded)
            shares = {code: count / len(coded) for code, count in counts.items()}
            taught = run.coder != "offline" or run.details.get("reviewed")
            warning = "" if taught else ", which has learned from no reading, so that shares may be far off"
            return shares, f"suggestions of {run.rater} on {counted(len(coded), 'passage')}{warning}"
    return None, f"nothing yet: fewer than {ENOUGH_REVIEWED} reviewed passages and no suggestions"


def _another_order(design: Design, chosen: RoundOrder | None, found: Draw) -> tuple[str, ...]:
    """Say that new passages are served in another order than the one chosen for the round before."""
    if not found.drawn or chosen is None or chosen.order is design.serving:
        return ()
    return (
        f"The round {design.round} was put in order by {chosen.order.value}; these passages are served by "
        f"{design.serving.value}. For one order of all: cothemes route --reviewers NAMES --reorder.",
    )


def _notes(design: Design, people: Sequence[Reviewer], found: Draw) -> tuple[str, ...]:
    notes = []
    if len(people) == 1 and design.overlap > 0:
        notes.append("One reviewer alone cannot double-code: the overlap counts as 0 in this draw.")
    if found.elsewhere:
        left = counted(found.elsewhere, "passage is", "passages are")
        notes.append(f"{left} left out: these reviewers have them in another round.")
    if found.drawn and any(assignment.chance is None for assignment in found.assignments):
        notes.append(
            f"A passage's chance of a blind reading is under {percent(FLOOR)}: `prevalence` will leave this "
            "draw out. Raise --blind or --overlap."
        )
    notes += [
        f"{person.name} is registered as adjudicator: what {person.name} codes, "
        "someone else should adjudicate."
        for person in people
        if person.role == ADJUDICATOR
    ]
    return tuple(notes)
