"""`cothemes codebook retest`: what a new wording made better and worse, on passages that people settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.codebook.retest import Ahead, Tested, ahead, run, set_up
from cothemes.app.coders.forecast import forecast_as_json
from cothemes.app.coders.propose import ProposeOptions
from cothemes.cli.codebook_diff import NewArgument, OldArgument
from cothemes.cli.console import emit_json, print_table, progress, say
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.cli.propose import BaseUrlOption, BudgetOption, CoderOption, ModelOption
from cothemes.presentation.wrapping import hanging
from cothemes.records.numbers import coefficient
from cothemes.records.price import amount
from cothemes.stages.codebook_change.retest import COLUMN, FEW_INTERVIEWS, CodeRetest, Difference

if TYPE_CHECKING:
    from cothemes.app.study import Study

_LISTED = 6
"""Passages that are named for each kind of change."""


def retest(
    context: typer.Context,
    old: OldArgument = "",
    new: NewArgument = "",
    coder: CoderOption = None,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: BudgetOption = None,
    consensus: Annotated[
        str,
        typer.Option(
            "--consensus", metavar="RATER", help="Consensus rater to use, if several were imported."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked and what it would cost; ask nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Test old against new wording on settled passages.

    The same coder codes the same passages under both wordings and learns nothing from decisions. What people
    settled counts as right. Documents used to revise the codebook are never test data: those with a round
    called pilot, and those with `yes` in the metadata column used_for_revision. A model is asked, and paid,
    under both wordings.
    """
    wanted = ProposeOptions(
        coder=coder.value if coder else None, model=model, base_url=base_url, budget=budget
    )
    with opened_study(context) as study:
        asked = set_up(study, wanted, old, new, consensus)
        if dry_run:
            _show_ahead(study, ahead(asked), as_json)
            return
        with progress("Testing both wordings", 2 * len(asked.passages), quiet=as_json) as advance:
            found = run(asked, budget=budget, progress=advance)
    if as_json:
        emit_json(as_plain(found))
        return
    _show(found)


def _show(found: Tested) -> None:
    passages = len(found.settled.gold) - found.uncoded
    names = [f"{book.version or 'no version'} ({book.hash[:8]})" for book in (found.old, found.new)]
    say(hanging(f"From {names[0]} to {names[1]}: {found.coder_description}.", 0))
    places = f"{passages} passages of {found.retest.interviews} interviews or documents"
    say(hanging(f"On {places} that people settled.", 0))
    if found.settled.synthetic:
        say("SYNTHETIC: the texts are invented. The figures show the layout and mean nothing.")
    if found.settled.left_out:
        count, listed = sum(found.settled.left_out.values()), ", ".join(found.settled.left_out)
        say(hanging(f"Left out, for the codebook was revised with them: {count} passages of {listed}.", 0))
    if found.uncoded:
        say(f"{found.uncoded} settled passages got no usable answer under one wording or both.")
    moved = [c for c in found.retest.codes if c.changed or c.found or c.lost or c.dropped or c.added]
    rows = [_row(code) for code in sorted(moved, key=lambda code: not code.changed)]
    if rows:
        columns = ("code", "pos", "found", "false", "F1 old", "new", "change", "")
        print_table(columns, rows, right=(1, 4, 5, 6))
        say("* changed itself. pos: settled positives. found, false: old → new wording.")
        say("change: of F1, 95 %, one interview left out after the other, paired.")
    same = len(found.retest.codes) - len(moved)
    if same:
        say(f"{same} other codes are given on the same passages under both wordings.")
    mean = found.retest.macro
    if mean.value is not None:
        say(
            f"Mean change over {found.retest.counted} codes {coefficient(mean.value, signed=True)} "
            f"{_interval(mean)}".rstrip()
        )
    for code in moved:
        _show_passages(code)
    _show_warnings(found, FEW_INTERVIEWS)


def _row(code: CodeRetest) -> tuple[object, ...]:
    difference = code.difference
    return (
        f"{code.code}{' *' if code.changed else ''}",
        code.positives,
        f"{code.old.hits} → {code.new.hits}",
        f"{code.old.false} → {code.new.false}",
        coefficient(code.old.f1),
        coefficient(code.new.f1),
        coefficient(difference.value, signed=True),
        _interval(difference),
    )


def _show_passages(code: CodeRetest) -> None:
    kinds = (
        ("newly found", code.found),
        ("lost", code.lost),
        ("no longer false", code.dropped),
        ("newly false", code.added),
    )
    parts = [f"{words}: {_some(ids)}" for words, ids in kinds if ids]
    if parts and code.changed:
        say(hanging("; ".join(parts), 6, first=code.code))


def _some(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return f"{', '.join(ids[:_LISTED])}{more}"


def _show_warnings(found: Tested, few: int) -> None:
    changed = [code.code for code in found.retest.codes if code.changed]
    other = [c for c in changed if any(name != "new" for name in found.settled.wording.get(c, {}))]
    if other:
        say(
            hanging(
                f"Settled under the old wording, or one that is not known: {', '.join(other)}. What looks "
                "worse there may be what the new wording means: read the passages before you judge.",
                0,
            )
        )
    if 0 < found.retest.interviews < few:
        say(f"Fewer than {few} interviews: the intervals say little.")
    say(
        hanging(
            "A document with which a codebook is revised is no test data any more: pilot on it in a round "
            f"called pilot, or write yes into the column {COLUMN} of its metadata.",
            0,
        )
    )


def _show_ahead(study: Study, found: Ahead, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "spoken": found.coder_description,
                "passages": found.passages,
                "forecasts": [forecast_as_json(each, study, None) for each in found.estimates],
            }
        )
        return
    say(hanging(f"{found.passages} passages under two wordings, by {found.coder_description}.", 0))
    if not found.estimates:
        say("No fee is paid; it takes this machine's time.")
    elif any(each.cost is None for each in found.estimates):
        say("What it costs is not known: no price for this model at this endpoint; see prices.toml.")
    else:
        low, high = (
            sum(getattr(each.cost, end) for each in found.estimates if each.cost) for end in ("low", "high")
        )
        currency = found.estimates[0].currency
        say(f"At the prices on record: {amount(round(low), currency)} to {amount(round(high), currency)}.")
    say("Nothing was done.")


def as_plain(found: Tested) -> dict[str, Any]:
    """As one plain document."""
    return {
        "old": {"hash": found.old.hash, "version": found.old.version},
        "new": {"hash": found.new.hash, "version": found.new.version},
        "spoken": found.coder_description,
        "passages": len(found.settled.gold) - found.uncoded,
        "interviews": found.retest.interviews,
        "left_out": found.settled.left_out,
        "uncoded": found.uncoded,
        "synthetic_documents": found.settled.synthetic,
        "codes": [
            {
                "code": code.code,
                "changed": code.changed,
                "settled_under": found.settled.wording.get(code.code, {}),
                "passages": code.passages,
                "positives": code.positives,
                "old": {**vars(code.old), "f1": code.old.f1},
                "new": {**vars(code.new), "f1": code.new.f1},
                "difference": vars(code.difference),
                "newly_found": list(code.found),
                "lost": list(code.lost),
                "no_longer_false": list(code.dropped),
                "newly_false": list(code.added),
            }
            for code in found.retest.codes
        ],
        "macro": {**vars(found.retest.macro), "codes_counted": found.retest.counted},
    }


def _interval(difference: Difference) -> str:
    if difference.low is None or difference.high is None:
        return ""
    low, high = (coefficient(end, signed=True) for end in (difference.low, difference.high))
    return f"[{low}, {high}]"
