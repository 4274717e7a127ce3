"""`cothemes doctor`: what works on this machine."""

from __future__ import annotations

import typer

from cothemes.cli.invocation import Invocation, JsonOption


def doctor(context: typer.Context, as_json: JsonOption = False) -> None:
    """Try each part, and say what to do about it. Every part is tried for real."""
    from dataclasses import asdict

    from cothemes.app.steps.doctor import examine
    from cothemes.app.study import find_study
    from cothemes.cli.console import emit_json, say
    from cothemes.errors import PartialError, StudyNotFound

    invocation: Invocation = context.obj
    try:
        study = find_study(invocation.folder, given=invocation.folder is not None)
    except StudyNotFound:
        if invocation.folder is not None:
            raise
        study = None
    findings = []
    for finding in examine(study):
        findings.append(finding)
        if not as_json:
            say(f"{'ok  ' if finding.works else 'FAIL'} {finding.what}: {finding.detail}")
            if finding.to_do:
                say(f"     → {finding.to_do}")
    if as_json:
        emit_json([asdict(finding) for finding in findings])
    if study is None and not as_json:
        say("No study here: `cothemes init DIR` makes one.")
    failed = [finding.what for finding in findings if not finding.works]
    if failed:
        raise PartialError(f"{', '.join(failed)}: not working", hint="Do what the lines above say.")
