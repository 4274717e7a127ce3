"""What a request may cost at worst, and what it did cost by the provider's own numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cothemes.errors import ModelError
from cothemes.ports import ChatReply
from cothemes.records.price import Price
from cothemes.records.run import Call, CallState
from cothemes.stages.propose.model.request import Request

OVERHEAD_TOKENS = 200
"""Tokens that a provider may add around messages and schema."""
BYTES_PER_TOKEN = 4
"""Bytes per token of English, roughly; for the pace of requests alone, never for money."""
ENOUGH_SEEN = 5
"""Answered calls of a stage from which its lost calls are judged."""
_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


def worst_case(price: Price | None, request: Request) -> int:
    """Billionths; 0 where no price is known.

    No tokenizer makes more tokens of a text than it has bytes, and a reply ends at the limit that was sent.
    """
    if price is None:
        return 0
    return price.at_most(request.size + OVERHEAD_TOKENS, output_limit(request.body))


def output_limit(body: Mapping[str, Any]) -> int:
    """The longest reply that the body asks for, in tokens."""
    return max((body[name] for name in _LIMITS if isinstance(body.get(name), int)), default=0)


def paid(call: Call, reply: ChatReply, kept: str, price: Price | None, at: datetime) -> Call:
    """The row of a call that was answered. Where the provider counted nothing, its reservation stays."""
    counted = reply.input_tokens is not None and reply.output_tokens is not None
    cost = None
    if price is not None and counted:
        cost = price.cost(
            reply.input_tokens or 0,
            reply.cached_tokens or 0,
            reply.output_tokens or 0,
            reply.written_tokens or 0,
        )
    lost = 0 if counted else call.reserved_nanos
    return call.model_copy(
        update={
            "state": CallState.REPLIED,
            "reply": kept,
            "model": reply.model,
            "input_tokens": reply.input_tokens,
            "cached_tokens": reply.cached_tokens,
            "output_tokens": reply.output_tokens,
            "cost_nanos": cost,
            "reserved_nanos": 0,
            "unconfirmed_nanos": call.unconfirmed_nanos + lost,
            "owner": "",
            "replied_at": at,
        }
    )


class Dearest:
    """The dearest answered call of each stage in a run: what a lost one of that stage may well have cost."""

    def __init__(self, price: Price | None, counts: Iterable[tuple[str, int, int]] = ()) -> None:
        """`counts`: stage and tokens in and out of each call that was answered before."""
        self._price = price
        self._seen: dict[str, tuple[int, int]] = {}
        for stage, sent, came in counts:
            self.saw(stage, sent, came)

    def saw(self, stage: str, sent: int | None, came: int | None) -> None:
        """Note an answered call and its tokens, at full price: what a cache took off is not counted on."""
        if self._price is None or sent is None or came is None:
            return
        count, most = self._seen.get(stage, (0, 0))
        self._seen[stage] = count + 1, max(most, self._price.at_most(sent, came))

    def of(self, stage: str) -> int | None:
        """Billionths; None where too few were answered to tell."""
        count, most = self._seen.get(stage, (0, 0))
        return most if count >= ENOUGH_SEEN else None


def unpaid(call: Call, error: ModelError, at: datetime, likely: int | None = None) -> Call:
    """The row of a call that brought no reply. What was certainly not paid for is free again; what may have
    been stays reserved, unconfirmed: at `likely`, where that is known, and never at more than the worst case.
    """
    lost = min(call.reserved_nanos, likely or call.reserved_nanos) if error.maybe_paid else 0
    return call.model_copy(
        update={
            "state": CallState.FAILED,
            "error": f"{error.fault.value}: {error.message}",
            "reserved_nanos": 0,
            "unconfirmed_nanos": call.unconfirmed_nanos + lost,
            "owner": "",
            "replied_at": at,
        }
    )


def facts_of(call: Call, finish_reason: str) -> dict[str, Any]:
    """Return the facts of an answered call for the log: no word of passage or reply."""
    return {
        "call": call.key, "run": call.run, "passage": call.passage, "stage": call.stage,
        "model": call.model, "input_tokens": call.input_tokens, "cached_tokens": call.cached_tokens,
        "output_tokens": call.output_tokens, "cost_nanos": call.cost_nanos,
        "finish_reason": finish_reason,
    }  # fmt: skip
