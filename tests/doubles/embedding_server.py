"""A loopback server with OpenAI's embeddings API, which answers with vectors of the hashed bag."""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.loopback import Answer, Body, LoopbackServer


class EmbeddingServer(LoopbackServer):
    """Answers in reverse order, with rows of length 3. `reply` takes the place of every answer."""

    def __init__(self, reply: Any = None) -> None:
        super().__init__()
        self._reply = reply
        self.asked: list[Body] = []

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        assert (method, path) == ("POST", "/v1/embeddings")
        asked = json.loads(body)
        self.asked.append(asked)
        if self._reply is not None:
            return Answer(self._reply)
        vectors = HashedBagEmbedder().embed(asked["input"]) * 3
        data = [
            {"object": "embedding", "index": index, "embedding": vector.tolist()}
            for index, vector in enumerate(vectors)
        ]
        return Answer({"object": "list", "model": asked["model"], "data": data[::-1]})
