"""A sitting of adjudication: one disagreement after the other, settled without the readers' names.

All rules of it are here, as those of triage are in `triage`. It knows no terminal, and its table keeps the
records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cothemes.errors import CothemesError, StateConflict, UsageError
from cothemes.records.adjudication import Settlement
from cothemes.records.codebook import Codebook
from cothemes.stages.review.code_search import codebook_change
from cothemes.stages.review.discussion import Dispute, tally_lines
from cothemes.stages.review.sitting import (
    ROW_KEYS,
    UNDO_KEY,
    Act,
    Ask,
    Doing,
    Key,
    Sitting,
    SittingState,
    Span,
    Step,
    Verb,
    asks,
    offer,
)
from cothemes.stages.review.table import DiscussionTable
from cothemes.stages.review.taken_back import ruling_undone, undo_told

KEYS = (
    Key(("a",), Act(verb=Verb.ACCEPT), "applies", "the code under the cursor applies"),
    Key(("x",), Act(verb=Verb.REJECT), "does not", "it does not"),
    Key(("enter",), Act(verb=Verb.FINISH), "next", "next, once all is adjudicated"),
    Key(
        ("n",),
        asks(Ask.NOTE),
        "note",
        "a note of the discussion: with the code once it is adjudicated, else with the passage",
    ),
    Key(("s",), asks(Ask.ATTRIBUTES), "attributes", "it applies, with attributes of your choice"),
    Key(("e",), asks(Ask.WORDS), "mark", "it applies, on words that you mark"),
    Key(("c", "slash"), asks(Ask.CODE), "code", "find any code by typing, and rule that it applies"),
    Key(("space",), Act(verb=Verb.SKIP), "put off", "put the passage off"),
    UNDO_KEY,
    *ROW_KEYS,
)


@dataclass(frozen=True, kw_only=True)
class AdjudicationState(SittingState):
    """Where a sitting is. Everything that a front end shows is in it or follows from it."""

    dispute: Dispute | None = None
    """None: nothing is in dispute any more."""
    rows: tuple[str, ...] = ()
    """Codes on the card: what readers gave, then what was ruled besides."""
    cursor: int = 0
    put_off: frozenset[str] = frozenset()
    served: int = 0
    """Number of cases that came up so far."""

    @property
    def code(self) -> str:
        """Return the code under the cursor; empty where none is."""
        return self.rows[self.cursor] if self.rows else ""

    @property
    def open_dispute(self) -> Dispute:
        """Return the case, where there is one. Raises StateConflict at the end."""
        if self.dispute is None:
            raise StateConflict("nothing is in dispute any more", hint="u takes back the last act, q quits.")
        return self.dispute

    @property
    def place(self) -> str:
        """Return the passage of the case; empty at the end."""
        return self.dispute.case.passage.id if self.dispute else ""

    @property
    def held_attributes(self) -> Mapping[str, Sequence[str]]:
        """Return the attributes that the code under the cursor has so far."""
        dispute, code = self.open_dispute, self.code
        ruling, said = dispute.settled.rulings.get(code), dispute.case.by_code.get(code)
        return ruling.attributes if ruling else said.offered_attributes if said else {}

    def marked(self) -> dict[int, tuple[Span, ...]]:
        """Return reader → the words marked for the code under the cursor, in code points of the document."""
        said = self.dispute.case.by_code.get(self.code) if self.dispute else None
        return {answer.reader: answer.spans for answer in said.given if answer.spans} if said else {}


Result = Step[AdjudicationState]


class Discussion(Sitting[AdjudicationState]):
    """The rules."""

    keys: Sequence[Key] = KEYS

    def __init__(self, table: DiscussionTable) -> None:
        self.table = table
        acts: dict[Verb, Doing[AdjudicationState]] = {
            Verb.ACCEPT: lambda state, act, _: self._rule_here(state, act, applies=True),
            Verb.REJECT: lambda state, act, _: self._rule_here(state, act, applies=False),
            Verb.TOGGLE: self._toggle,
            Verb.GIVE: self._give,
            Verb.DESCRIBE: self._describe,
            Verb.MARK: self._mark,
            Verb.NOTE: self._note,
            Verb.SKIP: self._skip,
            Verb.FINISH: self._finish,
            Verb.UNDO: self._undo,
            Verb.MOVE: lambda state, act, _: Step(_at(state, state.cursor + act.number)),
            Verb.POINT: lambda state, act, _: Step(_at(state, act.number - 1)),
            Verb.ASK: self._ask,
        }
        super().__init__(acts)

    def book(self, state: AdjudicationState) -> Codebook:  # noqa: ARG002
        """Return the codebook that is ruled by."""
        return self.table.codebook

    def begin(self, at: float = 0.0) -> AdjudicationState:  # noqa: ARG002
        """Return the state with the first case, or with none."""
        return self._next(AdjudicationState())

    def open(self, passage: str, at: float = 0.0) -> AdjudicationState:  # noqa: ARG002
        """Return a state with this case on the card, also one that is adjudicated.

        Raises UnknownPassage, StateConflict where nothing is in dispute or somebody has it open still.
        """
        return self._open(AdjudicationState(), passage)

    def look(self, state: AdjudicationState, at: float = 0.0) -> AdjudicationState:  # noqa: ARG002
        """Return the state after what changed in the codebook meanwhile; what is open stays open."""
        before = self.table.codebook
        said = self.table.look()
        after = self.table.codebook
        if after.hash == before.hash:
            return replace(state, said=said) if said else state
        said = codebook_change(before, after)
        if state.dispute is not None:
            try:
                state = _with_dispute(state, self.table.dispute(state.place))
                state = _at(state, state.cursor)
            except CothemesError as error:
                state = replace(self._next(state), asking=None, question=None)
                said = f"{said}; {error.message}"
        return replace(state, said=said)

    def offered(self, state: AdjudicationState) -> tuple[Key, ...]:
        """Return the keys that do something on the case as it is, the likeliest first."""
        dispute = state.dispute
        if dispute is None:
            return offer(KEYS, lambda key: key.act.verb is Verb.UNDO)
        left, code = bool(dispute.left), state.code

        def allowed(key: Key) -> bool:
            verb, ask = key.act.verb, key.act.ask
            if verb is Verb.TOGGLE:
                return key.act.number <= len(state.rows)
            return {
                Verb.ACCEPT: bool(code),
                Verb.REJECT: bool(code),
                Verb.FINISH: not left,
                Verb.MOVE: len(state.rows) > 1,
                Verb.ASK: bool(code and self.book(state).attributes_of(code))
                if ask is Ask.ATTRIBUTES
                else True,
            }.get(verb, True)

        return offer(KEYS, allowed)

    def summary(self, state: AdjudicationState) -> list[str]:
        """Return what was settled, and what is left."""
        tally = self.table.tally
        lines = [*tally_lines(tally, self.table.round), f"This sitting: {state.kept} records kept."]
        if tally.open:
            lines.append(f"Go on: cothemes adjudicate --as {self.table.by}")
        return lines

    def _rule_here(self, state: AdjudicationState, act: Act, *, applies: bool) -> Result:
        code = act.code or _settled_code(state)
        made = self._rule(state, act.model_copy(update={"code": code}), applies=applies)
        return made if act.code else replace(made, state=_to_open(made.state))

    def _rule(self, state: AdjudicationState, act: Act, *, applies: bool, how: str = "") -> Result:
        dispute, code = state.open_dispute, act.code
        if len(act.spans) > 1:
            raise UsageError(
                "a ruling takes one stretch of words", hint="Mark from the first to the last word."
            )
        made = self.table.chair.rule(
            dispute.case,
            code,
            applies,
            attributes=act.attributes,
            span=act.spans[0] if act.spans else None,
            note=act.text,
            held=dispute.settled.rulings.get(code),
        )
        return self._keep(state, made, f"{code} {'applies' if applies else 'does not apply'}{how}")

    def _toggle(self, state: AdjudicationState, act: Act, _: float) -> Result:
        if not 1 <= act.number <= len(state.rows):
            raise StateConflict(f"there is no row {act.number}", hint="c finds any code.")
        state = _at(state, act.number - 1)
        applies = not state.open_dispute.settled.applies(state.code)
        return self._rule(state, act.model_copy(update={"code": state.code}), applies=applies)

    def _give(self, state: AdjudicationState, act: Act, _: float) -> Result:
        made = self._rule(state, act, applies=True)
        return replace(made, state=replace(made.state, cursor=made.state.rows.index(act.code)))

    def _describe(self, state: AdjudicationState, act: Act, _: float) -> Result:
        return self._detail(state, act, ", described")

    def _mark(self, state: AdjudicationState, act: Act, _: float) -> Result:
        return self._detail(state, act, " on the words marked")

    def _detail(self, state: AdjudicationState, act: Act, how: str) -> Result:
        code = act.code or _settled_code(state)
        held = state.open_dispute.settled.rulings.get(code)
        fields = {"code": code, "text": held.note if held else ""}
        return self._rule(state, act.model_copy(update=fields), applies=True, how=how)

    def _note(self, state: AdjudicationState, act: Act, _: float) -> Result:
        dispute = state.open_dispute
        here = state.code if state.code in dispute.settled.rulings and not act.whole else ""
        on = act.code or here
        made = self.table.chair.remark(dispute.case, dispute.settled, on, act.text)
        return self._keep(state, made, f"note on {on or 'the passage'}")

    def _skip(self, state: AdjudicationState, _: Act, __: float) -> Result:
        passage = state.open_dispute.case.passage.id
        after = self._next(replace(state, put_off=state.put_off | {passage}))
        return Step(replace(after, said=f"put off: {passage}"))

    def _finish(self, state: AdjudicationState, _: Act, __: float) -> Result:
        left = state.open_dispute.left
        if left:
            raise StateConflict(
                f"{', '.join(left)} not adjudicated", hint="a or x rules, and the passage can be put off."
            )
        return Step(self._next(state))

    def _undo(self, state: AdjudicationState, _: Act, __: float) -> Result:
        taken = self.table.undo()
        passage = taken.passage
        state = replace(state, put_off=state.put_off - {passage}, kept=state.kept + 1)
        state = self._open(state, passage)
        if taken.code in state.rows:
            state = replace(state, cursor=state.rows.index(taken.code or ""))
        return Step(replace(state, said=undo_told(passage, ruling_undone(taken))), (taken,))

    def _ask(self, state: AdjudicationState, act: Act, _: float) -> Result:
        state.open_dispute  # noqa: B018
        if act.ask in (Ask.ATTRIBUTES, Ask.WORDS):
            code = _settled_code(state)
            if act.ask is Ask.ATTRIBUTES and not self.book(state).attributes_of(code):
                raise UsageError(f"{code} takes no attributes", hint="c finds another code.")
        return Step(replace(state, asking=act.ask))

    def _keep(self, state: AdjudicationState, made: Settlement, said: str) -> Result:
        dispute = self.table.keep(state.open_dispute, made)
        left = f"; left: {', '.join(dispute.left)}"
        end = left if dispute.left else "; all adjudicated, enter goes on"
        kept = replace(state, kept=state.kept + 1, said=f"recorded: {said}{end}")
        return Step(_with_dispute(kept, dispute), (made,))

    def _next(self, state: AdjudicationState) -> AdjudicationState:
        return self._open(state, self.table.next_case(state.put_off))

    def _open(self, state: AdjudicationState, passage: str | None) -> AdjudicationState:
        if passage is None:
            return replace(state, dispute=None, rows=(), cursor=0)
        opened = replace(state, cursor=0, served=state.served + 1)
        return _to_open(_with_dispute(opened, self.table.dispute(passage)))


def _settled_code(state: AdjudicationState) -> str:
    """The code under the cursor. Raises StateConflict where there is none."""
    state.open_dispute  # noqa: B018
    if not state.code:
        raise StateConflict("no code is here", hint="c finds any code.")
    return state.code


def _with_dispute(state: AdjudicationState, dispute: Dispute) -> AdjudicationState:
    given = dispute.case.by_code
    # What is in dispute comes first; a row never moves while its case is open.
    disputed = [code for code in given if given[code].differences]
    agreed = [code for code in given if not given[code].differences]
    besides = [code for code in dispute.settled.rulings if code not in given]
    return replace(state, dispute=dispute, rows=(*disputed, *agreed, *besides))


def _at(state: AdjudicationState, cursor: int) -> AdjudicationState:
    """The cursor, kept within the rows."""
    return replace(state, cursor=min(max(cursor, 0), max(len(state.rows) - 1, 0)))


def _to_open(state: AdjudicationState) -> AdjudicationState:
    left = state.open_dispute.left
    order = [*range(state.cursor, len(state.rows)), *range(state.cursor)]
    return replace(state, cursor=next((i for i in order if state.rows[i] in left), state.cursor))
