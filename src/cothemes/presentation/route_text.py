"""A draw of passages for reviewers, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.records.numbers import number, percent
from cothemes.records.text import counted
from cothemes.stages.route.design import REVEAL_FIRST, ServingOrder
from cothemes.stages.route.expectation import FEWEST_POSITIVES, Expectation

if TYPE_CHECKING:
    from cothemes.app.routing.route import PlantedReport, RouteReport


_FORWARD = {
    ServingOrder.UNCERTAINTY: "uncertainty of the suggestions",
    ServingOrder.VALUE: "expected errors and likely positives of rare codes",
}


ORDER_NAMES = {
    ServingOrder.DOCUMENT: "document by document",
    ServingOrder.RANDOM: "in drawn order",
    ServingOrder.UNCERTAINTY: "in drawn order, with uncertain passages put forward",
    ServingOrder.VALUE: "in drawn order, with passages of value put forward",
}


def route_lines(report: RouteReport) -> Iterator[Line]:
    """Yield who gets what, planted suggestions, and the positives that the draw will yield."""
    yield (
        f"Round {report.round}, seed {report.seed}: {percent(report.overlap)} coded blind by all, "
        f"{percent(report.blind)} of the rest blind by one."
    )
    if report.order in _FORWARD:
        yield (
            f"Served in drawn order, {percent(report.priority)} of the places by {_FORWARD[report.order]}; "
            "blind passages always in drawn order."
        )
    else:
        yield f"Served {ORDER_NAMES[report.order]}."
    if report.assignments:
        yield Table(
            ("reviewer", "blind, all", "blind, one", "reveal", "assisted", "passages", "words", "weeks"),
            [
                (
                    name,
                    row.blind_double,
                    row.blind_single,
                    row.reveal,
                    row.assisted,
                    row.passages,
                    row.words,
                    f"{report.weeks[name]:.1f}" if name in report.weeks else "",
                )
                for name, row in report.reviewers.items()
            ],
            right=(1, 2, 3, 4, 5, 6, 7),
        )
    before = counted(report.kept, "was drawn before and stays", "were drawn before and stay")
    kept = f"; {before}" if report.kept else ""
    yield (
        f"{counted(report.drawn, 'passage')} drawn now{kept}. Double-coded blind in this round: "
        f"{report.double}." + (" Nothing was stored." if not report.stored else "")
    )
    if report.reordered:
        named = ", ".join(f"{name} {count}" for name, count in report.reordered.items())
        yield f"Passages that got another place: {named}. What was begun keeps its place."
    yield from _planted_lines(report)
    if report.double and not report.stored:
        yield from _expected_lines(report)
    elif report.assignments:
        yield f"Next: cothemes review --as {report.assignments[0].reviewer}"


def _planted_lines(report: RouteReport) -> Iterator[Line]:
    planted = report.seeded
    would = "would be " if not report.stored else ""
    if planted.sown:
        yield (
            f"Planted errors: {counted(planted.sown, 'wrong suggestion')} {would}placed, on "
            f"{percent(planted.share)} of the assisted passages; every card of the round with "
            "suggestions says that there are some."
        )
    elif planted.share:
        yield f"Planted errors: nothing {would}placed now."
    yield from _why_none_planted(planted)
    if planted.share and not any(planted.ground.values()):
        yield "Add somebody who has not read those passages; type, in this order:"
        yield Unbroken("  cothemes reviewers add NAME")
        yield Unbroken(f"  cothemes reviewers reassign {next(iter(planted.ground))} NAME")
        yield Unbroken(f"  cothemes route --reviewers NAME --round {report.round} --seeded {planted.share:g}")
    if planted.checks_given:
        yield (
            f"Passages on which a planted error was accepted {would or 'were '}given to another blind reader."
        )
    if planted.checks_wanting:
        yield (
            "Accepted planted errors wait for a blind reader who has not read the passage; name "
            "another person in --reviewers."
        )


def _why_none_planted(planted: PlantedReport) -> Iterator[str]:
    """Yield for whom there was no place, and why."""
    if planted.share and not planted.read_blind_by_two:
        yield (
            "An error is planted only where two people have finished a blind reading, and nowhere have "
            "two yet: have that done first."
        )
        return
    knows = [name for name, count in planted.ground.items() if not count]
    if knows:
        who = f"{knows[0]} has" if len(knows) == 1 else f"{', '.join(knows[:-1])} and {knows[-1]} each have"
        yield (
            f"{who} been given all {planted.read_blind_by_two} passages that two people have finished blind; "
            "a planted error goes only to somebody who has not read the passage."
        )
    for name, count in planted.hosts.items():
        if not count and planted.ground[name]:
            yield (
                f"None for {name}: it takes passages with suggestions, after the first {REVEAL_FIRST}, that "
                f"{name} has not begun, and {name} has none in this round."
            )


def _expected_lines(report: RouteReport) -> Iterator[Line]:
    yield f"Expected double-blind positives, from {report.expected_from}:"
    yield Table(
        ("code", "label", "share", "expected", f"overlap for {FEWEST_POSITIVES}"),
        [
            (
                e.code,
                report.labels[e.code],
                percent(e.share, decimals=1),
                number(e.positives, decimals=1),
                _needed(e),
            )
            for e in report.expected
        ],
        right=(2, 3, 4),
    )
    known = [e for e in report.expected if e.positives is not None]
    few = [e for e in known if (e.positives or 0) < FEWEST_POSITIVES]
    if known:
        yield (
            f"{len(few)} of {counted(len(known), 'code')} will have fewer than {FEWEST_POSITIVES}: agreement "
            f"on them will say little. The last column is the overlap that would yield {FEWEST_POSITIVES}."
        )


def _needed(expected: Expectation) -> str:
    if expected.overlap_for_ten is not None:
        return percent(expected.overlap_for_ten)
    return "–" if expected.share is None else "more text"
