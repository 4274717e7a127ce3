"""`cothemes codings` and `quotes`: what is coded, in context, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.findings.codings import GROUP, CodingFilter, Found, Retrieved, retrieve
from cothemes.cli.console import emit_json, print_table, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, KindChoice, KindOption, names_in
from cothemes.cli.quotes import codes_in_use, quote_as_json, quotes_of, show_codes, show_quotes, together
from cothemes.cli.side_by_side import side_by_side
from cothemes.errors import UsageError
from cothemes.presentation.coding_fields import coding_as_json
from cothemes.presentation.left_out import left_out_as_json, left_out_lines
from cothemes.records.document import Kind
from cothemes.records.text import counted, shown_text
from cothemes.stages.review.codings import Status

if TYPE_CHECKING:
    from cothemes.app.study import Study


class StatusChoice(StrEnum):
    """How a code came to stand on a passage."""

    ACCEPTED = "accepted"
    ADDED = "added"
    SETTLED = "settled"
    SUGGESTED = "suggested"


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
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """List the codings of people and of coders, separately."""
    with opened_study(context) as study:
        found = _retrieved(study, code, group, kind, status, where)
    counts = [one for one in found.decided if one.counts]
    if full:
        side_by_side(found.decided, hide_names=hide_names, limit=limit, as_json=as_json)
        return
    if as_json:
        emit_json(
            {
                "counts": {
                    "decided": len(counts),
                    "settled": len(found.settled),
                    "suggested": len(found.suggested),
                    "under_an_earlier_wording": _reworded(found),
                },
                "decided": [coding_as_json(one) for one in found.decided],
                "settled": [coding_as_json(one) for one in found.settled],
                "suggested": [coding_as_json(one) for one in found.suggested],
                "on_an_earlier_cut": found.elsewhere,
                "left_out": left_out_as_json(found.left_out),
            }
        )
        return
    for title, rows in (
        ("Decided by people", found.decided),
        ("Settled, and agreed on where something was settled", found.settled),
        ("Suggested, and decided by nobody", found.suggested),
    ):
        if rows:
            by = {_shown(one.coding.by) for one in rows}
            alone = by.pop() if len(by) == 1 else ""
            print_table(
                ("passage", "code", "by", "status", "attributes", "flags"),
                [
                    (
                        one.passage.id,
                        one.coding.code,
                        "" if alone else _shown(one.coding.by),
                        _status(one),
                        _attributes(one),
                        "; ".join(one.flags),
                    )
                    for one in (rows[:limit] if limit else rows)
                ],
                title=f"{title} ({alone})" if alone else title,
            )
            _more(len(rows), limit)
    passages = len({one.passage.id for one in counts})
    say(
        f"{counted(len(counts), 'code')} by people on {counted(passages, 'passage')}; "
        f"{len(found.suggested)} undecided."
    )
    if found.settled:
        places = len({one.passage.id for one in found.settled})
        say(f"{counted(len(found.settled), 'code')} by consensus on {counted(places, 'passage')}.")
    say_lines(left_out_lines(found.left_out))


def quotes(
    context: typer.Context,
    code: Annotated[
        str, typer.Option(metavar="A,B", help="Codes or theme to quote. [default: list the codes in use]")
    ] = "",
    group: GroupOption = "",
    kind: KindOption = None,
    status: StatusOption = None,
    where: WhereOption = None,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """Print the quotes that support a code. People's codings come first, then passages that are only
    suggested.
    """
    with opened_study(context) as study:
        found = _retrieved(study, code, group, kind, status, where)
        labels = {one.id: one.label for one in study.codebook.codes}
    found = replace(found, decided=tuple(one for one in found.decided if one.counts))
    if not code:
        in_use = codes_in_use(found, labels)
        if as_json:
            emit_json({"codes": in_use})
        else:
            show_codes(in_use)
        return
    overruled = sum(one.upheld is False for one in found.decided)
    decided = quotes_of([one for one in found.decided if one.upheld is not False])
    suggested = quotes_of(found.suggested)
    if as_json:
        emit_json(
            {
                "counts": {
                    "decided": len(decided),
                    "suggested": len(suggested),
                    "settled_otherwise": overruled,
                },
                "left_out": left_out_as_json(found.left_out),
                "decided": [quote_as_json(quote) for quote in decided],
                "suggested": [quote_as_json(quote) for quote in suggested],
            }
        )
        return
    for title, listed in (
        ("Decided by people", decided),
        ("Suggested, and decided by nobody", suggested),
    ):
        found_together = together(listed, labels)
        show_quotes(title, found_together, labels, limit)
        _more(len(found_together), limit)
    settled = len(together(decided, labels))
    say(f"{counted(settled, 'quote')} by people, {len(suggested)} only suggested.")
    if overruled:
        say(f"{overruled} left out: in adjudication the code was found not to apply.")
    say_lines(left_out_lines(found.left_out))


def _reworded(found: Retrieved) -> int:
    """Codes by people under another wording than today's."""
    return sum(not one.current_wording for one in found.decided)


def _more(count: int, limit: int) -> None:
    if limit and count > limit:
        say(f"… and {count - limit} more (--limit 0 prints all)")


def _retrieved(
    study: Study,
    code: str,
    group: str,
    kind: KindChoice | None,
    status: StatusChoice | None,
    where: list[str] | None,
) -> Retrieved:
    asked = {**({GROUP: group} if group else {}), **asked_for(where or [])}
    return retrieve(
        study,
        CodingFilter(
            codes=names_in(code),
            kinds=[Kind(kind.value)] if kind else [],
            statuses=[Status(status.value)] if status else [],
            where=asked,
        ),
    )


def asked_for(words: Sequence[str]) -> dict[str, str]:
    """`K=V` to name → value. Raises UsageError."""
    asked = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise UsageError(f"{word!r} asks for nothing", hint="Write --where NAME=VALUE.")
        asked[name.strip()] = value.strip()
    return asked


def _status(one: Found) -> str:
    remarks = [one.coding.status.value] if one.coding.status.value not in ("suggested", "settled") else []
    if one.upheld is False:
        remarks.append("settled otherwise")
    if one.coding.status.value != "suggested" and not one.coding.done:
        remarks.append("not done")
    if not one.current_wording:
        remarks.append("earlier wording")
    return ", ".join(remarks)


def _attributes(one: Found) -> str:
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in one.coding.attributes.items())


def _shown(text: str) -> str:
    return shown_text(text)
