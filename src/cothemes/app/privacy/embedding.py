"""Texts to vectors with the study's embedder; to another machine through the gates of a remote model.

An embedder on this machine reads texts as they are. Everything that goes further passes here: the study has
to be marked for remote models, a document's own texts go out as its pseudonyms have them and only where it
may be sent, and all other words (a search, a code's definition) with every pseudonym that the study knows.
Each request is in the ledger before it leaves, and its vectors are there before anything is made of them.
Requests hold texts of one passage, so that the ledger names every passage that was sent.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from cothemes.app import wiring
from cothemes.app.privacy.outbound import Pseudonymizer, may_send, refuse_held
from cothemes.app.study import Study
from cothemes.errors import ModelError, ModelFault, StateConflict
from cothemes.ports import Embedder, EmbeddingReply, EmbeddingService, Progress
from cothemes.records.endpoint import is_loopback
from cothemes.records.ledger import Entered, EntryState, budget_reached
from cothemes.records.passage import Passage, Sentence
from cothemes.records.price import Price
from cothemes.records.record import canonical_json, content_hash
from cothemes.records.run import Call, CallState
from cothemes.stages.deidentify.viewed import ViewedDocument
from cothemes.stages.propose.model.paying import unpaid
from cothemes.stages.propose.model.request import Request
from cothemes.stages.propose.model.retry import Patience

STAGE = "embed"
"""Stage of these calls in the ledger."""
TOGETHER = 64
"""Texts in one request, at most."""
OVERHEAD_TOKENS = 8
"""Tokens that a service may add to each text."""
HELD = 8
"""Documents whose view is kept."""
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Outgoing:
    """A text as it leaves, and where it is from."""

    words: str
    passage: str = ""
    """Empty for words that are no document's."""
    version: str = ""


@dataclass(frozen=True)
class _Origin:
    """Where in the study a text stands."""

    document: str
    passage: str
    sentence: Sentence | None
    """None for the whole passage."""


@dataclass
class _Question:
    """A request that is to be answered, and which texts it asks for."""

    texts: tuple[str, ...]
    """As the study has them."""
    going: tuple[Outgoing, ...]
    request: Request
    key: str
    attempt: int = 0


def is_remote(study: Study) -> bool:
    """Return whether the study's embedder is on another machine."""
    url = study.settings.embedding.base_url
    return bool(url) and not is_loopback(url)


def embedder_of(study: Study, budget: float | None = None) -> Embedder:
    """Return the study's embedder, behind the gates where it is on another machine.

    Raises StateConflict where nothing may be sent there, or a budget is set and no price is known.
    """
    embedder = study.embedder
    if not is_remote(study):
        return embedder
    service: EmbeddingService = embedder  # type: ignore[assignment]
    return RemoteEmbedder(study, service, budget)


class RemoteEmbedder:
    """The Embedder port over a service that is paid, on behalf of one study."""

    def __init__(self, study: Study, service: EmbeddingService, budget: float | None = None) -> None:
        """Raise StateConflict where the study is not marked for remote models, or a budget has no price."""
        may_send(study.settings, service.endpoint)
        self._study = study
        self._service = service
        self._gate = Pseudonymizer(study, unreviewed=study.settings.privacy.remote_models)
        self._caps = study.settings.model.caps(budget)
        self._patience = Patience()
        self._viewed = lru_cache(maxsize=HELD)(self._view_of)
        if self._caps and self.price is None:
            raise StateConflict(
                f"a budget is set, and no price is known for {service.model} at this endpoint",
                hint=f"Put the price of {service.model} into prices.toml: docs/reference/files.md.",
            )

    @property
    def name(self) -> str:
        """Names model, server and the pseudonyms."""
        return self._service.name

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, found with one short text."""
        return int(self.embed(["a"]).shape[1])

    @cached_property
    def price(self) -> Price | None:
        """Return what the service costs, where that is known."""
        table = wiring.prices(self._study.settings, self._study.root)
        return table.find(self._service.model, self._service.endpoint)

    @property
    def run(self) -> str:
        """The name under which its calls are in the ledger; a budget of one run holds over all of them."""
        return f"{STAGE}-{content_hash(self.name)[:8]}"

    @property
    def endpoint(self) -> str:
        """Scheme, host, port and path of the service."""
        return self._service.endpoint

    def refusals(self) -> dict[str, str]:
        """Return document → why none of its texts may be sent."""
        heads = self._study.store.documents.heads()
        return {head.slug: reason for head in heads if (reason := self._gate.refusal(head))}

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return texts × dimension, rows of length 1, in the order of `texts`.

        Raises StateConflict for a text of a document that may not be sent, ModelError where the service
        refuses for good, BudgetReached. What was answered until then is in the ledger and not bought again.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        found: dict[str, Floats] = {}
        for question, vectors in self._answers(list(self._questions(list(dict.fromkeys(texts))))):
            found.update(zip(question.texts, vectors, strict=True))
            if progress is not None:
                progress(len(question.texts))
        if len({len(vector) for vector in found.values()}) > 1:
            raise ModelError(
                "gave vectors of several lengths", where=self._service.endpoint, hint="Name another model.",
                fault=ModelFault.UNREADABLE,
            )  # fmt: skip
        return np.stack([found[text] for text in texts])

    def outgoing(self, texts: Iterable[str]) -> list[Outgoing]:
        """Return texts as they would leave. Raises StateConflict where one may not."""
        return [self._outgoing(text) for text in texts]

    def requests(self, texts: Sequence[str]) -> list[Request]:
        """Return the requests that these texts take, without those that are answered already."""
        asked = self._questions(list(dict.fromkeys(texts)))
        return [each.request for each in asked if self._known(each.key) is None]

    def _questions(self, texts: Sequence[str]) -> Iterator[_Question]:
        """Yield the requests: texts of one passage together, other words in portions."""
        grouped: dict[str, list[tuple[str, Outgoing]]] = {}
        for text in texts:
            going = self._outgoing(text)
            grouped.setdefault(going.passage, []).append((text, going))
        for group in grouped.values():
            for start in range(0, len(group), TOGETHER):
                some = group[start : start + TOGETHER]
                body = self._service.body([going.words for _, going in some])
                text = canonical_json(body)
                request = Request(body, text, text)
                yield _Question(
                    tuple(text for text, _ in some),
                    tuple(going for _, going in some),
                    request,
                    request.key(self._service.endpoint, STAGE, 0),
                )

    def _answers(self, questions: Sequence[_Question]) -> Iterator[tuple[_Question, Floats]]:
        """Yield every question with its vectors, from the ledger or bought, a few at once."""
        waiting = []
        for question in questions:
            known = self._known(question.key)
            if known is None:
                waiting.append(question)
            else:
                yield question, known
        abreast = self._study.settings.model.concurrency
        with ThreadPoolExecutor(abreast) as threads:
            while waiting:
                some, waiting = waiting[:abreast], waiting[abreast:]
                entered = self._intended(some)
                refused = [q for q, e in zip(some, entered, strict=True) if e.standing is EntryState.REFUSED]
                asked = {
                    threads.submit(self._service.send, question.request.body): (question, entry)
                    for question, entry in zip(some, entered, strict=True)
                    if entry.standing is EntryState.WRITTEN
                }
                yield from self._bought(zip(some, entered, strict=True))
                if refused and not asked:
                    raise budget_reached(next(e for e in entered if e.standing is EntryState.REFUSED))
                again: list[_Question] = []
                yield from self._kept(asked, again)
                waiting = [*again, *refused, *waiting]

    def _intended(self, questions: Sequence[_Question]) -> list[Entered]:
        """Write the intents by one commit. Raises ModelError where another process asks the same."""
        now, price = wiring.clock().now(), self.price
        calls = [
            Call(
                key=each.key, run=self.run, passage=each.going[0].passage, stage=STAGE,
                text_version=each.going[0].version, endpoint=self._service.endpoint,
                request=each.request.row, state=CallState.INTENDED, intended_at=now,
                currency=price.currency if price else "", reserved_nanos=_worst(price, each),
            )
            for each in questions
        ]  # fmt: skip
        entered = self._study.store.ledger.write(calls, self._caps)
        if any(each.standing is EntryState.ELSEWHERE for each in entered):
            self._free(entry for entry in entered if entry.standing is EntryState.WRITTEN)
            raise ModelError(
                "another process is asking the same and has not finished",
                hint="Wait until it has, then start again.",
                fault=ModelFault.ELSEWHERE,
            )
        return entered

    def _free(self, entries: Iterable[Entered]) -> None:
        """Give back what was reserved for requests that did not leave."""
        error = ModelError("was not sent", fault=ModelFault.CONNECTION, unsent=True)
        now = wiring.clock().now()
        self._study.store.ledger.write([unpaid(each.call, error, now) for each in entries])

    def _bought(self, entered: Iterable[tuple[_Question, Entered]]) -> Iterator[tuple[_Question, Floats]]:
        """Yield what another process bought meanwhile."""
        for question, entry in entered:
            if entry.standing is EntryState.KNOWN and entry.call.reply is not None:
                yield question, _vectors_in(entry.call.reply)

    def _kept(
        self,
        asked: Mapping[Future[EmbeddingReply], tuple[_Question, Entered]],
        again: list[_Question],
    ) -> Iterator[tuple[_Question, Floats]]:
        """Store each reply as it comes, then yield it; what may be sent again is put into `again`. Raises the
        first error that ends it, once everything under way is stored.
        """
        left = dict(asked)
        failed: ModelError | None = None
        wait = 0.0
        try:
            for future in as_completed(asked):
                question, entry = left.pop(future)
                made, error = self._settled(future, question, entry.call)
                if made is not None:
                    yield question, made
                elif error is not None:
                    question.attempt += 1
                    pause = self._patience.wait(error, question.attempt, int(question.key[:4], 16) / 0xFFFF)
                    if pause is None:
                        failed = failed or error
                    else:
                        wait = max(wait, pause)
                        again.append(question)
        finally:
            # Whatever ends it, replies that are on their way have been paid for.
            for future, (question, entry) in left.items():
                self._settled(future, question, entry.call)
        if failed is not None:
            raise failed
        if again:
            time.sleep(wait)

    def _settled(
        self, future: Future[EmbeddingReply], question: _Question, call: Call
    ) -> tuple[Floats | None, ModelError | None]:
        """Store what came of a request."""
        try:
            reply = future.result()
            if len(reply.vectors) != len(question.texts):
                raise ModelError("gave another number of vectors", fault=ModelFault.UNREADABLE)
        except ModelError as error:
            self._study.store.ledger.write([unpaid(call, error, wiring.clock().now())])
            return None, error
        self._study.store.ledger.write([self._paid(call, reply)])
        return reply.vectors, None

    def _paid(self, call: Call, reply: EmbeddingReply) -> Call:
        """Return the row of an answered request. Where the service counted nothing, its reservation stays."""
        counted = reply.tokens is not None
        cost = self.price.cost(reply.tokens or 0, 0, 0) if self.price is not None and counted else None
        return call.model_copy(
            update={
                "state": CallState.REPLIED,
                "reply": _as_reply(reply.vectors),
                "model": reply.model,
                "input_tokens": reply.tokens,
                "output_tokens": 0 if counted else None,
                "cost_nanos": cost,
                "reserved_nanos": 0,
                "unconfirmed_nanos": call.unconfirmed_nanos + (0 if counted else call.reserved_nanos),
                "owner": "",
                "replied_at": wiring.clock().now(),
            }
        )

    def _known(self, key: str) -> Floats | None:
        call = self._study.store.ledger.look(key)
        replied = call is not None and call.state is CallState.REPLIED and call.reply
        return _vectors_in(call.reply) if call is not None and call.reply and replied else None

    def _outgoing(self, text: str) -> Outgoing:
        digest = content_hash(text)
        if digest in self._origins:
            return self._of_document(self._origins[digest])
        if digest in self._withheld:
            document = self._withheld[digest]
            raise StateConflict(
                f"{document} may not be sent to another machine: {self.refusals().get(document, '')}",
                where=self._service.endpoint,
                hint="Use an embedder on this machine, or leave the document out.",
            )
        if digest in self._earlier:
            passage = self._earlier[digest]
            return Outgoing(self._gate.words(text, passage.document), passage.id, passage.version)
        # No document's own text: a search, a definition, a sentence without one of its words.
        refuse_held(self._study, "what was to be embedded", [text])
        return Outgoing(self._gate.words(text))

    def _of_document(self, origin: _Origin) -> Outgoing:
        passage = self._study.store.passages.get(origin.passage)
        assert passage is not None
        viewed = self._viewed(origin.document).passage(passage)
        if origin.sentence is None:
            return Outgoing(viewed.spoken, passage.id, passage.version)
        sentence = next(each for each in viewed.sentences if each.id == origin.sentence.id)
        return Outgoing(viewed.sentence_text(sentence), passage.id, passage.version)

    def _view_of(self, slug: str) -> ViewedDocument:
        document = self._study.store.documents.get(slug)
        if document is None or self._gate.refusal(document):
            raise StateConflict(
                "may not be sent any more", where=slug, hint="The same command goes on without it."
            )
        return self._gate.viewed(document)

    @cached_property
    def _places(self) -> tuple[dict[str, _Origin], dict[str, str]]:
        """Text hash → where it stands in a document that may be sent; text hash → document that may not."""
        refused = self.refusals()
        found: dict[str, _Origin] = {}
        held: dict[str, str] = {}
        for head in self._study.store.documents.heads():
            for passage in self._study.store.passages.of(head.slug):
                for text, sentence in _texts_of(passage):
                    if head.slug in refused:
                        held.setdefault(content_hash(text), head.slug)
                    else:
                        found.setdefault(content_hash(text), _Origin(head.slug, passage.id, sentence))
        return found, {digest: slug for digest, slug in held.items() if digest not in found}

    @property
    def _origins(self) -> dict[str, _Origin]:
        return self._places[0]

    @property
    def _withheld(self) -> dict[str, str]:
        return self._places[1]

    @cached_property
    def _earlier(self) -> dict[str, Passage]:
        """Text hash → the passage that had the text before a correction, in documents that may be sent."""
        refused = self.refusals()
        ids = [head.id for head in self._study.store.passages.heads() if head.document not in refused]
        return {
            content_hash(text): passage
            for passage in self._study.store.passages.earlier_texts(ids)
            for text, _ in _texts_of(passage)
        }


def _texts_of(passage: Passage) -> Iterator[tuple[str, Sentence | None]]:
    yield passage.spoken, None
    for sentence in passage.sentences:
        yield passage.sentence_text(sentence), sentence


def _worst(price: Price | None, question: _Question) -> int:
    """Return the most that a request may cost, in billionths: no tokenizer makes more tokens than bytes."""
    if price is None:
        return 0
    return price.at_most(question.request.size + OVERHEAD_TOKENS * len(question.texts), 0)


def _as_reply(vectors: Floats) -> str:
    rows = np.ascontiguousarray(vectors, dtype="<f4")
    return json.dumps({"vectors": [base64.b64encode(row.tobytes()).decode("ascii") for row in rows]})


def _vectors_in(reply: str) -> Floats:
    rows = [np.frombuffer(base64.b64decode(row), dtype="<f4") for row in json.loads(reply)["vectors"]]
    return np.stack(rows).astype(np.float32)
