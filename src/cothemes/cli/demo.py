"""`cothemes demo`: the main job on the bundled study."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from cothemes.app.overview.demo import REPORT, REVIEWERS, make_demo
from cothemes.cli.console import emit_json, progress, say, typed
from cothemes.cli.ingest import show_files
from cothemes.cli.invocation import JsonOption
from cothemes.cli.propose import show_report
from cothemes.presentation.agreement_text import agreement_lines


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder to make.", show_default=True)
    ] = Path("demo-study"),
    as_json: JsonOption = False,
) -> None:
    """Make the bundled study and code it. Goes from files to report and needs no key and no network."""
    made = make_demo(folder, partial(progress, quiet=as_json))
    made.study.close()
    routed = made.pipeline.route
    drawn = routed.drawn if routed else 0
    proposed = made.pipeline.propose
    assert proposed is not None
    if as_json:
        emit_json(
            {
                "study": str(folder),
                "documents": len(made.pipeline.ingest.results),
                "passages": made.pipeline.index.indexed,
                "propose": proposed.model_dump(mode="json"),
                "routed": drawn,
                "agreement": made.agreement.as_json(),
                "report": str(made.report),
            }
        )
        return
    say("SYNTHETIC: every text and coding below is invented; it shows the layout, not quality.\n")
    say("1  Read, and cut into passages")
    show_files(made.pipeline.ingest)
    say(f"\n2  Indexed: {made.pipeline.index.indexed} passages in the vector store")
    say("\n3  Codes proposed")
    show_report(proposed)
    double = routed.double if routed else 0
    say(f"\n4  Routed to {' and '.join(REVIEWERS)}: {drawn} passages, {double} of them coded blind by both")
    say("\n5  Agreement of the sample's two synthetic raters")
    for line in agreement_lines(made.agreement):
        say(line)
    typed(f"\n6  Report: {folder / REPORT}")
    say("\nType next:")
    if activate := activation():
        typed(f"  source {activate}")
    typed(f"  cd {folder}")
    say(f"  cothemes review --as {REVIEWERS[0]}              triage; ? for help, q to quit")
    say('  cothemes search "nobody asked us"     passages near to a sentence')
    say("  cothemes quotes --code D4             what stands behind a code")
    say("  cothemes init mystudy                 a study of your own")


def activation() -> Path | None:
    """The script to source first, where the program was not called by its name alone."""
    script = Path(sys.prefix) / "bin" / "activate"
    if which("cothemes") or not script.is_file():
        return None
    here = Path.cwd()
    return script.relative_to(here) if script.is_relative_to(here) else script
