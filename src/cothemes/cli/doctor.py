"""`cothemes doctor`: what works on this machine."""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer

from cothemes.app.coders.propose import ProposeOptions, settings_for
from cothemes.app.overview.doctor import Findings, examine, examine_model
from cothemes.app.study import find_study
from cothemes.cli.console import emit, say, typed
from cothemes.cli.invocation import Invocation
from cothemes.cli.options import BaseUrlOption, JsonOption
from cothemes.errors import BudgetReached, PartialError, ServiceError, StudyNotFound


def doctor(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="PROVIDER:NAME",
            help="Model to test with one real call, which finds out how it returns JSON.",
        ),
    ] = "",
    base_url: BaseUrlOption = "",
    as_json: JsonOption = False,
) -> None:
    """Check each part of the program and report how to fix faults. Every part is really run."""
    invocation: Invocation = context.obj
    try:
        study = find_study(invocation.folder, given=invocation.folder is not None)
    except StudyNotFound:
        if invocation.folder is not None:
            raise
        study = None
    if model and study is None:
        raise StudyNotFound(
            "a call costs money and is written down in a study, and there is none here",
            hint="Make one: cothemes init DIR, then cothemes -C DIR doctor --model PROVIDER:NAME.",
        )
    called = (
        examine_model(study, settings_for(study, ProposeOptions(model=model, base_url=base_url)))
        if model and study is not None
        else ()
    )
    findings = []
    here = (each for each in examine(study) if not (model and each.what == "model"))
    for finding in chain(here, called):
        findings.append(finding)
        if not as_json:
            say(f"{'ok  ' if finding.works else 'FAIL'} {finding.what}: {finding.detail}")
            if finding.to_do:
                tell = typed if "\n" in finding.to_do else say
                tell(f"     → {finding.to_do}")
    if as_json:
        emit(Findings(tuple(findings)))
    if study is None and not as_json:
        say("No study here: `cothemes init DIR` makes one.")
    failed = [finding for finding in findings if not finding.works]
    if failed:
        worst = max(finding.exit_code for finding in failed)
        kinds = {kind.exit_code: kind for kind in (PartialError, BudgetReached, ServiceError)}
        names = ", ".join(finding.what for finding in failed)
        raise kinds.get(worst, PartialError)(f"{names}: not working", hint="Do what the lines above say.")
