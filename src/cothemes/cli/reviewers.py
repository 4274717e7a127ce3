"""`cothemes reviewers` with its commands: who takes part, as what, with how much time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.overview.status import progress_of
from cothemes.app.reviewers import CODER, add_reviewer, change_reviewer
from cothemes.app.reviewers import pause as run
from cothemes.cli.console import emit_json, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, names_in

if TYPE_CHECKING:
    from cothemes.app.study import Study
    from cothemes.records.review import Reviewer
    from cothemes.stages.route.reassign import Handing

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
        known = study.store.reviews.reviewers()
        rows = [{**_as_json(person), **progress_of(study, person.name)} for person in known]
    if as_json:
        emit_json(rows)
    elif rows:
        print_table(
            ("reviewer", "role", "a week", "since", "assigned", "done", ""),
            [
                (
                    r["name"],
                    r["role"],
                    r["capacity"] or "–",
                    r["added"][:10],
                    r["assigned"],
                    r["done"],
                    f"paused {r['paused'][:10]}" if r["paused"] else "",
                )
                for r in rows
            ],
            right=(2, 4, 5),
        )
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
        reviewer, new = add_reviewer(study, name, role or CODER, capacity or None)
        coders = _coders(study)
    if as_json:
        emit_json({**_as_json(reviewer), "new": new})
    elif new:
        say(f"{_told(reviewer)}.")
        if coders:
            say(f"Next: cothemes route --reviewers {coders} --dry-run")
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
        emit_json(_as_json(reviewer))
    else:
        say(f"{_told(reviewer)}. What was drawn already is not divided anew.")


@app.command("pause")
def pause(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """Assign nothing new to a person. Decisions and assigned passages stay."""
    with opened_study(context) as study:
        reviewer = run(study, name)
        found = progress_of(study, reviewer.name)
    waiting = found["assigned"] - found["done"]
    if as_json:
        emit_json({**_as_json(reviewer), **found})
        return
    say(f"{reviewer.name} gets nothing new. {found['done']} passages are done and count as before.")
    if waiting:
        say(f"{waiting} are open. To give them on: cothemes reviewers reassign {_quoted(reviewer.name)} TO")


@app.command("resume")
def resume(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """End a pause. `route` may assign passages to the person again."""
    from cothemes.app.reviewers import resume as run

    with opened_study(context) as study:
        reviewer = run(study, name)
        coders = _coders(study)
    if as_json:
        emit_json(_as_json(reviewer))
    else:
        say(f"{reviewer.name} takes part again.")
        if coders:
            say(f"Next: cothemes route --reviewers {coders} --dry-run")


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
    from cothemes.app.routing.reassign import reassign as run

    with opened_study(context) as study:
        found = run(study, source, target, documents=names_in(documents), dry_run=dry_run)
    if as_json:
        emit_json(
            {
                "from": source,
                "to": target,
                "stored": not dry_run,
                "moved": [{"passage": a.passage, "arm": a.arm.value} for a in found.moved],
                "stayed": {reason.value: list(passages) for reason, passages in found.stayed.items()},
            }
        )
    else:
        _show(found, source, target, dry_run)


def _show(found: Handing, source: str, target: str, dry_run: bool) -> None:
    arms = Counter(assignment.arm.value for assignment in found.moved)
    listed = ", ".join(f"{count} {arm}" for arm, count in sorted(arms.items()))
    verb = "would move" if dry_run else "moved"
    say(f"{len(found.moved)} passages {verb} from {source} to {target}{f': {listed}' if listed else ''}.")
    if found.revealed:
        say(f"{found.revealed} of them are now coded blind first: {target} has not yet read the first 50.")
    for reason, passages in found.stayed.items():
        say(f"{len(passages)} stay with {source}: {reason.value}.")
    if found.moved and not dry_run:
        say(f"Next: cothemes review --as {_quoted(target)}")


def _as_json(reviewer: Reviewer) -> dict[str, Any]:
    return {
        "name": reviewer.name,
        "role": reviewer.role,
        "capacity": reviewer.capacity,
        "added": reviewer.added.isoformat(),
        "paused": reviewer.paused.isoformat() if reviewer.paused else None,
    }


def _told(reviewer: Reviewer) -> str:
    pace = f", {reviewer.capacity} passages a week" if reviewer.capacity else ""
    return f"{reviewer.name} is registered as {reviewer.role}{pace}"


def _coders(study: Study) -> str:
    """All who code and do not pause, as `route --reviewers` takes them."""
    people = study.store.reviews.reviewers()
    return _quoted(",".join(p.name for p in people if p.role == CODER and not p.paused))


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
