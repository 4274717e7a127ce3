"""A ledger in memory that notes in which order it was spoken to."""

from __future__ import annotations

from datetime import UTC, datetime

from cothemes.records.run import Call, CallState


class MemoryLedger:
    """`ports.Ledger`; `log` holds (what was done, key) in order."""

    def __init__(self) -> None:
        self.rows: dict[str, Call] = {}
        self.log: list[tuple[str, str]] = []

    def look(self, key: str) -> Call | None:
        self.log.append(("look", key))
        return self.rows.get(key)

    def intend(self, call: Call) -> None:
        self._put("intend", call)

    def reply(self, call: Call) -> None:
        self._put("reply", call)

    def calls(self, *, run_id: str | None = None) -> list[Call]:
        return [call for call in self.rows.values() if run_id in (None, call.run)]

    def _put(self, what: str, call: Call) -> None:
        self.log.append((what, call.key))
        known = self.rows.get(call.key)
        if known is None or known.state is not CallState.REPLIED:
            self.rows[call.key] = call


class StoppedClock:
    """`ports.Clock`."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC)
