"""Where readings differ, as a map for a conversation: which codes, which documents, which words.

Nothing is measured here. A difference between two readers is no error of either of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record


class Mark(Record):
    """Answers of one reader about one code in one passage."""

    reader: str
    applies: bool
    words: str = ""
    """That the reader marked; empty where none."""
    attributes: dict[str, tuple[str, ...]] = {}


class CodeDiffers(Record):
    """One code on which the readings of one passage differ."""

    code: str
    label: str = ""
    in_what: tuple[str, ...]
    """`code`: some gave it; `attributes`, `words`: all gave it, and described or marked otherwise."""
    marks: tuple[Mark, ...]

    @property
    def gave(self) -> tuple[str, ...]:
        """Readers who gave it."""
        return tuple(mark.reader for mark in self.marks if mark.applies)

    @property
    def did_not(self) -> tuple[str, ...]:
        """Readers who read the passage and did not."""
        return tuple(mark.reader for mark in self.marks if not mark.applies)


class Remark(Record):
    """A reader's note on a passage."""

    reader: str
    note: str


class PassageDiffers(Record):
    """One passage that its readers read differently."""

    passage: str
    document: str
    speaker: str = ""
    text: str
    round: str = ""
    readers: tuple[str, ...]
    alike: tuple[str, ...]
    """Codes that all of them gave, in the same way."""
    codes: tuple[CodeDiffers, ...]
    remarks: tuple[Remark, ...] = ()


class CodeLine(Record):
    """One line of the map."""

    code: str
    label: str = ""
    passages: tuple[str, ...]
    by_document: dict[str, int]
    """Document → passages in which readings differ on it."""


class DifferenceMap(Record):
    """Everything that readers see differently."""

    readers: tuple[str, ...]
    read_together: int
    """Passages that at least two of them finished."""
    waiting: int
    """Further ones that somebody has not finished: nobody's codes are shown there yet."""
    documents: tuple[str, ...]
    """Documents in which something differs."""
    codes: tuple[CodeLine, ...]
    passages: tuple[PassageDiffers, ...]
    left_out: tuple[LeftOut, ...] = ()
    """Decisions that do not count here, with the reason and the option that brings them back."""


def difference_map(
    passages: Sequence[PassageDiffers],
    readers: Sequence[str],
    code_order: Sequence[str],
    *,
    read_together: int,
    waiting: int,
) -> DifferenceMap:
    """The map over these passages, codes in this order."""
    documents = tuple(dict.fromkeys(each.document for each in passages))
    lines = []
    for code in code_order:
        here = [(each, one) for each in passages for one in each.codes if one.code == code]
        if here:
            counts = {name: sum(each.document == name for each, _ in here) for name in documents}
            lines.append(
                CodeLine(
                    code=code,
                    label=here[0][1].label,
                    passages=tuple(each.passage for each, _ in here),
                    by_document={name: count for name, count in counts.items() if count},
                )
            )
    return DifferenceMap(
        readers=tuple(readers),
        read_together=read_together,
        waiting=waiting,
        documents=documents,
        codes=tuple(lines),
        passages=tuple(passages),
    )
