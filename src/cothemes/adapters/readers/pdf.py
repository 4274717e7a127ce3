"""PDF, by pypdf in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cothemes.adapters.readers import pdf_worker
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.pdf_layout import arrange
from cothemes.adapters.readers.raw import digest, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, ReadOptions, Source


class PdfReader:
    """pdf with a layer of text."""

    def __init__(self, _options: ReadOptions = AS_FOUND, *, seconds: float = 90.0) -> None:
        self._seconds = seconds

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in pages. Raises FileUnreadable."""
        data = read_bytes(path)
        if b"%PDF-" not in data[:1024]:
            raise FileUnreadable(
                "is no PDF", where=str(path), hint="Give it the ending of what it is, or export it anew."
            )
        content = self._extract(path)
        if "error" in content:
            raise FileUnreadable(
                content["error"],
                where=str(path),
                hint="Open it in a PDF viewer and print it to a new PDF, or copy its text into a .txt file.",
            )
        pages: list[list[dict[str, Any]]] = content["pages"]
        if not any(pages):
            raise FileUnreadable(
                f"holds no text on its {len(pages)} pages; it may be a scan",
                where=str(path),
                hint="Run it through text recognition (OCR) first.",
            )
        layout = arrange(pages)
        return [
            Source(
                name=path.name,
                reader="pdf",
                hash=digest(data),
                unit="page",
                lines=layout.lines,
                title=content["title"].strip(),
                furniture=layout.furniture,
                notes=layout.notes,
            )
        ]

    def _extract(self, path: Path) -> dict[str, Any]:
        command = [sys.executable, "-I", pdf_worker.__file__, str(path.resolve())]
        try:
            done = subprocess.run(command, capture_output=True, timeout=self._seconds, check=False)
        except subprocess.TimeoutExpired:
            return {"error": f"was not read within {self._seconds:.0f} seconds"}
        try:
            content = json.loads(done.stdout)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return {"error": f"made the reader stop (exit {done.returncode}): too large or broken"}
        return content if isinstance(content, dict) else {"error": "gave no answer"}


def _recognises(opening: Opening) -> bool:
    return b"%PDF-" in opening.data[:1024]


FORMAT = Format("pdf", "PDF", (".pdf",), PdfReader, _recognises)
