"""An error of the database brings no words of a transcript with it."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from cothemes.adapters.sql.engine import Database

CANARY = "the yellow canary sang at Blairquhan"


def test_a_traceback_holds_no_parameters(tmp_path: Path) -> None:
    database = Database(tmp_path / "records.sqlite")
    with pytest.raises(OperationalError) as caught, database.writing() as connection:
        connection.execute(text("insert into nowhere (words) values (:words)"), {"words": CANARY})
    database.close()
    shown = "".join(traceback.format_exception(caught.value))
    assert "insert into nowhere" in shown
    assert CANARY not in shown
