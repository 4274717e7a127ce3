"""What a model is given of a study's texts, and the way back for what it says of them.

A model on this machine reads them as they are. Whatever goes further goes as the study's pseudonyms have it:
passages, their surroundings, examples, the codebook, title and context of the study. A document that may not
leave stays here; each of its passages ends as skipped with the reason, and is tried again when that changes.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from functools import cached_property, lru_cache
from typing import Any

from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.corpus.passages import HELD, InTurn
from cothemes.app.privacy.outbound import Pseudonymizer
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document, DocumentHead
from cothemes.records.endpoint import is_loopback
from cothemes.records.outcome_flag import FlagKind, flag
from cothemes.records.passage import Passage
from cothemes.records.prompt import SHIPPED, Prompt
from cothemes.records.suggestion import Outcome, OutcomeState
from cothemes.settings import Settings, StudySettings
from cothemes.stages.deidentify.codebook import codebook_as_sent
from cothemes.stages.deidentify.consent import may_leave
from cothemes.stages.deidentify.viewed import ViewedDocument
from cothemes.stages.propose.model.deriving import Derivation

SCHEME = "pseudonyms.v1"
"""Version of how texts are changed on their way out; another scheme makes another rater."""
LOOK_EVERY = 0.5
"""Seconds between two looks at what was forgotten while a run is under way."""


class ModelInput:
    """The study's texts on their way to one endpoint."""

    def __init__(self, study: Study, settings: Settings, endpoint: str) -> None:
        self._study = study
        unreviewed = settings.privacy.remote_models
        self._veil = None if is_loopback(endpoint) else Pseudonymizer(study, unreviewed=unreviewed)
        self._shown = lru_cache(maxsize=HELD)(lambda slug: self._viewed(self._document(slug)))
        self._under_way: dict[str, tuple[Passage, ViewedDocument]] = {}
        self._graves = frozenset[str]()
        self._looked = float("-inf")

    @property
    def scheme(self) -> str:
        """Empty where texts go as they are."""
        return SCHEME if self._veil else ""

    def refusal(self, document: DocumentHead) -> str | None:
        """None where the document's passages may be sent, else why not."""
        return self._veil.refusal(document) if self._veil else None

    def unsearched(self, documents: Iterable[DocumentHead]) -> tuple[str, ...]:
        """Documents that would go to a remote model though no names were searched in them."""
        if not self._veil:
            return ()
        return tuple(d.slug for d in documents if self.refusal(d) is None and self._veil.unsearched(d))

    def shows(self, slug: str) -> bool:
        """Return whether passages of this document may stand in another passage's request."""
        return not self._veil or (slug in self._heads and self.refusal(self._heads[slug]) is None)

    def words(self, passage: Passage) -> str:
        """A passage's text as it may be shown."""
        if not self._veil:
            return passage.spoken
        return self._shown(passage.document).passage(passage).spoken

    def source(self, passage: Passage) -> Passage:
        """The study's own passage for one that is under way."""
        known = self._under_way.get(passage.id)
        return known[0] if known else passage

    def codebook(self, codebook: Codebook) -> Codebook:
        """Return the codebook with pseudonyms, and without quotations from documents whose participants said
        no.
        """
        if not self._veil:
            return codebook
        held = (slug for slug, head in self._heads.items() if may_leave(head) is not None)
        return codebook_as_sent(codebook, self._veil.words, (self._document(slug).text for slug in held))

    def about(self, study: StudySettings) -> StudySettings:
        """Title and context with pseudonyms."""
        if not self._veil:
            return study
        words = self._veil.words
        return study.model_copy(update={"title": words(study.title), "context": words(study.context)})

    def template(self, prompt: Prompt) -> Prompt:
        """The prompt itself. Raises StateConflict where the study's own wording holds a name."""
        if self._veil and prompt.origin != SHIPPED and self._veil.words(prompt.text) != prompt.text:
            raise StateConflict(
                "holds a name or number that has a pseudonym, and would go to a remote model",
                where=prompt.origin,
                hint="Take it out of the template; `cothemes deidentify` lists what was found.",
            )
        return prompt

    def propose(
        self,
        coder: ModelCoder,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        *,
        gate: bool = True,
        **asking: Any,
    ) -> AsyncGenerator[Derivation, None]:
        """Yield as `ModelCoder.propose` does, with every place given in the study's own texts. `gate`: False
        derives again what was sent before, whether or not it might be sent now.

        Passages are taken as they are needed, and gone through twice where some may not be sent. Nothing is
        sent of a document that is forgotten, or no longer among `documents`, when its turn comes.
        """
        if self._veil is None:
            return coder.propose(
                self._there(passages, documents), documents, still=self._still_there, **asking
            )
        return self._carried(coder, passages, documents, gate, asking)

    async def _carried(
        self,
        coder: ModelCoder,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        gate: bool,
        asking: Mapping[str, Any],
    ) -> AsyncGenerator[Derivation, None]:
        refusals = self._refusals(documents) if gate else {}
        if refusals:
            for passage in passages:
                if passage.document in refusals:
                    yield withheld(passage, asking["run"], refusals[passage.document])
        going = (passage for passage in passages if passage.document not in refusals)
        views = InTurn(documents, lambda slug: self._viewed(documents[slug]))
        as_sent = InTurn(documents, lambda slug: views[slug].document)
        try:
            sent = self._sent(self._there(going, documents), documents, views, gate)
            async with aclosing(coder.propose(sent, as_sent, still=self._still_there, **asking)) as stream:
                async for derivation in stream:
                    yield self._back(derivation)
        finally:
            self._under_way.clear()

    def _refusals(self, documents: Iterable[str]) -> dict[str, str]:
        heads = [self._heads[slug] for slug in documents if slug in self._heads]
        return {head.slug: reason for head in heads if (reason := self.refusal(head))}

    def _there(self, passages: Iterable[Passage], documents: Mapping[str, Document]) -> Iterator[Passage]:
        """One by one as they leave; no more of a document that is forgotten meanwhile."""
        for passage in passages:
            if passage.document not in self._forgotten() and passage.document in documents:
                yield passage

    def _still_there(self, passage: Passage) -> bool:
        """Asked at once, and not every few seconds: what was sent before is about to be sent once more."""
        return all(grave.document != passage.document for grave in self._study.store.privacy.tombstones())

    def _sent(
        self,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        views: Mapping[str, ViewedDocument],
        gate: bool,
    ) -> Iterator[Passage]:
        for passage in passages:
            # Asked of the very text that leaves: the refusals were of the text as it is now.
            if gate and self.refusal(documents[passage.document]):
                continue
            viewed = views[passage.document]
            self._under_way[passage.id] = passage, viewed
            yield viewed.passage(passage)

    def _forgotten(self) -> frozenset[str]:
        now = time.monotonic()
        if now - self._looked > LOOK_EVERY:
            self._looked = now
            self._graves = frozenset(t.document for t in self._study.store.privacy.tombstones())
        return self._graves

    def _back(self, derivation: Derivation) -> Derivation:
        passage, viewed = self._under_way.pop(derivation.outcome.passage)
        outcome = derivation.outcome
        if outcome.call is not None and viewed.passage(passage).text != passage.text:
            outcome = outcome.with_flags(flag(FlagKind.PSEUDONYMS))
        return Derivation(
            outcome,
            tuple(viewed.suggestion(suggestion, passage) for suggestion in derivation.suggestions),
            tuple(
                candidate.model_copy(update={"evidence": viewed.evidence(candidate.evidence, passage)})
                for candidate in derivation.candidates
            ),
        )

    def _viewed(self, document: Document) -> ViewedDocument:
        assert self._veil is not None
        return self._veil.viewed(document)

    def _document(self, slug: str) -> Document:
        document = self._study.store.documents.get(slug)
        if document is None:
            raise StateConflict(
                "was forgotten a moment ago", where=slug, hint="The same command goes on without it."
            )
        return document

    @cached_property
    def _heads(self) -> dict[str, DocumentHead]:
        return {head.slug: head for head in self._study.store.documents.heads()}


def withheld(passage: Passage, run: str, reason: str) -> Derivation:
    """Return the outcome of a passage that may not be sent: skipped, and tried again when it may."""
    flags = (flag(FlagKind.WITHHELD),)
    return Derivation(
        Outcome(
            run=run,
            passage=passage.id,
            text_version=passage.version,
            state=OutcomeState.SKIPPED,
            detail=reason,
            flags=flags,
        )
    )
