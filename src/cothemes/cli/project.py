"""Projects of other programs (.qdpx): import and export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from cothemes.app.handover.archive import archive_attributes
from cothemes.app.handover.new_study import study_for_project
from cothemes.app.handover.project_export import export_codebook_qdc, export_project
from cothemes.app.handover.project_import import ProjectOptions, import_project
from cothemes.app.study import find_study
from cothemes.cli.console import NAMES_REPLACED, emit, say, say_lines, typed
from cothemes.cli.invocation import Invocation, opened_study
from cothemes.cli.options import names_in
from cothemes.errors import StudyNotFound, UsageError
from cothemes.presentation.exchange_text import (
    codebook_export_lines,
    project_export_lines,
    project_import_lines,
    rare_attributes_lines,
)
from cothemes.presentation.left_out import combined_lines, left_out_lines
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.stages.exchange.offsets import CODE_POINTS, Counting, counting_named

SUFFIX = ".qdpx"
ARCHIVE = "archive"
_TARGETS = {
    "": CODE_POINTS,
    "codepoints": CODE_POINTS,
    "utf16": Counting(utf16=True),
    ARCHIVE: CODE_POINTS,
}


def import_qdpx(
    context: typer.Context,
    file: Path,
    *,
    kind: str,
    offsets: str,
    complete: Sequence[str],
    models: str,
    replace: bool,
    as_json: bool,
) -> None:
    """A project: taken into the study, or into a new one where there is none."""
    options = ProjectOptions(
        kind=Kind(kind) if kind else None,
        offsets=counting_named(offsets) if offsets else None,
        complete=dict(complete_in(complete)),
        models=names_in(models),
        replace=replace,
    )
    invocation: Invocation = context.obj
    folder = invocation.folder
    made = False
    try:
        study = find_study(folder, given=folder is not None)
    except StudyNotFound:
        study = study_for_project(file, folder)
        made = True
    try:
        found = import_project(study, file, options, made=made)
    finally:
        study.close()
    if as_json:
        emit(found)
    else:
        say_lines(project_import_lines(found))


def export_qdpx(
    context: typer.Context, out: Path, *, originals: bool, combine: Combine, target: str, as_json: bool
) -> None:
    """The study as a project."""
    if out.suffix.lower() != SUFFIX:
        raise UsageError(f"{out.name} is no name for a project", hint=f"Call it {out.stem}{SUFFIX}.")
    if target not in _TARGETS:
        raise UsageError(f"{target!r} is no target", hint=f"One of: {', '.join(filter(None, _TARGETS))}.")
    with opened_study(context) as study:
        made = export_project(study, out, originals=originals, combine=combine, counting=_TARGETS[target])
        if target == ARCHIVE:
            rare = archive_attributes(study, originals=originals)
            made = made.model_copy(update={"rare_attributes": rare})
    if as_json:
        emit(made)
        return
    say_lines(project_export_lines(made))
    if made.pseudonyms:
        say(NAMES_REPLACED)
    say_lines(rare_attributes_lines(made.rare_attributes))
    say_lines(combined_lines(made.combined_by))
    say_lines(left_out_lines(made.left_out))
    if made.left_out_file:
        typed(f"What is left out is listed in {made.left_out_file}.")


def export_qdc(context: typer.Context, out: Path, *, as_json: bool) -> None:
    """The codebook for another program."""
    with opened_study(context) as study:
        made = export_codebook_qdc(study, out)
    if as_json:
        emit(made)
    else:
        say_lines(codebook_export_lines(made))


def complete_in(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield coder and documents of words such as `CODER=A,B`. Raises UsageError."""
    for word in words:
        coder, sign, documents = word.partition("=")
        if not sign or not coder.strip() or not names_in(documents):
            raise UsageError(
                f"{word!r} declares nothing",
                hint='Write --complete "CODER=DOCUMENT,DOCUMENT", or "CODER=*" for all documents.',
            )
        yield coder.strip(), names_in(documents)
