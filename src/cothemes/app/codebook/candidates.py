"""What no code fits, by models and by people, with the source's words. People decide what comes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from cothemes.app.privacy.embedding import embedder_of
from cothemes.app.ratings import assignments_of, decisions_of
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.candidate import Candidate
from cothemes.records.record import Listing, Record
from cothemes.records.review import Action, Arm, Decision
from cothemes.records.revision import Revision, RevisionKind
from cothemes.stages.codebook_change.candidate_clusters import (
    MOST,
    CandidateCluster,
    Uncoded,
    clustered,
    vectors_of,
)
from cothemes.stages.review.reading_state import fold, live

SETTLING = (RevisionKind.ADOPTED, RevisionKind.DISMISSED)
_NOTED = (Action.NOTE, Action.FLAG)


@dataclass(frozen=True)
class Missed:
    """A candidate with the source's own words."""

    candidate: Candidate
    quotes: tuple[str, ...]
    """Quotes of the passage's text as it was coded; empty where the document is gone."""


@dataclass(frozen=True)
class CandidateClusters:
    """Open candidates in clusters, and those adopted or dismissed before."""

    heaps: tuple[CandidateCluster, ...]
    settled: int
    waiting_blind: dict[str, int]
    """Reviewer → passages among these that she is still to read blind."""


class ClusterMember(Record):
    """A place that no code fits."""

    id: str
    passage: str
    document: str
    by: str
    """The run, or the person whose note it is."""
    person: bool
    label: str
    criterion: str
    quotes: tuple[str, ...]


class ClusterReport(Record):
    """Similar places that no code fits."""

    heap: str
    passages: tuple[str, ...]
    interviews: int
    members: tuple[ClusterMember, ...]


class ClusterList(Record):
    """Open heaps of candidates."""

    heaps: tuple[ClusterReport, ...]
    settled: int
    """Candidates that people adopted or dismissed before."""
    waiting_blind: dict[str, int]
    """Reviewer → passages of open candidates that they still have to read blind."""


class CandidateEntry(Candidate):
    """A model's candidate with the source's own words."""

    quotes: tuple[str, ...]


class CandidateList(Listing[CandidateEntry]):
    """Models' candidates in the order in which they came."""


def candidate_list(study: Study, run_id: str = "", documents: Collection[str] = ()) -> CandidateList:
    """Return models' candidates one by one. Raises UsageError for an unknown run."""
    found = candidates(study, run_id, documents)
    return CandidateList(
        tuple(CandidateEntry(**dict(missed.candidate), quotes=missed.quotes) for missed in found)
    )


def cluster_list(study: Study, run_id: str = "", documents: Collection[str] = ()) -> ClusterList:
    """Return the open heaps with a member of the run, and of one of the documents. Raises UsageError for an
    unknown run, WeightsMissing without an embedder."""
    if run_id:
        _known_run(study, run_id)
    found = clusters(study)
    shown = [
        cluster
        for cluster in found.heaps
        if (not run_id or any(member.by == run_id for member in cluster.members))
        and (not documents or any(member.document in documents for member in cluster.members))
    ]
    return ClusterList(
        heaps=tuple(map(_cluster_report, shown)), settled=found.settled, waiting_blind=found.waiting_blind
    )


def _cluster_report(cluster: CandidateCluster) -> ClusterReport:
    return ClusterReport(
        heap=cluster.id,
        passages=cluster.passages,
        interviews=cluster.interviews,
        members=tuple(
            ClusterMember(
                id=member.id,
                passage=member.passage,
                document=member.document,
                by=member.by,
                person=member.person,
                label=member.label,
                criterion=member.criterion,
                quotes=member.quotes,
            )
            for member in cluster.members
        ),
    )


def _known_run(study: Study, run_id: str) -> None:
    if study.store.runs.get(run_id) is None:
        known = ", ".join(run.id for run in study.store.runs.all()) or "none yet"
        raise UsageError(f"there is no run {run_id!r}", hint=f"Runs: {known}.")


def candidates(study: Study, run_id: str = "", documents: Collection[str] = ()) -> list[Missed]:
    """Return the candidates of all runs, or of one, in the order in which they came. Raises UsageError for a
    run that is none.
    """
    if run_id:
        _known_run(study, run_id)
    found = []
    for candidate in study.store.runs.candidates(run_id=run_id or None):
        passage = study.store.passages.get(candidate.passage)
        if documents and (passage is None or passage.document not in documents):
            continue
        quotes = [
            passage.own_text(max(e.start - passage.start, 0), e.end - passage.start)
            for e in candidate.evidence
            if passage is not None
        ]
        found.append(Missed(candidate, tuple(quotes)))
    return found


def uncoded(study: Study) -> list[Uncoded]:
    """Every place that no code fits: candidates of models, and notes of people on passages that they finished
    without a code. Words of forgotten documents are not among them."""
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    found = [
        Uncoded(
            id=missed.candidate.id,
            passage=missed.candidate.passage,
            document=(slug := missed.candidate.passage.rpartition(".")[0]),
            cluster=clusters.get(slug, slug),
            by=missed.candidate.run,
            person=False,
            label=missed.candidate.label,
            criterion=missed.candidate.criterion,
            quotes=missed.quotes,
        )
        for missed in candidates(study)
        if missed.candidate.label or missed.candidate.criterion
    ]
    return found + _notes(study, clusters)


def clusters(study: Study) -> CandidateClusters:
    """Return what is open, in heaps. Raises UsageError where there is too much of it, WeightsMissing without
    an embedder.
    """
    every = uncoded(study)
    done = settled_ids(study, every)
    open_ = [member for member in every if member.id not in done]
    if len(open_) > MOST:
        raise UsageError(
            f"{len(open_)} candidates are open; at most {MOST} can be grouped at once",
            hint="Look through them as a list: cothemes codebook candidates --flat.",
        )
    found: list[CandidateCluster] = []
    if open_:
        embedder = embedder_of(study)
        rows = vectors_of(
            embedder.embed([member.said for member in open_]),
            embedder.embed([member.shown for member in open_]),
        )
        found = clustered(open_, rows)
    return CandidateClusters(
        tuple(found), len(every) - len(open_), _waiting_blind(study, {m.passage for m in open_})
    )


def settled_ids(study: Study, every: Collection[Uncoded]) -> set[str]:
    """Ids that a person has adopted or dismissed; the same label on the same passage, found again by another
    run, goes with them."""
    by_person = {name for r in study.store.revisions.all() if r.kind in SETTLING for name in r.candidates}
    words = {(m.passage, m.label.casefold()) for m in every if m.id in by_person and not m.person}
    again = {m.id for m in every if not m.person and (m.passage, m.label.casefold()) in words}
    return by_person | again


def settlements(study: Study) -> list[Revision]:
    """Return what was adopted and dismissed, the oldest first."""
    return [revision for revision in study.store.revisions.all() if revision.kind in SETTLING]


def _notes(study: Study, clusters: dict[str, str]) -> list[Uncoded]:
    passages = {passage.id: passage for passage in study.store.passages.all()}
    by_reading: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in decisions_of(study):
        by_reading[(decision.reviewer, decision.passage)].append(decision)
    found = []
    for assignment in assignments_of(study):
        passage = passages.get(assignment.passage)
        made = by_reading.get((assignment.reviewer, assignment.passage), [])
        if passage is None or not any(decision.note for decision in made):
            continue
        standing = fold(assignment, made)
        if not standing.done or standing.coded:
            continue
        found += [
            Uncoded(
                id=decision.id,
                passage=passage.id,
                document=passage.document,
                cluster=clusters.get(passage.document, passage.document),
                by=assignment.reviewer,
                person=True,
                label=decision.note,
                quotes=(passage.own_text(),),
            )
            for decision in live(made)
            if decision.note and decision.action in _NOTED
        ]
    return list({one.id: one for one in found}.values())


def _waiting_blind(study: Study, passages: Collection[str]) -> dict[str, int]:
    """Whoever reads these heaps knows what others saw there; that is no blind reading any more."""
    made: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in study.store.reviews.decisions(passages=passages):
        made[(decision.reviewer, decision.passage)].append(decision)
    waiting: dict[str, int] = defaultdict(int)
    for assignment in assignments_of(study):
        if assignment.passage in passages and assignment.arm in (Arm.BLIND, Arm.REVEAL):
            first = fold(assignment, made[(assignment.reviewer, assignment.passage)]).first
            waiting[assignment.reviewer] += first.done is None
    return {name: count for name, count in sorted(waiting.items()) if count}
