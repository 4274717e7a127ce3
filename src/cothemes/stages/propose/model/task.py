"""The words of one request: a template, a codebook and a passage become two messages.

The system message is the same for every passage of a run, byte for byte. The user message puts the passage,
as JSON strings, between lines that carry a mark. The mark is an HMAC of what stands between them, keyed with
the codebook's hash: it differs from passage to passage, nobody who wrote the text can have put it there (the
text would have to hold its own hash), and it is the same on every rerun, so that the ledger knows the call.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cothemes.errors import InputError
from cothemes.records.codebook import Code, Codebook
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
}
_HINT = "Mend the template, or remove it to use the one that ships with cothemes."


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class Task:
    """A template filled with a codebook, ready for passages. Raises InputError where it cannot be filled."""

    def __init__(
        self, prompt: Prompt, codebook: Codebook, study: StudySettings, codes: Sequence[Code] | None = None
    ) -> None:
        """`codes`: those that are asked about, all of the codebook by default."""
        self._prompt = prompt
        self._codebook = codebook
        self._codes = tuple(codebook.codes if codes is None else codes)
        self._template = _compile(prompt)
        asked = {code.id: codebook.attributes_of(code.id) for code in self._codes}
        names = {attribute.name for attributes in asked.values() for attribute in attributes}
        self.system = self._fill(
            "system",
            {
                "codebook": codebook,
                "codes": self._codes,
                "attributes": [attribute for attribute in codebook.attributes if attribute.name in names],
                "attributes_of": {key: [attribute.name for attribute in asked[key]] for key in asked},
                "themes": {code.id: self._theme(code) for code in self._codes},
                "study": {"title": study.title, "context": study.context},
            },
        )
        """The message that never changes within a run."""

    def messages(self, document: Document, passage: Passage, context: Context) -> list[dict[str, str]]:
        """System and user message, in that order."""
        sentences = [
            {"id": sentence.id, "text": passage.sentence_text(sentence)} for sentence in passage.sentences
        ] or [{"id": "s1", "text": passage.text}]
        before = [_turn(document, stretch) for stretch in context.before]
        after = [_turn(document, stretch) for stretch in context.after]
        values = {
            "source": SOURCES[document.kind],
            "headings": passage.headings,
            "before": before,
            "sentences": sentences,
            "after": after,
            "mark": mark(self._codebook.hash, _json_text([passage.headings, before, sentences, after])),
            "codes": self._codes,
        }
        return [
            {"role": "system", "content": self.system},
            {"role": "user", "content": self._fill("user", values)},
        ]

    def _theme(self, code: Code) -> str:
        theme = self._codebook.theme_by_id.get(code.theme or "")
        return theme.label if theme else ""

    def _fill(self, block: str, values: Mapping[str, Any]) -> str:
        if block not in self._template.blocks:
            raise InputError(f"has no block `{block}`", where=self._prompt.origin, hint=_HINT)
        try:
            parts = self._template.blocks[block](self._template.new_context(dict(values)))
            return "".join(parts).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise InputError(f"cannot be filled: {error}", where=self._prompt.origin, hint=_HINT) from error


def mark(key: str, text: str) -> str:
    """Sixteen letters and figures that the text cannot hold."""
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


def _compile(prompt: Prompt) -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False
    )
    environment.filters["tojson_text"] = _json_text
    try:
        return environment.from_string(prompt.text)
    except TemplateSyntaxError as error:
        raise InputError(
            f"is no template: {error.message}", where=f"{prompt.origin}:{error.lineno}", hint=_HINT
        ) from error


def _turn(document: Document, stretch: Stretch) -> dict[str, str]:
    return {"speaker": stretch.speaker, "text": document.text[stretch.start : stretch.end]}
