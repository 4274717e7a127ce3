"""Coders against gold: wires the coders to a suite, and keeps the history of what came of it."""

from __future__ import annotations

import asyncio
import platform
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from cothemes import __version__
from cothemes.app import wiring
from cothemes.app.figures.evaluated_model import EvaluatedModel, Payer
from cothemes.app.figures.evaluated_offline import EvaluatedOffline
from cothemes.app.study import Study, find_study
from cothemes.errors import InputError, StateConflict, StudyNotFound
from cothemes.ports import Progress
from cothemes.records.numbers import percent
from cothemes.records.price import NANOS
from cothemes.records.record import Record, content_hash
from cothemes.records.suite import CoderRow, Suite
from cothemes.stages.evaluate.coding.coders import Coder
from cothemes.stages.evaluate.coding.evaluation import Finished, evaluate_suite, expected_passages
from cothemes.stages.evaluate.coding.gold import gold_of, parts
from cothemes.stages.evaluate.coding.history import (
    Change,
    Entry,
    PassedOver,
    compare,
    entries_of,
    lines_of,
    marked,
    passed_over,
    read_lines,
)
from cothemes.stages.evaluate.coding.report import Report
from cothemes.stages.propose.model.estimate import Estimate
from cothemes.stages.repeats.groups import across, repeated

LIBRARIES = ("numpy", "scipy", "onnxruntime")
PAID = "llm"
SUITES = "suites"
"""A folder of this name holds nothing but suites: what comes of them is kept beside it."""


@dataclass(frozen=True)
class Evaluation:
    """A suite's figures, and how they moved since the last time."""

    report: Report
    history: Path
    changes: tuple[Change, ...]
    entries: tuple[Entry, ...]
    """This evaluation's rows, as the history has them."""
    before: tuple[Entry, ...]
    """Rows of earlier evaluations that the history held."""
    passed_over: tuple[PassedOver, ...] = ()
    """Rows of these that measured something else, and are newer than what the rows were compared with."""
    failed: int = 0
    """Passages without a reply: nothing was appended, and the same command goes on."""


@dataclass(frozen=True)
class Forecast:
    """Calls and cost of a paid row of a suite."""

    model: str
    passages: int
    answers: int
    """Number of answers, with those of asking again."""
    estimate: Estimate


class EvaluationReport(Report):
    """The figures of an evaluation with what moved since the last one."""

    changes: tuple[Change, ...]
    passed_over: tuple[PassedOver, ...]
    """Rows that nothing can be compared with."""


class EvaluationForecast(Record):
    """What a paid row of a suite takes; ranges are (low, high), amounts in whole units of the currency."""

    model: str
    passages: int
    answers: int
    calls: int
    input_tokens: tuple[int, int]
    output_tokens: tuple[int, int]
    cost: tuple[float, float] | None
    currency: str | None
    seen: int
    """Replies that the estimate was drawn from; 0: from stated bounds."""
    budget: float | None


class EvaluationPlan(Record):
    """What the paid rows of a suite take."""

    models: tuple[EvaluationForecast, ...]


def evaluation_report(found: Evaluation) -> EvaluationReport:
    """Return the document of an evaluation."""
    return EvaluationReport(
        **dict(found.report), changes=tuple(found.changes), passed_over=tuple(found.passed_over)
    )


def evaluation_plan(found: Sequence[Forecast], budget: float | None) -> EvaluationPlan:
    """Return the document of what paid rows take."""
    return EvaluationPlan(
        models=tuple(
            EvaluationForecast(
                model=each.model,
                passages=each.passages,
                answers=each.answers,
                calls=each.estimate.calls,
                input_tokens=(round(each.estimate.input_tokens.low), round(each.estimate.input_tokens.high)),
                output_tokens=(
                    round(each.estimate.output_tokens.low),
                    round(each.estimate.output_tokens.high),
                ),
                cost=(each.estimate.cost.low / NANOS, each.estimate.cost.high / NANOS)
                if each.estimate.cost
                else None,
                currency=each.estimate.currency or None,
                seen=each.estimate.seen,
                budget=budget,
            )
            for each in found
        )
    )


@dataclass(frozen=True)
class Account:
    """The study that pays for paid rows, and its limit."""

    folder: Path | None = None
    """Folder that -C named; else the study at or above the working folder."""
    budget: float | None = None
    telling: Callable[[Forecast], None] = lambda _forecast: None
    """Hears what a row takes before it is asked."""
    progress: Callable[[str, int], Progress] = lambda _label, _total: lambda _count: None


def evaluate(
    path: Path,
    *,
    history: Path | None = None,
    guarded: bool = False,
    account: Account | None = None,
    finished: Finished = lambda _row: None,
) -> Evaluation:
    """Run a suite, append its rows to the history and compare them with the last ones.

    `history` is a folder; else as `history_folder` says. With `guarded`, rows that regressed are marked in
    it, and later ones are not held against them. Raises SuiteError, CodebookError, and InputError for a
    history that cannot be read; for a model StateConflict where no study pays or nothing may be sent,
    BudgetReached and ModelError.
    """
    suite = wiring.read_suite(path)
    folder = history or history_folder(path)
    file = folder / f"{suite.name}.jsonl"
    earlier = _earlier(file)
    account = account or Account()
    with _coders(suite, account) as coder_of:
        report = evaluate_suite(suite, coder_of, finished)
    report = report.model_copy(update={"notes": (*_leaks(suite), *report.notes)})
    failed = sum(row.asked.failed for row in report.rows if row.asked)
    entries = entries_of(report, wiring.clock().now().isoformat(timespec="seconds"), _context(path))
    changes = tuple(compare(earlier, entries))
    skipped = tuple(passed_over(earlier, entries))
    if guarded:
        entries = marked(entries, changes)
    if not failed:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as handle:
            handle.write(lines_of(entries))
    return Evaluation(report, file, changes, tuple(entries), tuple(earlier), skipped, failed)


def _leaks(suite: Suite) -> tuple[str, ...]:
    """Say how many test passages nearly repeat a training passage: a coder that learns has seen them."""
    gold = gold_of(suite)
    groups = repeated({each.id: each.text for each in gold.passages})
    if not groups or not any(size for row in suite.coders for size in row.train):
        return ()
    shares = []
    for seed in suite.split.seeds:
        train, test = parts(gold.passages, suite.split, seed)
        tests = {gold.passages[row].id for row in test}
        side = {gold.passages[row].id: False for row in train} | dict.fromkeys(tests, True)
        seen = {each for group in across(groups, side) for each in group if each in tests}
        shares.append(len(seen) / len(tests))
    share = sum(shares) / len(shares)
    if not share:
        return ()
    return (
        f"{percent(share, decimals=1)} of test passages nearly repeat a passage of the training part "
        "(mean of seeds): learned rows are better on them than on new texts.",
    )


def history_folder(suite: Path) -> Path:
    """`history` beside the suite file; of suites that share a folder `suites`, beside that folder."""
    home = suite.resolve().parent
    return (home.parent if home.name == SUITES else home) / "history"


def forecasts(path: Path, account: Account) -> list[Forecast]:
    """Return what every paid row of a suite takes; nothing is asked. Raises as `evaluate`."""
    suite = wiring.read_suite(path)
    with _coders(suite, account, tell=False) as coder_of:
        return [
            _forecast(suite, row, coder)
            for row in suite.coders
            if isinstance(coder := coder_of(suite, row), EvaluatedModel)
        ]


@contextmanager
def _coders(
    suite: Suite, account: Account, *, tell: bool = True
) -> Iterator[Callable[[Suite, CoderRow], Coder]]:
    """Make the coder of a row; what they share is opened when first needed, and closed at the end."""
    with ExitStack() as stack:
        shared: dict[str, Payer] = {}

        def payer() -> Payer:
            if "payer" not in shared:
                study = _paying(suite, account.folder)
                stack.callback(study.close)
                shared["payer"] = Payer(study, stack.enter_context(asyncio.Runner()), account.budget)
            return shared["payer"]

        def coder_of(_suite: Suite, row: CoderRow) -> Coder:
            if row.coder == PAID:
                made = EvaluatedModel(suite, row, payer())
                if tell:
                    told = _forecast(suite, row, made)
                    account.telling(told)
                    made.watched(account.progress(f"Asking {made.model}", told.answers))
                return made
            vectors = wiring.cache_folder() / "suites" / f"{content_hash(suite.name)[:16]}.npz"
            return EvaluatedOffline(suite, wiring.embedder(), wiring.VectorFile(vectors))

        yield coder_of


def _forecast(suite: Suite, row: CoderRow, coder: EvaluatedModel) -> Forecast:
    expected = expected_passages(suite, row)
    return Forecast(coder.model, len(expected), coder.answers(len(expected)), coder.forecast(expected))


def _paying(suite: Suite, folder: Path | None) -> Study:
    try:
        return find_study(folder, given=folder is not None)
    except StudyNotFound as error:
        raise StateConflict(
            "asks a model, and there is no study whose budget and ledger pay for it",
            where=suite.path,
            hint="Name one: cothemes -C STUDY evaluate …; or make one: cothemes init paid, set `budget` "
            "under [model] of paid/cothemes.toml, cothemes -C paid evaluate …",
        ) from error


def _earlier(file: Path) -> list[Entry]:
    if not file.is_file():
        return []
    try:
        return read_lines(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(
            "holds lines of another version, or was damaged",
            where=str(file),
            hint="Move it away; the next evaluation begins a new history.",
        ) from error


def _context(path: Path) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "-C", str(path.resolve().parent), "rev-parse", "--short=12", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    changed = subprocess.run(
        ["git", "-C", str(path.resolve().parent), "status", "--porcelain", "--untracked-files=no"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "cothemes": __version__,
        "commit": (commit or "unknown") + (" with changes" if commit and changed else ""),
        "python": platform.python_version(),
        "libraries": versions,
        "machine": platform.machine(),
    }
