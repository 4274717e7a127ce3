"""How a passage looks on the terminal, wherever one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cothemes.cli.console import say_lines
from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.passage_text import passage_lines, place_words

if TYPE_CHECKING:
    from cothemes.records.passage import Passage


def print_passage(passage: Passage, *, aside: str = "", ids: ShortIds = WHOLE) -> None:
    """Print a heading line with id and speaker, then the words."""
    heading = (place_words(passage.speaker, passage.headings), passage.time, aside)
    say_lines(passage_lines(ids.passage(passage.id), passage.own_text(), heading=heading))
