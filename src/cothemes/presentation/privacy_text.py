"""Text on what is sent to models, and on what was found to be replaced in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.app.privacy.deidentify import DocumentSearched, Place, SearchReport, in_context
from cothemes.app.privacy.sent import SentWithoutConsent
from cothemes.presentation.lines import Line, Table
from cothemes.records.text import counted

FEW = 5
"""Documents up to which every rule is shown with examples."""
EXAMPLES = 2


def sent_lines(found: Sequence[SentWithoutConsent]) -> Iterator[str]:
    """Yield a sentence for each document and endpoint that it was sent to and may not be sent to now."""
    for each in found:
        first, last = f"{each.first:%Y-%m-%d}", f"{each.last:%Y-%m-%d}"
        when = f"on {first}" if first == last else f"between {first} and {last}"
        yield (
            f"{counted(each.passages, 'passage')} of {each.document} went to {each.endpoint} "
            f"{when}, and now {each.reason}. What the provider keeps, only the provider can delete. "
            f"To erase the document here: {each.forget}"
        )


def found_lines(report: SearchReport) -> Iterator[Line]:
    """Yield what was found, document by document."""
    yield Table(
        ("document", "replaced", "uncertain", "reviewed", "remote models"),
        [
            (
                found.document,
                found.replaced,
                found.doubtful,
                _reviewed(found),
                "yes" if found.remote_models else "no",
            )
            for found in report.documents
        ],
        right=(1, 2),
    )
    if len(report.documents) <= FEW:
        for found in report.documents:
            yield from _rule_lines(found)
    pseudonyms = len({each.pseudonym for each in report.pseudonyms})
    yield (
        f"{len(report.pseudonyms)} originals under {pseudonyms} pseudonyms, {report.new} of them new."
        + ("" if report.stored else " Nothing was stored.")
    )


def found_notes(report: SearchReport) -> Iterator[str]:
    """Yield what a person should know before they accept it."""
    refused = [found for found in report.documents if not found.remote_models]
    if refused:
        yield f"{len(refused)} may not go to a remote model: {refused[0].reason}."
    for place in report.beside:
        yield f"Goes along with every passage: {place}."
    if report.beside:
        yield "Where a pseudonym replaces a word of the codebook itself, say so in --review."
    yield "Names alone do not identify people: a role and a place do too. Read the texts before accepting."


def next_lines(report: SearchReport) -> Iterator[str]:
    """Yield what to type next."""
    if report.stored and not all(found.reviewed for found in report.documents):
        yield "Next: cothemes deidentify --review, then cothemes deidentify --accept DOC…"


def _reviewed(found: DocumentSearched) -> str:
    if found.reviewed and found.reviewed_at is not None:
        return f"{found.reviewer}, {found.reviewed_at.date()}"
    return "changed since" if found.reviewer else "no"


def _rule_lines(found: DocumentSearched) -> Iterator[str]:
    yield f"\n{found.document}"
    by_rule: dict[str, list[Place]] = {}
    for place in found.found:
        by_rule.setdefault(place.rule if place.replaced else f"{place.rule}, left", []).append(place)
    for rule, places in by_rule.items():
        yield f"  {rule}: {len(places)}"
        for place in places[:EXAMPLES]:
            yield f"    {in_context(place, original=place.original)}"
