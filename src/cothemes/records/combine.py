"""How the answers of several people to one code on one passage become one finding."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Combine(StrEnum):
    """The rule by which a code counts on a passage."""

    ANY = "any"
    MAJORITY = "majority"
    """More than half of those who were asked."""
    ALL = "all"

    def of(self, values: Sequence[int]) -> int:
        """Return 1 or 0 for the answers of all who were asked."""
        if self is Combine.ALL:
            return int(all(values))
        if self is Combine.MAJORITY:
            return int(2 * sum(values) > len(values))
        return int(any(values))

    @property
    def words(self) -> str:
        """The rule, as in `A code counts on a passage where …`."""
        return _WORDS[self]


_WORDS = {
    Combine.ANY: "at least one of them applied it",
    Combine.MAJORITY: "more than half of those who were asked applied it",
    Combine.ALL: "all of those who were asked applied it",
}
