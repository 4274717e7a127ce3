"""Everything a run says, compiled once: what is asked about which codes, the critic's words, the repair's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from cothemes.records.codebook import Code, Codebook
from cothemes.records.prompt import Prompt
from cothemes.settings import StudySettings
from cothemes.stages.propose.model import critic, repair
from cothemes.stages.propose.model.schema import reply_schema
from cothemes.stages.propose.model.task import Task

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
        """Without a prompt for it, a stage is left out. `codes_per_call`: 0 asks about all codes at once."""
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
        """By code; empty where no critic is asked."""
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
