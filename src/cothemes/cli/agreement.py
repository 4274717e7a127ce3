"""`cothemes agreement`: how far raters agree, in the study or in any ratings file."""

from __future__ import annotations

import shlex
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.codebook.versions import under, version_named
from cothemes.app.figures.agreement import file_agreement, source_of, study_agreement
from cothemes.app.findings.coders_by_number import coder_numbers, numbers_of, with_numbers
from cothemes.cli.console import emit, note, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, NumberedOption, RollUpOption, names_in
from cothemes.errors import UsageError
from cothemes.presentation.agreement_beside import beside_lines
from cothemes.presentation.agreement_text import convention_lines, table_lines
from cothemes.presentation.latex import latex_file
from cothemes.presentation.pages import PageHead, agreement_page
from cothemes.stages.evaluate.agreement.publication_tables import (
    full_rows,
    publication_note,
    publication_tables,
)
from cothemes.stages.evaluate.agreement.selection import Request


class ArmChoice(StrEnum):
    """Arms of decisions."""

    BLIND = "blind"
    REVEAL = "reveal"
    REVEALED = "revealed"
    ASSISTED = "assisted"
    ALL = "all"


def agreement(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[RATINGS.csv]", help="Ratings file. [default: the study's own ratings]"),
    ] = None,
    raters: Annotated[
        str,
        typer.Option(metavar="A,B", help="Raters to compare. [default: all people; models in pairs only]"),
    ] = "",
    arm: Annotated[
        ArmChoice, typer.Option(help="Decisions to use. Only blind decisions measure reliability.")
    ] = ArmChoice.BLIND,
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Round to use. Rounds are never pooled.")
    ] = "",
    version: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="Codebook version whose meaning counts: label, hash or file. [default: codebook.yaml as it "
            "is now]",
        ),
    ] = "",
    variable: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=CODE,CODE…",
            help="Mutually exclusive codes, scored as one nominal rating. Repeatable.",
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="D",
            help="Margin by which a model may fall short of people. Choose it beforehand.",
        ),
    ] = None,
    epsilon: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.99,
            help="Cost penalty for a human annotator (epsilon of the alternative-annotator test).",
        ),
    ] = 0.15,
    real_code: Annotated[
        list[str] | None,
        typer.Option(
            "--real-code",
            metavar="ID",
            help="Code whose id looks like a missing value, such as NA. Repeatable.",
        ),
    ] = None,
    disagreements: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Number of units to list, those with the most codes in dispute."
        ),
    ] = 0,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Output file for an HTML page with figures.")
    ] = None,
    latex: Annotated[
        Path | None,
        typer.Option("--latex", metavar="FILE", help="Output file for LaTeX tables."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Output file for every figure by code, unrounded, as CSV."
        ),
    ] = None,
    numbered: NumberedOption = False,
    roll_up: RollUpOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure agreement between people and coders. Figures are per code with intervals, over all codes,
    and by pairs.
    """
    request = Request(
        raters=tuple(names_in(raters)),
        arm=arm.value,
        round=round_name,
        variables=_variables(variable or []),
        epsilon=epsilon,
        margin=margin,
        disagreements=disagreements,
        roll_up=roll_up,
    )
    if file is not None and version:
        raise UsageError(
            "--version belongs to a study", hint="A ratings file has no codebook whose meaning could count."
        )
    if file is not None and roll_up:
        raise UsageError(
            "--roll-up belongs to a study", hint="A ratings file does not say which codes are below others."
        )
    if file is not None:
        table, title = file_agreement(file, request, real_code or []), file.name
        numbers = numbers_of(table.rater_kinds)
    elif real_code:
        raise UsageError(
            "--real-code belongs to a ratings file", hint="A study's codebook says which ids are codes."
        )
    else:
        with opened_study(context) as study:
            seen = under(study, version_named(study, version)) if version else study
            table, title = study_agreement(seen, request), study.settings.study.title
            numbers = coder_numbers(study)
    if numbered:
        table = with_numbers(table, numbers)
        request = replace(request, raters=tuple(numbers.get(name, name) for name in request.raters))
    if html is not None:
        command = _command(file, request, html, real_code or [], version, numbered=numbered)
        head = PageHead(title, wiring.clock().now())
        source = source_of(file) if file else ""
        wiring.write_text(html, agreement_page(table, head, command=command, source=source))
    if latex is not None:
        wiring.write_text(latex, latex_file(publication_tables(table), publication_note(table)))
    if csv is not None:
        wiring.write_csv(csv, full_rows(table))
    for written in filter(None, (html, latex, csv)):
        note(f"Written: {written}")
    if as_json:
        emit(table)
        return
    for line in (*table_lines(table), *beside_lines(table), "", *convention_lines(table)):
        say(line)


def _command(
    file: Path | None, request: Request, html: Path, real_codes: list[str], version: str, *, numbered: bool
) -> str:
    """Return what to type for the same page; options at their defaults are left out."""
    words = ["cothemes", "agreement", *([file.name] if file else [])]
    for option, value, default in (
        ("--raters", ",".join(request.raters), ""),
        ("--arm", request.arm, "blind"),
        ("--round", request.round, ""),
        ("--version", version, ""),
        ("--margin", request.margin, None),
        ("--epsilon", request.epsilon, 0.15),
        ("--disagreements", request.disagreements, 0),
    ):
        words += [option, str(value)] if value != default else []
    for code in real_codes:
        words += ["--real-code", code]
    for name, codes in request.variables.items():
        words += ["--variable", f"{name}={','.join(codes)}"]
    words += ["--coders-by-number"] if numbered else []
    words += ["--roll-up"] if request.roll_up else []
    return shlex.join([*words, "--html", html.name])


def _variables(words: list[str]) -> dict[str, tuple[str, ...]]:
    variables: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, _, codes = word.partition("=")
        members = tuple(code.strip() for code in codes.split(",") if code.strip())
        if not name.strip() or not members:
            raise UsageError(
                f"--variable {word} is not NAME=CODE,CODE", hint="For example --variable stance=B1,B2,B3."
            )
        if name.strip() in variables:
            raise UsageError(f"the variable {name.strip()} is named twice", hint="Give each its own name.")
        variables[name.strip()] = members
    return variables
