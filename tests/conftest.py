"""What every test may ask for."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tests.doubles.quick_pages import compiled_once
from tests.doubles.quick_records import QuickRecords
from tests.order import longest_first
from xdist.scheduler import LoadFileScheduling

from cothemes.__main__ import ONE_THREAD

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
OF_TESTS = (
    "COTHEMES_AXE",
    "COTHEMES_CACHE",
    "COTHEMES_FREEZE",
    "COTHEMES_PICTURES",
    "COTHEMES_SHARED",
    "COTHEMES_SNAPSHOTS",
    "COTHEMES_THREADS",
    "COTHEMES_WEIGHTS",
    "COTHEMES_WRITE_SNAPSHOTS",
)
_STRANGE = re.compile(
    r"(COTHEMES|OPENAI|AZURE|ANTHROPIC|GOOGLE|OLLAMA|LANGCHAIN|LANGSMITH)_.*|.*_API_KEY|.*_proxy|NO_COLOR|FORCE_COLOR"
    r"|CLICOLOR.*|COLUMNS|LINES|TERMINAL_WIDTH|TTY_.*",
    re.IGNORECASE,
)
"""Settings, keys, proxies and terminals of the person or machine that runs the tests; OF_TESTS may be set."""
os.environ.setdefault(*ONE_THREAD)


def pytest_configure() -> None:
    """What decides is the tests' own, whoever's machine it is.

    No property is timed: a busy machine is no fault. Properties draw the same examples at every run, so that
    none fails by chance; `make test-slow` draws new ones. Tests interrupt, while a shell starts background
    jobs deaf to interrupts, which what they start inherits.
    """
    settings.register_profile("house", deadline=None, derandomize=True)
    settings.register_profile("search", deadline=None, derandomize=False)
    settings.load_profile("house")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [name for name in os.environ if _STRANGE.fullmatch(name) and name not in OF_TESTS]:
        del os.environ[name]


def pytest_collection_finish() -> None:
    """The collector looks at what tests make, and seldomer: libraries and tests themselves stay to the end.

    By its own rule it goes through all of them again every few hundred objects, a tenth of the whole run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin."""
    longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """How several workers share the files."""
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that lies beside the checkout and is no part of it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def quick_records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickRecords]:
    """Databases of this process, quick to make and to write; `records_as_shipped` has them as they are."""
    quick = QuickRecords(tmp_path_factory.mktemp("tables"))
    with quick.installed():
        yield quick


@pytest.fixture(scope="session", autouse=True)
def quick_pages() -> Iterator[None]:
    """Pages of this process, whose templates are compiled once."""
    with compiled_once():
        yield


@pytest.fixture
def records_as_shipped(quick_records: QuickRecords) -> Iterator[None]:
    """Tables made by the migrations, and every commit on disk."""
    with quick_records.put_aside():
        yield


@pytest.fixture
def middle_of_the_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's clock goes on from noon of the 15th: no sum of a day or a month falls into two."""
    now = datetime.now(UTC)
    ahead = now.replace(day=15, hour=12, minute=0, second=0) - now
    monkeypatch.setattr("cothemes.adapters.clock.SystemClock.now", lambda _: datetime.now(UTC) + ahead)


@cache
def _tree(app: Any) -> Any:
    from typer.main import get_command

    return get_command(app)


class CommandLine:
    """Runs commands in this process and keeps what they printed."""

    def __init__(self) -> None:
        from typer import testing

        # Building the tree of all commands takes longer than most commands; one tree serves every call.
        testing._get_command = _tree
        self._runner = testing.CliRunner()

    def __call__(self, *words: object, stdin: str | None = None, study: Path | None = None) -> Any:
        """The result: `.exit_code`, `.stdout`, `.stderr`."""
        from cothemes.cli import app

        place = ["-C", str(study)] if study else []
        return self._runner.invoke(app, [*place, *map(str, words)], input=stdin)

    def done(self, *words: object, stdin: str | None = None, study: Path | None = None) -> str:
        """What a command printed that must succeed."""
        result = self(*words, stdin=stdin, study=study)
        assert result.exit_code == 0, result.stdout + result.stderr + str(result.exception)
        return str(result.stdout)

    def json(self, *words: object, study: Path | None = None) -> Any:
        """The document of a `--json` call that must succeed."""
        return json.loads(self.done(*words, "--json", study=study))


@pytest.fixture
def cothemes(monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine()
