"""`cothemes route`: assigns passages to people and arms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.routing.route import RouteReport
from cothemes.app.routing.route import route as run
from cothemes.cli.console import emit_json, note, print_table, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import DocumentsOption, JsonOption, names_in
from cothemes.stages.route.design import REVEAL_FIRST
from cothemes.stages.route.expectation import FEWEST_POSITIVES, Expectation

if TYPE_CHECKING:
    from cothemes.app.routing.planted_errors import Sowing


def route(
    context: typer.Context,
    reviewers: Annotated[str, typer.Option(metavar="A,B", help="Registered reviewers who get passages.")],
    documents: DocumentsOption = "",
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Name of the round. [default: main]")
    ] = "",
    overlap: Annotated[
        float | None,
        typer.Option(metavar="P", min=0, max=1, help="Share of passages that all of them code blind."),
    ] = None,
    blind: Annotated[
        float | None,
        typer.Option(metavar="P", min=0, max=1, help="Share of the remaining passages that is coded blind."),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", min=0, help="Random seed.")] = None,
    priority: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            min=0,
            max=0.9,
            help="Share of the queue ordered by uncertainty; the rest in random order. 0 serves "
            "document by document.",
        ),
    ] = None,
    seeded: Annotated[
        float,
        typer.Option(
            metavar="P",
            min=0,
            max=0.2,
            help="Share of assisted cards with a planted wrong suggestion. Reviewers are told.",
        ),
    ] = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show counts and expected positives; store nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Assign passages to reviewers and arms at random. Run it again to assign only new passages."""
    with opened_study(context) as study:
        report = run(
            study,
            names_in(reviewers),
            documents=names_in(documents),
            round_name=round_name or None,
            overlap=overlap,
            blind=blind,
            seed=seed,
            priority=priority,
            seeded=seeded,
            dry_run=dry_run,
        )
    if as_json:
        emit_json(_as_json(report))
    else:
        _show(report, dry_run)


def _show(report: RouteReport, dry_run: bool) -> None:
    design = report.design
    for remark in report.notes:
        note(remark)
    say(
        f"Round {design.round}, seed {design.seed}: {design.overlap:.0%} coded blind by all, "
        f"{design.blind:.0%} of the rest blind by one."
    )
    if design.priority:
        say(
            f"Served in drawn order, {design.priority:.0%} of the places by how doubtful suggestions are; "
            "blind passages always in drawn order."
        )
    if report.assignments:
        counts = _counts(report)
        print_table(
            ("reviewer", "blind, all", "blind, one", "reveal", "assisted", "passages", "words", "weeks"),
            [
                (name, *row.values(), f"{report.weeks[name]:.1f}" if name in report.weeks else "")
                for name, row in counts.items()
            ],
            right=(1, 2, 3, 4, 5, 6, 7),
        )
    kept = f"; {report.kept} were drawn before and stay" if report.kept else ""
    say(
        f"{report.drawn} passages drawn now{kept}. Double-coded blind in this round: {report.double}."
        + (" Nothing was stored." if dry_run else "")
    )
    _show_seeds(report, dry_run)
    if dry_run and report.double:
        _show_expected(report)
    elif report.assignments:
        say(f"Next: cothemes review --as {report.assignments[0].reviewer}")


def _show_seeds(report: RouteReport, dry_run: bool) -> None:
    sown = report.sowing
    would = "would be " if dry_run else ""
    if sown.made:
        say(
            f"Wrong on purpose: {len(sown.made)} suggestions {would}sown, on {sown.share:.0%} of the "
            "assisted passages; every card of the round with suggestions says that there are some."
        )
    elif sown.share:
        say(f"Wrong on purpose: nothing {would}sown now.")
    for line in _why_unsown(sown):
        say(line)
    if sown.share and not any(sown.ground.values()):
        say("It takes somebody new to those passages; type, in this order:")
        typed("  cothemes reviewers add NAME")
        typed(f"  cothemes reviewers reassign {next(iter(sown.ground))} NAME")
        typed(f"  cothemes route --reviewers NAME --round {report.design.round} --seeded {sown.share:g}")
    # In numbers, this would tell who accepted how many.
    if sown.checks:
        say(f"Passages on which a seed was accepted {would or 'were '}given to another blind reader.")
    if sown.unchecked:
        say(
            "Accepted seeds wait for a blind reader who has not read the passage; name another person in "
            "--reviewers."
        )


def _why_unsown(sown: Sowing) -> Iterator[str]:
    """For whom there was no place, and why."""
    if sown.share and not sown.beds:
        yield (
            "A wrong suggestion stands only where two people have finished a blind reading, and nowhere have "
            "two yet: have that done first."
        )
        return
    knows = [name for name, count in sown.ground.items() if not count]
    if knows:
        who = f"{knows[0]} has" if len(knows) == 1 else f"{', '.join(knows[:-1])} and {knows[-1]} each have"
        yield (
            f"{who} been given all {sown.beds} passages that two people have finished blind; a wrong "
            "suggestion goes only to somebody who has not read the passage."
        )
    for name, count in sown.hosts.items():
        if not count and sown.ground[name]:
            yield (
                f"None for {name}: it takes passages with suggestions, after the first {REVEAL_FIRST}, that "
                f"{name} has not begun, and {name} has none in this round."
            )


def _show_expected(report: RouteReport) -> None:
    say(f"Expected double-blind positives, from {report.source}:")
    print_table(
        ("code", "label", "share", "expected", f"{FEWEST_POSITIVES} need"),
        [
            (
                e.code,
                report.labels[e.code],
                "–" if e.share is None else f"{e.share:.1%}",
                "–" if e.positives is None else f"{e.positives:.1f}",
                _needed(e),
            )
            for e in report.expected
        ],
        right=(2, 3, 4),
    )
    known = [e for e in report.expected if e.positives is not None]
    few = [e for e in known if (e.positives or 0) < FEWEST_POSITIVES]
    if known:
        say(
            f"{len(few)} of {len(known)} codes will have fewer than {FEWEST_POSITIVES}: agreement on them "
            f"will say little. The last column is the overlap that {FEWEST_POSITIVES} would take."
        )


def _needed(expected: Expectation) -> str:
    if expected.overlap_for_ten is not None:
        return f"{expected.overlap_for_ten:.0%}"
    return "–" if expected.share is None else "more text"


def _counts(report: RouteReport) -> dict[str, dict[str, int]]:
    counts = {}
    for name, words in report.words.items():
        mine = [a for a in report.assignments if a.reviewer == name]
        counts[name] = {
            "blind_double": sum(a.double for a in mine),
            "blind_single": sum(a.arm.value == "blind" and not a.double for a in mine),
            "reveal": sum(a.arm.value == "reveal" for a in mine),
            "assisted": sum(a.arm.value == "assisted" for a in mine),
            "passages": len(mine),
            "words": words,
        }
    return counts


def _as_json(report: RouteReport) -> dict[str, Any]:
    return {
        "round": report.design.round,
        "overlap": report.design.overlap,
        "blind": report.design.blind,
        "seed": report.design.seed,
        "priority": report.design.priority,
        "stored": report.stored,
        "documents": report.documents,
        "drawn": report.drawn,
        "kept": report.kept,
        "in_another_round": report.elsewhere,
        "double": report.double,
        "reviewers": _counts(report),
        "weeks": report.weeks,
        "expected": [expectation.model_dump() for expectation in report.expected],
        "expected_from": report.source,
        "seeded": {
            "share": report.sowing.share,
            "sown": len(report.sowing.made),
            "read_blind_by_two": report.sowing.beds,
            "ground": report.sowing.ground,
            "hosts": report.sowing.hosts,
            "checks_given": bool(report.sowing.checks),
            "checks_wanting": bool(report.sowing.unchecked),
        },
        "notes": list(report.notes),
        "assignments": [
            {
                "reviewer": a.reviewer,
                "passage": a.passage,
                "arm": a.arm.value,
                "double": a.double,
                "probability": a.probability,
                "chance": a.chance,
                "rank": a.rank,
                "stream": a.stream.value,
                "position": a.position,
            }
            for a in report.assignments
        ],
    }
