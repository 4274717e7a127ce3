"""An evaluation as one HTML page: figures, plots, what moved, what it stands on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cothemes.app.figures.evaluate import Evaluation
from cothemes.presentation.evaluation_changes import (
    cautions,
    not_compared,
    nothing_compared,
    other_than_then,
    outcome,
    rule,
    said,
    since,
)
from cothemes.presentation.pages import PageHead, page
from cothemes.records.numbers import percent
from cothemes.stages.evaluate.coding.history import Entry
from cothemes.stages.evaluate.coding.metrics import CODE_METRICS, METRICS
from cothemes.stages.evaluate.coding.publication_tables import leading_and_further, people_words
from cothemes.stages.evaluate.coding.report import Report

MOST_TIMES = 12
"""Most entries shown of a row, the newest; the page says how many more there are."""


def evaluation_page(found: Evaluation, suite: Path, made: datetime) -> str:
    """Return the page of an evaluation by the suite in this file."""
    report = found.report
    now = found.entries[0]
    head = PageHead(f"{report.suite}: coders against gold", made, synthetic=report.synthetic)
    fields = {
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
        "made_with": now.context,
        "at": now.at,
        "file": suite.name,
    }
    return page("evaluation_page", head, **fields)


def _times(found: Evaluation) -> list[tuple[str, list[Entry], int]]:
    """Return, for each present row, its entries, oldest first, and how many still older ones are left out."""
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
            f"by document, {percent(report.test_share)} of the passages for testing, seeds "
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
