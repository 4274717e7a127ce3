"""The conventions that are known, most explicit first; other packages add theirs."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from cothemes.errors import UsageError
from cothemes.stages.ingest.conventions import (
    above,
    clock_above,
    colon,
    framed,
    gap,
    heading_names,
    initials,
    question_answer,
    sign,
    timed,
)
from cothemes.stages.ingest.conventions.reading import Convention

BUILT_IN: tuple[Convention, ...] = (
    initials.CONVENTION,
    colon.CONVENTION,
    timed.CONVENTION,
    clock_above.CONVENTION,
    question_answer.CONVENTION,
    heading_names.CONVENTION,
    framed.CONVENTION,
    gap.CONVENTION,
    above.CONVENTION,
    sign.CONVENTION,
)
GROUP = "cothemes.conventions"
"""Entry points of this group name a `Convention`."""


@cache
def conventions() -> tuple[Convention, ...]:
    """Return the built-in conventions and those of installed packages.

    Raises UsageError for one of another package that cannot be loaded, is no Convention, or has a name that
    is taken.
    """
    found = list(BUILT_IN)
    for entry in entry_points(group=GROUP):
        try:
            made = entry.load()
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"the convention “{entry.name}” of another package cannot be loaded: {error}",
                hint="Update that package, or uninstall it.",
            ) from error
        if not isinstance(made, Convention):
            raise UsageError(
                f"the convention “{entry.name}” of another package is no Convention",
                hint=f"Its entry point in {GROUP} must name a "
                "cothemes.stages.ingest.conventions.reading.Convention.",
            )
        if made.name in {each.name for each in found}:
            raise UsageError(
                f"two conventions are called “{made.name}”",
                hint=f"Rename the convention of the package that has the entry point “{entry.name}”.",
            )
        found.append(made)
    return tuple(found)
