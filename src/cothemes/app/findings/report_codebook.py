"""How the codebook changed while the study ran, for the report: versions in use, differences, reasons."""

from __future__ import annotations

from itertools import pairwise

from cothemes.app.codebook.diff import reasons_between
from cothemes.app.codebook.versions import Version, versions
from cothemes.app.findings.codebook_versions import CodePair, FieldPair, around_pairs, code_pairs
from cothemes.app.study import Study
from cothemes.records.record import Moment, Record
from cothemes.stages.codebook_change.difference import difference


class Step(Record):
    """From one version that was in use to the next."""

    old: str
    new: str
    codes: tuple[CodePair, ...]
    around: tuple[FieldPair, ...]
    """The same for what stands beside the codes: rules, attributes, themes."""
    reasons: tuple[str, ...]
    """As people kept them, with who and when where that is known."""


class UsedVersion(Record):
    """A version with what was done under it."""

    name: str
    codes: int
    readings: int
    runs: tuple[str, ...]
    first: Moment | None
    last: Moment | None
    """Times of its decisions, runs and notes."""


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
            UsedVersion(
                name=v.name,
                codes=len(v.codebook.codes),
                readings=v.readings,
                runs=v.runs,
                first=v.first,
                last=v.last,
            )
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
        codes=tuple(code_pairs(found)),
        around=around_pairs(found),
        reasons=tuple(
            (f"{', '.join(each.codes)}: " if each.codes else "")
            + each.reason
            + (f" ({each.by}, {each.at:%Y-%m-%d})" if each.by else f" ({each.at:%Y-%m-%d})")
            for each in given
            if each.reason
        ),
    )
