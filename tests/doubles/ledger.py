"""A ledger in memory that notes in which order it was spoken to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cothemes.records.ledger import Cap, Entered, EntryState, Tally, account, charge, claimed, settled
from cothemes.records.run import Call, CallState


class MemoryLedger:
    """`ports.Ledger` of one process; `log` holds (what was done, key) in order."""

    def __init__(self) -> None:
        self.rows: dict[str, Call] = {}
        self.log: list[tuple[str, str]] = []

    def look(self, key: str) -> Call | None:
        return self.rows.get(key)

    def write(self, calls: Sequence[Call], caps: Sequence[Cap] = ()) -> list[Entered]:
        return [self._write(call, caps) for call in calls]

    def calls(self, *, run_id: str | None = None) -> list[Call]:
        return [call for call in self.rows.values() if run_id in (None, call.run)]

    def texts_sent(self, run_id: str) -> dict[str, str]:
        replied = [call for call in self.calls(run_id=run_id) if call.state is CallState.REPLIED]
        return {call.passage: call.text_version for call in replied if call.stage == "propose"}

    def answered_as(self, run_id: str) -> str:
        return next((call.model for call in reversed(self.calls(run_id=run_id)) if call.model), "")

    def tallies(self) -> list[Tally]:
        return []

    def lower(self, most: Mapping[str, int]) -> None:
        for key, nanos in most.items():
            self.rows[key] = self.rows[key].model_copy(update={"reserved_nanos": nanos})

    def counts(self, run_id: str) -> list[tuple[str, int, int]]:
        return [
            (call.stage, call.input_tokens, call.output_tokens)
            for call in self.calls(run_id=run_id)
            if call.input_tokens is not None and call.output_tokens is not None
        ]

    def sent(self) -> list[tuple[str, str, datetime]]:
        return [(call.passage, call.endpoint, call.intended_at) for call in self.rows.values()]

    def _write(self, call: Call, caps: Sequence[Cap]) -> Entered:
        known = self.rows.get(call.key)
        if call.state is CallState.INTENDED:
            answer = claimed(known, call, lambda _: False)
            for cap in caps if answer.standing is EntryState.WRITTEN else ():
                name = account(cap.scope, call.run, call.intended_at, call.currency)
                spent = sum(
                    charge(row)
                    for row in self.rows.values()
                    if account(cap.scope, row.run, row.intended_at, row.currency) == name
                )
                if spent + call.reserved_nanos > cap.nanos:
                    return Entered(EntryState.REFUSED, call, cap, spent)
        else:
            answer = settled(known, call)
        self.log.append((f"{call.state} {answer.standing}", call.key))
        if answer.standing is EntryState.WRITTEN:
            if answer.lost is not None:
                self.rows[answer.lost.key] = answer.lost
            self.rows[call.key] = answer.call
        return answer


class StoppedClock:
    """`ports.Clock`."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC)
