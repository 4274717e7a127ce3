"""What people's decisions taught about a model's suggestions, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Paragraph, Table
from cothemes.records.numbers import coefficient
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.coders.calibration import CalibrationReport, Measured, ModelCalibration
    from cothemes.stages.propose.model.calibration import Part

FACTS = {
    "confidence": "the model's own confidence",
    "borderline": "borderline, not yes",
    "other_answers": "the model's other answers on the passage",
    "critic": "the critic",
    "approximate_quote": "quote found approximately",
    "refused_quote": "another quote refused",
    "offline_score": "the offline coder's score",
}
"""Fact → its name for people."""


_ABSENT = {
    "borderline": "yes, not borderline",
    "other_answers": "no other answer of the model on the passage",
    "critic": "no word of the critic",
    "approximate_quote": "no approximate quote",
    "refused_quote": "no refused quote",
}
_CRITIC = {1.0: "kept by the critic", -1.0: "left to a person by the critic"}


def fact_in_words(part: Part) -> str:
    """Return a fact about one suggestion: what is true of it, not only what is asked."""
    if part.fact not in FACTS:
        return f"the code {part.fact}"
    if not part.value:
        return _ABSENT.get(part.fact, FACTS[part.fact])
    if part.fact == "critic":
        return _CRITIC[part.value]
    return FACTS[part.fact]


def calibration_lines(found: CalibrationReport) -> Iterator[Line]:
    """Yield for each model whether it is calibrated, what its probabilities are worth, and the weights."""
    if not found.models:
        yield "No model has suggested codes yet."
    for number, model in enumerate(found.models):
        if number:
            yield ""
        yield from learned_lines(model)
        if model.calibrated:
            yield from _worth(model)
            yield from _weights(model)


def learned_lines(model: ModelCalibration) -> Iterator[Line]:
    """Yield one sentence: how many decisions a model's probabilities rest on, or what they still need."""
    name, fitted = shown_text(model.model), model.fitted
    decided = counted(fitted.decisions, "decided suggestion")
    if model.calibrated:
        blind = f"{fitted.blind} of them blind" if fitted.blind else "none of them blind"
        yield Paragraph(f"{name}: probabilities learned from {decided}, {blind}, {fitted.given} given.")
    elif model.needed:
        yield Paragraph(f"{name}: uncalibrated, {decided}; {model.needed} more are needed for probabilities.")
    else:
        yield Paragraph(f"{name}: uncalibrated, {decided}; too few passages of one document to hold any out.")


def _worth(model: ModelCalibration) -> Iterator[Line]:
    measured = model.measured
    assert measured is not None
    if measured.basis == "blind":
        basis = "blind decisions"
    else:
        basis = "all decisions, most of them with the suggestion visible"
    yield Paragraph(
        f"Each held out with its document, on {counted(measured.suggestions, 'suggestion')} ({basis}):"
    )
    yield Table(
        ("", "calibration error", "Brier score"),
        [
            (
                name,
                coefficient(each.expected_calibration_error, decimals=3),
                coefficient(each.brier, decimals=3),
            )
            for name, each in (("probability", measured.probability), ("own confidence", measured.confidence))
        ],
        right=(1, 2),
    )
    yield Table(
        ("probability", "suggestions", "mean", "given"),
        _bins(measured),
        right=(1, 2, 3),
    )


def _bins(measured: Measured) -> list[tuple[object, ...]]:
    return [
        (
            f"{coefficient(each.low, decimals=1)} to {coefficient(each.high, decimals=1)}",
            each.cells,
            coefficient(each.mean),
            coefficient(each.share_true),
        )
        for each in measured.probability.bins
        if each.cells
    ]


def _weights(model: ModelCalibration) -> Iterator[Line]:
    fitted = model.fitted
    yield Table(
        ("fact", "log-odds per unit"),
        [(words, coefficient(fitted.weights[fact], signed=True)) for fact, words in FACTS.items()],
        right=(1,),
    )
    if fitted.visible is not None:
        yield Paragraph(
            f"A suggestion in view adds {coefficient(fitted.visible, signed=True)} to a decision. The "
            "probability is that of a blind one."
        )
    if model.offline_scores < model.suggestions:
        yield Paragraph(
            f"The offline coder's score is known for {model.offline_scores} of {model.suggestions} "
            "suggestions: cothemes index, then cothemes calibration."
        )
