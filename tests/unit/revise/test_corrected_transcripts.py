"""Corrections of real transcripts: no decision is lost, and no change of substance passes for typing."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval.corrections import measure


@pytest.mark.shared
def test_decisions_on_corrected_transcripts_stay_or_are_listed(shared: Path) -> None:
    counts = measure(5, 4, shared / "data" / "iriss-transcripts")

    def share(name: str) -> float:
        return counts.of[f"{name}: as it should"] / counts.of[name]

    for name in (
        "plans that are sound",
        "decisions counted or listed",
        "untouched",
        "evidence over the same words",
        "planted negation",
        "planted figure",
        "planted role",
        "word of the evidence replaced",
    ):
        assert share(name) == 1, counts.failures
    assert share("typed over") >= 0.9, counts.failures
