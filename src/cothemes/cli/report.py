"""`cothemes report`: findings and methods on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.app.findings.report import report as run
from cothemes.cli.console import NAMES_REPLACED, emit, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    CombineChoice,
    CombineOption,
    JsonOption,
    NumberedOption,
    RollUpOption,
    WithAutoOption,
)
from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.pages import PageHead
from cothemes.presentation.report_page import report_page
from cothemes.records.code_names import CodeNames
from cothemes.records.combine import Combine
from cothemes.records.text import counted
from cothemes.stages.exchange.basis import Source
from cothemes.stages.exchange.findings import recoded_words


def report(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT.html",
            help="HTML page, or Word document (.docx), to write. An existing file is replaced.",
        ),
    ],
    quotes: Annotated[int, typer.Option(min=0, max=50, help="Number of quotes per code.")] = 3,
    memos: Annotated[bool, typer.Option("--memos/--no-memos", help="Include memos as an appendix.")] = True,
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Show real names instead of pseudonyms.")
    ] = False,
    combine: CombineOption = CombineChoice.ANY,
    numbered: NumberedOption = False,
    roll_up: RollUpOption = False,
    with_auto: WithAutoOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write findings and methods as one page. The page is self-contained."""
    with opened_study(context) as study:
        found = run(
            study,
            quotes=quotes,
            memos=memos,
            originals=originals,
            combine=Combine(combine.value),
            roll_up=roll_up,
        )
        if numbered:
            found = with_numbers(found, coder_numbers(study))
        former = CodeNames(study.store.operations.all()).former
    page = report_page(found, PageHead(found.title, wiring.clock().now(), former=former))
    drawings = 0
    if out.suffix.lower() == ".docx":
        drawings = wiring.write_docx_page(out, page)
    else:
        wiring.write_text(out, page)
    made = found.made(out)
    if as_json:
        emit(made)
        return
    passages, codes = counted(made.passages, "passage"), counted(made.codes_used, "code")
    if made.basis is Source.SUGGESTED:
        say(f"{made.passages_counted} of {passages} coded by a coder, read by nobody; {codes} suggested.")
    else:
        say(f"{made.passages_counted} of {passages} counted, {codes} in use.")
    say(found.findings.basis.sentence)
    for code, counts in made.recoded.items():
        say(f"{code}: {recoded_words(counts)} under its present meaning.")
    say_lines(left_out_lines(made.left_out))
    if made.pseudonyms:
        say(NAMES_REPLACED)
    if drawings:
        say(f"{counted(drawings, 'drawing')} left out: write an .html page to see them.")
    say(f"Written: {out}")
