"""A coder that learnt from the passages it is compared on says so wherever its agreement stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in

from cothemes.records.review import Action


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
    study.close()
