"""`cothemes codebook retest`: what a new wording made better and worse, on adjudicated passages."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.codebook.retest import retest_plan, run_retest, set_up
from cothemes.app.coders.propose import ProposeOptions
from cothemes.cli.console import emit, progress, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    BaseUrlOption,
    BudgetOption,
    CoderOption,
    JsonOption,
    ModelOption,
    NewArgument,
    OldArgument,
)
from cothemes.presentation.codebook_retest_text import retest_lines, retest_plan_lines


def retest(
    context: typer.Context,
    old: OldArgument = "",
    new: NewArgument = "",
    coder: CoderOption = None,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: BudgetOption = None,
    consensus: Annotated[
        str,
        typer.Option(
            "--consensus", metavar="RATER", help="Consensus rater to use, if several were imported."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked and what it would cost; ask nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Test old against new wording on settled passages.

    The same coder codes the same passages under both wordings and learns nothing from decisions. What people
    settled counts as right. Documents used to revise the codebook are never test data: those with a round
    called pilot, and those with `yes` in the metadata column used_for_revision. A model is asked, and paid,
    under both wordings.
    """
    wanted = ProposeOptions(
        coder=coder.value if coder else None, model=model, base_url=base_url, budget=budget
    )
    with opened_study(context) as study:
        asked = set_up(study, wanted, old, new, consensus)
        if dry_run:
            plan = retest_plan(asked)
            if as_json:
                emit(plan)
            else:
                say_lines(retest_plan_lines(plan))
            return
        with progress("Testing both wordings", 2 * len(asked.passages), quiet=as_json) as advance:
            found = run_retest(asked, budget=budget, progress=advance)
    if as_json:
        emit(found)
    else:
        say_lines(retest_lines(found))
