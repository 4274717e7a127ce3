"""`cothemes reviewers` and `cothemes reviewers add`: registers people."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.cli.invocation import JsonOption, opened_study

app = typer.Typer(
    invoke_without_command=True, rich_markup_mode=None, help="Register people, or list those registered."
)


@app.callback()
def reviewers(context: typer.Context, as_json: JsonOption = False) -> None:
    """Register people, or list those registered."""
    if context.invoked_subcommand is not None:
        return
    from cothemes.cli.console import emit_json, print_table, say

    with opened_study(context) as study:
        known = study.store.reviews.reviewers()
        assigned = [len(study.store.reviews.assignments(reviewer=person.name)) for person in known]
    rows = list(zip(known, assigned, strict=True))
    if as_json:
        emit_json(
            [
                {"name": p.name, "role": p.role, "added": p.added.isoformat(), "assigned": count}
                for p, count in rows
            ]
        )
    elif rows:
        print_table(
            ("reviewer", "role", "since", "assigned"),
            [(p.name, p.role, p.added.date(), count) for p, count in rows],
            right=(3,),
        )
    else:
        say("Nobody is registered. Add a person: cothemes reviewers add NAME")


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As it will stand in tables.")],
    role: Annotated[str, typer.Option(help="What the person does in the study.")] = "coder",
    as_json: JsonOption = False,
) -> None:
    """Register a person. A name that is there changes nothing."""
    from cothemes.app.steps.reviewers import add_reviewer
    from cothemes.cli.console import emit_json, say

    with opened_study(context) as study:
        reviewer, new = add_reviewer(study, name, role)
    if as_json:
        emit_json({"name": reviewer.name, "role": reviewer.role, "new": new})
    elif new:
        say(f"{reviewer.name} is registered as {reviewer.role}.")
        say(f"Next: cothemes route --reviewers {reviewer.name} --dry-run")
    else:
        say(f"{reviewer.name} was registered already, as {reviewer.role}; nothing changed.")
