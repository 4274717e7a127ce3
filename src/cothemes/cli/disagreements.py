"""`cothemes disagreements`: where readings differ, to be talked over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.figures.disagreements import disagreements as find
from cothemes.app.figures.disagreements import to_publish
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.cli.console import NAMES_REPLACED, emit, note, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import JsonOption, NumberedOption, names_in
from cothemes.presentation.disagreement_text import map_lines
from cothemes.presentation.pages import PageHead, difference_page


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
    numbered: NumberedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show where readers code a passage differently. Prints the words, for discussion; nothing is
    measured.
    """
    names = names_in(readers)
    with opened_study(context) as study:
        found = find(study, readers=names, code=code, document=document, round_name=round_name)
        ids = short_ids(study)
        if numbered:
            found = with_numbers(found, coder_numbers(study))
        if html is not None:
            shown = to_publish(study, found, originals=originals)
            head = PageHead(study.settings.study.title, wiring.clock().now(), synthetic=shown.synthetic)
            wiring.write_text(html, difference_page(shown.map, head, pseudonyms=shown.pseudonyms))
            note(f"Written: {html}")
            if shown.pseudonyms:
                note(NAMES_REPLACED)
    if as_json:
        emit(found)
        return
    say_lines(map_lines(found, ids))
