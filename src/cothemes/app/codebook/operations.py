"""Operations on codes: what a person does to a code, recorded, so that decisions follow it."""

from __future__ import annotations

from typing import Any

from cothemes.app import wiring
from cothemes.app.codebook.versions import versions
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.code_operation import Operation, OperationKind
from cothemes.records.codebook import NONE_CODE, Codebook


def new_operation(
    kind: OperationKind,
    by: str,
    reason: str,
    codes: tuple[str, ...],
    into: tuple[str, ...],
    before: Codebook,
    after: Codebook,
    *,
    exact: bool = False,
    undoes: str = "",
    by_hand: bool = False,
    details: dict[str, Any] | None = None,
) -> Operation:
    """Return the record of an operation that is done now."""
    return Operation(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        kind=kind,
        codes=codes,
        into=into,
        exact=exact,
        old=before.hash,
        new=after.hash,
        undoes=undoes,
        reason=reason.strip(),
        by_hand=by_hand,
        details=details or {},
    )


def refuse_used_id(study: Study, code: str) -> None:
    """Raise UsageError for an id that is, or once was, the id of a code, or that cannot be one."""
    if not code or code == NONE_CODE or any(sign in code for sign in " ,=~"):
        raise UsageError(
            f"{code!r} cannot be the id of a code",
            hint=f"Use letters and digits, such as D12; `{NONE_CODE}` is reserved.",
        )
    here = study.codebook.by_id.get(code)
    if here is not None:
        raise UsageError(f"{code} is a code already: {here.label}", hint="Choose another id.")
    for version in versions(study):
        was = version.codebook.by_id.get(code)
        if was is not None:
            raise UsageError(
                f"{code} was the id of another code, {was.label!r}, in version {version.name}",
                hint="An id is for ever: choose one that was never used.",
            )
