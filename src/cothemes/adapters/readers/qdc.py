"""Codebooks of other programs: REFI-QDA (.qdc)."""

from __future__ import annotations

from pathlib import Path

from cothemes.adapters.readers.refi_xml import Guids, child, codes_in, file_bytes, sets_in, tree_of
from cothemes.errors import ExchangeError
from cothemes.records.project import Project

_LARGEST = 64 * 1024 * 1024


def read_qdc(path: Path) -> Project:
    """Return a project that has codes and sets of codes alone. Raises ExchangeError."""
    root = tree_of(file_bytes(path, _LARGEST), str(path))
    codebook = root if root.tag == "CodeBook" else child(root, "CodeBook")
    if codebook is None:
        raise ExchangeError(
            f"holds a {root.tag}, not a codebook", where=str(path), hint="A .qdc file begins with CodeBook."
        )
    guids = Guids(root)
    return Project(
        name=path.stem,
        origin=root.get("origin", ""),
        codes=codes_in(codebook, guids),
        sets=sets_in(root, guids),
    )
