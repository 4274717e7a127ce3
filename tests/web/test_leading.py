"""The lead invites, revokes and routes over the API."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import ADDRESS, PASSWORD, Served

from cothemes.app.study import Study
from cothemes.records.review import Arm
from cothemes.records.user import UserRole


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Served:
    return Served(study)


@pytest.fixture
def lead(served: Served) -> TestClient:
    return served.program("lea", UserRole.LEAD)


def test_a_person_is_invited_and_revoked(served: Served, lead: TestClient) -> None:
    made = lead.post("/api/v1/users", json={"name": "dora", "roles": ["reviewer"]})
    assert made.status_code == 201
    path = made.json()["link"].removeprefix(ADDRESS)
    browser = served.client()
    assert browser.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    token = lead.post("/api/v1/users/dora/tokens", json={"label": "script", "days": 1}).json()["token"]
    program = served.client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/v1/queue").status_code == 200
    assert lead.post("/api/v1/users/dora/revoke", json={"token": "script"}).status_code == 200
    assert program.get("/api/v1/queue").status_code == 401
    assert browser.get("/review").status_code == 200
    assert lead.post("/api/v1/users/dora/revoke", json={}).status_code == 200
    assert browser.get("/review").status_code == 303
    assert lead.post("/api/v1/users/nobody/revoke", json={}).status_code == 400
    assert lead.post("/api/v1/users", json={"name": "no, name", "roles": ["reader"]}).status_code == 400


def test_passages_are_drawn_as_by_the_command(lead: TestClient, study: Study, tmp_path: Path) -> None:
    shutil.copytree(study.root, tmp_path / "copy")
    asked = {"reviewers": ["ann", "bob"], "overlap": 0.5, "blind": 0.3, "seed": 7}
    preview = lead.post("/api/v1/route", json={**asked, "dry_run": True})
    assert (preview.status_code, preview.json()["stored"]) == (200, False)
    assert study.store.reviews.assignments(every=True) == []
    drawn = lead.post("/api/v1/route", json=asked).json()
    words = ("route", "--reviewers", "ann,bob", "--overlap", "0.5", "--blind", "0.3", "--seed", "7", "--json")
    printed = CommandLine()(*words, study=tmp_path / "copy")
    assert drawn == json.loads(printed.stdout)
    assert lead.post("/api/v1/route", json={"reviewers": ["zoe"]}).status_code == 404


def test_a_lead_who_codes_blind_draws_the_same_and_is_told_no_expected_positives(
    served: Served, study: Study
) -> None:
    asked = {"reviewers": ["ann", "bob"], "overlap": 0.5, "blind": 0.3, "seed": 7, "dry_run": True}
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    other = served.program("lea", UserRole.LEAD).post("/api/v1/route", json=asked).json()
    found = served.program("ann", UserRole.LEAD, UserRole.REVIEWER).post("/api/v1/route", json=asked).json()
    assert other["expected"]
    assert found["expected"] == []
    assert "ann" in found["expected_from"]
    assert found["assignments"] == other["assignments"] != []


def test_nobody_else_may(served: Served) -> None:
    others = served.program("ann", UserRole.REVIEWER, UserRole.READER, UserRole.ADJUDICATOR)
    for path in ("/users", "/users/ann/revoke", "/users/ann/tokens", "/route"):
        assert others.post(f"/api/v1{path}", json={}).status_code == 403
        assert served.client().post(f"/api/v1{path}", json={}).status_code == 401
    invited = others.post("/api/v1/users", json={"name": "eve", "roles": ["lead"]})
    assert invited.status_code == 403
    assert served.study.store.users.get("eve") is None
