"""What a codebook says of each code, sorted by the part that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.records.codebook import Code, Codebook

FEWEST = 16
"""Codes under which the everyday ones below join, so that a passage always has something else to be about."""

_EVERYDAY = (
    ("Greeting", "The speaker greets, thanks or says goodbye."),
    ("Weather", "The speaker talks of the weather or the season."),
    ("Own career", "The speaker tells of their own job, training or career."),
    ("Family life", "The speaker tells of their family, home or childhood."),
    ("Travel", "The speaker tells of a journey, a road, a train or a car park."),
    (
        "Technical trouble",
        "The speaker talks of the recording, the connection, the screen or the microphone.",
    ),
    ("Food", "The speaker talks of eating, drinking or cooking."),
    ("Money", "The speaker talks of prices, wages or costs."),
    ("Health", "The speaker tells of an illness, a pain or a treatment."),
    ("Time and dates", "The speaker says when something took place or how long it took."),
    ("A place", "The speaker describes a town, a building or a room."),
    ("Other people", "The speaker says who somebody is or what they are like."),
    ("Leisure", "The speaker talks of sport, music, television or holidays."),
    ("News", "The speaker talks of the news, an election or a public event."),
    ("Joking", "The speaker jokes, laughs or teases."),
    ("Agreeing", "The speaker agrees, hesitates or asks for the question again."),
)


@dataclass(frozen=True)
class Wording:
    """The texts of one code that a passage is held against."""

    id: str
    label: str
    definition: str
    brief: str = ""
    uses: tuple[str, ...] = ()
    """The lines of `include_when`."""
    examples: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them that are there."""
        parts = (self.label, self.definition, self.brief, *self.uses, *self.examples, *self.near_misses)
        return tuple(text for text in parts if text.strip())


def wordings_of(codebook: Codebook) -> tuple[Wording, ...]:
    """The codes in their order; under sixteen, everyday topics follow them."""
    own = tuple(_wording(code) for code in codebook.codes)
    missing = max(FEWEST - len(own), 0)
    return own + tuple(Wording("", label, definition) for label, definition in _EVERYDAY[:missing])


def all_texts(wordings: Sequence[Wording]) -> list[str]:
    """Every text once, in order."""
    return list(dict.fromkeys(text for wording in wordings for text in wording.texts))


def _wording(code: Code) -> Wording:
    return Wording(
        id=code.id,
        label=code.label,
        definition=code.definition,
        brief=code.brief,
        uses=tuple(text for text in code.include_when if text.strip()),
        examples=tuple(each.text for each in code.examples if each.text.strip()),
        near_misses=tuple(each.text for each in code.near_misses if each.text.strip()),
    )
