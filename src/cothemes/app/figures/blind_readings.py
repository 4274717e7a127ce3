"""Blind random readings beside a coder's suggestions: what certificates and their drift are counted on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cothemes.app.coders.training_passages import learned_passages
from cothemes.app.corrected_texts import with_sources_checked
from cothemes.app.ratings import every_history, human_ratings
from cothemes.app.review.review import latest_runs
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.record import Record
from cothemes.records.review import Action
from cothemes.records.run import Run
from cothemes.records.suggestion import OutcomeState, Suggestion, Verdict
from cothemes.stages.evaluate.certification import NONE_READ, BlindReading, equal_chances
from cothemes.stages.evaluate.prevalence.sample import Sample, random_sample
from cothemes.stages.review.card import presentable


class SampleUsed(Record):
    """The blind random readings that a look used, and those that it could not use."""

    readings: int
    """Passages that people read blind, drawn at random."""
    interviews: int
    learned: int
    """Passages left out because the coder learned from them."""
    copied: int
    """Passages left out because a reader copied their codes from a passage that says nearly the same."""
    thinned: int
    """Passages left out so that all draws had the same chance."""
    read_before: int
    """Of the readings used, those finished before the coder's run began. Whoever changed a prompt after
    seeing them fitted it to them: then no promise holds."""


@dataclass(frozen=True)
class BlindSample:
    """The blind random sample with the coder's suggestions."""

    readings: list[BlindReading]
    frame: frozenset[str]
    """Passages that the draw could have taken."""
    used: SampleUsed
    round: str
    none_read: str
    """Why a code has no readings, where it has none."""


def blind_sample(study: Study, run: Run, round_name: str, *, thin: bool = True) -> BlindSample:
    """Return the blind random readings of a round that the coder did not learn from.

    `thin`: leave out readings so that every passage of the frame had the same chance. Raises StateConflict
    where nothing was drawn, or where rounds would be pooled.
    """
    sample = _sample(study, round_name)
    learned = learned_passages(study, run, sample.labels)
    origins = study.store.copied_decisions.origins()
    copied = {each.passage for each in every_history(study).decisions if each.id in origins}
    rest = [passage for passage in sample.labels if passage not in learned and passage not in copied]
    kept = equal_chances(sample.chance, rest) if thin else rest
    coded = {
        each.passage
        for one in runs_of(study, run.configuration)
        for each in study.store.runs.outcomes(one.id, passages=kept)
        if each.state is OutcomeState.CODED
    }
    suggested: dict[str, dict[str, float]] = {passage: {} for passage in kept if passage in coded}
    for each in coder_suggestions(study, run, suggested):
        if (score := score_of(each)) is not None:
            suggested[each.passage][each.code] = score
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    readings = [
        BlindReading(
            passage=passage,
            interview=clusters[sample.document[passage]],
            suggested=codes,
            upheld=frozenset(code for code, share in sample.labels[passage].items() if share > 0.5),
            asked=frozenset(sample.labels[passage]),
        )
        for passage, codes in suggested.items()
    ]
    done = {
        each.passage
        for each in every_history(study).decisions
        if each.action is Action.DONE and each.at < run.started
    }
    used = SampleUsed(
        readings=len(readings),
        interviews=len({each.interview for each in readings}),
        learned=len(learned),
        copied=len(copied & sample.labels.keys()),
        thinned=len(rest) - len(kept),
        read_before=sum(each.passage in done for each in readings),
    )
    return BlindSample(
        readings, frozenset(sample.chance), used, sample.rounds[0], _none_read(used, bool(kept))
    )


def _none_read(used: SampleUsed, kept: bool) -> str:
    if used.readings:
        return NONE_READ
    if kept:
        return "the coder has coded no passage that was read blind"
    if used.learned:
        return "the coder learned from all passages that were read blind"
    return "all blind readings were copied from another passage" if used.copied else NONE_READ


def unlearned_readings(study: Study, coder: str) -> int:
    """Return how many passages were read blind, drawn at random, since a coder of this kind last learned."""
    runs = [each for each in study.store.runs.all() if each.coder == coder]
    found: set[str] = set()
    for name in drawn_rounds(study):
        labels = _sample(study, name).labels
        found.update(labels.keys() - (learned_passages(study, runs[-1], labels) if runs else set()))
    return len(found)


def _sample(study: Study, round_name: str) -> Sample:
    assignments = every_history(study).assignments
    whole = [each for each in assignments if not each.codes]
    if round_name and round_name not in {each.round for each in whole}:
        rounds = sorted({each.round for each in whole})
        raise StateConflict(
            f"{round_name} is no round that was drawn", hint=f"Rounds: {', '.join(rounds) or 'none'}."
        )
    return random_sample(whole, human_ratings(study).ratings, round_name)


def drawn_rounds(study: Study) -> list[str]:
    """Return the rounds whose passages were drawn; a recode chose its passages."""
    return sorted({each.round for each in every_history(study).assignments if not each.codes})


def score_of(suggestion: Suggestion) -> float | None:
    """Return the number from 0 to 1 by which a coder's suggestions are ordered; None where it gave none."""
    # Not the calibrated probability: it was fitted to decisions, those that certify among them.
    found = suggestion.score if suggestion.score is not None else suggestion.confidence
    return None if found is None or not 0 <= found <= 1 else found


def coder_suggestions(study: Study, run: Run, passages: Iterable[str]) -> list[Suggestion]:
    """Return what people would be shown on these passages, where this coder was the last to code them."""
    wanted = set(passages)
    mine = {each.id for each in runs_of(study, run.configuration)}
    latest = latest_runs(study, wanted)
    texts = {each.id: each for each in study.store.passages.read(sorted(wanted))}
    found = (
        each
        for each in study.store.runs.suggestions(passages=wanted)
        if each.run in mine and latest.get(each.passage) == each.run and each.verdict is Verdict.YES
    )
    return with_sources_checked(study, presentable(found, study.codebook), texts)


def runs_of(study: Study, configuration: str) -> list[Run]:
    """Return the runs of one configuration of a coder, oldest first."""
    return [each for each in study.store.runs.all() if each.configuration == configuration]
