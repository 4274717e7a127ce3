"""`cothemes queue`: what waits for a reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.review.review import Desk
from cothemes.cli.console import emit_json, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, JsonOption
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.stages.review.reading_state import ReadingState


def queue(
    context: typer.Context,
    name: AsOption,
    limit: Annotated[int, typer.Option(min=0, help="Number of passages to show; 0 for all.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List a reviewer's open passages."""
    with opened_study(context) as study:
        desk = Desk(study, name)
        found = desk.queue()
        shown = found.waiting[:limit] if limit and not as_json else found.waiting
        remarks = desk.remarks(shown)
    if as_json:
        emit_json(
            {
                "reviewer": name,
                "done": found.done,
                "held": found.held,
                "aside": found.aside,
                "total": found.total,
                "waiting": [
                    {**_as_json(s), "remarks": list(remarks.get(s.assignment.passage, ()))} for s in shown
                ],
            }
        )
        return
    if shown:
        print_table(
            ("passage", "arm", "state", "remarks"),
            [
                (
                    s.assignment.passage,
                    s.assignment.arm.value,
                    state_of(s),
                    "; ".join([*(["flagged"] if s.flag else []), *remarks.get(s.assignment.passage, ())]),
                )
                for s in shown
            ],
        )
    if len(shown) < len(found.waiting):
        say(f"… and {len(found.waiting) - len(shown)} more (--limit 0 shows all)")
    say(f"{len(found.waiting)} wait for {name}, {found.done} of {found.total} done.")
    if found.held:
        say(f"{found.held} more are coded blind and locked; they come back once a coder has spoken on them.")
    if found.aside:
        say(earlier_in_words(found.aside))


def earlier_in_words(count: int) -> str:
    """Passages that were retired before they were finished."""
    are = (
        "belongs to an earlier cut of its document and is" if count == 1 else "belong to earlier cuts and are"
    )
    return f"{counted(count, 'more passage')} {are} not in the queue."


def state_of(standing: ReadingState) -> str:
    """In one word or two, where a reviewer stands with a passage."""
    if standing.done:
        return "done"
    if standing.current.skipped:
        return "skipped"
    if standing.locked:
        return "suggestions open"
    return "begun" if standing.touched else "new"


def _as_json(standing: ReadingState) -> dict[str, Any]:
    assignment = standing.assignment
    return {
        "passage": assignment.passage,
        "document": assignment.document,
        "round": assignment.round,
        "arm": assignment.arm.value,
        "reading": standing.arm.value,
        "double": assignment.double,
        "state": state_of(standing),
        "codes": list(standing.coded),
        "flagged": standing.flag is not None,
    }
