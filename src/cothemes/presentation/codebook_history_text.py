"""The versions of the codebook and what was said of them, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.codebook.versions import CodebookLog
    from cothemes.records.revision import Revision


def log_lines(found: CodebookLog) -> Iterator[Line]:
    """Yield a row for each version, then a line for each note."""
    yield Table(
        ("version", "hash", "codes", "from", "to", "finished", "runs", ""),
        [
            (
                v.version,
                v.hash[:8],
                v.codes,
                f"{v.first:%Y-%m-%d}" if v.first else "–",
                f"{v.last:%Y-%m-%d}" if v.last else "–",
                v.readings,
                len(v.runs),
                "now" if v.current else "",
            )
            for v in found.versions
        ],
        right=(2, 5, 6),
    )
    yield "finished: passages that people finished under it. runs: of coders."
    for revision in found.notes:
        yield shown_text(hanging(_words(revision), 12, first=f"{revision.at:%Y-%m-%d}"))


def _words(revision: Revision) -> str:
    """Return what was said, by whom, of what."""
    about = ", ".join(revision.codes)
    kinds = {
        "reason": f"{about}: " if about else "",
        "same": f"{about}: both wordings ask for the same. ",
        "adopted": f"{about} adopted from {len(revision.candidates)} candidates. ",
        "dismissed": f"{len(revision.candidates)} candidates dismissed: ",
    }
    by = revision.by or "not named"
    between = f" [{revision.old[:8]} → {revision.new[:8]}]" if revision.old != revision.new else ""
    return f"{kinds[revision.kind.value]}{revision.reason} ({by}){between}".strip()
