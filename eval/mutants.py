"""How many faults the tests of the statistics notice: each is made once, and the tests are run against it.

`make mutants` takes an hour and a half on one core, `make mutants MODULES="krippendorff cohen"` less. It
works on a copy in .mutants, says which faults lived, and fails where fewer than 85 % were noticed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / ".mutants" / "project"
DEMANDED = 0.85
NOTICED = ("killed", "timeout")
SETTINGS = """\
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/cothemes/agreement/*"]
pytest_add_cli_args_test_selection = ["tests/unit/agreement"]
pytest_add_cli_args = ["-m", "not slow and not shared", "-x"]
use_git_change_detection = false

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "--strict-markers", "-q"]
xfail_strict = true
markers = ["shared: data beside the checkout", "slow: minutes"]
"""
CONFTEST = """\
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
"""


def prepare() -> None:
    """Sources and tests as they are now; what was found of unchanged functions is kept."""
    for part in ("src/cothemes", "tests/unit/agreement"):
        shutil.rmtree(COPY / part, ignore_errors=True)
        shutil.copytree(ROOT / part, COPY / part, ignore=shutil.ignore_patterns("__pycache__"))
    (COPY / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (COPY / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")


def mutmut(*words: str) -> str:
    """What the program prints; raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=COPY, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(modules: list[str]) -> int:
    """Runs, tells, and gives 1 where too many lived."""
    prepare()
    mutmut("run", "--max-children", "1", *(f"cothemes.agreement.{name}.*" for name in modules))
    found = [line.split(": ") for line in mutmut("results", "--all", "true").splitlines() if ": " in line]
    made = [(name.strip(), state) for name, state in found if state.strip() != "not checked"]
    counts = Counter(state.strip() for _, state in made)
    for name, state in made:
        if state.strip() not in NOTICED:
            print(f"{state.strip()}: {name}")
    share = sum(counts[state] for state in NOTICED) / max(len(made), 1)
    told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    print(f"{len(made)} faults: {told}; {100 * share:.1f} % noticed, {100 * DEMANDED:.0f} % demanded")
    print(f"One of them: cd {COPY.relative_to(ROOT)} && PYTHONPATH=.. python -m mutmut show NAME")
    return int(share < DEMANDED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
