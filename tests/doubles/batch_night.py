"""Processes that propose in batches and are killed at a step of their own: before it, or when it is done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.doubles.batch_server import BatchServer
from tests.doubles.night import MODEL, PRICES, ROOT, environment, night_study
from tests.doubles.proposing import propose

from cothemes.app.coders.batch import Rhythm
from cothemes.app.coders.propose import ProposeOptions, ProposeReport
from cothemes.app.runs.batches import CancelledBatches, cancel_batches
from cothemes.app.runs.cancel import cancel
from cothemes.app.study import Study
from cothemes.records.ledger import charge
from cothemes.records.run import CallState

BATCH_PRICES = f"{PRICES}batch = 0.5\n"
REPLY_NANOS = 424_000
"""Half of what a reply of the stub costs live."""
PASSAGES = 10
"""Of the study that most tests of batches copy."""
QUICK = Rhythm(first=0.05, factor=1.0, longest=0.05)
"""How often who waits looks."""

WORKER = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from cothemes.adapters import openai_batch
from cothemes.adapters.sql import batches, ledger, runs
from cothemes.app.runs.cancel import cancel
from cothemes.app.runs.batches import cancel_batches
from cothemes.app.coders.propose import ProposeOptions, propose
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.app.runs import batch_session
import cothemes.adapters.openai_chat, cothemes.adapters.sql.store, cothemes.adapters.sql.migrate

batch_session.SETTLED_AFTER = timedelta(seconds=0.4)
batch_session.LOOK_AGAIN = 0.1
left = 0
names = []

def point(name):
    global left
    names.append(name)
    left -= 1
    if left == 0:
        print("killed at", name, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

def stepped(kind, name):
    deed = getattr(kind, name)
    def step(self, *given, **more):
        point(f"before {name}")
        done = deed(self, *given, **more)
        point(f"after {name}")
        return done
    setattr(kind, name, step)

def read_line_by_line(deed):
    def lines(self, file):
        for line in deed(self, file):
            point("before a line of results")
            yield line
    return lines

for name in ("upload", "uploads", "submit", "recent", "look", "cancel", "delete"):
    stepped(openai_batch.OpenAIBatches, name)
openai_batch.OpenAIBatches.answers = read_line_by_line(openai_batch.OpenAIBatches.answers)
stepped(batches.SqlBatches, "put")
stepped(ledger.SqlLedger, "write")
stepped(runs.SqlRuns, "record")

def asked(folder, url, calls, budget):
    study = Study(Path(folder))
    for _ in range(calls):
        try:
            report = propose(
                study,
                ProposeOptions(coder="llm", model="openai:stub", base_url=url, batch=True, budget=budget),
            ).checked()
        except CothemesError as error:
            print("error", error.exit_code, type(error).__name__, flush=True)
            continue
        if not report.waiting and not report.left and not report.failed:
            break
    study.close()

def stopped(folder):
    study = Study(Path(folder))
    run = study.store.runs.all()[-1]
    cancel_batches(study, cancel(study, run.id).run)
    study.close()

for words in sys.stdin:
    deed, folder, url, kill, calls, budget = words.split()
    child = os.fork()
    if not child:
        left = int(kill)
        names.clear()
        if deed == "cancel":
            stopped(folder)
        else:
            asked(folder, url, int(calls), None if budget == "-" else float(budget))
        print("steps", len(names), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


class Worker:
    """Forks a process for each call, so that nothing of an earlier one is left in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._in: IO[str] = process.stdin  # type: ignore[assignment]
        self._out: IO[str] = process.stdout  # type: ignore[assignment]

    def __call__(
        self,
        study: Path,
        server: BatchServer,
        *,
        kill: int = 0,
        calls: int = 8,
        budget: float | None = None,
        deed: str = "propose",
    ) -> list[str]:
        """What it said. `kill`: the number of the step at which it is killed; 0 for none."""
        self._in.write(f"{deed} {study} {server.url} {kill} {calls} {budget or '-'}\n")
        self._in.flush()
        said = []
        while (line := self._out.readline().strip()) != "over":
            assert line, "the worker is gone"
            said.append(line)
        return said


@contextmanager
def worker() -> Iterator[Worker]:
    """A process that imports once."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield Worker(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)


def batch_study(folder: Path, passages: int) -> Study:
    """As night_study, at half price in batches."""
    study = night_study(folder, passages)
    (study.root / "prices.toml").write_text(BATCH_PRICES, encoding="utf-8")
    study.close()
    return Study(study.root)


def wanted(server: BatchServer, **more: object) -> ProposeOptions:
    """What the tests ask for."""
    return ProposeOptions(coder="llm", model=MODEL, base_url=server.url, batch=True, **more)  # type: ignore[arg-type]


def until_done(study: Study, server: BatchServer, **more: object) -> list[ProposeReport]:
    """Calls, each with everything that was handed in before it over, until nothing waits or failed."""
    reports = []
    for _ in range(9):
        server.finish()
        reports.append(propose(study, wanted(server, **more)))
        if not reports[-1].waiting and not reports[-1].left and not reports[-1].failed:
            return reports
    raise AssertionError(reports)


def stop(study: Study) -> CancelledBatches:
    """Cancels the first run, here and at the provider."""
    return cancel_batches(study, cancel(study, "r0001").run)


def all_is_settled(study: Study, server: BatchServer, passages: int) -> None:
    """Every passage coded with one suggestion; nothing bought twice, waiting, lying about, or miscounted."""
    assert study.store.check() == "ok"
    outcomes = [o for run in study.store.runs.all() for o in study.store.runs.outcomes(run.id)]
    assert {outcome.state.value for outcome in outcomes} == {"coded"}
    assert len(outcomes) == len({outcome.passage for outcome in outcomes}) == passages
    suggestions = study.store.runs.suggestions()
    assert len(suggestions) == len({each.passage for each in suggestions}) == passages
    calls = study.store.ledger.calls()
    assert {call.state for call in calls} == {CallState.REPLIED}
    assert set(server.bought.values()) == {1}
    assert len(server.bought) == len(calls)
    assert sum(charge(call) for call in calls) == server.charged_nanos
    assert study.store.batches.waiting() == []
    assert all(batch.cleared and not batch.state.open for batch in study.store.batches.all())
    assert server.files == {}
