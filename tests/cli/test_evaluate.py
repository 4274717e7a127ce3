"""`cothemes evaluate` with a coder that costs nothing: what stands beside the figures, what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doubles.gold_suite import SUITE, gold_suite


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Forty passages of eight interviews, one rater."""
    return gold_suite(tmp_path / "gold")


def test_one_split_is_said_to_have_no_pair(cothemes, suite: Path) -> None:
    cothemes.done("evaluate", suite)
    printed = " ".join(cothemes.done("evaluate", suite, "--compare").split())
    assert "One split cannot be paired" in printed
    assert "Not on the same passages" not in printed
    suite.write_text(SUITE.replace("test: 0.4", "test: 0.5"), encoding="utf-8")
    printed = " ".join(cothemes.done("evaluate", suite, "--compare").split())
    assert "Not on the same passages" in printed
    assert "One split cannot" not in printed


def test_the_history_lies_beside_the_suite_file_or_beside_a_folder_of_suites(cothemes, suite: Path) -> None:
    home = suite.parent
    cothemes.done("evaluate", suite)
    assert (home / "history" / "drinks.jsonl").is_file()
    assert not (home.parent / "history").exists()
    shared = home.rename(home.with_name("suites"))
    cothemes.done("evaluate", shared / "drinks.yaml")
    assert (shared.parent / "history" / "drinks.jsonl").is_file()
    cothemes.done("evaluate", shared / "drinks.yaml", "--history", shared / "other")
    assert (shared / "other" / "drinks.jsonl").is_file()


def test_who_speaks_and_how_few_documents_test_stand_above_the_figures(cothemes, suite: Path) -> None:
    printed = cothemes.done("evaluate", suite)
    assert all(len(line) < 80 or line.startswith("Appended") for line in printed.splitlines())
    flat = " ".join(printed.split())
    assert "speakers: participant 32, note 8; all of them count" in flat
    assert "4 documents in the smallest test part: under 10" in flat
    assert "One split, tested on 20 passages." in flat
    assert "majority" not in flat
    suite.write_text(SUITE.replace("gold: ann", "gold: majority\nroles: {note: other}"), encoding="utf-8")
    flat = " ".join(cothemes.done("evaluate", suite).split())
    assert "speakers:" not in flat
    assert "8 passages excluded" in flat
    assert "gold is the majority of one rater: what ann coded" in flat
