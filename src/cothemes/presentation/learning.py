"""What the offline coder learnt from people, in lines for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cothemes.app.coders.learning_status import TaughtSince
    from cothemes.stages.propose.offline.learnt import Learnt


def learnt_lines(learnt: Learnt | None) -> Iterator[str]:
    """Yield from how many passages it learned, how often each code was given, and which threshold it has;
    nothing untaught.
    """
    if learnt is None:
        return
    passages = f"{learnt.passages} reviewed passage{'' if learnt.passages == 1 else 's'}"
    line = f"Learnt from {passages}, {learnt.coded} of them with a code."
    if learnt.passed_over:
        weak = "what nobody offered and nobody gave counts half"
        line += f" In {learnt.passed_over}, reviewed with suggestions in view, {weak}."
    yield line
    if not learnt.held_out:
        yield "Too few to set a threshold by: all codes keep the shipped one."
    if learnt.own:
        yield f"Given 20 times or more, suggested about as often: {_counted(learnt, learnt.own)}."
    if learnt.leaning:
        codes = _counted(learnt, learnt.leaning)
        yield f"Given fewer than 20 times, with a threshold that they share: {codes}."
    if learnt.held_out and learnt.shipped:
        why = "on no passage that is done and undisputed"
        yield f"Not learnt yet, at the shipped threshold ({why}): {', '.join(learnt.shipped)}."


def taught_since_lines(since: TaughtSince | None) -> Iterator[str]:
    """Yield how many reviewed passages it had learned from when it coded, and how to have it learn from the
    rest.
    """
    if since is None:
        return
    then = f"{since.fewest}" if since.fewest == since.most else f"{since.fewest} to {since.most}"
    knew = f"It had learned from {then} reviewed passage{'' if then == '1' else 's'}"
    again = "cothemes propose --coder offline --recode   (codes all again, at no price)"
    more = since.now - since.fewest
    if not since.stale:
        yield (
            f"{knew}; there are no others."
            if since.most
            else "It has learned from no reviewed passage: none is finished."
        )
    elif more > 0:
        yield f"{knew}; {more} more {'was' if more == 1 else 'were'} reviewed since. To learn from them:"
        yield again
    else:
        yield f"{since.stale} were coded under another codebook or other decisions than today's. To renew:"
        yield again


def _counted(learnt: Learnt, codes: tuple[str, ...]) -> str:
    often = sorted(codes, key=lambda code: -learnt.given[code])
    return ", ".join(f"{code} {learnt.given[code]}" for code in often)
