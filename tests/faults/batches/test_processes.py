"""Batches seen from outside: what leaves the machine, a process that waits, forgetting what is under way."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.batch_night import PASSAGES, all_is_settled, wanted
from tests.doubles.batch_server import BatchServer
from tests.doubles.night import MODEL
from tests.doubles.night import cothemes as process_of
from tests.doubles.patience import PATIENCE, wait_for
from tests.doubles.proposing import propose

from cothemes.app.study import Study, create_study
from cothemes.records.batch import BatchState
from cothemes.records.endpoint import is_loopback
from cothemes.records.ledger import charge
from cothemes.records.run import CallState

NAME = "quenby@nhs.scot"


def command(server: BatchServer, *more: str) -> tuple[str, ...]:
    return ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--batch-api", *more)


def test_a_process_that_waits_heeds_a_cancel_from_another(study: Study, server: BatchServer) -> None:
    server.held = True
    process = process_of(study, *command(server, "--wait", "1"))
    wait_for(lambda: bool(server.jobs))
    wait_for(lambda: bool(study.store.batches.all()) and bool(study.store.batches.all()[0].provider_id))
    other = process_of(study, "cancel", "r0001")
    said, _ = other.communicate(timeout=PATIENCE)
    assert other.returncode == 0
    assert "The process that waits" in said
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, told
    assert [job.status for job in server.jobs.values()] == ["cancelling"]
    (run,) = study.store.runs.all()
    assert run.state.value == "cancelled"


def test_an_interrupt_leaves_the_batch_under_way(study: Study, server: BatchServer) -> None:
    server.held = True
    process = process_of(study, *command(server, "--wait", "1"))
    wait_for(lambda: bool(study.store.batches.all()) and bool(study.store.batches.all()[0].provider_id))
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, told
    assert [job.status for job in server.jobs.values()] == ["validating"]
    server.finish()
    propose(study, wanted(server))
    server.finish()
    propose(study, wanted(server))
    all_is_settled(study, server, PASSAGES)


def test_a_document_forgotten_meanwhile_leaves_no_reply_behind(
    study: Study, server: BatchServer, cothemes: CommandLine
) -> None:
    server.held = True
    propose(study, wanted(server))
    study.close()
    cothemes.done("forget", "talk", "--yes", study=study.root)
    server.finish()
    again = Study(study.root)
    report = propose(again, wanted(server))
    assert (report.waiting, report.states) == (0, {})
    calls = again.store.ledger.calls()
    assert {call.state for call in calls} == {CallState.FAILED}
    assert [call.reply for call in calls] == [None] * PASSAGES
    # What was asked is paid for, though nothing of it is kept.
    assert sum(charge(call) for call in calls) >= server.charged_nanos
    (batch,) = again.store.batches.all()
    assert (batch.state, batch.cleared) == (BatchState.ENDED, True)
    assert server.files == {}
    words = b"kept us out"
    assert not any(words in path.read_bytes() for path in again.records.rglob("*") if path.is_file())
    again.close()


def test_a_remote_batch_holds_pseudonyms_and_only_who_agreed(
    tmp_path: Path, server: BatchServer, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0002")
    monkeypatch.delenv("COTHEMES_MODEL_PRICES")
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    for name, last in (("yes", "It helped."), ("no", "Nobody is to know.")):
        (tmp_path / f"{name}.txt").write_text(
            f"Interviewer: How do people reach you?\nAnn Lee: Write to {NAME} and wait. {last}\n"
            "Interviewer: And what helped?\nAnn Lee: People who listened helped us most.\n"
        )
    (tmp_path / "meta.csv").write_text(
        "file,kind,consent_remote\nyes.txt,interview,yes\nno.txt,interview,no\n"
    )
    texts = (tmp_path / "yes.txt", tmp_path / "no.txt")
    cothemes.done("ingest", *texts, "--meta", tmp_path / "meta.csv", study=made.root)
    url = server.url.replace("127.0.0.1", "127.1")
    assert not is_loopback(url)
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", url, "--batch-api")
    refused = cothemes(*words, study=made.root)
    assert refused.exit_code == 3
    assert server.seen == []
    settings = made.root / "cothemes.toml"
    settings.write_text(settings.read_text() + '\n[privacy]\ndeidentified = "reviewed"\n')
    cothemes.done("reviewers", "add", "ann", study=made.root)
    cothemes.done("deidentify", study=made.root)
    cothemes.done("deidentify", "--accept", "--all", study=made.root)
    handed = cothemes(*words, study=made.root)
    assert handed.exit_code == 4, handed.output
    (sent,) = (content.decode() for content in server.uploaded.values())
    assert "[EMAIL_" in sent
    for word in (NAME, "Ann", "Nobody is to know", "sk-canary"):
        assert word not in sent
    for _ in range(2):
        server.finish()
        result = cothemes(*words, "--json", study=made.root)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["withheld"]
    again = Study(made.root)
    suggestions = again.store.runs.suggestions()
    assert {one.passage.split(".")[0] for one in suggestions} == {"yes"}
    text = again.store.documents.get("yes")
    assert text is not None
    # Replies are taken in as they come, so the passage with the name is not always the first.
    quoted = [text.text[one.start : one.end] for suggestion in suggestions for one in suggestion.evidence]
    assert sum(NAME in quote for quote in quoted) == 1, quoted
    again.close()
