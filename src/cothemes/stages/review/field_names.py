"""Names by which codings and passages are chosen: one that means two things is never settled by guess."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from cothemes.errors import UsageError

META, ATTRIBUTE = "meta.", "attr."
"""Before a column of the metadata and an attribute of a coding, as in the columns of an export."""
OF_PASSAGE = ("document", "speaker", "role")
OF_CODING = ("by", "round", "arm")


def full_name(name: str, metadata: Collection[str], attributes: Collection[str] = (), value: str = "") -> str:
    """`role` as `passage.role` or `meta.role`; a full name, and one that nothing has, as they are.

    `value`: what is asked of it, for the hint. Raises UsageError where a column of the metadata, an attribute
    or a field of the program share the name.
    """
    meanings = [
        *([f"passage.{name}"] if name in OF_PASSAGE else []),
        *([f"coding.{name}"] if name in OF_CODING else []),
        *([f"{META}{name}"] if name in metadata else []),
        *([f"{ATTRIBUTE}{name}"] if name in attributes else []),
    ]
    if len(meanings) > 1:
        raise UsageError(
            f"{name!r} means more than one thing here: {', '.join(meanings)}",
            hint=f"Write one of them in its place, such as {_example(meanings, value)}",
        )
    return meanings[0] if meanings else name


def _example(meanings: Sequence[str], value: str) -> str:
    """The column of the metadata first: it is what the researcher named."""
    first = next((each for each in meanings if each.startswith(META)), meanings[-1])
    if not value:
        return f"{first}."
    asked = f"{first}={value}"
    return f"--where {asked if value.isalnum() else shlex.quote(asked)}"
