"""Texts to vectors at a server that has OpenAI's embeddings API: on this machine, or as a paid service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import openai
from numpy.typing import NDArray

from cothemes.adapters.chat_faults import model_error
from cothemes.errors import InputError, ModelFault, SettingsError, StateConflict
from cothemes.records.endpoint import is_loopback, public_address

if TYPE_CHECKING:
    from cothemes.ports import Progress

BATCH = 64
"""Texts in one request."""
TIMEOUT = 120.0
"""Seconds that one request may take."""
PATH = "/embeddings"
PSEUDONYMISED = "pseudonyms.v1"
"""Part of the name of an embedder on another machine: its vectors are of texts with pseudonyms."""
_NO_KEY = "none"


@dataclass(frozen=True)
class EmbeddingAnswer:
    """`ports.EmbeddingReply`."""

    vectors: NDArray[np.float32]
    model: str
    tokens: int | None


class ServerEmbedder:
    """The Embedder port, and for a server on another machine the EmbeddingService port.

    The first text is sent when the first vector is asked for.
    """

    def __init__(self, model: str, base_url: str, key: str = "") -> None:
        """Raise SettingsError for an address or a model that is none."""
        address = public_address(base_url)
        if not address.startswith(("http://", "https://")):
            raise SettingsError(
                f"{base_url!r} is no http address",
                where="[embedding] base_url",
                hint="Write it like http://127.0.0.1:8080/v1, without /embeddings.",
            )
        if not model:
            raise SettingsError(
                "a server is named and no model",
                where="[embedding] model",
                hint="Write the model's name as the server knows it.",
            )
        self._name = model
        self._address = address
        self._base_url = base_url
        self._local = is_loopback(base_url)
        self._key = key

    @property
    def name(self) -> str:
        """Model and server, and what texts become on their way to another machine."""
        return f"{self._name} at {self._address}{'' if self._local else f' {PSEUDONYMISED}'}"

    @property
    def model(self) -> str:
        """The model's name as prices know it."""
        return f"openai:{self._name}"

    @property
    def endpoint(self) -> str:
        """Scheme, host, port and path."""
        return f"{self._address}{PATH}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, found with one short text."""
        return int(self.embed(["a"]).shape[1])

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return texts × dimension, rows of length 1, in the order of `texts`. Raises ModelError, and
        StateConflict for a server on another machine: texts go there by `app/privacy/embedding.py` alone.
        """
        if not self._local:
            raise StateConflict(
                "texts were to be sent past the gates",
                where=self.endpoint,
                hint="This is a fault: report it.",
            )
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        rows = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            rows.append(self.send(self.body(batch)).vectors)
            if progress is not None:
                progress(len(batch))
        if len({each.shape[1] for each in rows}) > 1:
            raise self._unreadable()
        return np.concatenate(rows)

    def body(self, texts: Sequence[str]) -> dict[str, Any]:
        """The JSON of the request."""
        # Some servers refuse an empty text; its vector says nothing either way.
        return {"model": self._name, "input": [text or " " for text in texts], "encoding_format": "float"}

    def send(self, body: Mapping[str, Any]) -> EmbeddingAnswer:
        """Return the vectors of a body's texts. Raises ModelError, also where a remote server has no key."""
        if not self._local and not self._key:
            raise model_error(None, self.endpoint, fault=ModelFault.AUTHENTICATION)
        failed: Exception | None = None
        try:
            reply = self._client.embeddings.create(**body)
            items = sorted(reply.data, key=lambda each: each.index)
            vectors = np.array([each.embedding for each in items], np.float64)
            places = [each.index for each in items]
            tokens = getattr(getattr(reply, "usage", None), "prompt_tokens", None)
            model = str(getattr(reply, "model", "") or "")
        except openai.OpenAIError as error:
            failed = model_error(error, self._address, (self._key,))
        except (TypeError, ValueError, AttributeError) as error:
            raise self._unreadable() from error
        if failed is not None:
            # Raised here and not above, where the provider's exception would stay attached with its request.
            raise failed
        if vectors.ndim != 2 or places != list(range(len(body["input"]))) or not np.isfinite(vectors).all():
            raise self._unreadable()
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return EmbeddingAnswer(unit, model, tokens if isinstance(tokens, int) else None)

    def _unreadable(self) -> Exception:
        return model_error(None, self._address, fault=ModelFault.UNREADABLE)

    @cached_property
    def _client(self) -> Any:
        # No redirect to another machine; a loopback address goes through no proxy. A paid request is sent
        # again by whoever keeps the ledger, not behind its back.
        transport = openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._local)
        return openai.OpenAI(
            api_key=self._key or _NO_KEY,
            base_url=self._base_url,
            timeout=TIMEOUT,
            max_retries=2 if self._local else 0,
            http_client=transport,
        )


def embedding_key(named: str, root: Path, environment: Mapping[str, str]) -> str:
    """Return the API key of the file that is named, else of OPENAI_API_KEY; empty where there is none.

    Raises InputError where the file is missing, empty, or can be read by others.
    """
    if not named:
        return environment.get("OPENAI_API_KEY", "")
    path = root / Path(named).expanduser()
    if not path.is_file():
        raise InputError("is not there", where=str(path), hint="Correct [embedding] key_file.")
    if path.stat().st_mode & 0o077:
        raise InputError(
            "can be read by other accounts of this computer", where=str(path), hint=f"chmod 600 {path}"
        )
    key = path.read_text(encoding="utf-8").strip()
    if not key:
        raise InputError("holds no key", where=str(path), hint="Write the key into it, on one line.")
    return key
