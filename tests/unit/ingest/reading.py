"""What tests of ingest share: files written, read and understood; turns as plain tuples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.stages.ingest.document import document_from


class Desk:
    """A folder to read from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self,
        name: str,
        content: str | bytes,
        *,
        kind: Kind | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Document:
        """The first document of a file with this content."""
        path = self._folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return document_from(reader_for(path).read(path)[0], kind=kind, metadata=metadata)

    def turns(self, content: str, name: str = "talk.md") -> list[tuple[str, str, str]]:
        """(speaker, role, words) of everything spoken."""
        return turns(self.read(name, content))


def turns(document: Document) -> list[tuple[str, str, str]]:
    """(speaker, role, words) of every block but headings."""
    return [
        (block.speaker, block.role.value, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind is not BlockKind.HEADING
    ]
