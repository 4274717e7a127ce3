"""`cothemes codebook check` and `cothemes codebook show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.codebook.check import chosen_codes, codebook_check, codebook_faults
from cothemes.app.codebook.probes import CodebookTrial, try_codebook
from cothemes.app.coders.propose import ProposeOptions, settings_for
from cothemes.app.review.memos import code_memos
from cothemes.app.study import load_codebook
from cothemes.cli import (
    codebook_candidates,
    codebook_diff,
    codebook_drafts,
    codebook_history,
    codebook_import,
    codebook_operations,
    codebook_recode,
    codebook_retest,
)
from cothemes.cli.console import emit, progress, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import BaseUrlOption, JsonOption, ModelOption, names_in
from cothemes.errors import CodebookError, UsageError
from cothemes.presentation.codebook_text import check_lines, codes_in_full_lines, tree_lines
from cothemes.presentation.memo_text import memo_lines
from cothemes.stages.propose.model.probes import probes_of

if TYPE_CHECKING:
    from cothemes.app.study import Study
    from cothemes.records.codebook import Codebook
    from cothemes.records.problem import Problem

app = typer.Typer(
    no_args_is_help=True,
    help="Check, show and change the codebook, and see what a change costs.",
    rich_markup_mode=None,
)

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Codebook file. [default: the study's own]", show_default=False),
]


@app.command("check")
def check(
    context: typer.Context,
    file: FileArgument = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Also test the codebook's own texts on a model.")
    ] = False,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            min=0,
            help="Spending limit in the currency of the prices. Stops before it is exceeded.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Report every problem in the codebook with its path and line."""
    if with_model and file is not None:
        raise UsageError(
            "a model is asked on behalf of a study, about the study's own codebook",
            hint="Leave FILE out.",
        )

    try:
        codebook, warnings = _read(context, file)
    except CodebookError as error:
        if as_json:
            emit(codebook_faults(error))
        raise
    trial = None
    if with_model:
        with opened_study(context) as study:
            trial = _tried(study, model, base_url, budget, quiet=as_json)
    found = codebook_check(codebook, warnings, trial)
    if as_json:
        emit(found)
    else:
        say_lines(check_lines(found))


def _tried(study: Study, model: str, base_url: str, budget: float | None, *, quiet: bool) -> CodebookTrial:
    settings = settings_for(study, ProposeOptions(model=model, base_url=base_url))
    if not settings.model.name:
        raise UsageError("no model is named", hint="Give --model PROVIDER:NAME.")
    with progress("Trying the codebook", 2 * len(probes_of(study.codebook)), quiet=quiet) as advance:
        return try_codebook(study, settings, budget=budget, progress=advance)


@app.command("show")
def show(
    context: typer.Context,
    file: FileArgument = None,
    code: Annotated[str, typer.Option("--code", metavar="A1,B2", help="Codes to show in full.")] = "",
    theme: Annotated[
        str, typer.Option("--theme", metavar="A", help="Theme to show, with its codes' short definitions.")
    ] = "",
    briefs: Annotated[
        bool, typer.Option("--briefs", help="Show all codes with their short definitions.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show themes and codes as a tree, or some codes in full."""
    codebook, _ = _read(context, file)
    chosen = chosen_codes(codebook, names_in(code), theme)
    codes = chosen.root
    if as_json:
        emit(codebook if not codes else codes[0] if len(codes) == 1 else chosen)
    elif codes:
        say_lines(codes_in_full_lines(codebook, codes))
        if file is None:
            with opened_study(context) as study:
                memos = code_memos(study, [each.id for each in codes]).root
            for one in memos:
                say_lines(memo_lines(one))
    else:
        say_lines(tree_lines(codebook, theme, briefs=briefs or bool(theme)))


def _read(context: typer.Context, file: Path | None) -> tuple[Codebook, tuple[Problem, ...]]:
    if file is not None:
        return load_codebook(file)
    with opened_study(context) as study:
        return study.codebook, study.codebook_warnings


app.command("import")(codebook_import.import_)
app.command("export")(codebook_import.export)
app.command("diff")(codebook_diff.diff)
app.command("note")(codebook_history.note)
app.command("log")(codebook_history.log)
app.command("recode")(codebook_recode.recode)
app.command("retest")(codebook_retest.retest)
app.command("candidates")(codebook_candidates.candidates)
app.command("adopt")(codebook_candidates.adopt)
app.command("dismiss")(codebook_candidates.dismiss)
app.command("add")(codebook_operations.add)
app.command("rename")(codebook_operations.rename)
app.command("move")(codebook_operations.move)
app.command("merge")(codebook_operations.merge)
app.command("split")(codebook_operations.split)
app.command("retire")(codebook_operations.retire)
app.command("undo")(codebook_operations.undo)
app.command("history")(codebook_operations.history)
app.command("drafts")(codebook_drafts.drafts)
app.command("publish")(codebook_drafts.publish)
app.command("discard")(codebook_drafts.discard)
