"""A week with a study, as docs/guide/a-week.md walks it: pilot, revision, main round, consensus, write-up."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.sample_codings import Codes, fill, sample_codes

from cothemes.sample import SEGMENTATION

pytestmark = pytest.mark.usefixtures("sample_vectors")

FIRST = "Concerns trust and personal relationships as a condition for the work"
REVISED = "Concerns trust and personal relationships, more than in passing, as a condition for the work"


@pytest.fixture(scope="module")
def sample(root: Path) -> Path:
    return root / "src" / "cothemes" / "sample" / "study"


@pytest.fixture(scope="module")
def codes(sample: Path) -> Codes:
    """rater → passage → codes, as the sample's two raters gave them."""
    return sample_codes(sample)


def settle_all(cothemes: CommandLine, study: Path, round_name: str) -> int:
    """cara says yes to everything in dispute; how many passages that were."""
    waiting = cothemes.json("adjudicate", "--as", "cara", "--round", round_name, "--list", study=study)
    disputed = [item for item in waiting["cases"] if item["state"] == "open"]
    keys = "a\na\na\na\na\na\n\n" * len(disputed) + "q\n"
    cothemes.done("adjudicate", "--as", "cara", "--round", round_name, "--plain", stdin=keys, study=study)
    return len(disputed)


def test_a_week(
    cothemes: CommandLine, sample: Path, codes: dict[str, dict[str, list[str]]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    study = tmp_path / "study"
    cothemes.done("init", study)
    with (study / "cothemes.toml").open("a", encoding="utf-8") as settings:
        settings.write(SEGMENTATION)
    pilot = [path for path in sorted((sample / "interviews").iterdir()) if path.name[:5] <= "int03"]
    table = ["--meta", sample / "metadata.csv"]

    # Monday
    cothemes.done("ingest", *pilot, *table, study=study)
    cothemes.done("index", study=study)
    cothemes.done("propose", "--coder", "offline", study=study)
    for name in ("ana", "ben"):
        cothemes.done("reviewers", "add", name, study=study)
    cothemes.done("reviewers", "add", "cara", "--role", "adjudicator", study=study)
    cothemes.done("route", "--reviewers", "ana,ben", "--round", "pilot", "--overlap", "1", study=study)
    for name, rater, kind in (("ana", "synthetic-a", "csv"), ("ben", "synthetic-b", "xlsx")):
        sheet = tmp_path / f"{name}.{kind}"
        cothemes.done("export", "sheet", sheet, "--as", name, study=study)
        assert fill(sheet, codes[rater]) == 104
        cothemes.done("import", sheet, "--as", name, study=study)

    # Tuesday
    before = cothemes.json("agreement", "--round", "pilot", study=study)
    assert before["raters"] == ["ana", "ben"]
    assert before["units"] == 104
    disputed = settle_all(cothemes, study, "pilot")
    differing = sum(
        set(codes["synthetic-a"][p]) != set(codes["synthetic-b"][p])
        for p in {*codes["synthetic-a"], *codes["synthetic-b"]}
        if p[:5] <= "int03"
    )
    assert disputed == differing
    after = cothemes.json("agreement", "--round", "pilot", study=study)
    assert after["overall"] == before["overall"]

    # Wednesday
    page = study / "codebook.yaml"
    text = page.read_text(encoding="utf-8")
    assert FIRST in text
    page.write_text(text.replace(FIRST, REVISED), encoding="utf-8")
    cothemes.done("codebook", "check", study=study)
    change = cothemes.json("codebook", "diff", study=study)
    assert [entry["code"] for entry in change["changed"]] == ["D6"]
    cothemes.done("codebook", "note", "Passing remarks", "--codes", "D6", "--as", "cara", study=study)
    assert "Passing remarks" in cothemes.done("codebook", "log", study=study)

    # Thursday
    cothemes.done("run", sample / "interviews", sample / "policies", *table, study=study)
    drawn = cothemes.json("route", "--reviewers", "ana,ben", study=study)
    assert drawn["drawn"] == 365 - 104
    office = tmp_path / "ben.zip"
    cothemes.done("pack", "--as", "ben", office, study=study)
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    with monkeypatch.context() as there:
        there.chdir(laptop)
        cothemes.done("import", office)
    [copy] = laptop.iterdir()
    sheet = tmp_path / "ben-main.csv"
    cothemes.done("export", "sheet", sheet, "--as", "ben", study=copy)
    fill(sheet, codes["synthetic-b"])
    cothemes.done("import", sheet, "--as", "ben", study=copy)
    back = tmp_path / "back.zip"
    cothemes.done("pack", "--as", "ben", back, study=copy)
    shutil.rmtree(laptop)
    cothemes.done("import", back, study=study)
    once = cothemes.json("status", study=study)["reviewers"]
    cothemes.done("import", back, study=study)
    assert cothemes.json("status", study=study)["reviewers"] == once
    sheet = tmp_path / "ana-main.csv"
    cothemes.done("export", "sheet", sheet, "--as", "ana", study=study)
    fill(sheet, codes["synthetic-a"])
    cothemes.done("import", sheet, "--as", "ana", study=study)
    for person in cothemes.json("status", study=study)["reviewers"]:
        assert person["assigned"] == person["done"]

    # Friday
    main = cothemes.json("agreement", "--round", "main", study=study)
    assert main["units"] == drawn["double"]
    assert settle_all(cothemes, study, "main") > 0
    assert cothemes.json("agreement", "--round", "main", study=study)["overall"] == main["overall"]
    assert "D4" in cothemes.done("quotes", "--code", "D4", study=study)
    assert cothemes.done("codings", "--where", "meta.level=national", study=study)
    cothemes.done("matrix", study=study)
    cothemes.done("memo", "add", "Money before power", "--code", "D4", "--as", "ana", study=study)
    cothemes.done("prevalence", "--round", "main", study=study)
    cothemes.done("report", tmp_path / "findings.html", study=study)
    findings = (tmp_path / "findings.html").read_text(encoding="utf-8")
    assert "Why: D6: Passing remarks (cara" in findings
    assert "<ins>relationships, more than in passing,</ins>" in findings
    assert "SYNTHETIC" in findings
    cothemes.done("export", "ratings", tmp_path / "ratings.csv", study=study)
    with (tmp_path / "ratings.csv").open(encoding="utf-8", newline="") as kept:
        assert {row["rater"] for row in csv.DictReader(kept)} >= {"ana", "ben", "consensus"}
