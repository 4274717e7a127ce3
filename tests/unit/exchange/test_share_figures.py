"""Shares on a page stand in the unit of the terminal: whole percents."""

from __future__ import annotations

from types import SimpleNamespace

from cothemes.presentation.prevalence_plots import shares_plot
from cothemes.presentation.prevalence_text import share_interval
from cothemes.records.numbers import percent, percent_interval
from cothemes.stages.evaluate.prevalence.figures import Share


def test_terminal_table_and_figure_write_the_same_percents() -> None:
    share = Share(value=0.045, low=0.002, high=0.09)
    assert [percent(value, unit="") for value in (0.0, 0.002, 0.045, 1.0)] == ["0", "<1", "5", "100"]
    assert share_interval(share).strip() == "5 [<1, 9]"
    assert percent_interval(share) == "5 % [<1, 9]"
    code = SimpleNamespace(code="A", design_based=share, corrected=True)
    drawn = shares_plot(SimpleNamespace(codes=[code], corrected=True), "s")
    assert "5 [&lt;1, 9]" in str(drawn)
    assert "percent of passages" in str(drawn)
