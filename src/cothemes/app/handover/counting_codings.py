"""The codings that an export of findings holds."""

from __future__ import annotations

from collections.abc import Collection

from cothemes.app.auto_accepted import accepted_codings, counted_ratings
from cothemes.app.figures.agreement import run_ratings
from cothemes.app.imported_findings import combined_findings, reasons_against
from cothemes.app.ratings import decisions_of, found_ratings, imported_ratings, ruled_ratings
from cothemes.app.study import Study
from cothemes.records.adjudication import CONSENSUS
from cothemes.records.combine import Combine
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.review.raters import joined_ratings, main_names
from cothemes.stages.review.reading_state import CODED, live


def moments(study: Study) -> dict[tuple[str, str, str], str]:
    """Return rater, passage and code → when it was said last, as ISO 8601."""
    started = {run.id: run.started for run in study.store.runs.all()}
    found = {(one.rater, one.passage, one.code): started[one.run] for one in study.store.runs.suggestions()}
    for decision in live(decisions_of(study)):
        if decision.action in CODED and decision.code:
            found[decision.reviewer, decision.passage, decision.code] = decision.at
    for one in accepted_codings(study):
        found[one.by, *one.place] = one.acceptance.at
    for ruling in study.store.settlements.all():
        if ruling.code:
            found[CONSENSUS, ruling.passage, ruling.code] = ruling.at
    return {key: at.isoformat(timespec="seconds") for key, at in found.items()}


def counting_codings(study: Study, combine: Combine, *, without: Collection[str] = ()) -> list[Rating]:
    """Return the codes that people gave and that count, the rulings, imported ratings, and apart from them
    what coders suggest; what was accepted under a certificate is there too where the study counts it, in an
    arm of its own. `without`: names under which ratings were imported that are left out."""
    people = found_ratings(study).ratings
    ruled = ruled_ratings(study)
    values = combined_findings(study, combine)
    given = [each for each in people.applied() if values[each.unit][each.code]]
    runs = [each for run in study.store.runs.all() for each in run_ratings(study, run).ratings.applied()]
    imported = imported_ratings(study)
    if without:
        current = {passage.id for passage in study.store.passages.heads()}
        every = study.store.ratings.all()
        kept = (each for each in every if each.unit in current and each.rater not in without)
        imported = joined_ratings(kept, main_names(study.store.reviews.identities()))
    why_not = reasons_against(study, combine)
    imported = [
        each
        for each in imported
        if each.code and each.value != 0 and (each.kind is RaterKind.MODEL or why_not(each) is None)
    ]
    accepted = counted_ratings(study, {each.id: each for each in study.store.passages.all()})
    return [*given, *ruled, *imported, *runs, *accepted]
