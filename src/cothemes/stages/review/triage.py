"""A sitting of triage: one passage after the other, coded by one person.

All rules of it are here: what is served, what is asked, what Enter means, what each key does in which arm,
and what is recorded. It knows no terminal, and its desk keeps the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cothemes.errors import StateConflict, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Decision
from cothemes.stages.review.card import Card
from cothemes.stages.review.code_search import code_named, codebook_change
from cothemes.stages.review.desk import ReviewDesk
from cothemes.stages.review.pace import Pace, in_words
from cothemes.stages.review.queue import Progress
from cothemes.stages.review.rows import Row, rows_of
from cothemes.stages.review.sitting import (
    ROW_KEYS,
    UNDO_KEY,
    Act,
    Ask,
    Doing,
    Key,
    Question,
    Sitting,
    SittingState,
    Step,
    Verb,
    asks,
    offer,
)
from cothemes.stages.review.taken_back import undo_told, undone

SETTLE_SECONDS = 0.3
"""Nobody has read a passage sooner: a key held down must not finish or skip what comes up under it."""
AT_THE_END = "u takes back the last act, q quits."

KEYS = (
    Key(("a",), Act(verb=Verb.ACCEPT), "accept", "accept the code under the cursor"),
    Key(("x",), Act(verb=Verb.REJECT), "take away"),
    Key(("x",), Act(verb=Verb.REJECT), "reject", "reject it; also takes away a code that you gave"),
    Key(("enter",), Act(verb=Verb.FINISH), "done", "done; asks about what is unanswered"),
    Key(
        ("c", "slash"),
        asks(Ask.CODE),
        "code",
        "find any code by typing, and give it; a new name makes a draft",
    ),
    Key(("0",), Act(verb=Verb.NONE), "none", "no code applies; done"),
    Key(("equals_sign",), Act(verb=Verb.LIKE), "as before", "give the codes of the passage finished before"),
    Key(("e",), asks(Ask.WORDS), "mark", "mark words that support it, again for more; i makes them a code"),
    Key(("s",), asks(Ask.ATTRIBUTES), "attributes", "attributes of the code under the cursor"),
    Key(("space",), Act(verb=Verb.SKIP), "skip", "skip: the passage comes last"),
    UNDO_KEY,
    Key(("n",), asks(Ask.NOTE), "note", "keep a note with your decisions"),
    Key(("m",), asks(Ask.MEMO), "memo", "write a memo: a note on the study"),
    Key(("f",), Act(verb=Verb.FLAG), "flag", "flag for a second look; again takes it back"),
    *ROW_KEYS,
)


@dataclass(frozen=True, kw_only=True)
class TriageState(SittingState):
    """Where a sitting is. Everything that a front end shows is in it or follows from it."""

    pace: Pace
    card: Card | None = None
    """None: nothing waits."""
    rows: tuple[Row, ...] = ()
    cursor: int = 0
    flagged: tuple[str, ...] = ()
    """Passages flagged in this sitting."""
    put_off: frozenset[str] = frozenset()
    opened: float = 0.0
    """Time when the card came."""
    served: int = 0
    """Number of cards that came up so far."""

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def open_card(self) -> Card:
        """Return the card, where there is one. Raises StateConflict at the end."""
        if self.card is None:
            raise StateConflict("nothing waits", hint=AT_THE_END)
        return self.card

    @property
    def place(self) -> str:
        """Return the passage on the card; empty at the end."""
        return self.card.passage.id if self.card else ""


Result = Step[TriageState]


class Triage(Sitting[TriageState]):
    """The rules. `settle`: seconds in which Enter, none and skip do nothing to a card that has come up."""

    keys: Sequence[Key] = KEYS

    def __init__(self, desk: ReviewDesk, settle: float = SETTLE_SECONDS) -> None:
        self.desk = desk
        self._settle = settle
        acts: dict[Verb, Doing[TriageState]] = {
            Verb.ACCEPT: self._accept,
            Verb.REJECT: self._reject,
            Verb.TOGGLE: self._toggle,
            Verb.GIVE: self._give,
            Verb.DRAFT: self._draft,
            Verb.DESCRIBE: self._describe,
            Verb.MARK: self._mark,
            Verb.UNMARK: self._unmark,
            Verb.NOTE: self._note,
            Verb.MEMO: self._memo,
            Verb.FLAG: self._flag,
            Verb.LIKE: self._like,
            Verb.SKIP: self._skip,
            Verb.NONE: self._none,
            Verb.FINISH: self._finish,
            Verb.UNDO: self._undo,
            Verb.MOVE: lambda state, act, _: Step(_at(state, state.cursor + act.number)),
            Verb.POINT: lambda state, act, _: Step(_at(state, act.number - 1)),
            Verb.ASK: self._ask,
        }
        super().__init__(acts)

    def book(self, state: TriageState) -> Codebook:
        """Return the codebook that the card is coded by."""
        return self.desk.codebook_on(state.card.standing) if state.card else self.desk.codebook

    @property
    def progress(self) -> Progress:
        """Return how far the reviewer is."""
        return self.desk.progress

    def begin(self, at: float = 0.0) -> TriageState:
        """Return the state with the first card, or with none."""
        return self._go_on(TriageState(pace=Pace(at)), at)

    def open(self, passage: str, at: float = 0.0) -> TriageState:
        """Return a state with this passage on the card, also one that is done and can only be looked at.

        Raises UnknownPassage, and StateConflict for one that is not assigned to the person or was cut anew.
        """
        return self._open(TriageState(pace=Pace(at)), self.desk.current_card(passage), at)

    def look(self, state: TriageState, at: float = 0.0) -> TriageState:  # noqa: ARG002
        """Return the state after what changed in the codebook meanwhile; what is open stays open."""
        before = self.book(state)
        said = self.desk.look()
        after = self.book(state)
        if after.hash == before.hash:
            return replace(state, said=said) if said else state
        if state.card is not None:
            code = state.row.code if state.row else None
            state = _asked_again(_with_card(state, self.desk.card(state.place), code))
        return replace(state, said=codebook_change(before, after))

    def step(self, state: TriageState, act: Act, at: float = 0.0) -> Result:
        """Do an act. What is refused is in the step; nothing is raised."""
        return super().step(replace(state, pace=state.pace.key(at)), act, at)

    def offered(self, state: TriageState) -> tuple[Key, ...]:
        """Return the keys that do something on the card as it is, the likeliest first."""
        card, row = state.card, state.row
        if card is None:
            return offer(KEYS, lambda key: key.act.verb is Verb.UNDO)
        finishes = row is not None or bool(card.coded)
        attributes = row is not None and row.applies and bool(self.book(state).attributes_of(row.code))

        def allowed(key: Key) -> bool:
            verb, ask = key.act.verb, key.act.ask
            if key.word == "take away":
                return row is not None and row.applies
            if verb is Verb.TOGGLE:
                return key.act.number <= len(state.rows)
            return {
                Verb.ACCEPT: row is not None and not row.applies,
                Verb.REJECT: row is not None and row.answer is None,
                Verb.FINISH: finishes,
                Verb.NONE: not card.coded,
                Verb.LIKE: row is None,
                Verb.MOVE: len(state.rows) > 1,
                Verb.ASK: attributes if ask is Ask.ATTRIBUTES else True,
            }.get(verb, True)

        return offer(KEYS, allowed)

    def makes_codes(self, state: TriageState) -> bool:
        """Return whether a code that is not in the codebook can be made and given here."""
        card = state.card
        return card is not None and not card.asked and not card.standing.done

    def summary(self, state: TriageState) -> list[str]:
        """Return what was done in this sitting, and what is left."""
        progress, pace, name = self.progress, state.pace, self.desk.reviewer
        lines = [
            f"{progress.done} of {progress.total} done.",
            f"This sitting: {pace.finished} finished, {state.kept} records kept, "
            f"{in_words(pace.worked / 60)} of work.",
        ]
        if pace.per_minute:
            lines.append(f"{pace.per_minute:.1f} passages a minute.")
        if progress.skipped:
            lines.append(
                f"{progress.skipped} skipped: open review again; they come after all else that waits."
            )
        if progress.held:
            lines.append(
                f"{progress.held} are coded blind and locked; they come back once a coder has coded them."
            )
        if progress.aside:
            lines.append(f"{progress.aside} are of an earlier cut of their document and are not served.")
        if state.flagged:
            lines.append(f"Flagged for a second look: {', '.join(dict.fromkeys(state.flagged))}.")
        if progress.waiting:
            lines.append(f"Go on: cothemes review --as {name}")
        elif progress.total == 0:
            lines.append(f"Nothing is assigned to you: cothemes route --reviewers {name}")
        return lines

    def _accept(self, state: TriageState, act: Act, _: float) -> Result:
        if act.code:
            return self._decide(state, act.code, Action.ACCEPT)
        row = self._row(state)
        made = self._decide(state, row.code, Action.ACCEPT if row.suggestion else Action.ADD)
        return replace(made, state=_to_open(made.state))

    def _reject(self, state: TriageState, act: Act, _: float) -> Result:
        made = self._decide(state, act.code or self._row(state).code, Action.REJECT)
        return made if act.code else replace(made, state=_to_open(made.state))

    def _toggle(self, state: TriageState, act: Act, _: float) -> Result:
        if not 1 <= act.number <= len(state.rows):
            raise UsageError(f"there is no row {act.number}", hint="c finds any code.")
        state = _at(state, act.number - 1)
        row = self._row(state)
        on = Action.ACCEPT if row.suggestion else Action.ADD
        return self._decide(state, row.code, Action.REJECT if row.applies else on)

    def _give(self, state: TriageState, act: Act, at: float) -> Result:
        card, code = state.open_card, act.code
        held = card.coded.get(code)
        if held is not None and act.spans:
            return self._mark(state, act, at)
        known = self.book(state).by_id.get(code)
        label = f"{code} {known.label}" if known else code
        if held is not None and known is not None and held.code_hash == known.text_hash:
            raise StateConflict(f"{label} is given here already", hint=f"x {code} takes it away.")
        action = Action.ACCEPT if card.suggestion_for(code) else Action.ADD
        made = self.desk.session(card).decide(card, code, action, spans=act.spans)
        return self._keep(state, [made], f"{action.value} {label}", at=code)

    def _draft(self, state: TriageState, act: Act, at: float) -> Result:
        card, known = state.open_card, code_named(self.book(state), act.text)
        if known is not None:
            return self._give(state, act.model_copy(update={"code": known.id}), at)
        made = self.desk.draft(card, act.text, act.spans)
        label = self.book(state).by_id[made.code or ""].label
        return self._keep(state, [made], f"add {label}, a new code of your own ({made.code})", at=made.code)

    def _describe(self, state: TriageState, act: Act, _: float) -> Result:
        code = act.code or self._applying(state).code
        made = self.desk.session(state.open_card).describe(state.open_card, code, act.attributes)
        return self._keep(state, [made], f"attributes of {code}")

    def _mark(self, state: TriageState, act: Act, at: float) -> Result:
        code = act.code or self._row(state).code
        card = state.open_card
        if code not in card.coded:
            return self._give(state, act.model_copy(update={"code": code}), at)
        made = self.desk.session(card).describe(card, code, {}, act.spans)
        return self._keep(state, [made], f"words of {code}", at=code)

    def _unmark(self, state: TriageState, act: Act, _: float) -> Result:
        code = act.code or self._applying(state).code
        made = self.desk.session(state.open_card).unmark(state.open_card, code, act.number)
        return self._keep(state, [made], f"words of {code} taken away", at=code)

    def _note(self, state: TriageState, act: Act, _: float) -> Result:
        return self._keep(state, [self.desk.session(state.open_card).note(state.open_card, act.text)], "note")

    def _memo(self, state: TriageState, act: Act, _: float) -> Result:
        card = self.desk.memo(state.open_card, act.text)
        return Step(_with_card(replace(state, kept=state.kept + 1, said="recorded: memo"), card))

    def _flag(self, state: TriageState, _: Act, __: float) -> Result:
        card = state.open_card
        held, passage = card.standing.flag, card.passage.id
        flagged = _without(state.flagged, passage) if held else (*state.flagged, passage)
        said = "flag taken back" if held else "flagged for a second look"
        return self._keep(replace(state, flagged=flagged), [self.desk.session(card).flag(card)], said)

    def _like(self, state: TriageState, _: Act, __: float) -> Result:
        card = state.open_card
        other = self.desk.finished_before(card)
        if other is None:
            raise StateConflict("you have finished no passage before this one", hint="Code it by itself.")
        made = self.desk.session(card).like(card, other)
        given = ", ".join(decision.code or "" for decision in made)
        return self._keep(state, made, f"{given} as on {other.assignment.passage}")

    def _skip(self, state: TriageState, _: Act, at: float) -> Result:
        self._read(state, at)
        card = state.open_card
        made = self._keep(state, [self.desk.session(card).skip(card)], f"skip {card.passage.id}")
        after = replace(made.state, put_off=state.put_off | {card.passage.id})
        return replace(made, state=self._go_on(after, at))

    def _none(self, state: TriageState, _: Act, at: float) -> Result:
        self._read(state, at)
        return self._end(state, self.desk.session(state.open_card).none(state.open_card), "none", at)

    def _finish(self, state: TriageState, act: Act, at: float) -> Result:
        self._read(state, at)
        card = state.open_card
        words = question_before_done(card)
        if words and not act.sure:
            sure = act.model_copy(update={"sure": True})
            return Step(replace(state, asking=Ask.SURE, question=Question(words, sure)))
        return self._end(state, self.desk.session(card).done(card), "done", at)

    def _end(self, state: TriageState, made: Sequence[Decision], word: str, at: float) -> Result:
        passage = state.place
        step = self._keep(state, made, "")
        after, said = step.state, f"{word} {passage}"
        if after.open_card.standing.done:
            after = replace(after, pace=after.pace.finish())
        elif self.desk.waits(passage):
            # The second reading follows at once, also where an earlier passage waits.
            told = replace(after, said=f"recorded: {said}; blind codes locked, suggestions open")
            return replace(step, state=self._open(told, self.desk.card(passage), at))
        else:
            said += "; blind codes locked until a coder has coded the passage"
        return replace(step, state=self._go_on(replace(after, said=f"recorded: {said}"), at))

    def _undo(self, state: TriageState, _: Act, at: float) -> Result:
        locked, before = self.desk.locked_last(), self.desk.codebook
        taken = self.desk.undo()
        passage = taken.passage
        pace = state.pace.finish(-1) if taken.action is Action.DONE else state.pace
        flagged = _without(state.flagged, passage) if taken.action is Action.FLAG else state.flagged
        state = replace(
            state, pace=pace, flagged=flagged, kept=state.kept + 1, put_off=state.put_off - {passage}
        )
        card = self.desk.card(passage) if self.desk.waits(passage) else None
        state = self._open(state, card, at, taken.code) if card is not None else self._go_on(state, at)
        what = undone(taken, card.standing if card else None, before, self.desk.codebook)
        return Step(replace(state, said=undo_told(passage, what, locked)), (taken,))

    def _ask(self, state: TriageState, act: Act, _: float) -> Result:
        if state.card is None:
            raise StateConflict("nothing waits", hint=AT_THE_END)
        if act.ask is Ask.ATTRIBUTES:
            code = self._applying(state).code
            if not self.book(state).attributes_of(code):
                raise UsageError(f"{code} takes no attributes", hint="c finds another code.")
        return Step(replace(state, asking=act.ask))

    def _read(self, state: TriageState, at: float) -> None:
        """Refuse to end a passage that nobody can have read yet."""
        if state.card is not None and at - state.opened < self._settle:
            raise StateConflict("this passage has only just come up; press again", hint="")

    def _row(self, state: TriageState) -> Row:
        card = state.open_card
        if state.row is None:
            blind = not card.standing.sees_suggestions
            raise UsageError(
                "this is a blind reading: nothing is suggested" if blind else "no code is here",
                hint="c finds a code, 0 says that none applies.",
            )
        return state.row

    def _applying(self, state: TriageState) -> Row:
        if state.card is not None and not state.rows:
            raise UsageError("no code is under the cursor", hint="c finds one and gives it.")
        row = self._row(state)
        if not row.applies:
            raise StateConflict(f"{row.code} does not apply here yet", hint="a accepts it first.")
        return row

    def _decide(self, state: TriageState, code: str, action: Action) -> Result:
        made = self.desk.session(state.open_card).decide(state.open_card, code, action)
        return self._keep(state, [made], f"{action.value} {code}")

    def _keep(self, state: TriageState, made: Sequence[Decision], said: str, at: str | None = None) -> Result:
        card = self.desk.keep(state.open_card, made)
        kept = replace(state, kept=state.kept + len(made), said=f"recorded: {said}")
        return Step(_with_card(kept, card, at), tuple(made))

    def _go_on(self, state: TriageState, at: float) -> TriageState:
        passage = self.desk.next_passage(state.put_off)
        return self._open(state, self.desk.card(passage) if passage else None, at)

    def _open(self, state: TriageState, card: Card | None, at: float, code: str | None = None) -> TriageState:
        rows = rows_of(card) if card else ()
        opened = replace(
            state, card=card, rows=rows, cursor=0, opened=at, served=state.served + (card is not None)
        )
        opened = _to_open(opened)
        return _at_code(opened, code) if code is not None else opened


def question_before_done(card: Card) -> str:
    """Return what has to be asked before the passage is done; empty where everything is answered."""
    if card.unanswered:
        codes = ", ".join(suggestion.code for suggestion in card.unanswered)
        return f"{codes} unanswered: record as rejected and finish?"
    return "No code given: finish with none?" if card.empty else ""


def _asked_again(state: TriageState) -> TriageState:
    """Return the state with its question about the card as it is now; without one where nothing is left to
    ask. A person says yes only to what the question names.
    """
    if state.question is None or state.card is None:
        return state
    words = question_before_done(state.card)
    if not words:
        return replace(state, asking=None, question=None)
    return replace(state, question=replace(state.question, words=words))


def _with_card(state: TriageState, card: Card, code: str | None = None) -> TriageState:
    after = _at(replace(state, card=card, rows=rows_of(card)), state.cursor)
    return _at_code(after, code) if code is not None else after


def _at(state: TriageState, cursor: int) -> TriageState:
    """The cursor, kept within the rows."""
    return replace(state, cursor=min(max(cursor, 0), max(len(state.rows) - 1, 0)))


def _at_code(state: TriageState, code: str) -> TriageState:
    found = (index for index, row in enumerate(state.rows) if row.code == code)
    return replace(state, cursor=next(found, state.cursor))


def _to_open(state: TriageState) -> TriageState:
    """The cursor on the first row from there on that has no answer."""
    order = [*range(state.cursor, len(state.rows)), *range(state.cursor)]
    return replace(state, cursor=next((i for i in order if state.rows[i].answer is None), state.cursor))


def _without(flagged: tuple[str, ...], passage: str) -> tuple[str, ...]:
    return tuple(each for each in flagged if each != passage)
