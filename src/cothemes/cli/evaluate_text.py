"""An evaluation as people read it on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cothemes.cli.agreement_text import figure, interval, wrapped
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.steps.evaluate import Evaluation, Forecast
    from cothemes.stages.evaluate.coding.history import Change
    from cothemes.stages.evaluate.coding.report import Report, Row, Yardstick
    from cothemes.stages.evaluate.stability_figures import Steadiness

SHOWN = (
    ("map", "mAP"),
    ("recall_at_3", "R@3"),
    ("recall_at_5", "R@5"),
    ("macro_f1", "F1 macro"),
    ("micro_f1", "F1 micro"),
    ("alpha", "alpha"),
    ("positive_agreement", "pos"),
    ("ece", "ECE"),
    ("workload_auc", "work"),
)
NAMES = dict(SHOWN)
GUIDE = (
    "mAP: mean average precision over codes. R@3: share of a passage's codes among its three best. F1: with "
    "the thresholds it would use. alpha, pos: the coder and gold as two raters. ECE: calibration error, "
    "lower is better. work: errors mended against passages reviewed in the order it proposes; .50 is random."
)


def report_lines(report: Report) -> Iterator[str]:
    """Table, intervals, people beside the coders, steadiness."""
    yield from wrapped(
        f"{report.suite}: {report.passages} passages in {report.documents} documents, gold {report.gold}; "
        f"{report.rows[0].codes} codes scored, {len(report.too_rare)} too rare, {report.excluded} passages "
        "excluded",
        "  ",
    )
    if report.about:
        yield from wrapped(f"! {shown_text(report.about)}", "  ")
    yield ""
    yield _line("coder", "train", [label for _, label in SHOWN])
    for row in report.rows:
        yield _line(row.coder, str(row.train), [figure(getattr(row, name)) for name, _ in SHOWN])
    if report.human_yardstick:
        yield _people(report.human_yardstick)
    yield ""
    for row in report.rows:
        yield from _uncertain(row)
    if report.human_yardstick:
        people = report.human_yardstick
        yield from wrapped(
            f"people: {', '.join(people.raters)} on {people.passages} passages, each two as raters; no coder "
            "can be asked for more",
            "  ",
        )
    yield from wrapped(GUIDE, "")
    for row in report.rows:
        if row.stability:
            yield ""
            yield from stability_lines(row.model, row.stability)


def _line(coder: str, train: str, cells: list[str]) -> str:
    widths = (6, 6, 6, 9, 9, 7, 6, 6, 6)
    return f"{coder:<8}{train:>6}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
    )


def _people(yardstick: Yardstick) -> str:
    known = {"alpha": yardstick.macro_alpha, "positive_agreement": yardstick.positive_agreement}
    cells = [figure(known[name]) if name in known else "" for name, _ in SHOWN]
    return _line("people", "", cells).rstrip()


def _uncertain(row: Row) -> Iterator[str]:
    spread = row.intervals["map"]
    oracle = f", an oracle's order mends {_area(row)}" if row.workload else ""
    yield from wrapped(
        f"{row.coder} train {row.train}: mAP 95 % {figure(spread.low)} to {figure(spread.high)}, over "
        f"{len(row.seeds)} splits of {row.passages} passages; work {figure(row.workload_auc)}{oracle}",
        "  ",
    )
    if row.asked is None:
        return
    asked = row.asked
    cost = "cost not known" if asked.cost is None else f"{asked.cost:.4g} {asked.currency}"
    lost = f", {asked.unanswered} without a usable reply (counted as no code)" if asked.unanswered else ""
    yield from wrapped(
        f"  {shown_text(row.model)}, {row.prompt.partition(':')[0]}: {asked.passages} passages asked"
        f"{lost}; {asked.calls} calls, {cost}, run {asked.run}",
        "    ",
    )


def _area(row: Row) -> str:
    steps = [(a.oracle + b.oracle) / 2 for a, b in zip(row.workload, row.workload[1:], strict=False)]
    return figure(sum(steps) / len(steps))


def stability_lines(model: str, found: Steadiness) -> Iterator[str]:
    """How steady a model is, code by code."""
    yield from wrapped(
        f"{shown_text(model)} asked again: {found.passages} passages of {found.documents} documents in "
        f"{len(found.variations)} ways; {found.unanswered} answers could not be used",
        "  ",
    )
    width = max([4, *(len(shown_text(each.code)) for each in found.codes)])
    name = min(width, 20)
    heads = f"{'share':>7}{'flips':>7}{'repeat':>8}{'wording':>9}{'order':>7}"
    yield f"{'code':<{name}}{heads}  alpha [low, high]"
    for each in found.codes:
        by = each.flip_rate_by
        code = shown_text(each.code)
        if len(code) > name:
            yield code
            code = ""
        yield (
            f"{code:<{name}}{figure(each.share):>7}{figure(each.flip_rate):>7}{figure(by['repeat']):>8}"
            f"{figure(by['prompt']):>9}{figure(by['order']):>7}  {interval(each.alpha)}"
        )
    yield from wrapped(
        f"flips: share of pairs of answers that differ on the code; of the codes that were given at all "
        f"{figure(found.flip_rate)}. Alpha of whole sets (Jaccard) {interval(found.alpha_jaccard).strip()}. "
        "Steady is not right: that is what the table above measures.",
        "",
    )


def change_lines(found: Evaluation) -> Iterator[str]:
    """What moved since the last evaluation of the same rows."""
    yield ""
    if not found.changes:
        reason = "an empty history" if not found.earlier else "no earlier row of the same coder and size"
        yield f"Nothing to compare with yet: {reason}."
        return
    compared = len({(change.coder, change.train) for change in found.changes})
    moved = [change for change in found.changes if change.moved]
    if not moved:
        yield from wrapped(
            f"Compared with the last time, {compared} rows, {len(found.changes)} figures: none moved beyond "
            "its interval.",
            "  ",
        )
        return
    yield f"Compared with the last time, {compared} rows: {len(moved)} of {len(found.changes)} figures moved"
    yield f"{'coder':<8}{'train':>6}  {'figure':<10}{'before':>7}{'after':>7}  95 % of the difference"
    for change in moved:
        yield _change(change)


def _change(change: Change) -> str:
    name = NAMES.get(change.metric, change.metric)
    said = "regression" if change.regression else "worse" if change.worse else "better"
    return (
        f"{change.coder:<8}{change.train!s:>6}  {name:<10}{figure(change.before):>7}"
        f"{figure(change.after):>7}  {change.low:+.3f} to {change.high:+.3f}  {said}"
    )


def forecast_lines(found: Forecast) -> Iterator[str]:
    """What a model is about to be asked."""
    from cothemes.records.price import amount

    made = found.estimate
    again = found.answers - found.passages
    more = f" and {again} more answers to see how steady it is" if again else ""
    yield f"{shown_text(found.model)}: {found.passages} passages{more}."
    yield from wrapped(
        f"About {made.input_tokens.low:,.0f} to {made.input_tokens.high:,.0f} tokens in and "
        f"{made.output_tokens.low:,.0f} to {made.output_tokens.high:,.0f} out"
        + (f", from {made.seen} replies of it." if made.seen else "; no reply of it was seen yet."),
        "  ",
    )
    if made.cost is None:
        yield from wrapped(
            "What they cost is not known: no price for this model at this endpoint; see prices.toml.", "  "
        )
    else:
        low, high = (amount(round(end), made.currency) for end in (made.cost.low, made.cost.high))
        yield f"Cost: {low} to {high}. What the ledger holds already is not bought again."


def forecast_as_json(found: Forecast, budget: float | None) -> dict[str, Any]:
    """The same as one plain document; amounts in whole units."""
    from cothemes.records.price import NANOS

    made = found.estimate
    return {
        "model": found.model,
        "passages": found.passages,
        "answers": found.answers,
        "calls": made.calls,
        "input_tokens": [round(made.input_tokens.low), round(made.input_tokens.high)],
        "output_tokens": [round(made.output_tokens.low), round(made.output_tokens.high)],
        "cost": [made.cost.low / NANOS, made.cost.high / NANOS] if made.cost else None,
        "currency": made.currency or None,
        "seen": made.seen,
        "budget": budget,
    }
