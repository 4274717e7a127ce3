"""Run as a process of its own: a PDF to lines with their places, under limits of time and memory.

A PDF can hang a parser or fill the memory, so pypdf never runs inside the process that holds the study.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""
SECONDS = 60
"""Limit on processor time, seconds, of a file of any size."""
LEAST_SECONDS = 8.0
SECONDS_A_BYTE = 40 / 1_000_000
"""Processor time of a file: LEAST_SECONDS and so many for each byte.

A page of plain text has three kilobytes and takes 0.05 seconds. A small file whose pages take longer draws
the same things again and again.
"""
PAGE_SECONDS = 8.0
"""Limit on the processor time of one page, and of opening the file. A page of a report takes 0.05."""
LONGEST = 20_000_000
"""Characters of the whole document."""
LINES = 200_000
"""Most lines of the whole document."""
PAGES = 5_000


def limit() -> None:
    """Let the system end this process at the limits; where it cannot (Windows), time alone is limited."""
    try:
        import resource
    except ImportError:
        return
    for kind, amount in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        try:
            resource.setrlimit(kind, (amount, amount))
        except (ValueError, OSError):
            # macOS refuses RLIMIT_AS; the other limit and the parent's clock remain.
            continue


class _TooSlow(BaseException):
    """A page takes longer than any page of a text. No handler of errors inside pypdf may catch it."""


def _stop(_signal: int, _frame: Any) -> None:
    raise _TooSlow


def timed(seconds: float) -> None:
    """Raise _TooSlow after so many seconds of processor time, or take that back with 0; not on Windows."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, seconds)


_PLAIN = {
    **dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), ""),
    **{
        ord(sign): text
        for sign, text in zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
    },
}
"""Ligatures as letters; signs without width are no part of a word."""
_GAP = 1.5
"""Width of a gap between cells or columns, in sizes of the letters."""
_LETTER = 0.5
"""Width of a letter, in sizes."""


class _Page:
    """Gathers what pypdf reports of one page into lines."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._parts: list[tuple[str, float, float, float, bool]] = []

    def see(self, text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        """pypdf's visitor: text, the two matrices, the font and its size."""
        x = float(tm[4]) * float(cm[0]) + float(tm[5]) * float(cm[2]) + float(cm[4])
        y = float(tm[4]) * float(cm[1]) + float(tm[5]) * float(cm[3]) + float(cm[5])
        scale = abs(float(tm[3]) * float(cm[3])) or 1.0
        name = str((font or {}).get("/BaseFont", ""))
        strong = "bold" in name.lower() or "black" in name.lower()
        for at, piece in enumerate(text.split("\n")):
            if at:
                self.flush()
            # A blank drawn as a run of its own parts two words.
            if piece.strip() or (piece and self._parts):
                self._parts.append((piece.translate(_PLAIN), x, y, float(size or 0) * scale, strong))

    def flush(self) -> None:
        """End the line."""
        if self._parts:
            cells = self._cells()
            widest = max(self._parts, key=lambda part: len(part[0].strip()))
            self.lines.append(
                {
                    "text": " ".join(cell[1] for cell in cells),
                    "cells": cells if len(cells) > 1 else [],
                    "x": round(min(part[1] for part in self._parts), 1),
                    "y": round(self._parts[0][2], 1),
                    "size": round(widest[3], 1),
                    "strong": all(part[4] for part in self._parts if part[0].strip()),
                }
            )
        self._parts = []

    def _cells(self) -> list[tuple[float, str]]:
        """(place, words) of stretches of the line that wide gaps part."""
        found: list[tuple[float, list[str]]] = []
        end = 0.0
        for piece, x, _, size, _ in self._parts:
            if not piece.strip():
                if found:
                    found[-1][1].append(piece)
                continue
            if not found or x - end > _GAP * size:
                found.append((round(x, 1), []))
                end = x
            found[-1][1].append(piece)
            end = max(end, x) + _LETTER * size * len(piece.strip())
        cells = [(x, " ".join("".join(pieces).split())) for x, pieces in found]
        return [cell for cell in cells if cell[1]]


def main(path: str) -> dict[str, Any]:
    """{"title", "pages": [[line, …], …]} or {"error": why}."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    number = 0
    most = min(LEAST_SECONDS + SECONDS_A_BYTE * Path(path).stat().st_size, SECONDS)
    begun = time.process_time()
    try:
        timed(PAGE_SECONDS)
        reader = PdfReader(Path(path))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "is locked with a password"}
        if len(reader.pages) > PAGES:
            return {"error": f"has {len(reader.pages)} pages; {PAGES} is the most"}
        pages: list[list[dict[str, Any]]] = []
        length = lines = 0
        for page in reader.pages:
            number += 1
            left = most - (time.process_time() - begun)
            if left <= 0:
                return {"error": f"takes longer than {most:.0f} seconds to read, to page {number}"}
            timed(min(PAGE_SECONDS, left))
            gathered = _Page()
            page.extract_text(visitor_text=gathered.see)
            gathered.flush()
            pages.append(gathered.lines)
            length += sum(len(line["text"]) for line in gathered.lines)
            lines += len(gathered.lines)
            if lines > LINES:
                return {"error": f"holds more than {LINES:,} lines"}
            if length > LONGEST:
                return {"error": f"holds more than {LONGEST:,} characters"}
        title = reader.metadata.title if reader.metadata else ""
        timed(0)
        return {"title": str(title or ""), "pages": pages}
    except _TooSlow:
        if time.process_time() - begun >= most:
            return {"error": f"takes longer than {most:.0f} seconds to read, to page {number}"}
        where = f"page {number} takes" if number else "its list of pages takes"
        return {"error": f"{where} longer than {PAGE_SECONDS:.0f} seconds to read"}
    except MemoryError:
        return {"error": "needs more memory than is allowed"}
    except RecursionError:
        return {"error": "is nested too deeply"}
    # pypdf lets plain errors of Python through on broken files; what it says is all that is known of them.
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError) as error:
        return {"error": f"is broken: {type(error).__name__}: {str(error)[:200]}"}


if __name__ == "__main__":
    limit()
    sys.stdout.write(json.dumps(main(sys.argv[1])))
