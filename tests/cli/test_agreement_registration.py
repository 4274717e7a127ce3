"""A coefficient that is registered once stands in JSON, terminal, CSV, LaTeX and page."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cothemes.agreement import scott_pi
from cothemes.stages.evaluate.agreement.coefficient import (
    TableCoefficient,
    Terminal,
    each_code,
    mean_of_codes,
    on_ratings,
)
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS

APPLIED = {
    "ann": {n for n in range(60) if n % 3 == 0},
    "bob": {n for n in range(60) if (n % 3 == 0) != (n % 7 == 0)},
}
"""Units to which each gives code A; B to the rest."""
CONVENTION = "Scott (1955): shares of both raters together"


def registration(terminal: Terminal = Terminal.BELOW) -> TableCoefficient:
    """Scott's pi, as a module of its own would have it."""
    return TableCoefficient(
        key="scott_pi",
        name="Scott's pi",
        short="Pi",
        column="pi",
        terminal=terminal,
        convention=CONVENTION,
        of_codes=each_code(scott_pi),
        of_variable=on_ratings(scott_pi),
        interval=True,
        interval_by_code=True,
        summary=mean_of_codes("scott_pi", "Mean Scott's pi", "Mean pi", each_code(scott_pi)),
    )


@pytest.fixture
def pi() -> Iterator[TableCoefficient]:
    """The coefficient, registered for one test."""
    with COEFFICIENTS.also(registration()) as registered:
        yield registered


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Two people, two codes, sixty units in twelve documents."""
    file = tmp_path / "r.csv"
    rows = [
        f"u{n},d{n // 5},{rater},human,{code},{int((n in applied) == (code == 'A'))}"
        for n in range(60)
        for rater, applied in APPLIED.items()
        for code in "AB"
    ]
    file.write_text("unit,doc,rater,kind,code,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def expected() -> float:
    """pi = (po − pe) / (1 − pe), pe from the share of A in all 120 ratings."""
    ann, bob = APPLIED.values()
    observed = 1 - len(ann ^ bob) / 60
    share = (len(ann) + len(bob)) / 120
    chance = share**2 + (1 - share) ** 2
    return (observed - chance) / (1 - chance)


def test_json_has_it_by_code_variable_pair_and_over_all(
    cothemes, ratings: Path, pi: TableCoefficient
) -> None:
    found = cothemes.json("agreement", ratings, "--variable", "v=A,B")
    (code, _) = found["codes"]
    assert code["scott_pi"]["value"] == pytest.approx(expected())
    assert code["scott_pi"]["low"] < code["scott_pi"]["value"] < code["scott_pi"]["high"]
    assert found["variables"][0]["scott_pi"]["value"] == pytest.approx(expected())
    assert found["pairs"][0]["macro_scott_pi"] == pytest.approx(expected())
    assert found["overall"]["macro_scott_pi"]["value"] == pytest.approx(expected())
    assert found["conventions"]["scott_pi"] == CONVENTION


def test_files_and_page_have_it(cothemes, ratings: Path, pi: TableCoefficient, tmp_path: Path) -> None:
    page, tex, table = tmp_path / "p.html", tmp_path / "t.tex", tmp_path / "t.csv"
    options = ("--html", page, "--latex", tex, "--csv", table, "--variable", "v=A,B")
    cothemes.done("agreement", ratings, *options)
    with table.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0])[-3:] == ["scott_pi", "scott_pi_low", "scott_pi_high"], "after the contract's"
    assert float(rows[0]["scott_pi"]) == pytest.approx(expected())
    shown = f"{expected():.2f}".removeprefix("0")
    for text, heading, mean in (
        (page.read_text(encoding="utf-8"), "Scott's pi [95 %]", "Mean Scott's pi"),
        (tex.read_text(encoding="utf-8"), r"Pi [95 \%]", "Mean Scott's pi"),
    ):
        text = text.replace("&#39;", "'")
        assert heading in text
        assert CONVENTION in text
        assert mean in text
        assert f"{shown} [" in text


@pytest.mark.parametrize("terminal", Terminal)
def test_the_terminal_shows_it_where_it_is_registered(cothemes, ratings: Path, terminal: Terminal) -> None:
    with COEFFICIENTS.also(registration(terminal)):
        printed = cothemes.done("agreement", ratings)
    shown = f"{expected():.2f}".removeprefix("0")
    cell = re.compile(rf"^A .*{re.escape(shown)} \[", re.MULTILINE)
    assert max(map(len, printed.splitlines())) < 80
    assert ("pi [low, high]" in printed) == (terminal is not Terminal.NOWHERE)
    assert ("pi (Scott's pi): " in " ".join(printed.split())) == (terminal is not Terminal.NOWHERE)
    assert (cell.search(printed) is not None) == (terminal is not Terminal.NOWHERE)
    assert ("Scott's pi and Cohen's kappa: --html" in " ".join(printed.split())) == (
        terminal is Terminal.NOWHERE
    )


def test_without_an_interval_a_footnote_says_why(cothemes, tmp_path: Path, pi: TableCoefficient) -> None:
    file = tmp_path / "one.csv"
    rows = [f"u{n},d,{r},human,A,{n in units:d}" for n in range(12) for r, units in APPLIED.items()]
    file.write_text("unit,doc,rater,kind,code,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = cothemes.json("agreement", file)
    assert found["codes"][0]["scott_pi"]["reason"]
    assert any(note.startswith(pi.name) and "A" in note for note in found["footnotes"])


def test_a_key_is_registered_once(pi: TableCoefficient) -> None:
    with pytest.raises(ValueError, match="scott_pi"):
        COEFFICIENTS.register(pi)
