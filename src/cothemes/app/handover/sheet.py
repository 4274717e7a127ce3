"""A reviewer's open passages out to a sheet, and what was filled in back as decisions.

What is in a row is what the card shows, asked for as the card asks. What comes back goes through the same
session as a key on the screen, a row at a time and all of it in one transaction: an import that is cut off
leaves no half-decided passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.handover.pack import study_id
from cothemes.app.handover.sheet_import import Intake, stamp_of
from cothemes.app.ratings import keep_codebook
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Role
from cothemes.records.record import Record
from cothemes.records.sheet import Entry, RowFault, SheetLine
from cothemes.records.suggestion import Verdict
from cothemes.stages.exchange.converted import convertible, same_numbers
from cothemes.stages.exchange.sheet import (
    codebook_leaf,
    read_stamp,
    seal_of,
    sheet_leaf,
    written_codes,
)
from cothemes.stages.exchange.sheet_entries import entries
from cothemes.stages.review.attributes import checked_attributes
from cothemes.stages.review.card import Card, reason_shown
from cothemes.stages.review.session import unknown_code

FORMATS = (".csv", ".xlsx")


class SheetExport(Record):
    """What was written to a sheet."""

    path: Path
    reviewer: str
    rows: int
    readings: dict[str, int]
    """Reading → rows."""
    doubtful: tuple[str, ...]
    """Codes that a spreadsheet program may make numbers or dates of, where the sheet is CSV."""


class SheetFault(RowFault):
    """A row that was not imported, and where it is."""

    where: str
    """`path:row`."""


class SheetImport(Record):
    """What a filled-in sheet held."""

    path: Path
    reviewer: str
    passages: int
    """Rows that were imported now."""
    decisions: int
    done: int
    """Rows of those that finish their passage."""
    known: int
    """Rows whose answers were on record already."""
    open: int
    """Rows that nothing was said in."""
    faults: tuple[SheetFault, ...]
    """Rows that were not imported, in the order of the sheet."""


def export_sheet(study: Study, name: str, path: Path, *, by_code: bool = False) -> SheetExport:
    """Write what waits for a reviewer. Raises UsageError for another format, StateConflict where nothing
    waits."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(
            f"{path.name} is no name for a sheet", hint=f"Name it .csv or .xlsx: {path.stem}.xlsx"
        )
    desk = Desk(study, name)
    waiting = [standing.assignment.passage for standing in desk.queue().waiting]
    if not waiting:
        raise StateConflict(f"nothing waits for {desk.reviewer}", hint=f"cothemes queue --as {desk.reviewer}")
    plain = path.suffix.lower() == ".csv"
    codes = tuple(study.codebook.by_id) if plain else ()
    for alike in same_numbers(codes).values():
        if len(alike) > 1:
            raise UsageError(
                f"a spreadsheet program makes one number of the codes {' and '.join(alike)} in a CSV",
                hint=f"In a workbook what is typed stays: name it {path.stem}.xlsx",
            )
    lines = [_line(study, desk, desk.card(passage)) for passage in waiting]
    leaf = sheet_leaf(lines, study.codebook, by_code=by_code)
    if path.suffix.lower() == ".xlsx":
        wiring.write_sheet_xlsx(path, [leaf, codebook_leaf(study.codebook)])
    else:
        wiring.write_sheet_csv(path, leaf)
    readings = [line.reading for line in lines]
    return SheetExport(
        path=path,
        reviewer=desk.reviewer,
        rows=len(lines),
        readings={reading: readings.count(reading) for reading in dict.fromkeys(readings)},
        doubtful=tuple(filter(convertible, codes)),
    )


def import_sheet(study: Study, name: str, path: Path) -> SheetImport:
    """Import what was filled in; every row that cannot be is named, and the others are stored.

    The same sheet a second time changes nothing. Raises SheetError where the table as a whole cannot be read,
    UsageError where it is another reviewer's.
    """
    desk = Desk(study, name)
    codebook = study.codebook

    def checked(code: str, given: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
        if code not in codebook.by_id:
            raise unknown_code(codebook, code)
        return checked_attributes(codebook, code, given)

    said, faults = entries(wiring.read_sheet(path), str(path), codebook, checked)
    _refuse_another_persons(study, desk.reviewer, said, path)
    intake = Intake(study, desk)
    for entry in said:
        intake.take(entry)
    if intake.made:
        keep_codebook(study)
        study.store.reviews.append(intake.made)
    return SheetImport(
        path=path,
        reviewer=desk.reviewer,
        passages=intake.taken,
        decisions=len(intake.made),
        done=intake.done,
        known=intake.known,
        open=intake.open,
        faults=tuple(
            SheetFault(**dict(fault), where=f"{path}:{fault.row}")
            for fault in sorted([*faults, *intake.faults], key=lambda fault: fault.row)
        ),
    )


def _refuse_another_persons(study: Study, name: str, said: Sequence[Entry], path: Path) -> None:
    """Raise UsageError where the stamps say that every row was written for one other reviewer."""
    stamps = [(entry, then) for entry in said if (then := read_stamp(entry.stamp)) is not None]
    people = {each.reviewer for each in study.store.reviews.assignments()} | {name}

    def written_for(who: str) -> bool:
        return all(
            then.seal == seal_of(study_id(study), who, entry.passage, entry.reading, then.parts)
            for entry, then in stamps
        )

    owner = next((who for who in sorted(people) if written_for(who)), name) if stamps else name
    if owner != name:
        raise UsageError(
            f"this is the sheet of {owner}, not of {name}; nothing was stored",
            where=str(path),
            hint=f'Import it as its owner: cothemes import {path.name} --as "{owner}"',
        )


def _line(study: Study, desk: Desk, card: Card) -> SheetLine:
    passage = card.passage
    before = [
        f"{turn.speaker or turn.role.value}: {'… ' if turn.cut else ''}{turn.text}"
        if turn.role is not Role.NONE
        else turn.text
        for turn in card.setting.context
    ]
    return SheetLine(
        passage=passage.id,
        document=card.setting.title,
        reading=card.standing.arm.value,
        before="\n".join(before),
        speaker=passage.speaker or (passage.role.value if passage.role is not Role.NONE else ""),
        text=passage.own_text(),
        suggested=_suggested(card),
        codes={code: dict(answer.attributes) for code, answer in card.coded.items()},
        stamp=str(stamp_of(study, desk.reviewer, card)),
    )


def _suggested(card: Card) -> str:
    """What the card says of each suggestion; nothing in a blind reading, for then the card has none."""
    lines = list(card.remarks)
    for suggestion in card.suggestions:
        offered = written_codes({suggestion.code: suggestion.attributes})
        borderline = " (borderline)" if suggestion.verdict is Verdict.BORDERLINE else ""
        borderline += " (source corrected)" if suggestion.source_corrected else ""
        quotes = [
            card.passage.own_text(max(e.start - card.passage.start, 0), e.end - card.passage.start)
            for e in suggestion.evidence
        ]
        said = [reason_shown(suggestion), *(f"“{' '.join(quote.split())}”" for quote in quotes)]
        lines.append(f"{offered}{borderline}: {' '.join(part for part in said if part)}")
    return "\n".join(lines)
