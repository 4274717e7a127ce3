"""The conventions that are known, most explicit first; other packages add theirs."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

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

    Raises TypeError for an entry point that is no Convention.
    """
    found = list(BUILT_IN)
    for point in entry_points(group=GROUP):
        convention = point.load()
        if not isinstance(convention, Convention):
            raise TypeError(f"entry point {GROUP}: {point.value} is no Convention")
        found.append(convention)
    return tuple(found)
