"""A model that quotes what its source does not say: refused, asked for again, and never shown as said."""

from __future__ import annotations

import csv
import json
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
    gives_nothing,
    stage_of,
    yes,
)
from tests.doubles.night import MODEL, PRICES

from cothemes.app.corpus.ingest import ingest
from cothemes.app.study import Study, create_study
from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose import grounding
from cothemes.stages.propose.meaning import Judgement

LANDLORD = "The landlord is not permitted to terminate the lease within the year."
MET = "We met, as we always do, in the old hall by the pier."
LEFT_OUT = "as we always do"
BOOK = "codebook: {id: two, title: Two}\ncodes:\n" + "".join(
    f"  - {{id: {code}, label: Code {code}, definition: Says {code}.}}\n" for code in ("C1", "C2")
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    (tmp_path / "two.yaml").write_text(BOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "two.yaml")
    row = {"id": "p1", "doc": "talk", "speaker": "P1", "text": f"{LANDLORD} {MET}"}
    (tmp_path / "talk.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    ingest(made, [tmp_path / "talk.jsonl"])
    (made.root / "prices.toml").write_text(PRICES, encoding="utf-8")
    made.close()
    return Study(made.root)


def quoting(quote: str) -> Any:
    """Says yes to the first code on these words."""

    def answer(body: Body, _: int) -> Answer:
        code = codes_of(body)[0]
        return Answer(completion(json.dumps(coding(body, **{code: yes(body, code, quote)}))))

    return answer


def copies(body: Body, _: int) -> Answer:
    """Asked again, copies the sentence."""
    return Answer(completion(json.dumps({"evidence": [{"sentences": ["s1"], "quote": LANDLORD}]})))


def propose(cothemes: CommandLine, study: Study, server: ChatServer) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
    return cothemes.json(*words, study=study.root)


def stages(server: ChatServer) -> list[str]:
    return [stage_of(body) for body in server.bodies]


@pytest.mark.parametrize(
    "quote",
    [
        "The landlord is … permitted to terminate the lease",
        "permitted to terminate the lease within the year",
        "The landlord is permitted to terminate the lease within the year.",
    ],
)
def test_it_is_asked_for_again_and_else_left_out(cothemes: CommandLine, study: Study, quote: str) -> None:
    with ChatServer(quoting(quote), repair=gives_nothing) as server:
        found = propose(cothemes, study, server)
        assert stages(server) == ["propose", "repair"]
        assert (found["suggestions"], found["codes_without_a_verified_quote"]) == (0, 1)
        replayed = cothemes.json("propose", "--replay", study=study.root)
        assert (replayed["same"], replayed["different"]) == (1, [])
    (outcome,) = study.store.runs.outcomes(found["run"])
    assert "quote_rejected:C1:misleading" in map(str, outcome.flags)
    assert cothemes.json("show", outcome.passage, study=study.root)["left_out"] == {"C1": ""}
    page = study.root / "out.html"
    cothemes.done("report", page, study=study.root)
    assert "1 misleading (100.0 %)" in page.read_text(encoding="utf-8")


def test_the_second_words_stand(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(quoting("The landlord is … permitted to terminate"), repair=copies) as server:
        found = propose(cothemes, study, server)
    (suggestion,) = study.store.runs.suggestions(run_id=found["run"])
    assert suggestion.quote_status is QuoteStatus.REPAIRED
    (words,) = cothemes.json("quotes", "--code", "C1", study=study.root)["suggested"]
    assert words["text"] == LANDLORD


def test_what_an_omission_leaves_out_is_seen_wherever_the_quote_is(
    cothemes: CommandLine, study: Study, tmp_path: Path
) -> None:
    with ChatServer(quoting("We met … in the old hall")) as server:
        found = propose(cothemes, study, server)
        assert stages(server).count("repair") == 0
        critic = next(body for body in server.bodies if stage_of(body) == "critic")
        assert LEFT_OUT in critic["messages"][-1]["content"].partition("PROPOSAL")[2]
    (suggestion,) = study.store.runs.suggestions(run_id=found["run"])
    assert suggestion.quote_status is QuoteStatus.ABRIDGED
    assert [one.status for one in suggestion.evidence] == [QuoteStatus.ABRIDGED]
    passage = suggestion.passage

    (quote,) = cothemes.json("quotes", "--code", "C1", study=study.root)["suggested"]
    assert LEFT_OUT in quote["text"]
    assert LEFT_OUT in cothemes.done("quotes", "--code", "C1", study=study.root)
    shown = cothemes.json("show", passage, study=study.root)
    ((start, end),) = shown["suggestions"][0]["spans"]
    assert LEFT_OUT in shown["text"][start:end]
    assert shown["suggestions"][0]["quote_status"] == "abridged"

    cothemes.done("reviewers", "add", "ana", study=study.root)
    cothemes.done("route", "--reviewers", "ana", "--blind", "0", "--overlap", "0", study=study.root)
    table = tmp_path / "codings.csv"
    cothemes.done("export", "csv", table, study=study.root)
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert LEFT_OUT in row["quote"]


def test_a_replay_of_older_replies_judges_by_the_present_rule(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(quoting("The landlord is … permitted to terminate the lease")) as server:
        with monkeypatch.context() as older:
            older.setattr(grounding, "judged_gap", lambda _text: Judgement.FAITHFUL)
            found = propose(cothemes, study, server)
            assert found["suggestions"] == 1
            assert cothemes.json("propose", "--replay", study=study.root)["different"] == []
        asked = len(server.bodies)
        replayed = cothemes.json("propose", "--replay", study=study.root)
        assert len(replayed["different"]) == 1
        assert replayed["unanswered"] == 0
        assert len(server.bodies) == asked
