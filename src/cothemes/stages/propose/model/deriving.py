"""From a reply to what the study records: an outcome for the passage and the suggestions that stand.

A code answered yes or borderline becomes a suggestion only with at least one verified quote. Without one it
is left out, and the outcome says so: a flag `quote_rejected:CODE:STATUS` per code, words in its detail. A
quote that fails beside one that stands is dropped with a flag `quote_dropped:CODE:STATUS`, and the
suggestion's `quote_status` names the worst. A code whose quotes are nowhere in the passage, or would mislead,
is *unfound*: asked again (repair.py), it is derived with the words of the second answer, and its evidence is
`repaired` or it is left out for good. Nothing here reaches outside: the same reply gives the same records, so
that a study can be derived again from its ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.candidate import Candidate
from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import Role
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.passage import Passage
from cothemes.records.suggestion import (
    Evidence,
    Outcome,
    OutcomeState,
    QuoteStatus,
    Suggestion,
    Verdict,
)
from cothemes.stages.propose.grounding import Grounded, Target, worst
from cothemes.stages.propose.identity import candidate_id, suggestion_id
from cothemes.stages.propose.model.critic import Critique, Ruling
from cothemes.stages.propose.model.parsing import parse_reply
from cothemes.stages.propose.model.reply import Answer, Answers, Quote, Reply, Unusable


@dataclass(frozen=True)
class Derivation:
    """Everything that one reply gave."""

    outcome: Outcome
    suggestions: tuple[Suggestion, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unfound: tuple[tuple[str, Answer], ...] = ()
    """Codes proposed with quotes that are nowhere in the passage or mislead, and what was said of them."""


@dataclass(frozen=True)
class Speaker:
    """Run and coder on whose behalf suggestions are made."""

    run: str
    rater: str


def derive(
    reply: Reply,
    passage: Passage,
    target: Target,
    codebook: Codebook,
    speaker: Speaker,
    *,
    call: str | None = None,
    codes: Sequence[Code] | None = None,
    repairs: Mapping[str, Sequence[Quote]] | None = None,
) -> Derivation:
    """Return what follows from a reply about this passage; `call` is the key of its row in the ledger.

    `repairs`: quotes of a second answer, by code, that stand in for those of the first.
    """
    flags = [flag(FlagKind.UNKNOWN_ROLE)] if passage.role is Role.UNKNOWN else []
    try:
        answers = parse_reply(reply, codebook, codes)
    except Unusable as reason:
        outcome = Outcome(
            run=speaker.run, passage=passage.id, text_version=passage.version, state=reason.state,
            detail=reason.detail, call=call, flags=tuple(flags),
        )  # fmt: skip
        return Derivation(outcome)
    flags += answers.flags
    flags += [flag(FlagKind.INSTRUCTION_LIKE)] if answers.instruction_like else []
    suggestions = []
    rejected = []
    unfound = []
    for code, answer in answers.by_code:
        if answer.decision is Verdict.NO:
            continue
        grounded = _grounded(answer, target, (repairs or {}).get(code))
        suggestion, notes = _suggest(code, answer, grounded, passage, speaker)
        flags += notes
        if suggestion is not None:
            suggestions.append(suggestion)
            continue
        rejected.append(code)
        if all(one.status.mendable for one in grounded):
            unfound.append((code, answer))
    candidates, notes = _candidates(answers, passage, target, speaker)
    flags += notes
    outcome = Outcome(
        run=speaker.run, passage=passage.id, text_version=passage.version, state=OutcomeState.CODED,
        detail=_detail(rejected, candidates), call=call, flags=tuple(dict.fromkeys(flags)),
    )  # fmt: skip
    return Derivation(outcome, tuple(suggestions), tuple(candidates), tuple(unfound))


def _suggest(
    code: str, answer: Answer, grounded: Sequence[Grounded], passage: Passage, speaker: Speaker
) -> tuple[Suggestion | None, list[OutcomeFlag]]:
    evidence = _evidence(grounded)
    status = worst([one.status for one in grounded])
    failed = [one.status for one in grounded if not one.status.verified]
    if not evidence:
        return None, [flag(FlagKind.QUOTE_REJECTED, code, status or "none_given")]
    sure = 0.5 if answer.confidence is None else answer.confidence
    suggestion = Suggestion(
        id=suggestion_id(speaker.run, passage.id, code),
        run=speaker.run,
        rater=speaker.rater,
        passage=passage.id,
        text_version=passage.version,
        code=code,
        verdict=answer.decision,
        evidence=evidence,
        quote_status=status,
        reason=answer.reason,
        attributes=dict(answer.attributes),
        confidence=answer.confidence,
        score=(0.5 + sure / 2) if answer.decision is Verdict.YES else sure / 2,
    )
    repaired = [flag(FlagKind.QUOTE_REPAIRED, code)] if status is QuoteStatus.REPAIRED else []
    return suggestion, [*repaired, *(flag(FlagKind.QUOTE_DROPPED, code, one) for one in failed)]


def _grounded(answer: Answer, target: Target, repair: Sequence[Quote] | None) -> list[Grounded]:
    grounded = [_ground(quote, target) for quote in answer.quotes]
    if repair is None or any(one.status.verified for one in grounded):
        return grounded
    again = [_ground(quote, target) for quote in repair]
    return [_repaired(one) for one in again if one.status.verified] or grounded


def _repaired(grounded: Grounded) -> Grounded:
    status = QuoteStatus.REPAIRED
    return Grounded(status, tuple(e.model_copy(update={"status": status}) for e in grounded.evidence))


def _candidates(
    answers: Answers, passage: Passage, target: Target, speaker: Speaker
) -> tuple[list[Candidate], list[OutcomeFlag]]:
    candidates: list[Candidate] = []
    flags: list[OutcomeFlag] = []
    for uncoded in answers.uncoded:
        evidence = _evidence([_ground(uncoded.quote, target)])
        if evidence:
            spans = [(one.start, one.end) for one in evidence]
            candidates.append(
                Candidate(
                    id=candidate_id(speaker.run, passage.id, uncoded.label, spans),
                    run=speaker.run,
                    passage=passage.id,
                    text_version=passage.version,
                    label=uncoded.label,
                    criterion=uncoded.criterion,
                    evidence=evidence,
                )
            )
        flags.append(flag(FlagKind.NO_CODE_FITS if evidence else FlagKind.NO_CODE_FITS_REJECTED))
    return candidates, flags


def _ground(quote: Quote, target: Target) -> Grounded:
    return target.ground(quote.text, quote.sentences)


def _evidence(grounded: Sequence[Grounded]) -> tuple[Evidence, ...]:
    """All spans, each once; the better status of equal ones."""
    best: dict[tuple[int, int], Evidence] = {}
    for evidence in (evidence for one in grounded for evidence in one.evidence):
        span = (evidence.start, evidence.end)
        known = best.get(span)
        if known is None or worst([known.status, evidence.status]) is not evidence.status:
            best[span] = evidence
    return tuple(best[span] for span in sorted(best))


def _detail(rejected: Sequence[str], candidates: Sequence[Candidate]) -> str:
    parts = []
    if rejected:
        parts.append(f"left out for want of a verified quote: {', '.join(rejected)}")
    parts += [f"no code fits: {one.label} ({one.criterion})" for one in candidates]
    return "; ".join(parts)


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
    """Return what is left after the critic: `said` by code.

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
    """Return the derivation with further flags on its outcome."""
    if not flags:
        return derivation
    outcome = derivation.outcome.with_flags(*flags)
    return Derivation(outcome, derivation.suggestions, derivation.candidates, derivation.unfound)


def _taken(candidate: Candidate, suggestions: Sequence[Suggestion]) -> bool:
    spans = [(e.start, e.end) for suggestion in suggestions for e in suggestion.evidence]
    return any(e.start < end and start < e.end for e in candidate.evidence for start, end in spans)
