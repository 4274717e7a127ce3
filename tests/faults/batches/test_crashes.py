"""A process that hands in and collects batches is killed between any two of its steps: nothing is lost,
nothing is bought twice, and the ledger's money is the provider's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.doubles.batch_night import Worker, all_is_settled, batch_study, worker
from tests.doubles.batch_server import BatchServer

from cothemes.app.study import Study

PASSAGES = 2


@pytest.fixture(scope="module")
def work() -> Iterator[Worker]:
    with worker() as made:
        yield made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Passages enough for an answer that comes and one that does not."""
    study = batch_study(tmp_path_factory.mktemp("small"), PASSAGES)
    study.close()
    return study.root


def quick(server: BatchServer) -> None:
    """Batches that are over at the first look."""
    server.spoil["GET /batches/"] = server.finish


def halves(server: BatchServer) -> None:
    """Batches that expire with one answer, until there is nothing left to expire."""
    quick(server)
    server.expire_after = 1


def killed_at_every_step(
    work: Worker,
    small: Path,
    folder: Path,
    faults: Callable[[BatchServer], None],
    steps: range,
    *deeds: tuple[str, int],
) -> list[str]:
    """`deeds`: what the process does and how many calls it makes; it is killed in the last of them."""
    killed: list[str] = []
    with BatchServer() as server:
        for step in steps:
            server.reset()
            faults(server)
            study = Study(Path(shutil.copytree(small, folder / str(step))))
            for deed, calls in deeds[:-1]:
                work(study.root, server, deed=deed, calls=calls)
            said = work(study.root, server, kill=step, deed=deeds[-1][0], calls=deeds[-1][1])
            if said[-1].startswith("killed at"):
                killed.append(said[-1].removeprefix("killed at "))
            server.held = False
            work(study.root, server, calls=40)
            all_is_settled(study, server, PASSAGES)
            study.close()
            shutil.rmtree(study.root)
            if not said[-1].startswith("killed at"):
                break
    return killed


@pytest.mark.parametrize("first", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_a_kill_at_any_step_loses_nothing_and_buys_nothing_twice(
    tmp_path: Path, small: Path, work: Worker, first: int
) -> None:
    killed = killed_at_every_step(work, small, tmp_path, quick, range(first, 500, 4), ("propose", 8))
    assert len(killed) > 10
    assert any(deed.endswith(("upload", "submit", "look", "put", "write")) for deed in killed)


@pytest.mark.slow
def test_a_kill_while_batches_expire(tmp_path: Path, small: Path, work: Worker) -> None:
    killed = killed_at_every_step(work, small, tmp_path, halves, range(1, 500), ("propose", 3))
    assert len(killed) > 40


@pytest.mark.slow
def test_a_kill_while_a_run_is_cancelled(tmp_path: Path, small: Path, work: Worker) -> None:
    def held(server: BatchServer) -> None:
        server.held = True

    killed = killed_at_every_step(work, small, tmp_path, held, range(1, 500), ("propose", 1), ("cancel", 1))
    assert {"before cancel", "after cancel"} <= set(killed)
