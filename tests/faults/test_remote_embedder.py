"""An embedder on another machine gets what a remote model gets: pseudonyms, by consent, paid for once.

The server stands on loopback under a name that counts as remote (see test_leaving.py).
"""

# ruff: noqa: F811
from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.embedding_server import EmbeddingServer, tokens_of
from tests.doubles.loopback import Answer
from tests.faults.test_leaving import NAMES, SECRET, consents, study  # noqa: F401

from cothemes.app.study import Study, create_study
from cothemes.errors import StateConflict
from cothemes.records.endpoint import is_loopback
from cothemes.records.run import CallState

PRICE = 2.0
"""Per million tokens: a token costs 2,000 billionths."""
KEY = "sk-canary-0001"


def named(server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch, **keys: str) -> None:
    """The settings name this server as the embedder, at an address that counts as remote."""
    url = server.url.replace("127.0.0.1", "127.1")
    assert not is_loopback(url)
    prices = {"openai:bag": {"input": PRICE, "output": 0, "currency": "EUR"}}
    found = {"MODEL_PRICES": json.dumps(prices), "EMBEDDING_MODEL": "bag", "EMBEDDING_BASE_URL": url, **keys}
    for key, value in found.items():
        monkeypatch.setenv(f"COTHEMES_{key}", value)


def calls(root: Path) -> list[Any]:
    opened = Study(root)
    found = [call for call in opened.store.ledger.calls() if call.stage == "embed"]
    opened.close()
    return found


def leaked(server: EmbeddingServer) -> list[str]:
    received = json.dumps(server.asked, ensure_ascii=False).casefold()
    return [word for word in (*NAMES, SECRET) if word.casefold() in received]


def test_passages_go_out_with_pseudonyms_by_consent_and_are_in_the_ledger(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        done = cothemes.json("index", study=study.root)
        assert done["withheld"] == {"the participant did not consent to remote models": 2}
        assert done["indexed"] == done["embedded"] == len(server.texts) == 3
        assert leaked(server) == []
        assert any("[PERSON_" in text for text in server.texts)
        assert server.keys == {f"Bearer {KEY}"}
        made = calls(study.root)
        assert {call.passage for call in made} == {"one.0001", "one.0002", "open.0001"}
        assert all(call.state is CallState.REPLIED and call.model == "bag" for call in made)
        assert all(call.text_version for call in made)
        assert sum(call.input_tokens for call in made) == tokens_of(server.texts)
        assert sum(call.cost_nanos for call in made) == 2_000 * tokens_of(server.texts)
        sent = [json.loads(call.request)["input"] for call in made]
        assert sorted(text for texts in sent for text in texts) == sorted(server.texts), "what went out"
        log = cothemes.json("access-log", study=study.root)["entries"]
        assert [each["calls"] for each in log if each.get("calls")] == [3]
        again = cothemes.json("index", study=study.root)
        assert (again["embedded"], len(server.asked)) == (0, 3)
        hits = cothemes.json("search", "Tamsin Blane trusted us", study=study.root)
        assert hits[0]["passage"] == "one.0001"
        assert leaked(server) == [], "a search goes out with pseudonyms too"
        assert {hit["passage"].partition(".")[0] for hit in hits} == {"one", "open"}
    with closing(sqlite3.connect(study.records / "records.sqlite")) as records:
        kept = "\n".join(str(row) for row in records.execute("select * from calls")).casefold()
    assert [word for word in (*NAMES, SECRET, KEY) if word.casefold() in kept] == []


def test_nothing_is_sent_before_the_study_allows_it(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch, PRIVACY_DEIDENTIFIED="no")
        for command in (
            ["index"],
            ["propose", "--coder", "offline"],
            ["index", "--dry-run"],
        ):
            refused = cothemes(*command, study=study.root)
            assert refused.exit_code == 3, command
            assert "deidentified" in refused.stderr
        assert server.asked == []
        with pytest.raises(StateConflict):
            Study(study.root).embedder.embed(["past the gates"])
        assert server.asked == []


def test_a_search_that_quotes_who_did_not_agree_is_refused(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        cothemes.done("index", study=study.root)
        refused = cothemes("search", SECRET, study=study.root)
        assert refused.exit_code == 3
        assert leaked(server) == []


def test_the_price_is_told_first_and_a_budget_holds(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        told = cothemes.json("index", "--dry-run", study=study.root)
        assert (told["passages"], told["to_embed"], told["requests"]) == (3, 3, 3)
        assert told["currency"] == "EUR"
        assert 0 < told["cost"][0] < told["cost"][1]
        assert server.asked == []
        stopped = cothemes("index", "--budget", "0.0001", study=study.root)
        assert stopped.exit_code == 5, stopped.output
        assert server.asked == []
        # The longest request is under 800 bytes: one of them at a time has room.
        monkeypatch.setenv("COTHEMES_MODEL_CONCURRENCY", "1")
        stopped = cothemes("index", "--budget", "0.0009", study=study.root)
        some = len(server.asked)
        monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.000001")
        assert cothemes("index", study=study.root).exit_code == (5 if some < 3 else 0)
        monkeypatch.delenv("COTHEMES_MODEL_MONTH_BUDGET")
        cothemes.done("index", study=study.root)
        assert len(server.texts) == len(set(server.texts)) == 3, "nothing is bought twice"
        spent = cothemes.json("costs", study=study.root)["total"][0]
        assert spent["cost"] == pytest.approx(2e-6 * tokens_of(server.texts))
        assert spent["cost"] <= told["cost"][1]
        monkeypatch.setenv("COTHEMES_MODEL_PRICES", json.dumps({}))
        refused = cothemes("index", "--budget", "1", study=study.root)
        assert refused.exit_code == 3
        assert "price" in refused.stderr


def test_a_service_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy = Answer({"error": {"message": f"slow down, {KEY}"}}, status=429, headers={"Retry-After": "0"})
    with EmbeddingServer(faults=[busy, busy]) as server:
        named(server, monkeypatch)
        cothemes.done("index", study=study.root)
        assert len(server.asked) == 5
        assert sorted(call.attempts for call in calls(study.root)) in ([1, 1, 3], [1, 2, 2])
        assert all(call.unconfirmed_nanos == 0 for call in calls(study.root))
    wrong = Answer({"error": {"message": f"bad key {KEY}"}}, status=401)
    with EmbeddingServer(faults=[wrong] * 9) as server:
        named(server, monkeypatch, EMBEDDING_MODEL="other")
        refused = cothemes("index", study=study.root)
        assert refused.exit_code == 6
        assert KEY not in refused.output
        assert len(server.asked) == 3


def test_a_lost_reply_counts_until_somebody_settles_it(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer(faults=[Answer(reset=True)]) as server:
        named(server, monkeypatch)
        lost = cothemes("index", study=study.root)
        assert lost.exit_code == 6, lost.output
        cothemes.done("index", study=study.root)
        assert len(server.texts) == 4, "the lost one is asked once more, the others are not"
        [total] = cothemes.json("costs", study=study.root)["total"]
        assert total["unconfirmed"] > 0


def test_the_key_may_be_in_a_file_that_nobody_else_reads(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        without = cothemes("index", study=study.root)
        assert without.exit_code == 6
        file = study.root / "embedding.key"
        file.write_text("sk-of-the-file\n", encoding="utf-8")
        file.chmod(0o644)
        monkeypatch.setenv("COTHEMES_EMBEDDING_KEY_FILE", "embedding.key")
        open_to_all = cothemes("index", study=study.root)
        assert open_to_all.exit_code == 3
        assert "chmod 600" in open_to_all.stderr
        assert server.asked == []
        file.chmod(0o600)
        cothemes.done("index", study=study.root)
        assert server.keys == {"Bearer sk-of-the-file"}


def test_the_offline_coder_sends_no_more_and_skips_who_did_not_agree(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        # The codebook's examples quote who did not agree: they are not sent either.
        refused = cothemes("propose", "--coder", "offline", study=study.root)
        assert refused.exit_code == 3
        assert leaked(server) == []
        book = study.root / "codebook.yaml"
        kept = [line for line in book.read_text(encoding="utf-8").splitlines() if SECRET not in line]
        book.write_text("\n".join(kept), encoding="utf-8")
        done = cothemes.json("propose", "--coder", "offline", study=study.root)
        assert [each["documents"] for each in done["withheld"]] == [["two"]]
        assert done["outcomes"] == {"coded": 3, "skipped": 2}
        assert leaked(server) == []
        assert {call.passage for call in calls(study.root)} == {"", "one.0001", "one.0002", "open.0001"}
        before = len(server.asked)
        assert cothemes.json("propose", "--coder", "offline", study=study.root)["known"] == 3
        assert len(server.asked) == before


def test_the_order_by_value_uses_stored_vectors_and_asks_for_none(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cothemes.done("propose", "--coder", "offline", study=study.root)
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        cothemes.done("index", study=study.root)
        before = len(server.asked)
        cothemes.done("route", "--reviewers", "ann", "--blind", "0.2", "--order", "value", study=study.root)
        assert len(server.asked) == before


def test_who_withdraws_is_taken_out_and_forgetting_erases_the_vectors(
    study: Study,
    cothemes: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddingServer() as server:
        named(server, monkeypatch)
        cothemes.done("index", study=study.root)
        cothemes.done(
            "ingest",
            study.root.parent / "files",
            "--meta",
            consents(study, one="no", two="no"),
            study=study.root,
        )
        assert cothemes.json("index", study=study.root)["indexed"] == 1
        [row] = cothemes.json("status", study=study.root)["sent_without_consent"]
        assert (row["document"], row["passages"]) == ("one", 2)
    told = cothemes.done("forget", "one", "--yes", study=study.root)
    assert "2 requests with its words" in " ".join(told.split())
    assert not [each for each in (study.root / ".cothemes").glob("vectors*") if each.is_dir()]
    left = calls(study.root)
    assert [bool(call.request and call.reply) for call in left].count(True) == 1
    assert sum(call.cost_nanos for call in left) > 0, "what it cost stays counted"
    with closing(sqlite3.connect(study.records / "records.sqlite")) as records:
        [[vectors]] = records.execute("select count(*) from embeddings")
    assert vectors == 1


def test_an_index_that_is_killed_goes_on_without_buying_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    rows = [
        {"id": f"p{n}", "doc": "talk", "speaker": "P1", "text": f"It was number {n} that kept us out again."}
        for n in range(60)
    ]
    source = tmp_path / "talk.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "meta.csv").write_text(
        "file,kind,consent_remote\ntalk.jsonl,interview,yes\n", encoding="utf-8"
    )
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("COTHEMES_PRIVACY_REMOTE_MODELS", "true")
    monkeypatch.setenv("COTHEMES_MODEL_CONCURRENCY", "4")

    def run(*words: object) -> subprocess.Popen[str]:
        asked = [sys.executable, "-m", "cothemes", "-C", str(made.root), *map(str, words)]
        return subprocess.Popen(asked, env=dict(os.environ), stdout=subprocess.PIPE, text=True)

    assert run("ingest", source, "--meta", tmp_path / "meta.csv").wait(120) == 0
    with EmbeddingServer(delay=0.05) as server:
        named(server, monkeypatch)
        for kill in (6, 30):
            process = run("index")
            until = time.monotonic() + 120
            while len(server.asked) < kill and time.monotonic() < until:
                time.sleep(0.01)
            process.kill()
            process.wait()
        last = run("index", "--json")
        said, _ = last.communicate(timeout=120)
        assert last.returncode == 0
        assert json.loads(said)["indexed"] == 60
        assert len(set(server.texts)) == 60
        assert len(server.texts) <= 60 + 2 * 4, "no more than was under way when it was killed"
