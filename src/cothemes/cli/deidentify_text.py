"""What `cothemes deidentify` found, in words and as scripts read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cothemes.cli.console import note, print_table, say
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.privacy.deidentify import DeidentifyReport, DocumentFound, Sight

FEW = 5
"""Documents up to which every rule is shown with examples."""
EXAMPLES = 2


def _shown(report: DeidentifyReport, wanted: list[str]) -> list[DocumentFound]:
    return [found for found in report.documents if not wanted or found.document.slug in wanted]


def show_found(report: DeidentifyReport, wanted: list[str], originals: bool) -> None:
    """What was found, document by document, and what is to be done next."""
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
    mark = sight.pseudonym if sight.replaced else f"{sight.pseudonym}?"
    words = f"{mark} = {sight.original}" if originals else mark
    return shown_text(" ".join(f"…{sight.before}«{words}»{sight.after}…".split()))


def found_as_json(report: DeidentifyReport, wanted: list[str], originals: bool) -> dict[str, Any]:
    """The same as scripts read it. Originals stand in it only where they were asked for."""
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
