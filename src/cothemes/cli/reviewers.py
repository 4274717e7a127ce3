"""`cothemes reviewers` with its commands: who takes part, as what, with how much time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from cothemes.app.raters import RatersJoined, merge_raters, undo_merge
from cothemes.app.reviewers import (
    CODER,
    RegisteredReviewer,
    ReviewerProgress,
    add_reviewer,
    change_reviewer,
    reviewer_list,
)
from cothemes.app.reviewers import pause as pause_reviewer
from cothemes.app.reviewers import resume as resume_reviewer
from cothemes.app.routing.reassign import Reassigned
from cothemes.app.routing.reassign import reassign as move_passages
from cothemes.cli.console import emit, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, names_in

app = typer.Typer(
    invoke_without_command=True, rich_markup_mode=None, help="Register people, or list those registered."
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Registered reviewer.")]
RoleOption = Annotated[
    str | None, typer.Option(metavar="ROLE", help="Role shown in tables: coder, adjudicator or lead.")
]
CapacityOption = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, help="Passages per week, used by `route` to share out work; 0 removes it."
    ),
]


@app.callback()
def reviewers(context: typer.Context, as_json: JsonOption = False) -> None:
    """Register people, or list those registered."""
    if context.invoked_subcommand is not None:
        return

    with opened_study(context) as study:
        found = reviewer_list(study)
    if as_json:
        emit(found)
    elif found.root:
        _show_people(found.root)
    else:
        say("Nobody is registered. Add a person: cothemes reviewers add NAME")


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name as it will appear in tables.")],
    role: RoleOption = None,
    capacity: CapacityOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a person. Adding the same name again changes nothing."""
    with opened_study(context) as study:
        reviewer = add_reviewer(study, name, role or CODER, capacity or None)
    if as_json:
        emit(reviewer)
    elif reviewer.new:
        say(f"{_told(reviewer)}.")
        _say_next(reviewer)
    else:
        say(f"{reviewer.name} was registered already, as {reviewer.role}; nothing changed.")
        if role is not None or capacity is not None:
            say(f"To change it: cothemes reviewers set {_quoted(reviewer.name)} --role … --capacity …")


@app.command("set")
def set_(
    context: typer.Context,
    name: NameArgument,
    role: RoleOption = None,
    capacity: CapacityOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a person's role or capacity. Passages already assigned stay assigned."""
    with opened_study(context) as study:
        reviewer = change_reviewer(study, name, role=role, capacity=capacity)
    if as_json:
        emit(reviewer)
    else:
        say(f"{_told(reviewer)}. What was drawn already is not divided anew.")


@app.command("pause")
def pause(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """Assign nothing new to a person. Decisions and assigned passages stay."""
    with opened_study(context) as study:
        found = pause_reviewer(study, name)
    if as_json:
        emit(found)
        return
    say(f"{found.name} gets nothing new. {found.done} passages are done and count as before.")
    if waiting := found.assigned - found.done:
        say(f"{waiting} are open. To give them on: cothemes reviewers reassign {_quoted(found.name)} TO")


@app.command("resume")
def resume(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """End a pause. `route` may assign passages to the person again."""
    with opened_study(context) as study:
        reviewer = resume_reviewer(study, name)
    if as_json:
        emit(reviewer)
    else:
        say(f"{reviewer.name} takes part again.")
        _say_next(reviewer)


@app.command("reassign")
def reassign(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="Reviewer whose open passages move.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Reviewer who gets them.")],
    documents: Annotated[
        str, typer.Option(metavar="A,B", help="Documents whose passages move. [default: all]")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would move; move nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Move open passages to another reviewer. Arms and probabilities stay as drawn."""
    with opened_study(context) as study:
        found = move_passages(study, source, target, documents=names_in(documents), dry_run=dry_run)
    if as_json:
        emit(found)
    else:
        _show_moved(found)


@app.command("merge")
def merge(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Other name of the person.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="Name that counts for both.")],
    by: PersonOption = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Reason, kept with the record.")] = "",
    different: Annotated[
        bool, typer.Option("--different", help="Record that the names are two people's instead.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was said of the two names.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Count the readings and ratings of two names as one person's. Nothing that is stored is rewritten."""
    with opened_study(context) as study:
        if undo:
            found = undo_merge(study, name, into, by=by, reason=reason)
        else:
            found = merge_raters(study, name, into, by=by, reason=reason, same=not different)
    if as_json:
        emit(found)
    else:
        _show_merged(found)


def _show_people(people: Sequence[ReviewerProgress]) -> None:
    print_table(
        ("reviewer", "role", "a week", "since", "assigned", "done", ""),
        [
            (
                each.name,
                each.role,
                each.capacity or "–",
                f"{each.added:%Y-%m-%d}",
                each.assigned,
                each.done,
                f"paused {each.paused:%Y-%m-%d}" if each.paused else "",
            )
            for each in people
        ],
        right=(2, 4, 5),
    )


def _show_moved(found: Reassigned) -> None:
    arms = Counter(each.arm.value for each in found.moved)
    listed = ", ".join(f"{count} {arm}" for arm, count in sorted(arms.items()))
    verb = "moved" if found.stored else "would move"
    source, target = found.source, found.target
    say(f"{len(found.moved)} passages {verb} from {source} to {target}{f': {listed}' if listed else ''}.")
    if found.revealed:
        say(f"{found.revealed} of them are now coded blind first: {target} has not yet read the first 50.")
    for reason, passages in found.stayed.items():
        say(f"{len(passages)} stay with {source}: {reason.value}.")
    if found.moved and found.stored:
        say(f"Next: cothemes review --as {_quoted(target)}")


def _show_merged(found: RatersJoined) -> None:
    if not found.same:
        say(f"{found.name} and {found.into} count as two people.")
        return
    say(
        f"{found.name} counts as {found.into} from now on: {found.readings} readings and {found.ratings} "
        "imported ratings. They stay stored as they are."
    )
    if found.read_twice:
        say(
            f"{found.read_twice} passages were closed under both names in one round: for agreement, the "
            "reading that was closed first counts."
        )
    say(f"To take it back: cothemes reviewers merge {_quoted(found.name)} {_quoted(found.into)} --undo")


def _told(reviewer: RegisteredReviewer) -> str:
    pace = f", {reviewer.capacity} passages a week" if reviewer.capacity else ""
    return f"{reviewer.name} is registered as {reviewer.role}{pace}"


def _say_next(reviewer: RegisteredReviewer) -> None:
    """Name everyone who codes and is not paused, as `route --reviewers` takes them."""
    if reviewer.coders:
        say(f"Next: cothemes route --reviewers {_quoted(','.join(reviewer.coders))} --dry-run")


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
