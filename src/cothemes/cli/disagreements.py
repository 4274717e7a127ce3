"""`cothemes disagreements`: where readings differ, to be talked over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.figures.disagreements import disagreements as find
from cothemes.app.figures.disagreements import write_map
from cothemes.cli.console import NAMES_REPLACED, emit, note, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, names_in
from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.stages.evaluate.differences import CodeDiffers, DifferenceMap, PassageDiffers

LISTED = 6
"""Passages named in a line of the map."""


def disagreements(
    context: typer.Context,
    readers: Annotated[str, typer.Option(metavar="A,B", help="Readers to compare. [default: all]")] = "",
    code: Annotated[str, typer.Option(metavar="CODE", help="Code to show disagreements on.")] = "",
    document: Annotated[str, typer.Option(metavar="DOC", help="Document to look in.")] = "",
    round_name: Annotated[str, typer.Option("--round", metavar="NAME", help="Round to look in.")] = "",
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Output file for the overview as an HTML page."),
    ] = None,
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Show real names on the page instead of pseudonyms.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show where readers code a passage differently. Prints the words, for discussion; nothing is
    measured.
    """
    names = names_in(readers)
    with opened_study(context) as study:
        found = find(study, readers=names, code=code, document=document, round_name=round_name)
        if html is not None:
            replaced = write_map(study, found, html, originals=originals)
            note(f"Written: {html}")
            if replaced:
                note(NAMES_REPLACED)
    if as_json:
        emit(found)
        return
    for line in map_lines(found):
        say(line)


def map_lines(found: DifferenceMap) -> Iterator[str]:
    """The map, then every passage."""
    yield from wrapped_lines(
        f"{shown_text(', '.join(found.readers))}: {counted(found.read_together, 'passage')} finished by two "
        f"or more, {len(found.passages)} read differently",
        "  ",
    )
    if found.waiting:
        yield from wrapped_lines(
            f"! {counted(found.waiting, 'more passage')} wait for a reader; nobody's codes are shown there "
            "yet.",
            "  ",
        )
    for left_out in left_out_lines(found.left_out):
        yield from wrapped_lines(left_out, "  ")
    if not found.passages:
        return
    yield "A difference is no error. No coefficient is made of it."
    yield ""
    for line in found.codes:
        more = f" and {len(line.passages) - LISTED} more" if len(line.passages) > LISTED else ""
        name = " ".join(filter(None, (line.code, line.label)))
        yield from wrapped_lines(
            f"{shown_text(name)}: {len(line.passages)} in {', '.join(line.passages[:LISTED])}{more}", "    "
        )
    for each in found.passages:
        yield ""
        yield from _passage(each)


def _passage(each: PassageDiffers) -> Iterator[str]:
    of_round = f"round {each.round}" if each.round else ""
    yield shown_text(" · ".join(filter(None, (each.passage, each.speaker, of_round))))
    yield from wrapped_lines(shown_text(" ".join(each.text.split())), "    ", "    ")
    for code in each.codes:
        yield from wrapped_lines(f"  {shown_text(_said(code))}", "      ")
        for mark in code.marks:
            told = [f"“{' '.join(mark.words.split())}”"] if mark.words else []
            told += [f"{name}: {', '.join(values)}" for name, values in mark.attributes.items()]
            if told:
                yield from wrapped_lines(
                    f"      {shown_text(mark.reader)}: {shown_text('; '.join(told))}", " " * 8
                )
    if each.alike:
        yield from wrapped_lines(f"  Alike: {', '.join(each.alike)}", "      ")
    for remark in each.remarks:
        yield from wrapped_lines(f"  {shown_text(remark.reader)} notes: {shown_text(remark.note)}", "      ")


def _said(code: CodeDiffers) -> str:
    name = " ".join(filter(None, (code.code, code.label)))
    if "code" in code.in_what:
        return f"{name}: {', '.join(code.gave)}; not {', '.join(code.did_not)}"
    how = {"attributes": "described otherwise", "words": "on other words"}
    return f"{name}: all of them, {' and '.join(how[each] for each in code.in_what)}"
