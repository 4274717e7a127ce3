"""The words of one request: a template, a codebook and a passage become two messages.

The system message is the same for every passage of a run that is asked about the same codes, byte for byte.
The user message puts the passage, as JSON strings, between lines that carry a mark. The mark is an HMAC of
what stands between them, keyed with the codebook's hash: it differs from passage to passage, nobody who wrote
the text can have put it there (the text would have to hold its own hash), and it is the same on every rerun,
so that the ledger knows the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.settings import StudySettings
from cothemes.stages.propose.model.context import Context
from cothemes.stages.propose.model.template import Words, conversation, shown


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
    """Attributes and themes of some codes, as templates want them."""
    asked = {code.id: codebook.attributes_of(code.id) for code in codes}
    names = {attribute.name for attributes in asked.values() for attribute in attributes}
    themes = {code.id: codebook.theme_by_id.get(code.theme or "") for code in codes}
    return {
        "attributes": [attribute for attribute in codebook.attributes if attribute.name in names],
        "attributes_of": {key: [attribute.name for attribute in asked[key]] for key in asked},
        "themes": {key: theme.label if theme else "" for key, theme in themes.items()},
    }
