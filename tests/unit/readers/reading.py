"""What tests of readers share: a file written and read, and what is spoken in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import BlockKind, Document
from cothemes.records.source import AS_FOUND, ReadOptions, Source
from cothemes.stages.ingest.document import document_from


def sources(
    folder: Path, name: str, content: str | bytes | Any, options: ReadOptions = AS_FOUND
) -> list[Source]:
    """All sources of a file with this content; what is no text is written as JSON."""
    path = folder / name
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return reader_for(path, options).read(path)


def source(folder: Path, name: str, content: str | bytes | Any, options: ReadOptions = AS_FOUND) -> Source:
    """The only source of a file."""
    (found,) = sources(folder, name, content, options)
    return found


def document(
    folder: Path, name: str, content: str | bytes | Any, options: ReadOptions = AS_FOUND
) -> Document:
    """The only document of a file."""
    return document_from(source(folder, name, content, options))


def turns(document: Document) -> list[tuple[str, str, str]]:
    """(speaker, time, words) of every block but headings."""
    return [
        (block.speaker, block.time, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind is not BlockKind.HEADING
    ]


def blocks(document: Document) -> list[tuple[str, str]]:
    """(kind, words) of every block."""
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]
