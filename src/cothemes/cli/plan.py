"""What `cothemes propose` would do and cost, before anything is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cothemes.app.coders.forecast import PlanReport, forecast, forecast_report, room_for
from cothemes.app.coders.new_run_reason import new_run_reason
from cothemes.app.runs.call_policy import caps
from cothemes.cli.batches import UNPARK, full_price, names_not_searched
from cothemes.cli.console import emit, note, say
from cothemes.records.price import amount
from cothemes.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cothemes.app.coders.propose import Plan, ProposeOptions, Withheld
    from cothemes.app.study import Study
    from cothemes.stages.propose.model.estimate import Estimate
    from cothemes.stages.propose.model.room import Room

NO_PARTICIPANT = "not a participant's words"
FEW = 5
"""Documents that are named where several share a reason."""


def tell_price(study: Study, todo: Plan, budget: float | None) -> None:
    """Before a recoding begins. On stderr, so that it never stands in a document."""
    made = forecast(study, todo) if todo.to_code else None
    if made is not None:
        lines = (*_forecast_lines(made), *_room_lines(room_for(study, todo, made, budget), made.currency))
        note(f"Recoding {len(todo.to_code)} passages. " + " ".join(lines))


def show_plan(study: Study, wanted: ProposeOptions, todo: Plan, as_json: bool) -> None:
    """Print what a call of propose would do; nothing is asked and nothing stored."""
    made = forecast(study, todo) if todo.to_code else None
    room = room_for(study, todo, made, wanted.budget) if made else None
    again = todo.corrected if todo.sends_corrected else ()
    begins = new_run_reason(study, todo.proposer, corrected=again) if todo.to_code else None
    if as_json:
        emit(
            PlanReport(
                coder=todo.coder,
                coder_description=todo.coder_description,
                to_code=len(todo.to_code),
                words=todo.to_code.words,
                skipped={NO_PARTICIPANT: todo.not_coded} if todo.not_coded else {},
                known=todo.known,
                corrected=len(todo.corrected),
                parked=todo.parked,
                withheld=tuple(todo.withheld),
                names_not_searched=tuple(todo.unsearched),
                begins=begins,
                forecast=forecast_report(made, study, wanted.budget, room) if made else None,
            )
        )
        return
    passages = f"{len(todo.to_code)} passages ({todo.to_code.words:,} words)"
    say(f"{todo.coder_description} would code {passages}; {todo.known} are coded.")
    for line in skipped_lines({NO_PARTICIPANT: todo.not_coded} if todo.not_coded else {}, "Of them "):
        say(line)
    if todo.sends_corrected:
        say(f"Of them {counted(len(todo.corrected), 'passage')} because the text was corrected since.")
    else:
        show_corrected(len(todo.corrected))
    show_withheld(todo.withheld)
    if todo.unsearched:
        say(names_not_searched(todo.unsearched))
    if todo.parked:
        say(f"{todo.parked} more are parked after three unusable replies: {UNPARK}")
    if begins is not None:
        say(begins.sentence)
    if made is not None:
        for line in (*_forecast_lines(made), *_room_lines(room, made.currency)):
            say(line)
        if made.cost is None and caps(study.settings, wanted.budget):
            say("A budget is set, and nobody can keep it without a price: the run would not begin.")
    if wanted.batch and full_price(todo):
        say("No price of a batch is on record for this model: it counts at the full price.")
    say("Nothing was done.")


def _forecast_lines(made: Estimate) -> Iterator[str]:

    def between(low: float, high: float) -> str:
        return f"{round(low):,} to {round(high):,}"

    basis = (
        f"from {made.seen} replies seen" if made.seen else "from stated bounds; too few replies were seen yet"
    )
    if made.counted:
        basis = "the first by the model's tokenizer, the second from stated bounds"
    tokens_in = between(made.input_tokens.low, made.input_tokens.high)
    tokens_out = between(made.output_tokens.low, made.output_tokens.high)
    yield f"{between(made.all_calls.low, made.all_calls.high)} calls, {made.calls:,} of them proposals."
    if not made.seen:
        yield (
            "It may be more: each code that is proposed is read a second time, and a quote that is not found "
            "is asked for once more. Bounds and why: docs/guide/models.md. A budget holds in any case."
        )
    yield f"About {tokens_in} tokens in and {tokens_out} out, {basis}."
    if made.cost is None:
        yield "What they cost is not known: no price for this model at this endpoint; see prices.toml."
    else:
        low, high = (amount(round(nanos), made.currency) for nanos in (made.cost.low, made.cost.high))
        yield f"At the prices on record: {low} to {high}."


def _room_lines(room: Room | None, currency: str) -> Iterator[str]:
    """Yield how far the budgets reach; nothing where none is set or no price is known."""
    if room is None:
        return

    left = {scope.value: amount(nanos, currency) for scope, nanos in room.left.items()}
    if room.whole:
        listed = " and ".join(f"{value} of the {scope}'s" for scope, value in left.items())
        yield f"The budgets have room for it: {listed} is left."
        return
    begun = f"Of the {room.scope}'s budget {left[room.scope.value]} is left:"
    if not room.high:
        yield f"{begun} not one passage can be coded with it."
    elif room.whole is None:
        yield f"{begun} at the upper price the run would end after about {room.low:,} of {room.passages:,}."
    else:
        many = f"{room.high:,}" if room.low == room.high else f"{room.low:,} to {room.high:,}"
        yield f"{begun} the run would end after about {many} of {room.passages:,} passages."


def skipped_lines(skipped: Mapping[str, int], begin: str = "") -> Iterator[str]:
    """Yield why passages are skipped, a line for each reason."""
    for reason, count in sorted(skipped.items()):
        yield f"{begin}{counted(count, 'passage')} {'is' if count == 1 else 'are'} skipped: {reason}."


def show_corrected(count: int) -> None:
    """How many passages keep suggestions for an earlier text, and what codes them again."""
    if count:
        keep = "keeps" if count == 1 else "keep"
        say(
            f"{counted(count, 'passage')} corrected since {keep} suggestions for the earlier text. "
            "To see the price of coding them again: cothemes propose --corrected --dry-run"
        )


def show_withheld(withheld: Sequence[Withheld]) -> None:
    """Print what was not sent, and why, a line for each reason."""
    for each in withheld:
        named = ", ".join(each.documents[:FEW]) + (", …" if len(each.documents) > FEW else "")
        passages = "1 passage" if each.passages == 1 else f"{each.passages} passages"
        say(f"Not sent: {passages} of {named}: {each.reason}.")
