"""What becomes of decisions on codes that were merged or split: carried over, to confirm, or listed.

A merge that is exactly the union carries presences and absences: present if any part was, absent if the
person coded all parts absent, else missing. A wider merge carries presences alone, to be confirmed, and only
for findings: with the absences left behind, agreement on it would be biased. A split whose parts lie within
the code carries absences; where the code was given, the passage has to be read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.code_names import CodeNames
from cothemes.records.code_operation import Operation, OperationKind
from cothemes.records.left_out import Reason
from cothemes.records.review import Arm, Decision
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.reading_state import CODED

_SIGHT = {Arm.BLIND: 0, Arm.REVEAL: 1, Arm.ASSISTED: 2}
"""Arm → how much its reader saw."""
Drop = Callable[[Decision, Reason], None]


@dataclass(frozen=True)
class CodeChange:
    """A merge or a split that holds."""

    parts: tuple[str, ...]
    """The codes before it."""
    into: tuple[str, ...]
    """The codes that came of them."""
    exact: bool
    """Merge: exactly the union. Split: the new codes lie within the old one."""
    old: str
    """Hash of the codebook before; so the next one."""
    new: str

    @property
    def merges(self) -> bool:
        """True for a merge."""
        return len(self.into) == 1


def ended(changes: Iterable[CodeChange]) -> dict[str, str]:
    """Return each code that a change brought to an end → the last codebook that held it."""
    return {code: change.old for change in changes for code in change.parts}


class Said(Protocol):
    """What one person says about one passage."""

    @property
    def passage(self) -> str:
        """The passage."""
        ...

    @property
    def rater(self) -> str:
        """The person."""
        ...

    @property
    def answers(self) -> Mapping[str, Decision]:
        """Code → the decision that counts."""
        ...

    @property
    def absent(self) -> frozenset[str]:
        """Codes that a closed reading left out, though it asked about them."""
        ...

    @property
    def to_confirm(self) -> frozenset[str]:
        """Codes whose decision a person has to confirm."""
        ...


@dataclass
class Carried:
    """What a person says after all changes."""

    answers: dict[str, Decision]
    absent: set[str]
    to_confirm: set[str]
    derived: set[str] = field(default_factory=set)
    """Codes that were never asked about, whose value comes from others."""
    support: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    """Derived code → the named decisions that it rests on."""

    def value(self, code: str) -> int | None:
        """1, 0, or None where nothing was said."""
        answer = self.answers.get(code)
        if answer is not None:
            return int(answer.action in CODED)
        return 0 if code in self.absent else None

    def take(self, code: str) -> tuple[Decision, ...]:
        """Take what was said of a code away; return its decision and what that rests on."""
        self.absent.discard(code)
        self.to_confirm.discard(code)
        self.derived.discard(code)
        under = self.support.pop(code, ())
        answer = self.answers.pop(code, None)
        # A derived answer is one of those that it rests on.
        return under if under or answer is None else (answer,)


Ruled = Mapping[tuple[str, str], Settlement]
"""Passage and code → the ruling that holds."""


class CarryingOver:
    """Carries readings through changes, in the order in which the changes were made."""

    def __init__(
        self,
        changes: Sequence[CodeChange],
        meanings: Meanings,
        ruled: Ruled,
        drop: Drop,
        *,
        strict: bool,
        confirmations: Iterable[Decision] = (),
    ) -> None:
        """`strict`: for agreement. `ruled` are rulings on the old codes; `drop` takes each named decision
        that does not count. `confirmations`: acts of people that say their codes are still right.
        """
        self._confirmations: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        for each in confirmations:
            self._confirmations[(each.passage, each.reviewer)].append(each)
        self._changes = changes
        self._meanings = meanings
        self._ruled = ruled
        self._drop = drop
        self._strict = strict
        self.earlier: dict[str, set[str]] = defaultdict(set)
        """Code → passages that say nothing about it until they are read again."""

    def carried(self, said: Said) -> Carried:
        """One person's words on one passage after all changes."""
        found = Carried(dict(said.answers), set(said.absent), set(said.to_confirm))
        for change in self._changes:
            if change.merges:
                self._merge(change, said.passage, said.rater, found)
            else:
                self._split(change, said.passage, found)
        return found

    def _values(self, change: CodeChange, passage: str, found: Carried) -> dict[str, int | None]:
        """Each part's value; a ruling that it does not apply goes before what was said."""
        values = {code: found.value(code) for code in change.parts}
        for code, value in values.items():
            ruling = self._ruled.get((passage, code))
            if value is not None and ruling is not None and ruling.ruling is Ruling.NO:
                values[code] = 0
        return values

    def _merge(self, change: CodeChange, passage: str, rater: str, found: Carried) -> None:
        (code,) = change.into
        values = self._values(change, passage, found)
        unsure = found.to_confirm.intersection(change.parts)
        given = [part for part in change.parts if values[part] == 1]
        chosen = {part: found.answers[part] for part in given}
        taken = {part: found.take(part) for part in change.parts}
        decisions = tuple(each for part in change.parts for each in taken[part])
        if found.value(code) is not None:
            self._drop_all(decisions, Reason.SUPERSEDED)
            return
        if all(value is None for value in values.values()):
            return
        stands = self._meanings.stood(code, change.new, strict=self._strict)
        if stands and given and (change.exact or not self._strict):
            self._given(code, chosen, found)
            if unsure or not (change.exact or self._confirmed(passage, rater, code)):
                found.to_confirm.add(code)
            overruled = [
                each
                for part in change.parts
                if part not in given
                for each in taken[part]
                if each.action in CODED
            ]
            self._drop_all(overruled, Reason.OVERRULED)
            dropped = {each.id for each in overruled}
            found.support[code] = tuple(each for each in decisions if each.id not in dropped)
        elif stands and change.exact and all(value == 0 for value in values.values()):
            overruled = [each for each in decisions if each.action in CODED]
            self._drop_all(overruled, Reason.OVERRULED)
            found.absent.add(code)
            found.derived.add(code)
            if unsure:
                found.to_confirm.add(code)
            support = tuple(each for each in decisions if each.action not in CODED)
            if support:
                found.support[code] = support
        else:
            self._drop_all(decisions, Reason.EARLIER_MEANING)
            if not (stands and change.exact):
                # An exact union is missing where a part was: nothing asks for it to be read again.
                self.earlier[code].add(passage)

    def _confirmed(self, passage: str, rater: str, code: str) -> bool:
        """True if the person confirmed the code on the passage after it was made."""
        return any(
            each.code in (None, code) and self._meanings.stood(code, each.codebook_hash, strict=self._strict)
            for each in self._confirmations.get((passage, rater), ())
        )

    def _given(self, code: str, chosen: Mapping[str, Decision], found: Carried) -> None:
        """Give the code by the decision of whoever saw most, with the attributes of all of them."""
        first = max(chosen.values(), key=lambda answer: _SIGHT[answer.arm])
        attributes: dict[str, tuple[str, ...]] = {}
        for answer in (*chosen.values(), first):
            attributes |= answer.attributes
        found.answers[code] = first.model_copy(update={"code": code, "attributes": attributes})
        found.derived.add(code)

    def _split(self, change: CodeChange, passage: str, found: Carried) -> None:
        (whole,) = change.parts
        value = self._values(change, passage, found)[whole]
        unsure = whole in found.to_confirm
        decisions = found.take(whole)
        if value is None:
            return
        open_ = [code for code in change.into if found.value(code) is None]
        kept = []
        for code in open_:
            stands = self._meanings.stood(code, change.new, strict=self._strict)
            if value == 0 and change.exact and stands:
                kept.append(code)
                found.absent.add(code)
                found.derived.add(code)
                if unsure:
                    found.to_confirm.add(code)
            else:
                self.earlier[code].add(passage)
        given = [each for each in decisions if each.action in CODED]
        refused = tuple(each for each in decisions if each.action not in CODED)
        if value == 1:
            self._drop_all(decisions, Reason.SPLIT_CODE if open_ else Reason.SUPERSEDED)
            return
        self._drop_all(given, Reason.OVERRULED)
        if kept and refused:
            # The first of them is enough to find the decision by; it is one decision on all.
            found.support[kept[0]] = (*found.support.get(kept[0], ()), *refused)
        else:
            self._drop_all(refused, Reason.EARLIER_MEANING if open_ else Reason.SUPERSEDED)

    def _drop_all(self, decisions: Iterable[Decision], reason: Reason) -> None:
        for each in decisions:
            self._drop(each, reason)


@dataclass(frozen=True)
class CarriedRulings:
    """Rulings of the consensus after all changes."""

    holding: dict[tuple[str, str], Settlement]
    """Those that hold for the codes of now."""
    ended: dict[tuple[str, str], Settlement]
    """Those that held for codes which have ended."""
    dropped: list[tuple[Settlement, Reason]]


def carried_rulings(changes: Sequence[CodeChange], meanings: Meanings, ruled: Ruled) -> CarriedRulings:
    """Carry the rulings of the consensus over.

    A merged code applies if a part was ruled to, and does not if all parts were ruled not to; a split whose
    parts lie within the code carries "no".
    """
    found = dict(ruled)
    before: dict[tuple[str, str], Settlement] = {}
    dropped: list[tuple[Settlement, Reason]] = []
    for change in changes:
        places = {passage for passage, code in found if code in change.parts}
        for passage in sorted(places):
            parts = {c: r for c in change.parts if (r := found.pop((passage, c), None)) is not None}
            before |= {(passage, code): ruling for code, ruling in parts.items()}
            yes = [each for each in parts.values() if each.ruling is Ruling.YES]
            no = [each for each in parts.values() if each.ruling is Ruling.NO]
            for code in change.into:
                if (passage, code) in found or not meanings.stood(code, change.new, strict=False):
                    continue
                if change.merges and yes:
                    found[(passage, code)] = yes[-1].model_copy(update={"code": code})
                elif change.exact and len(no) == len(change.parts):
                    found[(passage, code)] = no[-1].model_copy(update={"code": code})
            used = {found[(passage, code)].id for code in change.into if (passage, code) in found}
            for each in parts.values():
                if each.id in used or (change.merges and each.ruling is Ruling.NO):
                    continue
                reason = Reason.EARLIER_MEANING if change.merges else Reason.SPLIT_CODE
                dropped.append((each, reason))
    return CarriedRulings(found, before, dropped)


def unsaid(changes: Iterable[CodeChange], answers: Mapping[str, Decision]) -> set[str]:
    """Return codes of which the silence of a reading says nothing: it gave the code that they came of.

    Such a reading was begun before the change and closed after it.
    """
    given = {code for code, answer in answers.items() if answer.action in CODED}
    found: set[str] = set()
    for change in changes:
        if not given.isdisjoint(change.parts):
            given.update(change.into)
            found.update(change.into)
    return found


def changes_in(operations: Sequence[Operation], codes: Container[str]) -> tuple[CodeChange, ...]:
    """Return the merges and splits that hold for a codebook with these codes, under present ids.

    A change whose parts the codebook still holds came after it.
    """
    now = CodeNames(operations)
    holding = {each.id for each in now.live()}
    found = []
    for at, each in enumerate(operations):
        if each.id in holding and each.kind in (OperationKind.MERGE, OperationKind.SPLIT):
            then, made = CodeNames(operations[:at]), CodeNames(operations[: at + 1])
            parts = tuple(now.name(then.identity(code), code) for code in each.codes)
            into = tuple(now.name(made.identity(code), code) for code in each.into)
            if not any(code in codes for code in parts):
                found.append(CodeChange(parts, into, each.exact, each.old, each.new))
    return tuple(found)
