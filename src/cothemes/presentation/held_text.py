"""All that is held about a participant, in words."""

from __future__ import annotations

from collections.abc import Iterator

from cothemes.app.privacy.held import Held, HeldDocument
from cothemes.presentation.lines import Line, Unbroken
from cothemes.records.text import counted, shown_text


def held_lines(found: Held) -> Iterator[Line]:
    """Yield counts and dates, document by document; the JSON and the folder of --out have every word."""
    yield f"{found.participant} in {found.study}, {found.at:%Y-%m-%d}"
    for each in found.documents:
        yield ""
        yield from map(Unbroken, map(shown_text, _document_lines(each)))
    yield ""
    yield "Every word: --json, or --out FOLDER. To erase it: cothemes forget --participant ID"


def held_page(found: Held) -> str:
    """Return the whole report as a text that a participant can read."""
    lines = [f"What the study “{found.study}” holds about {found.participant}, {found.at:%Y-%m-%d}"]
    for each in found.documents:
        lines += ["", *_document_lines(each), "", "Codes that people gave"]
        for decision in each.decisions:
            said = (
                f"  {decision.at:%Y-%m-%d}  {decision.by}: {decision.action} {decision.code or ''}".rstrip()
            )
            said += f" on {decision.passage}"
            said += f", “{decision.quote}”" if decision.quote else ""
            lines.append(said + (f", note: {decision.note}" if decision.note else ""))
        lines += ["", "Codes that a computer suggested"]
        for suggestion in each.suggestions:
            quotes = "; ".join(f"“{quote}”" for quote in suggestion.quotes)
            told = f"  {suggestion.rater}: {suggestion.code} on {suggestion.passage}, {quotes}"
            lines.append(told + (f", because: {suggestion.reason}" if suggestion.reason else ""))
        lines += ["", "Memos", *(f"  {memo.at:%Y-%m-%d}  {memo.by}: {memo.text}" for memo in each.memos)]
        lines += ["", "Passages"]
        for passage in each.passages:
            lines += ["", f"{passage.passage}, {passage.speaker or 'no speaker'}", passage.text]
    return "\n".join(lines) + "\n"


def _document_lines(each: HeldDocument) -> Iterator[str]:
    yield f"{each.document}: {each.title or each.file} ({each.kind.value})"
    if each.others:
        yield f"  also holds words of {', '.join(each.others)}"
    told = ", ".join(f"{name}: {value}" for name, value in each.metadata.items())
    if told:
        yield f"  metadata: {told}"
    yield (
        f"  {counted(len(each.versions), 'version')} of the text, "
        f"{counted(sum(one.current for one in each.passages), 'passage')}"
    )
    yield (
        f"  {counted(len(each.decisions), 'decision')} by people, "
        f"{counted(len(each.suggestions), 'suggestion')}, {counted(len(each.memos), 'memo')}, "
        f"{counted(len(each.ratings), 'imported rating')}"
    )
    if each.pseudonyms:
        yield f"  {counted(len(each.pseudonyms), 'name')} found in it, with pseudonyms"
    for one in each.calls:
        place = "" if one.remote else ", on this machine"
        yield (
            f"  {counted(one.calls, 'request')} to {one.endpoint}{place}, "
            f"{one.first:%Y-%m-%d} to {one.last:%Y-%m-%d}"
        )
    for file in each.files:
        gone = "" if file.there else ", not there now"
        yield f"  {file.command}, {file.at:%Y-%m-%d}, {file.by or '–'}: {file.path} ({file.words}{gone})"
