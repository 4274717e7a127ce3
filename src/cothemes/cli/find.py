"""`cothemes find`: words in the texts, with the words around them, and counts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cothemes.app.findings.find import OWN_VOICES, FindOptions
from cothemes.app.findings.find import find as run
from cothemes.cli.console import emit, say_lines, stdout
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import (
    DocumentsOption,
    JsonOption,
    KindOption,
    QueryOption,
    fields_in,
    names_in,
)
from cothemes.presentation.find_text import find_lines
from cothemes.records.document import Kind, Role


class RoleChoice(StrEnum):
    """Roles whose words are searched."""

    PARTICIPANT = "participant"
    INTERVIEWER = "interviewer"
    OTHER = "other"
    UNKNOWN = "unknown"
    NONE = "none"
    ALL = "all"


def find(
    context: typer.Context,
    text: Annotated[
        str,
        typer.Argument(
            help="Words to find, in any case. Only whole words match; * stands for the rest: carer*."
        ),
    ],
    regex: Annotated[bool, typer.Option("--regex", help="Read TEXT as a regular expression.")] = False,
    near: Annotated[
        tuple[int, str] | None,
        typer.Option(
            metavar="N WORD",
            help="Only where WORD is within N words, in the same turn or paragraph.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Count by document, kind, participant, speaker, role or a metadata column "
            "(meta.NAME if the name is ambiguous), instead of printing the lines.",
        ),
    ] = "",
    role: Annotated[
        list[RoleChoice] | None,
        typer.Option(
            help="Whose words to search. Repeatable. [default: participant, unknown, none]",
            show_default=False,
        ),
    ] = None,
    documents: DocumentsOption = "",
    kind: KindOption = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="K=V", help="Filter on a metadata column, speaker or participant. Repeatable."),
    ] = None,
    query: QueryOption = "",
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Search and show real names instead of pseudonyms.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="Number of lines to print; 0 for all.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Find words in the texts and show each with its context. Case, kinds of quotation marks, dashes and
    white space make no difference.
    """
    roles = [Role(each.value) for each in role or () if each is not RoleChoice.ALL] or OWN_VOICES
    wanted = FindOptions(
        text=text,
        regex=regex,
        near=near,
        roles=tuple(Role) if RoleChoice.ALL in (role or ()) else tuple(dict.fromkeys(roles)),
        documents=names_in(documents),
        kind=Kind(kind.value) if kind else None,
        where=fields_in(where or []),
        query=query,
        by=by,
        originals=originals,
    )
    with opened_study(context) as study:
        found, ids = run(study, wanted), short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(find_lines(found, limit, stdout().width, ids), ids)
