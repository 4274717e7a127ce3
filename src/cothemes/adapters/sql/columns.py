"""Types of columns that give back what was put in, on SQLite as on PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A time with a zone. Kept as UTC, since SQLite forgets zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no zone; times are stored in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Prose(TypeDecorator[str]):
    """Text that a model, a service or a terminal made.

    Half a surrogate pair, which no database takes, is kept as its escape `\\udXXX`: in JSON the same value,
    and no paid reply and no note of a person is refused for it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None or value.isascii():
            return value
        return value.encode("utf-8", "backslashreplace").decode("utf-8")


def json_text(value: Any) -> str:
    """JSON for the nested rest of a record: ASCII alone, so that any string survives."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def json_value(text: str) -> Any:
    """The value of such a JSON text. Most are empty, and none of these is parsed."""
    return {} if text == "{}" else [] if text == "[]" else json.loads(text)
