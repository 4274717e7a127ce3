"""A figure that moved, or did not, between two evaluations."""

from __future__ import annotations

from typing import Any

from cothemes.stages.evaluate.coding.history import Change


def change(**other: Any) -> Change:
    """mAP of the offline coder, unmoved and paired, but for what is said otherwise."""
    plain: dict[str, Any] = {
        "suite": "s",
        "coder": "offline",
        "train": 0,
        "metric": "map",
        "before": 0.5,
        "after": 0.5,
        "difference": 0.0,
        "low": -0.01,
        "high": 0.01,
        "moved": False,
        "worse": False,
        "regression": False,
        "since": "2026-11-22",
        "paired": True,
    }
    return Change.model_validate({**plain, **other})
