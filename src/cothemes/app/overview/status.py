"""Where a study stands, in counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cothemes.app.codebook.recode import older_wording
from cothemes.app.corpus.segmentation import differing
from cothemes.app.privacy.sent import sent_without_consent
from cothemes.app.runs.activity import AtWork, commands, look_at_all, plain_workers
from cothemes.app.runs.batches import under_way
from cothemes.app.runs.outcomes import FINAL, PARKED_AFTER, reason_of
from cothemes.app.runs.unattended import last_run, overdue
from cothemes.app.runs.unconfirmed import unconfirmed
from cothemes.app.study import Study
from cothemes.records.document import Kind
from cothemes.records.review import Arm, Reviewer
from cothemes.records.suggestion import OutcomeState
from cothemes.records.work import RunProgress
from cothemes.stages.evaluate.anchoring.blind_share import blind_share_of, compared_of
from cothemes.stages.review.reading_state import fold_all


def status(study: Study) -> dict[str, Any]:
    """Counts of everything, as one plain document."""
    documents = study.store.documents.heads()
    passages = study.store.passages.heads()
    last = last_run(study)
    return {
        "study": study.settings.study.title,
        "folder": str(study.root),
        "synthetic": sum(document.synthetic for document in documents),
        "codebook": {
            "id": study.codebook.id,
            "version": study.codebook.version,
            "hash": study.codebook.hash[:12],
            "codes": len(study.codebook.codes),
        },
        "older_wording": _older(study),
        "documents": dict(Counter(document.kind.value for document in documents)),
        "unknown_kind": [document.slug for document in documents if document.kind is Kind.UNKNOWN],
        "files_that_differ": differing(study),
        "passages": len(passages),
        "words": sum(passage.words for passage in passages),
        "runs": [_run(study, found) for found in look_at_all(study).values()],
        "commands": commands(study, last["at"] if last else ""),
        "batches": under_way(study),
        "unconfirmed": unconfirmed(study),
        "sent_without_consent": sent_without_consent(study),
        "last_run": last,
        "overdue": overdue(study),
        "reviewers": [_reviewer(study, reviewer) for reviewer in study.store.reviews.reviewers()],
    }


def _older(study: Study) -> dict[str, Any]:
    """Readings that no longer count for some codes, because these were reworded since."""
    codes = older_wording(study)
    return {"readings": codes.pop(""), "codes": codes}


def _run(study: Study, found: AtWork) -> dict[str, Any]:
    run, run_id = found.run, found.run.id
    states, reasons, flags = Counter[str](), Counter[str](), Counter[str]()
    skipped = Counter[str]()
    parked: list[str] = []
    for outcome in study.store.runs.each_outcome(run_id):
        states[outcome.state.value] += 1
        if outcome.state is OutcomeState.SKIPPED:
            skipped[outcome.detail] += 1
        flags.update({flag.kind for flag in outcome.flags})
        if outcome.state not in FINAL:
            reasons[reason_of(outcome)] += 1
            if outcome.failures >= PARKED_AFTER:
                parked.append(outcome.passage)
    coded = states.pop(OutcomeState.CODED.value, 0)
    with_code = Counter(suggestion.passage for suggestion in study.store.runs.each_suggestion(run_id))
    return {
        "run": run.id,
        "rater": run.rater,
        "state": found.standing.value,
        "told": _told(study, found),
        "at_work": plain_workers(found),
        "passages": coded,
        "parked": sorted(parked),
        "other_outcomes": dict(states),
        "skipped": dict(skipped),
        "reasons": dict(reasons),
        "suggestions": with_code.total(),
        "passages_with_a_code": len(with_code),
        "candidates": len(study.store.runs.candidates(run_id=run_id)),
        "flags": dict(flags),
        "codebook_is_current": run.codebook_hash == study.codebook.hash,
    }


def _told(study: Study, found: AtWork) -> str:
    told = found.told(goes_on=found.run.codebook_hash == study.codebook.hash)
    if found.standing is not RunProgress.UNKNOWN:
        return told
    asked = max(
        (tally.last for tally in study.store.ledger.tallies() if tally.run == found.run.id), default=None
    )
    return f"{told}; its last call was begun {asked:%Y-%m-%d %H:%M} UTC" if asked else told


def _reviewer(study: Study, reviewer: Reviewer) -> dict[str, Any]:
    found = progress_of(study, reviewer.name)
    arms = found["arms"]
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    compared = compared_of(
        (each.document, clusters.get(each.document, each.document), each.arm.value)
        for each in study.store.reviews.assignments(reviewer=reviewer.name)
    )
    share = blind_share_of(arms.get(Arm.BLIND.value, 0), arms.get(Arm.ASSISTED.value, 0), compared)
    return {
        "name": reviewer.name,
        "role": reviewer.role,
        "capacity": reviewer.capacity,
        "paused": reviewer.paused.isoformat() if reviewer.paused else None,
        **found,
        "anchoring": share.model_dump(),
    }


def progress_of(study: Study, name: str) -> dict[str, Any]:
    """How far a person is."""
    assignments = study.store.reviews.assignments(reviewer=name)
    standings = fold_all(assignments, study.store.reviews.decisions(reviewer=name))
    current = {head.id for head in study.store.passages.heads()}
    arms = Counter(assignment.arm.value for assignment in assignments)
    return {
        "assigned": len(assignments),
        "assigned_on_earlier_passages": sum(each.passage not in current for each in assignments),
        "done": sum(standing.done for standing in standings),
        "awaiting_reveal": sum(bool(standing.locked and not standing.done) for standing in standings),
        "arms": dict(arms),
    }
