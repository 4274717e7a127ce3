"""`cothemes index` and `cothemes search`."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.corpus.index import index as run
from cothemes.cli.console import emit_json, progress, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.cli.passages import print_passage


def index(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the vector store from the records.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Embed passages and fill the vector store. Run it again to embed only new passages."""
    with (
        opened_study(context) as study,
        progress("Embedding", len(study.store.passages.heads()), quiet=as_json) as advance,
    ):
        report = run(study, rebuild=rebuild, progress=advance)
    if as_json:
        emit_json(report.model_dump())
    else:
        say(f"{report.indexed} passages in the vector store, {report.embedded} of them embedded now.")


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Sentence or a few words to search for.")],
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages to show.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest in meaning to a text."""
    from cothemes.app.corpus.index import search as run

    with opened_study(context) as study:
        hits = run(study, text, count)
    if as_json:
        emit_json(
            [
                {
                    "passage": h.passage.id,
                    "cosine": round(h.cosine, 4),
                    "speaker": h.passage.speaker,
                    "text": h.passage.text,
                }
                for h in hits
            ]
        )
        return
    for hit in hits:
        print_passage(hit.passage, aside=f"{hit.cosine:.2f}")
