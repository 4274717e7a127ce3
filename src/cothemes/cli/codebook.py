"""`cothemes codebook check` and `cothemes codebook show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.study import load_codebook
from cothemes.cli import (
    codebook_candidates,
    codebook_diff,
    codebook_history,
    codebook_recode,
    codebook_retest,
)
from cothemes.cli.codebook_probes import as_plain, tried
from cothemes.cli.codebook_probes import show as show_tried
from cothemes.cli.console import emit_json, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import BaseUrlOption, JsonOption, ModelOption, names_in
from cothemes.errors import CodebookError, UnknownCode, UsageError
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.records.problem import Problem

app = typer.Typer(
    no_args_is_help=True,
    help="Check, show and change the codebook, and see what a change costs.",
    rich_markup_mode=None,
)

_MARKS = ("  when: ", "  not:  ", "  e.g.: ", "  near: ")

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Codebook file. [default: the study's own]", show_default=False),
]


@app.command("check")
def check(
    context: typer.Context,
    file: FileArgument = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Also test the codebook's own texts on a model.")
    ] = False,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            min=0,
            help="Spending limit in the currency of the prices. Stops before it is exceeded.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Report every problem in the codebook with its path and line."""
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
        typed(str(problem))
    counted = f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}"
    say(
        f"{codebook.id} {codebook.version}: {len(codebook.codes)} codes in {len(codebook.themes)} themes, "
        f"{counted}, hash {codebook.hash[:12]}."
    )
    for words, codes in _thin(codebook):
        say(hanging(f"{words}: {', '.join(codes)}", 2))
    if found:
        show_tried(found)


def _thin(codebook: Codebook) -> list[tuple[str, list[str]]]:
    """What is not wrong, and yet leaves two coders to guess differently."""
    lacks = (
        ("No case that does not belong (exclude_when)", "exclude_when"),
        ("No example", "examples"),
        ("No near miss", "near_misses"),
    )
    found = [(words, [c.id for c in codebook.codes if not getattr(c, name)]) for words, name in lacks]
    return [(words, codes) for words, codes in found if codes]


@app.command("show")
def show(
    context: typer.Context,
    file: FileArgument = None,
    code: Annotated[str, typer.Option("--code", metavar="A1,B2", help="Codes to show in full.")] = "",
    theme: Annotated[
        str, typer.Option("--theme", metavar="A", help="Theme to show, with its codes' short definitions.")
    ] = "",
    briefs: Annotated[
        bool, typer.Option("--briefs", help="Show all codes with their short definitions.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show themes and codes as a tree, or some codes in full."""
    codebook, _ = _read(context, file)
    wanted = names_in(code)
    for name in wanted:
        if name not in codebook.by_id:
            raise UnknownCode(
                f"{name} is no code of {codebook.id}", hint=f"Codes: {', '.join(codebook.by_id)}."
            )
    if theme and theme not in codebook.theme_by_id:
        known = ", ".join(codebook.theme_by_id) or "none"
        raise UsageError(f"{theme} is no theme of {codebook.id}", hint=f"Themes: {known}.")
    if as_json:
        chosen = [codebook.by_id[name].model_dump() for name in wanted]
        emit_json(codebook.model_dump() if not chosen else chosen[0] if len(chosen) == 1 else chosen)
        return
    if wanted:
        _show_in_full(codebook, wanted)
        return
    _show_tree(codebook, theme, briefs=briefs or bool(theme))
    say(f"{len(codebook.codes)} codes. In full: --code {codebook.codes[0].id}; with briefs: --briefs.")


def _show_in_full(codebook: Codebook, wanted: list[str]) -> None:
    for at, name in enumerate(wanted):
        if at:
            say("")
        title, *lines = code_lines(codebook, name)
        say(shown_text(title))
        for line in lines:
            mark = line[:8] if line.startswith(_MARKS) else ""
            say(shown_text(hanging(line[len(mark) :], len(mark) or 2, first=mark)))


def _show_tree(codebook: Codebook, theme: str, *, briefs: bool) -> None:
    width = max(len(code.id) for code in codebook.codes) + 2
    for theme_id, label in [*((t.id, t.label) for t in codebook.themes), ("", "")]:
        members = [c for c in codebook.codes if (c.theme or "") == theme_id]
        if not members or (theme and theme_id != theme):
            continue
        questions = codebook.theme_by_id[theme_id].rq if theme_id else ()
        served = f" ({', '.join(questions)})" if questions else ""
        if theme_id:
            say(hanging(f"{label}{served}", 3, first=theme_id))
        for member in members:
            say(hanging(member.label, 3 + width, first=f"   {member.id}"))
            if briefs and member.brief:
                say(hanging(member.brief, 5 + width))


def code_lines(codebook: Codebook, code_id: str) -> list[str]:
    """Everything that a coder needs to know of a code, a line each."""
    code = codebook.by_id[code_id]
    lines = [f"{code.id}  {code.label}", f"  {code.definition}"]
    lines += [f"  when: {rule}" for rule in code.include_when]
    lines += [f"  not:  {rule}" for rule in code.exclude_when]
    lines += [f"  e.g.: {example.text}" for example in code.examples]
    lines += [f"  near: {miss.text} ({miss.belongs})" for miss in code.near_misses]
    lines += [
        f"  attribute {a.name}: {', '.join(a.values)}{' (several)' if a.many else ''}"
        for a in codebook.attributes_of(code_id)
    ]
    return lines


def _read(context: typer.Context, file: Path | None) -> tuple[Codebook, tuple[Problem, ...]]:
    if file is not None:
        return load_codebook(file)
    with opened_study(context) as study:
        return study.codebook, study.codebook_warnings


app.command("diff")(codebook_diff.diff)
app.command("note")(codebook_history.note)
app.command("log")(codebook_history.log)
app.command("recode")(codebook_recode.recode)
app.command("retest")(codebook_retest.retest)
app.command("candidates")(codebook_candidates.candidates)
app.command("adopt")(codebook_candidates.adopt)
app.command("dismiss")(codebook_candidates.dismiss)
