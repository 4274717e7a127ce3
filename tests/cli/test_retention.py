"""The retention date: `status` and `doctor` remind of it; and coders by number in a report."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine

from cothemes.app.overview.doctor import _retention
from cothemes.app.study import Study

NAMES = ("Annelise", "Bertrand")


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine) -> Path:
    (tmp_path / "one.txt").write_text(
        "Interviewer: And?\nMo: We were told about it after it was done, as we always are around here.\n"
        "Interviewer: Yes?\nMo: Yes, and nobody asked us.\n",
        encoding="utf-8",
    )
    folder = tmp_path / "study"
    cothemes.done("init", folder, "--from", "blank")
    cothemes.done("ingest", tmp_path / "one.txt", study=folder)
    return folder


def settle(study: Path, days: int) -> str:
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    path = study / "cothemes.toml"
    text = re.sub(r"\n\[privacy\]\nretain_until = .*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(f'{text}\n[privacy]\nretain_until = "{day}"\n', encoding="utf-8")
    return day


@pytest.mark.parametrize(
    ("days", "due", "works"), [(31, False, True), (30, True, True), (0, True, True), (-1, True, False)]
)
def test_status_and_doctor_remind_of_the_date(
    cothemes: CommandLine, study: Path, days: int, due: bool, works: bool
) -> None:
    day = settle(study, days)
    found = cothemes.json("status", study=study)["retention"]
    assert (found["until"], found["days_left"], found["due"]) == (day, days, due)
    assert ("cothemes forget" in found["todo"]) is due
    assert (day in cothemes.done("status", study=study)) is due
    opened = Study(study)
    (finding,) = _retention(opened)
    opened.close()
    assert finding.works is works


def test_no_date_and_no_text_are_no_reminder(cothemes: CommandLine, study: Path) -> None:
    assert cothemes.json("status", study=study)["retention"] is None
    settle(study, -5)
    cothemes.done("forget", "one", "--yes", study=study)
    assert cothemes.json("status", study=study)["retention"]["due"] is False


def test_a_date_that_is_none_is_refused(cothemes: CommandLine, study: Path) -> None:
    with (study / "cothemes.toml").open("a", encoding="utf-8") as handle:
        handle.write('\n[privacy]\nretain_until = "next year"\n')
    result = cothemes("status", study=study)
    assert result.exit_code == 3
    assert "privacy.retain_until" in result.stderr


def test_a_report_shows_coders_by_number(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    for name in NAMES:
        cothemes.done("reviewers", "add", name, study=study)
    cothemes.done("route", "--reviewers", ",".join(NAMES), "--overlap", "1", study=study)
    queue: Any = cothemes.json("queue", "--as", NAMES[0], study=study)
    for passage in re.findall(r"one\.\d{4}", str(queue)):
        for name in NAMES:
            if name == NAMES[0] or passage.endswith("1"):
                cothemes.done("decide", "--as", name, passage, "C1", "add", study=study)
            cothemes.done("done", "--as", name, passage, study=study)
    named, numbered = tmp_path / "named.html", tmp_path / "numbered.html"
    cothemes.done("report", named, study=study)
    cothemes.done("report", numbered, "--coders-by-number", study=study)
    assert all(name in named.read_text(encoding="utf-8") for name in NAMES)
    page = numbered.read_text(encoding="utf-8")
    assert not any(name in page for name in NAMES)
    assert "Coder 1" in page
    assert "Coder 2" in page
