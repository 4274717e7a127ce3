"""Derives a run's suggestions again from its ledger alone, and says whether they are the ones on record.

Under the codebook and the prompts that the run was made with, which the study keeps, and with the words that
were sent, where a text was corrected since. Nothing is asked; no key
and no network are needed. What the records lost is stored anew; what differs is told and left as it is.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cothemes.app.coders.driver import Driver
from cothemes.app.coders.few_shot import StudyAids
from cothemes.app.coders.model import CRITIC, REPAIR, StudyCoder
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.model_input import ModelInput
from cothemes.app.coders.texts_sent import texts_sent
from cothemes.app.corpus.passages import passages_of
from cothemes.app.runs.call_policy import CallPolicy
from cothemes.app.runs.run_chain import repeat_of
from cothemes.app.runs.strategies import Replay
from cothemes.app.study import Study
from cothemes.errors import ModelError, ModelFault, StateConflict, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.prompt import Prompt
from cothemes.records.record import Record
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion
from cothemes.settings import CoderSettings
from cothemes.stages.propose.model.deriving import Derivation
from cothemes.stages.propose.model.repairs import repairs_so_far


class RecordedModel:
    """`ports.ChatModel` of a finished run. It never sends anything."""

    def __init__(self, name: str, endpoint: str, constants: Sequence[Mapping[str, Any]]) -> None:
        """`constants`: what all requests of each kind had in common, as the run kept them."""
        self.name = name
        self.endpoint = endpoint
        self._constants = constants

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body as the run's model made it: parameters and form of that kind of request, around the
        messages.
        """
        spoken = [dict(message) for message in messages]
        for constant in self._constants:
            if constant["messages"][0] == spoken[0] and _schema(constant) in (None, schema):
                return {**constant, "messages": spoken}
        first = self._constants[0]
        form = first.get("response_format")
        if _schema(first) is not None and isinstance(form, Mapping):
            inner = {**form["json_schema"], "schema": dict(schema)}
            return {**first, "messages": spoken, "response_format": {**form, "json_schema": inner}}
        return {**first, "messages": spoken}

    async def send(self, body: Mapping[str, Any]) -> NoReturn:  # noqa: ARG002
        """Raise ModelError: nothing is asked in a replay."""
        raise ModelError(
            "nothing is asked in a replay", hint="Leave --replay out.", fault=ModelFault.UNKNOWN_MODEL
        )


def _schema(body: Mapping[str, Any]) -> Any:
    form = body.get("response_format")
    inner = form.get("json_schema") if isinstance(form, Mapping) else None
    return inner.get("schema") if isinstance(inner, Mapping) else None


TOGETHER = 256
"""Passages whose records are looked up together."""

_UNCAPPED = {"repairs_per_passage": None}
"""Cap of runs that were made before there was a cap."""


class ReplayReport(Record):
    """What came of deriving a run again from its stored replies."""

    run: str
    same: int
    """Passages with the same outcome as on record."""
    different: tuple[str, ...]
    """Passages with another outcome."""
    restored: tuple[str, ...]
    """Passages of which nothing was on record."""
    unanswered: int
    """Passages without a reply in the ledger."""


@dataclass
class _Comparison:
    """What was derived so far, against what is on record."""

    run: str
    same: int = 0
    different: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    unanswered: int = 0


def replay(study: Study, run_id: str = "") -> ReplayReport:
    """Derive the run named, else the latest one of a model, again from its stored replies.

    Raises UsageError where there is none.
    """
    run = _run(study, run_id)
    made = coder_of_run(study, run)
    withheld: set[str] = set()
    sent = study.store.ledger.texts_sent(run.id)
    recorded: set[str] = set()
    retries: dict[str, int] = {}
    for outcome in study.store.runs.each_outcome(run.id):
        if outcome.flagged(FlagKind.WITHHELD):
            withheld.add(outcome.passage)
        if outcome.state is OutcomeState.CODED:
            recorded.add(outcome.passage)
        if outcome.text_version:
            sent[outcome.passage] = outcome.text_version
        if outcome.failures:
            retries[outcome.passage] = outcome.failures
    repairs = repairs_so_far(study.store.runs.each_outcome(run.id))
    everything = passages_of(study.store.passages)
    passages = everything.where(lambda head: head.id not in withheld)
    sent = {passage: version for passage, version in sent.items() if passage not in withheld}
    asked = len({*passages.ids, *sent})
    report = _Comparison(run.id, same=len(everything) - len(passages), unanswered=asked)

    async def derive_all() -> None:
        policy = CallPolicy(strategy=Replay(recorded), retries=retries, repairs=repairs)
        driver = Driver(study, made.coder, made.sending)
        together: list[Derivation] = []
        for texts in texts_sent(study, passages, sent):
            stream = driver.ask(
                texts.passages, texts.documents, policy, run=run.id, repeat=repeat_of(run), gate=False
            )
            async for derivation in stream:
                together.append(derivation)
                if len(together) == TOGETHER:
                    _compare(study, report, together)
                    together.clear()
        _compare(study, report, together)

    asyncio.run(derive_all())
    return ReplayReport(
        run=report.run,
        same=report.same,
        different=tuple(report.different),
        restored=tuple(report.restored),
        unanswered=report.unanswered,
    )


def _compare(study: Study, report: _Comparison, found: Sequence[Derivation]) -> None:
    """Counts what was derived against what is on record of the same passages, and stores what is not."""
    asked = [derivation.outcome.passage for derivation in found]
    outcomes = {each.passage: each for each in study.store.runs.outcomes(report.run, passages=asked)}
    before: dict[str, dict[str, Suggestion]] = defaultdict(dict)
    for suggestion in study.store.runs.suggestions(run_id=report.run, passages=asked, as_coded=True):
        before[suggestion.passage][suggestion.id] = suggestion
    report.unanswered -= len(found)
    for derivation in found:
        known = outcomes.get(derivation.outcome.passage)
        if known is None and derivation.outcome.call is None:
            continue
        if known is None:
            study.store.runs.record([derivation.outcome], derivation.suggestions, derivation.candidates)
            report.restored.append(derivation.outcome.passage)
        elif _same(known, derivation.outcome) and before[known.passage] == _by_id(derivation.suggestions):
            report.same += 1
        else:
            report.different.append(known.passage)


def coder_of_run(study: Study, run: Run) -> StudyCoder:
    """The coder as it was when the run was made: its codebook, prompts, settings and form of requests.

    Raises StateConflict where the study does not hold them any more, or something else has changed since.
    """
    sent_as = run.details.get("sent_as")
    kept = json.dumps(sent_as["codebook"]) if sent_as else study.store.codebooks.get(run.codebook_hash)
    prompts = {
        key: Prompt(name=key.partition(":")[0], text=text, origin=f"run {run.id}")
        for key, text in run.details.get("prompts", {}).items()
    }
    if kept is None or run.prompt not in prompts:
        raise StateConflict(
            f"what run {run.id} was made with is not kept", hint="It was made by an older cothemes."
        )
    constants = [run.details["constant"], *run.details.get("constants", [])]
    settings = study.settings.model_copy(
        update={
            "coder": CoderSettings.model_validate(_UNCAPPED | run.details.get("coder", {})),
            "model": study.settings.model.model_copy(update={"name": run.model}),
            "privacy": study.settings.privacy.model_copy(update={"remote_models": True}),
        }
    )
    if sent_as:
        about = settings.study.model_copy(update=sent_as["study"])
        settings = settings.model_copy(update={"study": about})
    sending = ModelInput(study, study.settings, run.details["endpoint"])
    aids = StudyAids(study, settings, sending.words, sending.shows)
    form = constants[0].get("response_format") or {}
    coder = ModelCoder(
        model=RecordedModel(run.model, run.details["endpoint"], constants),
        prompt=prompts[run.prompt],
        codebook=Codebook.model_validate_json(kept).defined,
        settings=settings,
        critic=_named(prompts, CRITIC) if settings.coder.critic else None,
        repair=_named(prompts, REPAIR) if settings.coder.repair else None,
        mend_form=form.get("type") != "json_schema",
        aids=lambda passage: aids(sending.source(passage)),
        aided=aids.name,
        changed=sent_as["scheme"] if sent_as else "",
    )
    if coder.configuration != run.configuration:
        raise StateConflict(
            f"run {run.id} was made with other settings, or with examples that have changed since",
            hint="Title and context of the study are words of the prompt: set them back, then replay.",
        )
    return StudyCoder(coder, sending, aids)


def _named(prompts: Mapping[str, Prompt], name: str) -> Prompt | None:
    return next((prompt for prompt in prompts.values() if prompt.name == name), None)


def _run(study: Study, run_id: str) -> Run:
    runs = [run for run in study.store.runs.all() if run.coder == "llm" and run_id in ("", run.id)]
    if not runs:
        what = f"no run {run_id} of a model" if run_id else "no run of a model yet"
        raise UsageError(f"there is {what}", hint="Runs are listed by `cothemes status`.")
    return runs[-1]


def _same(known: Outcome, derived: Outcome) -> bool:
    if not known.final and not derived.final:
        return known.state is derived.state
    return known == derived.model_copy(update={"failures": known.failures})


def _by_id(suggestions: Iterable[Suggestion]) -> dict[str, Suggestion]:
    return {suggestion.id: suggestion for suggestion in suggestions}
