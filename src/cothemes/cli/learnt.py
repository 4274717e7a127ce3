"""What the offline coder learnt from people, in lines for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cothemes.stages.propose.offline.learnt import Learnt


def learnt_lines(learnt: Learnt | None) -> Iterator[str]:
    """From how many passages, how often each code was given, and which threshold it has; nothing untaught."""
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
        yield f"Given under 20 times, leaning on a threshold common to all: {codes}."
    if learnt.held_out and learnt.shipped:
        why = "on no passage that is done and undisputed"
        yield f"Not learnt yet, at the shipped threshold ({why}): {', '.join(learnt.shipped)}."


def learnt_as_json(learnt: Learnt | None) -> dict[str, Any] | None:
    """The same as a plain document."""
    if learnt is None:
        return None
    return {
        "passages": learnt.passages,
        "with_a_code": learnt.coded,
        "with_codes_passed_over": learnt.passed_over,
        "given": dict(learnt.given),
        "own_threshold": learnt.own,
        "leaning_threshold": learnt.leaning,
        "shipped_threshold": learnt.shipped,
    }


def _counted(learnt: Learnt, codes: tuple[str, ...]) -> str:
    often = sorted(codes, key=lambda code: -learnt.given[code])
    return ", ".join(f"{code} {learnt.given[code]}" for code in often)
