"""A template with its blocks, filled in a sandbox; and a passage as the data that a request shows."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cothemes.errors import InputError
from cothemes.records.codebook import PATH, Code, Codebook
from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.settings import StudySettings
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


class Task:
    """A template filled with a codebook, ready for passages. Raises InputError where it cannot be filled."""

    def __init__(
        self, prompt: Prompt, codebook: Codebook, study: StudySettings, codes: Sequence[Code] | None = None
    ) -> None:
        """`codes`: those that are asked about, all of the codebook by default."""
        self._codebook = codebook
        self._codes = tuple(codebook.codes if codes is None else codes)
        self._words = Words(prompt)
        wanted = {code.id for code in self._codes}
        self.system = self._words.fill(
            "system",
            {
                "codebook": codebook,
                "codes": self._codes,
                "others": [code for code in codebook.codes if code.id not in wanted],
                **about_codes(codebook, self._codes),
                "study": {"title": study.title, "context": study.context},
            },
        )
        """The message that never changes within a run."""

    def messages(
        self,
        document: Document,
        passage: Passage,
        context: Context,
        examples: Sequence[dict[str, Any]] = (),
    ) -> list[dict[str, str]]:
        """System and user message, in that order. `examples`: passages that people have coded, as data."""
        more = [list(examples)] if examples else []
        values = shown(document, passage, context, self._codebook.hash, *more)
        user = self._words.fill("user", {**values, "codes": self._codes, "examples": list(examples)})
        return conversation(self.system, user)


def about_codes(codebook: Codebook, codes: Sequence[Code]) -> dict[str, Any]:
    """Attributes and themes of some codes, as templates want them; a theme is followed by the codes above."""
    asked = {code.id: codebook.attributes_of(code.id) for code in codes}
    names = {attribute.name for attributes in asked.values() for attribute in attributes}
    above = {
        code.id: [
            *([codebook.theme_by_id[code.theme].label] if code.theme in codebook.theme_by_id else []),
            *(codebook.by_id[each].label for each in codebook.above(code.id)),
        ]
        for code in codes
    }
    return {
        "attributes": [attribute for attribute in codebook.attributes if attribute.name in names],
        "attributes_of": {key: [attribute.name for attribute in asked[key]] for key in asked},
        "themes": {key: PATH.join(labels) for key, labels in above.items()},
    }
