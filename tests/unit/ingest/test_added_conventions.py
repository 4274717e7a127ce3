"""Conventions of other packages: the example of docs/formats.md, installed, and packages that are broken."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cothemes.adapters.readers.registry import reader_for
from cothemes.errors import UsageError
from cothemes.records.document import BlockKind, Kind
from cothemes.stages.ingest.conventions import registry
from cothemes.stages.ingest.document import understand

FORMATS = Path(__file__).parents[3] / "docs" / "formats.md"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path, as `pip install` fills it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.conventions.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.split(".")[0] in {"ours", "broken"}]:
        del sys.modules[name]
    registry.conventions.cache_clear()


def install(site: Path, package: str, module: str, entries: str) -> None:
    (site / package).mkdir()
    (site / package / "__init__.py").touch()
    (site / package / "at_names.py").write_text(module, encoding="utf-8")
    information = site / f"{package}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(entries, encoding="utf-8")


def documented() -> tuple[str, str]:
    """Return the module and the entry point of the guide."""
    section = FORMATS.read_text(encoding="utf-8").split("### To add a convention")[1]
    (module,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (table,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    return module, f"[{registry.GROUP}]\n" + table.split("]\n")[1].replace('"', "")


def test_the_example_of_the_guide_reads_its_text(site: Path) -> None:
    module, entries = documented()
    install(site, "ours", module, entries)
    added = registry.conventions()[-1]
    assert added.name == "name after @"
    (example,) = added.examples
    talk = site / "talk.txt"
    talk.write_text(example.text, encoding="utf-8")
    document, choice = understand(reader_for(talk).read(talk)[0])
    assert choice.winner is not None
    assert choice.winner.name == "name after @"
    assert document.kind is Kind.INTERVIEW
    assert [(b.speaker, document.text[b.start : b.end]) for b in document.blocks] == list(example.turns)


def test_it_leaves_other_texts_to_the_others(site: Path) -> None:
    install(site, "ours", *documented())
    talk = site / "talk.txt"
    talk.write_text("Ann: How?\n\nBen: I wrote to\n@Cy and so on.\n\nAnn: Then?\n\nBen: We moved.\n")
    document, choice = understand(reader_for(talk).read(talk)[0])
    assert choice.winner is not None
    assert choice.winner.name == "name and colon"
    assert {b.speaker for b in document.blocks if b.kind is BlockKind.TURN} == {"Ann", "Ben"}


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("import nothing_of_this_name", "cannot be loaded"),
        ("", "cannot be loaded"),
        ("CONVENTION = 1", "no Convention"),
        ("from cothemes.stages.ingest.conventions.colon import CONVENTION", "two conventions"),
    ],
)
def test_a_broken_package_is_named(site: Path, module: str, told: str) -> None:
    install(site, "broken", module, f"[{registry.GROUP}]\nat_names = broken.at_names:CONVENTION\n")
    with pytest.raises(UsageError, match=told) as error:
        registry.conventions()
    assert error.value.hint
