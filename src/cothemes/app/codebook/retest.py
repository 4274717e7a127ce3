"""A coder asked under an old and a new wording about passages that people have settled."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from cothemes.app.codebook.versions import NamedVersion, last_used, under, version_named
from cothemes.app.coders.driver import Driver
from cothemes.app.coders.forecast import ForecastReport, forecast, forecast_report
from cothemes.app.coders.model import ModelProposer
from cothemes.app.coders.passage_coding import Aids
from cothemes.app.coders.propose import Plan, ProposeOptions, choose, settings_for
from cothemes.app.corpus.passages import StudyPassages, documents_of, passages_of
from cothemes.app.privacy.embedding import embedder_of
from cothemes.app.ratings import human_ratings
from cothemes.app.review.consensus import consensus as settled_here
from cothemes.app.runs.call_policy import terms
from cothemes.app.runs.stopping import Stop
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.ports import Progress
from cothemes.records.codebook import Codebook
from cothemes.records.rating import RaterKind
from cothemes.records.record import Record, content_hash
from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.stages.codebook_change.retest import COLUMN, CodeRetest, Side, retest, used_for_revision
from cothemes.stages.exchange.ratings_rows import with_values
from cothemes.stages.propose.offline.offline_coder import propose_offline
from cothemes.stages.review.reading_state import fold_all

IMPORTED, OLD, NEW = "imported", "old", "new"
"""Names of the wording under which a code was adjudicated; of imported ratings it is not known."""
Gold = dict[str, dict[str, int]]
"""Passage → code → 1 or 0."""


@dataclass(frozen=True)
class GoldPassages:
    """Passages that people have adjudicated, and those of them that may be tested on."""

    gold: Gold
    wording: dict[str, dict[str, int]]
    """Code → `imported`, `old` or `new` → passages settled so."""
    left_out: dict[str, int]
    """Document that was used to revise the codebook → its settled passages."""
    synthetic: int
    """Documents that are invented, among those tested on."""


class RetestSide(Record):
    """A code under one wording."""

    hits: int
    false: int
    missed: int
    f1: float | None


class F1Difference(Record):
    """F1 under the new wording minus F1 under the old, with its interval."""

    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    """Reason why there is no value, or no interval."""


class MeanF1Difference(F1Difference):
    """Mean difference over the codes that have one."""

    codes_counted: int


class RetestedCode(Record):
    """One code under both wordings, on the passages that both coded and people settled for it."""

    code: str
    changed: bool
    """True if its own wording changed; else only those around it did."""
    settled_under: dict[str, int]
    """Wording (`imported` if not known, `old`, `new`) → passages settled under it."""
    passages: int
    positives: int
    old: RetestSide
    new: RetestSide
    difference: F1Difference
    newly_found: tuple[str, ...]
    """Positives that only the new wording finds."""
    lost: tuple[str, ...]
    no_longer_false: tuple[str, ...]
    newly_false: tuple[str, ...]


class RetestReport(Record):
    """An old and a new wording, tested on passages that people adjudicated."""

    old: NamedVersion
    new: NamedVersion
    spoken: str
    """The coder in words."""
    passages: int
    """Passages that both wordings were tested on."""
    interviews: int
    left_out: dict[str, int]
    """Document that was used to revise the codebook → its settled passages."""
    uncoded: int
    """Settled passages with no usable answer under one wording or both."""
    synthetic_documents: int
    codes: tuple[RetestedCode, ...]
    macro: MeanF1Difference


class RetestPlan(Record):
    """Passages and calls that a test of both wordings would ask for."""

    spoken: str
    """The coder in words."""
    passages: int
    forecasts: tuple[ForecastReport, ...]
    """Forecasts for the old and the new wording; none for a coder that costs nothing."""


@dataclass(frozen=True)
class Asked:
    """A re-test that is set up."""

    study: Study
    wanted: ProposeOptions
    books: tuple[Codebook, Codebook]
    settled: GoldPassages
    passages: StudyPassages


def set_up(study: Study, wanted: ProposeOptions, old: str = "", new: str = "", consensus: str = "") -> Asked:
    """Versions are named as `version_named` has it. Raises StateConflict where nothing changed or nothing is
    settled that may be tested on, UsageError where a consensus must be chosen."""
    books = (
        version_named(study, old) if old else last_used(study),
        version_named(study, new) if new else study.codebook,
    )
    if books[0].hash == books[1].hash:
        raise StateConflict(
            "both versions read the same to a coder",
            where=str(study.codebook_path),
            hint="Name two versions: cothemes codebook retest OLD NEW; cothemes codebook log lists them.",
        )
    settled = settled_passages(study, books, consensus)
    passages = passages_of(study.store.passages).among(settled.gold)
    if not passages:
        raise _nothing(settled)
    return Asked(study, wanted, books, settled, passages)


def retest_plan(asked: Asked) -> RetestPlan:
    """Return what a test would cost; nothing is asked."""
    proposers = [choose(under(asked.study, book), asked.wanted) for book in asked.books]
    estimates = [
        forecast(under(asked.study, book), Plan(proposer, asked.passages, asked.passages[:0], known=0))
        for book, proposer in zip(asked.books, proposers, strict=True)
        if proposer.asks is not None
    ]
    return RetestPlan(
        spoken=_described(proposers[1].kind, proposers[1].coder_description),
        passages=len(asked.passages),
        forecasts=tuple(forecast_report(each, asked.study) for each in estimates if each),
    )


def run_retest(
    asked: Asked, *, budget: float | None = None, progress: Progress = lambda _count: None
) -> RetestReport:
    """Ask under both wordings. What a model said before is not bought again.

    Raises BudgetReached and ModelError as `propose` does: what came is in the ledger, and the same command
    goes on from there.
    """
    proposers = [choose(under(asked.study, book), asked.wanted) for book in asked.books]
    if proposers[0].asks is not None:
        given = asyncio.run(_by_model(asked, budget, progress))
    else:
        given = [_offline(asked, book, progress) for book in asked.books]
    old, new = asked.books
    shared = [code.id for code in new.codes if code.id in old.by_id]
    changed = {code for code in shared if old.by_id[code].text_hash != new.by_id[code].text_hash}
    clusters = {document.slug: document.cluster for document in asked.study.store.documents.heads()}
    found = retest(
        shared,
        changed,
        asked.settled.gold,
        given[0],
        given[1],
        {passage.id: clusters.get(passage.document, passage.document) for passage in asked.passages},
    )
    both = sum(passage.id in given[0] and passage.id in given[1] for passage in asked.passages)
    spoken = _described(proposers[0].kind, proposers[0].coder_description)
    uncoded = len(asked.passages) - both
    settled = asked.settled
    return RetestReport(
        old=NamedVersion.of(old),
        new=NamedVersion.of(new),
        spoken=spoken,
        passages=len(settled.gold) - uncoded,
        interviews=found.interviews,
        left_out=settled.left_out,
        uncoded=uncoded,
        synthetic_documents=settled.synthetic,
        codes=tuple(_code(each, settled.wording.get(each.code, {})) for each in found.codes),
        macro=MeanF1Difference(**vars(found.macro), codes_counted=found.counted),
    )


def _code(each: CodeRetest, wording: dict[str, int]) -> RetestedCode:
    return RetestedCode(
        code=each.code,
        changed=each.changed,
        settled_under=wording,
        passages=each.passages,
        positives=each.positives,
        old=_side(each.old),
        new=_side(each.new),
        difference=F1Difference(**vars(each.difference)),
        newly_found=each.found,
        lost=each.lost,
        no_longer_false=each.dropped,
        newly_false=each.added,
    )


def _side(side: Side) -> RetestSide:
    return RetestSide(hits=side.hits, false=side.false, missed=side.missed, f1=side.f1)


def settled_passages(study: Study, books: tuple[Codebook, Codebook], consensus: str = "") -> GoldPassages:
    """Consensus that was imported, then what registered people settled under the old wording, then under the
    new; a later one takes the place of an earlier one, code by code."""
    gold: Gold = defaultdict(dict)
    source: dict[tuple[str, str], str] = {}
    for name, unit, code, value in _consensus(study, books, consensus):
        gold[unit][code] = value
        source[unit, code] = name
    documents = {document.slug: document for document in study.store.documents.heads()}
    rounds: dict[str, set[str]] = defaultdict(set)
    for standing in fold_all(study.store.reviews.assignments(), study.store.reviews.decisions()):
        if standing.first.done:
            rounds[standing.assignment.document].add(standing.assignment.round)
    passages = {passage.id: passage for passage in study.store.passages.heads() if passage.id in gold}
    out: dict[str, int] = defaultdict(int)
    kept: Gold = {}
    for unit, passage in passages.items():
        if used_for_revision(documents[passage.document], rounds[passage.document]):
            out[passage.document] += 1
        else:
            kept[unit] = gold[unit]
    wording: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (unit, code), name in source.items():
        if unit in kept:
            wording[code][name] += 1
    slugs = {passages[unit].document for unit in kept}
    return GoldPassages(
        gold=kept,
        wording={code: dict(counts) for code, counts in wording.items()},
        left_out=dict(sorted(out.items())),
        synthetic=sum(documents[slug].synthetic for slug in slugs),
    )


def _consensus(
    study: Study, books: tuple[Codebook, Codebook], consensus: str
) -> list[tuple[str, str, str, int]]:
    """(source, passage, code, value), the weakest source first."""
    rows = [rating for rating in study.store.ratings.all() if rating.kind is RaterKind.CONSENSUS]
    raters = sorted({rating.rater for rating in rows})
    if consensus and consensus not in raters:
        raise UsageError(
            f"no consensus is called {consensus!r}", hint=f"Imported: {', '.join(raters) or 'none'}."
        )
    if len(raters) > 1 and not consensus:
        raise UsageError(
            f"{len(raters)} consensus raters were imported: {', '.join(raters)}",
            hint=f"Choose one: --consensus {raters[0]}",
        )
    # What is imported rates the codes that were there; of a code that came later it says nothing.
    chosen = [rating for rating in rows if not consensus or rating.rater == consensus]
    found = [
        (IMPORTED, r.unit, r.code, int(r.value or 0))
        for r in with_values(chosen, tuple(books[0].by_id))
        if r.code in books[0].by_id
    ]
    for name, book in ((OLD, books[0]), (NEW, books[1])):
        then = under(study, book)
        found += [
            (name, r.unit, r.code, int(r.value or 0))
            for r in (*human_ratings(then).ratings, *settled_here(then).ratings)
            if r.kind is RaterKind.CONSENSUS
        ]
    return found


def _offline(asked: Asked, book: Codebook, progress: Progress) -> Mapping[str, Collection[str]]:
    """Code by the wording alone: what was learnt from decisions would bring the settled passages in by the
    back door.
    """
    store = asked.study.store
    given = {}
    results = propose_offline(
        asked.passages, book, embedder_of(asked.study), store.embeddings, (), "retest", store.passages.of
    )
    for outcome, suggestions in results:
        progress(1)
        if outcome.state is OutcomeState.CODED:
            given[outcome.passage] = {s.code for s in suggestions if s.verdict is Verdict.YES}
    return given


async def _by_model(
    asked: Asked, budget: float | None, progress: Progress
) -> list[Mapping[str, Collection[str]]]:
    """Both wordings in one event loop, under one run of the ledger; no reviewed passage is an example."""
    settings = settings_for(asked.study, asked.wanted)
    documents = documents_of(asked.study.store.documents, asked.passages.versions)
    run_id = f"retest-{content_hash([book.hash for book in asked.books])[:8]}"
    found: list[Mapping[str, Collection[str]]] = []
    for book in asked.books:
        proposer = ModelProposer(under(asked.study, book), settings, budget)
        coder = replace(proposer.coder, aids=lambda _passage: Aids(), aided="")
        agreed = terms(
            asked.study, proposer.settings, coder.model.endpoint, run=run_id, budget=budget, stop=Stop()
        )
        given = await Driver(asked.study, coder, proposer.sending).codes_given(
            asked.passages, documents, agreed, run=run_id, progress=progress
        )
        found.append({passage: codes for passage, codes in given.items() if codes is not None})
    return found


def _described(kind: str, description: str) -> str:
    if kind == "offline":
        return "the offline coder, by the wording alone; nothing learnt from decisions"
    return f"{description}; no reviewed passage is shown to it"


def _nothing(settled: GoldPassages) -> StateConflict:
    if not settled.left_out:
        return StateConflict(
            "no passage is adjudicated, so there is nothing to test on",
            hint="Adjudicate disagreements: cothemes adjudicate; or import ratings of kind consensus.",
        )
    names = ", ".join(settled.left_out)
    return StateConflict(
        f"all {sum(settled.left_out.values())} adjudicated passages are in documents that the codebook was "
        f"revised with, which are never test data: {names}",
        hint="Adjudicate passages of other documents. The documents used are those with a round called "
        f"pilot, or with `yes` in the column {COLUMN} of their metadata.",
    )
