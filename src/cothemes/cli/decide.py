"""`cothemes decide`, `done` and `undo`: review by single commands, for scripts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cothemes.app.review import readings
from cothemes.app.review.readings import ReadingReport
from cothemes.app.review.review import Desk
from cothemes.cli.console import emit, note, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, AttributesOption, JsonOption, PassageArgument, span_in
from cothemes.errors import UsageError
from cothemes.presentation.readings_text import state_line
from cothemes.records.review import Action
from cothemes.stages.review.attributes import parsed_attributes


class Choice(StrEnum):
    """Answers about one code."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"


def decide(
    context: typer.Context,
    passage: PassageArgument,
    name: AsOption,
    code: Annotated[str, typer.Argument(help="Code id.", show_default=False)] = "",
    choice: Annotated[
        Choice | None,
        typer.Argument(metavar="accept|reject|add", help="Your decision.", show_default=False),
    ] = None,
    new_code: Annotated[
        str,
        typer.Option(
            metavar="LABEL",
            help="Label of a new code to make and give. It is a draft: nobody else codes by it "
            "until it is published.",
        ),
    ] = "",
    attributes: AttributesOption = None,
    span: Annotated[
        list[str] | None,
        typer.Option(
            metavar="S:E",
            help="Words that support the code: start and end in characters of the passage. Repeat the option "
            "for several stretches.",
        ),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Note, kept with the decision.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Accept, reject or add a code, or give a new one. The passage must be assigned to you."""
    given = parsed_attributes(attributes or [])
    marked = [found for each in span or [] if (found := span_in(each)) is not None]
    if new_code:
        _refuse_with_new(code or choice, given)
        with opened_study(context) as study:
            made = readings.decide_new(Desk(study, name), passage, new_code, spans=marked, note=note)
        _show(made, as_json, f"add {list(made.codes)[-1]} on {made.passage}, a draft of your own")
        return
    if not code or choice is None:
        raise UsageError(
            "a decision needs the code and accept, reject or add",
            hint="Or give --new-code LABEL, for a code that is not there yet.",
        )
    with opened_study(context) as study:
        made = readings.decide(
            Desk(study, name), passage, code, Action(choice.value), attributes=given, spans=marked, note=note
        )
    _show(made, as_json, f"{choice.value} {code} on {made.passage}")


def _refuse_with_new(decided: object, attributes: object) -> None:
    if decided:
        raise UsageError("--new-code makes a code and gives it", hint="Leave out the code and the decision.")
    if attributes:
        raise UsageError(
            "a new code takes no attributes", hint="The lead says which it takes when it is published."
        )


def done(
    context: typer.Context,
    passage: PassageArgument,
    name: AsOption,
    reopen: Annotated[bool, typer.Option("--reopen", help="Reopen a finished passage.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Finish a passage. Codes not given then count as not applying, unanswered suggestions as rejected."""
    act = readings.reopen if reopen else readings.finish
    with opened_study(context) as study:
        made = act(Desk(study, name), passage)
    if made.rejected:
        note(f"Unanswered and recorded as rejected, marked implicit: {', '.join(made.rejected)}")
    if made.locked:
        note("Your blind codes are locked. Suggestions are open now; type done once more after them.")
    _show(made, as_json, f"reopened {made.passage}" if reopen else f"done {made.passage}")


def undo(context: typer.Context, name: AsOption, as_json: JsonOption = False) -> None:
    """Undo your last decision. Run it again to undo the one before."""
    with opened_study(context) as study:
        made = readings.undo(Desk(study, name))
    if as_json:
        emit(made)
        return
    typed(made.told)
    if made.state is None or made.codes is None:
        typed("The passage is not assigned to you any more.")
    else:
        typed(state_line(made.codes, made.state))


def _show(made: ReadingReport, as_json: bool, what: str) -> None:
    if as_json:
        emit(made)
    else:
        typed(f"recorded: {what}")
        typed(state_line(made.codes, made.state))
