"""The table of `--meta`: what is known of each file, a row a file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from cothemes.errors import InputError
from cothemes.stages.deidentify.consent import COLUMN, near_miss


def read_metadata(path: Path | None) -> dict[str, dict[str, str]]:
    """File name → its row of the --meta table. Raises InputError with the row."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"cannot be read as a table: {error}", where=str(path), hint="Save it as UTF-8 CSV."
        ) from error
    _refuse_near_misses(path, rows)
    table: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        name = (row.get("file") or "").strip()
        if not name:
            raise InputError(
                "has no file name in this row", where=f"{path}:{number}", hint="Fill the column `file`."
            )
        if name in table:
            raise InputError(f"{name} stands twice", where=f"{path}:{number}", hint="Keep one row a file.")
        table[name] = {key: value.strip() for key, value in row.items() if key and key != "file" and value}
    return table


def _refuse_near_misses(path: Path, rows: Sequence[Mapping[str | None, object]]) -> None:
    """Raise InputError where a column about consent has another name: its words would count for nothing."""
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            if name and near_miss(name) and isinstance(value, str) and value.strip():
                raise InputError(
                    f"the column {name!r} is not read as consent",
                    where=f"{path}:{number}",
                    hint=f"Name it {COLUMN} (yes or no), or give it a name that does not look like it. "
                    "Nothing was stored.",
                )
