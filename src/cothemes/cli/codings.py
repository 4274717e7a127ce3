"""`cothemes codings` and `quotes`: what is coded, in context, in words."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from cothemes.app.findings.codings import GROUP, CodingFilter, coding_list, coding_sequence
from cothemes.app.findings.quote_states import ALL, Beside, QuoteStatesOptions, quote_states
from cothemes.app.findings.quotes import codes_in_use, quote_list
from cothemes.cli.console import emit, say_lines, stdout
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import (
    CombineChoice,
    CombineOption,
    JsonOption,
    KindChoice,
    KindOption,
    QueryOption,
    WithAutoOption,
    fields_in,
    names_in,
)
from cothemes.errors import UsageError
from cothemes.presentation.codings_text import coding_lines, sequence_lines
from cothemes.presentation.quote_states_text import quote_states_lines
from cothemes.presentation.quotes_text import codes_in_use_lines, quote_lines
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.stages.review.codings import Status


class BesideChoice(StrEnum):
    """What quotes are set side by side by."""

    VERSION = "version"
    CODER = "coder"
    ROUND = "round"
    STATE = "state"


class StatusChoice(StrEnum):
    """Ways in which a passage got a code."""

    ACCEPTED = "accepted"
    ADDED = "added"
    SETTLED = "settled"
    SUGGESTED = "suggested"
    AUTO_ACCEPTED = "auto-accepted"


GroupOption = Annotated[
    str, typer.Option(metavar="NAME", help="Group of documents to include (from the metadata).")
]
StatusOption = Annotated[StatusChoice | None, typer.Option(help="How the code was applied.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="K=V",
        help="Filter on an attribute, a metadata column, or speaker, role, by or round. Write "
        "an ambiguous name in full: attr.K, meta.K, passage.K or coding.K. Repeatable.",
    ),
]
AsCodedOption = Annotated[
    bool, typer.Option("--as-coded", help="Quote the text that was read, where it was corrected since.")
]
LimitOption = Annotated[int, typer.Option(min=0, help="Number of rows to print of each sort; 0 for all.")]


def codings(
    context: typer.Context,
    code: Annotated[str, typer.Option(metavar="A,B", help="Codes or themes to include.")] = "",
    group: GroupOption = "",
    kind: KindOption = None,
    status: StatusOption = None,
    where: WhereOption = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Show people's codings with their passages, in the order of the decisions."
        ),
    ] = False,
    hide_names: Annotated[
        bool, typer.Option("--hide-names", help="With --full: number the people instead of naming them.")
    ] = False,
    query: QueryOption = "",
    combine: CombineOption = CombineChoice.ANY,
    as_coded: AsCodedOption = False,
    retired: Annotated[
        bool,
        typer.Option(
            "--retired", help="List codings of codes that were retired, merged or split, and no others."
        ),
    ] = False,
    with_auto: WithAutoOption = False,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """List the codings of people and of coders, separately."""
    wanted = replace(_wanted(code, group, kind, status, where, combine, as_coded, query), retired=retired)
    if full:
        with opened_study(context) as study:
            sequence = coding_sequence(study, wanted, hide_names=hide_names)
        if as_json:
            emit(sequence)
        else:
            say_lines(sequence_lines(sequence, limit))
        return
    with opened_study(context) as study:
        found = coding_list(study, wanted)
        ids = short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(coding_lines(found, limit), ids)


def quotes(
    context: typer.Context,
    code: Annotated[
        str, typer.Option(metavar="A,B", help="Codes or theme to quote. [default: list the codes in use]")
    ] = "",
    group: GroupOption = "",
    kind: KindOption = None,
    status: StatusOption = None,
    where: WhereOption = None,
    query: QueryOption = "",
    combine: CombineOption = CombineChoice.ANY,
    as_coded: AsCodedOption = False,
    state: Annotated[
        str,
        typer.Option(
            metavar="A,B",
            help="States of the codings to quote, from any round and version: all, current, to-confirm, "
            "earlier-meaning, superseded, not-done, ruled-otherwise, taken-back, proposed, …",
        ),
    ] = "",
    beside: Annotated[
        BesideChoice | None,
        typer.Option(
            "--side-by-side",
            help="Set quotes in all states, or those of --state, side by side: by version of the codebook, "
            "coder, round or state.",
        ),
    ] = None,
    originals: Annotated[
        bool,
        typer.Option(
            "--show-originals", help="With --state or --side-by-side: show real names instead of pseudonyms."
        ),
    ] = False,
    with_auto: WithAutoOption = False,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """Print the quotes that support a code. People's codings come first, then passages that are only
    suggested.
    """
    wanted = _wanted(code, group, kind, status, where, combine, as_coded, query)
    if state or beside is not None:
        if not code:
            raise UsageError("--state and --side-by-side need a code", hint="Name it with --code.")
        if status is not None or as_coded:
            raise UsageError(
                "--status and --as-coded do not go with --state or --side-by-side", hint="Leave them out."
            )
        asked = QuoteStatesOptions(
            codes=wanted.codes,
            states=names_in(state) or [ALL],
            beside=Beside(beside.value) if beside else None,
            kind=Kind(kind.value) if kind else None,
            where=wanted.where,
            query=query,
            originals=originals,
        )
        with opened_study(context) as study:
            stated, ids = quote_states(study, asked), short_ids(study)
        if as_json:
            emit(stated)
        else:
            say_lines(quote_states_lines(stated, limit, stdout().width, ids))
        return
    if not code:
        with opened_study(context) as study:
            in_use = codes_in_use(study, wanted)
        if as_json:
            emit(in_use)
        else:
            say_lines(codes_in_use_lines(in_use))
        return
    with opened_study(context) as study:
        found = quote_list(study, wanted)
        ids = short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(quote_lines(found, limit, ids))


def _wanted(
    code: str,
    group: str,
    kind: KindChoice | None,
    status: StatusChoice | None,
    where: list[str] | None,
    combine: CombineChoice,
    as_coded: bool,
    query: str,
) -> CodingFilter:
    return CodingFilter(
        codes=names_in(code),
        kinds=[Kind(kind.value)] if kind else [],
        statuses=[Status(status.value)] if status else [],
        as_coded=as_coded,
        where={**({GROUP: group} if group else {}), **fields_in(where or [])},
        combine=Combine(combine.value),
        query=query,
    )
