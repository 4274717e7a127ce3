"""Planted errors in a study: placed by `route --seeded`, shown like suggestions, followed up where accepted.

The reader's own process asks for the reader's own seeds, one passage at a time, and only where suggestions
are in view (`seeds_in_view`). That a round holds seeds is told on every such card; which they are, never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cothemes.app import wiring
from cothemes.app.corpus.passages import passages_of
from cothemes.app.ratings import human_ratings
from cothemes.app.review.planted_on_cards import seeded_key
from cothemes.app.review.review import latest_runs
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Assignment, Purpose, Seed
from cothemes.records.suggestion import Verdict
from cothemes.stages.review.reading_state import ReadingState, fold
from cothemes.stages.route.design import REVEAL_FIRST
from cothemes.stages.route.planted_errors import ErrorSite, plant, sites

_OFFLINE = "Closest to the definition and to the label."
_MODEL = "The words in the quote meet the definition of the code."


@dataclass(frozen=True)
class Planting:
    """Result of `route --seeded`, in numbers that show nobody which suggestions are planted."""

    share: float
    made: tuple[tuple[Assignment, Seed], ...] = ()
    """Not for anyone's eyes."""
    sites: int = 0
    """Passages that two people have finished blind, and that leave a code to be wrong about."""
    eligible: dict[str, int] = field(default_factory=dict)
    """Reviewer → those of them into which an error could be planted."""
    carriers: dict[str, int] = field(default_factory=dict)
    """Reviewer → untouched assisted passages of the round beside which one could stand."""
    checks: tuple[Assignment, ...] = ()
    """Passages with an accepted seed, for another blind reader."""
    unchecked: int = 0
    """Accepted seeds for which nobody among these people is left who has not read the passage."""

    @property
    def taken(self) -> set[tuple[str, str]]:
        """Reviewer and passage of all of it."""
        given = [*(assignment for assignment, _ in self.made), *self.checks]
        return {(each.reviewer, each.passage) for each in given}


def plan_errors(
    study: Study,
    names: Sequence[str],
    share: float,
    planned: Sequence[Assignment],
    *,
    round_name: str,
    seed: int,
) -> Planting:
    """Return the planted errors for each of these people in one round; stores nothing.

    `planned`: what a draw is about to give them. What it draws for the first time in this round is left to
    it.
    """
    reviews = study.store.reviews
    known = {each.passage for each in reviews.assignments(round_name=round_name)}
    fresh = {each.passage for each in planned} - known
    eligible = [site for site in (_sites_of(study) if share else []) if site.passage.id not in fresh]
    reasons = {run.id: _OFFLINE if run.coder == "offline" else _MODEL for run in study.store.runs.all()}
    made: list[tuple[Assignment, Seed]] = []
    free: dict[str, int] = {}
    carriers: dict[str, int] = {}
    for name in names if share else ():
        own = reviews.assignments(reviewer=name)
        mine = sorted((each for each in planned if each.reviewer == name), key=lambda each: each.position)
        kept_off = {each.passage for each in own} | _saw(study, name)
        open_sites = [site for site in eligible if site.passage.id not in kept_off]
        free[name] = len(open_sites)
        before = [each for each in reviews.seeds(reviewer=name) if each.round == round_name]
        seeded = {each.passage for each in before}
        touched = {decision.passage for decision in reviews.decisions(reviewer=name)}
        assisted = [
            each
            for each in [*own, *mine][REVEAL_FIRST:]
            if each.arm is Arm.ASSISTED and each.round == round_name and each.passage not in seeded
        ]
        untouched = [each for each in assisted if each.passage not in touched]
        carriers[name] = len(untouched)
        made += plant(
            name,
            untouched,
            open_sites,
            share,
            assisted=len(assisted),
            placed=len(before),
            round_name=round_name,
            wordings={code.id: code.text_hash for code in study.codebook.codes},
            reasons=reasons,
            seed=seed,
            drawn=wiring.clock().now(),
        )
    checks, unchecked = _follow_up(study, names, planned, seed)
    return Planting(share, tuple(made), len(eligible), free, carriers, tuple(checks), unchecked)


def keep(study: Study, planting: Planting, round_name: str) -> None:
    """Store it, and that the round holds seeds, where it does: a card never warns of what is not there."""
    reviews = study.store.reviews
    reviews.assign(
        [assignment for assignment, _ in planting.made],
        purpose=Purpose.SEED,
        seeds=[each for _, each in planting.made],
    )
    reviews.assign(planting.checks, purpose=Purpose.CHECK)
    if planting.made:
        study.store.meta.set(seeded_key(round_name), f"{planting.share:g}")


def accepted(study: Study) -> list[tuple[Seed, ReadingState]]:
    """Seeds that their readers have finished and accepted, with the readings."""
    return [(each, standing) for each, standing in finished(study) if each.code in standing.coded]


def finished(study: Study) -> list[tuple[Seed, ReadingState]]:
    """Seeds that their readers had in view when they finished the passage."""
    found = []
    places = {(each.reviewer, each.passage): each for each in study.store.reviews.assignments(every=True)}
    for each in study.store.reviews.seeds():
        assignment = places.get((each.reviewer, each.passage))
        if assignment is None:
            continue
        own = study.store.reviews.decisions(reviewer=each.reviewer, passage=each.passage)
        standing = fold(assignment, own)
        done = standing.first.done
        if done is not None and done.action is Action.DONE and each.id in done.shown:
            found.append((each, standing))
    return found


def checks_of(study: Study, seeds: Collection[tuple[str, str]]) -> dict[str, list[ReadingState]]:
    """Passage → the blind readings that check an accepted seed; `seeds`: reviewer and passage of each."""
    study_own = {(each.reviewer, each.passage) for each in study.store.reviews.assignments()}
    found: dict[str, list[ReadingState]] = defaultdict(list)
    for each in study.store.reviews.assignments(every=True):
        pair = (each.reviewer, each.passage)
        if pair in study_own or pair in seeds:
            continue
        own = study.store.reviews.decisions(reviewer=each.reviewer, passage=each.passage)
        found[each.passage].append(fold(each, own))
    return found


def _follow_up(
    study: Study, names: Sequence[str], planned: Sequence[Assignment], seed: int
) -> tuple[list[Assignment], int]:
    """Each accepted seed for one more person, blind, who has not read the passage."""
    reviews = study.store.reviews
    planted = {(each.reviewer, each.passage) for each in reviews.seeds()}
    if not planted:
        return [], 0
    checked = checks_of(study, planted)
    has = {
        name: [*reviews.assignments(reviewer=name), *(each for each in planned if each.reviewer == name)]
        for name in names
    }
    given: list[Assignment] = []
    left = 0
    for each, standing in accepted(study):
        if checked.get(each.passage):
            continue
        able = [
            name
            for name in names
            if all(a.passage != each.passage for a in has[name]) and each.passage not in _saw(study, name)
        ]
        if not able:
            left += 1
            continue
        name = min(able, key=lambda candidate: len(has[candidate]))
        check = standing.assignment.model_copy(
            update={
                "reviewer": name,
                "arm": Arm.BLIND,
                "double": True,
                "position": max((a.position for a in has[name]), default=-1) + 1,
                "drawn": wiring.clock().now(),
                "seed": seed,
                "chance": None,
                "moved_from": None,
            }
        )
        has[name].append(check)
        given.append(check)
    return given, left


def _sites_of(study: Study) -> list[ErrorSite]:
    read: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rated: dict[str, set[str]] = defaultdict(set)
    for rating in human_ratings(study).ratings:
        if rating.arm == Arm.BLIND.value:
            codes = read[rating.unit][rating.rater]
            rated[rating.unit].add(rating.code)
            if rating.value:
                codes.add(rating.code)
    proposed: dict[str, set[str]] = defaultdict(set)
    for suggestion in study.store.runs.suggestions(passages=sorted(read)):
        if suggestion.verdict is not Verdict.NO:
            proposed[suggestion.passage].add(suggestion.code)
    passages = list(passages_of(study.store.passages).among(read))
    found = sites(
        passages,
        {unit: {who: frozenset(codes) for who, codes in people.items()} for unit, people in read.items()},
        {passage: frozenset(codes) for passage, codes in proposed.items()},
        latest_runs(study, [passage.id for passage in passages]),
        list(study.codebook.by_id),
    )
    # A code that was worded otherwise when the passage was read says nothing of it now.
    return [
        ErrorSite(site.passage, current, site.run)
        for site in found
        if (current := tuple(code for code in site.codes if code in rated[site.passage.id]))
    ]


def _saw(study: Study, name: str) -> set[str]:
    """Passages on which readers' codes were in the person's view."""
    shown = {passage for passage, readers in study.store.settlements.readers().items() if name in readers}
    return shown | {each.passage for each in study.store.settlements.all() if each.by == name}
