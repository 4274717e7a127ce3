"""A desk without a database, and a screen that tells its lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from tests.doubles.desk import BOOK, NOW, suggested
from textual.app import App
from textual.pilot import Pilot

from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.records.suggestion import Evidence, Suggestion
from cothemes.stages.review.card import Card, card_of
from cothemes.stages.review.context import Turn, around
from cothemes.stages.review.queue import Progress, Serving
from cothemes.stages.review.reading_state import ReadingState, fold, live_backwards
from cothemes.stages.review.session import Session, Span
from cothemes.stages.review.taken_back import stepped_over
from cothemes.tui.board import SittingScreen
from cothemes.tui.review import ReviewApp

SittingScreen.rest_seconds = 0.0  # What a test looks at follows at once.

WORDS = (
    "We trusted each other from the start. It took a year to get there, and there was never any money.",
    "My manager left in May. The room had no windows, and the tea was cold.",
    "They asked us what we wanted, and then they built the other thing.",
)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> Any:
        return NOW


class Ids:
    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"d{self.count}"


class DoubleDesk:
    """`ReviewDesk` in memory, kept as strict: a blind card is made without suggestions."""

    def __init__(
        self,
        arms: Sequence[Arm],
        *,
        words: Sequence[str] = WORDS,
        speaker: str = "Mo",
        remarks: tuple[str, ...] = (),
        suggestions: Mapping[int, Sequence[Suggestion]] | None = None,
    ) -> None:
        self.reviewer = "ann"
        self.decisions: list[Decision] = []
        self.served: list[Card] = []
        text = "What made the group work?"
        blocks = [Block(start=0, end=len(text), kind=BlockKind.TURN, speaker="Int", role=Role.INTERVIEWER)]
        for number in range(len(arms)):
            start = len(text) + 1
            text += "\n" + words[number % len(words)]
            blocks.append(
                Block(start=start, end=len(text), kind=BlockKind.TURN, speaker=speaker, role=Role.PARTICIPANT)
            )
        self._document = Document(
            slug="talk", version="v", kind=Kind.INTERVIEW, title="A talk", text=text, blocks=tuple(blocks)
        )
        self._passages = {
            f"talk.{number:04d}": Passage(
                id=f"talk.{number:04d}",
                document="talk",
                version="v",
                segmentation="s",
                start=block.start,
                end=block.end,
                text=text[block.start : block.end],
                kind=BlockKind.TURN,
                speaker=speaker,
                role=Role.PARTICIPANT,
                position=number,
            )
            for number, block in enumerate(blocks[1:])
        }
        self._suggestions = {f"talk.{n:04d}": tuple(s) for n, s in (suggestions or {}).items()}
        self._assignments = {
            passage: Assignment(
                reviewer="ann",
                passage=passage,
                document="talk",
                round="main",
                arm=arm,
                probability=0.5,
                double=False,
                position=position,
                drawn=NOW,
                seed=1,
            )
            for position, (passage, arm) in enumerate(zip(self._passages, arms, strict=True))
        }
        self.memos: list[str] = []
        self.book = BOOK
        self.written: Codebook | None = None
        """The codebook that somebody has written meanwhile."""
        self._ids = Ids()
        self._remarks = remarks
        self._serving = Serving(
            [fold(a, []) for a in self._assignments.values()], self._passages, lambda _: True
        )

    @property
    def codebook(self) -> Codebook:
        return self.book

    def codebook_on(self, standing: ReadingState) -> Codebook:
        return self.book

    def look(self) -> str:
        self.book, self.written = self.written or self.book, None
        return ""

    def draft(self, card: Card, name: str, spans: Sequence[Span] = ()) -> Decision:
        self._session.check_new_code(card, spans)
        code = Code(id=f"N{len(self.book.codes)}", label=name, definition="")
        self.book = self.book.model_copy(update={"codes": (*self.book.codes, code)})
        return self._session.decide(card, code.id, Action.ADD, spans=spans)

    @property
    def _session(self) -> Session:
        return Session(self.book, Clock(), self._ids)

    def current_card(self, passage_id: str) -> Card:
        return self.card(passage_id)

    @property
    def progress(self) -> Progress:
        return self._serving.progress

    def next_passage(self, put_off: Collection[str] = ()) -> str | None:
        return self._serving.next(put_off)

    def waits(self, passage_id: str) -> bool:
        return self._serving.waits(passage_id)

    def card(self, passage_id: str) -> Card:
        standing = fold(self._assignments[passage_id], self._of(passage_id))
        sees = standing.sees_suggestions
        card = card_of(
            standing,
            self._passages[passage_id],
            self._document,
            suggestions=self._suggestions.get(passage_id, ()) if sees else (),
            codebook=self.book,
            proposed=sees,
            remarks=self._remarks if sees else (),
        )
        self.served.append(card)
        return card

    def transcript(self, card: Card, turns: int) -> tuple[Turn, ...]:
        return around(self._document, card.passage, turns)

    def session(self, card: Card) -> Session:
        return self._session

    def keep(self, card: Card, made: Sequence[Decision]) -> Card:
        self._append(made)
        return card.with_standing(fold(card.standing.assignment, self._of(card.passage.id)))

    def finished_before(self, card: Card) -> ReadingState | None:
        for decision in live_backwards(self.decisions):
            if decision.action is Action.DONE and decision.passage != card.passage.id:
                return fold(self._assignments[decision.passage], self._of(decision.passage))
        return None

    def memo(self, card: Card, text: str) -> Card:
        self.memos.append(text)
        return card.with_memo(text)

    def locked_last(self) -> str:
        return stepped_over(self.decisions, {p: fold(a, self._of(p)) for p, a in self._assignments.items()})

    def undo(self) -> Decision:
        standings = {p: fold(a, self._of(p)) for p, a in self._assignments.items()}
        made = self._session.undo(self.decisions, standings)
        self._append([made])
        return next(d for d in self.decisions if d.id == made.undoes)

    def _of(self, passage: str) -> list[Decision]:
        return [d for d in self.decisions if d.passage == passage]

    def _append(self, made: Sequence[Decision]) -> None:
        self.decisions += made
        for passage in {d.passage for d in made}:
            self._serving.put(fold(self._assignments[passage], self._of(passage)))


def desk(*arms: Arm, **named: Any) -> DoubleDesk:
    """Passages in these arms; of the first, trust and money are suggested with the words they stand on."""
    text = named.get("words", WORDS)[0]
    base = len("What made the group work?") + 1
    found = []
    for code, phrase in (("A1", "We trusted each other from the start."), ("A2", "never any money")):
        if phrase not in text:
            continue
        start = base + text.index(phrase)
        found.append(
            suggested(
                code,
                passage="talk.0000",
                evidence=(Evidence(start=start, end=start + len(phrase)),),
                reason=f"reads like {code}",
                attributes={"status": ("experienced",)},
                confidence=0.93,
                score=0.77,
            )
        )
    return DoubleDesk(arms, **{"suggestions": {0: found}, **named})


def acts(desk: DoubleDesk) -> list[tuple[str, str | None]]:
    """What was recorded."""
    return [(d.action.value, d.code) for d in desk.decisions]


def lines(app: App[None]) -> list[str]:
    """The screen as it is painted, without style."""
    strips = app.screen._compositor.render_strips(app.size)
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def stressed(app: App[None]) -> str:
    """The text that is bold and underlined: evidence, marked words."""
    strips = app.screen._compositor.render_strips(app.size)
    found = []
    for strip in strips:
        words = [s.text for s in strip if s.style is not None and s.style.bold and s.style.underline]
        if words:
            found.append("".join(words).strip())
    return " ".join(found)


Flow = Callable[[ReviewApp, Pilot[None]], Awaitable[None]]


def sitting(desk: DoubleDesk, flow: Flow, size: tuple[int, int] = (80, 24), **named: Any) -> ReviewApp:
    """Runs the screen without a terminal while `flow` presses keys."""
    app = ReviewApp(desk, **{"settle": 0.0, **named})

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await flow(app, pilot)

    asyncio.run(run())
    return app


def pressed(desk: DoubleDesk, *keys: str, size: tuple[int, int] = (80, 24)) -> tuple[list[str], str]:
    """The screen after these keys, and what stands out on it."""
    seen: list[Any] = []

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        seen.extend([lines(app), stressed(app)])

    sitting(desk, flow, size, now=lambda: 0.0)
    return seen[0], seen[1]
