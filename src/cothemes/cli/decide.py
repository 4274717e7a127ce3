"""`cothemes decide`, `done` and `undo`: review by single commands, for scripts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.review.review import Desk
from cothemes.cli.console import emit_json, note, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, AttributesOption, JsonOption, PassageArgument
from cothemes.cli.queue import state_of
from cothemes.errors import UsageError
from cothemes.records.review import Action
from cothemes.stages.review.attributes import parsed_attributes
from cothemes.stages.review.taken_back import undo_told, undone

if TYPE_CHECKING:
    from cothemes.stages.review.card import Card
    from cothemes.stages.review.reading_state import ReadingState


class Choice(StrEnum):
    """What can be said of one code."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"


def decide(
    context: typer.Context,
    passage: PassageArgument,
    code: Annotated[str, typer.Argument(help="Code id.")],
    choice: Annotated[Choice, typer.Argument(metavar="accept|reject|add", help="Your decision.")],
    name: AsOption,
    attributes: AttributesOption = None,
    span: Annotated[
        str,
        typer.Option(
            metavar="S:E", help="Words that support the code: start and end in characters of the passage."
        ),
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Note, kept with the decision.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Accept, reject or add a code. The passage must be assigned to you."""
    given = parsed_attributes(attributes or [])
    marked = parsed_span(span)
    with opened_study(context) as study:
        desk = Desk(study, name)
        card = desk.decide(
            desk.current_card(passage), code, Action(choice.value), attributes=given, span=marked, note=note
        )
    _show(card, as_json, f"{choice.value} {code} on {passage}")


def done(
    context: typer.Context,
    passage: PassageArgument,
    name: AsOption,
    reopen: Annotated[bool, typer.Option("--reopen", help="Reopen a finished passage.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Finish a passage. Codes not given then count as not applying, unanswered suggestions as rejected."""
    with opened_study(context) as study:
        desk = Desk(study, name)
        card = desk.current_card(passage)
        unanswered = [suggestion.code for suggestion in card.unanswered]
        finished = desk.reopen(card) if reopen else desk.done(card)
    if unanswered and not reopen:
        note(f"Unanswered and recorded as rejected, marked implicit: {', '.join(unanswered)}")
    if finished.standing.locked and not finished.standing.done and not reopen:
        note("Your blind codes are locked. Suggestions are open now; type done once more after them.")
    _show(finished, as_json, f"reopened {passage}" if reopen else f"done {passage}")


def undo(context: typer.Context, name: AsOption, as_json: JsonOption = False) -> None:
    """Undo your last decision. Run it again to undo the one before."""
    with opened_study(context) as study:
        desk = Desk(study, name)
        locked = desk.locked_last()
        taken = desk.undo()
        standing = desk.standing(taken.passage)
    what = undone(taken, standing)
    if as_json:
        emit_json(
            {
                "undone": taken.action.value,
                "what": what,
                "passage": taken.passage,
                "code": taken.code,
                "decision": taken.id,
                "locked": locked or None,
                "state": state_of(standing) if standing else None,
                "codes": list(standing.coded) if standing else None,
            }
        )
        return
    typed(undo_told(taken.passage, what, locked))
    typed(_stands(standing) if standing else "The passage is not assigned to you any more.")


def parsed_span(text: str) -> tuple[int, int] | None:
    """`START:END` in characters; nothing where the option was left out. Raises UsageError."""
    if not text:
        return None
    start, sign, end = text.partition(":")
    if not sign or not start.strip().isdecimal() or not end.strip().isdecimal():
        raise UsageError(f"{text!r} is no span", hint="Write START:END in characters, e.g. 0:25.")
    return int(start), int(end)


def _show(card: Card, as_json: bool, what: str) -> None:
    if as_json:
        emit_json(standing_as_json(card))
    else:
        typed(f"recorded: {what}")
        typed(_stands(card.standing))


def _stands(standing: ReadingState) -> str:
    """What holds now, so that nobody has to look it up after an act."""
    return f"codes now: {', '.join(standing.coded) or 'none'}; {state_of(standing)}"


def standing_as_json(card: Card) -> dict[str, Any]:
    """Where the reviewer stands with the passage."""
    assignment = card.standing.assignment
    return {
        "passage": card.passage.id,
        "reviewer": assignment.reviewer,
        "arm": assignment.arm.value,
        "reading": card.standing.arm.value,
        "state": state_of(card.standing),
        "codes": {
            code: {"action": answer.action.value, "attributes": answer.attributes}
            for code, answer in card.coded.items()
        },
        "unanswered": [suggestion.code for suggestion in card.unanswered],
    }
