"""A table in memory: two readers, three passages, every act kept in a list."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.doubles.desk import BOOK, CountingIds, StandingClock
from tests.tui.double import lines, stressed

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.codebook import Codebook
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.review.consensus import open_codes, settled_of
from cothemes.stages.review.context import WHOLE, Turn, around, setting_of
from cothemes.stages.review.discussion import Dispute, Tally
from cothemes.stages.review.disputes import cases_of
from cothemes.stages.review.ruling import Chair
from cothemes.tui.adjudicate import AdjudicateApp

TURNS = (
    "We trusted each other from the start, and it took a year until we did.",
    "There was never any money, and my manager left in May.",
    "The room had no windows, and the tea was cold.",
)
Said = Mapping[str, Mapping[str, str]]
SAID: Sequence[Mapping[str, Said]] = (
    {"ann": {"A1": {"status": "experienced"}, "A2": {}}, "zoe": {"A1": {"status": "intended"}}},
    {"ann": {"A2": {}}, "zoe": {"B1": {}}},
    {"ann": {}, "zoe": {}},
)


class TableDouble:
    """`DiscussionTable` on hand-written ratings."""

    def __init__(self, notes: Mapping[tuple[str, str, str], Sequence[str]] | None = None) -> None:
        self.by = "ann"
        self.round = "main"
        self.cut = WHOLE
        self.records: list[Settlement] = []
        text = "What made the group work?\n" + "\n".join(TURNS)
        blocks = [Block(start=0, end=25, kind=BlockKind.TURN, speaker="Int", role=Role.INTERVIEWER)]
        for words in TURNS:
            start = blocks[-1].end + 1
            end = start + len(words)
            blocks.append(
                Block(start=start, end=end, kind=BlockKind.TURN, speaker="Mo", role=Role.PARTICIPANT)
            )
        self._document = Document(
            slug="talk", version="v", kind=Kind.INTERVIEW, title="A talk", text=text, blocks=tuple(blocks)
        )
        passages = {
            f"talk.{n:04d}": Passage(
                id=f"talk.{n:04d}",
                document="talk",
                version="v",
                segmentation="s",
                start=block.start,
                end=block.end,
                text=text[block.start : block.end],
                kind=BlockKind.TURN,
                speaker="Mo",
                role=Role.PARTICIPANT,
                position=n,
            )
            for n, block in enumerate(blocks[1:])
        }
        ratings = [
            Rating(
                unit=f"talk.{n:04d}",
                doc="talk",
                rater=rater,
                kind=RaterKind.HUMAN,
                code=code,
                value=int(code in said),
                round="main",
                start=0 if code in said else None,
                end=len("We trusted each other") if code in said else None,
                attributes=dict(said.get(code, {})),
            )
            for n, readers in enumerate(SAID)
            for rater, said in readers.items()
            for code in BOOK.by_id
        ]
        found = cases_of(ratings, passages, BOOK, notes)
        self._cases = {c.passage.id: c for c in found if c.disputed or c.described_otherwise}
        self._agreed = len(found) - len(self._cases)
        self.chair = Chair("ann", BOOK, StandingClock(), CountingIds())

    @property
    def codebook(self) -> Codebook:
        return BOOK

    def look(self) -> str:
        return ""

    @property
    def tally(self) -> Tally:
        waiting = sum(bool(self._dispute(passage).left) for passage in self._cases)
        return Tally(len(self._cases) - waiting, waiting, 1, self._agreed)

    def next_case(self, put_off: Collection[str] = ()) -> str | None:
        return next((p for p in self._cases if p not in put_off and self._dispute(p).left), None)

    def dispute(self, passage_id: str) -> Dispute:
        return self._dispute(passage_id)

    def keep(self, dispute: Dispute, made: Settlement) -> Dispute:
        self.records.append(made)
        return self._dispute(dispute.case.passage.id)

    def undo(self) -> Settlement:
        made = self.chair.undo(self.records)
        self.records.append(made)
        return next(record for record in self.records if record.id == made.undoes)

    def transcript(self, dispute: Dispute, turns: int) -> tuple[Turn, ...]:
        return around(self._document, dispute.case.passage, turns)

    def _dispute(self, passage: str) -> Dispute:
        case = self._cases[passage]
        settled = settled_of([r for r in self.records if r.passage == passage], BOOK)
        left = open_codes(case, settled)
        setting = setting_of(self._document, case.passage)
        return Dispute(case, settled, left, replace(setting, cut=self.cut))


def rulings(table: TableDouble) -> list[tuple[Ruling, str | None]]:
    """What was recorded."""
    return [(record.ruling, record.code) for record in table.records]


def pressed(table: TableDouble, *keys: str, size: tuple[int, int] = (80, 24)) -> tuple[list[str], str]:
    """The screen after these keys, and what stands out on it."""
    app = AdjudicateApp(table)
    seen: list[Any] = []

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            seen.extend([lines(app), stressed(app)])

    asyncio.run(run())
    return seen[0], seen[1]
