"""Blind coding compared with coding under suggestions, on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import ABSENT, coefficient, number, percent
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.agreement.footnotes import STAR
from cothemes.stages.evaluate.agreement.shifts import Shift
from cothemes.stages.evaluate.anchoring.blind_share import points
from cothemes.stages.evaluate.anchoring.catch_rate import CatchRate
from cothemes.stages.evaluate.anchoring.report import Anchoring, Person
from cothemes.stages.evaluate.estimate import Estimate

NAMED = 12
"""Codes that are shown for a person, unless all are asked for."""
CODE = 28
"""A longer code gets a line of its own."""


def anchoring_lines(found: Anchoring, *, every: bool = False) -> Iterator[str]:
    """Yield the report, person by person; `every`: with all codes."""
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
    """Return what a shift may be called, by how passages came into their arms."""
    shown = [person.overall for person in found.people if person.overall is not None]
    if shown and all(shift.randomised for shift in shown):
        return (
            "This study drew at random which passages are read blind and which with suggestions. In "
            "documents read to the end, an interval that excludes zero is evidence of an effect of "
            "suggestions or of reading the blind passages first; with many codes some exclude zero by chance."
        )
    return "No draw of this study is on record, so a shift is only associated with suggestions."


def _shown(found: Anchoring) -> Iterator[Shift]:
    """Yield all shifts of all people."""
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
            f"{arm} {number(person.pace.median_seconds[arm], decimals=0)} s ({person.pace.passages[arm]})"
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
    yield f"  {'codes per passage':<{width}}{_row(overall, shares=False)}"
    for shift in off if every else off[:NAMED]:
        name = shown_text(shift.code)
        if len(name) > width:
            yield from wrapped_lines(f"  {name}", "  ")
            name = ""
        yield f"  {name:<{width}}{_row(shift, shares=True)}"
    hidden = len(person.codes) - (len(off) if every else len(off[:NAMED]))
    if hidden:
        yield f"  {counted(hidden, 'other code')} (--codes)."


def _row(shift: Shift, *, shares: bool) -> str:
    rate = percent if shares else coefficient
    apart = partial(rate, signed=True)
    ends = f"{apart(shift.shift.low)} to {apart(shift.shift.high)}{shift.shift.mark}"
    if shift.shift.low is None:
        ends = ABSENT
    return f"{rate(shift.blind_rate):>7}{rate(shift.assisted_rate):>10}{apart(shift.shift.value):>8}  {ends}"


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
        return ABSENT
    if found.low is None or found.high is None:
        return percent(found.value)
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def _seconds(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{_signed(found.value)} s"
    return f"{_signed(found.value)} s ({_signed(found.low)} to {_signed(found.high)})"


def _signed(seconds: float | None) -> str:
    return number(seconds, decimals=0, signed=True)
