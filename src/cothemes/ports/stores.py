"""What is asked of the study's records: narrow views of the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from cothemes.records.candidate import Candidate
from cothemes.records.document import Document, DocumentHead
from cothemes.records.ledger import Cap, Entered, Tally
from cothemes.records.passage import Passage, PassageHead
from cothemes.records.privacy import Deidentification, Pseudonym, Redaction, Replacement, Tombstone
from cothemes.records.rater_identity import RaterIdentity
from cothemes.records.rating import Rating
from cothemes.records.review import Action, Arm, AssignedPlace, Assignment, Decision, Purpose, Reviewer, Seed
from cothemes.records.run import Call, Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion
from cothemes.records.text_map import TextMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class DocumentStore(Protocol):
    """Documents, each slug with its versions."""

    def add(self, document: Document) -> None:
        """Store it and make it the slug's current version; the same version again changes nothing."""

    def get(self, slug: str, version: str | None = None) -> Document | None:
        """The current version, or the one that is named."""

    def versions(self, slug: str) -> list[Document]:
        """Every version of a document, the current one first."""

    def heads(self) -> list[DocumentHead]:
        """Current versions without their texts, by slug."""

    def by_source(self, source_hash: str) -> list[Document]:
        """Current documents that came from a file with these bytes."""

    def all(self) -> list[Document]:
        """Current versions, by slug. A whole study is large: see `heads` and `get`."""

    def amend(self, document: Document) -> None:
        """Take the place of the version with the same text, its blocks or metadata settled otherwise."""

    def describe(self, slug: str, metadata: Mapping[str, str]) -> None:
        """Replace the current version's metadata."""


class PassageStore(Protocol):
    """Passages of current documents; those of older versions stay, out of sight."""

    def replace(self, slug: str, passages: Sequence[Passage]) -> None:
        """Make these the slug's current passages. Ids that are there are never given to another text."""

    def revise(self, document: Document, passages: Sequence[Passage], maps: Sequence[TextMap]) -> None:
        """Store a corrected text, all or nothing. A passage whose id is there keeps its identity; what it was
        stays as an earlier text. `maps` lead from each earlier version to the new one."""

    def text_maps(self, documents: Iterable[str]) -> list[TextMap]:
        """The maps between versions of these documents."""

    def earlier_texts(self, passage_ids: Iterable[str]) -> list[Passage]:
        """Return what these passages were in earlier versions of their documents, by passage."""

    def next_number(self, slug: str) -> int:
        """The first number never used in an id of this slug."""

    def of(self, slug: str) -> list[Passage]:
        """Current passages in document order."""

    def every(self, slug: str) -> list[Passage]:
        """Current and older passages of a document, by number."""

    def get(self, passage_id: str) -> Passage | None:
        """Current or older."""

    def heads(self) -> list[PassageHead]:
        """Current passages without what they say, by slug, then position."""

    def read(self, passage_ids: Iterable[str]) -> list[Passage]:
        """Current or older, in the order asked; an id that is not there is left out."""

    def all(self) -> list[Passage]:
        """Current passages by slug, then position. A whole study is large: see `heads` and `read`."""

    def find(self, prefix: str) -> list[str]:
        """Ids that start so, for a hint."""


class EmbeddingStore(Protocol):
    """Vectors by embedder and text, so that equal texts are embedded once."""

    def missing(self, embedder: str, text_hashes: Sequence[str]) -> list[str]:
        """Those without a vector, each once, in order."""

    def add(self, embedder: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None: ...

    def matrix(self, embedder: str, text_hashes: Sequence[str]) -> NDArray[np.float32]:
        """(texts × dimension) in the order asked; KeyError where one is missing."""


class RunStore(Protocol):
    """Runs of coders with what came of them."""

    def next_id(self) -> str: ...

    def find(self, configuration: str) -> Run | None:
        """The latest run of this configuration."""

    def put(self, run: Run) -> None:
        """Store a run, or its new state."""

    def begin(self, run: Run, superseded: Callable[[Run], bool] = ...) -> Run:
        """Store a new run, unless the latest of its configuration stands and is not superseded: then that one
        is given back. Of two processes that begin at once both get the same.
        """

    def get(self, run_id: str) -> Run | None: ...

    def all(self) -> list[Run]:
        """Oldest first."""

    def record(
        self,
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None:
        """Store outcomes, suggestions and candidates in one transaction; an outcome of the same run and
        passage takes the place of a failed one, and a suggestion or candidate with a known id is not stored
        twice.
        """

    def outcomes(self, run_id: str, *, passages: Iterable[str] | None = None) -> list[Outcome]:
        """Return a run's outcomes; with `passages`, nothing is loaded for others."""

    def each_outcome(self, run_id: str) -> Iterator[Outcome]:
        """Yield a run's outcomes by passage, one after the other as of one moment; to be read to the end."""

    def states(self, run_id: str) -> dict[OutcomeState, int]:
        """Return how many passages of a run ended in each state."""

    def suggestions(
        self,
        *,
        run_id: str | None = None,
        passages: Iterable[str] | None = None,
        as_coded: bool = False,
    ) -> list[Suggestion]:
        """Return the suggestions in the order they were stored. Evidence is where its words are in the
        present text; with `as_coded`, where they were when they were quoted.
        """

    def each_suggestion(self, run_id: str) -> Iterator[Suggestion]:
        """Yield a run's suggestions in the order they were stored, one after the other; to be read to the
        end.
        """

    def offline_scores(self, run_id: str) -> dict[str, float]:
        """Suggestion → the offline coder's log-odds before it learns, where they are on record."""

    def put_offline_scores(self, scores: Mapping[str, float]) -> None:
        """Store offline log-odds, by suggestion, in one transaction."""

    def probabilities(self, suggestions: Iterable[str]) -> dict[str, float]:
        """Suggestion → its probability as of the latest calibration; those without one are left out."""

    def put_probabilities(self, probabilities: Mapping[str, float | None]) -> None:
        """Store probabilities, by suggestion, in one transaction; None takes one away."""

    def suggested(self, run_id: str) -> dict[str, int]:
        """Return how many codes a run suggested for each passage."""

    def candidates(self, *, run_id: str | None = None) -> list[Candidate]:
        """Codes that a model missed, in the order they were stored."""


class ReviewStore(Protocol):
    """People, what they were given, and what they decided."""

    def add_reviewer(self, reviewer: Reviewer) -> None: ...

    def put_reviewer(self, reviewer: Reviewer) -> None:
        """Another role, capacity or pause of a person who is there."""

    def reviewers(self) -> list[Reviewer]: ...

    def mark(self, reviewer: str) -> str:
        """Return a word that differs once the person's decisions, anybody's assignments, the texts or the
        names of codes have changed."""

    def identify(self, said: Sequence[RaterIdentity]) -> None:
        """Store what a person said of the names of raters."""

    def identities(self) -> list[RaterIdentity]:
        """In the order they were stored."""

    def assign(
        self,
        assignments: Sequence[Assignment],
        *,
        purpose: Purpose = Purpose.STUDY,
        seeds: Sequence[Seed] = (),
    ) -> None:
        """In one transaction. A reviewer, passage and round that are there are left as they are. A round
        that asks about all codes is left out where the reviewer has the passage in another such round, and
        with it a seed."""

    def assignments(
        self,
        *,
        reviewer: str | None = None,
        round_name: str | None = None,
        passage: str | None = None,
        arms: Collection[Arm] | None = None,
        after: Collection[Action] | None = None,
        every: bool = False,
    ) -> list[Assignment]:
        """By reviewer, then position; recode rounds follow, in the order of their draw. What was given for a
        seeded suggestion, or to check one, is no part of the study's codings: it is there only where one
        reviewer's own work is asked for, or `every`. `after`: only of passages on which the reviewer did one
        of these acts."""

    def assigned_places(self, reviewer: str) -> list[AssignedPlace]:
        """Return all of a person's assignments as a queue needs them, recode rounds last, in the order of
        their draw."""

    def give_on(self, moved: Sequence[Assignment]) -> list[Assignment]:
        """Give assignments of `moved_from` to another person in one transaction. Left out, and not among
        those given back, is what was decided on meanwhile, or what the other has.
        """

    def reorder(self, moved: Sequence[Assignment]) -> list[Assignment]:
        """Store place and stream of assignments in one transaction. Left out, and not among those given back,
        is what was decided on meanwhile.
        """

    def seeds(self, *, reviewer: str | None = None, passage: str | None = None) -> list[Seed]:
        """Return the planted errors, in the order they were stored."""

    def append(self, decisions: Sequence[Decision]) -> None:
        """Durable when it returns. A decision with a known id changes nothing. Raises StateConflict for a
        passage that was given on to someone else."""

    def decisions(
        self,
        *,
        reviewer: str | None = None,
        passage: str | None = None,
        passages: Iterable[str] | None = None,
        acts: Collection[Action] | None = None,
        last: int | None = None,
        as_coded: bool = False,
        with_drafts: bool = False,
    ) -> list[Decision]:
        """Return the decisions in the order they were stored; with `acts`, only these; with `last`, at most
        so many, the last ones. Marked words are where
        they are in the present text; with `as_coded`, where they were when they were marked. Decisions on a
        private draft code are among them where its author is named or looks, or `with_drafts` asks for them.
        """

    def rounds(self) -> set[str]:
        """Names of the rounds in which anything of the study was assigned."""

    def planted_readings(self) -> set[tuple[str, str]]:
        """Reviewer and passage of what was given for a planted error, or to check one."""

    def codebooks(self) -> set[str]:
        """Hashes of the codebooks that anything was decided under."""


class RatingStore(Protocol):
    """Ratings that were imported. A rater, unit, code, arm and round stand once."""

    def add(self, ratings: Sequence[Rating], *, instead_of: Collection[str] = ()) -> None:
        """All or nothing: first the rows of the raters `instead_of` go; then a row that is there stays."""

    def all(self) -> list[Rating]:
        """Return all ratings, in the order in which they came."""


class Ledger(Protocol):
    """Paid calls: the intent before the call, the reply before anything is made of it."""

    def look(self, key: str) -> Call | None: ...

    def write(self, calls: Sequence[Call], caps: Sequence[Cap] = ()) -> list[Entered]:
        """Take intents and what came of earlier ones, in order; on disk when it returns, by one commit.

        An intent is written only where no reply is there, no other living process asks the same, and what is
        spent and reserved stays within every cap.
        """

    def calls(self, *, run_id: str | None = None) -> list[Call]: ...

    def lower(self, most: Mapping[str, int]) -> None:
        """Key → the most that a call counts for from now on, billionths. Only calls that were cut off are
        touched: what was answered meanwhile, waits in a batch or is asked by a living process stays."""

    def counts(self, run_id: str) -> list[tuple[str, int, int]]:
        """Stage and tokens in and out of each answered call whose tokens were counted."""

    def sent(self) -> list[tuple[str, str, datetime]]:
        """Passage, endpoint and time of each request that may have arrived, oldest first.

        Passages of earlier cuts are among them: what was sent stays sent.
        """

    def texts_sent(self, run_id: str) -> dict[str, str]:
        """Passage → the version of its document that the run's latest first call for it sent, where a reply
        is there or waits in a batch."""

    def answered_as(self, run_id: str) -> str:
        """The model's name in the last reply of a run; empty where none came."""

    def tallies(self) -> list[Tally]:
        """Return what was spent, per run, stage, model, currency and day."""

    def counted(self, name: str) -> int:
        """Billionths under an account (`records.ledger.account`): spent, reserved and unconfirmed."""


class MetaStore(Protocol):
    """Small facts about the study, key → value."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str) -> None:
        """Set a value in place of an older one."""


class CodebookStore(Protocol):
    """Every codebook ever used, so that old decisions can be read under their wording."""

    def put(self, codebook_hash: str, content: str, *, named_after: str | None = None) -> None:
        """Store a codebook's JSON by its hash; one that is there stays as it is.

        `named_after`: id of the last operation on codes before it came into use; None: the last there is.
        """

    def get(self, codebook_hash: str) -> str | None: ...

    def named_after(self, codebook_hash: str) -> str:
        """Return the id of the last operation on codes before a codebook came into use; empty for none."""

    def hashes(self) -> list[str]:
        """Return the hashes of all stored codebooks, in alphabetical order."""


class PrivacyStore(Protocol):
    """Pseudonyms and their originals, what they replace where, who read it, and what was forgotten."""

    def pseudonyms(self) -> list[Pseudonym]:
        """All that still have their original, in the order in which they were given."""

    def given(self) -> set[str]:
        """Every pseudonym ever given, also of originals that are gone."""

    def record(
        self,
        pseudonyms: Sequence[Pseudonym],
        logs: Sequence[tuple[Deidentification, Sequence[Replacement]]],
        *,
        known: int,
    ) -> None:
        """Store, in one transaction, new and changed pseudonyms and the whole log of some documents. Raises
        StateConflict where the map does not hold `known` pseudonyms any more: another process added some.
        """

    def replacements(self, document: str) -> list[Replacement]:
        """The log of one document, ascending."""

    def states(self) -> dict[str, Deidentification]:
        """Return where each searched document stands, by slug."""

    def review(self, states: Sequence[Deidentification]) -> None:
        """Store that documents were read."""

    def tombstones(self) -> list[Tombstone]:
        """Return the tombstones of all forgotten documents, by slug."""

    def tombstone_of(self, slug: str, marks: Collection[str] = ()) -> Tombstone | None:
        """Return the tombstone of the document of this slug, or whose file or text has one of these
        hashes.
        """

    def forget(self, tombstone: Tombstone, quoted_in: Callable[[bytes], bool]) -> Tombstone:
        """Erases every word of a document in one transaction; what stays are numbers and the tombstone.

        `quoted_in` knows the document's words: calls of other passages that quote them lose theirs too.
        Gives the tombstone with what was erased.
        """

    def redact(
        self,
        redaction: Redaction,
        *,
        texts: Mapping[str, str],
        words: frozenset[str],
        rare: frozenset[str],
        quoted_in: Callable[[str], bool],
        kept_words: frozenset[str],
    ) -> Redaction:
        """Erase words from a document's earlier texts and from all that quotes them, in one transaction.

        `texts`: version → its text with the erased words masked. `words`: erased words, case folded,
        masked in what belongs to the document; `rare`: those to be masked everywhere. `quoted_in` knows
        longer stretches of the earlier texts. `kept_words`: the present text's words, as text maps keep
        them. Gives the record with what was erased.
        """

    def redactions(self) -> list[Redaction]:
        """Every redaction in the order they were stored."""

    def texts_of(self, slug: str) -> list[str]:
        """The texts of all versions of a document."""

    def still_held(self, quoted_in: Callable[[bytes], bool]) -> dict[str, int]:
        """`table.column` → rows that hold words that are known so."""

    def scrub(self) -> bool:
        """Rewrites the file, so that erased bytes are gone from it; False where another process's open
        records kept that from being done."""
