"""The offline coder on an open study: similarity to the codebook, and what people's decisions taught it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from cothemes.app.coders.model_input import withheld
from cothemes.app.corpus.passages import passages_of
from cothemes.app.privacy.embedding import RemoteEmbedder, embedder_of
from cothemes.app.ratings import human_ratings
from cothemes.app.review.consensus import consensus
from cothemes.app.runs.call_policy import EventSink
from cothemes.app.runs.cancel import cancelled
from cothemes.app.runs.outcomes import Keep
from cothemes.app.study import Study
from cothemes.errors import Stopped
from cothemes.records.document import DocumentHead
from cothemes.records.passage import Passage
from cothemes.records.rating import Rating
from cothemes.records.record import content_hash
from cothemes.records.review import Action, Arm
from cothemes.records.run import Run
from cothemes.stages.propose.offline.coder import VERSION
from cothemes.stages.propose.offline.learnt import Learnt, learnt_from
from cothemes.stages.propose.offline.offline_coder import propose_offline
from cothemes.stages.propose.offline.reviewed import Reviewed
from cothemes.stages.review.reading_state import ANSWERS, live

STORED_TOGETHER = 256
_FIRMEST = {Arm.BLIND.value: 0, Arm.REVEAL.value: 1, Arm.ASSISTED.value: 2}


class OfflineProposer:
    """Proposes without a model, a key or a network."""

    kind = "offline"
    batched = False
    learns = True
    asks = None
    model = ""
    prompt = ""
    price = None

    def __init__(self, study: Study) -> None:
        self._study = study
        self._embedder = embedder_of(study)

    @cached_property
    def _reviewed(self) -> list[Reviewed]:
        return [each for each in lessons(self._study) if each.passage.document not in self._refusals]

    @cached_property
    def _refusals(self) -> dict[str, str]:
        """Document → why an embedder on another machine may not have it."""
        return self._embedder.refusals() if isinstance(self._embedder, RemoteEmbedder) else {}

    @property
    def reviewed(self) -> int:
        """Passages that it learns from."""
        return len(self._reviewed)

    @property
    def learnt(self) -> Learnt | None:
        """Return what people taught it; None where nothing was reviewed."""
        return learnt_from(self._reviewed, [code.id for code in self._study.codebook.defined.codes])

    @property
    def configuration(self) -> str:
        """Algorithm, embedder, codebook and what was learnt: another one is another rater."""
        taught = [[e.passage.id, dict(e.labels), sorted(e.passed_over)] for e in self._reviewed]
        read = self._study.codebook.defined.hash
        return content_hash(["offline", VERSION, self._embedder.name, read, taught])

    @property
    def coder_description(self) -> str:
        """Return who speaks, in words for people."""
        count = len(self._reviewed)
        learnt = f"with {count} reviewed passages" if count else "nothing reviewed yet"
        return f"the offline coder: similarity to the codebook, {learnt}; no language model"

    def refusal(self, document: DocumentHead) -> str | None:
        """None where the document may be embedded; on this machine, every one may."""
        return self._refusals.get(document.slug)

    def unsearched(self, documents: Iterable[DocumentHead]) -> tuple[str, ...]:  # noqa: ARG002
        """None of them: nothing leaves the machine."""
        return ()

    def tidy(self, tell: EventSink) -> None:
        """Do nothing: everything is stored as it comes."""

    def details(self) -> dict[str, object]:
        """Return what the methods paragraph needs."""
        facts = {"version": VERSION, "embedder": self._embedder.name, "reviewed": len(self._reviewed)}
        if self.learnt is not None:
            facts["given"] = {code: count for code, count in self.learnt.given.items() if count}
        return facts

    def rater(self, run_id: str) -> str:
        """`offline@N#RUN`, N the number of reviewed passages."""
        return f"offline@{len(self._reviewed)}#{run_id}"

    def propose(self, run: Run, passages: Sequence[Passage], keep: Keep) -> None:
        """Codes the passages, storing a few hundred at a time."""
        staying = [each for each in passages if each.document in self._refusals] if self._refusals else []
        if staying:
            keep([withheld(p, run.id, self._refusals[p.document]).outcome for p in staying], [])
        results = propose_offline(
            (each for each in passages if each.document not in self._refusals),
            self._study.codebook.defined,
            self._embedder,
            self._study.store.embeddings,
            self._reviewed,
            run.id,
            self._study.store.passages.of,
        )
        outcomes, suggestions = [], []
        for outcome, found in results:
            outcomes.append(outcome)
            suggestions.extend(found)
            if len(outcomes) == STORED_TOGETHER:
                keep(outcomes, suggestions)
                outcomes, suggestions = [], []
                if cancelled(self._study, run.id):
                    raise Stopped(
                        f"run {run.id} was cancelled", hint="What came is kept; propose goes on from there."
                    )
        if outcomes:
            keep(outcomes, suggestions)


def lessons(study: Study) -> list[Reviewed]:
    """Return what people decided, one label per passage and code: the majority of people, each by the firmest
    arm.

    A 0 counts where it was said blind or after a reveal, or where a suggestion was turned down. A code that
    was left unanswered or never offered before an assisted *done*, and of which nobody said more, was passed
    over; but a reader who left suggestions unanswered and said nothing else of the passage teaches nothing by
    it. Ties say nothing until they are settled; what was settled goes before what readers said.
    """
    decisions = live(study.store.reviews.decisions())
    said_so = [d for d in decisions if d.action in ANSWERS and not d.implicit]
    turned_down = {(d.reviewer, d.passage, d.code) for d in said_so if d.action is Action.REJECT}
    silent = {(d.reviewer, d.passage) for d in decisions if d.implicit}
    silent -= {(d.reviewer, d.passage) for d in said_so}
    votes: dict[str, dict[str, dict[str, Rating]]] = defaultdict(lambda: defaultdict(dict))
    passed: dict[str, set[str]] = defaultdict(set)
    for rating in human_ratings(study).ratings:
        weak = rating.value == 0 and rating.arm == Arm.ASSISTED.value
        if weak and (rating.rater, rating.unit, rating.code) not in turned_down:
            if (rating.rater, rating.unit) not in silent:
                passed[rating.unit].add(rating.code)
            continue
        by_rater = votes[rating.unit][rating.code]
        known = by_rater.get(rating.rater)
        if known is None or _FIRMEST.get(rating.arm, 3) < _FIRMEST.get(known.arm, 3):
            by_rater[rating.rater] = rating
    settled = {(each.unit, each.code): each.value for each in consensus(study).ratings}
    found = []
    for passage in passages_of(study.store.passages).among({*votes, *passed}):
        said = votes.get(passage.id, {})
        cast = {code: settled.get((passage.id, code), _majority(by_rater)) for code, by_rater in said.items()}
        labels = {code: label for code, label in cast.items() if label is not None}
        over = frozenset(passed.get(passage.id, set()) - said.keys())
        if labels or over:
            found.append(Reviewed(passage=passage, labels=labels, passed_over=over))
    return found


def reviewed_passages(study: Study) -> list[Reviewed]:
    """Return those of the passages of which people said something by name or blind: what may be shown as an
    example.
    """
    return [each for each in lessons(study) if each.labels]


def _majority(cast: dict[str, Rating]) -> int | None:
    ones = sum(rating.value == 1 for rating in cast.values())
    return None if ones * 2 == len(cast) else int(ones * 2 > len(cast))
