"""The built wheel, installed elsewhere, carries all it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A fresh environment with the wheel in it; the dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)],
        check=True,
        capture_output=True,
    )
    wheel = next(folder.glob("*.whl"))
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )
    # After the wheel's own folder on the path, so that the installed copy is the one that runs.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def run(python: Path, *words: str, cwd: Path) -> str:
    result = subprocess.run(
        [python, *words],
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_installed_copy_runs(installed: Path, tmp_path: Path) -> None:
    where = run(installed, "-c", "import cothemes; print(cothemes.__file__)", cwd=tmp_path)
    assert str(installed.parent.parent) in where
    run(installed, "-m", "cothemes", "demo", "study", cwd=tmp_path)
    status = json.loads(run(installed, "-m", "cothemes", "-C", "study", "status", "--json", cwd=tmp_path))
    assert status["passages"] > 100
    assert status["codebook"]["codes"] >= 22
    assert (tmp_path / "study" / "report.html").is_file()
