"""Passages to suggestions: chooses the coder, resumes its run, records what came of each passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cothemes.app import wiring
from cothemes.app.steps.model_coder import Keep, ModelProposer
from cothemes.app.steps.offline_coder import OfflineProposer
from cothemes.app.steps.ratings import keep_codebook
from cothemes.app.study import Study
from cothemes.errors import StateConflict, Stopped, UsageError
from cothemes.ports import Progress
from cothemes.records.candidate import Candidate
from cothemes.records.passage import Passage
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion
from cothemes.settings import Settings

FINAL = frozenset({OutcomeState.CODED, OutcomeState.SKIPPED})
"""What is not tried again."""
QUOTE_REJECTED = "quote_rejected:"
"""Begins the flag of a code whose quotes do not stand in the passage."""


class Proposer(Protocol):
    """A coder, wired to a study."""

    kind: str

    @property
    def model(self) -> str: ...

    @property
    def configuration(self) -> str: ...

    @property
    def prompt(self) -> str: ...

    @property
    def spoken(self) -> str: ...

    def details(self) -> dict[str, object]: ...

    def rater(self, run_id: str) -> str: ...

    def propose(self, run: Run, passages: Sequence[Passage], keep: Keep) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """What was asked for; None and empty leave it to the settings."""

    coder: Literal["auto", "offline", "llm"] | None = None
    model: str = ""
    base_url: str = ""
    concurrency: int | None = None
    limit: int | None = None
    documents: tuple[str, ...] = ()
    recode: bool = False


@dataclass(frozen=True)
class Plan:
    """What a call of propose would do."""

    coder: str
    spoken: str
    to_code: tuple[Passage, ...]
    known: int
    """Passages that this coder has coded before, under this or an earlier configuration."""


@dataclass(frozen=True)
class ProposeReport:
    """What a call of propose did."""

    coder: str
    spoken: str
    """Who proposed, in words."""
    run: str | None
    rater: str | None
    known: int
    states: dict[str, int]
    """Outcomes of this call by state."""
    suggestions: int
    with_code: int
    unverified: int
    """Codes proposed with a quote that does not stand in the passage; none of them is shown to anyone."""

    @property
    def failed(self) -> int:
        """Passages that will be tried again."""
        return sum(count for state, count in self.states.items() if state not in {s.value for s in FINAL})


def settings_for(study: Study, wanted: Wanted) -> Settings:
    """The study's settings with what was asked for laid over them."""
    model = study.settings.model.model_dump()
    if wanted.model:
        model["name"] = wanted.model
    if wanted.base_url:
        model["base_url"] = wanted.base_url
    if wanted.concurrency is not None:
        model["concurrency"] = wanted.concurrency
    return Settings.model_validate({**study.settings.model_dump(), "model": model})


def choose(study: Study, wanted: Wanted) -> Proposer:
    """The coder that was asked for, or by `auto` the model where one is named."""
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "this study is reflexive: nothing is proposed in it",
            where=str(study.root / "cothemes.toml"),
            hint='Set tradition = "codebook" if the study codes with a codebook.',
        )
    settings = settings_for(study, wanted)
    kind = wanted.coder or study.settings.coder.kind
    if kind == "llm" and not settings.model.name:
        raise UsageError(
            "no model is named",
            hint="Give --model PROVIDER:NAME, or set `name` under [model] in cothemes.toml.",
        )
    if kind == "llm" or (kind == "auto" and settings.model.name):
        return ModelProposer(study, settings)
    return OfflineProposer(study)


def plan(study: Study, wanted: Wanted, proposer: Proposer | None = None) -> Plan:
    """Which passages the coder has not coded. With `recode`, those of its earlier configurations too."""
    coder = proposer or choose(study, wanted)
    passages = _selected(study, wanted.documents)
    coded = _coded(study, coder, wanted.recode)
    to_code = [passage for passage in passages if passage.id not in coded]
    known = len(passages) - len(to_code)
    return Plan(coder.kind, coder.spoken, tuple(to_code[: wanted.limit]), known)


def propose(study: Study, wanted: Wanted, progress: Progress = lambda _count: None) -> ProposeReport:
    """Proposes codes where the coder has not; a run that was stopped goes on.

    Raises ModelError where the service refuses for good, after everything that came back was stored.
    """
    coder = choose(study, wanted)
    todo = plan(study, wanted, coder)
    if not todo.to_code:
        return ProposeReport(coder.kind, coder.spoken, None, None, todo.known, {}, 0, 0, 0)
    run = _opened_run(study, coder)
    states: Counter[str] = Counter()
    kept: list[Suggestion] = []
    dropped = 0

    def keep(
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None:
        nonlocal dropped
        study.store.runs.record(outcomes, suggestions, candidates)
        states.update(outcome.state.value for outcome in outcomes)
        dropped += sum(flag.startswith(QUOTE_REJECTED) for outcome in outcomes for flag in outcome.flags)
        kept.extend(suggestions)
        progress(len(outcomes))

    ended = RunState.STOPPED
    try:
        coder.propose(run, todo.to_code, keep)
        final = {state.value for state in FINAL}
        ended = RunState.FINISHED if set(states) <= final else RunState.PARTIAL
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped after {sum(states.values())} of {len(todo.to_code)} passages; they are kept",
            hint="The same command goes on from there.",
        ) from None
    finally:
        update = {"state": ended, "finished": wiring.clock().now()}
        study.store.runs.put(run.model_copy(update=update))
    return ProposeReport(
        coder=coder.kind,
        spoken=coder.spoken,
        run=run.id,
        rater=run.rater,
        known=todo.known,
        states=dict(states),
        suggestions=len(kept),
        with_code=len({suggestion.passage for suggestion in kept}),
        unverified=dropped,
    )


def _selected(study: Study, documents: Collection[str]) -> list[Passage]:
    passages = study.store.passages.all()
    if not documents:
        return passages
    known = {passage.document for passage in passages}
    unknown = [slug for slug in documents if slug not in known]
    if unknown:
        raise UsageError(
            f"no document is called {', '.join(unknown)}",
            hint=f"Documents: {', '.join(sorted(known)[:20])}{', …' if len(known) > 20 else ''}.",
        )
    return [passage for passage in passages if passage.document in documents]


def _coded(study: Study, coder: Proposer, recode: bool) -> set[str]:
    runs = [run for run in study.store.runs.all() if run.coder == coder.kind and run.model == coder.model]
    if recode:
        runs = [run for run in runs if run.configuration == coder.configuration]
    return {o.passage for run in runs for o in study.store.runs.outcomes(run.id) if o.state in FINAL}


def _opened_run(study: Study, coder: Proposer) -> Run:
    keep_codebook(study)
    earlier = study.store.runs.find(coder.configuration)
    if earlier is not None:
        run = earlier.model_copy(update={"state": RunState.RUNNING, "finished": None})
    else:
        run_id = study.store.runs.next_id()
        run = Run(
            id=run_id,
            coder=coder.kind,
            rater=coder.rater(run_id),
            configuration=coder.configuration,
            codebook_hash=study.codebook.hash,
            codebook_version=study.codebook.version,
            model=coder.model,
            prompt=coder.prompt,
            started=wiring.clock().now(),
            details=coder.details(),
        )
    study.store.runs.put(run)
    return run
