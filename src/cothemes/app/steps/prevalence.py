"""How often each code applies in a study, a run's errors taken off by the blind random sample."""

from __future__ import annotations

from pathlib import Path

import cothemes
from cothemes.adapters.writers.shares_page import write_shares_page
from cothemes.app import wiring
from cothemes.app.steps.agreement import run_ratings
from cothemes.app.steps.ratings import human_ratings
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Kind
from cothemes.records.run import Run
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.evaluate.prevalence.run import prevalence_of
from cothemes.stages.evaluate.prevalence.sample import random_sample

SYNTHETIC = "The data are synthetic: the figures show the layout, and say nothing of any practice."


def study_prevalence(
    study: Study, *, run: str = "", round_name: str = "", kind: Kind | None = None
) -> PrevalenceTable:
    """Shares of every code; without `run`, by the latest that learned nothing from people's decisions.

    Raises StateConflict where there is no run or no blind random sample, and in a reflexive study;
    UsageError for an unknown run.
    """
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "is a reflexive study, in which codes are not counted",
            where=str(study.root),
            hint="[study] tradition in cothemes.toml says which it is. What readers see differently, to talk "
            "over: cothemes disagreements.",
        )
    chosen = _chosen(study, run)
    documents = {
        document.slug: document
        for document in study.store.documents.all()
        if kind is None or document.kind is kind
    }
    sample = random_sample(
        [each for each in study.store.reviews.assignments() if each.document in documents],
        human_ratings(study).ratings,
        round_name,
    )
    there = {sample.document[passage] for passage in sample.chance}
    invented = any(documents[slug].synthetic for slug in there)
    return prevalence_of(
        sample,
        run_ratings(study, chosen, set(sample.chance)).ratings,
        tuple(study.codebook.by_id),
        {slug: document.cluster for slug, document in documents.items()},
        run=chosen.id,
        rater=chosen.rater,
        labels={code.id: code.label for code in study.codebook.codes},
        notes=_notes(chosen, {documents[slug].kind for slug in there}, invented),
        synthetic=invented,
    )


def write_shares(study: Study, table: PrevalenceTable, path: Path) -> None:
    """The table with its figure as one page. Raises InputError where it cannot be written."""
    write_shares_page(
        path,
        {
            "title": study.settings.study.title,
            "version": cothemes.__version__,
            "made": wiring.clock().now(),
            "estimated": ({"heading": f"Round {table.round}", "reason": "", "table": table},),
            "synthetic": table.synthetic,
        },
    )


def _chosen(study: Study, wanted: str) -> Run:
    runs = study.store.runs.all()
    if not runs:
        raise StateConflict(
            "holds no run of a coder, so there is nothing to correct",
            where=str(study.root),
            hint="Let a coder propose first: cothemes propose.",
        )
    if wanted:
        for run in runs:
            if wanted in (run.id, run.rater):
                return run
        raise UsageError(f"there is no run {wanted}", hint=f"Runs: {', '.join(each.id for each in runs)}.")
    untaught = [run for run in runs if not _taught(run)]
    return (untaught or runs)[-1]


def _taught(run: Run) -> int:
    """Reviewed passages that the run learned from."""
    count = run.details.get("reviewed", 0)
    return count if isinstance(count, int) else 0


def _notes(run: Run, kinds: set[Kind], invented: bool) -> list[str]:
    notes = [SYNTHETIC] if invented else []
    if _taught(run):
        notes.append(
            f"The run {run.id} learned from {_taught(run)} reviewed passages. Where the random sample is "
            "among them, its errors there are smaller than elsewhere and the correction is too small: do "
            "not report these figures. Choose a run from before the review with --run."
        )
    if len(kinds) > 1:
        named = " and ".join(sorted(each.value for each in kinds))
        notes.append(f"Documents of several kinds stand together ({named}); --kind takes one.")
    return notes
