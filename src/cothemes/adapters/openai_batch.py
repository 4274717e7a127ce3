"""OpenAI's Batch API, and whatever else speaks it, through the openai package: files, batches, result lines.

The client's own retries are off, as for chat: who asks again, and what is looked at before, is decided where
the ledger is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO, Final, TypeVar

import openai
from openai.types import Batch as OpenAIBatch

from cothemes.adapters.chat_faults import SHAPE_ERRORS, Refused, model_error, provider_errors, scrub
from cothemes.adapters.chat_reply import LangchainReply
from cothemes.adapters.openai_access import openai_access
from cothemes.errors import ModelError, ModelFault
from cothemes.ports import Answered
from cothemes.records.batch import Complaint, Seen, Upload
from cothemes.settings import ModelSettings

URL: Final = "/v1/chat/completions"
"""Path that every request of a batch names, whatever the path of the endpoint is."""
TAG = "cothemes"
"""Key of a batch's metadata under which its tag stands."""
_PAGE = 100
_NEVER_ASKED = ("batch_expired", "batch_cancelled")
"""Codes of requests whose turn never came; they cost nothing."""
_CHUNK = 1 << 16
Got = TypeVar("Got")


class OpenAIBatches:
    """`ports.BatchService`."""

    def __init__(self, settings: ModelSettings, environment: Mapping[str, str]) -> None:
        """Raise as `openai_access` does."""
        self._access = openai_access(settings, environment)
        self._client = openai.OpenAI(
            base_url=self._access.url,
            api_key=self._access.key,
            timeout=settings.timeout,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(**self._access.transport()),
        )

    @property
    def endpoint(self) -> str:
        """The chat API's endpoint."""
        return self._access.endpoint

    def line(self, key: str, body: Mapping[str, Any]) -> bytes:
        """One line of an input file. ASCII: no text can hold a line end that a reader would take for one."""
        request = {"custom_id": key, "method": "POST", "url": URL, "body": body}
        return json.dumps(request, separators=(",", ":")).encode() + b"\n"

    def upload(self, name: str, content: BinaryIO) -> str:
        """The id of the file."""
        content.seek(0)
        try:
            made = self._told(
                lambda: self._client.files.create(file=(name, content, "application/jsonl"), purpose="batch")
            )
        except ModelError as error:
            if error.fault is ModelFault.UNKNOWN_MODEL:
                raise ModelError(
                    "this service has no Batch API",
                    hint="Leave --batch-api out: the same passages are asked about one by one.",
                    where=self.endpoint,
                    fault=error.fault,
                ) from None
            raise
        return made.id

    def uploads(self) -> list[Upload]:
        """Input files that lie at the provider."""
        listed = self._told(lambda: list(self._client.files.list(purpose="batch")))
        return [Upload(file.id, file.filename) for file in listed]

    def submit(self, file: str, tag: str, run: str) -> Seen:
        """Ask for a batch; its metadata carry the tag."""
        return _seen(
            self._told(
                lambda: self._client.batches.create(
                    completion_window="24h",
                    endpoint=URL,
                    input_file_id=file,
                    metadata={TAG: tag, "run": run},
                )
            )
        )

    def recent(self, since: float) -> list[Seen]:
        """Oldest first. Older ones than `since` end the search once they fill a page."""

        def listed() -> list[OpenAIBatch]:
            found: list[OpenAIBatch] = []
            older = 0
            for batch in self._client.batches.list(limit=_PAGE):
                older = older + 1 if (batch.created_at or 0) < since else 0
                if older >= _PAGE:
                    break
                if not older:
                    found.append(batch)
            return found

        return sorted(map(_seen, self._told(listed)), key=lambda seen: seen.created)

    def look(self, batch: str) -> Seen:
        """Return the batch's present state at the provider."""
        return _seen(self._told(lambda: self._client.batches.retrieve(batch)))

    def cancel(self, batch: str) -> Seen:
        """Ask that it be stopped; requests that were answered stay so, and are paid for."""
        return _seen(self._told(lambda: self._client.batches.cancel(batch)))

    def answers(self, file: str) -> Iterator[Answered]:
        """A result file, line by line, never whole in memory."""
        for line in self._lines(file):
            yield self._answered(line)

    def keys_at(self, file: str, lines: Collection[int]) -> dict[int, str]:
        """The `custom_id` in some lines of an input file."""
        wanted = set(lines)
        found = {n: _json(text) for n, text in enumerate(self._lines(file), start=1) if n in wanted}
        return {n: str(line.get("custom_id") or "") for n, line in found.items() if isinstance(line, dict)}

    def delete(self, file: str) -> None:
        """One that is not there is deleted already."""
        try:
            self._told(lambda: self._client.files.delete(file))
        except ModelError as error:
            if error.fault is not ModelFault.UNKNOWN_MODEL:
                raise

    def _lines(self, file: str) -> Iterator[bytes]:
        failed: ModelError | None = None
        try:
            with self._client.files.with_streaming_response.content(file) as response:
                rest = b""
                # Split at the line feed alone: JSON may hold other characters that end a line elsewhere.
                for chunk in response.iter_bytes(_CHUNK):
                    *lines, rest = (rest + chunk).split(b"\n")
                    yield from filter(bytes.strip, lines)
                if rest.strip():
                    yield rest
        except provider_errors() as error:
            failed = self._error(error)
        if failed is not None:
            raise failed

    def _answered(self, line: bytes) -> Answered:
        data = _json(line)
        if not isinstance(data, dict):
            return Answered("")
        key = data.get("custom_id")
        response = data.get("response")
        response = response if isinstance(response, dict) else {}
        status, body, error = response.get("status_code"), response.get("body"), data.get("error")
        reply = LangchainReply.of_completion(body) if status in (200, None) else None
        key = key if isinstance(key, str) else ""
        if reply is not None:
            return Answered(key, reply=reply)
        if isinstance(error, dict) and error.get("code") in _NEVER_ASKED:
            return Answered(key, error=self._error(None, ModelFault.UNFINISHED))
        if isinstance(status, int) and status != 200:
            return Answered(key, error=self._error(Refused(status, body)))
        if isinstance(error, dict):
            return Answered(key, error=self._error(Refused(500, error)))
        return Answered(key, error=self._error(None, ModelFault.UNREADABLE))

    def _told(self, act: Callable[[], Got]) -> Got:
        failed: ModelError
        try:
            return act()
        except provider_errors(*SHAPE_ERRORS) as error:
            failed = self._error(error)
        # Raised here and not above, where the provider's exception would stay attached with its request.
        raise failed

    def _error(self, error: Exception | None, fault: ModelFault | None = None) -> ModelError:
        return model_error(error, self.endpoint, self._access.secrets, fault)


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _seen(batch: OpenAIBatch) -> Seen:
    counts = batch.request_counts
    complaints = (batch.errors.data if batch.errors else None) or ()
    return Seen(
        id=batch.id,
        status=batch.status,
        tag=(batch.metadata or {}).get(TAG, ""),
        input_file=batch.input_file_id or "",
        output_file=batch.output_file_id or "",
        error_file=batch.error_file_id or "",
        total=(counts.total if counts else 0) or 0,
        completed=(counts.completed if counts else 0) or 0,
        failed=(counts.failed if counts else 0) or 0,
        created=float(batch.created_at or 0),
        complaints=tuple(Complaint(one.code or "", scrub(one.message or ""), one.line) for one in complaints),
    )
