"""Why the offline coder scores a code as it does, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.calibration_text import fact_in_words
from cothemes.presentation.lines import Line, Paragraph
from cothemes.records.numbers import coefficient
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.coders.calibration import SuggestionExplained
    from cothemes.app.findings.explanation import Explanation, WeighedWord

SHOWN = 200
"""Characters of a decided passage that are printed."""


def explanation_lines(found: Explanation) -> Iterator[Line]:
    """Yield score and threshold, the sentence with its words, and the nearest decided passages."""
    yield Paragraph(shown_text(f"{found.passage}, {found.code} {found.label}"))
    verb = "suggested" if found.suggested else "not suggested"
    score, threshold = coefficient(found.score), coefficient(found.threshold)
    yield f"Score {score}: {verb} (from {threshold} on)."
    yield from _made_of(found)
    if found.reason:
        yield Paragraph(shown_text(found.reason))
    yield ""
    yield f"The sentence that carries it (score {coefficient(found.sentence.score)}):"
    yield Paragraph(shown_text(" ".join(found.sentence.text.split())), indent=4)
    if found.raising:
        yield Paragraph(f"Raised by: {_words(found.raising)}.", indent=4)
    if found.lowering:
        yield Paragraph(f"Lowered by: {_words(found.lowering)}.", indent=4)
    if found.raising or found.lowering:
        yield Paragraph("(a word's figure: log-odds that the sentence loses without it)", indent=4)
    for suggestion in found.models:
        yield from _model_lines(suggestion)
    if not found.nearest:
        yield ""
        yield f"Nobody decided on {found.code} in another passage yet."
    for applies, heading in ((True, "given"), (False, "not given")):
        decided = [each for each in found.nearest if each.applies is applies]
        if decided:
            yield ""
            yield f"Nearest passages where people decided, {found.code} {heading}:"
        for each in decided:
            yield f"  {each.passage} (cosine {coefficient(each.cosine)})"
            yield Paragraph(shown_text(_shortened(each.text)), indent=4)


def _made_of(found: Explanation) -> Iterator[Line]:
    before = coefficient(found.before_learning)
    if found.reviewed:
        passages = counted(found.reviewed, "reviewed passage")
        yield f"By resemblance to the codebook alone {before}; it learned from {passages}."
    else:
        yield "By resemblance to the codebook alone; nothing is reviewed yet."
    if found.without_neighbours is not None:
        yield f"Without the passages around it {coefficient(found.without_neighbours)}."
    if found.decided is not None:
        said = "applies" if found.decided else "does not apply"
        yield f"People decided here that it {said}, and it learned from that."


def _model_lines(found: SuggestionExplained) -> Iterator[Line]:
    """Yield the probability of a model's suggestion, and the facts that raise and lower it."""
    yield ""
    verb = "calls it borderline" if found.borderline else "suggests it"
    quote = f", quote {found.quote_status}" if found.quote_status else ""
    if found.probability is not None:
        worth = f"probability {coefficient(found.probability)}"
    elif found.needed:
        worth = f"uncalibrated, {counted(found.needed, 'more decision')} needed for a probability"
    else:
        worth = "uncalibrated"
    yield Paragraph(shown_text(f"{found.by} {verb}{quote}: {worth}."))
    if not found.decisions:
        yield Paragraph("Nobody decided on its suggestions yet; the weights are a guess.", indent=4)
    for heading, sign in (("Raised", 1), ("Lowered", -1)):
        parts = [part for part in found.parts if part.log_odds * sign > 0]
        named = [f"{fact_in_words(part)} ({coefficient(part.log_odds, signed=True)})" for part in parts]
        if named:
            yield Paragraph(shown_text(f"{heading} by: {', '.join(named)}."), indent=4)
    if found.parts:
        yield Paragraph("(log-odds against a suggestion whose facts are at their mean)", indent=4)


def _words(words: Sequence[WeighedWord]) -> str:
    return ", ".join(f"{shown_text(each.word)} ({coefficient(each.weight, signed=True)})" for each in words)


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1].rsplit(" ", 1)[0] + "…"
