"""A service for known weaknesses on loopback, with the API of OSV (`POST /v1/query`)."""

from __future__ import annotations

import json

from tests.doubles.loopback import Answer, Body, LoopbackServer


class WeaknessServer(LoopbackServer):
    """Knows what it was told of a package, and nothing of the others."""

    def __init__(self, known: dict[str, list[Body]] | None = None, answer: Answer | None = None) -> None:
        super().__init__()
        self.known = known or {}
        self.answer = answer
        """An answer in place of the true one."""
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Address to ask."""
        return f"{self.address}/v1/query"

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if self.answer is not None:
            return self.answer
        wanted = json.loads(body)
        name = wanted["package"]["name"]
        assert (method, path, wanted["package"]["ecosystem"]) == ("POST", "/v1/query", "PyPI")
        self.asked.append((name, wanted["version"]))
        return Answer({"vulns": self.known[name]} if name in self.known else {})


def weakness(package: str, id: str, *aliases: str, fixed: str = "") -> Body:
    """A record of OSV about a package."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return {
        "schema_version": "1.6.0",
        "id": id,
        "aliases": list(aliases),
        "summary": "It can be made to do what it should not.",
        "details": "",
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-11-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": package, "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }
