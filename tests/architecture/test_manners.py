"""What the house asks of every module."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "cothemes"
MODULES = sorted(path for path in SOURCE.rglob("*.py"))
FORBIDDEN_NAMES = re.compile(r"(utils?|helpers?|common|manager|misc)\.py$")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_says_why_it_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert not FORBIDDEN_NAMES.search(path.name)


def test_a_broad_except_stands_in_one_place() -> None:
    broad = [
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        if re.search(r"except (Base)?Exception\b", path.read_text(encoding="utf-8"))
    ]
    assert broad == ["cli/group.py", "web/guard.py"], "the edges of a command and of a request"
