"""`codebook diff --side-by-side` and `--html`, and the history of the codebook in the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, NOW, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.findings.codebook_versions import codebook_pair
from cothemes.app.findings.report_codebook import codebook_history
from cothemes.app.study import Study
from cothemes.records.code_operation import Operation, OperationKind

REVISED = (
    CODEBOOK.replace("version: 0.1.0", "version: 0.2.0")
    .replace("Says that time or money is there or is missing.", "Says that staff time or money is missing.")
    .replace("  - id: B1\n    label: Turnover of staff\n", "  - id: C9\n    label: <b>Coming</b>\n")
    .replace("applies_to: [A1, A2]", "applies_to: [A2]")
)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", "talk-1.0004", ("A2",))
    made.codebook_path.write_text(REVISED, encoding="utf-8")
    made.close()
    made = Study(made.root)
    yield made
    made.close()


def test_each_text_that_differs_in_both_versions(study: Study) -> None:
    found = codebook_pair(study)
    assert (found.old.version, found.new.version) == ("0.1.0", "0.2.0")
    codes = {pair.code: pair for pair in found.codes}
    assert {name: pair.what for name, pair in codes.items()} == {
        "C9": "added", "B1": "removed", "A2": "definition changed",
    }  # fmt: skip
    (definition,) = codes["A2"].fields
    assert " ".join(text for _, text in definition.old) == "Says that time or money is there or is missing."
    assert " ".join(text for _, text in definition.new) == "Says that staff time or money is missing."
    assert [each.old for each in codes["C9"].fields] == [()]
    assert [each.field for each in found.around] == ["attribute valence"]


def test_two_columns_fit_the_terminal(cothemes: CommandLine, study: Study) -> None:
    cothemes.done("codebook", "note", "to tell it from A1", "--codes", "A2", "--as", "ann", study=study.root)
    lines = cothemes.done("codebook", "diff", "--side-by-side", study=study.root).splitlines()
    assert max(map(len, lines)) <= 80
    left = " ".join(line.partition("│")[0].strip() for line in lines)
    right = " ".join(line.partition("│")[2].strip() for line in lines)
    assert "[-there or is-]" in left
    assert "{+staff+}" in right
    assert "{+" not in left
    assert "to tell it from A1" in left


def test_a_page_and_the_report_have_the_same_comparison(
    cothemes: CommandLine, study: Study, tmp_path: Path
) -> None:
    page, report = tmp_path / "diff.html", tmp_path / "report.html"
    cothemes.done("codebook", "diff", "--html", page, study=study.root)
    cothemes.done("report", report, study=study.root)
    for file in (page, report):
        text = file.read_text(encoding="utf-8")
        cells = re.findall(r"<td>(.*?)</td>", text)
        assert any("<del>there or is</del>" in cell and "<ins>" not in cell for cell in cells)
        assert any("<ins>staff</ins>" in cell and "<del>" not in cell for cell in cells)
        assert "&lt;b&gt;Coming" in text
    same = cothemes.done("codebook", "diff", "now", "now", "--side-by-side", study=study.root)
    assert "Nothing changed" in same
    refused = cothemes("codebook", "diff", "9.9", "--html", page, study=study.root)
    assert refused.exit_code == 2


def test_the_report_tells_what_was_done_to_codes(cothemes: CommandLine, study: Study, tmp_path: Path) -> None:
    def done(name: str, kind: OperationKind, **said: object) -> Operation:
        return Operation.model_validate({"id": name, "at": NOW, "by": "ann", "kind": kind, **said})

    study.store.operations.append(
        [
            done("1", OperationKind.MERGE, codes=("A1", "A2"), into=("A9",), reason="nobody told them apart"),
            done("2", OperationKind.RETIRE, codes=("B1",)),
            done("3", OperationKind.UNDO, undoes="2"),
        ]
    )
    found = codebook_history(study).operations
    assert [(each.kind, each.codes, each.into, each.undone) for each in found] == [
        (OperationKind.MERGE, ("A1", "A2"), ("A9",), False),
        (OperationKind.RETIRE, ("B1",), (), True),
    ]
    report = tmp_path / "report.html"
    cothemes.done("report", report, study=study.root)
    text = report.read_text(encoding="utf-8")
    assert "nobody told them apart" in text
    assert "A1, A2 → A9" in text
