"""Codings for a terminal: as a table, and one after another with their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.left_out import combined_lines, left_out_lines, query_lines
from cothemes.presentation.lines import Line, Table
from cothemes.presentation.passage_text import passage_lines, place_words
from cothemes.records.numbers import coefficient
from cothemes.records.text import attributes_line, counted, shown_text
from cothemes.stages.review.codings import Status

if TYPE_CHECKING:
    from cothemes.app.findings.codings import CodingEntry, CodingList, CodingSequence, FullCoding


def coding_lines(found: CodingList, limit: int) -> Iterator[Line]:
    """Yield a table for each sort of codings, at most `limit` rows of it (0: all), then how many there
    are."""
    for title, rows in (
        ("Decided by people", found.decided),
        ("Settled, and agreed on where something was settled", found.settled),
        ("Suggested, and decided by nobody", found.suggested),
        ("Accepted under a certificate, and read by nobody", found.auto_accepted or ()),
    ):
        if rows:
            by = {shown_text(one.by) for one in rows}
            alone = by.pop() if len(by) == 1 else ""
            likely = any(one.probability is not None for one in rows)
            yield Table(
                ("passage", "code", "by", "status", *(["p"] if likely else []), "attributes", "flags"),
                [
                    (
                        one.passage,
                        one.code,
                        "" if alone else shown_text(one.by),
                        _status(one),
                        *([coefficient(one.probability)] if likely else []),
                        attributes_line(one.attributes),
                        "; ".join(one.flags),
                    )
                    for one in (rows[:limit] if limit else rows)
                ],
                title=f"{title} ({alone})" if alone else title,
            )
            yield from more_lines(len(rows), limit)
    passages = len({one.passage for one in found.decided if one.counts})
    yield (
        f"{counted(found.counts.decided, 'code')} by people on {counted(passages, 'passage')}; "
        f"{len(found.suggested)} undecided."
    )
    if found.counts.copied:
        yield (
            f"Of these, {counted(found.counts.copied, 'code')} copied by people between passages that say "
            "nearly the same."
        )
    if found.auto_accepted:
        yield (
            f"{counted(len(found.auto_accepted), 'code')} accepted under a certificate and read by nobody, "
            "counted apart."
        )
    if found.settled:
        ruled = {one.passage for one in found.settled if one.ruled}
        yield f"{counted(found.counts.settled, 'code')} by consensus on {counted(len(ruled), 'passage')}."
        agreed = len(found.settled) - found.counts.settled
        if agreed:
            yield f"{counted(agreed, 'code')} that all readers of a settled round gave: counted as theirs."
    yield from query_lines(found.query)
    yield from combined_lines(found.combined_by)
    waiting = sum(one.to_confirm and not one.widened for one in found.decided)
    if waiting:
        yield f"{counted(waiting, 'code')} to confirm, since the text changed in substance."
    wider = Counter(one.code for one in found.decided if one.widened)
    for code, count in wider.items():
        yield f"{counted(count, 'code')} to confirm, since codes were merged into {code}, which is wider."
    if waiting or wider:
        yield "    → cothemes confirm --as NAME"
    yield from left_out_lines(found.left_out)


def sequence_lines(found: CodingSequence, limit: int) -> Iterator[Line]:
    """Yield the codings with their passages, at most `limit` (0: all)."""
    count = len(found.root)
    for number, one in enumerate(found.root[:limit] if limit else found.root, start=1):
        yield from _full(one, f"{number} of {count}")
    yield from more_lines(count, limit)
    if not count:
        yield "Nobody has given it yet."


def more_lines(count: int, limit: int) -> Iterator[str]:
    """Yield how many rows are not printed."""
    if limit and count > limit:
        yield f"… and {count - limit} more (--limit 0 prints all)"


def _full(one: FullCoding, place: str) -> Iterator[Line]:
    when = f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""
    state = one.status.value + ("" if one.upheld is not False else ", settled otherwise")
    wording = one.fate or ("" if one.current_wording else "earlier wording")
    text = "to confirm" if one.to_confirm else "corrected since" if one.corrected_since else ""
    parts = (place, when, one.code, one.by, state, one.arm.value if one.arm else "", wording, text)
    yield shown_text(" | ".join(filter(None, parts)))
    for words in (attributes_line(one.attributes), *(f"note: {note}" for note in one.notes)):
        if words:
            yield shown_text(f"  {words}")
    heading = (place_words(one.speaker, one.headings), one.time)
    yield from passage_lines(one.passage, one.text, heading=heading, marks=one.spans)


def _status(one: CodingEntry) -> str:
    remarks = (
        [] if one.status in (Status.SUGGESTED, Status.SETTLED, Status.AUTO_ACCEPTED) else [one.status.value]
    )
    if one.ruled is not None:
        remarks.append("ruled" if one.ruled else "given by all")
    if one.copied_from:
        remarks.append(f"copied from {one.copied_from}")
    if one.upheld is False:
        remarks.append("settled otherwise")
    if one.outvoted:
        remarks.append("too few readers")
    if one.status not in (Status.SUGGESTED, Status.AUTO_ACCEPTED) and not one.done:
        remarks.append("not done")
    if one.fate:
        remarks.append(one.fate)
    elif not one.current_wording:
        remarks.append("earlier wording")
    if one.to_confirm:
        remarks.append("to confirm")
    elif one.corrected_since:
        remarks.append("corrected since")
    return ", ".join(remarks)
