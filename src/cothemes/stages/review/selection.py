"""What counts, and why the rest does not: the one rule behind every figure, table and export.

A reading is one person's work on one passage in one round. Each of its named decisions either counts for a
purpose or is listed with a reason; docs/decisions/0010 states the rule. A closed reading also says "absent"
of every code that its reader was asked about, was in the codebook of that moment, and got no answer.

Readings share their sets of absent codes, so that 60,000 of them with 30 codes each fit in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.combine import Combine
from cothemes.records.left_out import Dropped, Reason
from cothemes.records.review import Action, Arm, Assignment, Decision, ReadingArm
from cothemes.stages.review.code_changes import CarryingOver, CodeChange, carried_rulings, unsaid
from cothemes.stages.review.consensus import RULED, live_rulings
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.reading_state import ANSWERS, CODED, Reading, ReadingState, fold_all, live
from cothemes.stages.review.wordings import asked_for


class Purpose(StrEnum):
    """What a selection is for."""

    FINDINGS = "findings"
    AGREEMENT = "agreement"
    PREVALENCE = "prevalence"


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
    changes: Sequence[CodeChange] = ()
    """Merges and splits of codes that hold, in order."""
    drafts: Container[str] = ()
    """Draft codes of the person who looks: listed for them, counted for nobody."""


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
    """Codes carried over from those that were merged or split."""
    support: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)
    """Derived code → the named decisions on other codes that it rests on."""

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
    earlier: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Code → passages that were read for it under an earlier meaning; for findings alone."""

    def combined(self, by: Combine = Combine.ANY) -> dict[str, dict[str, int]]:
        """Passage → code → 1 or 0, over all people; a ruling of the consensus goes before them."""
        asked: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for each in self.counted:
            for code, value in each.values.items():
                asked[each.passage][code].append(value)
        found = {
            passage: {code: by.of(values) for code, values in codes.items()}
            for passage, codes in asked.items()
        }
        for (passage, code), ruling in self.rulings.items():
            found.setdefault(passage, {})[code] = int(ruling.ruling is Ruling.YES)
        return found

    def outweighed(
        self, values: Mapping[str, Mapping[str, int]], consensus: Container[tuple[str, str]]
    ) -> tuple[Dropped, ...]:
        """Codes that a person gave and that do not count: a consensus or the other readers go before them.

        `values`: passage → code → 1 or 0, as all raters are combined. `consensus`: passages and codes on
        which a consensus decides.
        """
        return tuple(
            _dropped(
                answer, Reason.OVERRULED if (each.passage, code) in consensus else Reason.TOO_FEW_READERS
            )
            for each in self.counted
            for code, answer in each.answers.items()
            if answer.action in CODED and not values[each.passage][code]
        )

    def recoded(self) -> dict[str, tuple[int, int]]:
        """Code → passages read again under its present meaning, of those read under an earlier one."""
        now: dict[str, set[str]] = {code: set() for code in self.earlier}
        for each in self.counted:
            for code in now:
                if each.value(code) is not None:
                    now[code].add(each.passage)
        return {code: (len(passages & now[code]), len(passages)) for code, passages in self.earlier.items()}


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
        ruled, dropped = _rulings(history, meanings)
        over = carried_rulings(history.changes, meanings, ruled)
        rulings, ruled = over.holding, over.ended
        dropped += [_ruling_dropped(each, reason) for each, reason in over.dropped]
    else:
        counted = walk.readings(standings, round_name, arm)
        ruled, rulings, dropped = {}, {}, []
    if history.changes:
        counted = walk.carried(counted, ruled)
    dropped = [*walk.dropped(standings), *dropped]
    if codes:
        dropped = [each for each in dropped if each.code in codes]
    return Selection(
        purpose,
        tuple(counted),
        rulings,
        tuple(dropped),
        tuple(walk.closed_elsewhere),
        {code: frozenset(passages) for code, passages in walk.earlier.items()},
    )


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
        self._strict = purpose is not Purpose.FINDINGS
        self._corrected = not isinstance(history.texts, UnchangedTexts)
        self._verdicts: dict[tuple[str, str | None, str], Reason | None] = {}
        self._absent: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}
        self._unsaid: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        self._earlier: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self.earlier: dict[str, set[str]] = defaultdict(set)
        """Code → passages that were read for it under an earlier meaning."""
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
                    found.append((self._counted(given, reading.done, reading, label), reading.done))
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

    def carried(
        self, counted: Iterable[Counted], ruled: Mapping[tuple[str, str], Settlement]
    ) -> list[Counted]:
        """The same under the codes of now: those that were merged or split give way to what came of them."""
        over = CarryingOver(
            self._history.changes,
            self._meanings,
            ruled,
            self._drop,
            strict=self._strict,
            confirmations=[d for d in live(self._history.decisions) if d.action is Action.CONFIRM],
        )
        alike: dict[frozenset[str], frozenset[str]] = {}
        found = []
        for each in counted:
            now = over.carried(each)
            absent = frozenset(now.absent)
            found.append(
                replace(
                    each,
                    answers=now.answers,
                    absent=alike.setdefault(absent, absent),
                    to_confirm=frozenset(now.to_confirm),
                    derived=frozenset(now.derived),
                    support=now.support,
                )
            )
        if not self._strict:
            for code, passages in over.earlier.items():
                self.earlier[code] |= passages
        return found

    def dropped(self, standings: Sequence[ReadingState]) -> Iterator[Dropped]:
        """Every named decision that does not count, in the order they were stored."""
        places = {(s.assignment.reviewer, s.assignment.passage, s.assignment.round) for s in standings}
        decisions, counts, forgotten = self._history.decisions, self._counts, self._history.forgotten
        taken_back: set[str] = set()
        if any(decision.action is Action.UNDO for decision in decisions):
            taken_back = {each.id for each in decisions} - {each.id for each in live(decisions)}
        for decision in decisions:
            if decision.code is None or decision.implicit or decision.action not in ANSWERS:
                continue
            if forgotten and _document(decision.passage) in forgotten:
                yield _dropped(decision, Reason.CONSENT)
            elif decision.id in taken_back:
                yield _dropped(decision, Reason.TAKEN_BACK)
            elif decision.id in counts:
                continue
            elif (decision.reviewer, decision.passage, decision.round) not in places:
                yield _dropped(decision, Reason.GIVEN_ON)
            else:
                yield _dropped(decision, self._reasons.get(decision.id, Reason.SUPERSEDED))

    def _finding(self, standing: ReadingState) -> tuple[tuple[datetime, int], Counted] | None:
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
            reading = Reading(standing.answers, closed)
        if closed is None and not self._unfinished:
            self._refuse(reading, Reason.NOT_DONE)
            return None
        if closed is None and not reading.answers:
            return None
        last = max(map(self._moment, [*reading.answers.values(), *([closed] if closed else [])]))
        second = given.arm is Arm.REVEAL and standing.second.done is not None
        label = ReadingArm.REVEALED if second else ReadingArm(given.arm.value)
        return last, self._counted(given, closed, reading, label)

    def _moment(self, decision: Decision) -> tuple[datetime, int]:
        """When a decision was made: a package may bring an earlier round after a later one."""
        return decision.at, self._place[decision.id]

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
        answers: dict[str, Decision] = {}
        unsure: set[str] = set()
        strict = self._strict
        for code, answer in reading.answers.items():
            why = self._verdict(code, answer)
            if why is not None:
                self._drop(answer, why)
                if why is Reason.EARLIER_MEANING and closed is not None and not strict:
                    self.earlier[code].add(given.passage)
                continue
            answers[code] = answer
            self._counts.add(answer.id)
            if self._corrected and self._changed(answer):
                unsure.add(code)
        absent: frozenset[str] = frozenset()
        if closed is not None:
            absent = self._asked(given, closed.codebook_hash, strict=strict)
            if not strict:
                for code in self._asked_earlier(given, closed.codebook_hash):
                    if code not in answers:
                        self.earlier[code].add(given.passage)
            if not absent.isdisjoint(reading.answers):
                absent = self._unanswered(absent, frozenset(reading.answers))
            if self._history.changes and answers:
                absent -= unsaid(self._history.changes, answers)
            if self._corrected and absent and self._changed(closed):
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

    def _verdict(self, code: str, answer: Decision) -> Reason | None:
        """Why a decision on this text of the code does not count; None where it does."""
        key = (code, answer.code_hash, answer.codebook_hash)
        if key not in self._verdicts:
            why = None
            if not self._meanings.told(code):
                why = Reason.DRAFT if code in self._history.drafts else Reason.RETIRED_CODE
            elif not self._meanings.stands(code, answer.code_hash, answer.codebook_hash, strict=self._strict):
                why = Reason.EARLIER_MEANING
            self._verdicts[key] = why
        return self._verdicts[key]

    def _changed(self, decision: Decision) -> bool:
        """Whether the words that it was made on changed in substance, and nobody has confirmed it since."""
        if decision.id in self._history.confirmed:
            return False
        return self._history.texts.change(decision) is TextChange.SUBSTANCE

    def _asked(self, given: Assignment, book: str, *, strict: bool) -> frozenset[str]:
        """Codes of which a closed reading says "absent" by silence. The same set for all alike readings."""
        key = (book, given.codes)
        if key not in self._absent:
            scope = asked_for(given, (*self._meanings.codes, *self._meanings.ended))
            self._absent[key] = frozenset(
                code for code in scope if self._meanings.stood(code, book, strict=strict)
            )
        return self._absent[key]

    def _unanswered(self, asked: frozenset[str], answered: frozenset[str]) -> frozenset[str]:
        """The codes that were asked about and not answered. The same set for all alike readings."""
        key = (asked, answered)
        found = self._unsaid.get(key)
        if found is None:
            found = self._unsaid[key] = asked - answered
        return found

    def _asked_earlier(self, given: Assignment, book: str) -> tuple[str, ...]:
        """Codes that a closed reading was asked about under an earlier meaning."""
        key = (book, given.codes)
        if key not in self._earlier:
            scope = asked_for(given, self._meanings.codes)
            self._earlier[key] = tuple(
                code
                for code in scope
                if self._meanings.held(code, book) and not self._meanings.stood(code, book, strict=False)
            )
        return self._earlier[key]

    def _same_wording_only(self, found: list[tuple[Counted, Decision]]) -> list[Counted]:
        """Leave out what was read on words that changed in substance, unless all readers had the same."""
        wordings: dict[tuple[str, str, ReadingArm], set[str]] = defaultdict(set)
        unsure = {_compared(each) for each, _ in found if each.to_confirm}
        if not unsure:
            return [each for each, _ in found]
        for each, closed in found:
            if _compared(each) in unsure:
                wordings[_compared(each)].add(self._history.texts.wording(closed))
        kept = []
        for each, _ in found:
            if not each.to_confirm or len(wordings[_compared(each)]) == 1:
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
        # The part after a reveal repeats the answers of the part before it: there they may count.
        for answer in reading.answers.values():
            self._reasons.setdefault(answer.id, reason)

    def _drop(self, answer: Decision, reason: Reason) -> None:
        self._counts.discard(answer.id)
        self._reasons.setdefault(answer.id, reason)

    def _is_current(self, passage: str) -> bool:
        gone = _document(passage) in self._history.forgotten
        return not gone and (self._history.current is None or passage in self._history.current)


_ARMS = {
    ReadingArm.BLIND: Reason.ARM_BLIND,
    ReadingArm.REVEAL: Reason.ARM_REVEAL,
    ReadingArm.REVEALED: Reason.ARM_REVEALED,
    ReadingArm.ASSISTED: Reason.ARM_ASSISTED,
}


def _parts(standing: ReadingState) -> list[tuple[ReadingArm, Reading]]:
    """A reading by what its reader saw; the second part of a reveal passage repeats what stayed."""
    if standing.assignment.arm is not Arm.REVEAL:
        return [(ReadingArm(standing.assignment.arm.value), standing.first)]
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
        elif not meanings.told(each.code):
            reason = Reason.RETIRED_CODE
        elif not meanings.stands(each.code, each.code_hash, each.codebook_hash, strict=False):
            reason = Reason.EARLIER_MEANING
        elif (each.passage, each.code) in found:
            reason = Reason.SUPERSEDED
        if reason is None:
            found[(each.passage, each.code)] = each
        else:
            dropped.append(_ruling_dropped(each, reason))
    dropped.reverse()
    return found, dropped


def _ruling_dropped(each: Settlement, reason: Reason) -> Dropped:
    return Dropped(
        decision=each.id, reason=reason, passage=each.passage, code=each.code or "", by=each.by,
        action="ruling", round=each.round, at=each.at,
    )  # fmt: skip


def _compared(each: Counted) -> tuple[str, str, ReadingArm]:
    """What is compared with each other: readings of one passage in one round and arm."""
    return each.passage, each.round, each.arm


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
