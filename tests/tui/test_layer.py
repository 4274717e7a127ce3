"""Screens hold a desk; they cannot reach a study, a database or a model even by mistake."""

from __future__ import annotations

import ast
from pathlib import Path

import cothemes.tui

FOLDER = Path(cothemes.tui.__file__).parent
ALLOWED = ("cothemes.tui", "cothemes.stages.review", "cothemes.records", "cothemes.errors")


def test_a_screen_imports_no_application_and_no_adapter() -> None:
    reached = {
        f"{path.name}: {node.module}"
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("cothemes")
        and not (node.module or "").startswith(ALLOWED)
    }
    assert reached == set()


def test_the_desk_of_the_application_is_a_desk() -> None:
    from cothemes.app.review.review import Desk
    from cothemes.stages.review.desk import ReviewDesk

    wanted = {name for name in vars(ReviewDesk) if not name.startswith("_")}
    assert {name for name in wanted if not hasattr(Desk, name)} == set()
