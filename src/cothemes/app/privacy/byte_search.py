"""Where erased words are left: every file of a folder searched, as bytes and as text, archives opened."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cothemes.app import wiring
from cothemes.stages.deidentify.traces import Traces

SHORTEST_NAME = 4
"""Letters of a name that is looked for; a shorter one is in too many other words."""
LARGEST_READ = 256 * 1024 * 1024
"""Bytes of a file that is opened as text and archive; of a larger one the bytes alone are searched."""


@dataclass(frozen=True)
class Sought:
    """Words by which erased text is recognised."""

    traces: Traces
    names: tuple[str, ...] = ()
    """Names of people in the text that no other document has."""

    def __bool__(self) -> bool:
        return bool(self.traces) or bool(self.names)


@dataclass
class Searched:
    """What a search found."""

    holding: dict[Path, str] = field(default_factory=dict)
    """File → the part of it that holds the words; empty for the file itself."""
    unread: list[Path] = field(default_factory=list)
    """Files that cannot be read, or hold a part that cannot."""


def files_below(root: Path) -> list[Path]:
    """Return the folder's files, links left out."""
    return [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]


def search_files(paths: Iterable[Path], sought: Sought, *, names_in: Sequence[Path] = ()) -> Searched:
    """Return the files that hold the words. Names are looked for in the files `names_in` alone."""
    found = Searched()
    named = set(names_in)
    pattern = _pattern(sought.names)
    for path in paths if sought else ():
        try:
            part = _part_that_holds(path, sought.traces, pattern if path in named else None)
        except (OSError, wiring.ContentUnreadable):
            found.unread.append(path)
        else:
            if part is not None:
                found.holding[path] = part
    return found


def _pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    wanted = [
        r"\s+".join(map(re.escape, name.split())) for name in names if len(name.strip()) >= SHORTEST_NAME
    ]
    return re.compile(rf"\b(?:{'|'.join(wanted)})\b", re.IGNORECASE) if wanted else None


def _part_that_holds(path: Path, traces: Traces, names: re.Pattern[str] | None) -> str | None:
    size = path.stat().st_size
    if not size:
        return None
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if traces.quoted_in(content):
            return ""
    if size > LARGEST_READ:
        return None
    for part in wiring.contents(path):
        if part.part and traces.quoted_in(part.data):
            return part.part
        if part.text and (traces.told_in(part.text) or (names and names.search(part.text))):
            return part.part
    return None
