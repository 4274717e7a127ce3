"""Every dependency is imported, and every import is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

LOADED_BY_OTHERS = {"python-multipart"}
"""Starlette loads it where a form with files arrives."""


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_modules(folder: Path) -> dict[str, str]:
    """Outside module → one file that imports it."""
    found: dict[str, str] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top != "cothemes" and top not in sys.stdlib_module_names:
                    found[top] = str(path)
    return found


def test_declared_equals_imported(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    declared = {normalized(re.split(r"[<>=!~;\[ ]", line)[0]) for line in lines}
    distributions = packages_distributions()
    modules = imported_modules(root / "src" / "cothemes")
    imported = {normalized(name) for module in modules for name in distributions.get(module, [module])}
    assert declared - LOADED_BY_OTHERS == imported
    assert declared >= LOADED_BY_OTHERS
