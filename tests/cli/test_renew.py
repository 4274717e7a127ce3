"""`cothemes renew`, and the reviews that start it in another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import study_in

from cothemes.app.study import Study
from cothemes.cli import renewing
from cothemes.cli.renewing import Renewal
from cothemes.records.review import Stream


@pytest.fixture
def study(cothemes: Any, tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    cothemes.done("propose", "--coder", "offline", study=made.root)
    return made


def decided(cothemes: Any, study: Study, count: int) -> list[str]:
    passages = [a.passage for a in study.store.reviews.assignments(reviewer="ann")][:count]
    for passage in passages:
        cothemes.done("decide", "--as", "ann", passage, "A1", "add", study=study.root)
        cothemes.done("done", "--as", "ann", passage, study=study.root)
    return passages


def test_suggestions_and_order_follow_decisions_and_nothing_is_drawn(cothemes: Any, study: Study) -> None:
    cothemes.done("route", "--reviewers", "ann", "--order", "value", study=study.root)
    decided(cothemes, study, 3)
    before = study.store.reviews.assignments()
    found = cothemes.json("renew", study=study.root)
    assert found["propose"]["rater"] == f"offline@3#{found['propose']['run']}"
    assert set(found["reordered"]) == {"main"}
    after = study.store.reviews.assignments()
    fixed = {"position", "stream"}
    assert sorted(a.model_dump_json(exclude=fixed) for a in after) == sorted(
        a.model_dump_json(exclude=fixed) for a in before
    )
    again = cothemes.json("renew", study=study.root)
    assert (again["propose"]["run"], again["reordered"]) == (None, {"main": {"ann": 0}})


def test_what_was_begun_shuffles_nothing(cothemes: Any, tmp_path: Path) -> None:
    """Nothing is new when one passage was begun; when it is finished, the order may follow."""
    study = study_in(tmp_path / "more", documents=40)
    cothemes.done("propose", "--coder", "offline", study=study.root)
    cothemes.done("route", "--reviewers", "ann", "--blind", 0.3, "--order", "value", study=study.root)
    queue = study.store.reviews.assignments(reviewer="ann")
    forward = next(each.passage for each in queue if each.stream is Stream.VALUE)
    cothemes.done("decide", "--as", "ann", forward, "A1", "add", study=study.root)
    assert cothemes.json("renew", study=study.root)["reordered"] == {"main": {"ann": 0}}
    assert study.store.reviews.assignments(reviewer="ann") == queue
    cothemes.done("done", "--as", "ann", forward, study=study.root)
    assert cothemes.json("renew", study=study.root)["reordered"]["main"]["ann"] > 0


def test_a_round_in_document_order_stays_as_it_is(cothemes: Any, study: Study) -> None:
    cothemes.done("route", "--reviewers", "ann", study=study.root)
    decided(cothemes, study, 2)
    before = study.store.reviews.assignments()
    assert cothemes.json("renew", study=study.root)["reordered"] == {}
    assert study.store.reviews.assignments() == before


class Fake:
    """A process that runs until it is told to end."""

    def __init__(self) -> None:
        self.ended = False

    def poll(self) -> int | None:
        return 0 if self.ended else None


def test_it_starts_after_enough_and_one_at_a_time() -> None:
    """After 10 finished passages, later after a quarter more: at 110, 120 is too early and 138 is due."""
    started: list[Fake] = []

    def start() -> Any:
        started.append(Fake())
        return started[-1]

    renewal = Renewal(10, 100, start)
    assert [renewal.look(n) for n in (100, 109, 124)] == [False] * 3
    assert renewal.look(125)
    assert not renewal.look(300), "the first one is still running"
    started[0].ended = True
    assert renewal.look(300)
    assert len(started) == 2
    small = Renewal(10, 0, start)
    assert [small.look(n) for n in (9, 10)] == [False, True]


def test_a_review_starts_it_in_another_process(
    cothemes: Any, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch sees what this process and others finish; it ends with the review."""
    cothemes.done("route", "--reviewers", "ann", "--order", "value", study=study.root)
    monkeypatch.setenv("COTHEMES_ROUTE_RENEW_AFTER", "2")
    processes: list[subprocess.Popen[bytes]] = []
    started = renewing._renew
    monkeypatch.setattr(renewing, "_renew", lambda open_: processes.append(started(open_)) or processes[-1])
    watched = Study(study.root)
    with renewing.renewing(watched, seconds=0.05):
        decided(cothemes, study, 2)
        for _ in range(400):
            if processes:
                break
            renewing.Event().wait(0.05)
    watched.close()
    assert [process.wait(timeout=120) for process in processes] == [0]
    assert study.store.runs.all()[-1].rater.startswith("offline@2#")
    assert processes[0].args[0] == sys.executable  # type: ignore[index]
