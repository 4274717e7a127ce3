"""`cothemes adjudicate`: what readers disagree on, settled without their names."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.review.adjudicate import Adjudication
from cothemes.app.review.disputes import dispute_list, dispute_report, undo_ruling
from cothemes.app.reviewers import only_reviewer
from cothemes.cli.adjudicate_plain import PlainAdjudication
from cothemes.cli.console import emit, say, say_lines, typed
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import AttributesOption, JsonOption, PlainOption, span_in
from cothemes.cli.review import has_screen
from cothemes.errors import UsageError
from cothemes.presentation.dispute_text import dispute_lines, dispute_list_lines
from cothemes.presentation.ids import ShortIds
from cothemes.stages.review.attributes import parsed_attributes

if TYPE_CHECKING:
    from cothemes.app.study import Study


class Verdict(StrEnum):
    """Rulings on a code."""

    YES = "yes"
    NO = "no"


def adjudicate(
    context: typer.Context,
    verdict: Annotated[
        Verdict | None,
        typer.Argument(metavar="yes|no", help="Ruling for scripts: whether --code applies to --passage."),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            "--as", metavar="NAME", help="Person who records the rulings. Required if several are registered."
        ),
    ] = "",
    round_name: Annotated[
        str,
        typer.Option("--round", metavar="NAME", help="Round to adjudicate. Required if there are several."),
    ] = "",
    plain: PlainOption = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the passages in dispute without showing anyone's codes.")
    ] = False,
    passage: Annotated[str, typer.Option(metavar="ID", help="Passage to show, or to rule on.")] = "",
    code: Annotated[str, typer.Option(metavar="CODE", help="Code to rule on.")] = "",
    attributes: AttributesOption = None,
    span: Annotated[
        str,
        typer.Option(
            metavar="S:E", help="Words that support the code: start and end in characters of the passage."
        ),
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Reason for the ruling.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Undo your last ruling or note.")] = False,
    codes_only: Annotated[
        bool, typer.Option("--codes-only", help="Adjudicate codes only; ignore differences in attributes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Adjudicate disagreements between finished readings, names hidden.

    Run it again to continue with what is still in dispute.
    """
    if (verdict is not None or code or attributes or span) and not (verdict and code and passage):
        raise UsageError(
            "a ruling needs the passage, the code and yes or no",
            hint="cothemes adjudicate --passage ID --code CODE yes --note WHY",
        )
    if note and not passage:
        raise UsageError("a note needs its passage", hint="Give --passage ID.")
    if as_json and not (listed or passage or undo):
        raise UsageError("--json needs --list, --passage or --undo", hint="A screen cannot be JSON.")
    with opened_study(context) as study:
        table = _table(study, name, round_name, codes_only)
        if undo:
            _undo(table, as_json)
        elif passage:
            _one(table, passage, verdict, code, attributes or [], span, note, as_json)
        elif listed:
            _list(table, as_json, short_ids(study))
        else:
            _sit(table, plain)


def _table(study: Study, name: str, round_name: str, codes_only: bool) -> Adjudication:
    return Adjudication(study, name or only_reviewer(study), round_name, attributes=not codes_only)


def _one(
    table: Adjudication,
    passage: str,
    verdict: Verdict | None,
    code: str,
    attributes: list[str],
    span: str,
    note: str,
    as_json: bool,
) -> None:
    dispute = table.dispute(passage)
    recorded = ""
    if verdict is not None:
        given = parsed_attributes(attributes)
        applies = verdict is Verdict.YES
        dispute = table.rule(dispute, code, applies, attributes=given, span=span_in(span), note=note)
        recorded = f"recorded: {code} {verdict.value} on {passage}"
    elif note:
        dispute = table.remark(dispute, "", note)
        recorded = f"recorded: note on {passage}"
    if as_json:
        emit(dispute_report(dispute, table.codebook))
        return
    if not recorded:
        say_lines(dispute_lines(dispute, table.tally, table.codebook))
        return
    typed(recorded)
    say(f"left to adjudicate here: {', '.join(dispute.left) or 'nothing'}")


def _undo(table: Adjudication, as_json: bool) -> None:
    made = undo_ruling(table)
    if as_json:
        emit(made)
    else:
        typed(made.told)
        say(f"left to adjudicate here: {', '.join(made.left) or 'nothing'}")


def _list(table: Adjudication, as_json: bool, ids: ShortIds) -> None:
    found = dispute_list(table)
    if as_json:
        emit(found)
    else:
        say_lines(dispute_list_lines(found), ids)


def _sit(table: Adjudication, plain: bool) -> None:
    if plain or not has_screen():
        PlainAdjudication(table).run()
        return
    from cothemes.tui.adjudicate import AdjudicateApp

    app = AdjudicateApp(table)
    app.run()
    for line in app.summary():
        say(line)
    if app.return_code:
        raise typer.Exit(app.return_code)
