"""A coder that learnt from the passages it is compared on says so wherever its agreement stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.records.review import Action, Arm


@pytest.mark.parametrize(("reviewed", "later"), [(5, True), (5, False), (0, True)])
def test_a_taught_run_is_not_measured_on_what_taught_it(
    cothemes: CommandLine, tmp_path: Path, reviewed: int, later: bool
) -> None:
    study = study_in(tmp_path / "study")
    at = study.root
    propose(study)
    cothemes.done("route", "--reviewers", "ann,bob", "--overlap", "1", "--blind", "1", study=at)
    for who in ("ann", "bob"):
        for waiting in cothemes.json("queue", "--as", who, study=at)["waiting"]:
            if waiting["passage"].startswith("talk-1"):
                cothemes.done("decide", waiting["passage"], "A1", "add", "--as", who, study=at)
            cothemes.done("done", waiting["passage"], "--as", who, study=at)
    ends = [each.at for each in study.store.reviews.decisions() if each.action is Action.DONE]
    (run,) = study.store.runs.all()
    started = max(ends) + timedelta(seconds=1) if later else min(ends) - timedelta(seconds=1)
    details: dict[str, Any] = {"reviewed": reviewed}
    study.store.runs.put(run.model_copy(update={"started": started, "finished": started, "details": details}))
    told = " ".join(cothemes.done("agreement", study=at).split())
    cothemes.done("report", at / "page.html", study=at)
    said = bool(reviewed and later)
    assert ("and learnt from them" in told) is said
    assert ("and learnt from them" in (at / "page.html").read_text(encoding="utf-8")) is said
    notes = cothemes.json("agreement", study=at)["notes"]
    assert any("Do not report it" in note for note in notes) is said
    latex = at / "t.tex"
    found = cothemes.json("agreement", "--latex", latex, study=at)
    assert found["learnt_here"] == ([run.rater] if said else [])
    text = latex.read_text(encoding="utf-8")
    captions = [line for line in text.splitlines() if line.startswith("\\caption")]
    assert sum("Do not report" in line for line in captions) == (2 if said else 0)
    assert "`" not in text.partition("\\end{longtable}")[2]
    assert "Arm: blind" in text
    study.close()


def test_only_passages_compared_are_counted_as_taught(cothemes: CommandLine, tmp_path: Path) -> None:
    """Passages of other arms are in the study's ratings and in none of these figures."""
    study = study_in(tmp_path / "study")
    at = study.root
    propose(study)
    blind, assisted = ("talk-1.0002", "talk-1.0004"), ("talk-2.0002", "talk-2.0004")
    for who in ("ann", "bob"):
        for passage in (*blind, *assisted):
            read(study, who, passage, ("A1",), arm=Arm.BLIND if passage in blind else Arm.ASSISTED)
    (run,) = study.store.runs.all()
    started = max(each.at for each in study.store.reviews.decisions()) + timedelta(seconds=1)
    taught = {"started": started, "finished": started, "details": {"reviewed": 4}}
    study.store.runs.put(run.model_copy(update=taught))
    study.close()
    latex, file = tmp_path / "t.tex", tmp_path / "r.csv"
    found = cothemes.json("agreement", "--latex", latex, study=at)
    assert any("2 of the 2 passages on which it is compared" in note for note in found["notes"])
    assert "Left out: 2 passages, arm: assisted" in latex.read_text(encoding="utf-8")
    cothemes.done("export", "ratings", file, study=at)
    notes = cothemes.json("agreement", file, "--arm", "all")["notes"]
    assert any("what a model learnt from" in note and run.rater in note for note in notes)
    assert any("put forward by a score" in note for note in notes)
