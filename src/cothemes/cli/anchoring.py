"""`cothemes anchoring`: what people code with suggestions in view, and blind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.figures.anchoring import anchoring as run
from cothemes.cli.console import emit_json, say
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.text import shown_text
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
        emit_json(found.model_dump(mode="json"))
        return
    for line in anchoring_lines(found, every=every):
        say(line)


def anchoring_lines(found: Anchoring, *, every: bool = False) -> Iterator[str]:
    """The report on 80 columns."""

    yield f"With suggestions in view and blind, round {found.round}"
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
        f"Shifts are within documents, assisted passages less blind ones. {_basis(found)} Intervals are 95 "
        "%, over these interviews. Other arms than blind are never called reliability.",
        "",
    )


def _basis(found: Anchoring) -> str:
    """What a shift may be called, by how passages came into their arms."""
    shown = [person.overall for person in found.people if person.overall is not None]
    if shown and all(shift.randomised for shift in shown):
        return (
            "This study's draw put the passages into their arms: in documents read to the end, a shift off "
            "nought is the suggestions' effect, or that of reading the blind passages first."
        )
    return "Without a draw of this study on record a shift is associated with suggestions, and no more."


def _person(person: Person, *, every: bool) -> Iterator[str]:

    share = person.blind_share
    name = shown_text(person.reviewer)
    yield f"{name}: {share.blind} blind and {share.assisted} assisted passages finished"
    if person.overall is None:
        yield from wrapped_lines("  No shift: an arm has under 5 passages in documents read in both.", "  ")
    else:
        yield from _shifts(person, every=every)
    if share.assisted and not share.enough:
        yield from wrapped_lines(f"  {_needed(person)}", "  ")
    if person.changes is not None:
        second = person.changes
        yield from wrapped_lines(
            f"  After {second.passages} reveals: codes changed on {_share(second.changed)} of them; of "
            f"{second.offered} suggested codes not given blind, taken up {_share(second.taken_up)}; of "
            f"{second.unsupported} own codes without a suggestion, given up {_share(second.given_up)}; "
            f"{second.other} other second thoughts.",
            "  ",
        )
    if person.pace is not None:
        times = ", ".join(
            f"{arm} {person.pace.median_seconds[arm]:.0f} s ({person.pace.passages[arm]})"
            for arm in ("blind", "reveal", "assisted")
            if arm in person.pace.passages
        )
        apart = person.pace.difference
        more = "" if apart.value is None else f"; assisted less blind {_seconds(apart)} on average"
        yield from wrapped_lines(f"  Median time of a passage: {times}{more}.", "  ")


def _shifts(person: Person, *, every: bool) -> Iterator[str]:

    overall = person.overall
    assert overall is not None
    off = [shift for shift in person.codes if every or _off_nought(shift)]
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
        yield f"  {hidden} other codes (--codes)."


def _row(shift: Shift, *, percent: bool) -> str:
    def number(value: float | None, signed: bool = False) -> str:
        sign = "+" if signed else ""
        if value is None:
            return "–"
        return f"{value:{sign}.0%}" if percent else f"{value:{sign}.2f}"

    ends = f"{number(shift.shift.low, True)} to {number(shift.shift.high, True)}"
    if shift.shift.low is None:
        ends = "–"
    return (
        f"{number(shift.blind_rate):>7}{number(shift.assisted_rate):>10}"
        f"{number(shift.shift.value, True):>8}  {ends}"
    )


def _off_nought(shift: Shift) -> bool:
    low, high = shift.shift.low, shift.shift.high
    return low is not None and high is not None and (low > 0 or high < 0)


def _needed(person: Person) -> str:

    share = person.blind_share
    width = share.half_width
    told = "nothing yet" if width is None else f"a shift to ±{points(width)} points at best"
    if share.needed is None:
        wanted = "62 assisted passages and more, and blind ones beside"
    else:
        wanted = f"{share.needed} blind passages beside {share.assisted}"
    return f"So few tell {told}: for ±10 points it takes {wanted}."


def _seeds(seeds: CatchRate) -> Iterator[str]:

    rate = seeds.rate
    told = (
        f"the rate is {rate.reason}."
        if rate.value is None
        else f"{_share(rate)} turned down. {seeds.waiting} accepted ones wait for another blind reader, "
        f"{seeds.borne_out} were borne out by one and do not count."
    )
    yield from wrapped_lines(f"Wrong on purpose: {seeds.answered} of {seeds.sown} answered; {told}", "")


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
