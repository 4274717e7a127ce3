"""A reply as the ledger keeps it. What is derived from it reads this form alone, today and on any rerun."""

from __future__ import annotations

import json
from typing import Any

from cothemes.ports import ChatReply
from cothemes.records.record import Record


class Reply(Record):
    """One reply, broken or not."""

    text: str
    finish_reason: str = ""
    refusal: str = ""
    raw: dict[str, Any] = {}
    """The provider's own JSON, as it came."""

    def to_json(self) -> str:
        """For the ledger; ASCII, so that no text a model can make is refused by a database."""
        return json.dumps(self.model_dump(), ensure_ascii=True, separators=(",", ":"))


def kept(reply: ChatReply) -> Reply:
    """What is kept of a reply that just came."""
    return Reply(
        text=reply.text, finish_reason=reply.finish_reason, refusal=reply.refusal, raw=dict(reply.raw)
    )


def read_back(text: str) -> Reply:
    """A reply from the ledger."""
    return Reply(**json.loads(text))
