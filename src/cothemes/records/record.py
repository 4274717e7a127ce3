"""The base of all records: frozen, closed to unknown fields, hashed the same way everywhere."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, RootModel, WithJsonSchema

Item = TypeVar("Item")

Moment = Annotated[
    datetime,
    PlainSerializer(lambda at: at.isoformat(), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A point in time that JSON has as `2026-11-22T09:30:00+00:00`."""


class Record(BaseModel):
    """A frozen value without behaviour that reaches outside it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Listing(RootModel[tuple[Item, ...]], Generic[Item]):
    """A report whose JSON is a list."""

    model_config = ConfigDict(frozen=True)


def absent(value: object) -> bool:
    """Return True for None: `Field(exclude_if=absent)` leaves such a field out of the JSON."""
    return value is None


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spare space, non-ASCII kept."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(value: Any) -> str:
    """sha256 (hex) of a text as UTF-8, or of the canonical JSON of anything else."""
    text = value if isinstance(value, str) else canonical_json(value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
