"""Review by tabs and programs: each leases the passage it works on, and an act is done once however often it
is sent.

The rules of the sitting are those of the terminal (`Triage`); here they meet requests that may come twice, in
any order, from several tabs. An act, its records and its idempotency key are one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from cothemes.app import wiring
from cothemes.app.corpus.passages import found_passage
from cothemes.app.review.repeated_acts import RepeatedActs, SentAct
from cothemes.app.review.review import Desk
from cothemes.app.review.sitting_report import TriageReport, triage_report
from cothemes.app.study import Study
from cothemes.errors import CardChanged, PassageHeld, UsageError
from cothemes.records.claim import Claim
from cothemes.records.codebook import Codebook
from cothemes.records.record import Moment, Record
from cothemes.records.review import Action, Decision
from cothemes.stages.review.code_search import new_name
from cothemes.stages.review.context import Turn
from cothemes.stages.review.pace import Pace
from cothemes.stages.review.sitting import Act, Step, Verb
from cothemes.stages.review.triage import Triage, TriageState

ENDING = frozenset({Verb.FINISH, Verb.NONE, Verb.SKIP})
"""Acts after which another passage is served."""
NO_KEYS = frozenset(
    {Verb.MOVE, Verb.POINT, Verb.ASK, Verb.YES, Verb.NEXT, Verb.BACK, Verb.FIRST, Verb.LAST, Verb.NAMES}
)
"""Acts that only move about on a screen; a request names its code instead."""

FRESH = 0.9
"""Share of a lease that is left while the act before has just extended it: it is not written again."""


class Lease(Record):
    """A passage that a tab or program works on."""

    passage: str
    holder: str
    until: Moment


class LeasedCard(Record):
    """A card, the lease on it, and what was done before it came."""

    lease: Lease | None
    """None where nothing waits, or the card is only looked at."""
    card: TriageReport
    acted_on: str = ""
    """Passage of the act that this answers; empty where nothing was done."""
    said: str = ""
    """Sentence about that act."""
    recorded: tuple[str, ...] = ()
    """Ids of the records that the act stored."""
    repeated: bool = False
    """True if the act had been done before under its key: nothing was stored now."""


class LeasedReview:
    """One registered person's review, for one request. `minutes`: length of a lease.

    `leases_answer` is False where the card of an answer is shown by a later request, which takes it over.
    `reads_findings` is True for a person whose role shows others' codings; see `Desk.reads_findings`.
    """

    def __init__(
        self,
        study: Study,
        desk: Desk,
        minutes: float,
        *,
        leases_answer: bool = True,
        reads_findings: bool = False,
    ) -> None:
        desk.reads_findings = reads_findings
        self._study = study
        self._minutes = minutes
        self._leases_answer = leases_answer
        self.desk = desk
        self._triage = Triage(self.desk, settle=0)
        self._acts = RepeatedActs(study, self.desk.reviewer)

    def opened(self, passage: str) -> TriageState:
        """Return the state with this passage on the card, without a lease. Raises UnknownPassage,
        StateConflict.
        """
        return self._triage.open(passage)

    def report(self, state: TriageState) -> TriageReport:
        """Return a state as a document."""
        return triage_report(self._triage, state)

    def book(self, state: TriageState) -> Codebook:
        """Return the codebook that the card is coded by."""
        return self._triage.book(state)

    def new_name(self, state: TriageState, typed: str) -> str:
        """Return the name of the code that can be made of what was typed; empty where none can be."""
        return new_name(self.book(state), typed) if self._triage.makes_codes(state) else ""

    def makes_codes(self, state: TriageState) -> bool:
        """Return whether a code of the person's own can be made here."""
        return self._triage.makes_codes(state)

    def transcript(self, state: TriageState, turns: int) -> tuple[Turn, ...]:
        """Return the document from so many turns before the passage to as many after."""
        return self.desk.transcript(state.open_card, turns)

    def claim(
        self, holder: str, passage: str = "", put_off: Collection[str] = (), *, take_over: bool = False
    ) -> LeasedCard:
        """Lease a passage, by default the next that waits and that no other tab works on.

        A tab that asks again gets the passage that it has. With `take_over`, a passage that is named moves
        here from the tab that has it. Raises UnknownPassage, StateConflict, PassageHeld.
        """
        _named(holder)
        if passage:
            state = self._triage.open(passage)
            return self._leased(self._take(holder, state.place, take_over=take_over), state)
        return self._next(holder, put_off)

    def take_over(self, holder: str, passage: str) -> None:
        """Move the lease to the tab that shows the passage now, and end the tab's other leases. A passage
        that does not wait is only looked at.
        """
        _named(holder)
        held = self._held()
        self._leave(holder, held, but=passage)
        fresh = wiring.clock().now() + timedelta(minutes=self._minutes * FRESH)
        if any((each.holder, each.passage) == (holder, passage) and each.until > fresh for each in held):
            return
        if self.desk.waits(passage):
            self._take(holder, passage, take_over=True)

    def leave(self, holder: str) -> None:
        """End the leases of a tab that shows their passages no longer."""
        self._leave(holder, self._held())

    def _leave(self, holder: str, held: Iterable[Claim], but: str = "") -> None:
        for claim in held:
            if claim.holder == holder and claim.passage != but:
                self.release(holder, claim.passage)

    def first(self) -> str:
        """Return the first passage that waits, whatever tab has it; empty where none does."""
        return self.desk.next_passage() or ""

    def extend(self, holder: str, passage: str) -> Lease:
        """Lease the passage for longer. Raises PassageHeld where another tab has it by now."""
        _named(holder)
        return self._take(holder, found_passage(self._study, passage).id)

    def release(self, holder: str, passage: str) -> None:
        """Let others have the passage."""
        self._study.store.claims.release(self.desk.reviewer, passage, holder)

    def act(self, passage: str, asked: SentAct) -> LeasedCard:
        """Do an act on a leased passage; after one that ends it, the next passage is leased.

        Where the act has to be confirmed, nothing is stored and the card holds the question: send it again
        with `sure`. Raises PassageHeld, CardChanged, what the act is refused with, and StateConflict for a
        key that was used for another act.
        """
        _named(asked.holder)
        if asked.act.verb in NO_KEYS:
            raise UsageError(
                f"{asked.act.verb} is an act of a screen", hint="Name the code and the act on it."
            )
        if asked.act.verb is Verb.UNDO:
            raise UsageError("undo is not an act on a passage", hint="POST /api/v1/review/undo")
        if self._acts.done_before(asked):
            return self._again(asked.holder, passage)
        state = self._triage.open(passage)
        lease = self._take(asked.holder, state.place)
        if asked.act.verb is Verb.REOPEN:
            return self._reopened(lease, state, asked)
        if asked.tag and self.report(state).tag != asked.tag:
            raise CardChanged(
                f"{state.place} is not as this card showed it", hint="Look at the card as it is now."
            )
        step = self._triage.step(state, asked.act)
        if step.refused is not None:
            raise step.refused
        if step.state.asking is not None:
            return self._leased(lease, step.state, step)
        self._acts.keep(asked, state.place)
        if asked.act.verb not in ENDING:
            return self._leased(lease, step.state, step, state.place)
        self.release(asked.holder, state.place)
        if asked.act.verb is not Verb.SKIP and step.state.place == state.place:
            second = self._take(asked.holder, state.place) if self._leases_answer else None
            return self._leased(second, step.state, step, state.place)
        put_off = {state.place} if asked.act.verb is Verb.SKIP else set()
        following = self._next(asked.holder, put_off, step.state)
        return _after(following, state.place, step)

    def undo(self, asked: SentAct, on: str = "") -> LeasedCard:
        """Take back the person's last act on whatever passage, and lease that passage. `on`: the passage that
        the tab shows.

        Raises PassageHeld, StateConflict where nothing can be taken back.
        """
        _named(asked.holder)
        if any(claim.passage == on and claim.holder != asked.holder for claim in self._held()):
            raise _elsewhere(on)
        if self._acts.done_before(asked):
            return self._next(asked.holder, ()).model_copy(update={"repeated": True})
        step = self._triage.step(TriageState(pace=Pace(0.0)), Act(verb=Verb.UNDO))
        if step.refused is not None:
            raise step.refused
        [taken] = (record.passage for record in step.records if isinstance(record, Decision))
        self._acts.keep(asked, taken)
        if step.state.place != taken:
            return _after(self._next(asked.holder, ()), taken, step)
        lease = self._take(asked.holder, taken) if self._leases_answer else None
        return self._leased(lease, step.state, step, taken)

    def _next(self, holder: str, put_off: Collection[str], served: TriageState | None = None) -> LeasedCard:
        """Lease what comes next. `served`: a state whose card may be it, so that it is not made twice."""
        held = self._held()
        for claim in held if self._leases_answer else ():
            if claim.holder == holder and claim.passage not in put_off and self.desk.waits(claim.passage):
                return self._leased(self._take(holder, claim.passage), self._triage.open(claim.passage))
        others = {claim.passage for claim in held if claim.holder != holder}
        passage = self.desk.next_passage({*put_off, *others}) or self.desk.next_passage(others)
        while passage is not None:
            try:
                lease = self._take(holder, passage) if self._leases_answer else None
                same = served is not None and served.place == passage
                return self._leased(lease, served if same and served else self._triage.open(passage))
            except PassageHeld:
                others.add(passage)
                passage = self.desk.next_passage(others)
        return LeasedCard(lease=None, card=self.report(TriageState(pace=Pace(0.0))))

    def _reopened(self, lease: Lease, state: TriageState, asked: SentAct) -> LeasedCard:
        self.desk.reopen(state.open_card)
        self._acts.keep(asked, state.place)
        acts = self._study.store.reviews.decisions(
            reviewer=self.desk.reviewer, passage=state.place, acts=[Action.REOPEN]
        )
        return self._leased(lease, self._triage.open(state.place)).model_copy(
            update={
                "acted_on": state.place,
                "said": f"recorded: {state.place} is open again",
                "recorded": (acts[-1].id,),
            }
        )

    def _held(self) -> list[Claim]:
        return self._study.store.claims.held(self.desk.reviewer, wiring.clock().now())

    def _take(self, holder: str, passage: str, *, take_over: bool = False) -> Lease:
        now = wiring.clock().now()
        until = now + timedelta(minutes=self._minutes)
        claim = Claim(reviewer=self.desk.reviewer, passage=passage, holder=holder, until=until)
        if not self._study.store.claims.claim(claim, now, take_over=take_over):
            raise _elsewhere(passage)
        return Lease(passage=passage, holder=holder, until=until)

    def _again(self, holder: str, passage: str) -> LeasedCard:
        """The answer to an act that was done before: the card as it is, or the next where it is done."""
        passage = found_passage(self._study, passage).id
        waits = self.desk.waits(passage)
        if waits and not self._leases_answer:
            found = self._leased(None, self._triage.open(passage))
        else:
            found = self.claim(holder, passage) if waits else self._next(holder, ())
        return found.model_copy(update={"acted_on": passage, "repeated": True})

    def _leased(
        self,
        lease: Lease | None,
        state: TriageState,
        step: Step[TriageState] | None = None,
        acted_on: str = "",
    ) -> LeasedCard:
        found = LeasedCard(lease=lease, card=triage_report(self._triage, state, step))
        return _after(found, acted_on, step) if step else found


def _after(found: LeasedCard, acted_on: str, step: Step[TriageState]) -> LeasedCard:
    stored = tuple(record.id for record in step.records if isinstance(record, Decision))
    return found.model_copy(update={"acted_on": acted_on, "said": step.state.said, "recorded": stored})


def _elsewhere(passage: str) -> PassageHeld:
    return PassageHeld(
        f"{passage} is open in another tab",
        hint="Go on there, or open the passage here anew to take it over.",
    )


def _named(holder: str) -> None:
    if not 8 <= len(holder) <= 100:
        raise UsageError(
            "the tab has no name",
            hint="Send a random name of 8 to 100 characters as the header Lease-Holder.",
        )
