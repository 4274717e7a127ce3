"""How the codebook changed while the study ran, for the report: versions in use, differences, reasons."""

from __future__ import annotations

from itertools import pairwise

from cothemes.app.codebook.diff import reasons_between
from cothemes.app.codebook.versions import Version, versions
from cothemes.app.study import Study
from cothemes.records.record import Record
from cothemes.stages.codebook_change.difference import Difference, difference
from cothemes.stages.codebook_change.words import marked


class CodeLine(Record):
    """What became of one code."""

    code: str
    label: str
    what: str
    """Added, removed, or what sort of change it is."""
    texts: tuple[str, ...] = ()
    """Field and words, with [-went-] and {+came+}."""


class Step(Record):
    """From one version that was in use to the next."""

    old: str
    new: str
    codes: tuple[CodeLine, ...]
    around: tuple[str, ...]
    """The same for what stands beside the codes: rules, attributes, themes."""
    reasons: tuple[str, ...]
    """As people kept them, with who where that is known."""


class UsedVersion(Record):
    """A version with what was done under it."""

    name: str
    codes: int
    readings: int
    runs: tuple[str, ...]


class CodebookHistory(Record):
    """Empty where one version served throughout."""

    versions: tuple[UsedVersion, ...] = ()
    steps: tuple[Step, ...] = ()


def codebook_history(study: Study) -> CodebookHistory:
    """Every version under which something was decided or coded, and the present one."""
    used = [each for each in versions(study) if each.readings or each.runs or each.current]
    if len(used) < 2:
        return CodebookHistory()
    return CodebookHistory(
        versions=tuple(
            UsedVersion(name=v.name, codes=len(v.codebook.codes), readings=v.readings, runs=v.runs)
            for v in used
        ),
        steps=tuple(_step(study, old, new) for old, new in pairwise(used)),
    )


def _step(study: Study, old: Version, new: Version) -> Step:
    found = difference(old.codebook, new.codebook)
    given = reasons_between(study, old.codebook, new.codebook)
    return Step(
        old=old.name,
        new=new.name,
        codes=_lines(found),
        around=tuple(f"{change.field}: {marked(change.words)}" for change in found.around),
        reasons=tuple(
            (f"{', '.join(each.codes)}: " if each.codes else "")
            + each.reason
            + (f" ({each.by})" if each.by else "")
            for each in given
            if each.reason
        ),
    )


def _lines(found: Difference) -> tuple[CodeLine, ...]:
    return (
        *(CodeLine(code=code.id, label=code.label, what="added") for code in found.added),
        *(CodeLine(code=code.id, label=code.label, what="removed") for code in found.removed),
        *(
            CodeLine(
                code=change.id,
                label=change.new.label,
                what=", ".join(change.kinds),
                texts=tuple(f"{text.field}: {marked(text.words)}" for text in change.texts),
            )
            for change in found.changed
        ),
    )
