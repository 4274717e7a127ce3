"""How often each code applies in a study, a run's errors taken off by the blind random sample."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.app.coders.training_passages import taught_by
from cothemes.app.figures.agreement import run_ratings
from cothemes.app.ratings import every_history, human_ratings, reads_once, selected
from cothemes.app.review.blindness import left_out
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Kind
from cothemes.records.left_out import LeftOut
from cothemes.records.review import Assignment
from cothemes.records.run import Run
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.evaluate.prevalence.outside import FinishedReading, outside
from cothemes.stages.evaluate.prevalence.sample import Sample, random_sample
from cothemes.stages.evaluate.prevalence.shares import prevalence_of
from cothemes.stages.review.selection import Counted, Purpose

SYNTHETIC = "The data are synthetic: the figures show the layout, and say nothing of any practice."


@reads_once
def study_prevalence(
    study: Study, *, run: str = "", round_name: str = "", kind: Kind | None = None
) -> PrevalenceTable:
    """Shares of every code; without `run`, by the latest that learned nothing from the sample's decisions.

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
    runs = _runs(study, run)
    documents = {
        document.slug: document
        for document in study.store.documents.heads()
        if kind is None or document.kind is kind
    }
    assignments = every_history(study).assignments
    again = {each.round for each in assignments if each.codes}
    if round_name in again:
        raise StateConflict(
            f"the round {round_name} is a partial recode: its passages were chosen for what was decided on "
            "them and not drawn, so that they say nothing of the whole",
            where=str(study.root),
            hint="Choose the round that was drawn, or draw one under the present codebook: cothemes route.",
        )
    sample = random_sample(
        [each for each in assignments if each.document in documents and each.round not in again],
        human_ratings(study).ratings,
        round_name,
    )
    chosen = _chosen(study, runs, sample)
    there = {sample.document[passage] for passage in sample.chance}
    invented = any(documents[slug].synthetic for slug in there)
    shares = prevalence_of(
        sample,
        run_ratings(study, chosen, set(sample.chance)).ratings,
        tuple(study.codebook.by_id),
        {slug: document.cluster for slug, document in documents.items()},
        run=chosen.id,
        rater=chosen.rater,
        labels={code.id: code.label for code in study.codebook.codes},
        notes=[
            *filter(None, [left_out(study)]),
            *_notes(
                chosen, taught_by(study, chosen, sample.labels), {documents[s].kind for s in there}, invented
            ),
        ],
        synthetic=invented,
    )
    return shares.model_copy(
        update={
            "left_out": (
                *left_out_of(study, each_reading=True, readings=True).entries,
                *_outside(study, [each for each in assignments if each.document in documents], sample),
            )
        }
    )


def _outside(study: Study, assignments: Sequence[Assignment], sample: Sample) -> tuple[LeftOut, ...]:
    """Return the round's finished readings that are no part of the random sample."""
    found = [
        FinishedReading(each.rater, each.passage, each.arm, named_codes(each))
        for name in sample.rounds
        for each in selected(study, Purpose.PREVALENCE, round_name=name, arm=None).counted
    ]
    drawn = [each for each in assignments if each.round in sample.rounds]
    return outside(drawn, found, tuple(study.codebook.by_id), sample.labels.keys())


def named_codes(each: Counted) -> list[str]:
    """Return the codes that the reader decided on by name."""
    return [code for code, answer in each.answers.items() if not answer.implicit]


def _runs(study: Study, wanted: str) -> list[Run]:
    runs = study.store.runs.all()
    if not runs:
        raise StateConflict(
            "holds no run of a coder, so there is nothing to correct",
            where=str(study.root),
            hint="Let a coder propose first: cothemes propose.",
        )
    named = [run for run in runs if wanted in (run.id, run.rater)]
    if wanted and not named:
        raise UsageError(f"there is no run {wanted}", hint=f"Runs: {', '.join(each.id for each in runs)}.")
    return named or runs


def _chosen(study: Study, runs: Sequence[Run], sample: Sample) -> Run:
    """The latest that coded some of the sample, and rather one that learned nothing from it."""
    coding = [run for run in runs if study.store.runs.outcomes(run.id, passages=sample.labels)] or runs
    untaught = [run for run in coding if not taught_by(study, run, sample.labels)]
    return (untaught or coding)[-1]


def _notes(run: Run, learned: int, kinds: set[Kind], invented: bool) -> list[str]:
    notes = [SYNTHETIC] if invented else []
    if learned:
        notes.append(
            f"The run {run.id} began when {learned} passages of the random sample were reviewed, and learned "
            "from them: its errors there are smaller than elsewhere and the correction is too small. Do not "
            "report these figures. Choose a run from before the review with --run."
        )
    if len(kinds) > 1:
        named = " and ".join(sorted(each.value for each in kinds))
        notes.append(f"Documents of several kinds are counted together ({named}); --kind takes one.")
    return notes
