"""Text on what is sent to models, and on what was found to be replaced in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.records.access import AccessKind
from cothemes.records.text import counted

if TYPE_CHECKING:
    # `status` prints two lines from here, and would wait for all of these modules.
    from cothemes.app.privacy.access import AccessLog
    from cothemes.app.privacy.backup import BackupReport, RestoreReport
    from cothemes.app.privacy.deidentify import DocumentSearched, Place, SearchReport
    from cothemes.app.privacy.forget import ForgetReport, WrittenFile
    from cothemes.app.privacy.redact import RedactReport
    from cothemes.app.privacy.retention import Retention
    from cothemes.app.privacy.sent import SentWithoutConsent

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


def retention_line(found: Retention) -> Unbroken:
    """Return the reminder of the retention date."""
    left = found.days_left
    when = f"{counted(-left, 'day')} ago" if left < 0 else f"in {counted(left, 'day')}"
    return Unbroken(
        f"Retention  {counted(found.documents, 'document')} held; the last day is {found.until} ({when}). "
        f"To erase them: {found.todo}"
    )


def forgotten_lines(report: ForgetReport) -> Iterator[Line]:
    """Yield what was erased of a document, and what a person has to do."""
    counts = ", ".join(f"{count} {what}" for what, count in report.erased.items() if count)
    yield f"{report.document} was forgotten ({report.reason}): {counts}."
    yield "Its file is refused from now on. Type `cothemes index` to make the vector store anew."
    yield "Out of reach from here; for you to do:"
    for task in report.remaining:
        yield f"  - {task}"


def written_lines(files: Sequence[WrittenFile]) -> Iterator[Line]:
    """Yield the exports, packages and backups that may hold words that were erased."""
    if files:
        yield "Files that commands wrote while the text was in the study; delete or replace them:"
    for each in files:
        yield Unbroken(f"  - {each.path}: {each.command}, {each.at:%Y-%m-%d}, {each.by or '–'}: {each.state}")


def backup_lines(made: BackupReport) -> Iterator[Line]:
    """Yield what was written, and which older backups hold words that were erased since."""
    yield Unbroken(f"{made.file}: {made.bytes / 1024:,.0f} KB, {counted(made.documents, 'document')}.")
    yield "It holds whole transcripts: keep it as you keep them."
    if made.older:
        yield "Older backups hold words that were erased since; delete them:"
    for each in made.older:
        names = ", ".join((*each.forgotten, *each.redacted))
        there = "" if each.there else " (not there now)"
        yield Unbroken(f"  - {each.path}{there}, {each.made:%Y-%m-%d}: {names}")


def restore_lines(made: RestoreReport) -> Iterator[Line]:
    """Yield what was restored and what was erased again."""
    yield Unbroken(f"{made.folder}: {made.title}, as of {made.made:%Y-%m-%d %H:%M} UTC.")
    yield f"{counted(made.documents, 'document')}. To make vectors anew, type cothemes index --rebuild there."
    if not made.tombstones:
        yield (
            "No record of later erasures was given. If consent was withdrawn since, restore with "
            "--tombstones, or type cothemes forget there."
        )
    if made.forgotten:
        yield f"Erased again: {', '.join(made.forgotten)}."
    if made.redacted:
        yield f"Redacted again: {', '.join(made.redacted)}."
    for each in made.to_redact:
        yield Unbroken(
            f"{each.document} was redacted on {each.at:%Y-%m-%d}, and its words are back: {each.todo}"
        )


def redacted_lines(found: Sequence[RedactReport]) -> Iterator[Line]:
    """Yield what was erased from earlier texts, and what a person has to do."""
    for report in found:
        counts = ", ".join(f"{count} {what}" for what, count in report.erased.items())
        yield f"{report.document}: the words that its text has no more were erased ({counts})."
        for task in report.remaining:
            yield f"  - {task}"


def access_lines(log: AccessLog) -> Iterator[Line]:
    """Yield the access log, oldest entry first."""
    if not log.entries:
        yield "Nothing was shown, written or sent yet."
        return
    for each in log.entries:
        when = f"{each.at:%Y-%m-%d %H:%M}"
        if each.calls is None:
            told = f"{when}  {each.by or '–'}: {each.command}, words: {each.words}"
        else:
            until = f" to {each.until:%Y-%m-%d %H:%M}" if each.until else ""
            told = f"{when}{until}  {counted(each.calls, 'request')} of {each.command}, words: {each.words}"
        yield Unbroken(told)
        if each.place:
            yield Unbroken(f"    {each.place}{' (not there)' if each.there is False else ''}")
    if any(each.kind is AccessKind.SENT for each in log.entries):
        yield "Requests to models are summed by run and endpoint."


def _reviewed(found: DocumentSearched) -> str:
    if found.reviewed and found.reviewed_at is not None:
        return f"{found.reviewer}, {found.reviewed_at.date()}"
    return "changed since" if found.reviewer else "no"


def _rule_lines(found: DocumentSearched) -> Iterator[str]:
    from cothemes.app.privacy.deidentify import in_context

    yield f"\n{found.document}"
    by_rule: dict[str, list[Place]] = {}
    for place in found.found:
        by_rule.setdefault(place.rule if place.replaced else f"{place.rule}, left", []).append(place)
    for rule, places in by_rule.items():
        yield f"  {rule}: {len(places)}"
        for place in places[:EXAMPLES]:
            yield f"    {in_context(place, original=place.original)}"
