"""`ingest --check` as an HTML page: every file with its conventions, speakers and what is uncertain."""

from __future__ import annotations

from cothemes.app.corpus.ingest import IngestReport
from cothemes.presentation.ingest_check_text import (
    chosen_in_words,
    convention_in_words,
    other_notes,
    role_in_words,
    suggested_table,
)
from cothemes.presentation.pages import PageHead, page


def ingest_check_page(report: IngestReport, head: PageHead) -> str:
    """Return how each file is understood as a page."""
    shown = [file for file in report.files if file.understood is not None]
    return page(
        "ingest_check_page",
        head,
        files=shown,
        others=[file for file in report.files if file.understood is None],
        warnings=report.warnings,
        in_words=convention_in_words,
        chosen=chosen_in_words,
        role=role_in_words,
        other_notes=other_notes,
        table=suggested_table(shown),
    )
