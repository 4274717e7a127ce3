"""A model that cannot quote: so many repairs a passage, none once nearly all fail; nobody sees its codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    sentences_of,
    shown_in,
    stage_of,
    yes,
)
from tests.doubles.night import MODEL, PRICES

from cothemes.app.corpus.ingest import ingest
from cothemes.app.study import Study, create_study
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.suggestion import Outcome, OutcomeState
from cothemes.stages.propose.model.repairs import FIRST, TRIAL, Repairs, repairs_so_far

CODES = 6
PASSAGES = 30
AT_ONCE = 4
BOOK = "codebook: {id: six, title: Six}\ncodes:\n" + "".join(
    f"  - {{id: C{n}, label: Code {n}, definition: Says the word number {n}.}}\n" for n in range(1, CODES + 1)
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    # What ends such a run early is tested in test_night.py: here it goes on, for what repairs cost.
    monkeypatch.setattr("cothemes.app.runs.stopping.BAD_SHARE", 1.0)
    (tmp_path / "six.yaml").write_text(BOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "six.yaml")
    rows = (
        {"id": f"p{n}", "doc": "talk", "speaker": "P1", "text": f"It was number {n} that kept us out again."}
        for n in range(PASSAGES)
    )
    (tmp_path / "talk.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ingest(made, [tmp_path / "talk.jsonl"])
    (made.root / "prices.toml").write_text(PRICES, encoding="utf-8")
    made.close()
    return Study(made.root)


def makes_up(body: Body, _: int) -> Answer:
    """Every code, each on words that nobody said; surest of the last."""
    codes = codes_of(body)
    said = {code: yes(body, code, "Nobody ever said any such thing here.") for code in codes}
    for n, code in enumerate(codes):
        said[code]["confidence"] = 0.1 + 0.1 * n
    return Answer(completion(json.dumps(coding(body, **said))))


def copies(body: Body, _: int) -> Answer:
    """Asked again, copies the first sentence."""
    return Answer(completion(json.dumps({"evidence": [{"sentences": ["s1"], "quote": _first(body)}]})))


def _first(body: Body) -> str:
    return str(sentences_of(body)[0]["text"])


def propose(cothemes: CommandLine, study: Study, server: ChatServer | BatchServer, *more: str) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
    return cothemes(*words, "--concurrency", str(AT_ONCE), *more, study=study.root)


def repairs(server: ChatServer) -> list[Body]:
    return [body for body in server.bodies if stage_of(body) == "repair"]


def test_repairs_that_nearly_all_fail_are_given_up_and_said_once(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(makes_up) as server:
        result = propose(cothemes, study, server, "--json")
        assert result.exit_code == 0
        asked = len(repairs(server))
        assert FIRST <= asked < FIRST + AT_ONCE
        found = json.loads(result.stdout)
        said = " ".join(result.stderr.split())
        assert said.count("no more are asked for in this run") == 1
        assert (found["suggestions"], found["codes_without_a_verified_quote"]) == (0, CODES * PASSAGES)
        left = found["codes_not_asked_about_again"]
        assert sum(left.values()) == CODES * PASSAGES - asked
        assert left["cap"] == 3 * PASSAGES
        why = cothemes.json("show", "talk.0001", study=study.root)["left_out"]
        assert set(why) == {f"C{n}" for n in range(1, CODES + 1)}
        assert list(why.values()).count("cap") == 3
        assert "not asked about once more (cap)" in cothemes.done("show", "talk.0001", study=study.root)
        replayed = cothemes.json("propose", "--replay", study=study.root)
        assert (replayed["same"], replayed["different"], replayed["unanswered"]) == (PASSAGES, [], 0)
        assert len(repairs(server)) == asked
    status = " ".join(cothemes.done("status", study=study.root).split())
    assert f"{PASSAGES} of these with one that was not asked about once more" in status


def test_a_later_night_does_not_begin_to_pay_again(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(makes_up) as server:
        propose(cothemes, study, server, "--limit", "15")
        asked = len(repairs(server))
        result = propose(cothemes, study, server)
        assert result.exit_code == 0
        assert "no more are asked for" not in result.stderr
        assert len(repairs(server)) == asked
        assert len(server.requests) == asked + PASSAGES


def test_a_passage_has_so_many_repairs_and_the_surest_codes_come_first(
    cothemes: CommandLine, study: Study
) -> None:
    with ChatServer(makes_up, repair=copies) as server:
        found = json.loads(propose(cothemes, study, server, "--limit", "10", "--json").stdout)
        assert len(repairs(server)) == 3 * 10
        assert found["codes_not_asked_about_again"] == {"cap": 3 * 10}
        assert found["suggestions"] == 3 * 10
        assert {shown_in(body, "YOUR CLAIM")["code"] for body in repairs(server)} == {"C4", "C5", "C6"}
    study_ = Study(study.root)
    for outcome in study_.store.runs.outcomes("r0001"):
        assert outcome.state is OutcomeState.CODED
        flags = [str(flag) for flag in outcome.flagged(FlagKind.UNREPAIRED)]
        assert flags == ["unrepaired:C1:cap", "unrepaired:C2:cap", "unrepaired:C3:cap"]
    study_.close()


@pytest.mark.parametrize(("cap", "each"), [("", CODES), ("0", 0), ("1", 1)])
def test_the_setting_holds(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch, cap: str, each: int
) -> None:
    monkeypatch.setenv("COTHEMES_CODER_REPAIRS_PER_PASSAGE", cap)
    with ChatServer(makes_up, repair=copies) as server:
        assert propose(cothemes, study, server, "--limit", "5").exit_code == 0
        assert len(repairs(server)) == 5 * each
        assert cothemes.json("propose", "--replay", study=study.root)["different"] == []


def test_parts_of_a_codebook_share_the_repairs_of_a_passage(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_CODER_CODES_PER_CALL", "2")
    with ChatServer(makes_up, repair=copies) as server:
        assert propose(cothemes, study, server, "--limit", "5").exit_code == 0
        assert len(repairs(server)) == 5 * 3


def test_in_batches_a_trial_of_repairs_goes_first_and_then_none(cothemes: CommandLine, study: Study) -> None:
    with BatchServer(makes_up) as server:
        for _ in range(6):
            result = propose(cothemes, study, server, "--batch-api", "--json")
            if result.exit_code == 0:
                break
            server.finish()
        assert result.exit_code == 0, result.stderr
        asked = [line["body"] for line in server.lines() if stage_of(line["body"]) == "repair"]
        assert len(asked) == TRIAL
    assert cothemes.json("status", study=study.root)["runs"][0]["passages"] == PASSAGES
    assert cothemes.json("propose", "--replay", study=study.root)["different"] == []


def test_repairs_are_judged_by_what_stood() -> None:
    good = Repairs()
    assert not any(good.heed(n % 5 == 0) for n in range(200)), "one in five is worth it"
    bad = Repairs()
    assert [bad.heed(n < 2) for n in range(FIRST)].index(True) == FIRST - 1, "two of twenty are one in ten"
    assert not bad.heed(False), "said once"
    early = Repairs()
    assert not any(early.heed(False) for _ in range(FIRST - 1))


def test_what_is_on_record_is_counted_and_what_was_not_asked_is_not() -> None:
    def outcome(*flags: str) -> Outcome:
        return Outcome(run="r", passage="p", state=OutcomeState.CODED, flags=flags)

    found = repairs_so_far(
        [
            outcome("quote_repaired:A", "quote_rejected:B:not_found", "unknown_role"),
            outcome("quote_rejected:B:not_found", "unrepaired:B:cap"),
            outcome("quote_rejected:B:interviewer", "quote_rejected:C:none_given"),
            outcome(),
        ]
    )
    assert (found.asked, found.stood, found.given_up) == (2, 1, False)
    assert repairs_so_far([outcome("quote_rejected:B:not_found", "unrepaired:B:given_up")]).given_up


def test_a_batch_takes_down_a_trial_before_any_repair_was_judged() -> None:
    found = Repairs()
    assert sum(found.may_take_down() for _ in range(100)) == TRIAL
    judged = Repairs(asked=FIRST, stood=FIRST)
    assert all(judged.may_take_down() for _ in range(100))
