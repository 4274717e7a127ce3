"""What people of a study code with suggestions in view and blind: arms, reveals, seeds and times of one
round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from cothemes.app.figures.prevalence import named_codes
from cothemes.app.ratings import (
    every_history,
    human_ratings,
    kinds_of_reviewers,
    put_forward_of,
    reads_once,
    selected,
)
from cothemes.app.review.left_out import left_out_of
from cothemes.app.routing.planted_errors import checks_of, finished
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.coded_reading import RatingList
from cothemes.records.left_out import LeftOut, Reason
from cothemes.records.rating_assembly import table_of
from cothemes.records.review import Arm, Assignment, ReadingArm
from cothemes.records.text import counted
from cothemes.stages.evaluate.agreement.shifts import ALL_CODES, Shift, drawn_readings, shifts
from cothemes.stages.evaluate.anchoring.blind_share import blind_share_of, compared_of
from cothemes.stages.evaluate.anchoring.catch_rate import Answered, CatchRate, catch_rate
from cothemes.stages.evaluate.anchoring.pace import Act, Pace, Taken, pace, seconds
from cothemes.stages.evaluate.anchoring.report import CONVENTIONS, Anchoring, Person
from cothemes.stages.evaluate.anchoring.reveal import Changes, Revealed, changes
from cothemes.stages.evaluate.prevalence.outside import FinishedReading, outside
from cothemes.stages.review.reading_state import ReadingState, fold_all
from cothemes.stages.review.selection import Purpose

SYNTHETIC = "The texts are synthetic: the figures show the layout, and say nothing of any person."


@reads_once
def anchoring(study: Study, round_name: str = "") -> Anchoring:
    """Return the anchoring of one round; name it where there are several. Raises StateConflict where rounds
    would be pooled, where nothing is assigned, and in a reflexive study, in which nothing is suggested.
    """
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "is a reflexive study, in which nothing is suggested",
            where=str(study.root),
            hint="[study] tradition in cothemes.toml says which it is.",
        )
    chosen = _round(study, round_name)
    joined = every_history(study)
    assignments = [each for each in joined.assignments if each.round == chosen]
    standings = fold_all(assignments, joined.decisions)
    documents = {document.slug: document for document in study.store.documents.heads()}
    clusters = {slug: document.cluster for slug, document in documents.items()}
    forward = {(who, passage) for who, passage, name in put_forward_of(study) if name == chosen}
    ratings = human_ratings(study, round_name=chosen).ratings
    drawn = RatingList(tuple(part for part in ratings.parts if (part.rater, part.unit) not in forward))
    found = shifts(
        table_of(drawn, source="this study", code_order=tuple(study.codebook.by_id)),
        drawn_readings(assignments),
    )
    second = {each.reviewer: each for each in changes(_revealed(study, standings, clusters))}
    left_out = set(kinds_of_reviewers(study))
    people = tuple(
        _person(study, name, standings, found, second.get(name), clusters, forward)
        for name in dict.fromkeys(each.reviewer for each in assignments)
        if name not in left_out
    )
    touched = {standing.assignment.document for standing in standings if standing.done}
    synthetic = any(documents[slug].synthetic for slug in touched if slug in documents)
    return Anchoring(
        round=chosen,
        people=people,
        seeds=_seeds(study, chosen),
        conventions=CONVENTIONS,
        notes=(*((SYNTHETIC,) if synthetic else ()), *_notes(people)),
        synthetic=synthetic,
        left_out=(
            *left_out_of(study, each_reading=True, readings=True).entries,
            *_put_forward(study, assignments),
        ),
    )


def _put_forward(study: Study, assignments: Sequence[Assignment]) -> tuple[LeftOut, ...]:
    """Return the round's finished readings with suggestions that a score chose: no comparison holds them."""
    if not assignments:
        return ()
    found = [
        FinishedReading(each.rater, each.passage, each.arm, named_codes(each))
        for each in selected(
            study, Purpose.AGREEMENT, round_name=assignments[0].round, arm=ReadingArm.ASSISTED
        ).counted
    ]
    entries = outside(assignments, found, tuple(study.codebook.by_id))
    return tuple(each for each in entries if each.reason is Reason.PUT_FORWARD)


def _round(study: Study, wanted: str) -> str:
    names = sorted(study.store.reviews.rounds())
    if not names:
        raise StateConflict(
            "nothing is assigned to anyone yet", hint="cothemes route --reviewers A,B assigns passages."
        )
    if wanted and wanted not in names:
        raise StateConflict(f"there is no round {wanted}", hint=f"Rounds: {', '.join(names)}.")
    if not wanted and len(names) > 1:
        raise StateConflict(
            f"there are the rounds {', '.join(names)}, which are never pooled",
            hint=f"Choose one: --round {names[-1]}.",
        )
    return wanted or names[0]


def _person(
    study: Study,
    name: str,
    standings: list[ReadingState],
    found: tuple[Shift, ...],
    second: Changes | None,
    clusters: dict[str, str],
    forward: Collection[tuple[str, str]],
) -> Person:
    mine = [standing for standing in standings if standing.assignment.reviewer == name]
    arms = Counter(standing.assignment.arm for standing in mine if standing.done)
    own = [shift for shift in found if shift.rater == name]
    compared = compared_of(
        (document, clusters.get(document, document), standing.assignment.arm.value)
        for standing in mine
        if standing.done and (name, standing.assignment.passage) not in forward
        for document in [standing.assignment.document]
    )
    return Person(
        reviewer=name,
        blind_share=blind_share_of(arms[Arm.BLIND], arms[Arm.ASSISTED], compared),
        overall=next((shift for shift in own if shift.code == ALL_CODES), None),
        codes=tuple(shift for shift in own if shift.code != ALL_CODES),
        changes=second,
        pace=_pace(study, name, mine, clusters),
    )


def _revealed(study: Study, standings: list[ReadingState], clusters: dict[str, str]) -> list[Revealed]:
    """Finished second readings, with the codes that were in view when they were finished."""
    twice = [standing for standing in standings if standing.locked and standing.second.done]
    shown = study.store.runs.suggestions(passages=sorted({s.assignment.passage for s in twice}))
    codes = {suggestion.id: suggestion.code for suggestion in shown}
    return [
        Revealed(
            reviewer=standing.assignment.reviewer,
            cluster=clusters.get(standing.assignment.document, standing.assignment.document),
            before=frozenset(standing.first.coded),
            suggested=frozenset(codes[each] for each in standing.second.done.shown if each in codes),
            after=frozenset(standing.coded),
        )
        for standing in twice
        if standing.second.done is not None
    ]


def _pace(study: Study, name: str, mine: list[ReadingState], clusters: dict[str, str]) -> Pace | None:
    decisions = study.store.reviews.decisions(reviewer=name)
    times = seconds([Act(decision.passage, decision.at.timestamp()) for decision in decisions])
    taken = [
        Taken(
            arm=standing.assignment.arm.value,
            cluster=clusters.get(standing.assignment.document, standing.assignment.document),
            seconds=times[standing.assignment.passage],
        )
        for standing in mine
        if standing.done and standing.assignment.passage in times
    ]
    done = sum(bool(standing.done) for standing in mine)
    return pace(name, taken, unknown=done - len(taken)) if done else None


def _seeds(study: Study, round_name: str) -> CatchRate | None:
    """All people together; who accepted what stays in here."""
    sown = [each for each in study.store.reviews.seeds() if each.round == round_name]
    if not sown:
        return None
    checks = checks_of(study, {(each.reviewer, each.passage) for each in study.store.reviews.seeds()})
    answered = []
    waiting = 0
    for each, standing in finished(study):
        if each.round != round_name:
            continue
        accepted = each.code in standing.coded
        readings = [check for check in checks.get(each.passage, []) if check.done]
        waiting += accepted and not readings
        borne_out = accepted and any(each.code in check.coded for check in readings)
        answered.append(Answered(each.reviewer, accepted, borne_out))
    return catch_rate(len(sown), answered, waiting)


def _notes(people: tuple[Person, ...]) -> list[str]:
    notes = []
    tested = sum(len(person.codes) for person in people)
    if tested:
        notes.append(
            f"{counted(tested, 'code shift')} tested: even without any true shift, about one interval in "
            "twenty excludes zero by chance."
        )
    chosen = [person.reviewer for person in people if person.overall and not person.overall.randomised]
    if chosen:
        notes.append(
            f"No draw on record put the passages of {', '.join(chosen)} into their arms: these shifts are "
            "associated with suggestions; they do not show an effect of suggestions."
        )
    return notes
