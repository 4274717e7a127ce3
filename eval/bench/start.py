"""How long the program takes to say its help, against a bare interpreter."""

from __future__ import annotations

from statistics import median

from eval.bench.figure import Figure, spend

RUNS = 7


def measure() -> list[Figure]:
    """Medians over several runs, taken in turn."""
    bare, helped = [], []
    for _ in range(RUNS):
        bare.append(spend(["-c", "pass"]).wall)
        helped.append(spend(["-m", "cothemes", "--help"]).wall)
    # The wrapper's own interpreter is in both; it is taken out of both.
    base = median(bare) / 2
    value = median(helped) - base
    return [
        Figure(
            "cothemes --help",
            f"{value * 1000:.0f} ms",
            f"bare python {base * 1000:.0f} ms",
            value / base,
            "under 300 ms",
        )
    ]
