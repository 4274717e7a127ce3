"""A loopback server with OpenAI's embeddings API, which answers with vectors of the hashed bag."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.loopback import Answer, Body, LoopbackServer


class EmbeddingServer(LoopbackServer):
    """Answers in reverse order, with rows of length 3. `reply` takes the place of every answer; `faults` are
    given out first, one for each request; each answer takes `delay` seconds."""

    def __init__(self, reply: Any = None, *, faults: Sequence[Answer] = (), delay: float = 0.0) -> None:
        super().__init__()
        self._reply = reply
        self._faults = list(faults)
        self._delay = delay
        self._lock = threading.Lock()
        self.asked: list[Body] = []
        self.keys: set[str] = set()

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    @property
    def texts(self) -> list[str]:
        """Every text that arrived, in order."""
        return [text for body in self.asked for text in body["input"]]

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        assert (method, path) == ("POST", "/v1/embeddings")
        asked = json.loads(body)
        with self._lock:
            self.asked.append(asked)
            self.keys.add(headers["authorization"])
            fault = self._faults.pop(0) if self._faults else None
        if fault is not None:
            return fault
        if self._reply is not None:
            return Answer(self._reply)
        vectors = HashedBagEmbedder().embed(asked["input"]) * 3
        data = [
            {"object": "embedding", "index": index, "embedding": vector.tolist()}
            for index, vector in enumerate(vectors)
        ]
        tokens = tokens_of(asked["input"])
        reply = {"object": "list", "model": asked["model"], "data": data[::-1]}
        return Answer(
            {**reply, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}, delay=self._delay
        )


def tokens_of(texts: Sequence[str]) -> int:
    """What the server counts: a token for each word."""
    return sum(len(text.split()) for text in texts)
