"""The parts of every sitting: acts, what is asked, what a step leaves behind.

A sitting (triage, adjudication, rereading) is driven by values. A front end shows a state, offers the keys
that the sitting offers in it, and passes acts to `step`; it has no further rules. The screen, the prompt
and a browser are such front ends.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import Field

from cothemes.errors import CothemesError, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.record import Record

Span = tuple[int, int]


class Verb(StrEnum):
    """Acts of a person at a sitting."""

    ACCEPT = "accept"
    """A code applies: `code`, else the one under the cursor."""
    REJECT = "reject"
    """A code does not apply: `code`, else the one under the cursor."""
    TOGGLE = "toggle"
    """Row `number`, counted from 1: what applies does not, and the reverse."""
    GIVE = "give"
    """`code` applies, whether or not it is on the card; with `spans`, on these words."""
    DRAFT = "draft"
    """A new code named `text` that applies here; with `spans`, on these words."""
    DESCRIBE = "describe"
    """`attributes` of a code that applies."""
    MARK = "mark"
    """`spans` support a code."""
    UNMARK = "unmark"
    """The marked stretch at code point `number` of the passage supports the code no longer."""
    NOTE = "note"
    MEMO = "memo"
    FLAG = "flag"
    LIKE = "like"
    """Give the codes of the passage finished before."""
    SKIP = "skip"
    """Put the passage off."""
    NONE = "none"
    """No code applies; done."""
    FINISH = "finish"
    """The passage is done: what Enter means."""
    UNDO = "undo"
    MOVE = "move"
    """The cursor, by `number` rows."""
    POINT = "point"
    """The cursor goes to row `number`, counted from 1."""
    ASK = "ask"
    """Open what `ask` names; the answer is another act."""
    YES = "yes"
    """Do what was asked about."""
    CANCEL = "cancel"
    """Leave what is open; nothing is recorded."""
    NEXT = "next"
    BACK = "back"
    FIRST = "first"
    LAST = "last"
    REOPEN = "reopen"
    NAMES = "names"
    """Hide who decided, or show it."""


class Ask(StrEnum):
    """Things that a sitting waits for."""

    CODE = "code"
    ATTRIBUTES = "attributes"
    WORDS = "words"
    NOTE = "note"
    MEMO = "memo"
    SURE = "sure"
    """Yes or no; the state holds the question."""


class Act(Record):
    """One act, as a front end passes it."""

    verb: Verb
    code: str = ""
    """Empty: the code under the cursor."""
    text: str = ""
    number: int = 0
    ask: Ask | None = None
    attributes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    """Half-open code points of the passage's text."""
    whole: bool = False
    """True if a note is on the passage, whatever the cursor is on."""
    sure: bool = False
    """True if the person has answered yes to what would be asked."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that does something where it is offered."""

    names: tuple[str, ...]
    act: Act
    word: str
    """Name of the act beside the key."""
    help: str = ""
    """Meaning of the key, in a list of all; empty where another entry of the same key has it."""
    secondary: bool = False
    """True if it is left out where only the likeliest keys are shown."""
    shown: str = ""
    """The key as it is shown, where it stands for others too."""

    @property
    def name(self) -> str:
        """Return a name that no other key of the sitting has."""
        return f"{self.act.verb}-{self.act.ask or ''}-{self.word}-{self.act.number}"


UNDO_KEY = Key(
    ("u", "backspace", "ctrl+h"), Act(verb=Verb.UNDO), "undo", "undo; again for the one before, without limit"
)
ROW_KEYS = (
    Key(
        ("up",),
        Act(verb=Verb.MOVE, number=-1),
        "up",
        "move the cursor (in a long text: scroll)",
        secondary=True,
        shown="up, down",
    ),
    Key(("down",), Act(verb=Verb.MOVE, number=1), "down", secondary=True),
    *(
        Key(
            (str(n),),
            Act(verb=Verb.TOGGLE, number=n),
            f"row {n}",
            "turn a row on or off" * (n == 1),
            secondary=True,
            shown="1-9" * (n == 1),
        )
        for n in range(1, 10)
    ),
)
"""Keys of the rows of a card, the same in every sitting that has rows."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is answered with yes or no, and the act that waits for it."""

    words: str
    act: Act


@dataclass(frozen=True, kw_only=True)
class SittingState:
    """The part of a state that every sitting has."""

    asking: Ask | None = None
    question: Question | None = None
    """Set while `asking` is SURE."""
    said: str = ""
    """Sentence about the last act."""
    kept: int = 0
    """Records of this sitting."""

    @property
    def place(self) -> str:
        """Return the passage on the card; empty where there is none."""
        raise NotImplementedError


State = TypeVar("State", bound=SittingState)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """What an act left: the new state, and the records that were stored."""

    state: State
    records: tuple[Record, ...] = ()
    refused: CothemesError | None = None
    """The reason why nothing was recorded."""


Doing = Callable[[State, Act, float], Step[State]]


class Sitting(ABC, Generic[State]):
    """The rules of one kind of sitting."""

    keys: Sequence[Key]
    """All keys, the likeliest first."""

    def __init__(self, acts: Mapping[Verb, Doing[State]]) -> None:
        self._acts = acts

    @abstractmethod
    def book(self, state: State) -> Codebook:
        """Return the codebook that the card is coded by."""

    @abstractmethod
    def begin(self, at: float = 0.0) -> State:
        """Return the first state. `at` is a time in seconds, of a clock that never goes back."""

    @abstractmethod
    def open(self, passage: str, at: float = 0.0) -> State:
        """Return a state with this passage on the card. Raises UnknownPassage, StateConflict."""

    def look(self, state: State, at: float = 0.0) -> State:  # noqa: ARG002
        """Return the state after what changed in the codebook meanwhile; what is open stays open."""
        return state

    def makes_codes(self, state: State) -> bool:  # noqa: ARG002
        """Return whether a code that is not in the codebook can be made and given here."""
        return False

    @abstractmethod
    def offered(self, state: State) -> Sequence[Key]:
        """Return the keys that do something in this state, the likeliest first."""

    @abstractmethod
    def summary(self, state: State) -> list[str]:
        """Return what was done in the sitting, and what is left."""

    def step(self, state: State, act: Act, at: float = 0.0) -> Step[State]:
        """Do an act. What is refused is in the step; nothing is raised."""
        asked, waiting = state.asking, state.question
        state = replace(state, asking=None, question=None, said="")
        if act.verb is Verb.CANCEL:
            said = "not finished" if asked is Ask.SURE else "nothing recorded" if asked else ""
            return Step(replace(state, said=said))
        if act.verb is Verb.YES and waiting is not None:
            act = waiting.act
        known = self._acts.get(act.verb)
        try:
            if known is None:
                raise UsageError(f"nothing is there to {act.verb}", hint="Choose one of the acts offered.")
            return known(state, act, at)
        except CothemesError as error:
            return Step(replace(state, said=refusal(error)), refused=error)


def refusal(error: CothemesError) -> str:
    """Return why nothing was recorded and what to do, as one sentence after the other."""
    return f"not recorded: {error.message}{f'. {error.hint}' if error.hint else ''}"


def offer(keys: Sequence[Key], allowed: Callable[[Key], bool]) -> tuple[Key, ...]:
    """Return the keys that are allowed; of several with one name, the first."""
    taken: set[str] = set()
    found = []
    for key in keys:
        if allowed(key) and not taken.issuperset(key.names):
            taken.update(key.names)
            found.append(key)
    return tuple(found)


def asks(what: Ask) -> Act:
    """Return the act that opens a question."""
    return Act(verb=Verb.ASK, ask=what)
