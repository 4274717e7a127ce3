"""What leaves the figures when passages are cut anew, said before it happens and after."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cothemes.app.corpus.ingest import FileResult, IngestReport
from cothemes.cli.console import say
from cothemes.records.document import Role
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.app.corpus.segmentation import AtStake, Prepared, RoleChange

NAMED = 6
"""Documents named in one line."""
Read = Callable[[Sequence[Path], bool], "IngestReport"]
"""Reads these paths again; the second value says that what is at stake was agreed to."""


def ask_to_cut(report: IngestReport, read: Read) -> IngestReport:
    """The report after a person was asked about documents that people have worked on; a pipe is not asked."""
    kept = [result for result in report.results if result.cut.at_stake]
    if not kept or not at_a_terminal():
        return report
    _show_stakes(kept)
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip().casefold() not in ("y", "yes"):
        return report
    again = read(list(dict.fromkeys(Path(result.path) for result in kept)), True)
    changed = {(result.path, _slug(result)): result for result in again.results}
    results = tuple(changed.get((result.path, _slug(result)), result) for result in report.results)
    return IngestReport(results, report.warnings)


def at_a_terminal() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty()


def show_cuts(report: IngestReport, *, check: bool = False) -> None:
    """Documents that keep their passages and why, what is no longer counted, what is again, and the way back.

    `check`: nothing was done, and what would be done is shown.
    """
    kept = [result for result in report.results if result.cut.at_stake]
    for result in kept:
        say(f"kept    {_slug(result)}: {result.reason or 'people have worked on its passages'}.")
        if result.cut.taken:
            say(f"        Taken from the file or the table: {', '.join(result.cut.taken)}.")
    if kept:
        _show_stakes(kept)
    if kept and not check:
        say("\n".join(f"        → {hint}" for hint in dict.fromkeys(r.hint for r in kept) if hint))
    _show_roles(report, check=check)
    for result in report.results:
        if result.cut.left is not None:
            say(
                f"cut     {_slug(result)}: no longer counted: {stake_in_words(result.cut.left)}.\n"
                f"        → Back: cothemes ingest --resegment --undo {_slug(result)}"
            )
        if result.cut.back is not None:
            say(f"cut     {_slug(result)}: counted again: {stake_in_words(result.cut.back)}.")
    _show_prepared(report, check=check)
    if check:
        return
    if any(result.cut.recut for result in report.results):
        say("Type `cothemes index` so that the search finds the present passages.")
    if any(result.cut.set_aside for result in report.results):
        say("Then `cothemes propose` suggests codes for the new passages, `cothemes route` assigns them.")


def _show_roles(report: IngestReport, *, check: bool) -> None:
    """Speakers whose role changed in passages that stayed, or would change."""
    would = "would change from " if check else ""
    interviewer = False
    for result in report.results:
        for role in result.cut.roles:
            decided = f", {role.decided:,} of them decided on" if role.decided else ""
            who = role.speaker or "no named speaker"
            say(
                f"roles   {_slug(result)}: {who}: {would}{role.before.value} → "
                f"{role.after.value} in {counted(role.passages, 'passage')}{decided}."
            )
            interviewer = interviewer or (bool(role.decided) and role.after is Role.INTERVIEWER)
    if interviewer:
        say("        Findings leave an interviewer's words out; the decisions are kept.")


def roles_as_json(roles: Sequence[RoleChange]) -> list[dict[str, Any]]:
    """Speakers whose role changed, as plain documents."""
    return [{**asdict(role), "before": role.before.value, "after": role.after.value} for role in roles]


def _show_prepared(report: IngestReport, *, check: bool) -> None:
    """Documents that were cut again, and the assignments and suggestions that went or came back with it."""
    would = "would be " if check else ""
    again = [_slug(result) for result in report.results if result.cut.recut]
    if again:
        named = ", ".join(again[:NAMED]) + (", …" if len(again) > NAMED else "")
        say(f"cut     {counted(len(again), 'document')} {would}cut again into passages: {named}.")
    for result in report.results:
        if result.cut.set_aside is not None:
            say(
                f"        {_slug(result)}: {would}set aside with the earlier passages: "
                f"{prepared_in_words(result.cut.set_aside)}."
            )
            if result.cut.left is None and not check:
                say(f"        → Back: cothemes ingest --resegment --undo {_slug(result)}")
        if result.cut.brought_back is not None:
            say(f"        {_slug(result)}: back: {prepared_in_words(result.cut.brought_back)}.")


def prepared_in_words(prepared: Prepared) -> str:
    """`4 assignments (ana, ben), 10 suggestions`."""
    named = f" ({', '.join(prepared.reviewers)})" if prepared.reviewers else ""
    counts = (
        (prepared.assignments, f"{counted(prepared.assignments, 'assignment')}{named}"),
        (prepared.suggestions, counted(prepared.suggestions, "suggestion")),
    )
    return ", ".join(words for count, words in counts if count)


def prepared_as_json(prepared: Prepared | None) -> dict[str, Any] | None:
    """Assignments and suggestions on a document's passages, as a plain document."""
    return None if prepared is None else {**asdict(prepared), "reviewers": list(prepared.reviewers)}


def stake_in_words(stake: AtStake) -> str:
    """`4 codings, 6 decisions, 3 passages, 2 reviewers (ana, ben)`."""
    parts = [
        counted(stake.codings, "coding"),
        counted(stake.decisions, "decision"),
        counted(stake.passages, "passage"),
        f"{counted(len(stake.reviewers), 'reviewer')}"
        + (f" ({', '.join(stake.reviewers)})" if stake.reviewers else ""),
    ]
    more = (("ruling", stake.rulings), ("memo", stake.memos), ("imported rating", stake.ratings))
    return ", ".join([*parts, *(counted(count, noun) for noun, count in more if count)])


def stake_as_json(stake: AtStake | None) -> dict[str, Any] | None:
    """What people did on a document's passages, as a plain document."""
    return None if stake is None else {**asdict(stake), "reviewers": list(stake.reviewers)}


def _show_stakes(kept: Sequence[FileResult]) -> None:
    say("If they are cut again, codings, matrix, agreement, report and exports leave this out:")
    for result in kept:
        if result.cut.at_stake is not None:
            say(f"  {_slug(result)}: {stake_in_words(result.cut.at_stake)}")


def _slug(result: FileResult) -> str:
    return result.document.slug if result.document else Path(result.path).name
