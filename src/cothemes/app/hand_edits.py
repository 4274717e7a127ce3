"""Codes that a hand edit of codebook.yaml took out or put in, and that no operation explains.

The file is people's view; the operations are the truth for identity. Whether a code that is gone has another
id now or is retired cannot be known from the file. A person says it before anything is counted or coded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.app.coding_codebook import private_codes
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.code_names import CodeNames
from cothemes.records.code_operation import Operation, OperationKind

EARLIER = "_earlier"
"""Key in a study's `__dict__`, where an earlier codebook replaces the file: nothing is asked then."""
_ENDS = (OperationKind.RETIRE, OperationKind.MERGE, OperationKind.SPLIT)


@dataclass(frozen=True)
class HandEdit:
    """What codebook.yaml does not hold any more, and what it holds that no version held before."""

    gone: tuple[str, ...] = ()
    """Codes with work on them, under their last id."""
    new: tuple[str, ...] = ()
    before: str = ""
    """Hash of the last version that held one of the codes that are gone."""


def hand_edit(study: Study) -> HandEdit:
    """Return what nobody has explained. Codes that nothing rests on come and go without a question."""
    operations = study.store.operations.all()
    hashes = study.store.codebooks.hashes()
    names = CodeNames(operations)
    here = {names.identity(code): code for code in study.codebook.by_id}
    private = private_codes(study)
    known: dict[str, tuple[str, str]] = {}
    for book in hashes:
        for code, identity in (study.store.operations.identities_in(book) or {}).items():
            if code not in private:
                known[identity] = (names.name(identity, code), book)
    # A code under an id that it once had, as when an earlier file is put back, is renamed by hand too.
    elsewhere = {identity for identity, code in here.items() if names.name(identity, code) != code}
    new = tuple(c for identity, c in here.items() if identity not in known or identity in elsewhere)
    gone = {
        identity: place for identity, place in known.items() if identity not in here or identity in elsewhere
    }
    if gone:
        gone = _without_ended(gone, operations)
    if gone:
        worked_on = study.store.operations.worked_on()
        gone = {identity: place for identity, place in gone.items() if identity in worked_on}
    last = max((book for _, book in gone.values()), key=hashes.index, default="")
    return HandEdit(tuple(code for code, _ in gone.values()), new, last)


def refuse_unexplained(study: Study) -> None:
    """Raise StateConflict where a code with work on it is gone from the file, and nobody has said why."""
    if study.__dict__.get(EARLIER):
        return
    found = hand_edit(study)
    if not found.gone:
        return
    several = len(found.gone) > 1
    what = f"{', '.join(found.gone)} {'are' if several else 'is'} gone, with decisions or suggestions on "
    what += "them" if several else "it"
    ways = f"--retired {','.join(found.gone)}"
    if found.new:
        what += f", and {', '.join(found.new)} {'are' if len(found.new) > 1 else 'is'} new"
        ways = f"--renamed {found.gone[0]}={found.new[0]} or {ways}"
    raise StateConflict(
        what,
        where=str(study.codebook_path),
        hint=f"Say what that means: cothemes codebook adopt {ways}; or put the lines back.",
    )


def _without_ended(
    gone: dict[str, tuple[str, str]], operations: Sequence[Operation]
) -> dict[str, tuple[str, str]]:
    """Leave out codes that an operation brought to an end."""
    holding = {each.id for each in CodeNames(operations).live()}
    ended = set()
    for at, each in enumerate(operations):
        if each.id in holding and each.kind in _ENDS:
            then = CodeNames(operations[:at])
            ended |= {then.identity(code) for code in each.codes}
        elif each.kind is OperationKind.UNDO:
            # What an undone operation had made is gone with it.
            undone = next((one for one in operations if one.id == each.undoes), None)
            if undone is not None and undone.kind is not OperationKind.RENAME:
                then = CodeNames(operations[:at])
                ended |= {then.identity(code) for code in undone.into}
    return {identity: place for identity, place in gone.items() if identity not in ended}
