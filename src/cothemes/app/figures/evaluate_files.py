"""An evaluation to files that people look at and print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cothemes
from cothemes.app import wiring
from cothemes.app.figures.evaluate import Evaluation
from cothemes.errors import InputError
from cothemes.stages.evaluate.coding.history import Entry
from cothemes.stages.evaluate.coding.metrics import CODE_METRICS, METRICS
from cothemes.stages.evaluate.coding.publication_tables import (
    full_rows,
    leading_and_further,
    people_words,
    publication_note,
    publication_tables,
)
from cothemes.stages.evaluate.coding.report import Report
from cothemes.stages.evaluate.coding.since import (
    cautions,
    not_compared,
    nothing_compared,
    other_than_then,
    outcome,
    rule,
    said,
    since,
)

MOST_TIMES = 12
"""Of a row, the newest; how many more there are is told."""


def check_places(*paths: Path | None) -> None:
    """Before anything is paid for: raises InputError where a file could not be written later."""
    for path in filter(None, paths):
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise InputError(
                "is a folder" if path.is_dir() else "cannot be written: there is no such folder",
                where=str(path),
                hint="Name a file in a folder that exists; nothing was evaluated.",
            )


def write_files(
    found: Evaluation,
    suite: Path,
    *,
    html: Path | None = None,
    latex: Path | None = None,
    csv: Path | None = None,
) -> None:
    """A page with figures, LaTeX tables, every figure as CSV. Raises InputError where one cannot be
    written."""
    if html is not None:
        wiring.write_evaluation_page(html, _context(found, suite))
    if latex is not None:
        wiring.write_latex(latex, publication_tables(found.report), publication_note(found.report))
    if csv is not None:
        wiring.write_csv(csv, full_rows(found.report))


def _context(found: Evaluation, suite: Path) -> dict[str, Any]:
    report = found.report
    now = found.entries[0]
    return {
        "report": report,
        "names": [row.title for row in report.rows],
        "tables": leading_and_further(),
        "metrics": tuple(METRICS),
        "code_metrics": tuple(CODE_METRICS),
        "named": {each.key: each for each in METRICS},
        "people_words": people_words(report),
        "failed": found.failed,
        "changes": found.changes,
        "no_changes": nothing_compared(len(found.before), found.passed_over),
        "not_compared": not_compared(found.passed_over),
        "since": since(found.changes),
        "changed": other_than_then(found.changes),
        "cautions": list(cautions(found.changes)),
        "outcome": outcome(found.changes),
        "rule": rule(found.changes),
        "said": said,
        "times": _times(found),
        "standing": _standing(report, now, found),
        "context": now.context,
        "at": now.at,
        "file": suite.name,
        "version": cothemes.__version__,
        "made": wiring.clock().now(),
    }


def _times(found: Evaluation) -> list[tuple[str, list[Entry], int]]:
    """Of each row now: its entries, oldest first, and how many still older ones are left out."""
    told = []
    for entry in found.entries:
        every = [each for each in (*found.before, entry) if each.key == entry.key]
        told.append((entry.row.title, every[-MOST_TIMES:], max(len(every) - MOST_TIMES, 0)))
    return told


def _standing(report: Report, now: Entry, found: Evaluation) -> list[tuple[str, str]]:
    rows = report.rows
    versions = dict.fromkeys(f"{row.coder} {row.version}" for row in rows)
    prompts = dict.fromkeys(row.prompt for row in rows if row.prompt)
    models = dict.fromkeys(row.model for row in rows if row.model)
    given = [
        ("Suite", f"{report.suite}, {report.suite_hash}"),
        ("Codebook", f"{report.codebook}, {report.codebook_hash}"),
        (
            "Gold",
            f"{report.gold}: {report.passages} passages in {report.documents} documents; {report.excluded} "
            f"excluded, {report.unrated} not rated by it",
        ),
        (
            "Split",
            f"by document, {100 * report.test_share:.0f} % of the passages for testing, seeds "
            f"{', '.join(map(str, rows[0].seeds))}",
        ),
        (
            f"Codes with fewer than {report.min_positives} positives, not scored",
            ", ".join(f"{code} ({count})" for code, count in report.too_rare.items()),
        ),
        (
            "Labels that the codebook does not hold",
            ", ".join(f"{code} ({count})" for code, count in report.outside_codebook.items()),
        ),
        ("Coders", "; ".join(versions)),
        ("Models", "; ".join(models)),
        ("Prompts", "; ".join(prompts)),
        ("Commit of the suite's folder", now.context.get("commit", "")),
        (
            "Versions",
            f"cothemes {now.context.get('cothemes', '')}, Python {now.context.get('python', '')}, "
            f"{now.context.get('libraries', '')}, {now.context.get('machine', '')}",
        ),
        ("History", f"{found.history.name}: {len(found.before)} rows before this evaluation"),
    ]
    return [(title, words) for title, words in given if words]
