"""Whether a model would go on with its run or begin another: a new one has a run budget of its own.

A run is one configuration of a coder. What changes a word of what is sent makes another one, also where
nobody thinks of the coder: a pseudonym that stands in the codebook, the title of the study.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cothemes.app.coders.coder import Proposer
from cothemes.app.runs.run_chain import CLOSED
from cothemes.app.study import Study
from cothemes.records.record import Record
from cothemes.records.run import Run
from cothemes.records.suggestion import OutcomeState

_PARAMETERS = {"temperature": "temperature", "response_format": "structured"}
_OTHER = "title or context of the study, or the form of the reply, have changed"
"""Reason that is left where everything that is kept by name is the same."""
_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


class NewRunReason(Record):
    """Reason why a new run begins instead of an earlier one being continued."""

    instead_of: str
    """The latest run of a model, of the same model where there is one."""
    because: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return the reason as a sentence."""
        return (
            f"This begins another run: it does not continue {self.instead_of}, because "
            f"{'; '.join(self.because)}. It has a run budget of its own; month_budget holds over both."
        )


def has_coded(study: Study, run: Run, passages: Collection[str]) -> bool:
    """Return whether the run has coded any of these passages: what it said of one is never replaced."""
    if not passages:
        return False
    outcomes = study.store.runs.outcomes(run.id, passages=passages)
    return any(each.state is OutcomeState.CODED for each in outcomes)


def new_run_reason(
    study: Study, proposer: Proposer, *, corrected: Collection[str] = ()
) -> NewRunReason | None:
    """None where the coder goes on with its run, costs nothing, or none of its kind was there before.

    `corrected`: passages that are coded again because their text was corrected.
    """
    if proposer.asks is None:
        return None
    own = study.store.runs.find(proposer.configuration)
    if own is not None:
        closed = own.details.get(CLOSED)
        if not closed and has_coded(study, own, corrected):
            closed = "passages that it has coded were corrected since"
        return NewRunReason(instead_of=own.id, because=(str(closed),)) if closed else None
    earlier = [run for run in reversed(study.store.runs.all()) if run.coder == proposer.kind]
    if not earlier:
        return None
    nearest = next((run for run in earlier if run.model == proposer.model), earlier[0])
    because = tuple(_differences(study, nearest, proposer)) or (_OTHER,)
    return NewRunReason(instead_of=nearest.id, because=because)


def _differences(study: Study, run: Run, proposer: Proposer) -> Iterator[str]:
    now, before = proposer.details(), run.details
    if run.model != proposer.model:
        yield f"the model is {proposer.model}, not {run.model}"
    if before.get("endpoint") != now["endpoint"]:
        yield f"it is asked at {now['endpoint']}, not at {before.get('endpoint')}"
    if run.codebook_hash != study.codebook.hash:
        yield "the codebook has changed"
    yield from _as_sent(before, now, same_codebook=run.codebook_hash == study.codebook.hash)
    if run.prompt != proposer.prompt:
        yield f"the prompt is {_named(proposer.prompt)}, not {_named(run.prompt)}"
    elif set(_of(before, "prompts")) != set(_of(now, "prompts")):
        yield "critic or repair are asked in other words, or left out"
    coder = [
        key
        for key, value in _of(now, "coder").items()
        if key not in _of(before, "coder") or _of(before, "coder")[key] != value
    ]
    if coder:
        yield f"other settings under [coder]: {', '.join(coder)}"
    if before.get("aids") != now["aids"]:
        yield "examples are chosen from others"
    yield from _parameters(_of(before, "constant"), _of(now, "constant"))


def _as_sent(before: Mapping[str, Any], now: Mapping[str, Any], *, same_codebook: bool) -> Iterator[str]:
    old, new = _of(before, "sent_as"), _of(now, "sent_as")
    if bool(old) != bool(new):
        yield f"texts go out {'with pseudonyms' if new else 'as they are'} now"
    elif same_codebook and old.get("codebook") != new.get("codebook"):
        yield "pseudonyms or consent have changed, and with them what is sent of the codebook"
    elif old.get("scheme") != new.get("scheme"):
        yield "texts are changed by another scheme on their way out"
    if old and new and old.get("study") != new.get("study"):
        yield "title or context of the study are sent in other words"


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands around the words. The schema follows from the codebook, so of the form only its
    type.
    """
    if not old:
        return
    changed = [name for key, name in _PARAMETERS.items() if _kind(old.get(key)) != _kind(new.get(key))]
    if [old.get(key) for key in _LIMITS] != [new.get(key) for key in _LIMITS]:
        changed.append("max_output_tokens")
    if changed:
        yield f"other settings under [model]: {', '.join(changed)}"


def _kind(value: Any) -> Any:
    return value.get("type") if isinstance(value, Mapping) else value


def _named(prompt: str) -> str:
    name, _, digest = prompt.partition(":")
    return f"{name} ({digest[:8]})"


def _of(details: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = details.get(key)
    return found if isinstance(found, Mapping) else {}
