"""`run` as a night job: notified, logged, held to a budget, gone on with the next night."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    honest,
    stage_of,
    yes,
)
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.night import MODEL, PRICES, REPLY_NANOS

from cothemes.app.study import create_study
from cothemes.records.price import NANOS, amount

PASSAGES = 30


pytestmark = pytest.mark.usefixtures("middle_of_the_month")


class Night:
    """One study, one folder of incoming files, and whoever is told."""

    def __init__(self, folder: Path, cothemes: CommandLine) -> None:
        self.study = create_study(folder / "study", source="blank", codebook=None)
        (self.study.root / "prices.toml").write_text(PRICES, encoding="utf-8")
        self.study.close()
        self.incoming = folder / "incoming"
        self.incoming.mkdir()
        self.log = folder / "night.jsonl"
        self._told = folder / "told.txt"
        self._script = folder / "tell.py"
        self._script.write_text(
            "import os, sys\n"
            f"with open({str(self._told)!r}, 'a') as told:\n"
            "    told.write(sys.argv[-1] + '|' + os.environ['COTHEMES_EXIT'] + '\\n')\n",
            encoding="utf-8",
        )
        self._cothemes = cothemes

    def arrive(self, name: str, passages: int) -> None:
        rows = (
            {
                "id": f"p{n}",
                "doc": name,
                "speaker": "P1",
                "text": f"In {name} it was number {n} that hindered us.",
            }
            for n in range(passages)
        )
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (self.incoming / f"{name}.jsonl").write_text(text, encoding="utf-8")

    def __call__(self, server: ChatServer, *more: str) -> Any:
        return self._cothemes(
            "run", self.incoming, "--coder", "llm", "--model", MODEL, "--base-url", server.url,
            "--notify", f"{sys.executable} {self._script}", "--log", self.log, *more,
            study=self.study.root,
        )  # fmt: skip

    @property
    def told(self) -> list[str]:
        return self._told.read_text(encoding="utf-8").splitlines()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    @property
    def morning(self) -> dict[str, Any]:
        found: dict[str, Any] = self._cothemes.json("status", study=self.study.root)
        return found


@pytest.fixture
def night(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0002")
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    made = Night(tmp_path, cothemes)
    made.arrive("first", PASSAGES)
    return made


def test_a_quiet_night_does_nothing_twice_and_says_so(night: Night) -> None:
    with ChatServer() as server:
        assert night(server).exit_code == 0
        asked = len(server.requests)
        assert night(server).exit_code == 0
        assert len(server.requests) == asked == 2 * PASSAGES
        night.arrive("second", 5)
        assert night(server).exit_code == 0
        assert len(server.requests) == asked + 10
    first, second, third = night.told
    assert first == (
        f"cothemes run in study: exit 0. 1 file. Run r0001: {PASSAGES} coded; {PASSAGES} suggestions.|0"
    )
    assert "Nothing to propose; 30 passages were coded before." in second
    assert "2 files. Run r0001: 5 coded" in third
    assert night.morning["last_run"]["exit"] == 0


def test_the_log_holds_numbers_and_ids_and_no_text(night: Night) -> None:
    with ChatServer() as server:
        night(server)
    events = night.events
    assert [event["event"] for event in events][:1] == ["run_started"]
    assert events[-1] == {**events[-1], "event": "run_ended", "run": "r0001", "state": "finished"}
    calls = [event for event in events if event["event"] == "call"]
    assert len(calls) == 2 * PASSAGES
    assert {event["stage"] for event in calls} == {"propose", "critic"}
    assert sum(event["cost_nanos"] for event in calls) == 2 * PASSAGES * REPLY_NANOS
    assert all(event["at"].endswith("+00:00") for event in events)
    written = night.log.read_text(encoding="utf-8")
    assert "that hindered" not in written
    assert "sk-canary" not in written


def test_the_budget_ends_the_night_and_a_larger_one_goes_on(night: Night, cothemes: CommandLine) -> None:
    budget = 0.04
    with ChatServer() as server:
        result = night(server, "--budget", str(budget))
        assert result.exit_code == 5
        assert "run r0001 has spent or reserved" in " ".join(result.stderr.split())
        bought = len(server.requests)
        assert 0 < bought * REPLY_NANOS / NANOS <= budget
        assert night(server, "--budget", str(budget)).exit_code == 5
        assert len(server.requests) * REPLY_NANOS / NANOS <= budget
        done = night(server, "--budget", "1")
        assert done.exit_code == 0
        assert len(server.requests) == 2 * PASSAGES, "nothing was bought twice"
    first, _, last = night.told
    assert first.endswith("|5")
    assert "Start again with" not in first, "one line, and no advice"
    assert last.endswith("|0")
    (spent,) = cothemes.json("costs", study=night.study.root)["groups"]
    assert spent["cost"] == pytest.approx(2 * PASSAGES * REPLY_NANOS / NANOS)


def test_what_is_coded_to_its_end_is_routed_though_the_budget_ended_the_night(
    night: Night, cothemes: CommandLine
) -> None:
    night.arrive("again", 5)
    cothemes.done("reviewers", "add", "ana", study=night.study.root)
    with ChatServer() as server:
        assert night(server, "--budget", "0.04", "--reviewers", "ana").exit_code == 5
    (line,) = night.told
    assert "assigned from fully coded documents: 5" in line
    (ana,) = night.morning["reviewers"]
    assert ana["assigned"] == 5


def test_the_budget_of_the_month_holds_for_the_night_too(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.04")
    with ChatServer() as server:
        result = night(server, "--budget", "10")
        assert result.exit_code == 5
        assert "this study in" in " ".join(result.stderr.split())
        assert len(server.requests) * REPLY_NANOS / NANOS <= 0.04


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(night: Night) -> None:
    (night.incoming / "broken.docx").write_bytes(b"PK no such thing")
    with ChatServer() as server:
        assert night(server).exit_code == 4
        assert len(server.requests) == 2 * PASSAGES
    (line,) = night.told
    assert "2 files." in line
    assert "files not read: 1" in line
    assert line.endswith("|4")


def test_a_service_that_is_down_is_told_and_asked_again_the_next_night(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")
    with ChatServer(
        lambda *_: Answer({"error": {"message": "quota", "code": "insufficient_quota"}}, 429)
    ) as server:
        assert night(server).exit_code == 6
        assert len(server.requests) <= 16, "no more than were under way"
    with ChatServer() as server:
        # Another port is another endpoint, hence another rater: all of it is asked there.
        assert night(server).exit_code == 0
    assert [line.rpartition("|")[2] for line in night.told] == ["6", "0"]


def test_a_study_that_cannot_begin_is_told_of_too(night: Night) -> None:
    with ChatServer() as server:
        remote = server.url.replace("127.0.0.1", "127.1")
        result = night(server, "--base-url", remote)
    assert result.exit_code == 3
    (line,) = night.told
    assert "may not be sent to a remote model" in line
    assert line.endswith("|3")
    assert night.morning["last_run"]["exit"] == 3


def test_propose_tells_of_a_plan_that_fails(night: Night, cothemes: CommandLine) -> None:
    with ChatServer() as server:
        night(server)
        remote = server.url.replace("127.0.0.1", "127.1")
        words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", remote)
        assert cothemes(*words, study=night.study.root).exit_code == 3
    assert night.morning["last_run"]["command"] == "propose"
    assert night.morning["last_run"]["exit"] == 3


def _unusable(*_: object) -> Answer:
    return Answer({"choices": [{"finish_reason": "stop", "message": {"content": "I would rather not."}}]})


def _down(*_: object) -> Answer:
    return Answer({"error": {"message": "bad gateway"}}, 502)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")


@pytest.mark.usefixtures("impatient")
def test_an_outage_of_many_nights_parks_nothing(night: Night, cothemes: CommandLine) -> None:
    with ChatServer(_down) as server:
        for _ in range(4):
            assert night(server).exit_code == 6
        assert "the service failed with status 5" in night.told[-1]
        assert "(11 server)" in night.told[-1]
        assert "cannot be reached" not in night.told[-1]
        (run,) = night.morning["runs"]
        assert run["parked"] == []
        assert set(run["reasons"]) == {"server"}
        server.answer = honest
        assert night(server).exit_code == 0
    assert night.morning["runs"][0]["passages"] == PASSAGES


@pytest.mark.usefixtures("impatient")
def test_parked_passages_are_named_at_every_run_until_they_are_asked_for(
    night: Night, cothemes: CommandLine
) -> None:
    night.arrive("first", 4)
    with ChatServer(_unusable) as server:
        ends = [night(server).exit_code for _ in range(3)]
        asked = len(server.requests)
        later = night(server)
        assert [*ends, later.exit_code] == [4, 4, 4, 4]
        assert len(server.requests) == asked
        said = " ".join((later.stdout + later.stderr).split())
        assert "and 4 are parked: cothemes propose --retry-parked" in said
        words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
        planned = cothemes(*words, "--dry-run", study=night.study.root)
        assert "4 more are parked" in " ".join(planned.stdout.split())
        assert cothemes.json(*words, "--dry-run", study=night.study.root)["parked"] == 4
        server.answer = honest
        assert cothemes(*words, "--retry-parked", study=night.study.root).exit_code == 0
        assert night(server).exit_code == 0
    assert "4 are parked" in night.told[2], "the night that parks them says so"
    assert "4 are parked" in night.told[3]
    assert "parked" not in night.told[-1]


def test_a_night_that_the_budget_ended_tells_in_json_what_was_done_and_what_ended_it(
    night: Night, cothemes: CommandLine
) -> None:
    (night.incoming / "broken.docx").write_bytes(b"PK no such thing")
    with ChatServer() as server:
        result = night(server, "--budget", "0.02", "--json")
        assert result.exit_code == 5
        told = json.loads(result.stdout)
        words = night(server, "--budget", "0.02")
        alone = cothemes(
            "propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--budget", "0.02",
            "--json", study=night.study.root,
        )  # fmt: skip
    assert told["ended"]["code"] == 5
    assert "run r0001 has spent or reserved" in told["ended"]["error"]
    assert told["ended"]["hint"]
    assert [file["state"] for file in told["files"]] == ["failed", "new"]
    coded = told["propose"]["outcomes"]["coded"]
    assert coded > 0
    assert told["propose"]["not_asked"] == PASSAGES - coded
    assert "error:" in result.stderr
    assert alone.exit_code == 5
    assert json.loads(alone.stdout)["ended"]["code"] == 5
    assert "broken.docx" in "".join(words.stdout.split())
    assert "1 document (1 unchanged)" in words.stdout
    assert all("Files not read: 1." in line for line in night.told)


def test_a_missing_price_is_found_before_a_file_is_read(
    night: Night, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = PRICES.replace(MODEL, "openai:another")
    (night.study.root / "prices.toml").write_text(other, encoding="utf-8")
    embedded: list[str] = []
    monkeypatch.setattr("cothemes.app.wiring.embedder", lambda: embedded.append("") or HashedBagEmbedder())
    with ChatServer() as server:
        result = night(server, "--budget", "1", "--json")
        assert result.exit_code == 3
        assert "no price is known" in json.loads(result.stdout)["ended"]["error"]
        assert server.requests == []
        assert embedded == []
        assert cothemes.json("status", study=night.study.root)["documents"] == {}
        assert night(server).exit_code == 0, "without a budget none is needed"


def _interpreted(night: Night, times: int) -> None:
    """An interview in which an interpreter's words are no participant's, in place of what is there."""
    turns = (
        f"Jo: And then {n}?\n\nAnna: We sat in the hall, {n}.\n\nInterpreter: She says they sat for {n}.\n\n"
        for n in range(times)
    )
    (night.incoming / "first.jsonl").unlink()
    head = "---\nkind: interview\nparticipant: Anna\ninterviewer: Jo\n---\n"
    (night.incoming / "talk.md").write_text(head + "".join(turns), encoding="utf-8")


def test_what_a_call_spent_and_skipped_is_the_same_in_every_place(
    night: Night, cothemes: CommandLine
) -> None:
    _interpreted(night, 6)
    cothemes.done("ingest", night.incoming, study=night.study.root)
    with ChatServer() as server:
        model = ("--coder", "llm", "--model", MODEL, "--base-url", server.url)
        planned = cothemes.json("propose", "--dry-run", *model, study=night.study.root)
        told = json.loads(night(server, "--json", "--budget", "5").stdout)["propose"]
        asked = len(server.requests)
        again = json.loads(night(server, "--json").stdout)["propose"]
    coded, skipped = told["outcomes"]["coded"], told["outcomes"]["skipped"]
    assert (coded, skipped) == (6, 6)
    assert planned["to_code"] == coded + skipped
    assert planned["skipped"] == told["skipped"] == {"not a participant's words": skipped}
    assert told["spent"] == {"EUR": pytest.approx(asked * REPLY_NANOS / NANOS)}
    assert again["spent"] == {}
    assert "6 coded, 6 skipped (6 not a participant's words)" in night.told[0]
    (run,) = night.morning["runs"]
    assert (run["passages"], run["skipped"]) == (coded, told["skipped"])
    morning = " ".join(cothemes.done("status", study=night.study.root).split())
    assert "skipped: 6 passages: not a participant's words" in morning


def test_skipped_passages_are_not_counted_as_coded_where_the_budget_ends_the_night(night: Night) -> None:
    _interpreted(night, 30)
    with ChatServer() as server:
        told = json.loads(night(server, "--budget", "0.02", "--json").stdout)
    outcomes = told["propose"]["outcomes"]
    assert told["ended"]["code"] == 5
    assert outcomes["skipped"] > 0
    assert f"coded now: {outcomes['coded']} passages, skipped: {outcomes['skipped']}, left:" in night.told[-1]


def test_a_night_that_ends_in_part_holds_its_end_in_the_one_document(night: Night) -> None:
    (night.incoming / "broken.docx").write_bytes(b"PK no such thing")
    with ChatServer() as server:
        result = night(server, "--json")
    assert result.exit_code == 4
    told = json.loads(result.stdout)
    assert told["propose"]["outcomes"] == {"coded": PASSAGES}
    assert told["ended"] == {**told["ended"], "code": 4, "error": "files not read: 1"}


def test_files_are_told_though_the_service_takes_no_key(night: Night) -> None:
    night.arrive("second", 3)
    with ChatServer(lambda _body, _number: Answer(status=401)) as server:
        result = night(server, "--json")
    assert result.exit_code == 6
    told = json.loads(result.stdout)
    assert told["ended"]["code"] == 6
    assert len(told["files"]) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [(("propose", "--wait", "2", "--json"), 2), (("status", "--nonsense", "--json"), 2),
     (("show", "none.0001", "--json"), 2)],
)  # fmt: skip
def test_what_was_not_begun_is_one_document_too(
    night: Night, cothemes: CommandLine, words: tuple[str, ...], code: int
) -> None:
    result = cothemes(*words, study=night.study.root)
    assert result.exit_code == code
    assert json.loads(result.stdout)["ended"]["code"] == code
    assert json.loads(result.stdout)["ended"]["error"]
    assert result.stderr


def _invents(body: Body, _: int) -> Answer:
    code = codes_of(body)[0]
    said = yes(body, code, "Nobody ever said any such thing here.")
    return Answer(completion(json.dumps(coding(body, **{code: said}))))


def _proposes_nothing(body: Body, _: int) -> Answer:
    return Answer(completion(json.dumps(coding(body))))


def test_a_service_that_gives_invented_quotes_alone_is_not_paid_for_all_passages(night: Night) -> None:
    night.arrive("second", 60)
    with ChatServer(_invents) as server:
        result = night(server, "--json")
        asked = len([body for body in server.bodies if stage_of(body) == "propose"])
    assert result.exit_code == 6
    assert asked < 40, "11 of 90, and what was under way"
    ended = json.loads(result.stdout)["ended"]
    assert "11 with invented quotes alone" in ended["error"]
    assert "does not quote word for word" in ended["hint"]
    assert "11 with invented quotes alone" in night.told[-1]


def test_a_service_that_honestly_finds_no_code_is_good(night: Night) -> None:
    with ChatServer(_proposes_nothing) as server:
        assert night(server).exit_code == 0


@pytest.mark.usefixtures("impatient")
def test_a_service_that_fails_is_told_in_its_own_words_and_no_one_is_sent_to_the_address(
    night: Night,
) -> None:
    words = {"error": {"message": "The engine is overloaded, key sk-canary-0002", "code": "overloaded"}}
    with ChatServer(lambda *_: Answer(words, 503)) as server:
        result = night(server, "--json")
    ended = json.loads(result.stdout)["ended"]
    assert ended["code"] == 6
    assert "the service failed with status 503: overloaded The engine is overloaded" in ended["error"]
    assert "sk-canary" not in result.stdout + result.stderr
    assert "try again later" in ended["hint"]
    assert "address" not in ended["hint"]


def test_replies_of_another_model_are_told_as_paid_though_no_passage_was_coded(night: Night) -> None:
    with ChatServer() as server:
        assert night(server).exit_code == 0
        night.arrive("second", 5)
        honest = server.answer

        def renamed(body: Body, number: int) -> Answer:
            answer = honest(body, number)
            assert isinstance(answer.body, dict)
            return Answer({**answer.body, "model": "another-2026-12"})

        server.answer = renamed
        asked = len(server.requests)
        assert night(server).exit_code == 6
        bought = len(server.requests) - asked
    assert "coded now: 0 passages" in night.told[-1]
    cost = amount(bought * REPLY_NANOS, "EUR")
    assert f"replies bought now: {bought} ({cost})" in night.told[-1]
