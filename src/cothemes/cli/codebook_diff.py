"""`cothemes codebook diff`: what changed, what it touches, what recoding costs, and why it was done."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.codebook.diff import codebook_diff
from cothemes.app.findings.codebook_versions import codebook_pair
from cothemes.cli.console import emit, note, say_lines, stdout
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, NewArgument, OldArgument
from cothemes.presentation.codebook_diff_text import diff_lines
from cothemes.presentation.codebook_pair_text import codebook_pair_lines, codebook_pair_page
from cothemes.presentation.pages import PageHead


def diff(
    context: typer.Context,
    old: OldArgument = "",
    new: NewArgument = "",
    beside: Annotated[
        bool, typer.Option("--side-by-side", help="Print only the texts that differ, in two columns.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Output file for both versions side by side on one page."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed in the codebook and what recoding costs.

    Removed words are printed as [-removed-] and added words as {+added+}. Decisions under an old wording
    stay under it. They are never pooled with new ones, unless a person declares that both wordings mean
    the same: codebook note --same.
    """
    with opened_study(context) as study:
        pair = codebook_pair(study, old, new) if beside or html is not None else None
        found = codebook_diff(study, old, new) if as_json or pair is None else None
        if pair is not None and html is not None:
            head = PageHead(pair.title, wiring.clock().now())
            wiring.write_text(html, codebook_pair_page(pair, head))
    if html is not None:
        note(f"{html} written.")
    if as_json and found is not None:
        emit(found)
    elif pair is not None and beside:
        say_lines(codebook_pair_lines(pair, stdout().width))
    elif found is not None:
        say_lines(diff_lines(found))
