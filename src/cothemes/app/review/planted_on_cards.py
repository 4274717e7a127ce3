"""A reader's own seeds among the suggestions of a card, and the words that disclose that there are some."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.app.study import Study
from cothemes.records.numbers import percent
from cothemes.records.suggestion import Evidence, QuoteStatus, Suggestion, Verdict


def with_seeds(
    study: Study, reviewer: str, passage_id: str, suggestions: Sequence[Suggestion]
) -> list[Suggestion]:
    """The suggestions of a card whose suggestions are in view, with the reader's own seed. One that its coder
    proposes by now, or whose code was reworded since, is no seed any more and left out."""
    known = {suggestion.code for suggestion in suggestions}
    codes = study.codebook.by_id
    found = list(suggestions)
    for seed in study.store.reviews.seeds(reviewer=reviewer, passage=passage_id):
        reworded = seed.code not in codes or codes[seed.code].text_hash != seed.code_hash
        run = study.store.runs.get(seed.run)
        if seed.code in known or reworded or seed.start is None or seed.end is None or run is None:
            continue
        found.append(
            Suggestion(
                id=seed.id,
                run=seed.run,
                rater=run.rater,
                passage=passage_id,
                code=seed.code,
                verdict=Verdict.YES,
                evidence=(Evidence(start=seed.start, end=seed.end),),
                quote_status=QuoteStatus.EXACT,
                reason=seed.reason,
            )
        )
    return found


def disclosure(study: Study, round_name: str) -> tuple[str, ...]:
    """Return what every card of the round says that shows suggestions, where some of them may be seeds."""
    share = study.store.meta.get(seeded_key(round_name))
    if share is None:
        return ()
    return (
        f"about {percent(float(share))} of such cards hold a suggestion that is wrong on purpose; no one is "
        "shown how many you accept",
    )


def seeded_key(round_name: str) -> str:
    """Return where the share of a round's seeds is kept."""
    return f"route.seeded.{round_name}"
