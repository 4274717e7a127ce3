"""The permanent identity of codes behind their visible ids.

Records keep the id that a code had when they were made. Which code that was follows from the codebook they
were made under, and from the operations up to then; which id the code has now follows from all operations.
A code that no operation has touched is known by its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from cothemes.records.code_operation import Operation, OperationKind

_CODES = UUID("6f4d1c8e-3f0b-5c5e-9d2a-7b1f6a0c2e11")


def first_identity(name: str) -> str:
    """The permanent id of a code that was never anything else than `name`."""
    return str(uuid5(_CODES, name))


class CodeNames:
    """Visible ids and permanent ids after a sequence of operations."""

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        self._identity: dict[str, str] = {}
        """Visible id → permanent id, where an operation decided it."""
        self._name: dict[str, str] = {}
        """Permanent id → visible id, likewise."""
        self._done: dict[str, Operation] = {}
        self._before: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        self._undone: set[str] = set()
        self._former: dict[str, str] = {}
        for operation in operations:
            self._apply(operation)

    def identity(self, name: str) -> str:
        """The permanent id of the code that is called `name` now, or was called so last."""
        return self._identity.get(name) or first_identity(name)

    def name(self, identity: str, otherwise: str) -> str:
        """The visible id of a permanent id; `otherwise` where no operation has touched it."""
        return self._name.get(identity, otherwise)

    @property
    def touched(self) -> frozenset[str]:
        """Visible ids whose permanent id was decided by an operation."""
        return frozenset(self._identity)

    @property
    def former(self) -> Mapping[str, str]:
        """Ids that stand for codes which another code took the id of → what people read: `D4 (split)`."""
        return self._former

    def live(self) -> list[Operation]:
        """The operations that hold, in order; without undos and what they took back."""
        return [
            each
            for each in self._done.values()
            if each.kind is not OperationKind.UNDO and each.id not in self._undone
        ]

    def _apply(self, done: Operation) -> None:
        self._before[done.id] = (dict(self._identity), dict(self._name))
        self._done[done.id] = done
        if done.kind is OperationKind.RENAME:
            self._rename(done.codes[0], done.into[0])
        elif done.kind in (OperationKind.MERGE, OperationKind.SPLIT):
            self._reshape(done)
        elif done.kind is OperationKind.UNDO:
            self._undo(done.undoes)

    def _rename(self, old: str, new: str) -> None:
        identity = self.identity(old)
        self._identity[old] = self._identity[new] = identity
        self._name[identity] = new

    def _reshape(self, done: Operation) -> None:
        """Codes that came of others are new ones, even where they keep the id of one of them."""
        for name in done.codes:
            self._identity[name] = self.identity(name)
            self._name.setdefault(self._identity[name], name)
        for name in done.into:
            if name in done.codes:
                free = self._free(name)
                self._former[free] = f"{name} ({'merged' if done.kind is OperationKind.MERGE else 'split'})"
                self._name[self.identity(name)] = free
                identity = first_identity(f"{name} {done.id}")
            else:
                identity = self.identity(name)
            self._identity[name] = identity
            self._name[identity] = name

    def _undo(self, undone: str) -> None:
        """Names are as before the operation; what it had made keeps a name of its own."""
        operation = self._done.get(undone)
        if operation is None or undone in self._undone:
            return
        self._undone.add(undone)
        if operation.kind is OperationKind.RENAME:
            self._rename(operation.into[0], operation.codes[0])
        elif operation.kind in (OperationKind.MERGE, OperationKind.SPLIT):
            identities, names = self._before[undone]
            for name in operation.codes:
                made = self.identity(name)
                before = identities.get(name) or first_identity(name)
                if made != before:
                    free = self._free(name)
                    self._former[free] = f"{name} (retired)"
                    self._name[made] = free
                self._identity[name] = before
                self._name[before] = names.get(before, name)

    def _free(self, name: str) -> str:
        taken = {*self._name.values(), *self._identity}
        number = 1
        while f"{name}~{number}" in taken:
            number += 1
        return f"{name}~{number}"


def names_then(operations: Sequence[Operation], last: str) -> CodeNames:
    """The names as they were after the operation with the id `last`; empty: before all."""
    upto = next((at + 1 for at, each in enumerate(operations) if each.id == last), 0)
    return CodeNames(operations[:upto])
