"""The learning curve: what a reviewer is taken to say, in which order, and the table that comes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.gold_suite import gold_suite

from cothemes.app import wiring


@pytest.fixture
def material(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Forty passages in eight interviews, about drinks."""
    from eval import learning_curve

    monkeypatch.setattr(wiring, "embedder", HashedBagEmbedder)
    monkeypatch.setattr(learning_curve, "cache_folder", lambda: tmp_path / "cache")
    return learning_curve.Trial.of(gold_suite(tmp_path / "suite"))


def test_a_blind_reviewer_answers_every_code(material) -> None:
    from eval.learning_curve import Arm

    for each in material.reviews(np.arange(6), Arm(assisted=False, answers=True, adds=1.0), 0):
        assert set(each.labels) == {"tea", "coffee"}
        assert not each.passed_over


def test_an_assisted_one_answers_what_is_offered_and_adds_what_she_adds(material) -> None:
    from eval.learning_curve import Arm

    rows = np.arange(40)
    offered, truth = material.applied(material.coder, rows)[1], material.gold.truth
    for adds in (0.0, 1.0):
        for row, each in enumerate(material.reviews(rows, Arm(assisted=True, answers=True, adds=adds), 0)):
            said = offered[row] | (truth[row] if adds else False)
            assert set(each.labels) == {code for at, code in enumerate(material.codes) if said[at]}
            assert each.passed_over == set(material.codes) - set(each.labels)
            assert all(each.labels[code] == truth[row, material.codes.index(code)] for code in each.labels)


def test_the_table_ends_with_all_that_there_is_to_read(material) -> None:
    from eval.learning_curve import Arm, table

    lines = list(table(material, [0, 1], Arm(assisted=False, answers=True, adds=1.0)))
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| 0", "| 10", "| 20"]
    assert {line.count("|") for line in lines} == {11}
    # Nothing was reviewed at first, and the shipped coder does not lie below itself.
    assert lines[2].endswith("|  |  |")
