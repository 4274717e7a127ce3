"""Indexes over some rows hold their condition on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_mock_engine

from cothemes.adapters.sql.batch_tables import calls
from cothemes.adapters.sql.schema import metadata

WHERE = {
    "ix_documents_one_current": "ON documents (slug) WHERE current",
    "ix_calls_owner": f"ON {calls.name} (owner) WHERE owner != ''",
}


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_condition_stands_in_what_makes_the_tables(dialect: str) -> None:
    made: list[str] = []

    def take(statement: Any, *_: Any, **__: Any) -> None:
        made.append(" ".join(str(statement.compile(dialect=engine.dialect)).split()))

    engine = create_mock_engine(f"{dialect}://", take)
    metadata.create_all(engine, checkfirst=False)
    for name, condition in WHERE.items():
        (index,) = [words for words in made if f"INDEX {name} " in words]
        assert condition in index
