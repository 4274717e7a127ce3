"""The table of `--meta`: what is known of each file, a row a file."""

from __future__ import annotations

import csv
from pathlib import Path

from cothemes.errors import InputError


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
