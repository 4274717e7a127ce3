"""`cothemes codebook diff`: what changed, what it touches, what recoding costs, and why it was done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.codebook.diff import CodebookDiff, CoderLoad, Load, codebook_diff, diff_as_json, places
from cothemes.cli.console import emit_json, print_table, say
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.presentation.wrapping import hanging
from cothemes.records.price import amount
from cothemes.records.text import shown_text
from cothemes.stages.codebook_change.words import marked
from cothemes.stages.review.working_time import LEAST_FINISHED

if TYPE_CHECKING:
    from cothemes.stages.codebook_change.difference import Difference, TextChange

OldArgument = Annotated[
    str,
    typer.Argument(
        metavar="[OLD]",
        help="Old version: label, hash or file. [default: the version of the last decisions]",
        show_default=False,
    ),
]
NewArgument = Annotated[
    str,
    typer.Argument(
        metavar="[NEW]",
        help="New version: label, hash or file. [default: codebook.yaml as it is now]",
        show_default=False,
    ),
]
_LISTED = 12
"""Removed or added codes told by name in one line."""


def diff(
    context: typer.Context, old: OldArgument = "", new: NewArgument = "", as_json: JsonOption = False
) -> None:
    """Show what changed in the codebook and what recoding costs.

    Removed words are printed as [-removed-] and added words as {+added+}. Decisions under an old wording
    stay under it. They are never pooled with new ones, unless a person declares that both wordings mean
    the same: codebook note --same.
    """
    with opened_study(context) as study:
        found = codebook_diff(study, old, new)
        if as_json:
            emit_json(diff_as_json(study, found))
            return
    change = found.difference
    say(
        f"{change.new.id}: from {change.old.version or 'no version'} ({change.old.hash[:8]}) "
        f"to {change.new.version or 'no version'} ({change.new.hash[:8]})"
    )
    if change.same:
        say("Nothing changed that a coder reads. Earlier versions: cothemes codebook log")
        return
    if change.old.version == change.new.version:
        say("Both bear the same version label: give the new one its own in codebook.yaml.")
    say("")
    _show_changes(change, found.same_codings)
    _show_touched(found)
    _show_recoding(found)
    _show_reasons(found)


def _show_changes(change: Difference, same: set[str]) -> None:
    for name, codes in (("Added", change.added), ("Removed", change.removed)):
        for code in codes:
            say(hanging(f"{code.id}  {code.label}", 10, first=name))
    for gone, came in change.renamed:
        say(
            hanging(
                f"{gone} reads like {came}. An id is for ever: decisions under {gone} do not follow to "
                f"{came}; give the code its old id back if it is the same code.",
                10,
                first="Note",
            )
        )
    for each in change.changed:
        say(hanging(f"{each.id}  {each.new.label}: {', '.join(each.kinds)}", 10, first="Changed"))
        if each.id in same:
            say("  by a person's word both wordings ask for the same: what stands under them is pooled")
        for text in each.texts:
            _show_text(text)
        if each.respaced:
            say(f"  {', '.join(each.respaced)}: the same words, in other order or spacing")
    if change.around:
        say("Around the codes")
        for text in change.around:
            _show_text(text)


def _show_text(text: TextChange) -> None:
    if text.old is None:
        words = f"{{+{text.new}+}}"
    elif text.new is None:
        words = f"[-{text.old}-]"
    else:
        words = marked(text.words)
    say(shown_text(hanging(words, 18, first=f"  {text.field}: ")))


def _show_touched(found: CodebookDiff) -> None:
    rows: list[tuple[object, ...]] = []
    for each in found.touched:
        named: tuple[str, str] = (each.code, each.change)
        for (round_name, arm), group in places(each).items():
            people = Counter(reading.reviewer for reading in group)
            rows.append(
                (
                    *named,
                    round_name,
                    arm,
                    len({reading.passage for reading in group}),
                    len(group),
                    sum(reading.applied for reading in group),
                    ", ".join(f"{name} {count}" for name, count in sorted(people.items())),
                )
            )
            named = ("", "")
    say("")
    if not rows:
        say("No one has finished a passage under the old wording of these codes.")
    else:
        say("What people finished under the old wording, or before the code was there:")
        columns = ("code", "change", "round", "arm", "passages", "read", "given", "by")
        print_table(columns, rows, right=(4, 5, 6))
        say("read: finished readings. given: of these, with the code. All stay on record as they are.")
    if found.other_wordings:
        say(f"{found.other_wordings} more readings stand under still older wordings of the changed codes.")
    if found.runs:
        say(f"Runs of coders under the old version: {', '.join(found.runs)}.")


def _show_recoding(found: CodebookDiff) -> None:
    say("")
    say("To code it all again")
    if found.loads:
        say(f"  People    {len(found.to_read)} passages to be read again; hours at each one's pace so far")
        for load in found.loads:
            say(hanging(load_in_words(load), 12))
        if sum(load.passages for load in found.loads_where_applied):
            only = "; ".join(load_in_words(load) for load in found.loads_where_applied)
            say(
                hanging(
                    "Only where a changed code was given, which is enough where the new wording can but "
                    f"narrow it: {only}",
                    12,
                )
            )
    else:
        say("  People    nothing to be read again")
    say(hanging(coder_in_words(found.coder), 12, first="  Coder"))
    again = [each.code for each in found.touched if each.change != "removed" and each.readings]
    if again:
        shown = ",".join(again[:_LISTED]) + ("" if len(again) <= _LISTED else ",…")
        say(f"  Next      cothemes codebook recode {shown} --round NAME")


def _show_reasons(found: CodebookDiff) -> None:
    say("")
    if not found.reasons:
        say('No reason is on record for this change: cothemes codebook note "WHY"')
        return
    say("Reasons on record")
    for each in found.reasons:
        codes = f"{', '.join(each.codes)}: " if each.codes else ""
        by = f" ({each.by})" if each.by else ""
        say(
            shown_text(
                hanging(f"{codes}{each.reason or each.kind.value}{by}", 12, first=f"  {each.at:%Y-%m-%d}")
            )
        )


def load_in_words(load: Load) -> str:
    """`ana 20 passages, 1,600 words, about 36 min`."""
    each = f"{load.reviewer} {load.passages} passage{'' if load.passages == 1 else 's'}, {load.words:,} words"
    if load.hours is None:
        return f"{each}, hours not known: fewer than {LEAST_FINISHED} passages were timed"
    return each + (f", about {load.hours:.1f} h" if load.hours >= 1 else f", about {load.hours * 60:.0f} min")


def coder_in_words(load: CoderLoad) -> str:
    """Who would code how much, and what is known of the price."""
    if not load.coder_description:
        return f"cannot be told: {load.why}"
    if load.passages == 0:
        return f"nothing to code again, by {load.coder_description}"
    said = f"{load.passages} passages ({load.words:,} words), by {load.coder_description}"
    if load.estimate is None:
        return f"{said}. No fee is paid; it takes this machine's time, and what it proposes people's."
    made = load.estimate
    tokens = (
        f"{made.calls:,} calls or more, about {made.input_tokens.low:,.0f} to {made.input_tokens.high:,.0f} "
        f"tokens in and {made.output_tokens.low:,.0f} to {made.output_tokens.high:,.0f} out"
    )
    if made.cost is None:
        return f"{said}: {tokens}. The price of this model is not known; see prices.toml."
    low, high = (amount(round(nanos), made.currency) for nanos in (made.cost.low, made.cost.high))
    return f"{said}: {tokens}, {low} to {high}"
