"""What the sample study's two raters gave, and sheets filled in with it as a reviewer would."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

Codes = dict[str, dict[str, list[str]]]
"""rater → passage → codes."""


def sample_codes(sample: Path) -> Codes:
    """Return the codings in the sample study's ratings.csv."""
    given: Codes = defaultdict(lambda: defaultdict(list))
    with (sample / "ratings.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if row["code"]:
                given[row["rater"]][row["unit"]].append(row["code"])
    return given


def fill(sheet: Path, codes: dict[str, list[str]]) -> int:
    """Fills in a sheet as a person would; how many passages it holds."""
    if sheet.suffix == ".xlsx":
        book = load_workbook(sheet)
        page: Any = book.worksheets[0]
        head = [cell.value for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            row[head.index("codes")].value = "; ".join(codes[row[head.index("passage")].value])
            row[head.index("done")].value = "x"
        book.save(sheet)
        return int(page.max_row) - 1
    with sheet.open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    with sheet.open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, rows[0].keys())
        writer.writeheader()
        for line in rows:
            writer.writerow({**line, "codes": "; ".join(codes[line["passage"]]), "done": "x"})
    return len(rows)
