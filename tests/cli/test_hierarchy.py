"""Codes below codes, at any depth: rolled up in matrix, report and agreement, with their path on cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.stages.propose.model.template import about_codes

FIRST, SECOND, THIRD = "talk-1.0002", "talk-1.0004", "talk-2.0002"
NESTED = (
    CODEBOOK.replace("    label: Time and money\n", "    label: Time and money\n    parent: A1\n")
    .replace("    label: Turnover of staff\n", "    label: Turnover of staff\n    parent: A2\n")
)  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A1 > A2 > B1. Ann gave B1 where Bob gave A2; both gave nothing on the third."""
    made = study_in(tmp_path / "study")
    made.codebook_path.write_text(NESTED, encoding="utf-8")
    made.reread_codebook()
    propose(made)
    read(made, "ann", FIRST, ("B1",))
    read(made, "bob", FIRST, ("A2",))
    read(made, "ann", SECOND, ("A1",))
    read(made, "bob", SECOND, ("A1",))
    read(made, "ann", THIRD, ())
    read(made, "bob", THIRD, ())
    made.close()
    return made


def shares(found: dict[str, Any]) -> dict[str, tuple[int, float]]:
    return {each["code"]: (each["units"], each["percent_agreement"]) for each in found["codes"]}


def test_matrix_counts_a_code_with_those_below_it(study: Study, cothemes: CommandLine) -> None:
    def passages(*words: str) -> dict[str, int]:
        found = cothemes.json("matrix", "--by", "participant", *words, study=study.root)
        return {
            row: sum(cell["passages"] for cell in cells.values()) for row, cells in found["cells"].items()
        }

    assert passages() == {"A1": 1, "A2": 1, "B1": 1}
    assert passages("--roll-up") == {"A1": 2, "A2": 1, "B1": 1}
    table = study.root / "matrix.csv"
    cothemes.done("matrix", "--by", "participant", "--roll-up", "--csv", table, study=study.root)
    assert "A1" in table.read_text(encoding="utf-8")


def test_agreement_rates_a_code_with_those_below_it(study: Study, cothemes: CommandLine) -> None:
    plain = cothemes.json("agreement", "--raters", "ann,bob", study=study.root)
    assert shares(plain) == {"A1": (3, 1.0), "A2": (3, 2 / 3), "B1": (3, 2 / 3)}
    rolled = cothemes.json("agreement", "--raters", "ann,bob", "--roll-up", study=study.root)
    assert shares(rolled) == {"A1": (3, 1.0), "A2": (3, 1.0), "B1": (3, 2 / 3)}
    refused = cothemes("agreement", "ratings.csv", "--roll-up", study=study.root)
    assert refused.exit_code == 2


def test_a_code_is_missing_where_one_below_was_not_asked_about(study: Study, cothemes: CommandLine) -> None:
    cothemes.done(
        "codebook", "add", "B2", "--label", "Hours", "--definition", "Says hours.", "--parent", "B1",
        study=study.root,
    )  # fmt: skip
    rolled = cothemes.json("agreement", "--raters", "ann,bob", "--roll-up", study=study.root)
    # Of the third passage, nobody said anything of B2: whether the branch applies there is not known.
    assert shares(rolled)["A1"] == (2, 1.0)


def test_report_counts_a_code_with_those_below_it(study: Study, cothemes: CommandLine) -> None:
    page = study.root / "report.html"
    cothemes.done("report", page, study=study.root)
    plain = page.read_text(encoding="utf-8")
    made = cothemes.json("report", page, "--roll-up", study=study.root)
    rolled = page.read_text(encoding="utf-8")
    assert made["passages_counted"] == 3
    assert plain != rolled
    assert "counted together with these" in rolled


def test_cards_and_prompts_show_the_codes_above(study: Study, cothemes: CommandLine) -> None:
    path = "Trust between people > Time and money > Turnover of staff"
    assert path in " ".join(cothemes.done("codebook", "show", "--code", "B1", study=study.root).split())
    asked = about_codes(study.codebook, study.codebook.codes)["themes"]
    assert asked == {
        "A1": "Working together",
        "A2": "Working together > Trust between people",
        "B1": "Trust between people > Time and money",
    }
    tree = cothemes.done("codebook", "show", study=study.root).splitlines()
    indents = [len(line) - len(line.lstrip()) for line in tree if line.split()[:1] in (["A1"], ["A2"])]
    assert indents[1] == indents[0] + 2
