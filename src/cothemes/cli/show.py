"""`cothemes show`: one passage in context, with what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.findings.codings import Shown
from cothemes.app.findings.codings import show as run
from cothemes.app.review.review import Desk
from cothemes.cli.console import emit_json, say
from cothemes.cli.decide import standing_as_json
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.cli.passages import print_passage
from cothemes.cli.queue import state_of
from cothemes.cli.review_card import CardPrinter
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.stages.review.card import Card
    from cothemes.stages.review.codings import Coding


def show(
    context: typer.Context,
    passage: Annotated[str, typer.Argument(help="Passage id, e.g. interview-1.0042.")],
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Reviewer whose view to show. [default: everything]")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show a passage in context, with its codes."""
    with opened_study(context) as study:
        if name:
            desk = Desk(study, name)
            card, progress = desk.card(passage), desk.progress
        else:
            shown = run(study, passage)
        book = study.codebook
    if name and as_json:
        emit_json(_card_as_json(card))
    elif name:
        CardPrinter(book).card(card, progress)
    elif as_json:
        emit_json(_as_json(shown))
    else:
        _show(shown, book)


def _show(shown: Shown, book: Codebook) -> None:
    say(shown_text(f"{shown.document.title or shown.document.slug} ({shown.document.kind.value})"))
    if shown.retired:
        say(
            f"Retired: {shown.retired}. What was decided here is left out of all figures.\n"
            f"    → To bring it back: cothemes ingest --resegment --undo {shown.document.slug}"
        )
    for turn in shown.setting.context:
        CardPrinter(book).context(turn)
    print_passage(shown.passage, cut=shown.setting.cut)
    for standing in shown.standings:
        mine = [c for c in shown.decided if c.by == standing.assignment.reviewer]
        codes = ", ".join(_with_attributes(coding) for coding in mine) or "no code"
        arm = standing.assignment.arm.value
        say(shown_text(f"{standing.assignment.reviewer} ({arm}, {state_of(standing)}): {codes}"))
        for note in (*standing.first.notes, *standing.second.notes):
            say(shown_text(f"    note: {note}"))
    if not shown.standings:
        say("assigned to nobody")
    if shown.settled:
        codes = ", ".join(_with_attributes(coding) for coding in shown.settled)
        say(shown_text(f"{shown.settled[0].by}: {codes}"))
        for coding in shown.settled:
            for note in coding.notes:
                say(shown_text(f"    {coding.code}: {note}"))
    for coding in shown.suggested:
        say(shown_text(f"suggested by {coding.by}: {_with_attributes(coding)}"))
        if coding.reason:
            say(shown_text(f"    {coding.reason}"))
    for code, why in shown.left_out.items():
        asked = f", not asked about once more ({why})" if why else ""
        say(shown_text(f"left out, no quote of it stands here: {code}{asked}"))
    for flag in shown.flags:
        say(shown_text(f"flag: {flag}"))
    for memo in shown.memos:
        say(shown_text(f"memo by {memo.last.by}: {memo.last.text}"))


def _with_attributes(coding: Coding) -> str:
    attributes = "; ".join(f"{name}: {', '.join(values)}" for name, values in coding.attributes.items())
    return f"{coding.code} ({attributes})" if attributes else coding.code


def _place(shown: Shown | Card) -> dict[str, Any]:
    passage = shown.passage
    return {
        "passage": passage.id,
        "document": passage.document,
        "speaker": passage.speaker,
        "role": passage.role.value,
        "headings": list(passage.headings),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "context": [turn.model_dump(mode="json") for turn in shown.setting.context],
    }


def _as_json(shown: Shown) -> dict[str, Any]:
    return {
        **_place(shown),
        "retired": shown.retired or None,
        "people": [
            {
                "reviewer": standing.assignment.reviewer,
                "arm": standing.assignment.arm.value,
                "round": standing.assignment.round,
                "state": state_of(standing),
                "codes": {
                    c.code: {name: list(values) for name, values in c.attributes.items()}
                    for c in shown.decided
                    if c.by == standing.assignment.reviewer
                },
                "notes": [*standing.first.notes, *standing.second.notes],
            }
            for standing in shown.standings
        ],
        "settled": {
            c.code: {
                "attributes": {name: list(values) for name, values in c.attributes.items()},
                "notes": list(c.notes),
            }
            for c in shown.settled
        },
        "left_out": shown.left_out,
        "flags": list(shown.flags),
        "memos": [{"by": memo.last.by, "text": memo.last.text} for memo in shown.memos],
        "suggestions": [
            {
                "code": coding.code,
                "by": coding.by,
                "reason": coding.reason,
                "attributes": {name: list(values) for name, values in coding.attributes.items()},
                "spans": [[s - shown.passage.start, e - shown.passage.start] for s, e in coding.spans],
                "quote_status": coding.quote_status,
            }
            for coding in shown.suggested
        ],
    }


def _card_as_json(card: Card) -> dict[str, Any]:
    return {
        **_place(card),
        **standing_as_json(card),
        "suggestions": [
            {
                "code": s.code,
                "by": s.rater,
                "reason": s.reason,
                "attributes": {name: list(values) for name, values in s.attributes.items()},
                "spans": [[e.start - card.passage.start, e.end - card.passage.start] for e in s.evidence],
                "quote_status": s.quote_status.value if s.quote_status else None,
            }
            for s in card.suggestions
        ],
    }
