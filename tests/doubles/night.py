"""A study of many short passages that a stub server codes, and processes that work on it and are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.doubles.chat_server import Body, ChatServer, stage_of
from tests.doubles.ready_process import ReadyProcess

from cothemes.app.corpus.ingest import ingest
from cothemes.app.study import Study, create_study
from cothemes.records.record import content_hash

ROOT = Path(__file__).resolve().parents[2]
MODEL = "openai:stub"
PRICES = f'[models."{MODEL}"]\ninput = 1.0\ncached_input = 0.5\noutput = 2.0\ncurrency = "EUR"\n'
"""A reply of the stub, 1,200 tokens in (1,024 of them cached) and 80 out, costs 176 + 512 + 160 = 848 µ€."""
REPLY_NANOS = 848_000

WORKER = """
import os, sys
from pathlib import Path
from cothemes.app.coders.propose import ProposeOptions, propose
from cothemes.app.study import Study
from cothemes.errors import BudgetReached
import cothemes.adapters.openai_chat, cothemes.adapters.sql.store, cothemes.adapters.sql.migrate

folder, url, budget = sys.argv[1:4]
budget = float(budget) if budget != "-" else None
for _ in sys.stdin:
    child = os.fork()
    if not child:
        study = Study(Path(folder))
        try:
            propose(
                study,
                ProposeOptions(coder="llm", model="openai:stub", base_url=url, concurrency=8, budget=budget),
            ).checked()
        except BudgetReached:
            os._exit(5)
        os._exit(0)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}", flush=True)
"""


def night_study(folder: Path, passages: int) -> Study:
    """A study with one code and so many passages of one document, with prices for the stub."""
    study = create_study(folder / "study", source="blank", codebook=None)
    source = folder / "talk.jsonl"
    rows = (
        {"id": f"p{n}", "doc": "talk", "speaker": "P1", "text": f"It was number {n} that kept us out again."}
        for n in range(passages)
    )
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ingest(study, [source])
    (study.root / "prices.toml").write_text(PRICES, encoding="utf-8")
    study.close()
    return Study(study.root)


def killed_again_and_again(
    study: Study, server: ChatServer, *, kills: int, seed: int, budget: float | None = None
) -> list[str]:
    """Starts propose so often and kills it, before its first request or up to 24 later; how each one ended.

    Requests are counted and not seconds: on a fast machine and on a slow one it is killed in the midst.
    """
    chance = random.Random(seed)
    words = [str(study.root), server.url, str(budget or "-")]
    ends = []
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, *words],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        for _ in range(kills):
            print(file=worker.stdin, flush=True)
            child = int(worker.stdout.readline())
            _strike(child, server, chance)
            ends.append(worker.stdout.readline().strip())
        worker.stdin.close()
    return ends


def _strike(child: int, server: ChatServer, chance: random.Random) -> None:
    requests = len(server.requests) + chance.randrange(25)
    with suppress(ProcessLookupError):
        if chance.random() < 0.2:
            # Before it asks for anything: while it opens the study and plans.
            time.sleep(chance.uniform(0.0, 0.2))
        else:
            while len(server.requests) < requests:
                os.kill(child, 0)
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)


def cothemes(study: Study, *words: str, **more: str) -> ReadyProcess:
    """A command on the study in a process of its own."""
    return ReadyProcess("-C", str(study.root), *words, environment={**environment(), **more})


def environment() -> dict[str, str]:
    """With prices for the stub."""
    return {**os.environ, "COTHEMES_MODEL_PRICES": "prices.toml"}


def bought(server: ChatServer) -> Counter[str]:
    """How often each request arrived, by the hash of its body."""
    return Counter(content_hash(body) for body in server.bodies)


def proposals(bodies: list[Body]) -> list[Body]:
    """The requests of the first stage."""
    return [body for body in bodies if stage_of(body) == "propose"]
