"""`cothemes pack`: a reviewer's own package, and what `import` says of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.handover.copies import folder_for
from cothemes.app.handover.pack import PackReport
from cothemes.app.handover.pack import pack as made
from cothemes.app.handover.unpack import PackageImport, load_package, open_package, take_in
from cothemes.app.study import Study, find_study
from cothemes.cli.console import emit, note, say, typed
from cothemes.cli.invocation import Invocation, opened_study
from cothemes.cli.options import AsOption, JsonOption
from cothemes.errors import PartialError, StudyNotFound
from cothemes.records.package import Origin
from cothemes.records.text import counted

LISTED = 20


def pack(
    context: typer.Context,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Zip file to write. An existing file is replaced.")
    ],
    name: AsOption,
    as_json: JsonOption = False,
) -> None:
    """Write a reviewer's package. Use it to code on another laptop and to bring the decisions back.

    A package holds what the reviewer's own cards show, nobody else's work, and no suggestion for a passage
    that is still to be coded blind. `cothemes import` opens it, and merges it when it comes back.
    """
    with opened_study(context) as study:
        report = made(study, name, out)
    if as_json:
        emit(report)
    else:
        _show_pack(report)


def _show_pack(report: PackReport) -> None:
    typed(f"{report.path}: {report.size / 1024:,.0f} KB, for {report.reviewer} alone.")
    if report.origin is Origin.COPY:
        say(f"It holds {counted(report.decisions, 'decision')} and no texts. At home:")
        typed(f"  cothemes import {report.path.name}")
        return
    arms = ", ".join(f"{count} {arm}" for arm, count in report.arms.items())
    say(
        f"{counted(report.passages, 'passage')} ({arms}) of {counted(report.documents, 'document')}, "
        f"{report.open} not done."
    )
    say(
        f"{counted(report.decisions, 'decision')} of {report.reviewer}; "
        f"{counted(report.suggestions, 'suggestion')}."
    )
    closed = report.arms.get("reveal", 0) - report.opened
    if closed:
        say(
            f"{closed} reveal passages go without suggestions: they are coded blind there; the suggestions "
            "follow in a new package once that came home."
        )
    note("It holds whole transcripts as plain text: send it as you would send them.")
    say("On the other laptop:")
    typed(f"  cothemes import {report.path.name}")


def import_package(
    context: typer.Context, file: Path, *, other_codebook: bool, same_person: bool | None, as_json: bool
) -> None:
    """A package: opened as a new folder, brought into a copy, or merged into its study."""
    package = load_package(file)
    invocation: Invocation = context.obj
    folder = invocation.folder
    study: Study | None
    try:
        study = find_study(folder, given=folder is not None)
    except StudyNotFound:
        named = folder or Path(folder_for(package.manifest))
        try:
            study = find_study(named, given=True)
        except StudyNotFound:
            study = None
    if study is None:
        found = open_package(package, named, str(file))
    else:
        try:
            found = take_in(study, package, str(file), other_codebook=other_codebook, same_person=same_person)
        finally:
            study.close()
    if as_json:
        emit(found)
    else:
        _show(found)
    if found.left_out:
        raise PartialError(
            f"the decisions on {len(found.left_out)} passages were not taken in",
            hint="They stay in the package; what is listed above says what to do. Import it again after.",
        )


def _show(found: PackageImport) -> None:
    name, brought = found.reviewer, found.brought
    if brought is not None:
        typed(f"{'Made' if brought.made else 'Brought up to date'}: {brought.folder}, {name}'s copy.")
        say(f"{counted(brought.passages, 'passage')} of {counted(brought.documents, 'document')}.")
        for slug in brought.withdrawn:
            note(f"{slug} is no longer assigned to {name}. Erase it here: cothemes forget {slug}")
        if brought.given_on:
            listed = ", ".join(brought.given_on[:5]) + (", …" if len(brought.given_on) > 5 else "")
            note(f"No longer {name}'s, and not taken in at home: {listed}. Leave them as they are.")
    if brought is None or not brought.made:
        say(
            f"{counted(found.new, 'decision')} of {name} on {counted(found.passages, 'passage')} taken "
            f"in, {found.known} there already."
        )
    if found.other_wording:
        say(
            f"{found.other_wording} of them were made under another codebook than today's and keep "
            "theirs; codes that were worded otherwise are not pooled."
        )
    for left in found.left_out[:LISTED]:
        say(f"left out: {left.passage}: {left.why} ({counted(left.decisions, 'decision')})\n  → {left.hint}")
    if len(found.left_out) > LISTED:
        say(f"… and {len(found.left_out) - LISTED} more (--json lists all)")
    if brought is not None:
        say("Go on:")
        typed(f"  cothemes -C {brought.folder} review --as {_quoted(name)}")
        typed(f"  cothemes -C {brought.folder} pack --as {_quoted(name)} back.zip")


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'
