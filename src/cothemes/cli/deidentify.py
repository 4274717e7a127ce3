"""`cothemes deidentify`: names and numbers of people, found and replaced before a remote call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.cli.invocation import JsonOption, opened_study

if TYPE_CHECKING:
    from cothemes.app.steps.deidentify import DeidentifyReport, DocumentFound, Sight
    from cothemes.app.study import Study

FEW = 5
"""Documents up to which every rule is shown with examples."""
EXAMPLES = 2


def deidentify(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[DOC…]", help="Show, or accept, only these.")
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Names, one a line, or a table: name,replacement,kind; = leaves a name."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Show what would be found; store nothing.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Go through what was found: yes, no, or another pseudonym.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Mark DOC…, or --all, as read by you just as they would leave.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="With --accept: every document.")] = False,
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who reviews; needed where there are several.")
    ] = "",
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Show what was found, not only what stands for it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find names and numbers of people. Pseudonyms stand for them in what is sent to a model."""
    from cothemes.app.steps.deidentify import deidentify as run
    from cothemes.app.steps.deidentify import known_documents
    from cothemes.cli.console import emit_json, progress
    from cothemes.errors import UsageError

    if sum((check, review, accept)) > 1 or (every and not accept):
        raise UsageError(
            "these options do not go together",
            hint="Use one of --check, --review and --accept; --all goes with --accept.",
        )
    wanted = documents or []
    with opened_study(context) as study:
        if accept:
            _accept(study, wanted, every, name, as_json)
            return
        slugs = [document.slug for document in study.store.documents.all()]
        known_documents(slugs, wanted)
        with progress("Searching", len(slugs), quiet=as_json) as advance:
            report = run(study, names=names, check_only=check, progress=advance)
        if review:
            from cothemes.cli.pseudonym_review import PseudonymReview

            PseudonymReview(study, _who(study, name), report, originals=originals).run(wanted)
            return
    if as_json:
        emit_json(_as_json(report, wanted, originals))
    else:
        _show(report, wanted, originals)


def _who(study: Study, name: str) -> str:
    from cothemes.app.steps.reviewers import only_reviewer, registered

    return registered(study, [name])[0] if name else only_reviewer(study)


def _accept(study: Study, wanted: list[str], every: bool, name: str, as_json: bool) -> None:
    from cothemes.app.steps.deidentify import accept as run
    from cothemes.cli.console import emit_json, say
    from cothemes.errors import UsageError

    if bool(wanted) == every:
        raise UsageError("say which documents were read", hint="Name them, or give --all.")
    who = _who(study, name)
    read = run(study, wanted, who)
    if as_json:
        emit_json([state.model_dump(mode="json", exclude={"found", "reviewed"}) for state in read])
        return
    say(f"{len(read)} documents are marked as read by {who}. A changed text or finding voids the mark.")


def _shown(report: DeidentifyReport, wanted: list[str]) -> list[DocumentFound]:
    return [found for found in report.documents if not wanted or found.document.slug in wanted]


def _show(report: DeidentifyReport, wanted: list[str], originals: bool) -> None:
    from cothemes.cli.console import note, print_table, say

    shown = _shown(report, wanted)
    print_table(
        ("document", "replaced", "doubtful", "reviewed", "remote models"),
        [
            (
                found.document.slug,
                sum(found.rules.values()),
                found.left,
                _reviewed(found),
                "no" if found.no_consent else "yes",
            )
            for found in shown
        ],
        right=(1, 2),
    )
    if len(shown) <= FEW:
        for found in shown:
            _show_rules(found, originals)
    pseudonyms = len({each.entry.pseudonym for each in report.entries})
    say(
        f"{len(report.entries)} originals under {pseudonyms} pseudonyms, {report.new} of them new."
        + ("" if report.stored else " Nothing was stored.")
    )
    refused = [found for found in shown if found.no_consent]
    if refused:
        note(f"{len(refused)} may not go to a remote model: {refused[0].no_consent}.")
    for place in report.beside:
        note(f"Goes along with every passage: {place}.")
    if report.beside:
        note("Where a pseudonym stands for a word of the codebook itself, say so in --review.")
    note("Names alone do not identify people: a role and a place do too. Read the texts before accepting.")
    if report.stored and not all(found.reviewed for found in shown):
        say("Next: cothemes deidentify --review, then cothemes deidentify --accept DOC…")


def _reviewed(found: DocumentFound) -> str:
    state = found.state
    if found.reviewed and state.at is not None:
        return f"{state.reviewer}, {state.at.date()}"
    return "changed since" if state.reviewed else "no"


def _show_rules(found: DocumentFound, originals: bool) -> None:
    from cothemes.cli.console import say

    say(f"\n{found.document.slug}")
    for rule, sights in _by_rule(found).items():
        say(f"  {rule}: {len(sights)}")
        for sight in sights[:EXAMPLES]:
            say(f"    {in_context(sight, originals)}")


def _by_rule(found: DocumentFound) -> dict[str, list[Sight]]:
    rules: dict[str, list[Sight]] = {}
    for sight in found.sights:
        rules.setdefault(sight.rule if sight.replaced else f"{sight.rule}, left", []).append(sight)
    return rules


def in_context(sight: Sight, originals: bool) -> str:
    """The words around a place on one line, all of them as they would leave."""
    from cothemes.records.text import shown_text

    mark = sight.pseudonym if sight.replaced else f"{sight.pseudonym}?"
    words = f"{mark} = {sight.original}" if originals else mark
    return shown_text(" ".join(f"…{sight.before}«{words}»{sight.after}…".split()))


def _as_json(report: DeidentifyReport, wanted: list[str], originals: bool) -> dict[str, Any]:
    return {
        "stored": report.stored,
        "new": report.new,
        "beside": list(report.beside),
        "documents": [
            {
                "document": found.document.slug,
                "rules": found.rules,
                "replaced": sum(found.rules.values()),
                "doubtful": found.left,
                "searched": found.state.searched.isoformat(),
                "reviewed": found.reviewed,
                "reviewer": found.state.reviewer or None,
                "reviewed_at": found.state.at.isoformat() if found.state.at else None,
                "remote_models": found.no_consent is None,
                "reason": found.no_consent,
                "found": [
                    {
                        "rule": sight.rule,
                        "pseudonym": sight.pseudonym,
                        "replaced": sight.replaced,
                        "context": in_context(sight, False),
                        **({"original": sight.original} if originals else {}),
                    }
                    for sight in found.sights
                ],
            }
            for found in _shown(report, wanted)
        ],
        "pseudonyms": [
            {
                "pseudonym": each.entry.pseudonym,
                "kind": each.entry.kind,
                "rule": each.entry.rule,
                "treatment": each.entry.treatment.value,
                "settled": each.entry.settled,
                "documents": each.documents,
                "places": len(each.sights),
                **({"original": each.entry.original} if originals else {}),
            }
            for each in report.entries
        ],
    }
