"""`cothemes anchoring`: what people code with suggestions visible, and blind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.figures.anchoring import anchoring as run
from cothemes.cli.console import emit, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.agreement.footnotes import STAR
from cothemes.stages.evaluate.anchoring.blind_share import points

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.estimate import Estimate
    from cothemes.stages.evaluate.agreement.shifts import Shift
    from cothemes.stages.evaluate.anchoring.catch_rate import CatchRate
    from cothemes.stages.evaluate.anchoring.report import Anchoring, Person

NAMED = 12
CODE = 28
"""A longer code gets a line of its own."""


def anchoring(
    context: typer.Context,
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Round to use. Rounds are never pooled.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--codes", help="Show every code, not only those whose interval excludes zero.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare blind coding with coding under suggestions. Compares arms, readings
    before and after a reveal, planted errors, and time.
    """
    with opened_study(context) as study:
        found = run(study, round_name)
    if as_json:
        emit(found)
        return
    for line in anchoring_lines(found, every=every):
        say(line)


def anchoring_lines(found: Anchoring, *, every: bool = False) -> Iterator[str]:
    """The report on 80 columns."""
    yield f"Coding with suggestions and blind, round {found.round}"
    for note in found.notes:
        yield from wrapped_lines(f"! {note}", "  ")
    for person in found.people:
        yield ""
        yield from _person(person, every=every)
    if found.seeds is not None:
        yield ""
        yield from _seeds(found.seeds)
    yield ""
    yield from wrapped_lines(
        f"Shifts are within documents, assisted passages minus blind ones. {_basis(found)} Intervals are 95 "
        "%, over these interviews. Only blind decisions measure reliability.",
        "",
    )
    if any(shift.shift.mark for shift in _shown(found)):
        yield from wrapped_lines(STAR, "  ")
    for line in left_out_lines(found.left_out):
        yield from wrapped_lines(line, "  ")


def _basis(found: Anchoring) -> str:
    """What a shift may be called, by how passages came into their arms."""
    shown = [person.overall for person in found.people if person.overall is not None]
    if shown and all(shift.randomised for shift in shown):
        return (
            "This study drew at random which passages are read blind and which with suggestions. In "
            "documents read to the end, an interval that excludes zero is evidence of an effect of "
            "suggestions or of reading the blind passages first; with many codes some exclude zero by chance."
        )
    return "No draw of this study is on record, so a shift is only associated with suggestions."


def _shown(found: Anchoring) -> Iterator[Shift]:
    """All shifts of all people."""
    for person in found.people:
        yield from () if person.overall is None else (person.overall, *person.codes)


def _person(person: Person, *, every: bool) -> Iterator[str]:
    share = person.blind_share
    name = shown_text(person.reviewer)
    yield f"{name}: {share.blind} blind and {share.assisted} assisted passages finished"
    if share.blind and share.assisted:
        places = "" if share.interviews is None else f" ({counted(share.interviews, 'interview')})"
        yield from wrapped_lines(
            f"  Compared: {share.compared_blind} blind and {share.compared_assisted} assisted passages, in "
            f"documents read in both arms{places}.",
            "  ",
        )
    if person.overall is None:
        yield from wrapped_lines("  No shift: an arm has under 5 passages in documents read in both.", "  ")
    else:
        yield from _shifts(person, every=every)
    if share.assisted and not share.enough:
        yield from wrapped_lines(f"  {_needed(person)}", "  ")
    if person.changes is not None:
        second = person.changes
        yield from wrapped_lines(
            f"  After {counted(second.passages, 'reveal')}: codes changed on {_share(second.changed)} of "
            f"them; of {second.offered} suggested codes not given blind, added {_share(second.taken_up)}; of "
            f"{second.unsupported} own codes without a suggestion, removed {_share(second.given_up)}; "
            f"{second.other} other changes.",
            "  ",
        )
    if person.pace is not None:
        times = ", ".join(
            f"{arm} {person.pace.median_seconds[arm]:.0f} s ({person.pace.passages[arm]})"
            for arm in ("blind", "reveal", "assisted")
            if arm in person.pace.passages
        )
        apart = person.pace.difference
        more = "" if apart.value is None else f"; assisted minus blind {_seconds(apart)} on average"
        if person.pace.unknown:
            more += f"; not known for {person.pace.unknown} (from a sheet or an import, or after a pause)"
        yield from wrapped_lines(f"  Median time of a passage: {times}{more}.".replace(": ; ", ": "), "  ")


def _shifts(person: Person, *, every: bool) -> Iterator[str]:
    overall = person.overall
    assert overall is not None
    off = [shift for shift in person.codes if every or _excludes_zero(shift)]
    width = max([18, *(len(shift.code) for shift in off if len(shift.code) <= CODE)])
    yield f"  {'':<{width}}{'blind':>7}{'assisted':>10}{'shift':>8}  interval"
    yield f"  {'codes per passage':<{width}}{_row(overall, percent=False)}"
    for shift in off if every else off[:NAMED]:
        name = shown_text(shift.code)
        if len(name) > width:
            yield from wrapped_lines(f"  {name}", "  ")
            name = ""
        yield f"  {name:<{width}}{_row(shift, percent=True)}"
    hidden = len(person.codes) - (len(off) if every else len(off[:NAMED]))
    if hidden:
        yield f"  {counted(hidden, 'other code')} (--codes)."


def _row(shift: Shift, *, percent: bool) -> str:
    def number(value: float | None, signed: bool = False) -> str:
        sign = "+" if signed else ""
        if value is None:
            return "–"
        return f"{value:{sign}.0%}" if percent else f"{value:{sign}.2f}"

    ends = f"{number(shift.shift.low, True)} to {number(shift.shift.high, True)}{shift.shift.mark}"
    if shift.shift.low is None:
        ends = "–"
    return (
        f"{number(shift.blind_rate):>7}{number(shift.assisted_rate):>10}"
        f"{number(shift.shift.value, True):>8}  {ends}"
    )


def _excludes_zero(shift: Shift) -> bool:
    low, high = shift.shift.low, shift.shift.high
    return low is not None and high is not None and (low > 0 or high < 0)


def _needed(person: Person) -> str:
    share = person.blind_share
    width = share.half_width
    told = "no shift" if width is None else f"a shift to ±{points(width)} points at best"
    if share.needed is None:
        wanted = "at least 62 assisted passages, and blind ones in the same documents"
    else:
        wanted = f"{share.needed} blind passages beside these {share.compared_assisted} assisted ones"
    return f"So few passages measure {told}: ±10 points takes {wanted}."


def _seeds(seeds: CatchRate) -> Iterator[str]:
    rate = seeds.rate
    told = (
        f"the rate is {rate.reason}."
        if rate.value is None
        else f"{_share(rate)} rejected. {seeds.waiting} accepted ones wait for another blind reader, "
        f"{seeds.borne_out} were confirmed by one and do not count."
    )
    yield from wrapped_lines(f"Planted errors: {seeds.answered} of {seeds.sown} answered; {told}", "")


def _share(found: Estimate) -> str:
    if found.value is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.value:.0%}"
    return f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"


def _seconds(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{found.value:+.0f} s"
    return f"{found.value:+.0f} s ({found.low:+.0f} to {found.high:+.0f})"
