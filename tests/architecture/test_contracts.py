"""The import contracts hold, and would notice if they did not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = {
    "a stage that reaches for a model": ("stages/route/planted.py", "import langchain_openai\n"),
    "a stage with an event loop": ("stages/propose/planted.py", "import asyncio\n"),
    "a stage that sleeps": ("stages/route/planted.py", "from time import sleep\n"),
    "a stage with threads": (
        "stages/index/planted.py",
        "from concurrent.futures import ThreadPoolExecutor\n",
    ),
    "a stage that knows another": ("stages/route/planted.py", "import cothemes.stages.review\n"),
    "a change of the codebook that knows another stage": (
        "stages/codebook_change/planted.py",
        "import cothemes.stages.review\n",
    ),
    "a use case that reaches past the wiring": (
        "app/review/planted.py",
        "import cothemes.adapters.clock\n",
    ),
    "a room that knows one above it": ("app/corpus/planted.py", "import cothemes.app.review.review\n"),
    "a room without a place": ("app/planted.py", '"""No layer."""\n'),
    "a record that knows the command line": ("records/planted.py", "import cothemes.cli.console\n"),
    "a page that writes itself": ("presentation/planted.py", "import cothemes.app.wiring\n"),
    "a command that reaches past the wiring": ("cli/planted.py", "import cothemes.adapters.clock\n"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path, root: Path) -> Path:
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("plant", PLANTED, ids=lambda name: name.replace(" ", "-"))
def test_a_planted_violation_fails(copied: Path, plant: str) -> None:
    place, line = PLANTED[plant]
    (copied / "src" / "cothemes" / place).write_text(line, encoding="utf-8")
    result = lint(copied)
    assert result.returncode != 0, result.stdout
    assert "BROKEN" in result.stdout


def test_the_tree_as_it_stands_passes(copied: Path) -> None:
    result = lint(copied)
    assert result.returncode == 0, result.stdout + result.stderr
