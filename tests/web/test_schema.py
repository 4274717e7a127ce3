"""The whole description of the API, tried with made-up requests: no fault, and answers as described."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import Served

from cothemes.app.users import make_token
from cothemes.records.review import Arm
from cothemes.records.user import UserRole


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    study = study_in(tmp_path_factory.mktemp("schema") / "study")
    propose(study)
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0005": Arm.ASSISTED})
    yield Served(study)
    study.close()


EMBEDS = ("/doctor", "/search", "/candidates")
"""Addresses that ask the embedder."""


def test_no_made_up_request_is_a_fault(served: Served) -> None:
    served.person("ann", *UserRole)
    headers = {
        "Authorization": f"Bearer {make_token(served.study, 'ann').token}",
        "Host": "127.0.0.1:8321",
    }
    app: FastAPI = served.app
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"Host": "127.0.0.1:8321"})
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.endswith(EMBEDS):
            continue

        @given(case=operation.as_strategy())
        @settings(max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def made_up(case: schemathesis.Case) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code < 500, (case.method, case.formatted_path, case.query, case.body)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"]
                assert "hint" in answer.json()

        made_up()
        tried += 1
    assert tried > 40
