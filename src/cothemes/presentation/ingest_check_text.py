"""`ingest --check` in words: how each file is understood, before anything is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cothemes.app.corpus.ingest import FileReport, FileState, IngestReport
from cothemes.presentation.ingest_text import (
    cut_lines,
    no_passage_lines,
    states_in_words,
    unknown_kind_lines,
    warning_lines,
)
from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import Kind, Role
from cothemes.records.numbers import percent
from cothemes.records.text import counted, shown_text
from cothemes.stages.ingest.check import ConventionCheck, SpeakerCheck, Understood

FULL = 5
"""Files that are shown in full; of more, each gets one row."""
_LABEL = 24
"""Columns of a speaker's name."""
_SPEAKERS = 12
"""Speakers listed for one file."""
_NEXT = "  "
_ALIKE = 22
"""Characters in which a note and what is uncertain are alike."""


def check_lines(report: IngestReport, page: str = "") -> Iterator[Line]:
    """Yield how each file is understood, where nothing was stored. `page`: the HTML file that was written."""
    shown = [file for file in report.files if file.document is not None and file.understood is not None]
    for file in report.files:
        if file.document is None or file.understood is None:
            yield f"{file.state}: {file.path}: {file.reason or ''}"
            if file.hint and file.state is FileState.SKIPPED:
                yield f"    → {file.hint}"
    if len(shown) <= FULL:
        for file in shown:
            yield from _file_lines(file)
    else:
        yield from _table_lines(shown)
    yield from no_passage_lines(report.files)
    yield from cut_lines(report, check=True)
    yield from warning_lines(report)
    if shown:
        yield f"If imported now: {states_in_words(report)}."
    yield from unknown_kind_lines(shown)
    if len(shown) > FULL and not page:
        yield "To see the speakers and conventions of all files: add --html FILE."
    yield "Nothing was stored."


def _file_lines(file: FileReport) -> Iterator[Line]:
    """Yield one file: convention, speakers, what was left out, what is uncertain, a table to fill in."""
    check = file.understood
    assert check is not None
    counts = f"{counted(check.words, 'word')}, {counted(file.passages, 'passage')}"
    yield Unbroken(shown_text(f"{file.name}: {file.kind}, {counts}"))
    yield from _convention_lines(file, check)
    yield from _speaker_lines(check.voices)
    for title, told in (("left out", check.left_out), ("uncertain", check.uncertain)):
        for each in told:
            plain = each.removeprefix("Left out: ").rstrip(".")
            yield Unbroken(hanging(shown_text(f"{plain}."), 14, first=f"{_NEXT}{title}"))
    for remark in other_notes(file):
        yield Unbroken(hanging(shown_text(remark), 14, first=f"{_NEXT}note"))
    table = suggested_table([file])
    if table:
        yield f"{_NEXT}table       apply it with `cothemes speakers FILE.csv` after the import:"
        yield from (Unbroken(shown_text(f"    {row}")) for row in table.splitlines())


def other_notes(file: FileReport) -> list[str]:
    """Return the notes on a file that are neither left out nor uncertain, and a reason they do not give."""
    check = file.understood
    assert check is not None
    known = (*check.left_out, *check.uncertain)
    told = [remark for remark in check.notes if remark not in known and not _repeats(remark, check.uncertain)]
    reason = file.reason or ""
    for remark in check.notes:
        reason = reason.replace(remark.rstrip("."), "").strip(". ")
    return [*told, f"{reason}."] if reason else told


def _repeats(remark: str, uncertain: Sequence[str]) -> bool:
    """Return whether a note begins as what is listed as uncertain: it tells the same in a sentence."""
    plain = remark.rstrip(".").casefold()[:_ALIKE]
    return any(plain in each.casefold() for each in uncertain)


def _convention_lines(file: FileReport, check: Understood) -> Iterator[Line]:
    if file.kind not in (Kind.INTERVIEW, Kind.UNKNOWN):
        return
    yield Unbroken(hanging(chosen_in_words(check), 14, first=f"{_NEXT}convention"))
    if check.runner_up is not None:
        yield Unbroken(hanging(convention_in_words(check.runner_up), 14, first=f"{_NEXT}runner-up"))
    if check.timed:
        yield f"{_NEXT}times       {check.timed:,} of {counted(sum(v.turns for v in check.voices), 'turn')}"


def chosen_in_words(check: Understood) -> str:
    """Return the convention in words, or why there is none."""
    named = any(voice.speaker for voice in check.voices)
    if check.convention is None:
        if named:
            return "none was needed: the file's format names the speakers"
        return "none explains the text well enough, so nobody is named"
    told = convention_in_words(check.convention)
    return told if named else f"none is certain, so nobody is named; the best is {told}"


def convention_in_words(found: ConventionCheck) -> str:
    """Return `name and colon, score 0.97: 24 turns, 2 voices; labels open 96 % of paragraphs, …`."""
    parts = [
        f"labels open {percent(found.explained)} of paragraphs",
        f"{percent(found.returning)} come back",
        f"{percent(found.alternation)} alternate",
    ]
    if found.rising is not None:
        parts.append(f"{percent(found.rising)} of times rise")
    counts = f"{counted(found.turns, 'turn')}, {counted(found.voices, 'voice')}"
    return f"{found.name}, score {found.score:.2f}: {counts}; {', '.join(parts)}"


def _speaker_lines(voices: Sequence[SpeakerCheck]) -> Iterator[Line]:
    if not voices:
        return
    for number, voice in enumerate(voices[:_SPEAKERS]):
        name = voice.speaker or "(nobody named)"
        name = name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…"
        counts = f"{counted(voice.turns, 'turn')}, {counted(voice.words, 'word')}"
        told = f"{name}, {role_in_words(voice)}, {counts}: “{voice.first_words}”"
        yield Unbroken(hanging(shown_text(told), 14, first="" if number else f"{_NEXT}speakers"))
    if len(voices) > _SPEAKERS:
        yield f"{'':14}… and {len(voices) - _SPEAKERS} more; --json lists all."


def role_in_words(voice: SpeakerCheck) -> str:
    """Return the role, with the guess where it is unknown."""
    if voice.suggested_role is voice.role:
        return f"{voice.role.value} role" if voice.role in (Role.UNKNOWN, Role.OTHER) else voice.role.value
    return f"unknown role (perhaps the {voice.suggested_role.value})"


def suggested_table(files: Sequence[FileReport]) -> str:
    """Return a table for `cothemes speakers`, as CSV; empty where nobody is named."""
    rows = [
        (file.document, voice.speaker, voice.suggested_role.value)
        for file in files
        if file.understood is not None
        for voice in file.understood.voices
        if voice.speaker
    ]
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("document", "label", "role"))
    writer.writerows(rows)
    return text.getvalue()


def _table_lines(files: Sequence[FileReport]) -> Iterator[Line]:
    """Yield a row for each file, and the notes on it."""
    rows = []
    for file in files:
        check = file.understood
        assert check is not None
        speakers = ", ".join(
            f"{name or '?'} ({role.value}) {turns}" for name, role, turns in check.speakers[:6]
        )
        rows.append((file.document, file.kind, check.words, file.passages, speakers or "–"))
        told = file.reason or ""
        for remark in file.notes:
            yield shown_text(f"note: {file.document}: {remark}")
            told = told.replace(remark.rstrip("."), "").strip(". ")
        if told:
            yield shown_text(f"note: {file.document}: {told}.")
    yield Table(("document", "kind", "words", "passages", "speaker (role) turns"), rows, right=(2, 3))
