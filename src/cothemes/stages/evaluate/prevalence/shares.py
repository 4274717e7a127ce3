"""The blind random sample and a run's suggestions to each code's share, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cothemes.agreement.exact_share import FEW as EXACT_UNDER
from cothemes.agreement.prevalence import dsl_mean, ppi_mean
from cothemes.agreement.result import Result
from cothemes.errors import StateConflict
from cothemes.records.rating import Rating
from cothemes.records.text import counted
from cothemes.stages.evaluate.prevalence.figures import (
    CodePrevalence,
    PrevalenceTable,
    Share,
    no_share,
    share_of,
)
from cothemes.stages.evaluate.prevalence.sample import Sample

FEWEST_POSITIVES = 5
"""Labelled positives under which a share is not estimated."""
FIRM_POSITIVES = EXACT_UNDER
"""Labelled positives under which an estimate is flagged, and its interval exact."""
TOO_FEW = "too few"
"""Flag of a code without an estimate: fewer than FEWEST_POSITIVES."""
FEW = "few positives"
"""Flag of a code with fewer positives than FIRM_POSITIVES: its shares are people's own, not corrected."""
FEW_WITHOUT = "few negatives"
"""Flag of a code that fewer than FIRM_POSITIVES of the reviewed passages lack: not corrected either."""
FEW_INTERVIEWS = 10

ESTIMAND = (
    "The documents were chosen, not drawn: each figure is the share of passages in these documents, and no "
    "inference to a population of people or of texts."
)
CONVENTIONS = {
    "sample": "passages drawn at random for blind coding, those coded by all reviewers and those coded by "
    "one; first readings of reveal passages are not random and left out",
    "frame": "passages that the draw could have taken, in documents whose blind passages are all done; where "
    "work is served in drawn order, all of a draw, with the chance of being read blind up to now",
    "people": "a passage with several blind readers counts the share of them who applied the code",
    "model": "the run's yes is 1, borderline and no are 0",
    "design_based": "mean of f + R/π·(Y − f), Egami et al. 2023, π from the stored probabilities",
    "prediction_powered": "Angelopoulos et al. 2023, tuned as in PPI++; only where all chances are equal",
    "interval": "95 %, delete-one-cluster jackknife, t(K-1); a cluster is a participant, else a document. "
    "It is of documents like these, were they drawn at random; for these documents alone it is wide rather "
    f"than short. With under {EXACT_UNDER} positives, or under {EXACT_UNDER} passages without the code, it "
    "is exact (Clopper and Pearson 1934; where chances differ, the worst case over passages), of people's "
    "share in these documents, and no narrower than the jackknife",
    "flag": f"{TOO_FEW}: under {FEWEST_POSITIVES} positives among those reviewed, no corrected estimate, "
    f"people's share with its exact interval; {FEW}: under {FIRM_POSITIVES}, and {FEW_WITHOUT}: under "
    f"{FIRM_POSITIVES} passages without the code: the run is not corrected, every estimate is people's share "
    "weighted by 1/π, with its exact interval; reworded: no estimate",
    "not_computable": f"null with a reason, also under {FEWEST_POSITIVES} positives among those reviewed; "
    "people's share has its exact interval there",
}
UNEQUAL = "the chances of being drawn differ; the design-based share holds"


def prevalence_of(
    sample: Sample,
    predicted: Iterable[Rating],
    codes: Sequence[str],
    clusters: Mapping[str, str],
    *,
    run: str,
    rater: str,
    labels: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    synthetic: bool = False,
) -> PrevalenceTable:
    """Shares of every code. `predicted` are the run's ratings, `clusters`: document → its interview.

    Raises StateConflict where no passage of the frame was both reviewed blind and coded by the run.
    """
    said: dict[str, dict[str, int]] = {}
    for rating in predicted:
        if rating.unit in sample.chance:
            said.setdefault(rating.unit, {})[rating.code] = rating.value or 0
    frame = [passage for passage in sample.chance if passage in said]
    reviewed = [passage for passage in frame if passage in sample.labels]
    if not reviewed:
        raise _nothing_to_correct_by(sample, run)
    interview = {p: clusters.get(sample.document[p], sample.document[p]) for p in frame}
    chances = [sample.chance[passage] for passage in frame]
    count = len(set(interview.values()))
    found = [_code(code, (labels or {}).get(code, ""), frame, sample, said, interview) for code in codes]
    return PrevalenceTable(
        run=run,
        rater=rater,
        round=", ".join(sample.rounds),
        readers=sample.readers,
        passages=len(frame),
        reviewed=len(reviewed),
        documents=len({sample.document[passage] for passage in frame}),
        clusters=count,
        lowest_chance=min(chances),
        highest_chance=max(chances),
        codes=tuple(found),
        estimand=ESTIMAND,
        conventions=CONVENTIONS,
        notes=(*notes, *_notes(sample, len(sample.chance) - len(frame), count)),
        synthetic=synthetic,
    )


def _code(
    code: str,
    label: str,
    frame: Sequence[str],
    sample: Sample,
    said: Mapping[str, Mapping[str, int]],
    interview: Mapping[str, str],
) -> CodePrevalence:
    known = [p for p in frame if code in said[p]]
    read = [p for p in known if code in sample.labels.get(p, {})]
    positives = sum(sample.labels[p][code] > 0 for p in read)
    reworded = sum(p in sample.labels and code not in sample.labels[p] for p in known)
    shared = {
        "code": code,
        "label": label,
        "passages": len(known),
        "reviewed": len(read),
        "positives": positives,
        "clusters": len({interview[p] for p in known}),
        "model_share": sum(said[p][code] for p in known) / len(known) if known else None,
    }
    reason = ""
    if not known:
        reason = "the run did not code it under its current wording"
    elif reworded:
        reason = f"{reworded} passages of the sample were decided under another wording"
    elif positives < FEWEST_POSITIVES:
        reason = f"fewer than {FEWEST_POSITIVES} labelled positives"
    if reason:
        share = sum(sample.labels[p][code] for p in read) / len(read) if read else None
        few = known and read and not reworded
        return CodePrevalence(
            **shared,
            people_share=share_of(_people(code, known, sample, interview))
            if few
            else Share(value=share, reason=reason),
            design_based=no_share(reason),
            prediction_powered=no_share(reason),
            flag=TOO_FEW if known and not reworded else "reworded",
        )
    labelled, rest = set(read), [p for p in known if p not in sample.labels]
    truth = [sample.labels[p][code] for p in read]
    design = dsl_mean(
        [said[p][code] for p in known],
        [sample.labels[p][code] if p in labelled else None for p in known],
        [p in labelled for p in known],
        [sample.chance[p] for p in known],
        clusters=[interview[p] for p in known],
    )
    equal = _equal(known, sample)
    powered = (
        ppi_mean(
            truth,
            [said[p][code] for p in read],
            [said[p][code] for p in rest],
            power="tuned",
            clusters=[interview[p] for p in read],
            unlabelled_clusters=[interview[p] for p in rest],
        )
        if equal
        else Result(value=math.nan, reason=UNEQUAL)
    )
    own = share_of(_people(code, known, sample, interview))
    return CodePrevalence(
        **shared,
        people_share=own if equal else Share(value=own.value, reason=UNEQUAL),
        design_based=share_of(design),
        prediction_powered=share_of(powered),
        flag=_flag(truth),
    )


def _flag(labels: Sequence[float]) -> str | None:
    """Return whether the labels are too few on one side for a corrected share."""
    if sum(label > 0 for label in labels) < FIRM_POSITIVES:
        return FEW
    return FEW_WITHOUT if sum(label < 1 for label in labels) < FIRM_POSITIVES else None


def _equal(known: Sequence[str], sample: Sample) -> bool:
    chances = [sample.chance[passage] for passage in known]
    return max(chances) - min(chances) < 1e-9


def _people(code: str, known: Sequence[str], sample: Sample, interview: Mapping[str, str]) -> Result:
    """Return what people said, the run left aside: the plain mean; where chances differ, weighted by them."""
    read = [passage for passage in known if code in sample.labels.get(passage, {})]
    units = read if _equal(known, sample) else list(known)
    chance = [1.0] * len(units) if units is read else [sample.chance[passage] for passage in units]
    found = dsl_mean(
        [0.0] * len(units),
        [sample.labels[p][code] if p in sample.labels else None for p in units],
        [p in sample.labels for p in units],
        chance,
        clusters=[interview[p] for p in units],
    )
    if found.method and not found.method.startswith("exact"):
        return replace(found, method="reviewed passages alone, jackknife over clusters")
    return found


def _nothing_to_correct_by(sample: Sample, run: str) -> StateConflict:
    if sample.unfinished and not sample.labels:
        return StateConflict(
            "no document has all of its blind passages coded yet, so nothing measures the errors of the run",
            hint=f"A document counts once all of its blind passages are read. {_still_to_read(sample)}",
        )
    if sample.not_begun and sample.to_read and not sample.labels:
        return StateConflict(
            "no blind passage counts yet, so nothing measures the errors of the run",
            hint="Passages served in drawn order count up to the first blind one that is not finished. "
            + _still_to_read(sample),
        )
    if not sample.labels:
        return StateConflict(
            "no passage was drawn for blind coding, so nothing measures the errors of the run",
            hint="Draw some: cothemes route with --overlap or --blind above 0.",
        )
    return StateConflict(
        f"the run {run} coded none of the passages that were drawn and read blind",
        hint="Choose another with --run, or let the coder read them: cothemes propose.",
    )


def _passages(count: int) -> str:
    return counted(count, "passage is", "passages are")


def _still_to_read(sample: Sample) -> str:
    left = ", ".join(f"{who} {count}" for who, count in sample.to_read.items()) or "none known"
    first = next(iter(sample.to_read), "NAME")
    return f"Still to be read: {left}. Let them go on: cothemes review --as {first}."


def _notes(sample: Sample, uncoded: int, clusters: int) -> list[str]:
    notes = []
    if sample.unfinished:
        some = ", ".join(sample.unfinished[:5]) + (" …" if len(sample.unfinished) > 5 else "")
        notes.append(
            f"{counted(len(sample.unfinished), 'document is', 'documents are')} left out, with blind "
            f"passages that are not finished: {some}."
        )
    if uncoded:
        notes.append(f"{_passages(uncoded)} left out because the run has no answer there.")
    if sample.without_chance:
        notes.append(
            f"{_passages(sample.without_chance)} left out: the draw gave no chance of a blind reading that "
            "an estimate can use."
        )
    if sample.in_progress:
        notes.append(
            f"Review in drawn order is not finished: what was read blind so far is a random part of "
            f"{sample.in_progress} passages, and represents all of them."
        )
    if sample.not_begun:
        notes.append(f"{_passages(sample.not_begun)} left out: nobody has begun the blind part.")
    if clusters < FEW_INTERVIEWS:
        notes.append(
            f"{counted(clusters, 'interview')}: under {FEW_INTERVIEWS} an interval over interviews is wide "
            "and uncertain."
        )
    return notes
