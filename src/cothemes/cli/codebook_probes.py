"""What `cothemes codebook check --with-model` says of a codebook on a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cothemes.app.codebook.probes import Tried, try_codebook
from cothemes.app.coders.propose import ProposeOptions, settings_for
from cothemes.cli.console import print_table, progress, say
from cothemes.errors import UsageError
from cothemes.records.text import shown_text
from cothemes.stages.propose.model.probes import probes_of

if TYPE_CHECKING:
    from cothemes.app.study import Study


def tried(study: Study, model: str, base_url: str, budget: float | None, *, quiet: bool) -> Tried:
    """Asks the model, with a progress bar. Raises UsageError where none is named."""
    settings = settings_for(study, ProposeOptions(model=model, base_url=base_url))
    if not settings.model.name:
        raise UsageError("no model is named", hint="Give --model PROVIDER:NAME.")
    with progress("Trying the codebook", 2 * len(probes_of(study.codebook)), quiet=quiet) as advance:
        return try_codebook(study, settings, budget=budget, progress=advance)


def as_plain(found: Tried) -> dict[str, Any]:
    """As one plain document: counts as [passed, told]."""
    return {
        "run": found.run,
        "model": found.model,
        "probes": found.probes,
        "unanswered": found.unanswered,
        "codes": [
            {
                "code": each.code,
                "definition": list(each.definition),
                "examples": list(each.examples),
                "near_misses": list(each.near_misses),
                "near_misses_to_their_code": list(each.instead),
                "order": list(each.order),
                "failed": list(each.failed),
            }
            for each in found.codes
        ],
    }


def show(found: Tried) -> None:
    """A row per code, then every text that did not pass."""
    say(f"{found.model} on {found.probes} texts of the codebook, in two orders of its codes:")
    print_table(
        ("code", "definition", "examples", "near misses", "order"),
        [
            (
                each.code,
                *(_counted(n) for n in (each.definition, each.examples, each.near_misses, each.order)),
            )
            for each in found.codes
        ],
        right=(1, 2, 3, 4),
    )
    for each in found.codes:
        for text in each.failed:
            say(shown_text(f"{each.code}  {text}"))
    if found.unanswered:
        say(f"{found.unanswered} answers could not be used.")
    say("Passed of told. Who passes reads the codebook as written; how well it codes talk is another matter.")


def _counted(pair: tuple[int, int]) -> str:
    return f"{pair[0]}/{pair[1]}" if pair[1] else "–"
