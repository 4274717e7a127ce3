"""`cothemes index` and `cothemes search`."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.corpus.index import IndexForecast, index_forecast
from cothemes.app.corpus.index import index as run
from cothemes.app.corpus.index import search as nearest
from cothemes.cli.console import emit, progress, say
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import BudgetOption, JsonOption
from cothemes.cli.passages import print_passage
from cothemes.records.price import NANOS, amount
from cothemes.records.text import counted


def index(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the vector store from the records.")
    ] = False,
    budget: BudgetOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be embedded and its cost; send nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Embed passages and fill the vector store. Run it again to embed only new passages.

    With an embedder on another machine ([embedding] base_url), passages leave this machine with pseudonyms,
    if the study and their document allow it, and cost money.
    """
    if dry_run:
        with opened_study(context) as study:
            forecast = index_forecast(study)
        if as_json:
            emit(forecast)
        else:
            _show_forecast(forecast)
        return
    with (
        opened_study(context) as study,
        progress("Embedding", len(study.store.passages.heads()), quiet=as_json) as advance,
    ):
        report = run(study, rebuild=rebuild, progress=advance, budget=budget)
    if as_json:
        emit(report)
    else:
        say(f"{report.indexed} passages in the vector store, {report.embedded} of them embedded now.")
        _show_withheld(report.withheld or {})


def _show_forecast(found: IndexForecast) -> None:
    where = f" at {found.endpoint}" if found.endpoint else ", at no price"
    say(f"{found.passages} passages; {found.to_embed} texts would be embedded by {found.embedder}{where}.")
    if found.endpoint:
        low, high = found.input_tokens
        say(f"{found.requests} requests, about {low:,} to {high:,} tokens.")
        if found.cost is None:
            say("What they cost is not known: no price for this model at this endpoint; see prices.toml.")
        else:
            least, most = (amount(round(value * NANOS), found.currency or "") for value in found.cost)
            say(f"They would cost {least} to {most}.")
    _show_withheld(found.withheld)


def _show_withheld(withheld: dict[str, int]) -> None:
    for reason, count in withheld.items():
        say(f"Not sent, and not in the vector store: {counted(count, 'passage')}: {reason}.")


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Sentence or a few words to search for.")],
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages to show.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest in meaning to a text.

    With an embedder on another machine ([embedding] base_url), the text is sent there, with pseudonyms.
    """
    with opened_study(context) as study:
        hits = nearest(study, text, count)
        ids = short_ids(study)
    if as_json:
        emit(hits)
        return
    for hit in hits.root:
        assert hit.found is not None
        print_passage(hit.found, aside=f"{hit.cosine:.2f}", ids=ids)
