"""What `cothemes agreement` owes the reader below its figures: single readings, empty intervals, cut ends."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from tests.conftest import CommandLine


def ratings(path: Path, rows: Iterable[tuple[object, ...]], *, valued: bool = True) -> Path:
    """A file of two raters' or more ratings: unit, document, rater, code and, where valued, value."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        head = ["unit", "doc", "rater", "code", *(["value"] if valued else []), "kind"]
        csv.writer(handle).writerows([head, *((*row, "human") for row in rows)])
    return path


def flat(text: str) -> str:
    return " ".join(text.split())


def test_passages_of_one_reader_are_counted_for_they_enter_ac1(cothemes: CommandLine, tmp_path: Path) -> None:
    rows = [
        (f"u{n}", f"d{n % 12}", r, "A", int(n % 3 == 0))
        for n in range(36)
        for r in "ab"
        if r == "a" or n < 30
    ]
    file = ratings(tmp_path / "r.csv", rows)
    told = "6 of 36 passages were read by one rater"
    found = cothemes.json("agreement", file)
    assert found["single_units"] == 6
    assert "of passages with one rater too (Gwet's convention)" in found["conventions"]["ac1"]
    assert any(note.startswith(told) for note in found["footnotes"])
    assert told in flat(
        cothemes.done("agreement", file, "--html", tmp_path / "p.html", "--latex", tmp_path / "t.tex")
    )
    assert told in (tmp_path / "p.html").read_text(encoding="utf-8")
    assert told in (tmp_path / "t.tex").read_text(encoding="utf-8")
    both = ratings(tmp_path / "both.csv", rows[:60])
    assert "read by one rater" not in flat(cothemes.done("agreement", both))


def test_an_interval_without_width_is_flagged_and_said_to_say_nothing(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    # Both agree throughout on A, which has no interval; of B each misses one that the other has.
    rows = [(f"u{n}", f"d{n % 12}", r, "A", n % 2) for n in range(36) for r in "ab"]
    rows += [
        (f"u{n}", f"d{n % 12}", r, "B", int(n % 3 == 0 and n != at))
        for n in range(36)
        for at, r in enumerate("ab")
    ]
    file = ratings(tmp_path / "r.csv", rows)
    told = "No spread (A): no variation between interviews, so the interval has no width and says nothing."
    found = cothemes.json("agreement", file)
    assert [code["flags"] for code in found["codes"]] == [["no spread"], []]
    assert [found["codes"][0]["alpha"][key] for key in ("value", "low", "high")] == [1.0, None, None]
    assert found["codes"][0]["alpha"]["reason"].startswith("it would have no width")
    assert any(note == f"{told} Narrow is not exact." for note in found["footnotes"])
    page, table = tmp_path / "p.html", tmp_path / "t.csv"
    printed = cothemes.done("agreement", file, "--html", page, "--csv", table)
    assert told in flat(printed)
    assert "1.00 no spread" in flat(printed)
    assert told in page.read_text(encoding="utf-8")
    assert "<td>no spread</td>" in page.read_text(encoding="utf-8")
    assert "no spread" in table.read_text(encoding="utf-8").splitlines()[1]


def test_an_interval_that_would_pass_one_is_withheld_with_the_reason(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    # One unit of one interview in dispute: .90 ± t(11)·se passes 1, and without that interview nothing
    # differs.
    rows = [
        (f"u{n}", f"d{n % 12}", r, "A", int(n % 6 == 0 and (n, r) != (30, "b")))
        for n in range(36)
        for r in "ab"
    ]
    file = ratings(tmp_path / "r.csv", rows)
    told = "Alpha has no interval for A, the mean"
    found = cothemes.json("agreement", file)
    alpha = found["codes"][0]["alpha"]
    # Six units with it for a, five for b, five of them both: N = 72, 11 ratings of 1 and 61 of 0.
    assert alpha["value"] == pytest.approx(1 - 71 * 1 / (11 * 61))
    assert (alpha["low"], alpha["high"]) == (None, None)
    assert alpha["reason"] == "one cluster holds all of the disagreement: no interval"
    assert told in flat(
        cothemes.done("agreement", file, "--html", tmp_path / "p.html", "--latex", tmp_path / "t.tex")
    )
    assert told in (tmp_path / "p.html").read_text(encoding="utf-8")
    assert told in (tmp_path / "t.tex").read_text(encoding="utf-8")


def test_the_star_is_explained_only_where_one_stands(cothemes: CommandLine, tmp_path: Path) -> None:
    head = ["unit", "doc", "rater", "kind", "code", "value", "arm"]
    # Twelve interviews blind; with suggestions in view only four, so that the shifts alone are over few.
    rows = [
        [f"u{n}", f"d{n % 12}", r, "human", "A", int(n % 4 == at), "blind"]
        for n in range(48)
        for at, r in enumerate("ab")
    ]
    rows += [[f"v{n}", f"d{n % 4}", r, "human", "A", n % 2, "assisted"] for n in range(24) for r in "ab"]
    file = tmp_path / "r.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([head, *rows])
    found = cothemes.json("agreement", file)
    assert any(shift["shift"]["clusters"] == 4 for shift in found["shifts"])
    page = tmp_path / "p.html"
    assert "Over fewer than" not in cothemes.done("agreement", file, "--html", page)
    assert page.read_text(encoding="utf-8").count("* Over fewer than 10 interviews.") == 1


def test_latex_has_a_column_of_flags_only_where_there_is_a_flag(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    # Both give A to every third unit; of the others, a gives it to one in two interviews and b to one in two.
    rows = [
        (f"u{n}", f"d{n % 12}", r, "A", int(n % 3 == 0 or n in (1 + 9 * at, 2 + 3 * at)))
        for n in range(36)
        for at, r in enumerate("ab")
    ]
    tex = tmp_path / "t.tex"
    cothemes.done("agreement", ratings(tmp_path / "r.csv", rows), "--latex", tex)
    assert "Flag" not in tex.read_text(encoding="utf-8")
    cothemes.done("agreement", ratings(tmp_path / "few.csv", rows[:24]), "--latex", tex)
    assert "Flag" in tex.read_text(encoding="utf-8")


def test_without_an_interval_codes_are_counted_and_the_reason_is_said_once(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    codes = [f"C{number:02d}" for number in range(21)]
    rows = [
        (f"u{n}", "d", r, code, int(n % 5 == place % 5 and n != at))
        for n in range(30)
        for at, r in enumerate("abc")
        for place, code in enumerate(codes)
    ]
    printed = flat(cothemes.done("agreement", ratings(tmp_path / "r.csv", rows)))
    # Twelve of the 21 are named.
    assert "C10, C11 and 9 more codes, the mean, " in printed
    assert "sets (Jaccard), sets (MASI): one cluster." in printed
    assert printed.count("one cluster") == 1


def test_codes_without_variation_are_named_and_unapplied_ones_spoken_of(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    valued = [
        (f"u{n}", f"d{n % 12}", r, code, int(n % 3 == at or code == "ALL") if code != "UNUSED" else 0)
        for n in range(36)
        for at, r in enumerate("ab")
        for code in ("A", "ALL", "UNUSED")
    ]
    printed = flat(cothemes.done("agreement", ratings(tmp_path / "v.csv", valued)))
    assert "(2 codes without variation left out)" in printed
    assert "not in the mean: ALL, UNUSED." in printed
    assert "name applied codes alone" not in printed
    # The same without values: nothing tells of UNUSED, and that is said.
    plain = [row[:4] for row in valued if row[4]]
    printed = flat(cothemes.done("agreement", ratings(tmp_path / "p.csv", plain, valued=False)))
    assert "(1 code without variation left out)" in printed
    assert "not in the mean: ALL." in printed
    assert "a code that nobody applied is not among them" in printed


def test_the_page_names_the_whole_command_and_the_file_with_its_hash(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    rows = [
        (f"u{n}", f"d{n % 12}", r, c, int(n % 3 == at))
        for n in range(36)
        for at, r in enumerate("ab")
        for c in "AB"
    ]
    file, page = ratings(tmp_path / "r.csv", rows), tmp_path / "p.html"
    cothemes.done(
        "agreement", file, "--raters", "a,b", "--variable", "x=A,B", "--margin", "0.1", "--html", page
    )
    told = page.read_text(encoding="utf-8")
    assert "cothemes agreement r.csv --raters a,b --margin 0.1 --variable x=A,B --html p.html" in told
    assert f"r.csv, sha256 {sha256(file.read_bytes()).hexdigest()}" in told
