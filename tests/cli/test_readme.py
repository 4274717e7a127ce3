"""The commands of the README work as typed."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from tests.conftest import CommandLine

from cothemes.cli import app

_COMMAND = re.compile(r"\bcothemes (?!COMMAND)(?:-C \S+ )?[a-z][^`\n#|]*")


def readme_lines(root: Path) -> list[str]:
    """Every command line of the README: in its blocks and between backticks."""
    text = (root / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    inline = [part.replace("\n", " ") for part in re.findall(r"`(cothemes [^`]+)`", text)]
    lines = [line for block in blocks for line in block.splitlines()] + inline
    return [found.group(0).strip() for line in lines if (found := _COMMAND.search(line))]


def test_every_command_and_option_exists(root: Path) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    lines = readme_lines(root)
    assert len(lines) > 15
    for line in lines:
        words = shlex.split(line)[1:]
        words = words[2:] if words[0] == "-C" else words
        command = commands[words[0]]
        if sub := getattr(command, "commands", None):
            command = sub[words[1]]
        options = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def review_all(cothemes: CommandLine) -> None:
    """Close every passage of both reviewers, some with a code, as `review` would on the screen."""
    for name in ("ana", "ben"):
        for number, entry in enumerate(cothemes.json("queue", "--as", name)["waiting"]):
            for code in ("D4", "C1")[: 2 - number % 3]:
                cothemes.done("decide", "--as", name, entry["passage"], code, "add")
            cothemes.done("done", "--as", name, entry["passage"])


@pytest.mark.usefixtures("sample_vectors")
def test_your_own_study(
    cothemes: CommandLine, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcripts = tmp_path / "transcripts"
    transcripts.mkdir()
    sample = root / "src" / "cothemes" / "sample" / "study" / "interviews"
    shutil.copy(sample / "int03-locality-manager.txt", transcripts)
    policies = tmp_path / "policies"
    policies.mkdir()
    shutil.copy(sample.parent / "policies" / "pol02-participation-strategy.md", policies)
    places = {"~/transcripts": str(transcripts), "FOLDER": str(transcripts), "~/policies": str(policies)}
    text = (root / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## Your own study") : text.index("[The guide]")]
    shown = [line for line in readme_lines(root) if line in section]
    monkeypatch.chdir(tmp_path)
    ran = []
    for line in shown:
        words = [places.get(word, word) for word in shlex.split(line)[1:]]
        if words[0] == "review":
            review_all(cothemes)
            continue
        result = cothemes(*words)
        assert result.exit_code == 0, (line, result.stdout, result.stderr)
        ran.append(words[0])
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / words[1])
    assert {"init", "run", "reviewers", "route", "ingest", "quotes", "matrix", "agreement", "report"} <= set(
        ran
    )
    assert (tmp_path / "mystudy" / "findings.html").is_file()
