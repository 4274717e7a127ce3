"""A template with its blocks, filled in a sandbox; and a passage as the data that a request shows."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cothemes.errors import InputError
from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.stages.propose.model.context import Context, Stretch

SOURCES = {
    Kind.INTERVIEW: "an interview",
    Kind.POLICY: "a policy text",
    Kind.REVIEW: "a review study",
    Kind.SURVEY: "an open answer of a survey",
    Kind.UNKNOWN: "a text of unknown kind",
}
_HINT = "Fix the template, or remove it to use the one that ships with cothemes."


class Words:
    """A compiled template. Raises InputError where it is none."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._template = _compile(prompt)

    def fill(self, block: str, values: Mapping[str, Any]) -> str:
        """One block with its values. Raises InputError where it is missing or cannot be filled."""
        if block not in self._template.blocks:
            raise InputError(f"has no block `{block}`", where=self._prompt.origin, hint=_HINT)
        try:
            parts = self._template.blocks[block](self._template.new_context(dict(values)))
            return "".join(parts).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise InputError(f"cannot be filled: {error}", where=self._prompt.origin, hint=_HINT) from error


def shown(document: Document, passage: Passage, context: Context, key: str, *more: Any) -> dict[str, Any]:
    """The values of a user message: source, headings, turns around, sentences, and the mark.

    The mark is an HMAC of all of them, and of whatever `more` stands between the marks, keyed with `key`.
    """
    sentences = [{"id": s.id, "text": passage.sentence_text(s)} for s in passage.sentences] or [
        {"id": "s1", "text": passage.text}
    ]
    before = [_turn(document, stretch) for stretch in context.before]
    after = [_turn(document, stretch) for stretch in context.after]
    data = [passage.headings, before, sentences, after, *more]
    return {
        "source": SOURCES[document.kind],
        "headings": passage.headings,
        "before": before,
        "sentences": sentences,
        "after": after,
        "mark": mark(key, json_text(data)),
    }


def conversation(system: str, user: str) -> list[dict[str, str]]:
    """Two messages as chat APIs take them."""
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def json_text(value: Any) -> str:
    """JSON on one line, letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def mark(key: str, text: str) -> str:
    """Sixteen letters and figures that the text cannot hold."""
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


@lru_cache(maxsize=32)
def _compile(prompt: Prompt) -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False
    )
    environment.filters["tojson_text"] = json_text
    try:
        return environment.from_string(prompt.text)
    except TemplateSyntaxError as error:
        raise InputError(
            f"is no template: {error.message}", where=f"{prompt.origin}:{error.lineno}", hint=_HINT
        ) from error


def _turn(document: Document, stretch: Stretch) -> dict[str, str]:
    return {"speaker": stretch.speaker, "text": document.text[stretch.start : stretch.end]}
