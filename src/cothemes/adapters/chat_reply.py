"""A reply in the words of the port, from the JSON of a chat completion or from a langchain message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage

_WRITTEN = ("cache_creation", "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
"""langchain gives the first as 0 where it gives the others."""


@dataclass(frozen=True)
class LangchainReply:
    """`ports.ChatReply`."""

    text: str
    raw: dict[str, Any] = field(repr=False)
    model: str = ""
    finish_reason: str = ""
    refusal: str = ""
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    written_tokens: int | None = None

    @classmethod
    def of_completion(cls, raw: Any) -> LangchainReply | None:
        """Return the reply in the JSON of OpenAI's chat API; None where it is something else."""
        choices = raw.get("choices") if isinstance(raw, dict) else None
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict) or not isinstance(choice, dict):
            return None
        usage = raw.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        parts = usage.get("prompt_tokens_details")
        return cls(
            text=_content(message.get("content")),
            raw=raw,
            model=_text(raw.get("model")),
            finish_reason=_text(choice.get("finish_reason")),
            refusal=_text(message.get("refusal")),
            input_tokens=_count(usage.get("prompt_tokens")),
            cached_tokens=_count(parts.get("cached_tokens")) if isinstance(parts, dict) else None,
            output_tokens=_count(usage.get("completion_tokens")),
        )

    @classmethod
    def of_message(cls, message: AIMessage) -> LangchainReply:
        """Return the reply in what any other provider's langchain class returns."""
        about = message.response_metadata
        usage = message.usage_metadata
        reasons = (about.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
        return cls(
            text=str(message.text),
            raw=message.model_dump(mode="json"),
            model=_text(about.get("model_name") or about.get("model")),
            finish_reason=next((_text(reason) for reason in reasons if reason), ""),
            refusal=_text(message.additional_kwargs.get("refusal")),
            input_tokens=usage["input_tokens"] if usage else None,
            cached_tokens=_count(usage.get("input_token_details", {}).get("cache_read")) if usage else None,
            output_tokens=usage["output_tokens"] if usage else None,
            written_tokens=_written(usage.get("input_token_details", {})) if usage else None,
        )


def _written(parts: Mapping[str, Any]) -> int | None:
    """Tokens that were put into the provider's cache, however long it keeps them."""
    counts = [count for name in _WRITTEN if (count := _count(parts.get(name))) is not None]
    return sum(counts) if counts else None


def _content(value: Any) -> str:
    """A text, or the texts of a list of parts, as some servers give it."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, dict))
    return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
