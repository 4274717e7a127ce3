"""How a package lies in its zip: which file holds which records, a row each with the hash of its content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cothemes.records.document import Document
from cothemes.records.package import Manifest
from cothemes.records.passage import Passage
from cothemes.records.record import Record, canonical_json, content_hash
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, Suggestion

MANIFEST = "package.json"
CODEBOOK = "codebook.yaml"
CODEBOOKS = "codebooks.jsonl"
README = "READ ME.txt"
TABLES: dict[str, type[Record]] = {
    "documents": Document,
    "passages": Passage,
    "runs": Run,
    "outcomes": Outcome,
    "suggestions": Suggestion,
    "assignments": Assignment,
    "decisions": Decision,
}
"""Field of `Package` → what it holds; its file is `FIELD.jsonl`."""
PARTS = frozenset({CODEBOOK, CODEBOOKS, README, *(f"{name}.jsonl" for name in TABLES)})
"""All that may lie beside the manifest. Nothing is ever unpacked by the name it bears."""


def lines_of(values: Iterable[Any]) -> bytes:
    """A line for each value: `{"hash": …, "record": …}`, canonical."""
    return "".join(
        f'{{"hash":"{content_hash(value)}","record":{canonical_json(value)}}}\n' for value in values
    ).encode("utf-8", "surrogatepass")


def sealed(manifest: Manifest) -> bytes:
    """package.json: the manifest, and the hash over all of it."""
    said = manifest.model_dump(mode="json")
    return canonical_json({**said, "hash": content_hash(said)}).encode("utf-8")
