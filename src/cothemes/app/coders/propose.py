"""Passages to suggestions: chooses the coder, resumes its run, records what came of each passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import ConfigDict, Field

from cothemes.app import wiring
from cothemes.app.coders.batch import BatchProposer
from cothemes.app.coders.calibration import MODEL, CalibrationReport, learn_calibration
from cothemes.app.coders.coder import Proposer
from cothemes.app.coders.coverage import selected, standing
from cothemes.app.coders.learning_status import TaughtSince, taught_since
from cothemes.app.coders.model import ModelProposer
from cothemes.app.coders.new_run_reason import NewRunReason, has_coded, new_run_reason
from cothemes.app.coders.offline import OfflineProposer
from cothemes.app.corpus.passages import StudyPassages
from cothemes.app.corrected_texts import texts_as_read
from cothemes.app.ratings import keep_codebook
from cothemes.app.runs.batches import waiting_passages
from cothemes.app.runs.call_policy import EventSink, terms
from cothemes.app.runs.cancel import Interrupted, forget_cancel
from cothemes.app.runs.costs import paid
from cothemes.app.runs.killed import lower_killed
from cothemes.app.runs.outcomes import FINAL, OutcomeRecorder
from cothemes.app.runs.run_chain import CLOSED, ENDED_BY, turn
from cothemes.app.runs.stopping import ModelChanged
from cothemes.app.runs.unconfirmed import Unconfirmed, unconfirmed, with_unconfirmed
from cothemes.app.study import Study
from cothemes.errors import CothemesError, StateConflict, Stopped, UsageError
from cothemes.ports import Progress
from cothemes.records.passage import PassageHead
from cothemes.records.price import NANOS
from cothemes.records.record import Record, absent
from cothemes.records.run import Run, RunState
from cothemes.settings import Settings
from cothemes.stages.propose.offline.coder import NOT_CODED
from cothemes.stages.propose.offline.learnt import Learnt


@dataclass(frozen=True)
class ProposeOptions:
    """Options of a call of propose; None and empty leave it to the settings."""

    coder: Literal["auto", "offline", "llm"] | None = None
    model: str = ""
    base_url: str = ""
    concurrency: int | None = None
    limit: int | None = None
    documents: tuple[str, ...] = ()
    recode: bool = False
    corrected: bool = False
    """Code passages again whose text was corrected since the coder read it."""
    budget: float | None = None
    """The most that the run may ever spend, in the currency of the prices."""
    retry_parked: bool = False
    batch: bool = False
    """Through the provider's Batch API."""
    wait: float = 0.0
    """Hours to wait for batches."""


class Withheld(Record):
    """Passages that stay on this machine for one reason."""

    reason: str
    passages: int
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Plan of a call of propose."""

    proposer: Proposer = field(repr=False)
    to_code: StudyPassages
    to_note: StudyPassages
    """The withheld passages of which the run says nothing yet, or another reason."""
    known: int
    """Passages that this coder has coded before, under this or an earlier configuration."""
    parked: int = 0
    """Passages left alone after three runs with an unusable reply."""
    failures: dict[str, int] = field(default_factory=dict)
    """Passage → earlier runs with an unusable reply."""
    withheld: tuple[Withheld, ...] = ()
    """Passages that may not be sent to the coder; tried again when it may."""
    waiting: int = 0
    """Passages left alone because a batch that is under way asks about them."""
    not_coded: int = 0
    """Passages of those to code that are no participant's words: the coder skips them."""
    unsearched: tuple[str, ...] = ()
    """Documents whose text goes to a remote model though no names were searched in it."""
    corrected: frozenset[str] = frozenset()
    """Passages that the coder has coded and whose text was corrected since."""
    sends_corrected: bool = False
    """Whether these are coded again."""

    @property
    def coder(self) -> str:
        """The kind of the coder."""
        return self.proposer.kind

    @property
    def coder_description(self) -> str:
        """Return who would speak, in words."""
        return self.proposer.coder_description


class ProposeReport(Record):
    """Result of a call of propose."""

    model_config = ConfigDict(arbitrary_types_allowed=True, serialize_by_alias=True, validate_by_name=True)

    coder: str
    coder_description: str = Field(alias="spoken")
    """Name of the coder, in words."""
    run: str | None = None
    """None where there was nothing to propose."""
    begins: NewRunReason | None = None
    """Reason why the run does not continue an earlier one."""
    rater: str | None = None
    known: int
    """Passages that were coded before."""
    corrected: int = 0
    """Passages that keep their suggestions for an earlier text, since nobody asked to code them again."""
    parked: int = 0
    """Passages left alone after three runs with an unusable reply, those that this call parked included."""
    reasons: dict[str, int] = {}
    """Reasons why passages of this call have no usable reply: the service's fault, or the state of the
    reply.
    """
    withheld: tuple[Withheld, ...] = ()
    """Passages that may not be sent to the coder."""
    unsearched: tuple[str, ...] = Field((), alias="names_not_searched")
    """Documents whose text was to go to a remote model though no names were searched in it."""
    waiting: int = 0
    """Passages that a batch under way asks about."""
    left: int = Field(0, alias="not_asked")
    """Passages that were not asked about: a budget or the provider's queue had no room for them yet."""
    skipped: dict[str, int] = {}
    """Reason → passages skipped in this call: turns that no coder codes, documents that may not leave."""
    spent: dict[str, float] = {}
    """Currency → cost of this call by the provider's count; empty where no price is known."""
    unconfirmed: tuple[Unconfirmed, ...] = ()
    """Calls of the run that may have been paid for and brought no reply."""
    states: dict[str, int] = Field({}, alias="outcomes")
    """Outcomes of this call by state."""
    suggestions: int = 0
    with_code: int = Field(0, alias="passages_with_a_code")
    unverified: int = Field(0, alias="codes_without_a_verified_quote")
    """Codes proposed with a quote that is not in the passage; none of them is shown to anyone."""
    unrepaired: dict[str, int] = Field({}, alias="codes_not_asked_about_again")
    """Those of them that were not asked about once more: `cap` or `given_up`."""
    learnt: Learnt | None = None
    """Record of what people taught the offline coder."""
    calibration: CalibrationReport | None = Field(default=None, exclude_if=absent)
    """What people's decisions taught about a model's suggestions; absent for the offline coder, and where
    the run was stopped."""
    taught_since: TaughtSince | None = None
    """Passages that the offline coder would learn from if it coded again, where there was nothing to
    propose.
    """
    parked_now: int = Field(0, exclude=True)
    """Number of parked passages that were tried in this call."""
    stopped: CothemesError | None = Field(None, exclude=True)
    """Error that ended the run before its last passage; everything that came until then is stored."""

    def checked(self) -> Self:
        """Return the report itself. Raise what stopped the run, where something did."""
        if self.stopped is not None:
            raise self.stopped
        return self

    @property
    def failed(self) -> int:
        """Passages that will be tried again."""
        final = {state.value for state in FINAL}
        return sum(count for state, count in self.states.items() if state not in final) - self.parked_now

    @property
    def complete(self) -> bool:
        """Return whether nothing remains to be asked, now or when someone asks for it."""
        return not (self.failed or self.waiting or self.left or self.parked)


def settings_for(study: Study, wanted: ProposeOptions) -> Settings:
    """The study's settings with what was asked for laid over them."""
    asked = {"name": wanted.model, "base_url": wanted.base_url, "concurrency": wanted.concurrency}
    model = study.settings.model.model_dump() | {key: value for key, value in asked.items() if value}
    return Settings.model_validate({**study.settings.model_dump(), "model": model})


def choose(study: Study, wanted: ProposeOptions) -> Proposer:
    """The coder that was asked for, or by `auto` the model where one is named."""
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "this study is reflexive: nothing is proposed in it",
            where=str(study.root / "cothemes.toml"),
            hint='Set tradition = "codebook" if the study codes with a codebook.',
        )
    if not study.codebook.defined.codes:
        drafts = "no code has a definition yet" if study.codebook.codes else "there are no codes yet"
        raise StateConflict(
            f"nothing can be proposed: {drafts}",
            where=str(study.codebook_path),
            hint="Write definitions there; until then, people code: cothemes review --as NAME",
        )
    settings = settings_for(study, wanted)
    kind = wanted.coder or study.settings.coder.kind
    if kind == "llm" and not settings.model.name:
        raise UsageError(
            "no model is named",
            hint="Give --model PROVIDER:NAME, or set `name` under [model] in cothemes.toml.",
        )
    if kind == "llm" or (kind == "auto" and settings.model.name):
        if wanted.batch:
            return BatchProposer(study, settings, wanted.budget, hours=wanted.wait)
        return ModelProposer(study, settings, wanted.budget)
    if wanted.batch:
        raise UsageError("--batch-api is for a model", hint="Name one with --model openai:NAME.")
    return OfflineProposer(study)


def refuse_without_price(study: Study, wanted: ProposeOptions) -> None:
    """Raise StateConflict where a budget is set and the model has no price: known before any file is read."""
    settings = settings_for(study, wanted)
    kind = wanted.coder or study.settings.coder.kind
    if settings.model.name and kind != "offline" and study.settings.study.tradition != "reflexive":
        terms(study, settings, wiring.chat_model(settings).endpoint, run="", budget=wanted.budget)


def plan(study: Study, wanted: ProposeOptions) -> Plan:
    """Return which passages the coder has not coded. With `recode`, those of its earlier configurations too;
    with `corrected`, those whose text was corrected since they were sent.
    """
    coder = choose(study, wanted)
    passages = selected(study, wanted.documents)
    stand = standing(
        study,
        coder=coder.kind,
        model=coder.model,
        configuration=coder.configuration,
        recode=wanted.recode,
    )
    corrected = frozenset(passage for passage, _ in texts_as_read(study, stand.read.items()))
    corrected &= {passage.id for passage in passages}
    settled = stand.coded - corrected if wanted.corrected else stand.coded
    open_ = [passage for passage in passages if passage.id not in settled]
    reasons = _refusals(study, coder, open_)
    going = [passage for passage in open_ if passage.document not in reasons]
    parked = frozenset[str]() if wanted.retry_parked else stand.parked
    tried = [passage for passage in going if passage.id not in parked]
    held = _held_by_batches(study, coder, wanted.recode)
    to_code = [passage for passage in tried if passage.id not in held]
    staying = [passage for passage in open_ if passage.document in reasons]
    to_note = [p for p in staying if stand.withheld.get(p.id) != reasons[p.document]]
    return Plan(
        coder,
        StudyPassages(study.store.passages, to_code[: wanted.limit]),
        StudyPassages(study.store.passages, to_note),
        known=len(passages) - len(open_),
        parked=len(going) - len(tried),
        failures=stand.failures,
        withheld=tuple(_by_reason(staying, reasons)),
        waiting=len(tried) - len(to_code),
        not_coded=sum(passage.role in NOT_CODED for passage in to_code[: wanted.limit]),
        unsearched=_unsearched(study, coder, to_code[: wanted.limit]),
        corrected=corrected,
        sends_corrected=wanted.corrected,
    )


def _unsearched(study: Study, coder: Proposer, passages: Sequence[PassageHead]) -> tuple[str, ...]:
    slugs = {passage.document for passage in passages}
    return coder.unsearched(each for each in study.store.documents.heads() if each.slug in slugs)


def _held_by_batches(study: Study, coder: Proposer, recode: bool) -> set[str]:
    """Asked now, what a batch asks already would be bought twice; batches collect their own."""
    if coder.asks is None:
        return set()
    own = coder.configuration if coder.batched else None
    under = coder.configuration if recode else None
    return waiting_passages(study, coder.model, under=under, besides=own)


def _refusals(study: Study, coder: Proposer, passages: Sequence[PassageHead]) -> dict[str, str]:
    """Document → why it may not be sent."""
    slugs = {passage.document for passage in passages}
    documents = [document for document in study.store.documents.heads() if document.slug in slugs]
    return {document.slug: reason for document in documents if (reason := coder.refusal(document))}


def _by_reason(passages: Sequence[PassageHead], reasons: Mapping[str, str]) -> Iterator[Withheld]:
    for reason in dict.fromkeys(reasons[passage.document] for passage in passages):
        slugs = [passage.document for passage in passages if reasons[passage.document] == reason]
        yield Withheld(reason=reason, passages=len(slugs), documents=tuple(dict.fromkeys(slugs)))


def propose(
    study: Study,
    wanted: ProposeOptions,
    progress: Progress = lambda _count: None,
    tell: EventSink = lambda _event, _facts: None,
    todo: Plan | None = None,
) -> ProposeReport:
    """Proposes codes where the coder has not; a run that was stopped goes on. `tell` takes events for a log;
    `todo` is the plan of just now, where one was made.

    What ends the run early is in the report as `stopped`, once everything that came back is stored:
    ModelError where the service refuses for good, BudgetReached, Stopped where the user or `cancel` ended it.
    """
    todo = todo or plan(study, wanted)
    coder = todo.proposer
    if not todo.to_code and not todo.to_note:
        coder.tidy(tell)
        return ProposeReport(
            coder=coder.kind,
            coder_description=coder.coder_description,
            known=todo.known,
            corrected=_left_corrected(todo),
            parked=todo.parked,
            withheld=todo.withheld,
            waiting=todo.waiting,
            taught_since=taught_since(study, coder),
            calibration=_calibrated(study, coder),
        )
    begins = new_run_reason(study, coder, corrected=todo.corrected if todo.sends_corrected else ())
    waiting = left = 0
    stopped: CothemesError | None = None
    run = _opened_run(study, coder, tell, todo)
    if begins is not None:
        tell("another_run", {"run": run.id, **begins.model_dump(mode="json"), "told": begins.sentence})
    if todo.unsearched:
        tell("names_not_searched", {"run": run.id, "documents": list(todo.unsearched)})
    books = OutcomeRecorder(study.store.runs, progress, todo.failures, tell)
    tell("run_started", {"run": run.id, "rater": run.rater, "passages": len(todo.to_code)})
    before = paid(study, run.id)
    ended, ended_by, more = RunState.STOPPED, "fault", dict[str, object]()

    try:
        coder.propose(run, todo.to_code + todo.to_note, books)
        ended_by = ""
        final = {state.value for state in FINAL}
        ended = RunState.FINISHED if set(books.states) <= final else RunState.PARTIAL
        waiting = len(study.store.batches.passages(run_id=run.id).intersection(todo.to_code.ids))
        asked = len(todo.to_code) + len(todo.to_note)
        left = max(0, asked - sum(books.states.values()) - waiting)
        if waiting or left:
            ended = RunState.WAITING if waiting else RunState.STOPPED
    except (KeyboardInterrupt, Interrupted):
        stopped = Stopped(
            f"stopped after {sum(books.states.values())} of {len(todo.to_code)} passages; they are kept",
            hint="The same command goes on from there.",
        )
        left = max(0, len(todo.to_code) + len(todo.to_note) - sum(books.states.values()))
    except CothemesError as error:
        if isinstance(error, Stopped):
            ended = RunState.CANCELLED
        if isinstance(error, ModelChanged):
            more = {CLOSED: error.message}
        stopped = with_unconfirmed(study, error)
        waiting = len(study.store.batches.passages(run_id=run.id).intersection(todo.to_code.ids))
        left = max(0, len(todo.to_code) + len(todo.to_note) - sum(books.states.values()) - waiting)
    finally:
        more[ENDED_BY] = type(stopped).__name__ if stopped else ended_by
        update = {"state": ended, "finished": wiring.clock().now(), "details": {**run.details, **more}}
        study.store.work.hand_back(run.model_copy(update=update))
        tell("run_ended", {"run": run.id, "state": ended.value, "outcomes": dict(books.states)})
    return ProposeReport(
        coder=coder.kind,
        coder_description=coder.coder_description,
        run=run.id,
        rater=run.rater,
        known=todo.known,
        corrected=_left_corrected(todo),
        states=dict(books.states),
        suggestions=books.suggestions,
        with_code=len(books.with_code),
        unverified=books.unverified,
        unrepaired=dict(books.unrepaired),
        parked=todo.parked + books.parked,
        parked_now=books.parked,
        reasons=dict(books.reasons),
        withheld=todo.withheld,
        unsearched=todo.unsearched,
        waiting=waiting + todo.waiting,
        left=left,
        begins=begins,
        skipped=dict(books.skipped),
        spent={
            currency: (nanos - before.get(currency, 0)) / NANOS
            for currency, nanos in paid(study, run.id).items()
        },
        unconfirmed=tuple(unconfirmed(study, run.id)),
        learnt=coder.learnt,
        calibration=None if stopped else _calibrated(study, coder),
        stopped=stopped,
    )


def _calibrated(study: Study, coder: Proposer) -> CalibrationReport | None:
    return learn_calibration(study) if coder.kind == MODEL else None


def _left_corrected(todo: Plan) -> int:
    return 0 if todo.sends_corrected else len(todo.corrected)


def _opened_run(study: Study, coder: Proposer, tell: EventSink, todo: Plan) -> Run:
    keep_codebook(study)
    run = study.store.runs.find(coder.configuration)
    again = todo.corrected if todo.sends_corrected else frozenset[str]()

    def superseded(known: Run) -> bool:
        return CLOSED in known.details or has_coded(study, known, again)

    if run is None or superseded(run):
        run = study.store.runs.begin(_new_run(study, coder), superseded)
    lower_killed(study)  # before the rows of killed processes are swept away
    for left in study.store.work.enter(run.id, wiring.clock().now()):
        lives = study.store.work.liveness(left).value
        tell("taken_up", {"run": run.id, "host": left.host, "process": left.pid, "lives": lives})
    forget_cancel(study, run.id)
    run = run.model_copy(update={"state": RunState.RUNNING, "finished": None})
    study.store.runs.put(run)
    return run


def _new_run(study: Study, coder: Proposer) -> Run:
    run_id = study.store.runs.next_id()
    return Run(
        id=run_id,
        coder=coder.kind,
        rater=coder.rater(run_id),
        configuration=coder.configuration,
        codebook_hash=study.codebook.hash,
        codebook_version=study.codebook.version,
        model=coder.model,
        prompt=coder.prompt,
        started=wiring.clock().now(),
        details={**coder.details(), **turn(study, coder.configuration)},
    )
