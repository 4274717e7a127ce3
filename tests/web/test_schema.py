"""The whole description of the API, tried with made-up requests: no fault, and answers as described."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
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


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    served.person("ann", *UserRole)
    return make_token(served.study, "ann").token


@pytest.fixture(scope="module")
def api(served: Served) -> schemathesis.BaseSchema:
    app: FastAPI = served.app
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_made_up_request_is_a_fault(case: schemathesis.Case, token: str) -> None:
    if case.path.endswith(("/doctor", "/search", "/candidates")):
        pytest.skip("asks the embedder")
    answer = case.call(headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1:8321"})
    case.validate_response(answer, checks=[not_a_server_error])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]
        assert "hint" in answer.json()
