"""`cothemes codebook check` and `cothemes codebook show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.cli import codebook_candidates, codebook_diff, codebook_history
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.cli.propose import BaseUrlOption, ModelOption

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.records.problem import Problem

app = typer.Typer(no_args_is_help=True, help="Check and show the codebook.", rich_markup_mode=None)

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="A codebook; else the study's own.", show_default=False),
]


@app.command("check")
def check(
    context: typer.Context,
    file: FileArgument = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Also try the codebook's own texts on a model.")
    ] = False,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: Annotated[
        float | None, typer.Option(metavar="AMOUNT", min=0, help="Stop before it costs more.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Name every problem with its path and line."""
    from cothemes.cli.codebook_probes import as_plain, tried
    from cothemes.cli.codebook_probes import show as show_tried
    from cothemes.cli.console import emit_json, say
    from cothemes.errors import CodebookError, UsageError

    if with_model and file is not None:
        raise UsageError(
            "a model is asked on behalf of a study, about the study's own codebook",
            hint="Leave FILE out.",
        )

    try:
        codebook, warnings = _read(context, file)
    except CodebookError as error:
        if as_json:
            emit_json({"ok": False, "problems": [str(problem) for problem in error.problems]})
        raise
    found = None
    if with_model:
        with opened_study(context) as study:
            found = tried(study, model, base_url, budget, quiet=as_json)
    if as_json:
        emit_json(
            {
                "ok": True,
                "id": codebook.id,
                "version": codebook.version,
                "hash": codebook.hash,
                "codes": len(codebook.codes),
                "problems": [problem.model_dump(mode="json") for problem in warnings],
                **({"with_model": as_plain(found)} if found else {}),
            }
        )
        return
    for problem in warnings:
        say(str(problem))
    say(
        f"{codebook.id} {codebook.version}: {len(codebook.codes)} codes in {len(codebook.themes)} themes, "
        f"{len(warnings)} warnings, hash {codebook.hash[:12]}."
    )
    if found:
        show_tried(found)


@app.command("show")
def show(
    context: typer.Context,
    file: FileArgument = None,
    code: Annotated[str, typer.Option("--code", help="One code in full.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show themes and codes as a tree, or one code in full."""
    from cothemes.cli.console import emit_json, say
    from cothemes.errors import UnknownCode

    codebook, _ = _read(context, file)
    if code and code not in codebook.by_id:
        raise UnknownCode(f"{code} is no code of {codebook.id}", hint=f"Codes: {', '.join(codebook.by_id)}.")
    if as_json:
        emit_json(codebook.by_id[code].model_dump() if code else codebook.model_dump())
        return
    if code:
        for line in code_lines(codebook, code):
            say(line)
        return
    for theme_id, label in [*((t.id, t.label) for t in codebook.themes), ("", "")]:
        members = [c for c in codebook.codes if (c.theme or "") == theme_id]
        if members and theme_id:
            say(f"{theme_id}  {label}")
        for member in members:
            say(f"   {member.id:<5} {member.label}")
            if member.brief:
                say(f"         {member.brief}")


def code_lines(codebook: Codebook, code_id: str) -> list[str]:
    """Everything that a coder needs to know of a code, a line each."""
    code = codebook.by_id[code_id]
    lines = [f"{code.id}  {code.label}", f"  {code.definition}"]
    lines += [f"  when: {rule}" for rule in code.include_when]
    lines += [f"  not:  {rule}" for rule in code.exclude_when]
    lines += [f"  e.g.: {example.text}" for example in code.examples]
    lines += [f"  near: {miss.text} (→ {miss.code})" for miss in code.near_misses]
    lines += [
        f"  attribute {a.name}: {', '.join(a.values)}{' (several)' if a.many else ''}"
        for a in codebook.attributes_of(code_id)
    ]
    return lines


def _read(context: typer.Context, file: Path | None) -> tuple[Codebook, tuple[Problem, ...]]:
    if file is not None:
        from cothemes.app.study import load_codebook

        return load_codebook(file)
    with opened_study(context) as study:
        return study.codebook, study.codebook_warnings


app.command("diff")(codebook_diff.diff)
app.command("note")(codebook_history.note)
app.command("log")(codebook_history.log)
app.command("candidates")(codebook_candidates.candidates)
app.command("adopt")(codebook_candidates.adopt)
app.command("dismiss")(codebook_candidates.dismiss)
