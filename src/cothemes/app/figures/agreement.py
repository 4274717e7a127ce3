"""Agreement of a study's raters, or of any ratings file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from cothemes.app import wiring
from cothemes.app.coders.training_passages import taught_by
from cothemes.app.corpus.passages import passages_of
from cothemes.app.privacy.published import Published
from cothemes.app.raters import refuse_open_questions
from cothemes.app.ratings import (
    code_changes,
    decisions_of,
    every_history,
    heads_of,
    human_ratings,
    imported_ratings,
    meanings_of,
    reads_once,
    same_wordings,
    wordings,
)
from cothemes.app.review.blindness import left_out
from cothemes.app.review.consensus import consensus
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import RatingsError, StateConflict
from cothemes.records.adjudication import CONSENSUS
from cothemes.records.coded_reading import RatingList, listed
from cothemes.records.left_out import LeftOut
from cothemes.records.missing_mark import notes_of
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_assembly import table_of
from cothemes.records.rating_table import RatingTable
from cothemes.records.review import PUT_FORWARD, Action
from cothemes.records.revision import RevisionKind
from cothemes.records.run import Run
from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.stages.evaluate.agreement.figures import AgreementTable, ModelTried, NotRated
from cothemes.stages.evaluate.agreement.reliability import Numbers, Reliability, majority, reliability
from cothemes.stages.evaluate.agreement.selection import Request, select
from cothemes.stages.evaluate.agreement.shifts import drawn_readings
from cothemes.stages.evaluate.agreement.table import agreement_of
from cothemes.stages.review.ratings import RatingsRead, ratings_of_run
from cothemes.stages.review.reading_state import live

THIS_STUDY = "this study"


@dataclass(frozen=True)
class StudyRatings:
    """Everything that anyone said of the study's passages."""

    ratings: RatingList
    kept_out: dict[str, int]
    """Code → ratings under another wording of it."""
    pooled: dict[str, int] = field(default_factory=dict)
    """Code → ratings under another wording that a person called the same; they are among the others."""
    asked: frozenset[str] = frozenset()
    """The only codes that are spoken of; none: all."""
    in_dispute: dict[str, int] = field(default_factory=dict)
    """Round → passages that readers disagree on and nobody has settled: they are missing from consensus."""


def file_agreement(path: Path, request: Request, real_codes: Collection[str] = ()) -> AgreementTable:
    """Agreement in a ratings file; no study is needed. Raises RatingsError.

    `real_codes`: ids of codes that look like a missing value, such as NA.
    """
    ratings = wiring.read_ratings(path, real_codes=real_codes)
    shown = agreement_of(ratings, request)
    return shown.model_copy(
        update={
            "notes": (*notes_of(ratings.missing, path.name), *shown.notes, *_not_in_a_file(shown)),
            "not_rated": tuple(
                NotRated(
                    column=each.column,
                    mark=each.mark,
                    count=len(each.rows),
                    rows=each.rows,
                    include_with=f"--real-code {each.mark}" if each.column == "code" else None,
                )
                for each in ratings.missing
            ),
        }
    )


def _not_in_a_file(shown: AgreementTable) -> Iterator[str]:
    """Yield what a study would say of such figures and a file of ratings cannot."""
    kinds = shown.rater_kinds
    models = [name for name, kind in kinds.items() if kind == RaterKind.MODEL.value]
    if models and len(models) < len(kinds):
        yield (
            f"A ratings file does not say what a model learnt from. If {' or '.join(models)} learnt from "
            "these passages, its agreement with people is better here than on others: `cothemes agreement` "
            "in the study says so."
        )
    if "assisted" in shown.passages_by_arm:
        yield (
            "A ratings file does not say which passages were put forward by a score and read with "
            "suggestions; those are no random sample."
        )


@reads_once
def study_agreement(study: Study, request: Request) -> AgreementTable:
    """Agreement of people's decisions, imported ratings and runs of coders.

    Raises RatingsError where nobody can be compared, StateConflict in a reflexive study.
    """
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "is a reflexive study, in which coefficients of agreement are not made",
            where=str(study.root),
            hint="They belong to codebook coding; [study] tradition in cothemes.toml says which it is. What "
            "readers see differently, to talk over: cothemes disagreements.",
        )
    refuse_open_questions(study)
    # Named coders are compared over everything they rated; beside people, on the same passages.
    found = study_ratings(study, all_passages=bool(request.raters), round_name=request.round)
    found = _asked(study, found, request.round)
    if request.roll_up:
        found = replace(found, ratings=found.ratings.rolled_up(study.codebook.branches))
    table = study_table(study, found)
    passages = passages_of(study.store.passages)
    documents = {document.slug: document for document in study.store.documents.heads()}
    published = Published(study)
    dropped = left_out_of(study, each_reading=True, readings=True).entries
    try:
        shown = agreement_of(
            table,
            request,
            labels={code.id: code.label for code in study.codebook.codes},
            words={head.id: head.words for head in passages.heads},
            texts={p.id: published.quote(p) for p in passages} if request.disagreements else {},
            tried=models_tried(study),
            synthetic_documents=sum(documents[slug].synthetic for slug in table.docs if slug in documents),
            drawn=drawn_readings(every_history(study).assignments),
        )
    except RatingsError as error:
        error.hint = " ".join(filter(None, [error.hint, *_said_of(dropped)]))
        raise
    shown = shown.model_copy(update={"reliability": coder_reliability(study, shown, table)})
    learnt = _learnt(study, shown, select(table, request).table)
    notes = [*filter(None, [left_out(study)]), *(_told(*each) for each in learnt.items()), *shown.notes]
    notes += _put_forward(study, request, table.units)
    notes += _copied(study, shown)
    notes += _reshaped(study, {each.code for each in shown.codes})
    if request.roll_up:
        notes.append("Codes with others below them are rated together with these.")
    if found.kept_out:
        codes = ", ".join(f"{code} {count}" for code, count in sorted(found.kept_out.items()))
        notes.append(f"Ratings under another wording of a code, or from before it, are left out: {codes}.")
    notes += [
        f"Pooled although worded otherwise, by a person's word: {said}" for said in _pooled(study, found)
    ]
    if any(name.startswith(CONSENSUS) for name in request.raters) and found.in_dispute:
        rounds = ", ".join(f"{name or 'without a name'} {count}" for name, count in found.in_dispute.items())
        notes.append(
            f"Passages still in dispute have no consensus and are missing, by round: {rounds}. What is "
            "compared is easier than the whole."
        )
    return shown.model_copy(
        update={
            "notes": tuple(notes),
            "left_out": (*dropped, *shown.left_out),
            "learnt_here": tuple(learnt),
        }
    )


def _put_forward(study: Study, request: Request, rated: Collection[str]) -> Iterator[str]:
    """Yield what a score chose of the passages compared, where readings with suggestions are among them."""
    if request.arm not in ("assisted", "all"):
        return
    chosen = {
        each.passage
        for each in every_history(study).assignments
        if each.stream in PUT_FORWARD and request.round in ("", each.round)
    }.intersection(rated)
    if chosen:
        yield (
            f"Of the passages with ratings, {len(chosen)} were put forward by a score and read with "
            "suggestions: no random sample, so that figures with them say nothing of the other passages."
        )


def _said_of(dropped: Sequence[LeftOut]) -> Iterator[str]:
    """Yield why there may be nothing to compare."""
    for entry in dropped:
        back = f"; back with `{entry.include_with}`" if entry.include_with else ""
        yield f"Left out: {entry.words}{back}."


def _learnt(study: Study, shown: AgreementTable, selected: RatingTable) -> dict[str, tuple[int, int]]:
    """Rater → passages that taught it, of those on which it is compared with people; only where there are
    any. A coder that learnt from these very passages is not measured by them.
    """
    compared = {*shown.raters, *(each.model for each in shown.beside)}
    people = [place for place, kind in enumerate(selected.kinds) if kind is not RaterKind.MODEL]
    read = selected.unit[np.isin(selected.rater, people)]
    found = {}
    for run in study.store.runs.all():
        if run.rater not in compared:
            continue
        own = selected.unit[selected.rater == selected.raters.index(run.rater)]
        units = [selected.units[place] for place in np.intersect1d(read, own).tolist()]
        if taught := taught_by(study, run, units):
            found[run.rater] = (taught, len(units))
    return found


def _told(rater: str, passages: tuple[int, int]) -> str:
    taught, compared = passages
    return (
        f"{rater} began when {taught} of the {compared} passages on which it is compared with people were "
        "read, and learnt from them: its agreement with people is better here than on passages it has not "
        "seen. Do not report it. `cothemes evaluate` measures it on passages held out."
    )


def _reshaped(study: Study, codes: Collection[str]) -> Iterator[str]:
    """Say which codes came of others after they were coded: their figures rest on values carried over."""
    for change in code_changes(study):
        into = [code for code in change.into if code in codes]
        if not into or not change.exact:
            continue
        parts = " and ".join(code.partition("~")[0] for code in change.parts)
        if change.merges:
            yield f"{into[0]} was merged afterwards from {parts}: present where one of them was."
        else:
            yield (
                f"{' and '.join(into)} came of {parts}, which was split afterwards: absences are carried "
                f"over, and agreement is conditional on {parts}."
            )


def _asked(study: Study, found: StudyRatings, round_name: str) -> StudyRatings:
    """Return only the codes asked about, for a round in which passages were read again for some codes."""
    given = study.store.reviews.assignments(round_name=round_name) if round_name else []
    asked = frozenset(code for each in given for code in each.codes)
    if not asked:
        return found
    for change in code_changes(study):
        # A code that came of codes which the round asked about was asked about too.
        if asked.issuperset(change.parts):
            asked = asked.union(change.into)
    return replace(found, asked=asked, ratings=found.ratings.of_codes(asked))


def _pooled(study: Study, found: StudyRatings) -> list[str]:
    """Return who called which wordings the same, and why; of codes of which ratings were pooled so."""
    said = []
    for each in study.store.revisions.all():
        codes = [f"{code} {found.pooled[code]}" for code in each.codes if code in found.pooled]
        if each.kind is RevisionKind.SAME and codes:
            said.append(f"{', '.join(codes)} ({each.by or 'not named'}, {each.at:%Y-%m-%d}: {each.reason}).")
    return said


def models_tried(study: Study) -> tuple[ModelTried, ...]:
    """Every run of a coder, and every model whose ratings were imported."""
    tried = [
        ModelTried(
            rater=run.rater,
            run=run.id,
            coder=run.coder,
            model=run.model,
            prompt=run.prompt,
            codebook=run.codebook_hash[:12],
            started=run.started.isoformat(),
            state=run.state.value,
            passages=study.store.runs.states(run.id).get(OutcomeState.CODED, 0),
        )
        for run in study.store.runs.all()
    ]
    known = {each.rater for each in tried}
    others = dict.fromkeys(
        rating.rater
        for rating in imported_ratings(study)
        if rating.kind is RaterKind.MODEL and rating.rater not in known
    )
    return (*tried, *(ModelTried(rater=rater) for rater in others))


def coder_reliability(study: Study, shown: AgreementTable, ratings: RatingTable) -> tuple[Reliability, ...]:
    """Return the reliability of each run beside the table's raters: its numbers against their blind codes,
    the majority of them. A calibrated model has two: its own confidence, and its probabilities.
    """
    compared = {each.model for each in shown.beside}
    runs = [run for run in study.store.runs.all() if run.rater in compared]
    truth = majority(ratings, shown.raters) if runs else {}
    numbers = [each for run in runs for each in (_numbers(study, run), _calibrated(study, run)) if each]
    made = (reliability(each, truth) for each in numbers)
    return tuple(each for each in made if each is not None)


def _numbers(study: Study, run: Run) -> Numbers:
    """Scores of every code where the coder has them, else the confidence of what it suggested."""
    coded = [o for o in study.store.runs.each_outcome(run.id) if o.state is OutcomeState.CODED]
    applied: dict[str, set[str]] = {outcome.passage: set() for outcome in coded}
    stated = {
        (outcome.passage, code): score
        for outcome in coded
        for code, score in outcome.scores.items()
        if 0 <= score <= 1
    }
    scored = bool(stated)
    for each in study.store.runs.each_suggestion(run.id):
        if each.verdict is Verdict.YES and each.passage in applied:
            applied[each.passage].add(each.code)
        if not scored and each.confidence is not None:
            stated[(each.passage, each.code)] = each.confidence
    basis = "scores of all codes" if scored else "stated confidence of suggestions, borderline ones too"
    return Numbers(run.rater, {p: frozenset(codes) for p, codes in applied.items()}, stated, basis)


def _calibrated(study: Study, run: Run) -> Numbers | None:
    """Probabilities of a model's suggestions, as of the latest calibration; None where there are none. Those
    of decided suggestions are held out with their document.
    """
    if run.coder == "offline":
        return None
    suggestions = {each.id: each for each in study.store.runs.each_suggestion(run.id)}
    stored = study.store.runs.probabilities(suggestions)
    if not stored:
        return None
    stated = {(suggestions[name].passage, suggestions[name].code): each for name, each in stored.items()}
    basis = "calibrated probability of suggestions, held out by document"
    return Numbers(run.rater, _numbers(study, run).applied, stated, basis)


def _copied(study: Study, shown: AgreementTable) -> list[str]:
    """Say how many readings were copied between passages that say nearly the same."""
    origins = study.store.copied_decisions.origins()
    if not origins:
        return []
    copied = {
        (each.reviewer, each.passage)
        for each in live(decisions_of(study))
        if each.id in origins and each.action is Action.DONE and each.reviewer in shown.raters
    }
    if not copied:
        return []
    return [
        f"{len(copied)} readings were copied by their reader from a passage that says nearly the same. They "
        "are no further evidence of agreement: intervals are too narrow where there are many."
    ]


def study_table(study: Study, found: StudyRatings) -> RatingTable:
    """The study's ratings in columns, its codes in the codebook's order."""
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    return table_of(
        found.ratings,
        source=THIS_STUDY,
        code_order=tuple(code for code in study.codebook.by_id if not found.asked or code in found.asked),
        cluster_of={part.unit: clusters.get(part.doc, part.doc) for part in found.ratings.parts},
    )


def study_ratings(study: Study, *, all_passages: bool = False, round_name: str = "") -> StudyRatings:
    """People's decisions, what was imported, and each run on the passages that someone else rated too.

    With `all_passages`, or where no one else rated, runs come whole. With `round_name`, people's decisions
    are those of this round, where there are any.
    """
    people = human_ratings(study, round_name=round_name or None)
    if not people.ratings.parts:
        people = human_ratings(study)
    kept_out: Counter[str] = Counter(people.kept_out)
    pooled: Counter[str] = Counter(people.pooled)
    settled = consensus(study)
    imported, reworded = _under_present_wording(study, imported_ratings(study))
    kept_out.update(reworded)
    # What a person did here goes before what was imported under another name of theirs.
    rated_here = {(part.rater, part.unit, part.arm, part.round) for part in people.ratings.parts}
    imported = [each for each in imported if (each.rater, each.unit, each.arm, each.round) not in rated_here]
    ratings = listed(people.ratings, settled.ratings, imported)
    rated = {part.unit for part in ratings.parts}
    runs = []
    for run in study.store.runs.all():
        read = run_ratings(study, run, None if all_passages or not rated else rated)
        runs.append(read.ratings)
        kept_out.update(read.kept_out)
        pooled.update(read.pooled)
    return StudyRatings(listed(ratings, *runs), dict(kept_out), dict(pooled), in_dispute=settled.left)


def run_ratings(study: Study, run: Run, passages: Collection[str] | None = None) -> RatingsRead:
    """Return what a run says of the passages it coded, or some of them, under the current wording of the
    codes.
    """
    outcomes = study.store.runs.each_outcome(run.id)
    return ratings_of_run(
        run,
        (outcome for outcome in outcomes if passages is None or outcome.passage in passages),
        study.store.runs.each_suggestion(run.id),
        heads_of(study),
        study.store.documents.heads(),
        meanings_of(study),
    )


def _under_present_wording(study: Study, ratings: list[Rating]) -> tuple[list[Rating], Counter[str]]:
    """Those that do not name a codebook of this study in which their code reads otherwise, and how many do.

    A rating without a value is kept: what its rater left out of a passage could not be told from a 0.
    """
    texts = wordings(study, {rating.codebook for rating in ratings if rating.codebook})
    if not texts:
        return ratings, Counter()
    same = same_wordings(study)
    now = {code.id: {code.text_hash, *same.get(code.id, ())} for code in study.codebook.codes}
    kept, out = [], Counter[str]()
    for rating in ratings:
        then = texts.get(rating.codebook, {}).get(rating.code)
        if rating.value is not None and then is not None and then not in now.get(rating.code, ()):
            out[rating.code] += 1
        else:
            kept.append(rating)
    return kept, out


def source_of(file: Path) -> str:
    """Return the file's name and the hash of its bytes, so that a page says which ratings it is made of."""
    return f"{file.name}, sha256 {sha256(file.read_bytes()).hexdigest()}"
