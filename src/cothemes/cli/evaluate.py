"""`cothemes evaluate`: coders against gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.cli.invocation import JsonOption

if TYPE_CHECKING:
    from cothemes.app.steps.evaluate import Evaluation
    from cothemes.stages.evaluate.coding.report import Row

SHOWN = (
    ("map", "mAP"),
    ("recall_at_3", "R@3"),
    ("recall_at_5", "R@5"),
    ("macro_f1", "macroF1"),
    ("micro_f1", "microF1"),
    ("alpha", "alpha"),
    ("ece", "ECE"),
    ("workload_auc", "workload"),
)


def evaluate(
    suite: Annotated[
        Path, typer.Argument(metavar="SUITE.yaml", help="What to run on which gold.", dir_okay=False)
    ],
    compare: Annotated[
        bool, typer.Option("--compare", help="Show what moved since the last time; exit 7 on a regression.")
    ] = False,
    history: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where results are kept; else `history` beside the suites.", file_okay=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score coders against human codings. On documents that they did not learn from."""
    from cothemes.app.steps.evaluate import evaluate as run
    from cothemes.cli.console import emit_json, note
    from cothemes.errors import RegressionFound
    from cothemes.stages.evaluate.coding.history import regressions

    def finished(row: Row) -> None:
        note(f"{row.coder}, train {row.train}: done")

    found = run(suite, history=history, finished=finished)
    if as_json:
        document = found.report.as_json()
        document["changes"] = [change.model_dump(mode="json") for change in found.changes]
        emit_json(document)
    else:
        _show(found)
        if compare:
            _show_changes(found)
    worse = regressions(found.changes)
    if compare and worse:
        names = ", ".join(f"{change.coder} train {change.train} {change.metric}" for change in worse)
        raise RegressionFound(
            f"worse than the last time by more than its interval: {names}",
            where=str(found.history),
            hint="Look at what changed since the commit that the history names.",
        )


def _show(found: Evaluation) -> None:
    from cothemes.cli.console import print_table, say

    report = found.report
    say(
        f"{report.suite}: {report.passages} passages in {report.documents} documents, gold {report.gold}; "
        f"{report.rows[0].codes} codes scored, {len(report.too_rare)} too rare, {report.excluded} excluded."
    )
    print_table(
        ("coder", "train", *(label for _, label in SHOWN)),
        [(row.coder, row.train, *(_figure(getattr(row, name)) for name, _ in SHOWN)) for row in report.rows],
        right=tuple(range(1, len(SHOWN) + 2)),
    )
    for row in report.rows:
        interval = row.intervals["map"]
        say(f"mAP {row.coder} train {row.train}: 95 % {_figure(interval.low)} to {_figure(interval.high)}")
    if report.human_yardstick:
        yardstick = report.human_yardstick
        say(
            f"People on the same passages ({', '.join(yardstick.raters)}, {yardstick.passages} passages): "
            f"macro alpha {_figure(yardstick.macro_alpha)}, "
            f"positive agreement {_figure(yardstick.positive_agreement)}"
        )
    say(f"Appended to {found.history}")


def _show_changes(found: Evaluation) -> None:
    from cothemes.cli.console import print_table, say

    moved = [change for change in found.changes if change.moved]
    if not found.changes:
        say("Nothing to compare with yet.")
    elif not moved:
        say("Nothing moved beyond its interval since the last time.")
    else:
        print_table(
            ("coder", "train", "figure", "before", "after", "95 % of the difference"),
            [
                (
                    c.coder,
                    c.train,
                    c.metric,
                    _figure(c.before),
                    _figure(c.after),
                    f"{c.low:+.3f} to {c.high:+.3f}",
                )
                for c in moved
            ],
            right=(1, 3, 4, 5),
        )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
