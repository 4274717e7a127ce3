"""Sheets: what is filled in comes back as decisions; what was decided elsewhere is never overwritten."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.handover.sheet import SheetImport, export_sheet, import_sheet
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import SheetError, UsageError
from cothemes.records.review import Action, Arm

MONEY, TRUST, ASSISTED, TEA = "talk-1.0004", "talk-1.0002", "talk-2.0004", "talk-2.0005"
Row = dict[str, str]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {MONEY: Arm.BLIND, TRUST: Arm.REVEAL, ASSISTED: Arm.ASSISTED, TEA: Arm.BLIND})
    return study


@pytest.fixture(params=["csv", "xlsx", "by-code.csv"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"ann.{request.param}"


def out(study: Study, path: Path) -> Path:
    export_sheet(study, "ann", path, by_code="by-code" in path.name)
    return path


def fill(path: Path, change: Callable[[list[Row]], object]) -> None:
    """Opens the sheet, changes its rows, saves it, as a spreadsheet program would."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        sheet = book["passages"]
        names = [cell.value for cell in sheet[1]]
        rows = [{n: c.value or "" for n, c in zip(names, row, strict=True)} for row in sheet.iter_rows(2)]
        change(rows)
        for number, row in enumerate(rows, start=2):
            for at, name in enumerate(names, start=1):
                sheet.cell(row=number, column=at).value = row[name] or None
                sheet.cell(row=number, column=at).data_type = "s" if row[name] else "n"
        book.save(path)
        return
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def say(rows: list[Row], passage: str, codes: str = "", *, done: str = "x", note: str = "") -> None:
    row = next(row for row in rows if row["passage"] == passage)
    if "codes" in row:
        row["codes"] = codes
    else:
        for code in ("A1", "A2", "B1"):
            given = [part.strip() for part in codes.split(";") if part.strip().startswith(code)]
            row[code] = given[0].removeprefix(code).strip() or "x" if given else ""
    row |= {"done": done, "note": note}


def coded(study: Study, passage: str) -> dict[str, Any]:
    standing = next(s for s in Desk(study, "ann").standings if s.assignment.passage == passage)
    return {code: (answer.action.value, dict(answer.attributes)) for code, answer in standing.coded.items()}


def back(study: Study, path: Path) -> SheetImport:
    return import_sheet(study, "ann", path)


def test_what_is_filled_in_becomes_decisions_and_twice_changes_nothing(study: Study, path: Path) -> None:
    def change(rows: list[Row]) -> None:
        assert [row["passage"] for row in rows] == [MONEY, TRUST, ASSISTED, TEA]
        say(rows, MONEY, "A2 valence=hinders status=experienced,intended; B1", note="=note with + signs")
        say(rows, TRUST, "A1")
        say(rows, ASSISTED, "A2")

    out(study, path)
    fill(path, change)
    found = back(study, path)
    assert (found.passages, found.done, found.known, found.open, found.faults) == (3, 3, 0, 1, ())
    assert coded(study, MONEY) == {
        "A2": ("add", {"valence": ("hinders",), "status": ("experienced", "intended")}),
        "B1": ("add", {}),
    }
    # The suggestion is accepted with its attributes, as on the screen.
    assert coded(study, ASSISTED) == {"A2": ("accept", {"status": ("experienced",)})}
    standings = {s.assignment.passage: s for s in Desk(study, "ann").standings}
    assert standings[MONEY].first.notes == ("=note with + signs",)
    assert (standings[TRUST].locked, standings[TRUST].done, standings[TEA].touched) == (True, False, False)
    again = back(study, path)
    assert (again.decisions, again.passages, again.known, again.open, again.faults) == (0, 0, 3, 1, ())


def test_no_code_and_an_unanswered_suggestion(study: Study, path: Path) -> None:
    out(study, path)
    fill(path, lambda rows: (say(rows, MONEY), say(rows, ASSISTED)))
    assert back(study, path).done == 2
    standing = next(s for s in Desk(study, "ann").standings if s.assignment.passage == ASSISTED)
    assert (standing.coded, standing.answers["A2"].implicit) == ({}, True)
    assert back(study, path).known == 2


def test_a_sheet_shows_what_the_cards_show_and_no_more(study: Study, path: Path) -> None:
    Desk(study, "ann").decide(Desk(study, "ann").card(TEA), "B1", Action.ADD)
    seen: dict[str, Row] = {}
    out(study, path)
    fill(path, lambda rows: seen.update({row["passage"]: dict(row) for row in rows}))
    assert [row["reading"] for row in seen.values()] == ["blind", "blind", "assisted", "blind"]
    assert [bool(row["suggested"]) for row in seen.values()] == [False, False, True, False]
    assert seen[ASSISTED]["suggested"].startswith("A2 status=experienced: reads like A2 “There was never any")
    assert seen[TEA].get("codes", "B1") == "B1"
    assert seen[TEA].get("B1", "x") == "x"
    assert seen[MONEY]["before"].endswith("And what got in the way?")


def test_the_second_reading_of_a_reveal_passage_has_a_sheet_of_its_own(study: Study, path: Path) -> None:
    out(study, path)
    fill(path, lambda rows: say(rows, TRUST, "B1"))
    back(study, path)
    second = out(study, path.with_name(f"second-{path.name}"))

    def change(rows: list[Row]) -> None:
        row = next(row for row in rows if row["passage"] == TRUST)
        assert (row["reading"], row["suggested"][:2]) == ("reveal", "A1")
        say(rows, TRUST, "A1; B1")

    fill(second, change)
    assert back(study, second).done == 1
    standing = next(s for s in Desk(study, "ann").standings if s.assignment.passage == TRUST)
    assert (list(standing.first.coded), sorted(standing.coded), standing.done) == (["B1"], ["A1", "B1"], True)
    assert (back(study, path).known, back(study, second).known) == (1, 1)


def test_a_code_taken_out_of_the_sheet_is_taken_away(study: Study, path: Path) -> None:
    desk = Desk(study, "ann")
    desk.decide(desk.card(MONEY), "A1", Action.ADD, attributes={"valence": ["helps"]})
    desk.decide(desk.card(TEA), "A1", Action.ADD)
    out(study, path)
    fill(path, lambda rows: (say(rows, MONEY, "A1", done=""), say(rows, TEA, "", done="")))
    assert back(study, path).passages == 2
    assert (coded(study, MONEY), coded(study, TEA)) == ({"A1": ("add", {})}, {})


def test_what_was_decided_elsewhere_meanwhile_stands_and_is_reported(study: Study, path: Path) -> None:
    out(study, path)
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card(MONEY), "A1", Action.ADD))
    desk.done(desk.decide(desk.card(TEA), "B1", Action.ADD))
    fill(path, lambda rows: (say(rows, MONEY, "A2"), say(rows, TEA, "B1"), say(rows, ASSISTED, "A2")))
    found = back(study, path)
    assert [(f.row, f.passage, f.kind) for f in found.faults] == [(2, MONEY, "conflict")]
    assert "codes there: A1" in found.faults[0].what
    assert (found.passages, found.known, list(coded(study, MONEY))) == (1, 1, ["A1"])


def test_rows_that_are_not_as_they_were_written(study: Study, path: Path) -> None:
    def change(rows: list[Row]) -> None:
        for row in rows:
            say(rows, row["passage"], "A1")
        rows[0]["text"] = rows[0]["text"].replace("money", "honey")
        rows[1]["stamp"], rows[3]["stamp"] = rows[3]["stamp"], rows[1]["stamp"]
        rows[2]["text"] = rows[2]["text"].replace(" ", "  ") + "\r\n"
        rows.append({**rows[2], "passage": "talk-9.0001"})

    out(study, path)
    fill(path, change)
    found = back(study, path)
    assert [(f.row, f.kind) for f in found.faults] == [
        (2, "changed"),
        (3, "changed"),
        (5, "changed"),
        (6, "changed"),
    ]
    assert [f.what.split()[:3] for f in found.faults][::3] == [
        ["has", "another", "text"],
        ["is", "no", "passage"],
    ]
    assert (found.passages, list(coded(study, ASSISTED))) == (1, ["A1"])


def test_another_codebook_and_other_suggestions(study: Study, path: Path) -> None:
    out(study, path)
    propose(study, "r0002")
    fill(path, lambda rows: (say(rows, ASSISTED, "A2"), say(rows, TEA, "B1", done="")))
    found = back(study, path)
    assert [(f.passage, f.what) for f in found.faults] == [
        (ASSISTED, "was written when other codes were suggested")
    ]
    text = study.codebook_path.read_text(encoding="utf-8").replace("staff leave", "staff or clients leave")
    study.codebook_path.write_text(text, encoding="utf-8")
    fill(path, lambda rows: say(rows, MONEY, "A2"))
    found = back(Study(study.root), path)
    assert {f.what for f in found.faults} == {"was written under another codebook than today's"}
    assert [f.passage for f in found.faults] == [MONEY, ASSISTED]


def test_cells_that_cannot_be_read_are_named_and_the_others_stored(
    cothemes: Any, study: Study, path: Path
) -> None:
    def change(rows: list[Row]) -> None:
        say(rows, MONEY, "A2 valence=nice")
        say(rows, TRUST, "A1", done="perhaps")
        say(rows, ASSISTED, "A2")
        if "codes" in rows[0]:
            say(rows, TEA, "AA1")

    out(study, path)
    fill(path, change)
    study.close()
    result = cothemes("import", path, "--as", "ann", "--json", study=study.root)
    assert result.exit_code == 4
    said = json.loads(result.stdout)
    faults = {fault["where"]: (fault["what"], fault["hint"]) for fault in said["faults"]}
    assert faults[f"{path}:2"] == ("'nice' is no value of valence", "Values: helps, hinders.")
    assert faults[f"{path}:3"] == (
        "has 'perhaps' in the column done",
        "Write x for yes; leave it empty for no.",
    )
    if "by-code" not in path.name:
        assert faults[f"{path}:5"] == ("'AA1' is no code of small", "Did you mean A1?")
    assert said["passages"] == 1
    plain = cothemes("import", path, "--as", "ann", study=study.root)
    assert f"{path}:2: unreadable: {MONEY} 'nice' is no value" in plain.stdout
    assert "not taken in" in plain.stderr


def test_codes_are_taken_in_large_and_small_letters(study: Study, tmp_path: Path) -> None:
    path = out(study, tmp_path / "ann.csv")
    fill(path, lambda rows: (say(rows, MONEY, "a2 valence=helps; b1"), say(rows, TEA, "a1, A1")))
    assert back(study, path).faults == ()
    given = {(d.passage, d.code) for d in study.store.reviews.decisions() if d.action is Action.ADD}
    assert given == {(MONEY, "A2"), (MONEY, "B1"), (TEA, "A1")}


def test_a_sheet_is_of_one_person(study: Study, path: Path) -> None:
    assign(study, "bob", {MONEY: Arm.BLIND})
    out(study, path)
    fill(path, lambda rows: say(rows, MONEY, "A2"))
    with pytest.raises(UsageError, match="sheet of ann, not of bob"):
        import_sheet(study, "bob", path)
    assert study.store.reviews.decisions(reviewer="bob") == []


def test_the_commands(cothemes: Any, study: Study, path: Path) -> None:
    study.close()
    words = ["--by-code"] if "by-code" in path.name else []
    said = cothemes.json("export", "sheet", path, "--as", "ann", *words, study=study.root)
    assert (said["rows"], said["readings"]) == (4, {"blind": 3, "assisted": 1})
    fill(path, lambda rows: say(rows, MONEY, "A2"))
    assert cothemes("import", path, study=study.root).exit_code == 2
    assert "1 passage taken in for ann (1 done, 2 decisions)" in " ".join(
        cothemes.done("import", path, "--as", "ann", study=study.root).split()
    )
    assert "0 passages taken in for ann (0 done, 0 decisions), 1 there already, 3 left open" in " ".join(
        cothemes.done("import", path, "--as", "ann", study=study.root).split()
    )


def test_what_export_refuses(cothemes: Any, study: Study, tmp_path: Path) -> None:
    study.close()
    for words, code in (
        (("sheet", "x.xlsx"), 2),
        (("sheet", "x.ods", "--as", "ann"), 2),
        (("sheet", "x.csv", "--as", "eve"), 2),
        (("csv", "x.csv", "--as", "ann"), 2),
        (("sheet", "x.csv", "--as", "bob"), 3),
    ):
        assert (
            cothemes("export", words[0], tmp_path / words[1], *words[2:], study=study.root).exit_code == code
        )
    assert not list(tmp_path.glob("x.*"))


def test_codings_as_a_workbook(cothemes: Any, study: Study, tmp_path: Path) -> None:
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card(MONEY), "A2", Action.ADD))
    study.close()
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study.root)
    cothemes.done("export", "xlsx", tmp_path / "out.xlsx", study=study.root)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    sheet = load_workbook(tmp_path / "out.xlsx")["codings"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()] == rows


def test_a_table_that_lost_its_columns(study: Study, tmp_path: Path) -> None:
    path = out(study, tmp_path / "ann.csv")
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("stamp", "Stempel", 1), encoding="utf-8")
    with pytest.raises(SheetError, match="no column stamp"):
        back(study, path)
    path.write_text(text.replace("codes,", "Codes,", 1), encoding="utf-8")
    with pytest.raises(SheetError, match="no column codes"):
        back(study, path)


def test_another_persons_sheet_is_one_error(study: Study, tmp_path: Path, cothemes: Any) -> None:
    assign(study, "bob", {MONEY: Arm.BLIND})
    path = out(study, tmp_path / "ann.csv")
    result = cothemes("import", path, "--as", "bob", study=study.root)
    assert result.exit_code == 2
    assert "sheet of ann, not of bob" in " ".join(result.stderr.split())
    assert '--as "ann"' in result.stderr
    assert "another row, person or study" not in result.stdout + result.stderr
    assert study.store.reviews.decisions(reviewer="bob") == []
