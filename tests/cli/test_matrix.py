"""`cothemes matrix`: from people's decisions, never from suggestions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm, Stream


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", "talk-1.0002", ("A1", "A2"))
    read(made, "bob", "talk-1.0002", ("A1", "B1"))
    read(made, "ann", "talk-2.0002", ("A1",), arm=Arm.ASSISTED)
    read(made, "ann", "policy.0001", ("A1", "A2"), arm=Arm.ASSISTED)
    read(made, "ann", "talk-2.0004", ("A2",), done=False)
    yield made
    made.close()


def test_codes_on_the_same_passage(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("matrix", study=study.root)
    assert found["cells"]["A1"] == {
        "A1": {"passages": 3, "documents": 3},
        "A2": {"passages": 2, "documents": 2},
        "B1": {"passages": 1, "documents": 1},
    }
    assert found["decided"] == {"passages": 3, "documents": 3}
    assert (found["basis"], found["raters"]) == ("people", ["ann", "bob"])
    text = cothemes.done("matrix", study=study.root)
    lines = [line.split() for line in text.splitlines() if line.strip().startswith(("A1 ", "A2 "))]
    # Of three passages with A1, two have A2; both of A2's have A1.
    assert lines[0] == ["A1", "A2", "2", "2", "67", "%", "100", "%"]
    assert "Decided: 3 passages in 3 documents." in text
    only = cothemes.json("matrix", "--code", "B1", "--against", "T", study=study.root)
    assert list(only["cells"]) == ["B1"]
    assert only["columns"] == ["A1", "A2"]


def test_codes_by_group(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("matrix", "--by", "group", study=study.root)
    assert found["cells"]["A1"] == {
        "local": {"passages": 1, "documents": 1},
        "national": {"passages": 2, "documents": 2},
    }
    assert found["rated"]["national"] == {"passages": 2, "documents": 2}
    assert cothemes.json("matrix", "--by", "kind", study=study.root)["columns"] == ["interview", "policy"]
    assert cothemes.json("matrix", "--by", "document", study=study.root)["columns"] == [
        "policy",
        "talk-1",
        "talk-2",
    ]
    text = cothemes.done("matrix", "--by", "group", study=study.root)
    assert "national" in text
    assert "2 (2)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_choices_narrow_it(cothemes: CommandLine, study: Study) -> None:
    def decided(*words: str) -> int:
        return int(cothemes.json("matrix", *words, study=study.root)["decided"]["passages"])

    assert decided("--blind") == 1
    assert decided("--kind", "policy") == 1
    assert decided("--where", "group=national") == 2
    assert decided("--round", "main") == 3
    assert decided("--round", "pilot") == 0
    read(study, "bob", "policy.0002", ("B1",), round_name="pilot")
    notes = cothemes.json("matrix", study=study.root)["notes"]
    assert any("counted together" in note for note in notes)


def test_what_was_settled_counts_but_not_among_blind_decisions(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    for code, verdict in (("A2", "no"), ("B1", "no")):
        words = ("adjudicate", "--as", "bob", "--passage", "talk-1.0002", "--code", code, verdict)
        cothemes.done(*words, study=at)
    found = cothemes.json("matrix", study=at)
    assert found["totals"]["B1"]["passages"] == 0
    assert found["totals"]["A2"]["passages"] == 1
    assert cothemes.json("matrix", "--blind", study=at)["totals"]["B1"]["passages"] == 1


def test_the_table_holds_a_row_for_every_cell(cothemes: CommandLine, study: Study) -> None:
    out = study.root / "matrix.csv"
    cothemes.done("matrix", "--by", "kind", "--csv", out, study=study.root)
    with out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 3 * 2
    assert rows[0] == {
        "code": "A1",
        "label": "Trust between people",
        "kind": "interview",
        "passages": "2",
        "documents": "2",
        "of_passages": "2",
        "of_documents": "2",
    }


def test_invented_raters_are_not_counted_beside_people(cothemes: CommandLine, study: Study) -> None:
    def row(rater: str, kind: RaterKind) -> Rating:
        return Rating(unit="policy.0002", doc="policy", rater=rater, kind=kind, code="B1")

    study.store.ratings.add([row("made", RaterKind.SYNTHETIC), row("consensus", RaterKind.CONSENSUS)])
    assert cothemes.json("matrix", study=study.root)["raters"] == ["ann", "bob"]
    alone = study_in(study.root.parent / "other", documents=1)
    alone.store.ratings.add([row("made", RaterKind.SYNTHETIC)])
    found = cothemes.json("matrix", study=alone.root)
    assert (found["basis"], found["decided"]["passages"]) == ("synthetic", 1)
    assert "are no findings" in cothemes.done("matrix", study=alone.root)
    alone.close()


def test_wrong_requests(cothemes: CommandLine, study: Study) -> None:
    for words, said in (
        (("--by", "colour"), "cannot be crossed"),
        (("--code", "Z9"), "is no code"),
        (("--where", "colour=red"), "no document has a column"),
        (("--where", "x"), "asks for nothing"),
        (("--by", "kind", "--against", "A1"), "codes against codes"),
    ):
        result = cothemes("matrix", *words, study=study.root)
        assert result.exit_code == 2
        assert said in result.stderr


def test_nothing_decided_is_said(cothemes: CommandLine, tmp_path: Path) -> None:
    made = study_in(tmp_path / "study")
    propose(made)
    assert "Nothing has been coded yet" in cothemes.done("matrix", study=made.root)
    assert cothemes.json("matrix", "--by", "kind", study=made.root)["decided"]["passages"] == 0
    made.close()


def test_passages_that_a_score_chose_are_told_beside_the_shares(
    cothemes: CommandLine, study: Study, tmp_path: Path
) -> None:
    """Of four passages with A2, ann read one because it was put forward."""

    def chosen(found: dict[str, Any]) -> list[str]:
        return [note for note in found["notes"] if "put forward" in note]

    assert chosen(cothemes.json("matrix", "--by", "kind", study=study.root)) == []
    read(study, "ann", "talk-1.0004", ("A2",), arm=Arm.ASSISTED, stream=Stream.VALUE)
    (note,) = chosen(cothemes.json("matrix", "--by", "kind", study=study.root))
    assert "Of the 4 passages counted, 1 was put forward" in note
    page = tmp_path / "report.html"
    assert cothemes.json("report", page, study=study.root)["put_forward"] == 1
    text = page.read_text(encoding="utf-8")
    assert 'id="chosen"' in text
    assert "as likely positives" not in text
    assert "1 by the errors expected in their suggestions" in text
    assert "1 of them is finished" in text
