"""`cothemes codebook candidates`, `adopt` and `dismiss`: what no code fits, and what people make of it."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.codebook.adopt import adopt as adopt_cluster
from cothemes.app.codebook.adopt import dismiss as dismiss_cluster
from cothemes.app.codebook.by_hand import explain_hand_edit
from cothemes.app.codebook.candidates import candidate_list, cluster_list
from cothemes.app.corpus.document_names import document_ids
from cothemes.cli.console import emit, say, say_lines, typed
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import JsonOption, PersonOption, fields_in, names_in
from cothemes.errors import UsageError
from cothemes.presentation.candidates_text import candidate_lines, cluster_lines
from cothemes.presentation.code_operation_text import hand_edit_lines
from cothemes.records.codebook import Code
from cothemes.records.text import counted

GroupArgument = Annotated[
    str, typer.Argument(metavar="GROUP", help="Group id, as `codebook candidates` shows it.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be recorded of a hand edit; change nothing.")
]
OnlyOption = Annotated[
    str,
    typer.Option("--only", metavar="PASSAGE,…", help="Passages to take. The rest of the group stays open."),
]


def candidates(
    context: typer.Context,
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Run whose candidates a group must include.")
    ] = "",
    documents: Annotated[
        str, typer.Option(metavar="A,B", help="Documents whose passages a group must include.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="List every member of every group.")] = False,
    flat: Annotated[
        bool, typer.Option("--flat", help="List models' candidates one by one, without groups.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what no code fits, in groups of similar passages.

    Models and people report such passages; the embedder puts similar ones into one group. Labels are a
    model's words or a person's note. Nothing enters the codebook until a person adopts a group, and a
    dismissed group stays on record.
    """
    wanted = names_in(documents)
    if flat:
        with opened_study(context) as study:
            one_by_one = candidate_list(study, run, document_ids(study, wanted))
            ids = short_ids(study)
        if as_json:
            emit(one_by_one)
        else:
            say_lines(candidate_lines(one_by_one, ids))
        return
    with opened_study(context) as study:
        found = cluster_list(study, run, document_ids(study, wanted))
        ids = short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(cluster_lines(found, every=every, ids=ids))


def adopt(
    context: typer.Context,
    group: Annotated[
        str,
        typer.Argument(
            metavar="[GROUP]", help="Group id, as `codebook candidates` shows it.", show_default=False
        ),
    ] = "",
    code_id: Annotated[
        str, typer.Option("--id", metavar="ID", help="Id of the new code. It is permanent.")
    ] = "",
    label: Annotated[str, typer.Option("--label", help="Label of the new code, in your own words.")] = "",
    definition: Annotated[
        str, typer.Option("--definition", help="Definition: what a passage must contain.")
    ] = "",
    theme: Annotated[
        str, typer.Option("--theme", help="Id of the theme it belongs to.", show_default=False)
    ] = "",
    brief: Annotated[
        str, typer.Option("--brief", help="Short definition, one line.", show_default=False)
    ] = "",
    when: Annotated[
        list[str] | None, typer.Option("--when", help="Case in which the code applies. Repeatable.")
    ] = None,
    unless: Annotated[
        list[str] | None, typer.Option("--not", help="Case in which the code does not apply. Repeatable.")
    ] = None,
    only: OnlyOption = "",
    renamed: Annotated[
        list[str] | None,
        typer.Option(
            "--renamed", metavar="OLD=NEW", help="A code that has another id in codebook.yaml. Repeatable."
        ),
    ] = None,
    retired: Annotated[
        str, typer.Option("--retired", metavar="A,B", help="Codes that you took out of codebook.yaml.")
    ] = "",
    new: Annotated[
        str, typer.Option("--new", metavar="A,B", help="Codes that you put into codebook.yaml.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Reason of the change.", show_default=False)] = "",
    person: PersonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a group of candidates to the codebook as a code, or say what a hand edit of codebook.yaml means.

    You write its label and definition in your own words. The code is added to codebook.yaml after the last
    code of its theme. All other lines stay as they are, and the earlier version is kept.

    Without GROUP, --renamed, --retired and --new say what became of codes whose ids you changed in
    codebook.yaml. Decisions follow a renamed code; those on a retired one are kept and listed.
    """
    if renamed or retired or new:
        if group:
            raise UsageError(
                "a group and a hand edit are two things",
                hint="Give GROUP, or --renamed, --retired and --new.",
            )
        with opened_study(context) as study:
            explained = explain_hand_edit(
                study,
                renamed=fields_in(renamed or [], "--renamed OLD=NEW"),
                retired=names_in(retired),
                new=names_in(new),
                by=person,
                reason=reason,
                dry_run=dry_run,
            )
        if as_json:
            emit(explained)
        else:
            say_lines(hand_edit_lines(explained))
        return
    missing = [
        name
        for name, given in (
            ("GROUP", group),
            ("--id", code_id),
            ("--label", label),
            ("--definition", definition),
        )
        if not given
    ]
    if missing or dry_run:
        what = "--dry-run goes with a hand edit" if not missing else f"{', '.join(missing)} is missing"
        raise UsageError(
            what,
            hint="Give GROUP, --id, --label and --definition; or --renamed, --retired or --new after a hand "
            "edit.",
        )
    code = Code(
        id=code_id,
        label=label,
        definition=definition,
        theme=theme or None,
        brief=brief,
        include_when=tuple(when or ()),
        exclude_when=tuple(unless or ()),
    )
    with opened_study(context) as study:
        made = adopt_cluster(study, group, code, by=person, reason=reason, only=names_in(only))
    if as_json:
        emit(made)
        return
    say(f"{made.code.id} is in the codebook now, made of {counted(made.candidates, 'candidate')}:")
    typed(f"  {made.where}")
    say("Add rules and examples there, and raise `version`. No passage has this code yet. Then:")
    typed("  cothemes codebook diff")
    typed(f"  cothemes codebook recode {made.code.id} --round NAME")


def dismiss(
    context: typer.Context,
    group: GroupArgument,
    reason: Annotated[str, typer.Option("--reason", help="Reason why it is not a code of this study.")],
    only: OnlyOption = "",
    person: PersonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Dismiss a group of candidates, with a reason."""
    with opened_study(context) as study:
        found = dismiss_cluster(study, group, reason, by=person, only=names_in(only))
    if as_json:
        emit(found)
        return
    many = counted(found.candidates, "candidate")
    say(f"Group {group} is dismissed, with {many}. Nothing of it is deleted.")
