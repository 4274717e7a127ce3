"""Short names of documents, fit for ids, file names and command lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60


def slug_for(name: str, taken: Collection[str] = ()) -> str:
    """The slug of a file's name, its ending left off."""
    return slug_of(re.sub(r"(?<=.)\.[A-Za-z0-9]{1,8}$", "", name), taken)


def slug_of(stem: str, taken: Collection[str] = ()) -> str:
    """ASCII letters, digits and hyphens in lower case, at most LONGEST, with `-2`, `-3`, … where taken."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii").lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:LONGEST].strip("-") or "document"
    if base not in taken:
        return base
    number = 2
    while True:
        suffix = f"-{number}"
        candidate = base[: LONGEST - len(suffix)].rstrip("-") + suffix
        if candidate not in taken:
            return candidate
        number += 1
