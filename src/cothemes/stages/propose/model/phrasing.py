"""Everything a run says, compiled once: what is asked about which codes, the critic's words, the repair's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from cothemes.records.codebook import Attribute, Code, Codebook
from cothemes.records.prompt import Prompt
from cothemes.settings import StudySettings
from cothemes.stages.propose.model import critic, repair
from cothemes.stages.propose.model.template import Task

_TEXT: dict[str, Any] = {"type": "string"}


def reply_schema(codebook: Codebook, codes: Sequence[Code] | None = None) -> dict[str, Any]:
    """The schema for these codes of the codebook, in their order; all of them by default."""
    codes = codebook.codes if codes is None else codes
    quote = {"sentences": {"type": "array", "items": _TEXT}, "quote": _TEXT}
    definitions: dict[str, Any] = {
        "quote": _object(quote),
        "no": _object({"decision": {"type": "string", "enum": ["no"]}}),
    }
    names: dict[tuple[str, ...], str] = {}
    answers: dict[str, Any] = {}
    for code in codes:
        attributes = codebook.attributes_of(code.id)
        name = names.setdefault(tuple(attribute.name for attribute in attributes), f"answer{len(names) + 1}")
        definitions.setdefault(name, _answer(attributes))
        answers[code.id] = {"anyOf": [_ref("no"), _ref(name)]}
    uncoded = {**quote, "label": _TEXT, "criterion": _TEXT}
    return {
        **_object(
            {
                "codes": _object(answers),
                "uncoded": {"type": "array", "items": _object(uncoded)},
                "instruction_like": {"type": "boolean"},
            }
        ),
        "$defs": definitions,
    }


def _answer(attributes: Sequence[Attribute]) -> dict[str, Any]:
    return _object(
        {
            "evidence": {"type": "array", "items": _ref("quote")},
            "reason": _TEXT,
            "exclusion_checked": _TEXT,
            "decision": {"type": "string", "enum": ["yes", "borderline", "no"]},
            "attributes": _object({attribute.name: _value(attribute) for attribute in attributes}),
            "confidence": {"type": "number"},
        }
    )


def _value(attribute: Attribute) -> dict[str, Any]:
    if attribute.many:
        return {"type": "array", "items": {"type": "string", "enum": list(attribute.values)}}
    return {"type": ["string", "null"], "enum": [*attribute.values, None]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


_SUBSETS = 256
"""Compiled requests that are kept; with a narrowed codebook each passage may want its own."""


@dataclass(frozen=True)
class Asking:
    """One kind of proposing request."""

    codes: tuple[Code, ...]
    task: Task
    schema: dict[str, Any]


class Phrasing:
    """The words of one configuration. Raises InputError where a template cannot be filled."""

    def __init__(
        self,
        prompt: Prompt,
        codebook: Codebook,
        study: StudySettings,
        *,
        critic: Prompt | None = None,
        repair: Prompt | None = None,
        codes_per_call: int = 0,
    ) -> None:
        """Prepare the prompts. A stage without a prompt is left out. `codes_per_call`: 0 asks about all codes
        at once.
        """
        self.codebook = codebook
        self._prompt = prompt
        self._study = study
        self._critic = critic
        self._repair = repair
        self._per_call = codes_per_call
        self._subset = lru_cache(maxsize=_SUBSETS)(self._asking)

    def askings(self, codes: Iterable[str] | None = None) -> list[Asking]:
        """The requests that ask about these codes, all by default, in codebook order."""
        wanted = None if codes is None else set(codes)
        chosen = [c.id for c in self.codebook.codes if wanted is None or c.id in wanted]
        size = self._per_call or len(chosen)
        return [self._subset(tuple(chosen[at : at + size])) for at in range(0, len(chosen), size)]

    @cached_property
    def critics(self) -> dict[str, critic.CriticTask]:
        """Return the critics by code; empty where no critic is asked."""
        prompt = self._critic
        if prompt is None:
            return {}
        return {code.id: critic.CriticTask(prompt, self.codebook, code) for code in self.codebook.codes}

    @cached_property
    def repairing(self) -> repair.RepairTask | None:
        """None where quotes are not asked for again."""
        return repair.RepairTask(self._repair, self.codebook.hash) if self._repair else None

    def constants(self) -> list[tuple[str, dict[str, Any]]]:
        """(system message, schema) of every kind of request over the whole codebook.

        Rows of the ledger name these by hash, so the run keeps them. Where the codebook is narrowed for each
        passage, its system message follows from these, the template and the codes that the outcome names.
        """
        said = [(asking.task.system, asking.schema) for asking in self.askings()]
        said += [(task.system, critic.SCHEMA) for task in self.critics.values()]
        return said + ([(self.repairing.system, repair.SCHEMA)] if self.repairing else [])

    def _asking(self, ids: tuple[str, ...]) -> Asking:
        codes = tuple(self.codebook.by_id[code] for code in ids)
        task = Task(self._prompt, self.codebook, self._study, codes)
        return Asking(codes, task, reply_schema(self.codebook, codes))
