"""Passages of one code, read again in the order they were decided, to see what has shifted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.stages.review.codings import Coding
from cothemes.stages.review.context import Setting, Turn
from cothemes.stages.review.sitting import (
    Act,
    Ask,
    Doing,
    Key,
    Sitting,
    SittingState,
    Step,
    Verb,
    asks,
    offer,
)


@dataclass(frozen=True)
class Reread:
    """One coding in its place."""

    coding: Coding
    passage: Passage
    setting: Setting
    mine: bool
    """True if the reader gave the code, and may note on it and reopen it."""
    current_wording: bool
    number: int
    """Number of the person who gave it, by their first decision: shown where names are hidden."""
    notes: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    reopened: bool = False


class Shelf(Protocol):
    """One code's codings. Every act is durable when its method returns, or an error says that it is not."""

    code: str

    @property
    def reviewer(self) -> str:
        """Return who reads."""

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""

    @property
    def items(self) -> Sequence[Reread]:
        """Return the present items."""

    def note(self, place: int, text: str) -> None:
        """Store a remark with the person's own decision."""

    def memo(self, place: int, text: str) -> None:
        """Write a memo."""

    def reopen(self, place: int) -> None:
        """Take the person's own passage up again."""

    def transcript(self, place: int, turns: int) -> tuple[Turn, ...]:
        """Return the document around the passage."""


KEYS = (
    Key(("space", "enter", "right"), Act(verb=Verb.NEXT), "next", "the next passage (right does the same)"),
    Key(("backspace", "left", "ctrl+h"), Act(verb=Verb.BACK), "back", "the one before (left does the same)"),
    Key(("n",), asks(Ask.NOTE), "note", "keep a note with your own decision"),
    Key(("m",), asks(Ask.MEMO), "memo", "write a memo: a note on the study"),
    Key(("o",), Act(verb=Verb.REOPEN), "reopen", "reopen your own passage: it waits in review then"),
    Key(("h",), Act(verb=Verb.NAMES), "names", "hide who decided, or show it"),
    Key(("home",), Act(verb=Verb.FIRST), "first", "the first", secondary=True),
    Key(("end",), Act(verb=Verb.LAST), "last", "the last", secondary=True),
)


@dataclass(frozen=True, kw_only=True)
class RereadState(SittingState):
    """Where a sitting is."""

    item: Reread | None
    """None: no passage can be shown."""
    at: int = 0
    named: bool = True

    @property
    def place(self) -> str:
        """Return the passage on the card; empty where there is none."""
        return self.item.passage.id if self.item else ""


Result = Step[RereadState]


class RereadSitting(Sitting[RereadState]):
    """The rules."""

    keys: Sequence[Key] = KEYS

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        acts: dict[Verb, Doing[RereadState]] = {
            Verb.NEXT: lambda state, _, __: self._go(state, state.at + 1),
            Verb.BACK: lambda state, _, __: self._go(state, state.at - 1),
            Verb.FIRST: lambda state, _, __: self._go(state, 0),
            Verb.LAST: lambda state, _, __: self._go(state, len(self.shelf.items) - 1),
            Verb.NAMES: lambda state, _, __: Step(_renamed(state)),
            Verb.NOTE: lambda state, act, _: self._keep(state, lambda at: shelf.note(at, act.text), "note"),
            Verb.MEMO: lambda state, act, _: self._keep(state, lambda at: shelf.memo(at, act.text), "memo"),
            Verb.REOPEN: lambda state, _, __: self._keep(state, shelf.reopen, "reopened; it waits in review"),
            Verb.ASK: self._ask,
        }
        super().__init__(acts)

    def book(self, state: RereadState) -> Codebook:  # noqa: ARG002
        """Return the codebook of the code that is read again."""
        return self.shelf.codebook

    def begin(self, at: float = 0.0) -> RereadState:  # noqa: ARG002
        """Return the state with the first passage, or with none."""
        return RereadState(item=self.shelf.items[0] if self.shelf.items else None)

    def open(self, passage: str, at: float = 0.0) -> RereadState:  # noqa: ARG002
        """Return a state with this passage on the card. Raises StateConflict where the code is not on it."""
        for place, item in enumerate(self.shelf.items):
            if item.passage.id == passage:
                return RereadState(item=item, at=place)
        raise StateConflict(
            f"{passage} is not among the passages of {self.shelf.code} that you may see",
            hint="Begin with the first.",
        )

    def offered(self, state: RereadState) -> tuple[Key, ...]:
        """Return the keys that do something, the likeliest first."""
        last = len(self.shelf.items) - 1
        item = state.item

        def allowed(key: Key) -> bool:
            verb, ask = key.act.verb, key.act.ask
            mine = item is not None and item.mine
            return {
                Verb.NEXT: state.at < last,
                Verb.LAST: state.at < last,
                Verb.BACK: state.at > 0,
                Verb.FIRST: state.at > 0,
                Verb.REOPEN: mine and item is not None and not item.reopened,
                Verb.ASK: mine if ask is Ask.NOTE else item is not None,
            }.get(verb, item is not None)

        return offer(KEYS, allowed)

    def summary(self, state: RereadState) -> list[str]:
        """Return what was read and kept."""
        items = self.shelf.items
        if not items:
            return [f"No passage with {self.shelf.code} can be shown to you yet."]
        again = [item.passage.id for item in items if item.reopened]
        lines = [f"{len(items)} passages with {self.shelf.code}; {state.kept} records kept."]
        if again:
            lines.append(f"Reopened: {', '.join(again)}. Go on: cothemes review --as {self.shelf.reviewer}")
        return lines

    def _go(self, state: RereadState, at: int) -> Result:
        last = len(self.shelf.items) - 1
        if not 0 <= at <= last:
            return Step(
                replace(state, said="this is the last one; q quits" if at > last else "this is the first one")
            )
        return Step(replace(state, at=at, item=self.shelf.items[at]))

    def _ask(self, state: RereadState, act: Act, _: float) -> Result:
        if state.item is None:
            raise StateConflict("no passage is open", hint="q quits.")
        return Step(replace(state, asking=act.ask))

    def _keep(self, state: RereadState, store: Callable[[int], None], said: str) -> Result:
        if state.item is None:
            raise StateConflict("no passage is open", hint="q quits.")
        store(state.at)
        item = self.shelf.items[state.at]
        return Step(replace(state, item=item, kept=state.kept + 1, said=f"recorded: {said}"))


def _renamed(state: RereadState) -> RereadState:
    named = not state.named
    return replace(state, named=named, said="names are shown" if named else "names are hidden")
