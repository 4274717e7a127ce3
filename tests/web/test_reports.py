"""Every report of a command is an endpoint with the same document, for those who may read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import Served

from cothemes.app.privacy.access import access_log
from cothemes.app.review.memos import About, add_memo
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.cli import app
from cothemes.cli.reports import REPORTS
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Role
from cothemes.records.review import Action, Arm
from cothemes.records.speaker import Speaker, SpeakerList
from cothemes.records.user import UserRole
from cothemes.web.paging import part_of
from cothemes.web.reports import ENDPOINTS, Endpoint

CHANGES = {
    "adjudicate", "auto-accept apply", "auto-accept certify", "auto-accept revoke",
    "backup", "calibration", "cancel", "decide-once", "codebook add", "codebook adopt", "codebook discard",
    "codebook dismiss", "codebook export", "codebook import", "codebook merge", "codebook move",
    "codebook note", "codebook publish", "codebook recode", "codebook rename", "codebook retire",
    "codebook split", "codebook undo", "decide", "deidentify", "demo", "done", "export", "framework write",
    "import", "index", "ingest", "memo add", "memo edit", "memo remove", "pack", "propose", "report",
    "renew", "restore", "reviewers add", "reviewers merge", "reviewers pause", "reviewers reassign",
    "reviewers resume", "reviewers set", "route", "run", "undo", "users invite", "users revoke",
    "users token", "webhooks retry", "webhooks test",
}  # fmt: skip
"""Commands that change the study or write files; review and adjudication have routes of their own."""
ASKS_ANEW = {"codebook retest", "evaluate", "stability"}
"""Commands that pay a model, or read files of the machine that serves."""
PASSAGE = "talk-1.0002"
QUERIES: dict[str, dict[str, Any]] = {
    "find": {"text": "trust*"},
    "codings": {"code": "A1,A2"},
    "quotes": {"code": "A1"},
    "matrix": {"by": "kind"},
    "agreement": {"arm": "all"},
}
_TIME = re.compile(r"T\d\d:\d\d:\d\d(\.\d+)?")
NEEDS_WEIGHTS = {"search", "doctor", "explain"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    made = study_in(tmp_path_factory.mktemp("reports") / "study")
    propose(made)
    for name, code in (("ann", "A1"), ("bob", "B1")):
        assign(made, name, dict.fromkeys(("talk-1.0002", "talk-1.0004", "talk-2.0002"), Arm.BLIND))
        desk = Desk(made, name)
        for passage in ("talk-1.0002", "talk-1.0004"):
            desk.done(desk.decide(desk.card(passage), code, Action.ADD, spans=[(0, 5)]))
        while (left := desk.next_passage()) is not None:
            desk.done(desk.card(left))
    add_memo(made, "A thought.", About(passage=PASSAGE), "ann")
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(study: Study) -> Served:
    return Served(study)


@pytest.fixture(scope="module")
def people(served: Served) -> dict[UserRole, TestClient]:
    made = {role: served.program(f"the {role}", role) for role in UserRole if role is not UserRole.REVIEWER}
    return {**made, UserRole.REVIEWER: served.program("ann", UserRole.REVIEWER)}


def path_of(endpoint: Endpoint, study: Study) -> str:
    memo = study.store.memos.all()[0].memo
    words = {"{passage}": PASSAGE, "{code}": "A1", "{memo}": memo, "{participant}": "P1"}
    path = endpoint.path
    for name, value in words.items():
        path = path.replace(name, value)
    return f"/api/v1{path}"


def test_every_report_that_reads_is_an_endpoint() -> None:
    served_ = {each.command for each in ENDPOINTS}
    assert served_ | CHANGES | ASKS_ANEW == set(REPORTS)
    assert not served_ & CHANGES


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "find": ("trust*",),
    "codings": ("--code", "A1,A2"),
    "quotes": ("--code", "A1"),
    "matrix": ("--by", "kind"),
    "agreement": ("--arm", "all"),
    "show": (PASSAGE,),
    "audit": (PASSAGE,),
    "held": ("P1",),
    "queue": ("--as", "ann"),
    "confirm": ("--as", "ann"),
    "forget": ("--list",),
    "codebook drafts": ("--as", "ann"),
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.command.replace(" ", "-"))
def test_the_document_is_that_of_the_command(
    endpoint: Endpoint, study: Study, people: dict[UserRole, TestClient]
) -> None:
    if endpoint.command in NEEDS_WEIGHTS:
        pytest.skip("asks the embedder")
    asked = people[UserRole.LEAD if UserRole.LEAD in endpoint.roles else UserRole.REVIEWER]
    answer = asked.get(path_of(endpoint, study), params=QUERIES.get(endpoint.command, {}))
    words = [*endpoint.command.split(), *ARGUMENTS.get(endpoint.command, ()), "--json"]
    if endpoint.command == "memo show":
        words.insert(2, study.store.memos.all()[0].memo)
    printed = CommandLine()(*words, study=study.root)
    if printed.exit_code:
        assert answer.json()["detail"] in " ".join(printed.stderr.split())
        assert endpoint.command == "prevalence", "the study has no blind sample"
        return
    assert answer.status_code == 200, answer.text
    assert _TIME.sub("", json.dumps(answer.json())) == _TIME.sub("", json.dumps(json.loads(printed.stdout)))


@pytest.mark.parametrize("role", UserRole)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.command.replace(" ", "-"))
def test_only_some_may_read_it(
    endpoint: Endpoint, role: UserRole, study: Study, people: dict[UserRole, TestClient], served: Served
) -> None:
    path = path_of(endpoint, study)
    assert served.client().get(path).status_code == 401
    if role not in endpoint.roles:
        assert people[role].get(path).status_code == 403


def test_a_report_is_sent_once(people: dict[UserRole, TestClient]) -> None:
    lead = people[UserRole.LEAD]
    first = lead.get("/api/v1/documents")
    again = lead.get("/api/v1/documents", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_real_names_are_for_the_lead_and_recorded(people: dict[UserRole, TestClient], study: Study) -> None:
    asked = {"text": "trust*", "originals": "true"}
    before = len(access_log(study).entries)
    assert people[UserRole.READER].get("/api/v1/find", params=asked).status_code == 403
    assert len(access_log(study).entries) == before
    assert people[UserRole.LEAD].get("/api/v1/find", params=asked).status_code == 200
    last = access_log(study).entries[-1]
    assert (last.by, last.command) == ("the lead", "find")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/passages/nowhere.0001", 404),
        ("/codings?code=ZZ", 404),
        ("/codings?kind=novel", 422),
        ("/codings?where=x", 400),
        ("/agreement?raters=ann,zoe", 422),
        ("/codebook?code=ZZ", 404),
        ("/quotes?state=all", 400),
        ("/quotes?code=A1&state=all&status=accepted", 400),
        ("/quotes?code=A1&side-by-side=round&as-coded=true", 400),
    ],
)
def test_a_wrong_question_is_a_problem(people: dict[UserRole, TestClient], path: str, status: int) -> None:
    answer = people[UserRole.LEAD].get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]


@pytest.mark.parametrize("path", ["/agreement?version=", "/codebook/diff?old=", "/codebook/diff?new="])
def test_no_file_of_the_machine_is_read(
    people: dict[UserRole, TestClient], study: Study, path: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("codes: [not for you]\n", encoding="utf-8")
    for file in (secret, study.codebook_path, tmp_path / "nowhere.yaml"):
        answer = people[UserRole.LEAD].get(f"/api/v1{path}{file}")
        assert answer.status_code == 400, answer.text
        assert answer.json()["detail"] == f"no version is called '{file}'"


SPEAKER = Speaker(
    document="d", file="", label="", name=None, role=Role.PARTICIPANT, role_read=Role.PARTICIPANT,
    participant=None, turns=1, passages=1, words=1, first_words="",
)  # fmt: skip


def parts(client: TestClient, path: str, limit: int) -> list[Any]:
    """The documents of all parts, by following the links."""
    found = []
    at: str | None = f"/api/v1{path}{'&' if '?' in path else '?'}limit={limit}"
    while at:
        answer = client.get(at)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        named = re.fullmatch(r'<(/api/v1/[^>]+)>; rel="next"', answer.headers.get("link", ""))
        at = named[1] if named else None
        assert len(found) < 200
    return found


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/documents", ("documents",)),
        ("/speakers", ("speakers",)),
        ("/codings?code=A1,A2,B1", ("decided", "settled", "suggested")),
        ("/quotes?code=A1", ("decided", "suggested")),
        ("/find?text=trust*", ("hits",)),
        ("/disagreements", ("passages",)),
        ("/access-log", ("entries",)),
        ("/memos", ()),
    ],
)
def test_parts_of_a_list_are_the_list(
    people: dict[UserRole, TestClient], path: str, fields: tuple[str, ...]
) -> None:
    whole = people[UserRole.LEAD].get(f"/api/v1{path}")
    assert "link" not in whole.headers
    document = whole.json()
    for limit in (1, 2, 1000):
        found = parts(people[UserRole.LEAD], path, limit)
        if not fields:
            assert [item for each in found for item in each] == document
            continue
        for field in fields:
            assert [item for each in found for item in each[field]] == document[field]
        count = sum(len(document[field]) for field in fields)
        assert len(found) == max(-(-count // limit), 1)
        rest = {key: value for key, value in document.items() if key not in fields}
        assert all({key: each[key] for key in rest} == rest for each in found)


def test_a_queue_in_parts(people: dict[UserRole, TestClient], study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.ASSISTED, "policy.0001": Arm.ASSISTED})
    whole = people[UserRole.REVIEWER].get("/api/v1/queue").json()
    found = parts(people[UserRole.REVIEWER], "/queue", 1)
    assert [item for each in found for item in each["waiting"]] == whole["waiting"]
    assert len(whole["waiting"]) == 2


def test_a_part_goes_on_after_its_item_wherever_that_is_now() -> None:
    def listed(*names: str) -> SpeakerList:
        return SpeakerList(speakers=tuple(SPEAKER.model_copy(update={"label": name}) for name in names))

    first, place = part_of(listed("a", "b", "c", "d"), 2, "")
    assert [each.label for each in first.speakers] == ["a", "b"]  # type: ignore[attr-defined]
    later, end = part_of(listed("new", "b", "c", "d"), 10, place)
    assert [each.label for each in later.speakers] == ["c", "d"]  # type: ignore[attr-defined]
    assert end == ""
    moved, _ = part_of(listed("b", "c"), 1, place)
    assert [each.label for each in moved.speakers] == ["c"]  # type: ignore[attr-defined]
    with pytest.raises(StateConflict):
        part_of(listed("a", "c"), 1, place)
    for wrong in ("x", "0.0", place.upper() + "0"):
        with pytest.raises(UsageError):
            part_of(listed("a"), 1, wrong)


OF_THE_TERMINAL = {"json", "limit", "csv", "html", "latex", "xlsx", "real-code"}
"""Options that choose a form of the document, or belong to a file of the machine."""


@pytest.mark.parametrize(
    "command",
    ["codings", "quotes", "matrix", "framework", "find", "agreement", "disagreements", "prevalence"],
)
def test_options_of_a_command_are_parameters(served: Served, command: str) -> None:
    schema = served.client().get("/api/openapi.json").json()["paths"][f"/api/v1/{command}"]["get"]
    parameters = {each["name"] for each in schema["parameters"]}
    options = {
        name.removeprefix("--").removeprefix("show-")
        for each in typer.main.get_command(app).commands[command].params  # type: ignore[attr-defined]
        for name in each.opts
        if name.startswith("--")
    }
    allowed = OF_THE_TERMINAL | ({"originals"} if command == "disagreements" else set())
    assert options - allowed - {"help"} <= parameters


def test_the_description_names_every_endpoint(served: Served, people: dict[UserRole, TestClient]) -> None:
    schema = served.client().get("/api/openapi.json").json()
    assert {f"/api/v1{each.path}" for each in ENDPOINTS} <= schema["paths"].keys()
    page = served.client().get("/api/docs").text
    assert all(f"/api/v1{each.path}" in page for each in ENDPOINTS)
