"""A codebook, a passage and a session with a clock that stands and ids that count."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from cothemes.records.codebook import Attribute, Code, Codebook, Theme
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.review import Arm, Assignment, Decision
from cothemes.records.suggestion import Evidence, QuoteStatus, Suggestion, Verdict
from cothemes.stages.review.card import Card, card_of
from cothemes.stages.review.reading_state import fold
from cothemes.stages.review.session import Session

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TEXT = "We trusted each other. There was no money."

BOOK = Codebook(
    id="small",
    codes=(
        Code(id="A1", label="Trust between people", definition="Trust.", theme="T"),
        Code(id="A2", label="Time and money", definition="Money.", theme="T"),
        Code(id="B1", label="Turnover of staff", definition="Staff."),
    ),
    themes=(Theme(id="T", label="Together"),),
    attributes=(
        Attribute(name="valence", values=("helps", "hinders"), applies_to=("A1", "A2")),
        Attribute(name="status", values=("experienced", "intended"), applies_to=("T",), many=True),
    ),
)

DOCUMENT = Document(
    slug="talk",
    version="v",
    kind=Kind.INTERVIEW,
    text=f"Well?\n{TEXT}",
    blocks=(
        Block(start=0, end=5, kind=BlockKind.TURN, speaker="I", role=Role.INTERVIEWER),
        Block(start=6, end=6 + len(TEXT), kind=BlockKind.TURN, speaker="Mo", role=Role.PARTICIPANT),
    ),
    metadata={"participant": "P1"},
)


class StandingClock:
    """It is always the same time."""

    def now(self) -> datetime:
        return NOW


class CountingIds:
    """d1, d2, …"""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"d{next(self._numbers)}"


def session(book: Codebook = BOOK) -> Session:
    return Session(book, StandingClock(), CountingIds())


def passage(number: int = 2) -> Passage:
    return Passage(
        id=f"talk.{number:04d}",
        document="talk",
        version="v",
        segmentation="s",
        start=6,
        end=6 + len(TEXT),
        text=TEXT,
        kind=BlockKind.TURN,
        speaker="Mo",
        role=Role.PARTICIPANT,
        position=number - 1,
    )


def assignment(arm: Arm, number: int = 2, reviewer: str = "ann") -> Assignment:
    return Assignment(
        reviewer=reviewer,
        passage=f"talk.{number:04d}",
        document="talk",
        round="main",
        arm=arm,
        probability=0.5,
        double=False,
        position=number,
        drawn=NOW,
        seed=1,
    )


def suggested(code: str, verdict: Verdict = Verdict.YES, **fields: object) -> Suggestion:
    return Suggestion.model_validate(
        {
            "id": f"s-{code}",
            "run": "r0001",
            "rater": "offline@0#r0001",
            "passage": "talk.0002",
            "code": code,
            "verdict": verdict,
            "evidence": (Evidence(start=6, end=28),),
            "quote_status": QuoteStatus.EXACT,
            **fields,
        }
    )


def card(
    arm: Arm,
    decisions: list[Decision] | None = None,
    suggestions: tuple[Suggestion, ...] = (suggested("A1"), suggested("A2")),
    proposed: bool = True,
) -> Card:
    """The card as the query serves it: suggestions only where the standing allows them."""
    standing = fold(assignment(arm), decisions or [])
    sees = standing.sees_suggestions
    return card_of(
        standing,
        passage(),
        DOCUMENT,
        suggestions=suggestions if sees else (),
        codebook=BOOK,
        proposed=proposed and sees,
    )
