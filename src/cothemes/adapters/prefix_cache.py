"""What a provider keeps of a prompt between two requests, where it has to be asked to.

OpenAI, Azure and Google keep the beginning of a prompt by themselves. Anthropic keeps what stands before a
mark, for five minutes since it was last read, takes a little more for keeping it and a tenth for reading it.
The mark changes nothing of what is asked: it is set on the way out and is no part of the ledger's key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

SHORTEST = 4_000
"""Characters. Anthropic keeps nothing below 1,024 tokens, for some models more, and takes no offence."""
_KNOWN = 256
"""System messages that are remembered: one for proposing, one for each code that is read a second time."""


class PrefixMarks:
    """Marks the system message of requests, from the second on that begins with it.

    One that no other request shares, as where the codebook is narrowed for each passage, would be kept for
    nothing, at a higher price.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def __call__(self, messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The messages as langchain's class for Anthropic takes them."""
        spoken = [dict(message) for message in messages]
        first = spoken[0] if spoken else {}
        text = first.get("content")
        long = first.get("role") == "system" and isinstance(text, str) and len(text) >= SHORTEST
        if long and self._known(str(text)):
            first["content"] = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
        return spoken

    def _known(self, text: str) -> bool:
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = digest in self._seen
        self._seen[digest] = None
        self._seen.move_to_end(digest)
        if len(self._seen) > _KNOWN:
            self._seen.popitem(last=False)
        return known
