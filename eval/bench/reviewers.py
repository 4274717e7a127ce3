"""A hundred reviewers at once in a served study: latency of acts at a stated rate, and every act counted.

The service is one process; this one drives it over loopback with tokens of the API. Each reviewer acts at
random moments (exponential pauses), so that the rate is stated and does not follow from how fast the service
answers. Latency runs from the moment an act was due, so that a service that falls behind cannot hide it.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cothemes.app.study import find_study
from cothemes.app.users import invite, make_token
from cothemes.records.review import Action, Reviewer
from cothemes.records.user import UserRole
from eval.bench.browser import served
from eval.bench.figure import Figure
from eval.bench.screen import NOW, assignment, big_study

RUN = secrets.token_hex(4)
PEOPLE = 100
EACH = 500
"""Passages of each person."""
PASSAGES = 50_000
SECONDS = 20.0
RATES: tuple[float, ...] = (10.0, 20.0, 40.0)
"""Acts a second, of all people together."""


@dataclass
class Sat:
    """What came of one rate."""

    rate: float
    spent: list[float] = field(default_factory=list)
    """Seconds of each act, from the moment it was due."""
    errors: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    """Of the service."""

    def at(self, share: float) -> float:
        """Milliseconds within which that share was answered."""
        ordered = sorted(self.spent)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else float("nan")


def measure() -> list[Figure]:
    """100 people on 50,000 passages, 500 each, at rates from one in ten seconds each upwards."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = big_study(Path(scratch) / "study", PASSAGES)
        tokens = _people(folder)
        with served(folder) as (address, process):
            found = [asyncio.run(_sit(address, tokens, rate, process)) for rate in RATES]
        lost = _lost_or_doubled(folder, found)
    return [
        Figure(
            f"{PEOPLE} reviewers, {PASSAGES:,} passages, {each.rate:.0f} acts a second asked for",
            f"{len(each.spent) / each.seconds:.1f} a second, p50 {each.at(0.5):.0f} ms, "
            f"p95 {each.at(0.95):.0f} ms, {each.errors} errors, "
            f"{each.cpu / max(len(each.spent), 1) * 1000:.1f} ms CPU an act",
            "",
            None,
            "p95 ≤ 200 ms, 0 errors",
        )
        for each in found
    ] + [Figure("decisions lost or doubled, of all acts above", str(lost), "", None, "0")]


def _people(folder: Path) -> dict[str, str]:
    """Name → token of people who have 500 of the passages each."""
    study = find_study(folder)
    try:
        passages = study.store.passages.all()
        tokens = {}
        for number in range(PEOPLE):
            name = f"reader {number:03d}"
            study.store.reviews.add_reviewer(Reviewer(name=name, added=NOW))
            invite(study, name, [UserRole.REVIEWER], "http://127.0.0.1")
            tokens[name] = make_token(study, name).token
            own = [passages[(number * EACH + at) % len(passages)] for at in range(EACH)]
            study.store.reviews.assign(
                [
                    assignment(passage, at).model_copy(update={"reviewer": name})
                    for at, passage in enumerate(own)
                ]
            )
        return tokens
    finally:
        study.close()


def _headers(name: str, token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Lease-Holder": f"tab of {name}"}


async def _claim(client: httpx.AsyncClient, name: str, token: str) -> Any:
    """Return a person's card."""
    answer = await client.post("/api/v1/review/claims", json={}, headers=_headers(name, token))
    return answer.raise_for_status().json()["card"]


async def _sit(address: str, tokens: dict[str, str], rate: float, process: int) -> Sat:
    """Everybody accepts, rejects and finishes at random moments."""
    sat, chance = Sat(rate), random.Random(rate)
    limits = httpx.Limits(max_connections=PEOPLE, max_keepalive_connections=PEOPLE)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        cards = dict(
            zip(
                tokens, await asyncio.gather(*(_claim(client, *each) for each in tokens.items())), strict=True
            )
        )
        began, cpu = time.perf_counter(), cpu_seconds(process)
        end = began + SECONDS

        async def one(name: str, token: str) -> None:
            headers, card, due = _headers(name, token), cards[name], began
            for number in range(10_000):
                due += chance.expovariate(rate / len(tokens))
                if due > end:
                    return
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                codes = [row["code"] for row in card["rows"] if row["applies"] is None]
                act = (
                    {"verb": "accept" if number % 2 else "reject", "code": codes[0]}
                    if codes
                    else {"verb": "finish", "sure": True}
                )
                key = f"{rate:.0f}-{number}-{RUN}"
                path = f"/api/v1/review/passages/{card['passage']}/acts"
                answer = await client.post(
                    path, json=act, headers={**headers, "Idempotency-Key": key, "If-Match": card["tag"]}
                )
                sat.spent.append(time.perf_counter() - due)
                if answer.status_code != 200:
                    sat.errors += 1
                    return
                card = answer.json()["card"]

        await asyncio.gather(*(one(name, token) for name, token in tokens.items()))
        sat.seconds, sat.cpu = time.perf_counter() - began, cpu_seconds(process) - cpu
    return sat


def cpu_seconds(process: int) -> float:
    """Seconds of user and system time that a running process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lost_or_doubled(folder: Path, sat: list[Sat]) -> int:
    """Acts that were answered and are not in the records, or are there twice."""
    study = find_study(folder)
    try:
        kept = study.store.reviews.decisions()
    finally:
        study.close()
    own = Counter((each.reviewer, each.passage, each.action, each.code) for each in kept if not each.implicit)
    doubled = sum(count - 1 for (_, _, action, _), count in own.items() if action is not Action.UNDO)
    answered = sum(len(each.spent) - each.errors for each in sat)
    return doubled + abs(answered - sum(own.values()))


if __name__ == "__main__":
    RATES = tuple(float(word) for word in sys.argv[1:]) or RATES
    for figure in measure():
        print(figure)
