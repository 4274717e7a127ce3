"""Texts to vectors at a server on this machine that has OpenAI's embeddings API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import openai
from numpy.typing import NDArray

from cothemes.adapters.chat_faults import model_error
from cothemes.errors import ModelFault, SettingsError
from cothemes.records.endpoint import is_loopback, public_address

if TYPE_CHECKING:
    from cothemes.ports import Progress

BATCH = 64
"""Texts in one request."""
TIMEOUT = 120.0
"""Seconds that one request may take."""


class ServerEmbedder:
    """The Embedder port. The first text is sent when the first vector is asked for."""

    def __init__(self, model: str, base_url: str) -> None:
        """Raise SettingsError for an address that is not on this machine: what leaves it needs consent."""
        if not is_loopback(base_url):
            raise SettingsError(
                f"{public_address(base_url) or base_url!r} is not on this machine",
                where="[embedding] base_url",
                hint="Name a server at 127.0.0.1, like http://127.0.0.1:8080/v1. Passages are not sent to "
                "another machine to be embedded.",
            )
        if not model:
            raise SettingsError(
                "a server is named and no model",
                where="[embedding] model",
                hint="Write the model's name as the server knows it.",
            )
        self._model = model
        self._address = public_address(base_url)
        self._base_url = base_url

    @property
    def name(self) -> str:
        """Model and server."""
        return f"{self._model} at {self._address}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, found with one short text."""
        return int(self._asked(["a"]).shape[1])

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return texts × dimension, rows of length 1, in the order of `texts`. Raises ModelError."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        rows = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            rows.append(self._asked(batch))
            if progress is not None:
                progress(len(batch))
        if len({each.shape[1] for each in rows}) > 1:
            raise self._unreadable()
        return np.concatenate(rows)

    def _asked(self, texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            # Some servers refuse an empty text; its vector says nothing either way.
            reply = self._client.embeddings.create(
                model=self._model, input=[text or " " for text in texts], encoding_format="float"
            )
            items = sorted(reply.data, key=lambda each: each.index)
            vectors = np.array([each.embedding for each in items], np.float64)
            places = [each.index for each in items]
        except openai.OpenAIError as error:
            raise model_error(error, self._address) from error
        except (TypeError, ValueError, AttributeError) as error:
            raise self._unreadable() from error
        if vectors.ndim != 2 or places != list(range(len(texts))) or not np.isfinite(vectors).all():
            raise self._unreadable()
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return unit

    def _unreadable(self) -> Exception:
        return model_error(None, self._address, fault=ModelFault.UNREADABLE)

    @cached_property
    def _client(self) -> Any:
        # A loopback address goes through no proxy and follows no redirect to another machine.
        transport = openai.DefaultHttpxClient(follow_redirects=False, trust_env=False)
        return openai.OpenAI(
            api_key="none", base_url=self._base_url, timeout=TIMEOUT, max_retries=2, http_client=transport
        )
