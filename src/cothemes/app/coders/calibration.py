"""What people's decisions teach about a model's suggestions: facts and labels from the records, weights kept.

Runs of one model and prompt are calibrated together, whatever the codebook's version; another model or prompt
starts anew. The weights are fitted by `propose`, `route` and `calibration`, and the probabilities stored with
the suggestions, so that every card, list and export shows the same number until they are fitted again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cothemes.agreement.calibration import brier_score, expected_calibration_error
from cothemes.agreement.result import plain
from cothemes.app import wiring
from cothemes.app.coders.offline import lessons
from cothemes.app.coders.offline_scores import score_offline
from cothemes.app.coders.other_answers import stability_answers
from cothemes.app.ratings import human_ratings, meanings_of, reads_once
from cothemes.app.review.consensus import consensus
from cothemes.app.runs.probabilities import DECIMALS, probabilities_of
from cothemes.app.study import Study
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.record import Record
from cothemes.records.review import ReadingArm
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.evaluate.agreement.reliability import BINS, Bin, bins_of
from cothemes.stages.propose.model.calibration import (
    ENOUGH,
    Calibration,
    CriticSaid,
    Decided,
    Part,
    Signs,
    answers_on,
    calibrate,
    held_out,
    own_confidence,
)
from cothemes.stages.propose.model.deriving import ESCALATED, UNREAD

KEPT = "calibrations"
"""Key of the records under which the weights are kept."""
MODEL = "llm"
"""Kind of the coder that is calibrated here."""
_BLIND = frozenset({ReadingArm.BLIND.value, ReadingArm.REVEAL.value})
Cell = tuple[str, str]
"""Passage and code."""


class NumbersMeasured(Record):
    """Worth of one kind of number as a probability."""

    brier: float | None
    expected_calibration_error: float | None
    bins: tuple[Bin, ...]


class Measured(Record):
    """Worth of the probabilities of decided suggestions, each held out with its document."""

    basis: str
    """Decisions that it is measured on: `blind`, or `all` where fewer than enough are blind."""
    suggestions: int
    given: int
    probability: NumbersMeasured
    confidence: NumbersMeasured
    """The model's own confidence on the same suggestions; .5 where it gave none."""


class ModelCalibration(Record):
    """What a study's decisions taught about the suggestions of one model and prompt."""

    model: str
    prompt: str
    runs: tuple[str, ...]
    calibrated: bool
    """True if its numbers are shown as probabilities."""
    needed: int
    """Decided suggestions that are still needed for that; 0 where there are enough, and only documents are
    missing."""
    offline_scores: int
    """Suggestions for which the offline coder's score is on record."""
    suggestions: int
    """Suggestions in view; as long as nobody decided, those of all runs."""
    fitted: Calibration
    measured: Measured | None
    """None as long as it is not calibrated."""


class CalibrationReport(Record):
    """The calibration of every model that suggested codes."""

    models: tuple[ModelCalibration, ...]
    """The model of the latest run last."""


@dataclass
class _Model:
    """Suggestions in view of one model and prompt, with their signs."""

    model: str
    prompt: str
    runs: list[Run] = field(default_factory=list)
    signs: dict[str, Signs] = field(default_factory=dict)
    """By suggestion."""
    in_view: dict[str, Suggestion] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)
    """Suggestions of runs that a later run of the same model coded again."""
    scored: int = 0


@reads_once
def calibration_of(study: Study) -> CalibrationReport:
    """Return what people's decisions teach about each model's suggestions now. Nothing is stored."""
    return _learned(study)[0]


def learn_calibration(study: Study, *, scores: bool = True) -> CalibrationReport:
    """Fit the weights anew, and store them with the probabilities that they give.

    `scores`: compute the offline scores that are missing, where the study is indexed. In a study as somebody
    sees it who has still to code blind, nothing is learned and what is on record is returned.
    """
    if isinstance(study.store.reviews, wiring.BlindReviews):
        return stored_calibration(study)
    if not any(run.coder == MODEL for run in study.store.runs.all()):
        return CalibrationReport(models=())
    decided = bool(lessons(study))
    if not decided and not any(each.calibrated for each in stored_calibration(study).models):
        # Nothing to learn, and nothing to take back: the suggestions of a large run are not read.
        report = _undecided(study)
    else:
        if scores and decided:
            score_offline(study)
        report, probabilities = _learned(study)
        study.store.runs.put_probabilities(probabilities)
    study.store.meta.set(KEPT, report.model_dump_json())
    return report


def stored_calibration(study: Study) -> CalibrationReport:
    """Return the calibration as it was last fitted; without models where none was."""
    kept = study.store.meta.get(KEPT)
    return CalibrationReport.model_validate(json.loads(kept)) if kept else CalibrationReport(models=())


class SuggestionExplained(Record):
    """Why a model's suggestion has its probability, by the weights as they were last fitted."""

    by: str
    """Rater of the suggestion."""
    borderline: bool
    quote_status: str | None
    calibrated: bool
    decisions: int
    """Decided suggestions that the weights rest on; with none, they are a guess."""
    needed: int
    """Decided suggestions that are still needed for a probability."""
    probability: float | None
    """None where the model is not calibrated."""
    parts: tuple[Part, ...]
    """Facts that raise or lower it against a typical suggestion, the heaviest first; no others."""


def explained_suggestions(study: Study, passage: str, code: str) -> tuple[SuggestionExplained, ...]:
    """Return the suggestions of the code by models, that of the latest model last."""
    kept = {(each.model, each.prompt): each for each in stored_calibration(study).models}
    found = []
    for model in _models(study, passages=[passage]):
        fitted = kept.get((model.model, model.prompt))
        weights = fitted.fitted if fitted else calibrate([])
        known = probabilities_of(study, list(model.in_view.values()))
        found += [
            SuggestionExplained(
                by=suggestion.rater,
                borderline=suggestion.verdict is Verdict.BORDERLINE,
                quote_status=suggestion.quote_status.value if suggestion.quote_status else None,
                calibrated=fitted is not None and fitted.calibrated,
                decisions=weights.decisions,
                needed=fitted.needed if fitted else ENOUGH,
                probability=known.get(name),
                parts=tuple(
                    part.model_copy(
                        update={
                            "value": round(part.value, DECIMALS),
                            "weight": round(part.weight, DECIMALS),
                            "log_odds": round(part.log_odds, DECIMALS),
                        }
                    )
                    for part in weights.parts(model.signs[name])
                    if round(part.log_odds, DECIMALS)
                ),
            )
            for name, suggestion in model.in_view.items()
            if suggestion.code == code
        ]
    return tuple(found)


def _undecided(study: Study) -> CalibrationReport:
    """Return the models of a study in which nobody decided yet."""
    return CalibrationReport(
        models=tuple(
            ModelCalibration(
                model=model,
                prompt=prompt,
                runs=tuple(run.id for run in runs),
                calibrated=False,
                needed=ENOUGH,
                offline_scores=0,
                suggestions=sum(sum(study.store.runs.suggested(run.id).values()) for run in runs),
                fitted=calibrate([]),
                measured=None,
            )
            for (model, prompt), runs in _grouped(study).items()
        )
    )


def _learned(study: Study) -> tuple[CalibrationReport, dict[str, float | None]]:
    labels = _labels(study)
    meanings = meanings_of(study)
    found: list[ModelCalibration] = []
    probabilities: dict[str, float | None] = {}
    for model in _models(study):
        codebooks = {run.id: run.codebook_hash for run in model.runs}
        decided: dict[str, Decided] = {}
        for name, suggestion in model.in_view.items():
            cell = (suggestion.passage, suggestion.code)
            stands = suggestion.code in meanings.codes and meanings.stood(
                suggestion.code, codebooks[suggestion.run], strict=True
            )
            if cell in labels and stands:
                applies, blind = labels[cell]
                document = suggestion.passage.rpartition(".")[0]
                decided[name] = Decided(model.signs[name], document, applies, blind)
        fitted = calibrate(list(decided.values()))
        unseen = held_out(list(decided.values())) if fitted.calibrated else None
        probabilities |= dict.fromkeys([*model.in_view, *model.earlier])
        if unseen is not None:
            probabilities |= {name: fitted.probability(model.signs[name]) for name in model.in_view}
            # A number that was fitted to its own answer would say more than anybody knew.
            probabilities |= dict(zip(decided, unseen, strict=True))
        found.append(
            ModelCalibration(
                model=model.model,
                prompt=model.prompt,
                runs=tuple(run.id for run in model.runs),
                calibrated=unseen is not None,
                needed=max(0, ENOUGH - fitted.decisions),
                offline_scores=model.scored,
                suggestions=len(model.in_view),
                fitted=fitted,
                measured=_measured(list(decided.values()), unseen) if unseen is not None else None,
            )
        )
    return CalibrationReport(models=tuple(found)), probabilities


def _measured(decided: list[Decided], unseen: list[float]) -> Measured:
    pairs = list(zip(decided, unseen, strict=True))
    blind = [pair for pair in pairs if pair[0].blind]
    some = blind if len(blind) >= ENOUGH else pairs
    truth = [int(each.applies) for each, _ in some]
    return Measured(
        basis="blind" if some is blind else "all",
        suggestions=len(some),
        given=sum(truth),
        probability=_numbers(truth, [number for _, number in some]),
        confidence=_numbers(truth, [own_confidence(each.signs) for each, _ in some]),
    )


def _numbers(truth: list[int], numbers: list[float]) -> NumbersMeasured:
    return NumbersMeasured(
        brier=plain(brier_score(truth, numbers, interval=None).value),
        expected_calibration_error=plain(
            expected_calibration_error(truth, numbers, BINS, interval=None).value
        ),
        bins=bins_of(truth, numbers),
    )


def _labels(study: Study) -> dict[Cell, tuple[bool, bool]]:
    """Passage and code → whether the code applies, and whether somebody said so without a suggestion.

    They are the offline coder's lessons: silence about a suggestion teaches nothing, and readings with
    planted errors are none.
    """
    blind = {(each.unit, each.code) for each in human_ratings(study).ratings if each.arm in _BLIND}
    blind |= {(each.unit, each.code) for each in consensus(study).ratings}
    return {
        (each.passage.id, code): (label == 1, (each.passage.id, code) in blind)
        for each in lessons(study)
        for code, label in each.labels.items()
    }


def _models(study: Study, passages: Iterable[str] | None = None) -> list[_Model]:
    """Return the suggestions in view of every model and prompt, all or those of some passages."""
    asked = None if passages is None else sorted(set(passages))
    return [_in_view(study, _Model(*key, runs=runs), asked) for key, runs in _grouped(study).items()]


def _grouped(study: Study) -> dict[tuple[str, str], list[Run]]:
    """Return model and prompt → its runs, the pair of the latest run last."""
    grouped: dict[tuple[str, str], list[Run]] = {}
    for run in study.store.runs.all():
        if run.coder == MODEL:
            key = (run.model, run.prompt)
            grouped[key] = [*grouped.pop(key, []), run]
    return grouped


def _in_view(study: Study, model: _Model, asked: list[str] | None) -> _Model:
    store = study.store.runs
    coded: dict[str, dict[str, Outcome]] = {}
    given: dict[str, dict[str, dict[str, Suggestion]]] = {}
    latest: dict[str, str] = {}
    scores: dict[str, float] = {}
    for run in model.runs:
        outcomes = store.each_outcome(run.id) if asked is None else store.outcomes(run.id, passages=asked)
        coded[run.id] = {each.passage: each for each in outcomes if each.state is OutcomeState.CODED}
        latest |= dict.fromkeys(coded[run.id], run.id)
        by_passage: dict[str, dict[str, Suggestion]] = defaultdict(dict)
        for each in (
            store.each_suggestion(run.id)
            if asked is None
            else store.suggestions(run_id=run.id, passages=asked)
        ):
            by_passage[each.passage][each.code] = each
        given[run.id] = by_passage
        scores |= store.offline_scores(run.id)
    own = {each.call for outcomes in coded.values() for each in outcomes.values() if each.call}
    repeated = stability_answers(study, model.model, asked, own)
    with_critic = {run.id for run in model.runs if run.details.get("coder", {}).get("critic")}
    for run in model.runs:
        for passage, suggestions in given[run.id].items():
            if latest.get(passage) != run.id:
                model.earlier += [each.id for each in suggestions.values()]
                continue
            others = [
                (coded[other.id][passage], given[other.id].get(passage, {}))
                for other in model.runs
                if other.id != run.id and passage in coded[other.id]
            ]
            for code, suggestion in suggestions.items():
                signs = Signs(
                    code=code,
                    confidence=suggestion.confidence,
                    borderline=suggestion.verdict is Verdict.BORDERLINE,
                    critic=_critic(suggestion, asked=run.id in with_critic),
                    quote=suggestion.quote_status,
                    offline=scores.get(suggestion.id),
                )
                said = [_gave(code, codes) for outcome, codes in others if _asked_about(outcome, code)]
                said += [answer[code] for answer in repeated.get(passage, ()) if code in answer]
                model.signs[suggestion.id] = answers_on(signs, said)
                model.in_view[suggestion.id] = suggestion
                model.scored += suggestion.id in scores
    return model


def _gave(code: str, codes: Mapping[str, Suggestion]) -> bool:
    return code in codes and codes[code].verdict is Verdict.YES


def _asked_about(outcome: Outcome, code: str) -> bool:
    """Return whether the run asked about the code: of many codes, only likely ones are asked about."""
    narrowed = outcome.flagged(FlagKind.ASKED_ABOUT)
    return not narrowed or any(code in each.detail.split() for each in narrowed)


def _critic(suggestion: Suggestion, *, asked: bool) -> CriticSaid:
    if ESCALATED in suggestion.flags:
        return CriticSaid.ESCALATED
    return CriticSaid.KEPT if asked and UNREAD not in suggestion.flags else CriticSaid.NOTHING
