"""`cothemes import` and `cothemes export`: tables in and out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.cli.invocation import JsonOption, opened_study


class Format(StrEnum):
    """What can be written."""

    CSV = "csv"
    RATINGS = "ratings"


def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A ratings.csv, or a reviewer's package (.zip).")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the same raters' earlier imports.")
    ] = False,
    other_codebook: Annotated[
        bool,
        typer.Option(
            "--other-codebook",
            help="Of a package: take in decisions made under a codebook that the study never had, apart.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take in what was made elsewhere. The same file again changes nothing.

    Ratings of other tools and raters; or a reviewer's package: where there is no study, it opens as a new
    folder to code in, and at home its decisions are merged.
    """
    if file.suffix.lower() == ".zip":
        from cothemes.cli.pack import import_package

        import_package(context, file, other_codebook=other_codebook, as_json=as_json)
        return
    from cothemes.app.steps.exchange import import_file
    from cothemes.cli.console import emit_json, say

    with opened_study(context) as study:
        found = import_file(study, file, replace=replace)
    if as_json:
        emit_json(
            {
                "file": str(file),
                "new": len(found.new),
                "known": found.known,
                "units": found.units,
                "raters": found.raters,
            }
        )
        return
    raters = ", ".join(f"{name} ({kind})" for name, kind in found.raters.items())
    say(f"{len(found.new)} ratings taken in, {found.known} there already.")
    say(f"Raters: {raters}; {found.units} passages.")


def export(
    context: typer.Context,
    form: Annotated[
        Format,
        typer.Argument(
            metavar="csv|ratings", help="csv: a row a coding; ratings: a row a passage, rater and code."
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; what is there is replaced.")],
    as_json: JsonOption = False,
) -> None:
    """Write the codings, or everyone's ratings, as a table."""
    from cothemes.app.steps.exchange import export_codings, export_ratings
    from cothemes.cli.console import emit_json, say

    with opened_study(context) as study:
        rows = (export_codings if form is Format.CSV else export_ratings)(study, out)
    if as_json:
        emit_json({"file": str(out), "rows": rows})
    else:
        say(f"{rows} {'codings' if form is Format.CSV else 'ratings'} in {out}.")
