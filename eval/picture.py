"""Draws docs/pictures/review.svg: a card of the sample study on the real screen, as `make picture` does."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cothemes.app.overview.demo import make_demo
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.cli.console import progress
from cothemes.records.review import Arm, Assignment, Reviewer
from cothemes.tui.review import ReviewApp

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "review.svg"
REVIEWER = "cara"
SIZE = (80, 24)
FULL_CARD = 3
"""Suggestions that fill a card without hiding its text."""


def main() -> None:
    """Writes the picture anew."""
    with tempfile.TemporaryDirectory() as scratch:
        made = make_demo(Path(scratch) / "study", lambda label, total: progress(label, total, quiet=True))
        try:
            give(made.study, full_passage(made.study))
            drawn = asyncio.run(drawing(ReviewApp(Desk(made.study, REVIEWER))))
        finally:
            made.study.close()
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(own_letters(drawn), encoding="utf-8")
    print(PICTURE)


def full_passage(study: Study) -> str:
    """The first passage of an interview with a full card."""
    counts: dict[str, int] = {}
    for suggestion in study.store.runs.suggestions():
        counts[suggestion.passage] = counts.get(suggestion.passage, 0) + 1
    return next(p.id for p in study.store.passages.all() if p.speaker and counts.get(p.id) == FULL_CARD)


def give(study: Study, passage: str) -> None:
    """Assigns one passage with suggestions in view."""
    now = datetime.now(UTC)
    study.store.reviews.add_reviewer(Reviewer(name=REVIEWER, added=now))
    study.store.reviews.assign(
        [
            Assignment(
                reviewer=REVIEWER, passage=passage, document=passage.rpartition(".")[0], round="main",
                arm=Arm.ASSISTED, probability=1, double=False, position=0, drawn=now, seed=0,
            )
        ]
    )  # fmt: skip


async def drawing(app: ReviewApp) -> str:
    """The screen with one code accepted and its evidence shown."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a", "up", "v")
        await pilot.pause()
        return app.export_screenshot(title="cothemes review --as cara")


def own_letters(svg: str) -> str:
    """Without the fonts that the picture would fetch from elsewhere."""
    return re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)


if __name__ == "__main__":
    main()
