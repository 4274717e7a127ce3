"""Operations on codes in words: what one touches, what came of it, and all of them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cothemes.app.codebook.by_hand import HandEditReport
from cothemes.app.codebook.operations import OperationList, OperationReport, described
from cothemes.app.codebook.touched import Touched
from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.presentation.wrapping import hanging
from cothemes.records.code_operation import Operation, OperationKind
from cothemes.records.text import counted, shown_text

SHOWN = 5
"""Passages and conflicts that are named."""


def operation_lines(found: OperationReport) -> Iterator[Line]:
    """Yield the operation, what it touches, and what to type next."""
    done = found.operation
    what = f"undo: {found.taken_back}" if found.taken_back else described(done)
    yield f"{what[0].upper()}{what[1:]}." if found.stored else f"Would {what}. Nothing was changed."
    yield from _touched_lines(found.touches)
    yield from _meaning_lines(done)
    for conflict in found.touches.conflicts[:SHOWN]:
        values = " and ".join(conflict.values)
        yield hanging(
            f"{conflict.by} on {conflict.passage}: {conflict.attribute} is {values}; the first part's value "
            "stays",
            2,
        )
    if len(found.touches.conflicts) > SHOWN:
        yield f"  {len(found.touches.conflicts) - SHOWN} more conflicts of attributes: --json lists them"
    for code in found.to_check:
        yield hanging(f"Look at the near-misses of {code}: one named a code that is gone.", 2)
    for each in found.since:
        yield hanging(
            f"Since then {each.by} made {counted(each.decisions, 'decision')} on {each.code}: "
            f"{_some(each.passages)}. They are kept and listed, and no longer count.",
            2,
        )
    if found.stored and found.back:
        listed = ", ".join(f"{code} on {counted(n, 'passage')}" for code, n in found.back.items())
        yield hanging(f"Counted again: {listed}.", 2)
    if found.stored:
        yield Unbroken(f"  {found.where}")
        yield from _next_lines(done)


def hand_edit_lines(found: HandEditReport) -> Iterator[Line]:
    """Yield what was recorded of a hand edit, and how to take it back."""
    for each in found.operations:
        what = described(each)
        yield f"{what[0].upper()}{what[1:]}." if found.stored else f"Would record: {what}."
        yield from _meaning_lines(each)
    if found.stored:
        yield "Taken back, one by one, with: cothemes codebook undo"


def history_lines(found: OperationList) -> Iterator[Line]:
    """Yield every operation in a row."""
    if not found.operations:
        yield "No operations on codes yet."
        return
    undone = {each.undoes for each in found.operations if each.undoes}
    by_id = {each.id: each for each in found.operations}
    drafts = {added: by_id[renamed].codes[0] for renamed, added in found.published.items()}
    yield Table(
        ("id", "date", "by", "operation", "reason"),
        [
            (
                found.short[each.id],
                each.at.date().isoformat(),
                each.by or "–",
                _in_history(each, by_id, drafts) + (" (taken back)" if each.id in undone else ""),
                shown_text(each.reason),
            )
            for each in found.operations
            if each.id not in found.published
        ],
    )


def _in_history(each: Operation, by_id: Mapping[str, Operation], drafts: Mapping[str, str]) -> str:
    """Return an operation in words; of an undo, what it took back."""
    if each.id in drafts:
        return f"publish {drafts[each.id]} as {each.into[0]}"
    if each.undoes in by_id:
        return f"undo: {described(by_id[each.undoes])}"
    return described(each)


def _touched_lines(found: Touched) -> Iterator[Line]:
    facts = [
        counted(found.decisions, "decision"),
        counted(found.suggestions, "suggestion"),
        counted(found.open_readings, "open reading"),
    ]
    facts += [
        counted(count, noun)
        for count, noun in ((found.rulings, "ruling"), (found.imported, "imported rating"))
        if count
    ]
    yield hanging(f"Touches {', '.join(facts)}.", 2)
    if found.codings:
        listed = ", ".join(f"{code} on {counted(count, 'passage')}" for code, count in found.codings.items())
        yield hanging(f"Present: {listed}.", 2)
    for each in found.agreement:
        yield hanging(
            f"Agreement in round {each.round}: {counted(each.readings, 'blind reading')} by "
            f"{', '.join(each.readers)}, {counted(each.double, 'passage')} by two or more.",
            2,
        )


def _meaning_lines(done: Operation) -> Iterator[Line]:
    into = ", ".join(done.into)
    match done.kind, done.exact:
        case OperationKind.MERGE, True:
            said = (
                f"Presences and absences carry over to {into}; agreement says that it was merged afterwards."
            )
        case OperationKind.MERGE, False:
            said = f"Presences carry over to {into}, to be confirmed; absences do not. Agreement restarts."
        case OperationKind.SPLIT, True:
            said = f"Absences carry over to {into}; passages with {done.codes[0]} are to be read again."
        case OperationKind.SPLIT, False:
            said = f"Nothing carries over to {into}: all passages are to be read again."
        case OperationKind.RETIRE, _:
            said = "The decisions are kept and listed, and count nowhere."
        case ((OperationKind.RENAME | OperationKind.MOVE), _):
            said = "All decisions stay. Nothing has to be coded again."
        case _:
            return
    yield hanging(said, 2)


def _next_lines(done: Operation) -> Iterator[Line]:
    codes = ",".join(done.into)
    if done.kind is OperationKind.SPLIT or (done.kind is OperationKind.MERGE and not done.exact):
        yield "Next:"
        yield Unbroken(f"  cothemes codebook recode {codes} --round NAME --dry-run")
    elif done.kind is OperationKind.RETIRE:
        yield Unbroken(f"  cothemes codings --retired --code {done.codes[0]}")
    if done.kind is not OperationKind.UNDO:
        yield Unbroken(f"  cothemes codebook undo {done.id[:13]}")


def _some(passages: Sequence[str]) -> str:
    more = f" and {len(passages) - SHOWN} more" if len(passages) > SHOWN else ""
    return ", ".join(passages[:SHOWN]) + more
