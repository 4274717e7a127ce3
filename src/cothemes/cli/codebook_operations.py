"""`cothemes codebook add, rename, move, merge, split, retire, undo` and `history`."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.codebook.operations import (
    OperationReport,
    add_code,
    merge_codes,
    move_code,
    operation_list,
    rename_code,
    retire_code,
    split_code,
    undo_operation,
)
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, ReasonOption, fields_in, names_in
from cothemes.errors import UsageError
from cothemes.presentation.code_operation_text import history_lines, operation_lines
from cothemes.records.codebook import Code

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="Id of the code.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what it touches; change nothing.")]


def add(
    context: typer.Context,
    code: CodeArgument,
    label: Annotated[str, typer.Option("--label", help="Label of the code.")],
    definition: Annotated[
        str, typer.Option("--definition", help="Definition. Without one the code is a draft.")
    ] = "",
    theme: Annotated[str, typer.Option("--theme", metavar="T", help="Id of its theme.")] = "",
    parent: Annotated[str, typer.Option("--parent", metavar="P", help="Id of the code above it.")] = "",
    brief: Annotated[str, typer.Option("--brief", help="Short definition, one line.")] = "",
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a code to the codebook.

    A code without a definition is a draft: people code by it, and no coder proposes it. Readings that were
    finished before say nothing about the code.
    """
    made = Code(
        id=code,
        label=" ".join(label.split()),
        definition=" ".join(definition.split()),
        theme=theme or None,
        parent=parent or None,
        brief=" ".join(brief.split()),
    )
    with opened_study(context) as study:
        found = add_code(study, made, by=person, reason=reason, dry_run=dry_run)
    _show(found, as_json=as_json)


def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="Present id of the code.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="New id of the code.")],
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give a code another id.

    Every decision, suggestion, ruling and memo follows it. Nothing has to be coded again.
    """
    with opened_study(context) as study:
        found = rename_code(study, old, new, by=person, reason=reason, dry_run=dry_run)
    _show(found, as_json=as_json)


def move(
    context: typer.Context,
    code: CodeArgument,
    theme: Annotated[
        str | None,
        typer.Option(
            "--theme", metavar="T", help="Id of the theme; an empty text for none.", show_default=False
        ),
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option(
            "--parent",
            metavar="P",
            help="Id of the code above it; an empty text for none.",
            show_default=False,
        ),
    ] = None,
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put a code under another theme or another code.

    Decisions stay as they are. Nothing has to be coded again.
    """
    with opened_study(context) as study:
        found = move_code(study, code, theme=theme, parent=parent, by=person, reason=reason, dry_run=dry_run)
    _show(found, as_json=as_json)


def merge(
    context: typer.Context,
    parts: Annotated[str, typer.Argument(metavar="A,B", help="Codes to merge.")],
    into: Annotated[
        str,
        typer.Option(
            "--into", metavar="C", help="Id of the code that they become: a new one, or one of the codebook."
        ),
    ],
    exact: Annotated[
        bool,
        typer.Option("--exact-union", help="The new code applies exactly where one of its parts applied."),
    ] = False,
    wider: Annotated[bool, typer.Option("--wider", help="The new code applies in other cases too.")] = False,
    label: Annotated[str, typer.Option("--label", help="Label. [default: the first part's]")] = "",
    definition: Annotated[
        str, typer.Option("--definition", help="Definition. [default: those of the parts]")
    ] = "",
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Merge codes into one.

    With --exact-union, a person gave the new code where they gave a part, and did not where they gave none
    of the parts; where they were not asked about all parts, it is missing. Agreement says that the code was
    merged afterwards. With --wider, only presences carry over, to be confirmed, and agreement starts again.
    """
    with opened_study(context) as study:
        found = merge_codes(
            study,
            names_in(parts),
            into,
            exact=_one_of(exact, wider, "--exact-union", "--wider"),
            label=label,
            definition=definition,
            by=person,
            reason=reason,
            dry_run=dry_run,
        )
    _show(found, as_json=as_json)


def split(
    context: typer.Context,
    code: CodeArgument,
    into: Annotated[
        str,
        typer.Option("--into", metavar="B,C", help="Ids of the parts. One of them may be the code itself."),
    ],
    within: Annotated[
        bool, typer.Option("--parts-within", help="The parts apply only where the code applied.")
    ] = False,
    wider: Annotated[bool, typer.Option("--wider", help="A part may apply elsewhere too.")] = False,
    labels: Annotated[
        list[str] | None, typer.Option("--label", metavar="ID=TEXT", help="Label of a part. Repeatable.")
    ] = None,
    definitions: Annotated[
        list[str] | None,
        typer.Option("--definition", metavar="ID=TEXT", help="Definition of a part. Repeatable."),
    ] = None,
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Split a code into parts.

    With --parts-within, a part is absent wherever the code was. Where the code was given, the passages are
    to be read again: codebook recode. A part without a definition is a draft; its first definition keeps
    what was carried over.
    """
    with opened_study(context) as study:
        found = split_code(
            study,
            code,
            names_in(into),
            within=_one_of(within, wider, "--parts-within", "--wider"),
            labels=fields_in(labels or [], "--label ID=TEXT"),
            definitions=fields_in(definitions or [], "--definition ID=TEXT"),
            by=person,
            reason=reason,
            dry_run=dry_run,
        )
    _show(found, as_json=as_json)


def retire(
    context: typer.Context,
    code: CodeArgument,
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a code out of the codebook.

    Its decisions are kept and listed (codings --retired), and count nowhere.
    """
    with opened_study(context) as study:
        found = retire_code(study, code, by=person, reason=reason, dry_run=dry_run)
    _show(found, as_json=as_json)


def undo(
    context: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            metavar="[OPERATION]", help="Beginning of its id. [default: the last]", show_default=False
        ),
    ] = "",
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take back an operation on codes.

    codebook.yaml gets the earlier codes back; what was edited since stays. Decisions that were made since on
    what the operation had made are listed.
    """
    with opened_study(context) as study:
        found = undo_operation(study, which, by=person, reason=reason, dry_run=dry_run)
    _show(found, as_json=as_json)


def history(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the operations on codes, with date, person and reason."""
    with opened_study(context) as study:
        found = operation_list(study)
    if as_json:
        emit(found)
    else:
        say_lines(history_lines(found))


def _one_of(yes: bool, no: bool, name: str, other: str) -> bool:
    if yes == no:
        raise UsageError(
            "what the new code means has to be said",
            hint=f"Give either {name} or {other}; cothemes codebook --help explains them.",
        )
    return yes


def _show(found: OperationReport, *, as_json: bool) -> None:
    if as_json:
        emit(found)
    else:
        say_lines(operation_lines(found))
