"""What counts, and why the rest does not: the one rule behind every figure, table and export.

A reading is one person's work on one passage in one round. Each of its named decisions either counts for a
purpose or is listed with a reason; docs/decisions/0010 states the rule. A closed reading also says "absent"
of every code that its reader was asked about, was in the codebook of that moment, and got no answer.

Readings share their sets of absent codes, so that 60,000 of them with 30 codes each fit in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.left_out import Dropped, Reason
from cothemes.records.review import Action, Arm, Assignment, Decision, ReadingArm, Recoding
from cothemes.stages.review.consensus import RULED, live_rulings
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.reading_state import ANSWERS, CODED, Reading, ReadingState, fold_all, live
from cothemes.stages.review.wordings import asked_for


class Purpose(StrEnum):
    """What a selection is for."""

    FINDINGS = "findings"
    AGREEMENT = "agreement"
    PREVALENCE = "prevalence"


class Combine(StrEnum):
    """How the words of several people on one code become one finding."""

    ANY = "any"
    MAJORITY = "majority"
    """More than half of those who were asked."""
    ALL = "all"


class TextChange(StrEnum):
    """What became of the words that a decision was made on."""

    NONE = "none"
    TYPING = "typing"
    SUBSTANCE = "substance"


class Texts(Protocol):
    """How the text under a decision changed since it was made."""

    def change(self, decision: Decision) -> TextChange:
        """The change of the passage and of the decision's evidence up to now."""
        ...

    def wording(self, decision: Decision) -> str:
        """A key that two decisions share if their passage differed by typing at most."""
        ...


class UnchangedTexts:
    """Texts that were never corrected."""

    def change(self, decision: Decision) -> TextChange:  # noqa: ARG002
        """None, of any decision."""
        return TextChange.NONE

    def wording(self, decision: Decision) -> str:  # noqa: ARG002
        """One key for all."""
        return ""


@dataclass(frozen=True)
class History:
    """The records that a selection reads. Sequences are in the order they were stored."""

    assignments: Sequence[Assignment]
    decisions: Sequence[Decision]
    settlements: Sequence[Settlement] = ()
    current: Container[str] | None = None
    """Ids of the current passages; None: all are."""
    forgotten: Container[str] = ()
    """Documents whose consent was withdrawn."""
    texts: Texts = field(default_factory=UnchangedTexts)
    confirmed: Container[str] = ()
    """Ids of decisions that a person confirmed after a change of substance."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one person says about one passage, as it counts: for findings over all rounds, else in one."""

    passage: str
    rater: str
    round: str
    arm: ReadingArm
    absent: frozenset[str]
    """Codes that a closed reading left out, though it asked about them."""
    answers: Mapping[str, Decision]
    """Code → the named or implied decision that counts."""
    to_confirm: frozenset[str] = frozenset()
    """Codes whose decision was made on words that changed in substance."""
    codebook: str = ""
    """Hash of the codebook that the reading was closed under."""
    derived: frozenset[str] = frozenset()
    """Codes carried over from the parts of a merge."""

    @property
    def present(self) -> frozenset[str]:
        """The codes that apply."""
        return frozenset(code for code, answer in self.answers.items() if answer.action in CODED)

    @property
    def values(self) -> dict[str, int]:
        """Code → 1 or 0; a code that is missing is not among them."""
        return dict.fromkeys(self.absent, 0) | {
            code: int(answer.action in CODED) for code, answer in self.answers.items()
        }

    def value(self, code: str) -> int | None:
        """1, 0, or None where the code is missing."""
        answer = self.answers.get(code)
        if answer is not None:
            return int(answer.action in CODED)
        return 0 if code in self.absent else None


@dataclass(frozen=True)
class Selection:
    """What counts for a purpose, and the named decisions that do not."""

    purpose: Purpose
    counted: tuple[Counted, ...]
    rulings: Mapping[tuple[str, str], Settlement]
    """Passage and code → the ruling of the consensus that holds; for findings alone."""
    dropped: tuple[Dropped, ...]
    closed_elsewhere: tuple[str, ...] = ()
    """The passage of each closed reading whose passage is not current."""

    def combined(self, by: Combine = Combine.ANY) -> dict[str, dict[str, int]]:
        """Passage → code → 1 or 0, over all people; a ruling of the consensus goes before them."""
        asked: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for each in self.counted:
            for code, value in each.values.items():
                asked[each.passage][code].append(value)
        found = {
            passage: {code: _combined(values, by) for code, values in codes.items()}
            for passage, codes in asked.items()
        }
        for (passage, code), ruling in self.rulings.items():
            found.setdefault(passage, {})[code] = int(ruling.ruling is Ruling.YES)
        return found


@dataclass(frozen=True)
class Merge:
    """Codes that became one."""

    parts: tuple[str, ...]
    into: str
    exact: bool
    """Whether the new code is exactly the union of its parts."""


def selection(
    purpose: Purpose,
    history: History,
    meanings: Meanings,
    *,
    round_name: str | None = None,
    arm: ReadingArm | None = ReadingArm.BLIND,
    unfinished: bool = False,
    codes: Collection[str] = (),
) -> Selection:
    """Select what counts for a purpose.

    `meanings` says which texts of a code stand for the current one. `round_name` and `arm` choose readings
    for agreement and prevalence, None every one; findings take every round and arm. `unfinished` counts the
    named decisions of findings before the reading is closed. `codes` restricts the dropped decisions,
    where any are named.
    """
    standings = fold_all(history.assignments, history.decisions)
    walk = _Walk(purpose, history, meanings, unfinished=unfinished)
    if purpose is Purpose.FINDINGS:
        counted = walk.findings(standings)
        rulings, dropped = _rulings(history, meanings)
    else:
        counted = walk.readings(standings, round_name, arm)
        rulings, dropped = {}, []
    dropped = [*walk.dropped(standings), *dropped]
    if codes:
        dropped = [each for each in dropped if each.code in codes]
    return Selection(purpose, tuple(counted), rulings, tuple(dropped), tuple(walk.closed_elsewhere))


class _Walk:
    """One pass over the readings, which remembers the decisions that count and why others do not."""

    def __init__(self, purpose: Purpose, history: History, meanings: Meanings, *, unfinished: bool) -> None:
        self._purpose = purpose
        self._history = history
        self._meanings = meanings
        self._unfinished = unfinished
        self._reasons: dict[str, Reason] = {}
        """Id of a last word → why it does not count."""
        self._counts: set[str] = set()
        self._absent: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}
        self._left: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        self._verdicts: dict[tuple[str, str | None, str], Reason | None] = {}
        self._strict = purpose is not Purpose.FINDINGS
        self._corrected = not isinstance(history.texts, UnchangedTexts)
        self.closed_elsewhere: list[str] = []
        """The passage of each closed reading whose passage is not current."""

    def readings(
        self, standings: Iterable[ReadingState], round_name: str | None, arm: ReadingArm | None
    ) -> list[Counted]:
        """The closed readings of the round in the arm."""
        found = []
        for standing in standings:
            given = standing.assignment
            for label, reading in _parts(standing):
                if arm is not None and label is not arm:
                    self._refuse(reading, _ARMS[label])
                elif round_name is not None and given.round != round_name:
                    self._refuse(reading, Reason.OTHER_ROUND)
                elif not self._is_current(given.passage):
                    self._refuse(reading, Reason.RETIRED_PASSAGE)
                    self.closed_elsewhere += [given.passage] if reading.done else []
                elif reading.done is None:
                    self._refuse(reading, Reason.NOT_DONE)
                else:
                    found.append(self._counted(given, reading.done, reading, label))
        return self._same_wording_only(found)

    def findings(self, standings: Iterable[ReadingState]) -> list[Counted]:
        """Each person's latest word on each code of a passage, over rounds and arms."""
        heaps: dict[tuple[str, str], list[ReadingState]] = defaultdict(list)
        for standing in standings:
            heaps[(standing.assignment.passage, standing.assignment.reviewer)].append(standing)
        found = []
        for (passage, _), heap in heaps.items():
            if not self._is_current(passage):
                for standing in heap:
                    self._refuse(Reading(standing.answers), Reason.RETIRED_PASSAGE)
                    closed = [reading for _, reading in _parts(standing) if reading.done]
                    self.closed_elsewhere += [passage] * len(closed)
                continue
            parts = [part for standing in heap if (part := self._finding(standing)) is not None]
            if parts:
                parts.sort(key=lambda part: part[0])
                found.append(self._latest([part[1] for part in parts]))
        return found

    def dropped(self, standings: Sequence[ReadingState]) -> Iterator[Dropped]:
        """Every named decision that does not count, in the order they were stored."""
        places = {(s.assignment.reviewer, s.assignment.passage, s.assignment.round) for s in standings}
        decisions, counts = self._history.decisions, self._counts
        taken_back: set[str] = set()
        if any(decision.action is Action.UNDO for decision in decisions):
            taken_back = {each.id for each in decisions} - {each.id for each in live(decisions)}
        for decision in decisions:
            if decision.code is None or decision.implicit or decision.action not in ANSWERS:
                continue
            if self._is_forgotten(decision.passage):
                yield _dropped(decision, Reason.CONSENT)
            elif decision.id in taken_back:
                yield _dropped(decision, Reason.TAKEN_BACK)
            elif decision.id not in counts:
                given = (decision.reviewer, decision.passage, decision.round) in places
                reason = self._reasons.get(decision.id, Reason.SUPERSEDED) if given else Reason.GIVEN_ON
                yield _dropped(decision, reason)

    def _finding(self, standing: ReadingState) -> tuple[int, Counted] | None:
        """The last words of one round, and their place in the order of a person's rounds."""
        given = standing.assignment
        closed = standing.second.done or standing.first.done
        if standing.second.done is None and standing.second.answers:
            # The second reading of a reveal passage is under way: what it says does not count before its end.
            if not self._unfinished:
                self._refuse(standing.second, Reason.NOT_DONE)
                reading = standing.first
            else:
                reading = Reading(standing.answers, standing.first.done)
        else:
            said = standing.answers if standing.second.answers else standing.first.answers
            reading = Reading(said, closed)
        if closed is None and not self._unfinished:
            self._refuse(reading, Reason.NOT_DONE)
            return None
        if closed is None and not reading.answers:
            return None
        places = [self._place[answer.id] for answer in reading.answers.values()]
        if closed is not None:
            places.append(self._place[closed.id])
        second = given.arm is Arm.REVEAL and standing.second.done is not None
        label = ReadingArm.REVEALED if second else _LABELS[given.arm]
        return max(places), self._counted(given, closed, reading, label)

    @cached_property
    def _place(self) -> Mapping[str, int]:
        """Id of a decision → its place in the order they were stored."""
        return {decision.id: at for at, decision in enumerate(self._history.decisions)}

    def _latest(self, rounds: Sequence[Counted]) -> Counted:
        """The rounds of one person on one passage, the later over the earlier."""
        if len(rounds) == 1:
            return rounds[0]
        answers: dict[str, Decision] = {}
        absent: set[str] = set()
        unsure: set[str] = set()
        for each in rounds:
            said = each.absent | each.answers.keys()
            for code in said & answers.keys():
                self._drop(answers.pop(code), Reason.SUPERSEDED)
            absent = (absent - said) | each.absent
            unsure = (unsure - said) | each.to_confirm
            answers |= each.answers
        last = rounds[-1]
        return Counted(
            passage=last.passage,
            rater=last.rater,
            round=last.round,
            arm=last.arm,
            absent=frozenset(absent),
            answers=answers,
            to_confirm=frozenset(unsure),
            codebook=last.codebook,
        )

    def _counted(
        self, given: Assignment, closed: Decision | None, reading: Reading, arm: ReadingArm
    ) -> Counted:
        """One reading under the current meaning of its codes."""
        answers = reading.answers
        refused = [(code, why) for code, said in answers.items() if (why := self._verdict(code, said))]
        for code, why in refused:
            self._drop(answers[code], why)
        if refused:
            gone = {code for code, _ in refused}
            answers = {code: said for code, said in answers.items() if code not in gone}
        self._counts.update([said.id for said in answers.values()])
        unsure: set[str] = set()
        if self._corrected:
            unsure = {code for code, said in answers.items() if self._is_unsure(said)}
        absent: frozenset[str] = frozenset()
        if closed is not None:
            absent = self._without(self._asked(given, closed.codebook_hash), reading.answers)
            if self._corrected and absent and self._is_unsure(closed):
                unsure |= absent
        return Counted(
            passage=given.passage,
            rater=given.reviewer,
            round=given.round,
            arm=arm,
            absent=absent,
            answers=answers,
            to_confirm=frozenset(unsure),
            codebook=closed.codebook_hash if closed else "",
        )

    def _verdict(self, code: str, said: Decision) -> Reason | None:
        """Why an answer does not count, by its wording; the same for all answers under one text of a code."""
        key = (code, said.code_hash, said.codebook_hash)
        if key not in self._verdicts:
            reason: Reason | None = None
            if not self._meanings.has(code):
                reason = Reason.RETIRED_CODE
            elif not self._meanings.stands(code, said.code_hash, said.codebook_hash, strict=self._strict):
                reason = Reason.EARLIER_MEANING
            self._verdicts[key] = reason
        return self._verdicts[key]

    def _is_unsure(self, said: Decision) -> bool:
        """Return True for words that changed in substance since, unless the decision was confirmed."""
        if said.id in self._history.confirmed:
            return False
        return self._history.texts.change(said) is TextChange.SUBSTANCE

    def _asked(self, given: Assignment, book: str) -> frozenset[str]:
        """Codes of which a closed reading says "absent" by silence. The same set for all alike readings."""
        codes = self._meanings.codes
        scope = asked_for(given, codes) if isinstance(given, Recoding) else codes
        key = (book, scope if len(scope) < len(codes) else ())
        if key not in self._absent:
            self._absent[key] = frozenset(
                code for code in scope if self._meanings.stood(code, book, strict=self._strict)
            )
        return self._absent[key]

    def _without(self, absent: frozenset[str], answers: Mapping[str, Decision]) -> frozenset[str]:
        """The codes that got no answer. Readings with the same codes share one set."""
        if not answers:
            return absent
        key = (absent, frozenset(answers))
        if key not in self._left:
            self._left[key] = absent - key[1]
        return self._left[key]

    def _same_wording_only(self, found: list[Counted]) -> list[Counted]:
        """Leave out what was read on words that changed in substance, unless all readers had the same."""
        wordings: dict[str, set[str]] = defaultdict(set)
        unsure = {each.passage for each in found if each.to_confirm}
        if not unsure:
            return found
        closing = {(d.reviewer, d.passage, d.round): d for d in self._history.decisions if not d.implicit}
        for each in found:
            if each.passage in unsure:
                said = closing[(each.rater, each.passage, each.round)]
                wordings[each.passage].add(self._history.texts.wording(said))
        kept = []
        for each in found:
            if not each.to_confirm or len(wordings[each.passage]) == 1:
                kept.append(each)
                continue
            for code in each.to_confirm & each.answers.keys():
                self._counts.discard(each.answers[code].id)
                self._drop(each.answers[code], Reason.TO_CONFIRM)
            kept.append(
                Counted(
                    passage=each.passage,
                    rater=each.rater,
                    round=each.round,
                    arm=each.arm,
                    absent=each.absent - each.to_confirm,
                    answers={c: a for c, a in each.answers.items() if c not in each.to_confirm},
                    codebook=each.codebook,
                )
            )
        return kept

    def _refuse(self, reading: Reading, reason: Reason) -> None:
        for answer in reading.answers.values():
            self._drop(answer, reason)

    def _drop(self, answer: Decision, reason: Reason) -> None:
        self._counts.discard(answer.id)
        self._reasons.setdefault(answer.id, reason)

    def _is_current(self, passage: str) -> bool:
        current = self._history.current
        return (current is None or passage in current) and not self._is_forgotten(passage)

    def _is_forgotten(self, passage: str) -> bool:
        forgotten = self._history.forgotten
        return bool(forgotten) and _document(passage) in forgotten


_LABELS = {arm: ReadingArm(arm.value) for arm in Arm}
_ARMS = {
    ReadingArm.BLIND: Reason.ARM_BLIND,
    ReadingArm.REVEAL: Reason.ARM_REVEAL,
    ReadingArm.REVEALED: Reason.ARM_REVEALED,
    ReadingArm.ASSISTED: Reason.ARM_ASSISTED,
}


def merged(counted: Iterable[Counted], merge: Merge) -> list[Counted]:
    """Carry the parts of a merged code over to the new one, person by person.

    Present if any part was; absent if all parts were coded absent; else missing. A merge that is not exactly
    the union carries presences alone, to be confirmed.
    """
    found = []
    for each in counted:
        values = {code: each.value(code) for code in merge.parts}
        answers = {code: answer for code, answer in each.answers.items() if code not in merge.parts}
        absent = each.absent - set(merge.parts)
        unsure = set(each.to_confirm) - set(merge.parts)
        derived = set(each.derived)
        given = [code for code in merge.parts if values[code] == 1]
        if given:
            answers[merge.into] = each.answers[given[0]]
            derived.add(merge.into)
            if not merge.exact or any(code in each.to_confirm for code in given):
                unsure.add(merge.into)
        elif merge.exact and all(value == 0 for value in values.values()):
            absent |= {merge.into}
            derived.add(merge.into)
        found.append(
            Counted(
                passage=each.passage,
                rater=each.rater,
                round=each.round,
                arm=each.arm,
                absent=frozenset(absent),
                answers=answers,
                to_confirm=frozenset(unsure),
                codebook=each.codebook,
                derived=frozenset(derived),
            )
        )
    return found


def _parts(standing: ReadingState) -> list[tuple[ReadingArm, Reading]]:
    """A reading by what its reader saw; the second part of a reveal passage repeats what stayed."""
    if standing.assignment.arm is not Arm.REVEAL:
        return [(_LABELS[standing.assignment.arm], standing.first)]
    parts = [(ReadingArm.REVEAL, standing.first)]
    if standing.second.done is not None:
        parts.append((ReadingArm.REVEALED, Reading(standing.answers, standing.second.done)))
    elif standing.second.answers:
        parts.append((ReadingArm.REVEALED, standing.second))
    return parts


def _rulings(history: History, meanings: Meanings) -> tuple[dict[tuple[str, str], Settlement], list[Dropped]]:
    """The last ruling on each passage and code that holds, over all rounds, and those that do not."""
    found: dict[tuple[str, str], Settlement] = {}
    dropped = []
    holding = {each.id for each in live_rulings(history.settlements)}
    for each in reversed(history.settlements):
        if each.ruling not in RULED or each.code is None:
            continue
        gone = _document(each.passage) in history.forgotten
        reason: Reason | None = None
        if gone:
            reason = Reason.CONSENT
        elif each.id not in holding:
            reason = Reason.TAKEN_BACK
        elif history.current is not None and each.passage not in history.current:
            reason = Reason.RETIRED_PASSAGE
        elif not meanings.has(each.code):
            reason = Reason.RETIRED_CODE
        elif not meanings.stands(each.code, each.code_hash, each.codebook_hash, strict=False):
            reason = Reason.EARLIER_MEANING
        elif (each.passage, each.code) in found:
            reason = Reason.SUPERSEDED
        if reason is None:
            found[(each.passage, each.code)] = each
        else:
            dropped.append(
                Dropped(
                    decision=each.id, reason=reason, passage=each.passage, code=each.code, by=each.by,
                    action="ruling", round=each.round, at=each.at,
                )
            )  # fmt: skip
    dropped.reverse()
    return found, dropped


def _combined(values: Sequence[int], by: Combine) -> int:
    if by is Combine.ALL:
        return int(all(values))
    if by is Combine.MAJORITY:
        return int(2 * sum(values) > len(values))
    return int(any(values))


def _dropped(decision: Decision, reason: Reason) -> Dropped:
    return Dropped(
        decision=decision.id,
        reason=reason,
        passage=decision.passage,
        code=decision.code or "",
        by=decision.reviewer,
        action=decision.action.value,
        round=decision.round,
        arm=decision.arm.value,
        at=decision.at,
    )


def _document(passage: str) -> str:
    return passage.rpartition(".")[0]
