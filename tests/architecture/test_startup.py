"""Commands that people type all day load nothing that they do not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.records.review import Arm

HEAVY = ("numpy", "scipy", "sqlalchemy.dialects.postgresql", "jinja2", "langchain_core", "openai", "chromadb")
PROGRAM = """
import sys
from cothemes.cli import app
try:
    app(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
print("loaded:", *(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("queue", "--as", "ann"),
        ("show", "talk-1.0002"),
        ("review", "--as", "ann", "--plain"),
        ("codings",),
        ("decide", "--as", "ann", "talk-1.0002", "A1", "add"),
        ("done", "--as", "ann", "talk-1.0002"),
        ("forget", "--list"),
        ("costs",),
    ],
    ids=lambda words: words[0],
)
def test_no_heavy_module_is_loaded(tmp_path: Path, words: tuple[str, ...]) -> None:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    study.close()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), "-C", str(study.root), *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1].strip() == "loaded:"
