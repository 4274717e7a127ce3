"""A person's answer to what a hand edit of codebook.yaml meant: renamed, retired or new codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.app.codebook.operations import new_operation
from cothemes.app.codebook.reasons import keep, person
from cothemes.app.hand_edits import hand_edit
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.code_operation import Operation, OperationKind
from cothemes.records.codebook import Codebook
from cothemes.records.record import Record


class HandEditReport(Record):
    """Operations that codebook.yaml shows, recorded afterwards."""

    operations: tuple[Operation, ...]
    stored: bool
    """False for a dry run: nothing was written."""


def explain_hand_edit(
    study: Study,
    *,
    renamed: Mapping[str, str] | None = None,
    retired: Sequence[str] = (),
    new: Sequence[str] = (),
    by: str = "",
    reason: str = "",
    dry_run: bool = False,
) -> HandEditReport:
    """Record what a hand edit meant; codes that are new besides are recorded as added.

    `renamed`: old id → new id. Raises UsageError for an id that is not gone or not new, and where a code that
    is gone is left without an answer; StateConflict where nothing is to be explained.
    """
    found = hand_edit(study)
    renamed = renamed or {}
    if not found.gone and not found.new:
        raise StateConflict(
            "every code is accounted for", where=str(study.codebook_path), hint="Nothing was changed."
        )
    _each_is([*renamed, *retired], found.gone, "gone from codebook.yaml", "Gone")
    _each_is([*renamed.values(), *new], found.new, "new in codebook.yaml", "New")
    both = [code for code in renamed if code in retired] + [c for c in renamed.values() if c in new]
    if both:
        raise UsageError(f"{both[0]} is named twice", hint="Say one thing of each code.")
    open_ = [code for code in found.gone if code not in renamed and code not in retired]
    if open_:
        raise UsageError(
            f"nothing is said of {', '.join(open_)}",
            hint=f"Give --renamed {open_[0]}=NEW or --retired {','.join(open_)}.",
        )
    who = person(study, by)
    after = study.codebook
    before = _book(study, found.before) or after

    def made(kind: OperationKind, codes: tuple[str, ...], into: tuple[str, ...]) -> Operation:
        return new_operation(kind, who, reason, codes, into, before, after, by_hand=True)

    added = [code for code in found.new if code not in renamed.values()]
    operations = (
        *(made(OperationKind.RENAME, (old,), (now,)) for old, now in renamed.items()),
        *(made(OperationKind.RETIRE, (code,), ()) for code in dict.fromkeys(retired)),
        *(made(OperationKind.ADD, (), (code,)) for code in added),
    )
    if not dry_run:
        study.store.operations.append(operations)
        keep(study, after)
    return HandEditReport(operations=operations, stored=not dry_run)


def _each_is(codes: Sequence[str], known: Sequence[str], what: str, title: str) -> None:
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is named twice", hint="Say one thing of each code.")
    stray = [code for code in codes if code not in known]
    if stray:
        raise UsageError(f"{stray[0]} is not {what}", hint=f"{title}: {', '.join(known) or 'none'}.")


def _book(study: Study, name: str) -> Codebook | None:
    content = study.store.codebooks.get(name) if name else None
    return Codebook.model_validate_json(content) if content else None
