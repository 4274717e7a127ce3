"""`cothemes codebook drafts`, `publish` and `discard`: codes that coders made while reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cothemes.app.codebook.drafts import Draft, discard_draft, publish_draft
from cothemes.app.codebook.drafts import drafts as drafts_of
from cothemes.cli.console import emit, print_table, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, JsonOption, ReasonOption
from cothemes.records.code_operation import DraftAct
from cothemes.records.text import counted

DraftArgument = Annotated[str, typer.Argument(metavar="DRAFT", help="Id of the draft.")]


def drafts(
    context: typer.Context,
    person: AsOption,
    every: Annotated[bool, typer.Option("--all", help="List everybody's drafts, for the lead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List draft codes that were made while reading.

    A draft is private to its author until the lead publishes it. Drafts on passages that you have still to
    code blind are only counted.
    """
    with opened_study(context) as study:
        found = drafts_of(study, by=person, every=every)
    if as_json:
        emit(found)
        return
    open_ = [each for each in found.drafts if each.state is DraftAct.CREATED]
    settled = [each for each in found.drafts if each.state is not DraftAct.CREATED]
    if open_:
        _print(open_)
    elif found.others or settled:
        say("No drafts of yours wait." if not every else "No drafts wait.")
    else:
        say("No drafts." if not found.hidden else "No drafts that you may see.")
    if settled:
        _print(settled, "Published and discarded")
    if found.others:
        typed(f"{found.others} by others: cothemes codebook drafts --as {person} --all")
    if found.hidden:
        many = counted(found.hidden, "draft")
        say(f"{many} more, on passages that {person} has still to code blind.")


def _print(found: Sequence[Draft], title: str = "") -> None:
    print_table(
        ("draft", "label", "by", "state", "passages"),
        [(each.code.id, each.code.label, each.by, each.state.value, each.codings) for each in found],
        right=(4,),
        title=title,
    )


def publish(
    context: typer.Context,
    draft: DraftArgument,
    person: AsOption,
    new_id: Annotated[
        str, typer.Option("--id", metavar="ID", help="Id of the code. [default: the draft's]")
    ] = "",
    label: Annotated[str, typer.Option("--label", help="Label. [default: the draft's]")] = "",
    definition: Annotated[
        str, typer.Option("--definition", help="Definition. Without one, no coder proposes the code.")
    ] = "",
    theme: Annotated[str, typer.Option("--theme", metavar="T", help="Id of its theme.")] = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a draft into codebook.yaml, for everyone, with its decisions.

    Readings that were finished before say nothing about the code. Where leads are registered, only they
    publish.
    """
    with opened_study(context) as study:
        made = publish_draft(
            study,
            draft,
            by=person,
            new_id=new_id,
            label=label,
            definition=definition,
            theme=theme,
            reason=reason,
        )
    if as_json:
        emit(made)
        return
    many = counted(made.codings, "coding")
    say(f"{made.code.id} {made.code.label} is in the codebook now, with {many} by {made.author}:")
    typed(f"  {made.where}")


def discard(
    context: typer.Context,
    draft: DraftArgument,
    person: AsOption,
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Discard a draft; its decisions are kept and count nowhere."""
    with opened_study(context) as study:
        found = discard_draft(study, draft, by=person, reason=reason)
    if as_json:
        emit(found)
    else:
        say(f"{found.code.id} {found.code.label} is discarded, with {counted(found.codings, 'coding')}.")
