"""The rule of what counts in its plainest form: every reading replayed, every code asked for, nothing shared.

It exists to be read and to be compared with `cothemes.stages.review.selection`, which does the same fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cothemes.records.adjudication import Ruling
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.stages.review.code_changes import CodeChange
from cothemes.stages.review.selection import History, Purpose, ReadingArm, TextChange

SameText = Callable[[str, str, bool], bool]
"""Code, hash of a codebook, whether for agreement → whether the code's text there stands for its text now."""
Cell = tuple[str, str, str, str, str]
"""Passage, rater, round, arm, code. For findings, round and arm are empty."""


@dataclass
class Part:
    """One part of a reading: before or after a reveal, or the whole."""

    given: Assignment
    arm: ReadingArm
    words: dict[str, Decision] = field(default_factory=dict)
    closed: Decision | None = None
    last: int = -1
    named: list[Decision] = field(default_factory=list)


def taken_back(decisions: list[Decision]) -> set[str]:
    """Ids of decisions that an undo took back, and of those undos."""
    gone: set[str] = set()
    for decision in reversed(decisions):
        if decision.action is Action.UNDO and decision.id not in gone:
            gone.add(decision.undoes or "")
    return gone


def replayed(history: History) -> list[list[Part]]:
    """The parts of every reading, in the order of the assignments."""
    decisions = list(history.decisions)
    gone = taken_back(decisions)
    found = []
    for given in history.assignments:
        first = Part(given, ReadingArm(given.arm.value))
        second = Part(given, ReadingArm.REVEALED)
        for at, decision in enumerate(decisions):
            mine = (decision.reviewer, decision.passage, decision.round)
            if mine != (given.reviewer, given.passage, given.round) or decision.id in gone:
                continue
            late = given.arm is Arm.REVEAL and decision.arm is Arm.REVEAL
            replay(second if late else first, decision, at)
        found.append([first, second] if given.arm is Arm.REVEAL else [first])
    return found


def replay(part: Part, decision: Decision, at: int) -> None:
    """Apply one act to the part it belongs to."""
    if decision.action in (Action.ACCEPT, Action.ADD, Action.REJECT):
        assert decision.code is not None
        part.words[decision.code] = decision
        part.named.append(decision)
        part.last = at
    elif decision.action is Action.DONE:
        part.closed, part.last = decision, at
    elif decision.action is Action.REOPEN:
        part.closed = None


def cells(
    purpose: Purpose,
    history: History,
    codebook: Codebook,
    books: dict[str, Codebook],
    same: SameText,
    *,
    round_name: str = "main",
    arm: ReadingArm = ReadingArm.BLIND,
) -> dict[Cell, int]:
    """Every cell that counts, with 1 or 0."""
    strict = purpose is not Purpose.FINDINGS

    gone = {code for change in history.changes for code in change.parts}

    def stands(part: Part, code: str) -> int | None:
        """A named word on a code, if it counts."""
        word = part.words.get(code)
        if word is None or not same(code, word.codebook_hash, strict):
            return None
        return int(word.action is not Action.REJECT)

    def said(part: Part, code: str) -> int | None:
        if part.given.codes and code not in part.given.codes:
            return None
        assert part.closed is not None
        if code in part.words:
            return stands(part, code)
        if came_of_a_given_one(part, code):
            return None
        asked = code in books[part.closed.codebook_hash].by_id
        return 0 if asked and same(code, part.closed.codebook_hash, strict) else None

    def came_of_a_given_one(part: Part, code: str) -> bool:
        given = {one for one in part.words if stands(part, one) == 1}
        came: set[str] = set()
        for change in history.changes:
            if given & set(change.parts):
                came |= set(change.into)
                given |= set(change.into)
        return code in came

    def counts(passage: str) -> bool:
        document = passage.rpartition(".")[0]
        kept = history.current is None or passage in history.current
        return kept and document not in history.forgotten

    def unsure(part: Part, code: str) -> bool:
        word = part.words.get(code) or part.closed
        assert word is not None
        return history.texts.change(word) is TextChange.SUBSTANCE and word.id not in history.confirmed

    readings = [parts for parts in replayed(history) if counts(parts[0].given.passage)]
    found: dict[Cell, int] = {}
    for code in {*codebook.by_id, *gone}:
        if strict:
            for passage in {parts[0].given.passage for parts in readings}:
                mine = [
                    part
                    for parts in readings
                    for part in parts
                    if part.given.passage == passage
                    and part.closed is not None
                    and part.arm is arm
                    and part.given.round == round_name
                ]
                wordings = {history.texts.wording(p.closed) for p in mine if p.closed}
                for part in mine:
                    value = said(part, code)
                    if value is None or (unsure(part, code) and len(wordings) > 1):
                        continue
                    found[(passage, part.given.reviewer, round_name, arm.value, code)] = value
            continue
        for parts in readings:
            given = parts[0].given
            others = [other for other in readings if place(other) == (given.passage, given.reviewer)]
            closed = [one for other in others if (one := whole(other)) is not None]
            for part in sorted(closed, key=lambda one: one.last):
                value = said(part, code)
                if value is not None:
                    found[(given.passage, given.reviewer, "", "", code)] = value
    places = {cell[:4] for cell in found}
    return {
        (*where, code): value
        for where in places
        for code in codebook.by_id
        if (value := carried(found, where, code, history, same, strict=strict)) is not None
    }


def carried(
    cells: dict[Cell, int],
    where: tuple[str, str, str, str],
    code: str,
    history: History,
    same: SameText,
    *,
    strict: bool,
) -> int | None:
    """The value of a code: what was said of it, else what was said of the codes that it came of."""
    if (*where, code) in cells:
        return cells[(*where, code)]
    for change in history.changes:
        if code not in change.into or not same(code, change.new, strict):
            continue
        parts = []
        for part in change.parts:
            value = carried(cells, where, part, history, same, strict=strict)
            if value is not None and not strict and ruled_out(history, same, where[0], part):
                value = 0
            parts.append(value)
        if len(change.into) == 1:
            if 1 in parts:
                return 1 if change.exact or not strict else None
            return 0 if change.exact and all(part == 0 for part in parts) else None
        return 0 if change.exact and parts == [0] else None
    return None


def ruled_out(history: History, same: SameText, passage: str, code: str) -> bool:
    """Whether the last ruling on a code that has ended is that it does not apply."""
    last = [each for each in history.settlements if (each.passage, each.code) == (passage, code)]
    last = [each for each in last if each.code and same(each.code, each.codebook_hash, False)]
    if last:
        return last[-1].ruling is Ruling.NO
    came = [change for change in history.changes if code in change.into and same(code, change.new, False)]
    return any(ruled_out_by_parts(history, same, passage, change) for change in came)


def ruled_out_by_parts(history: History, same: SameText, passage: str, change: CodeChange) -> bool:
    """Whether a code that came of others is ruled out by what was ruled of them."""
    return change.exact and all(ruled_out(history, same, passage, part) for part in change.parts)


def place(parts: list[Part]) -> tuple[str, str]:
    """The passage and the person."""
    return parts[0].given.passage, parts[0].given.reviewer


def whole(parts: list[Part]) -> Part | None:
    """A reading with both its parts, by the last word; None where the first is open."""
    first = parts[0]
    if first.closed is None:
        return None
    if len(parts) == 1 or parts[1].closed is None:
        return first
    second = parts[1]
    return Part(first.given, second.arm, first.words | second.words, second.closed, second.last)
