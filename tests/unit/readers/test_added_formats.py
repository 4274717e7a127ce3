"""Formats of other packages: the example of docs/formats.md, installed, and packages that are broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

FORMATS = Path(__file__).parents[3] / "docs" / "formats.md"
TALK = "talk 1\nAnn\t0\tHow did it begin?\nBen\t65\tIn the spring.\nAnn\t70\tAnd then?\n"
READ = """
import json, sys
from pathlib import Path
from cothemes.adapters.readers.registry import is_readable, reader_for
from cothemes.stages.ingest.document import document_from
path = Path(sys.argv[1])
document = document_from(reader_for(path).read(path)[0])
turns = [(b.speaker, b.time, document.text[b.start : b.end]) for b in document.blocks]
print(json.dumps({"reader": document.reader, "readable": is_readable(path), "turns": turns}))
"""


def install(site: Path, module: str) -> None:
    """Put a package on a path, as `pip install` does."""
    (site / "ours").mkdir(parents=True)
    (site / "ours" / "__init__.py").touch()
    (site / "ours" / "talk_file.py").write_text(module)
    information = site / "ours-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[cothemes.readers]\ntalk = ours.talk_file:FORMAT\n")


def python(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(site), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, env=environment, timeout=120
    )


def documented() -> str:
    """Return the module of the guide."""
    section = FORMATS.read_text().split("### To add a format")[1].split("and names it")[0]
    return textwrap.dedent("".join(line for line in section.splitlines(True) if line[:4].isspace()))


@pytest.mark.parametrize("name", ["a.talk", "a.txt", "a"])
def test_the_example_of_the_guide_reads_its_files(tmp_path: Path, name: str) -> None:
    install(tmp_path / "site", documented())
    (tmp_path / name).write_text(TALK)
    done = python(tmp_path / "site", "-c", READ, str(tmp_path / name))
    assert json.loads(done.stdout) == {
        "reader": "talk",
        "readable": True,
        "turns": [
            ["Ann", "00:00:00", "How did it begin?"],
            ["Ben", "00:01:05", "In the spring."],
            ["Ann", "00:01:10", "And then?"],
        ],
    }


def test_a_fault_of_such_a_reader_stops_no_other_file(tmp_path: Path) -> None:
    install(tmp_path / "site", documented())
    (tmp_path / "bad.talk").write_text("talk 1\nno tab\n")
    (tmp_path / "good.talk").write_text(TALK)
    study = str(tmp_path / "study")
    python(tmp_path / "site", "-m", "cothemes", "init", study)
    done = python(
        tmp_path / "site", "-m", "cothemes", "-C", study, "ingest", "--json",
        str(tmp_path / "bad.talk"), str(tmp_path / "good.talk"),
    )  # fmt: skip
    states = {Path(file["path"]).name: file["state"] for file in json.loads(done.stdout)["files"]}
    assert states == {"bad.talk": "failed", "good.talk": "new"}
    assert done.returncode == 4


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("import nothing_of_this_name", "cannot be loaded"),
        ("", "cannot be loaded"),
        ("FORMAT = 1", "no Format"),
    ],
)
def test_a_broken_package_is_named(tmp_path: Path, module: str, told: str) -> None:
    install(tmp_path / "site", module)
    study = str(tmp_path / "study")
    (tmp_path / "a.txt").write_text("Words.\n")
    python(tmp_path / "site", "-m", "cothemes", "init", study)
    done = python(tmp_path / "site", "-m", "cothemes", "-C", study, "ingest", str(tmp_path / "a.txt"))
    said = " ".join(done.stderr.split())
    assert done.returncode not in (0, 1)
    assert "error:" in said
    assert told in said
    assert "Traceback" not in said
