"""Every command is documented, and none makes the start of the program slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cothemes import __version__
from cothemes.cli.reference import command_paths, reference, settings_reference

HEAVY = {
    "alembic",
    "chromadb",
    "httpx",
    "jinja2",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "numpy",
    "onnx",
    "onnxruntime",
    "openai",
    "pydantic",
    "rapidfuzz",
    "scipy",
    "sqlalchemy",
    "tokenizers",
}


def test_the_reference_is_what_the_help_says(root: Path) -> None:
    written = (root / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert written == reference(), "type `make docs`"


def test_the_settings_are_what_the_program_reads(root: Path) -> None:
    written = (root / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert written == settings_reference(), "type `make docs`"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from cothemes.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert not HEAVY & set(result.stderr.split())


def test_the_version_is_printed_without_a_command() -> None:
    words = [sys.executable, "-m", "cothemes", "--version"]
    result = subprocess.run(words, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert result.stdout.strip() == __version__


def test_every_command_says_what_it_does() -> None:
    import typer

    from cothemes.cli import app

    silent = [path for path, command in command_paths(typer.main.get_command(app)) if not command.help]
    assert not silent
