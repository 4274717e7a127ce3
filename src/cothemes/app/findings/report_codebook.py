"""How the codebook changed while the study ran, for the report: versions in use, differences, reasons."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cothemes.app.codebook.diff import reasons_between
from cothemes.app.codebook.versions import Version, named_now, versions
from cothemes.app.findings.codebook_versions import CodePair, FieldPair, around_pairs, code_pairs
from cothemes.app.study import Study
from cothemes.records.code_operation import OperationKind
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


class OperationLine(Record):
    """What a person did to a code."""

    at: Moment
    by: str
    kind: OperationKind
    codes: tuple[str, ...]
    """Ids as they were."""
    into: tuple[str, ...]
    """Ids that came of it."""
    reason: str
    undone: bool
    """Whether it was taken back since."""


class CodebookHistory(Record):
    """Empty where one version served throughout and nothing was done to a code."""

    versions: tuple[UsedVersion, ...] = ()
    steps: tuple[Step, ...] = ()
    operations: tuple[OperationLine, ...] = ()
    """Recorded operations, the oldest first."""

    @property
    def told(self) -> bool:
        """Return whether there is anything to tell."""
        return bool(self.steps or self.operations)


def codebook_history(study: Study) -> CodebookHistory:
    """Every version under which something was decided or coded, and the present one."""
    used = [each for each in versions(study) if each.readings or each.runs or each.current]
    operations = tuple(_operations(study))
    if len(used) < 2:
        return CodebookHistory(operations=operations)
    return CodebookHistory(
        operations=operations,
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


def _operations(study: Study) -> Iterator[OperationLine]:
    done = study.store.operations.all()
    undone = {each.undoes for each in done if each.undoes}
    for each in done:
        if each.kind is not OperationKind.UNDO:
            yield OperationLine(
                at=each.at,
                by=each.by,
                kind=each.kind,
                codes=each.codes,
                into=each.into,
                reason=each.reason,
                undone=each.id in undone,
            )


def _step(study: Study, old: Version, new: Version) -> Step:
    found = difference(named_now(study, old.codebook), named_now(study, new.codebook))
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
