"""A change of the codebook for a terminal: what reads differently, what it touches, what recoding takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table
from cothemes.presentation.wrapping import hanging
from cothemes.records.price import NANOS, amount
from cothemes.records.text import shown_text
from cothemes.stages.codebook_change.words import Stretch, marked
from cothemes.stages.review.working_time import LEAST_FINISHED

if TYPE_CHECKING:
    from cothemes.app.codebook.diff import ChangedAround, ChangedText, CodebookDiff, CoderLoad, ReviewerLoad

LISTED = 12
"""Codes that a command names in one line."""


def diff_lines(found: CodebookDiff) -> Iterator[Line]:
    """Yield what changed, then what it touches, what coding again takes, and the reasons on record."""
    yield (
        f"{found.codebook}: from {found.old.version or 'no version'} ({found.old.hash[:8]}) "
        f"to {found.new.version or 'no version'} ({found.new.hash[:8]})"
    )
    if found.same:
        yield "Nothing changed that a coder reads. Earlier versions: cothemes codebook log"
        return
    if found.old.version == found.new.version:
        yield "Both have the same version label: give the new one its own in codebook.yaml."
    yield ""
    yield from _change_lines(found)
    yield from _touched_lines(found)
    yield from _recoding_lines(found)
    yield from _reason_lines(found)


def _change_lines(found: CodebookDiff) -> Iterator[Line]:
    for name, codes in (("Added", found.added), ("Removed", found.removed)):
        for code in codes:
            yield hanging(f"{code}  {found.labels[code]}", 10, first=name)
    for was, now in found.new_ids:
        yield hanging(f"{was} to {now}. Decisions follow.", 10, first="Renamed")
    for gone, came in found.renamed:
        yield hanging(
            f"{gone} reads like {came}. An id is for ever: decisions under {gone} do not follow to "
            f"{came}; give the code its old id back if it is the same code.",
            10,
            first="Note",
        )
    for each in found.changed:
        yield hanging(f"{each.code}  {each.label}: {', '.join(each.kinds)}", 10, first="Changed")
        if each.same_codings:
            yield "  by a person's word both wordings ask for the same: codings under them are pooled"
        for text in each.texts:
            yield _text_line(text.field, text)
        if each.respaced:
            yield f"  {', '.join(each.respaced)}: the same words, in other order or spacing"
    if found.around:
        yield "Around the codes"
        for around in found.around:
            yield _text_line(around.what, around)


def _text_line(name: str, text: ChangedText | ChangedAround) -> str:
    if text.old is None:
        words = f"{{+{text.new}+}}"
    elif text.new is None:
        words = f"[-{text.old}-]"
    else:
        words = marked([Stretch(fate, tuple(stretch.split(" "))) for fate, stretch in text.words])
    return shown_text(hanging(words, 18, first=f"  {name}: "))


def _touched_lines(found: CodebookDiff) -> Iterator[Line]:
    rows: list[tuple[object, ...]] = []
    for each in found.touched:
        named: tuple[str, str] = (each.code, each.change)
        for group in each.by_round_and_arm:
            people = ", ".join(f"{name} {count}" for name, count in group.by_reviewer.items())
            counts = (group.passages, group.readings, group.with_the_code)
            rows.append((*named, group.round, group.arm.value, *counts, people))
            named = ("", "")
    yield ""
    if not rows:
        yield "No one has finished a passage under the old wording of these codes."
    else:
        yield "What people finished under the old wording, or before the code was there:"
        yield Table(
            ("code", "change", "round", "arm", "passages", "read", "given", "by"), rows, right=(4, 5, 6)
        )
        yield "read: finished readings. given: of these, with the code. All stay on record as they are."
    if older := found.readings_under_older_wordings:
        yield f"{older} more readings have still older wordings of the changed codes."
    if found.runs_under_old:
        yield f"Runs of coders under the old version: {', '.join(found.runs_under_old)}."


def _recoding_lines(found: CodebookDiff) -> Iterator[Line]:
    load = found.recoding
    yield ""
    yield "To code it all again"
    if load.people:
        yield f"  People    {load.passages} passages to be read again; hours at each one's pace so far"
        for person in load.people:
            yield hanging(_reviewer_words(person), 12)
        if sum(person.passages for person in load.people_only_where_given):
            only = "; ".join(map(_reviewer_words, load.people_only_where_given))
            yield hanging(
                "Only where a changed code was given, which is enough where the new wording can but "
                f"narrow it: {only}",
                12,
            )
    else:
        yield "  People    nothing to be read again"
    yield hanging(_coder_words(load.coder), 12, first="  Coder")
    again = [each.code for each in found.touched if each.change != "removed" and each.readings]
    if again:
        shown = ",".join(again[:LISTED]) + ("" if len(again) <= LISTED else ",…")
        yield f"  Next      cothemes codebook recode {shown} --round NAME"


def _reason_lines(found: CodebookDiff) -> Iterator[Line]:
    yield ""
    if not found.reasons:
        yield 'No reason is on record for this change: cothemes codebook note "WHY"'
        return
    yield "Reasons on record"
    for each in found.reasons:
        codes = f"{', '.join(each.codes)}: " if each.codes else ""
        by = f" ({each.by})" if each.by else ""
        words = f"{codes}{each.reason or each.kind.value}{by}"
        yield shown_text(hanging(words, 12, first=f"  {each.at:%Y-%m-%d}"))


def _reviewer_words(load: ReviewerLoad) -> str:
    """Return `ana 20 passages, 1,600 words, about 36 min`."""
    each = f"{load.reviewer} {load.passages} passage{'' if load.passages == 1 else 's'}, {load.words:,} words"
    if load.hours is None:
        return f"{each}, hours not known: fewer than {LEAST_FINISHED} passages were timed"
    return each + (f", about {load.hours:.1f} h" if load.hours >= 1 else f", about {load.hours * 60:.0f} min")


def _coder_words(load: CoderLoad) -> str:
    """Return who would code how much, and what is known of the price."""
    if load.spoken is None:
        return f"cannot be determined: {load.reason or ''}"
    if load.passages == 0:
        return f"nothing to code again, by {load.spoken}"
    said = f"{load.passages} passages ({load.words:,} words), by {load.spoken}"
    made = load.forecast
    if made is None:
        return f"{said}. No fee is paid; it takes this machine's time, and what it proposes people's."
    tokens = (
        f"{made.calls:,} calls or more, about {made.input_tokens[0]:,} to {made.input_tokens[1]:,} "
        f"tokens in and {made.output_tokens[0]:,} to {made.output_tokens[1]:,} out"
    )
    if made.cost is None:
        return f"{said}: {tokens}. The price of this model is not known; see prices.toml."
    low, high = (amount(round(cost * NANOS), made.currency or "") for cost in made.cost)
    return f"{said}: {tokens}, {low} to {high}"
