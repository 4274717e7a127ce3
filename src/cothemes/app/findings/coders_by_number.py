"""Coders under numbers instead of names, for a report that leaves the team."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from cothemes.app.findings.framework import Framework
from cothemes.app.study import Study
from cothemes.records.codebook import Codebook
from cothemes.records.rating import RaterKind
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.exchange.basis import Basis
from cothemes.stages.exchange.quotes import Quote

Shown = TypeVar("Shown", bound=Record)
_SENTENCES = {
    (Basis, "caption"), (Basis, "sentence"), (Quote, "by"),
    (AgreementTable, "footnotes"), (AgreementTable, "notes"), (Framework, "sentence"),
}  # fmt: skip
"""Fields that name coders within words of the program; a name is replaced there too."""


def coder_numbers(study: Study) -> dict[str, str]:
    """Return name → `Coder 1`, `Coder 2`, …: reviewers as they were registered, then imported people by name.

    A coder keeps the number as long as nobody is imported whose name comes before.
    """
    names = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    people = (RaterKind.HUMAN, RaterKind.SYNTHETIC)
    names += sorted({each.rater for each in study.store.ratings.all() if each.kind in people} - set(names))
    return {name: f"Coder {number}" for number, name in enumerate(names, start=1)}


def numbers_of(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return name → `Coder 1`, `Coder 2`, … of the people among raters; their kinds are given by name."""
    people = (RaterKind.HUMAN, RaterKind.SYNTHETIC)
    names = sorted(name for name, kind in kinds.items() if kind in people)
    return {name: f"Coder {number}" for number, name in enumerate(names, start=1)}


def with_numbers(report: Shown, numbers: Mapping[str, str]) -> Shown:
    """Return the report with each coder's name replaced, wherever a value or a key is the name.

    What people wrote themselves, such as a memo that names a colleague, stays as it is.
    """
    changed: Shown = _renamed(report, numbers)
    return changed


def _field(record: Record, name: str, numbers: Mapping[str, str]) -> Any:
    value = getattr(record, name)
    if (type(record), name) not in _SENTENCES or not numbers:
        return _renamed(value, numbers)
    # The longest name first: one may begin with another.
    names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    return _replaced(value, re.compile(rf"(?<!\w)(?:{names})(?!\w)"), numbers)


def _replaced(value: Any, names: re.Pattern[str], numbers: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.sub(lambda found: numbers[found[0]], value)
    return tuple(_replaced(each, names, numbers) for each in value)


def _renamed(value: Any, numbers: Mapping[str, str]) -> Any:
    if isinstance(value, Enum | Codebook):
        return value
    if isinstance(value, str):
        return numbers.get(value, value)
    if isinstance(value, Record):
        return value.model_copy(
            update={name: _field(value, name, numbers) for name in type(value).model_fields}
        )
    if isinstance(value, Mapping):
        return {_renamed(key, numbers): _renamed(each, numbers) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_renamed(each, numbers) for each in value))
    if isinstance(value, tuple | list | frozenset | set):
        return type(value)(_renamed(each, numbers) for each in value)
    return value
