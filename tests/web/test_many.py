"""Many reviewers at once, whose requests come twice and out of turn: no decision is lost and none doubled."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from fastapi.testclient import TestClient
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import Served

from cothemes.app.reviewers import add_reviewer
from cothemes.records.review import Action, Arm

REVIEWERS = tuple(f"reader {number}" for number in range(8))


def test_many_reviewers_lose_and_double_nothing(tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=3, reviewers=())
    propose(study)
    passages = [each.id for each in study.store.passages.all()]
    for name in REVIEWERS:
        add_reviewer(study, name)
        assign(study, name, dict.fromkeys(passages, Arm.BLIND))
    served = Served(study)
    clients = {name: served.program(name) for name in REVIEWERS}

    def code(name: str) -> list[tuple[str, str]]:
        """One reviewer's sitting in two tabs; what was answered with 200."""
        drawn, client, given = Random(name), clients[name], []
        tabs = [f"tab {number} of {name}" for number in range(2)]
        cards = [claim(client, tab) for tab in tabs]
        number = 0
        while any(cards):
            at = drawn.choice([place for place, card in enumerate(cards) if card])
            passage, tab = cards[at], tabs[at]
            number += 1
            act = {"verb": "give", "code": drawn.choice(["A1", "A2", "B1"])}
            for _ in range(drawn.choice((1, 2, 3))):
                answer = send(client, tab, passage, f"{number}-g", act)
                assert answer.status_code == 200, answer.text
            given.append((passage, act["code"]))
            for _ in range(drawn.choice((1, 2))):
                answer = send(client, tab, passage, f"{number}-f", {"verb": "finish"})
                assert answer.status_code == 200, answer.text
            cards[at] = answer.json()["card"]["passage"]
        return given

    with ThreadPoolExecutor(len(REVIEWERS)) as threads:
        said = dict(zip(REVIEWERS, threads.map(code, REVIEWERS), strict=True))
    for name in REVIEWERS:
        decisions = study.store.reviews.decisions(reviewer=name)
        added = [(each.passage, each.code) for each in decisions if each.action is Action.ADD]
        done = Counter(each.passage for each in decisions if each.action is Action.DONE)
        assert sorted(added) == sorted(said[name])
        assert done == dict.fromkeys(passages, 1)
    study.close()


def claim(client: TestClient, tab: str) -> str:
    answer = client.post("/api/v1/review/claims", json={}, headers={"Lease-Holder": tab})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["card"]["passage"])


def send(client: TestClient, tab: str, passage: str, key: str, act: dict[str, str]) -> Any:
    headers = {"Lease-Holder": tab, "Idempotency-Key": key}
    path = f"/api/v1/review/passages/{passage}/acts"
    return client.post(path, json=act, headers=headers)
