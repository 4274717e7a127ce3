"""Every `--json` is a report record with a schema that is written down."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer

from cothemes.cli import app
from cothemes.cli.reference import command_paths
from cothemes.cli.reports import REPORTS, schema_files

HEAVY = ("chromadb", "langchain", "langchain_core", "openai", "onnxruntime", "sqlalchemy", "textual", "typer")


def test_the_schemas_are_those_of_the_reports(root: Path) -> None:
    folder = root / "docs" / "reference" / "json"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert written == schema_files(), "type `make docs`"


def test_every_command_with_json_has_a_report() -> None:
    program: Any = typer.main.get_command(app)
    groups = [((name,), each) for name, each in program.commands.items() if hasattr(each, "commands")]
    printing = {
        " ".join(path)
        for path, command in [*command_paths(program), *groups]
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert printing == set(REPORTS)


def test_reports_are_imported_without_heavy_libraries() -> None:
    """The HTTP API and the Python API import them."""
    modules = {target.partition(":")[0] for targets in REPORTS.values() for target in targets}
    program = (
        "import sys\nfrom importlib import import_module\n"
        f"for name in {sorted(modules)!r}: import_module('cothemes.' + name)\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_use_cases_return_records(root: Path) -> None:
    """No public function of app/ returns a plain dict of anything."""
    rooms = root / "src" / "cothemes" / "app"
    plain = [
        f"{path.relative_to(rooms)}: {node.name}"
        for path in sorted(rooms.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and re.search(r"dict\[str, (Any|object)\]", ast.unparse(node.returns))
    ]
    assert {each.partition(": ")[2] for each in plain} <= {"details", "constant", "constants", "body"}, (
        "only what a run keeps about itself and the body of a request are open documents"
    )
