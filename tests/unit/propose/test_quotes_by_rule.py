"""Quotes made by rule: true ones are accepted, misleading ones never (docs/benchmarks.md)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from eval.bench.quotes import KINDS, Place, Row, Truth, cases, folder_places, rows, sample_places


def measured(places: Sequence[Place], each: int) -> dict[str, Row]:
    return {row.kind: row for row in rows(cases(places, each))}


def held(found: dict[str, Row]) -> None:
    """What has to hold of any text."""
    true = [row for row in found.values() if row.truth is Truth.TRUE]
    others = [row for row in found.values() if row.truth is not Truth.TRUE]
    assert sum(row.quotes for row in found.values()) >= 400
    assert set(found) == set(KINDS)
    assert all(row.quotes for row in found.values())
    assert {row.kind: row.accepted for row in others if row.accepted} == {}
    assert sum(row.accepted for row in true) >= 0.98 * sum(row.quotes for row in true)
    assert found["omission of harmless words"].statuses.get("exact", 0) == 0


def test_of_the_sample_study() -> None:
    found = measured(sample_places(), 40)
    held(found)
    assert found["negation dropped"].fuzzy > 20, "what partial_ratio takes for the source's words"
    assert found["cut right after a negation"].substring > 20, "what is there to the letter"


@pytest.mark.shared
def test_of_real_transcripts(shared: Path) -> None:
    held(measured(folder_places(shared / "data" / "iriss-transcripts", 25), 60))
