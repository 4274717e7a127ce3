"""The frame of every answer: health, headers, hosts, sizes, problems; and where the service may listen."""

from __future__ import annotations

import pytest
from tests.doubles.coded_study import study_in
from tests.doubles.served import ADDRESS, Served

from cothemes.errors import CothemesError, ServiceError, UnknownPassage, UsageError
from cothemes.settings import ServeSettings
from cothemes.web.guard import LARGEST_BODY
from cothemes.web.problems import MEDIA_TYPE, STATUS, problem, status_of
from cothemes.web.server import listening, refuse_open


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(study_in(tmp_path_factory.mktemp("web") / "study"))


def kinds(root: type[CothemesError] = CothemesError) -> list[type[CothemesError]]:
    return [root, *(each for kind in root.__subclasses__() for each in kinds(kind))]


def test_health_and_readiness(served: Served) -> None:
    assert served.client().get("/health").json()["status"] == "ok"
    assert served.client().get("/ready").json() == {"status": "ready"}


def test_every_answer_has_the_headers(served: Served) -> None:
    client = served.client()
    for path in ("/health", "/login", "/nowhere", "/api/v1/nowhere", "/static/style.css", "/api/docs"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "cache-control" in headers


def test_pages_hold_no_inline_script_or_style(served: Served) -> None:
    for path in ("/login", "/nowhere", "/api/docs"):
        text = served.client().get(path).text
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text


def test_another_name_of_this_machine_is_refused(served: Served) -> None:
    answer = served.client(headers={"Host": "evil.example"}).get("/login")
    assert answer.status_code == 421
    assert served.client(headers={"Host": "localhost:8321"}).get("/health").status_code == 200


def test_what_watches_the_service_need_not_know_its_name(served: Served) -> None:
    watching = served.client(headers={"Host": "10.1.2.3:8321"})
    assert watching.get("/health").status_code == 200
    assert watching.get("/ready").status_code == 200
    assert watching.get("/api/v1/status").status_code == 421


def test_a_proxy_is_named_by_address(served: Served) -> None:
    assert ServeSettings(proxies=("10.0.0.0/8", "::1", "*")).proxies
    with pytest.raises(ValueError, match="proxies"):
        ServeSettings(proxies=("caddy",))


def test_too_large_a_body_is_refused(served: Served) -> None:
    assert served.client().post("/login", content=b"x" * (LARGEST_BODY + 1)).status_code == 413

    def pieces() -> object:
        for _ in range(20):
            yield b"x" * (LARGEST_BODY // 10)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert served.client().post("/login", content=pieces(), headers=kind).status_code == 413


def test_problems_have_a_hint(served: Served) -> None:
    answer = served.client().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert {"type", "title", "status", "detail", "hint"} <= answer.json().keys()


@pytest.mark.parametrize("kind", kinds())
def test_every_error_has_a_status(kind: type[CothemesError]) -> None:
    assert 400 <= status_of(kind("what", hint="do")) < 600
    assert status_of(UnknownPassage("what")) == 404
    assert set(STATUS) <= set(kinds())


def test_a_path_of_this_machine_is_not_told() -> None:
    assert b"/home/" not in problem(UsageError("what", hint="do", where="/home/ann/study")).body


def test_a_fault_tells_nothing(served: Served) -> None:
    def broken() -> None:
        raise RuntimeError("SECRETWORDS")

    served.app.add_api_route("/api/v1/broken", broken)
    served.app.add_api_route("/broken", broken)
    for path in ("/api/v1/broken", "/broken"):
        answer = served.client().get(path)
        assert answer.status_code == 500
        assert "SECRETWORDS" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_this_machine_needs_no_tls(host: str) -> None:
    refuse_open(host, "", behind_tls=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_any_other_host_needs_tls_in_front(host: str) -> None:
    with pytest.raises(UsageError, match="encrypts"):
        refuse_open(host, "https://coding.example.org", behind_tls=False)
    with pytest.raises(UsageError, match="https://") as found:
        refuse_open(host, "coding.example.org", behind_tls=True)
    assert "https://coding.example.org" in found.value.hint
    with pytest.raises(UsageError, match="not known"):
        refuse_open(host, "", behind_tls=True)
    with pytest.raises(UsageError, match="address"):
        refuse_open(host, ADDRESS, behind_tls=True)
    refuse_open(host, "https://coding.example.org", behind_tls=True)


def test_a_port_that_is_taken_is_told() -> None:
    with listening("127.0.0.1", 0) as first, pytest.raises(ServiceError, match="cannot be listened on"):
        listening("127.0.0.1", first.getsockname()[1])
