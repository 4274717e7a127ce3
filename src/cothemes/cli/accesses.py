"""Which commands write files with words of the study or show original names, for the access log.

A test holds that every command with an option or argument for a file is listed here, as one that writes it
or as one that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.app.privacy.access import published_words, record_access
from cothemes.app.study import Study
from cothemes.records.access import AccessKind, WordsHeld


@dataclass(frozen=True)
class Writes:
    """What a command writes."""

    files: tuple[str, ...]
    """Parameters that name files."""
    kind: AccessKind = AccessKind.EXPORT
    words: WordsHeld | None = WordsHeld.ORIGINALS
    """None: with pseudonyms, unless --show-originals is given."""


WRITES: dict[str, Writes] = {
    "agreement": Writes(("html", "latex", "csv"), words=WordsHeld.NONE),
    "backup": Writes(("out",), AccessKind.BACKUP),
    "codebook diff": Writes(("html",), words=WordsHeld.NONE),
    "codebook export": Writes(("out",), words=WordsHeld.NONE),
    "disagreements": Writes(("html",), words=None),
    "evaluate": Writes(("html", "latex", "csv")),
    "export": Writes(("out",), words=None),
    "framework": Writes(("html", "csv", "xlsx"), words=None),
    "ingest": Writes(("html",)),
    "held": Writes(("out",)),
    "matrix": Writes(("table",), words=WordsHeld.NONE),
    "pack": Writes(("out",), AccessKind.PACKAGE),
    "prevalence": Writes(("html",), words=WordsHeld.NONE),
    "report": Writes(("out",), words=None),
    "speakers": Writes(("template",)),
}
READS: dict[str, tuple[str, ...]] = {
    "agreement": ("file",),
    "codebook check": ("file",),
    "codebook import": ("file",),
    "codebook show": ("file",),
    "deidentify": ("names",),
    "demo": ("folder",),
    "evaluate": ("suite", "history"),
    "import": ("file",),
    "ingest": ("paths", "meta"),
    "init": ("folder", "codebook"),
    "forget": ("tombstones",),
    "propose": ("log",),
    "restore": ("file", "folder", "tombstones"),
    "run": ("paths", "meta", "log"),
    "webhooks secret": ("file",),
}
"""Command → parameters for files that it reads, or that it writes without words of the study's documents."""


def note_access(study: Study, command: str, given: Mapping[str, Any]) -> None:
    """Record what a command that succeeded wrote or showed."""
    originals = bool(given.get("originals"))
    name = given.get("name") or ""
    writes = WRITES.get(command)
    if writes is None:
        if originals:
            record_access(study, AccessKind.VIEW, command, words=WordsHeld.ORIGINALS, by=name)
        return
    paths = [Path(given[name]) for name in writes.files if given.get(name)]
    if not paths:
        return
    form = given.get("form")
    words = writes.words or published_words(study, originals=originals)
    if form is not None:
        command = f"{command} {form.value}"
        words = {"sheet": WordsHeld.ORIGINALS, "ratings": WordsHeld.NONE}.get(form.value, words)
    # The person of --as is the one whom the file is for.
    command = f"{command} --as {name}" if name else command
    record_access(study, writes.kind, command, paths, words=words)
