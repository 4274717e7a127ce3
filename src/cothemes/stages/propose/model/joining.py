"""Several replies about one passage become one result: parts of a codebook, and what the critic said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.records.candidate import Candidate
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.propose.model.answers import Unusable
from cothemes.stages.propose.model.critic import Critique, Ruling
from cothemes.stages.propose.model.deriving import Derivation

ESCALATED = "escalated"
"""Flag of a suggestion that the critic gives to a person."""
UNREAD = "critic_unread"
"""Flag of a suggestion whose critic gave no usable answer: it takes nothing away."""


def joined(parts: Sequence[Derivation]) -> Derivation:
    """One derivation of the parts of a codebook, asked about one after the other.

    A part that gave nothing makes the whole one that gave nothing: a code that was not answered for is not a
    code that does not apply. What no code of one part fits is left out where a code of another part has taken
    the words.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    flags = tuple(dict.fromkeys(each for part in parts for each in part.outcome.flags))
    broken = next((part for part in parts if part.outcome.state is not OutcomeState.CODED), None)
    if broken is not None:
        return Derivation(broken.outcome.model_copy(update={"flags": flags}))
    suggestions = tuple(suggestion for part in parts for suggestion in part.suggestions)
    candidates: list[Candidate] = []
    for part in parts:
        for candidate in part.candidates:
            if _taken(candidate, suggestions):
                flags = tuple(dict.fromkeys((*flags, flag(FlagKind.NO_CODE_FITS_ELSEWHERE))))
            elif candidate.id not in {known.id for known in candidates}:
                candidates.append(candidate)
    detail = "; ".join(part.outcome.detail for part in parts if part.outcome.detail)
    outcome = first.outcome.model_copy(update={"flags": flags, "detail": detail})
    return Derivation(outcome, suggestions, tuple(candidates))


def judged(derivation: Derivation, said: Mapping[str, Critique | Unusable]) -> Derivation:
    """What is left after the critic: `said` by code.

    A dropped code leaves a flag `critic_dropped:CODE` and its reason in the outcome's detail; an escalated
    one stays, flagged; one whose critic could not be read stays, flagged with the state of that reply.
    """
    kept: list[Suggestion] = []
    flags = list(derivation.outcome.flags)
    details = [derivation.outcome.detail] if derivation.outcome.detail else []
    for suggestion in derivation.suggestions:
        critique = said.get(suggestion.code)
        if critique is None or (isinstance(critique, Critique) and critique.ruling is Ruling.KEEP):
            kept.append(suggestion)
        elif isinstance(critique, Unusable):
            flags.append(flag(FlagKind.CRITIC_UNREAD, suggestion.code, critique.state))
            kept.append(suggestion.model_copy(update={"flags": (*suggestion.flags, UNREAD)}))
        elif critique.ruling is Ruling.ESCALATE:
            flags.append(flag(FlagKind.CRITIC_ESCALATED, suggestion.code))
            details.append(f"critic on {suggestion.code}: {critique.reason}")
            kept.append(suggestion.model_copy(update={"flags": (*suggestion.flags, ESCALATED)}))
        else:
            flags.append(flag(FlagKind.CRITIC_DROPPED, suggestion.code))
            details.append(f"critic drops {suggestion.code}: {critique.reason}")
    update = {"flags": tuple(flags), "detail": "; ".join(details)}
    return Derivation(
        derivation.outcome.model_copy(update=update), tuple(kept), derivation.candidates, derivation.unfound
    )


def noted(derivation: Derivation, *flags: OutcomeFlag) -> Derivation:
    """The same with further flags on its outcome."""
    if not flags:
        return derivation
    outcome = derivation.outcome.with_flags(*flags)
    return Derivation(outcome, derivation.suggestions, derivation.candidates, derivation.unfound)


def _taken(candidate: Candidate, suggestions: Sequence[Suggestion]) -> bool:
    spans = [(e.start, e.end) for suggestion in suggestions for e in suggestion.evidence]
    return any(e.start < end and start < e.end for e in candidate.evidence for start, end in spans)
