"""`cothemes demo`: the main job on the bundled study."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.overview.demo import REVIEWERS, DemoReport, make_demo
from cothemes.cli.console import emit, progress, say, say_lines, typed
from cothemes.cli.options import JsonOption
from cothemes.cli.propose import show_report
from cothemes.presentation.agreement_text import agreement_lines
from cothemes.presentation.ingest_text import ingest_lines
from cothemes.presentation.pages import PageHead
from cothemes.presentation.report_page import report_page

REPORT = "report.html"


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder to make.", show_default=True)
    ] = Path("demo-study"),
    as_json: JsonOption = False,
) -> None:
    """Make the bundled study and code it. Goes from files to report and needs no key and no network."""
    made = make_demo(folder, partial(progress, quiet=as_json))
    made.study.close()
    page = folder / REPORT
    wiring.write_text(page, report_page(made.report, PageHead(made.report.title, wiring.clock().now())))
    routed = made.pipeline.route
    drawn = routed.drawn if routed else 0
    proposed = made.pipeline.propose
    assert proposed is not None
    if as_json:
        emit(
            DemoReport(
                study=str(folder),
                documents=len(made.pipeline.ingest.files),
                passages=made.pipeline.index.indexed,
                propose=proposed,
                routed=drawn,
                agreement=made.agreement,
                report=str(page),
            )
        )
        return
    say("SYNTHETIC: every text and coding below is invented; it shows the layout, not quality.\n")
    say("1  Read, and cut into passages")
    say_lines(ingest_lines(made.pipeline.ingest))
    say(f"\n2  Indexed: {made.pipeline.index.indexed} passages in the vector store")
    say("\n3  Codes proposed")
    show_report(proposed)
    double = routed.double if routed else 0
    say(f"\n4  Routed to {' and '.join(REVIEWERS)}: {drawn} passages, {double} of them coded blind by both")
    say("\n5  Agreement of the sample's two synthetic raters")
    for line in agreement_lines(made.agreement):
        say(line)
    typed(f"\n6  Report: {page}")
    say("\nType next:")
    if activate := activation():
        typed(f"  source {activate}")
    typed(f"  cd {folder}")
    say(f"  cothemes review --as {REVIEWERS[0]}              triage; ? for help, q to quit")
    say('  cothemes search "nobody asked us"     passages near to a sentence')
    say("  cothemes quotes --code D4             quotes of a code")
    say("  cothemes init mystudy                 a study of your own")


def activation() -> Path | None:
    """The script to source first, where the program was not called by its name alone."""
    script = Path(sys.prefix) / "bin" / "activate"
    if which("cothemes") or not script.is_file():
        return None
    here = Path.cwd()
    return script.relative_to(here) if script.is_relative_to(here) else script
