"""Tests of a codebook on a model that need no coded data: does the model read the codebook as it is written?

Four of them, after Halterman and Keith (2024, "Codebook LLMs"): a code's definition, given as a passage, gets
the code; its own examples get it; its near misses do not; and nothing changes when the codes stand in another
order. A codebook that fails them cannot be expected to work on talk; one that passes may still not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cothemes.records.codebook import NONE_CODE, Codebook
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash

Given = Mapping[str, frozenset[str] | None]
"""Probe → the codes the model gave it; None where no usable reply came."""


class ProbeKind(StrEnum):
    """Sources of a probe's text."""

    DEFINITION = "definition"
    EXAMPLE = "example"
    NEAR_MISS = "near_miss"


@dataclass(frozen=True)
class Probe:
    """A text of the codebook, put before the model as a passage."""

    id: str
    kind: ProbeKind
    code: str
    """The code it is written under."""
    text: str
    instead: str | None = None
    """The code that a near miss belongs to."""

    @property
    def document(self) -> Document:
        """A document that holds nothing else."""
        block = Block(start=0, end=len(self.text), kind=BlockKind.PASSAGE, role=Role.PARTICIPANT)
        version = content_hash(self.text)
        return Document(slug=self.id, version=version, kind=Kind.SURVEY, text=self.text, blocks=(block,))

    @property
    def passage(self) -> Passage:
        """All of it."""
        return Passage(
            id=self.id, document=self.id, version=content_hash(self.text), segmentation="probe",
            start=0, end=len(self.text), text=self.text, kind=BlockKind.PASSAGE, role=Role.PARTICIPANT,
            position=0,
        )  # fmt: skip


@dataclass(frozen=True)
class CodeProbed:
    """Result of one code; counts as (passed, answered), where answered counts the probes with a usable
    reply.
    """

    code: str
    definition: tuple[int, int]
    examples: tuple[int, int]
    near_misses: tuple[int, int]
    """Passed are those that did not get the code."""
    instead: tuple[int, int]
    """Near misses that belong to another code and got that one."""
    order: tuple[int, int]
    """Its probes that got or did not get it alike under both orders."""
    failed: tuple[str, ...]
    """The texts that did not pass, each with what it is."""


def probes_of(codebook: Codebook) -> list[Probe]:
    """Return every code's definition, examples and near misses, in that order."""
    found: list[Probe] = []
    for code in codebook.codes:
        texts: list[tuple[ProbeKind, str, str | None]] = [(ProbeKind.DEFINITION, code.definition, None)]
        texts += [(ProbeKind.EXAMPLE, example.text, None) for example in code.examples]
        texts += [
            (ProbeKind.NEAR_MISS, miss.text, None if miss.code == NONE_CODE else miss.code)
            for miss in code.near_misses
        ]
        found += [
            Probe(f"probe-{len(found) + n:04}", kind, code.id, text, instead)
            for n, (kind, text, instead) in enumerate(texts)
            if text.strip()
        ]
    return found


def probed(codebook: Codebook, probes: Sequence[Probe], own: Given, other: Given) -> list[CodeProbed]:
    """`own`: what the model gave with the codes in the codebook's order; `other`: in another."""
    return [
        _of_code(code.id, [probe for probe in probes if probe.code == code.id], own, other)
        for code in codebook.codes
    ]


def _of_code(code: str, probes: Sequence[Probe], own: Given, other: Given) -> CodeProbed:
    told = [(probe, codes) for probe in probes if (codes := own.get(probe.id)) is not None]
    both = [(codes, again) for p, codes in told if (again := other.get(p.id)) is not None]
    passed = {p.id: (code in codes) is (p.kind is not ProbeKind.NEAR_MISS) for p, codes in told}

    def count(kind: ProbeKind) -> tuple[int, int]:
        of_kind = [passed[p.id] for p, _ in told if p.kind is kind]
        return sum(of_kind), len(of_kind)

    moved = [(p.instead in codes) for p, codes in told if p.instead]
    return CodeProbed(
        code=code,
        definition=count(ProbeKind.DEFINITION),
        examples=count(ProbeKind.EXAMPLE),
        near_misses=count(ProbeKind.NEAR_MISS),
        instead=(sum(moved), len(moved)),
        order=(sum((code in a) is (code in b) for a, b in both), len(both)),
        failed=tuple(f"{p.kind.value}: {p.text}" for p, _ in told if not passed[p.id]),
    )
