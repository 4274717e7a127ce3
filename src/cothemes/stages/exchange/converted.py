"""What a spreadsheet program may have made of a word that looks like a number: `007` to 7, `1.10` to 1.1.

It does so where a cell holds nothing else and is not set to text, and says nothing. So a word that has become
a number stands for the id that is the same number; where two ids are, nobody can tell which was typed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from cothemes.errors import UsageError

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,3})?")
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september"
    "|october|november|december"
)
_DATE = re.compile(
    rf"\d{{1,4}}[-/.]\d{{1,4}}(?:[-/.]\d{{1,4}})?|(?:{_MONTHS})[-. /]?\d{{1,4}}|\d{{1,2}}[-. /]?(?:{_MONTHS})"
    r"|\d{1,2}:\d{2}",
    re.IGNORECASE,
)
_TRUTHS = frozenset(("true", "false"))
STAYS = "In an .xlsx sheet what is typed stays: cothemes export sheet OUT.xlsx --as NAME"


def as_number(word: str) -> Decimal | None:
    """The number that a program would take it for; None where it would not."""
    word = word.strip()
    return Decimal(word.replace(",", ".")) if _NUMBER.fullmatch(word) else None


def convertible(word: str) -> bool:
    """Return whether a program may make a number, a date or a truth of it."""
    word = word.strip()
    return as_number(word) is not None or bool(_DATE.fullmatch(word)) or word.lower() in _TRUTHS


def same_numbers(words: Iterable[str]) -> Mapping[Decimal, Sequence[str]]:
    """Number → the words that are it."""
    found: dict[Decimal, list[str]] = defaultdict(list)
    for word in words:
        if (number := as_number(word)) is not None:
            found[number].append(word)
    return found


def typed_id(word: str, numbers: Mapping[Decimal, Sequence[str]]) -> str:
    """The id that was typed, where a program may have made a number of it.

    Raises UsageError where several ids are that number.
    """
    number = as_number(word)
    fitting = numbers.get(number, ()) if number is not None else ()
    if len(fitting) > 1:
        raise UsageError(
            f"holds the number {word.strip()}, which may have been {' or '.join(fitting)}", hint=STAYS
        )
    return fitting[0] if fitting else word
