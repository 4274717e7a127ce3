"""passages.jsonl: texts cut before they came here, one object to a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.format import Format
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, digest, not_overfull, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source

_HINT = 'A line is {"id": "…", "doc": "…", "text": "…"}, with speaker, labels, spans, exclude where known.'


@dataclass(frozen=True)
class PassagesReader:
    """jsonl. Lines of one `doc` are one document; a line with `exclude` is kept in the text and not coded."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """Sources in order of first appearance. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        groups: dict[str, list[Line]] = {}
        counts: dict[str, dict[str, int]] = {}
        seen: dict[str, int] = {}
        not_overfull(text, path)
        numbered = enumerate(physical_lines(text.removeprefix("\ufeff")), 1)
        for row, raw in at_most(((row, raw) for row, (_, raw) in numbered if raw.strip()), path, "rows"):
            entry = _entry(raw, f"{path}:{row}")
            if entry["id"] in seen:
                raise FileUnreadable(
                    f"the id {entry['id']!r} is at row {seen[entry['id']]} already",
                    where=f"{path}:{row}",
                    hint="Give every passage an id of its own.",
                )
            seen[entry["id"]] = row
            tally = counts.setdefault(entry["doc"], {"excluded": 0, "coded": 0})
            tally["excluded"] += bool(entry.get("exclude"))
            tally["coded"] += "labels" in entry or "spans" in entry
            groups.setdefault(entry["doc"], []).append(
                Line(
                    text=entry["text"],
                    glue="\n\n",
                    place=row,
                    style=LineStyle.ASIDE if entry.get("exclude") else LineStyle.PASSAGE,
                    speaker=entry.get("speaker") or None,
                    label=entry["id"],
                )
            )
        if not groups:
            raise FileUnreadable("holds no passage", where=str(path), hint=_HINT)
        return [
            Source(
                name=path.name,
                reader="passages",
                hash=digest(data),
                unit="row",
                lines=tuple(lines),
                stem=doc,
                title=doc,
                kind=Kind.SURVEY,
                notes=(*notes, *_notes(counts[doc])),
            )
            for doc, lines in groups.items()
        ]


def _entry(raw: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(raw)
    except json.JSONDecodeError as error:
        raise FileUnreadable(f"is not JSON: {error.msg}", where=where, hint=_HINT) from error
    except RecursionError as error:
        raise FileUnreadable("is nested too deeply", where=where, hint=_HINT) from error
    if not isinstance(entry, dict):
        raise FileUnreadable("is no object", where=where, hint=_HINT)
    for key in ("id", "doc", "text"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise FileUnreadable(f"has no “{key}”, or it is no text", where=where, hint=_HINT)
    speaker = entry.get("speaker")
    if speaker is not None and not isinstance(speaker, str):
        raise FileUnreadable("“speaker” is no text", where=where, hint=_HINT)
    return entry


def _notes(tally: dict[str, int]) -> list[str]:
    notes = []
    if tally["excluded"]:
        notes.append(f"{tally['excluded']} passages are marked `exclude`: they are in the text, not coded.")
    if tally["coded"]:
        notes.append(f"{tally['coded']} passages bring codes, which ingest does not read.")
    return notes


FORMAT = Format("passages", "passages cut before (JSON lines)", (".jsonl",), PassagesReader)
