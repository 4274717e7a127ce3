"""`cothemes index` and `cothemes search`."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.corpus.index import index as run
from cothemes.app.corpus.index import search as nearest
from cothemes.cli.console import emit, progress, say
from cothemes.cli.invocation import opened_study, short_ids
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
        emit(report)
    else:
        say(f"{report.indexed} passages in the vector store, {report.embedded} of them embedded now.")


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Sentence or a few words to search for.")],
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages to show.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest in meaning to a text."""
    with opened_study(context) as study:
        hits = nearest(study, text, count)
        ids = short_ids(study)
    if as_json:
        emit(hits)
        return
    for hit in hits.root:
        assert hit.found is not None
        print_passage(hit.found, aside=f"{hit.cosine:.2f}", ids=ids)
