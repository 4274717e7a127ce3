"""The story of a passage for a terminal: a line for each event, with its words below."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Unbroken
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.audit import Audit, AuditEntry
    from cothemes.presentation.lines import Line

_INDENT = 18
"""Columns of the date before each event."""
_BESIDE = 3
"""Unchanged words that are shown on either side of a change."""


def audit_lines(found: Audit) -> Iterator[Line]:
    """Yield the passage, then its events in order."""
    yield Unbroken(hanging(shown_text(found.text), 4, first=f"{found.passage}  "))
    if found.retired:
        yield f"Retired: {found.retired}."
    yield ""
    for each in found.entries:
        when = f"{each.at:%Y-%m-%d %H:%M}" if each.at else "no date"
        yield Unbroken(hanging(shown_text(_told(each)), _INDENT, first=when))
        for line in _words(each):
            yield Unbroken(hanging(shown_text(line), _INDENT + 2, first=" " * (_INDENT + 2)))


def _told(each: AuditEntry) -> str:
    where = ", ".join(filter(None, (each.arm, each.round)))
    parts = [each.by, each.event.value]
    if each.action and each.event.value != "confirmed":
        parts.append(each.action)
    parts.append(each.code or "")
    told = " ".join(filter(None, parts))
    told += f" ({where})" if where else ""
    told += f" [{each.state}]" if each.state else ""
    return told


def _words(each: AuditEntry) -> Iterator[str]:
    if each.before is not None and each.after is not None:
        yield from changed_words(each.before, each.after)
    if each.quote:
        yield f"“{each.quote}”"
    if each.note:
        yield each.note


def changed_words(before: str, after: str) -> Iterator[str]:
    """Yield `“old words” → “new words”` for each change, with unchanged words on either side."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_BESIDE):
        first, last = group[0], group[-1]
        yield f"“{_stretch(old, first[1], last[2])}” → “{_stretch(new, first[3], last[4])}”"


def _stretch(words: list[str], start: int, end: int) -> str:
    left, right = "… " if start else "", " …" if end < len(words) else ""
    return f"{left}{' '.join(words[start:end])}{right}"
