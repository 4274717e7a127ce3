"""What may leave the machine of a study's texts, and as which words: asked before a remote call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial

from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.document import Document, DocumentHead
from cothemes.records.endpoint import is_loopback
from cothemes.records.privacy import Deidentification, Pseudonym, found_hash
from cothemes.settings import Settings
from cothemes.stages.deidentify.codebook import plain
from cothemes.stages.deidentify.consent import may_leave
from cothemes.stages.deidentify.search import Cloak
from cothemes.stages.deidentify.view import View, view
from cothemes.stages.deidentify.viewed import ViewedDocument

TOLD_BY = 40
"""Characters from which a text that stands in a document too is taken for that document's; shorter ones are
said by many."""


def may_send(settings: Settings, endpoint: str) -> None:
    """Return where passages may go to this endpoint, or raise StateConflict with what to do.

    A loopback endpoint is exempt. Any other needs the study's texts reviewed (`privacy.deidentified`), or the
    researcher's word by name (`privacy.remote_models`).
    """
    if is_loopback(endpoint):
        return
    if settings.privacy.deidentified == "reviewed" or settings.privacy.remote_models:
        return
    raise StateConflict(
        "this study's passages may not be sent to a remote model",
        where=endpoint,
        hint='When every text was read for names and places, set `deidentified = "reviewed"` under [privacy] '
        "in cothemes.toml; to send them unreviewed, `remote_models = true`. A model on this machine needs "
        "neither.",
    )


def refuse_held(study: Study, named: str, texts: Iterable[str]) -> None:
    """Raises StateConflict where one of the texts, of whatever else is to be sent, stands in a document of
    the study that may not go to a remote model."""
    given = [words for words in set(map(plain, texts)) if len(words) >= TOLD_BY]
    for head in study.store.documents.heads():
        reason = may_leave(head)
        document = study.store.documents.get(head.slug) if reason else None
        whole = plain(document.text) if document else ""
        if not any(words in whole for words in given):
            continue
        raise StateConflict(
            f"{named} holds words of {head.slug}, which may not go to a remote model: {reason}",
            where=str(study.root),
            hint="Leave that document out of it, or ask a model on this machine.",
        )


class Pseudonymizer:
    """The study's pseudonyms laid over its documents: exactly what was found, logged and reviewed."""

    def __init__(self, study: Study, *, unreviewed: bool = False) -> None:
        """`unreviewed`: documents may go that nobody has read. What participants said of it holds all the
        same, and so does every pseudonym that the study knows."""
        self._study = study
        self._unreviewed = unreviewed

    def refusal(self, document: DocumentHead) -> str | None:
        """None where the document may go to a remote model as its view, else why not."""
        reason = may_leave(document)
        if reason is not None or self._unreviewed:
            return reason
        state = self._states.get(document.slug)
        if state is None:
            return "it was not searched for names: `cothemes deidentify`"
        if state.version != document.version:
            return "its text has changed since it was searched: `cothemes deidentify`"
        found = found_hash(document.version, self._logged(document.slug))
        if not state.reviewed_as(document.version) or found != state.found:
            return f"nobody has accepted what would leave: `cothemes deidentify --accept {document.slug}`"
        return None

    def unsearched(self, document: DocumentHead) -> bool:
        """Whether no names were searched in the present text: those that nobody knows go as they are."""
        state = self._states.get(document.slug)
        return state is None or state.version != document.version

    def view(self, document: Document) -> View:
        """The document's text with everything replaced that the log names."""
        return view(document.text, self._spans(document))

    def viewed(self, document: Document) -> ViewedDocument:
        """The document, ready for a coder, with the way back for what it says."""
        return ViewedDocument(document, self.view(document), partial(self._cloak, document=document.slug))

    def words(self, text: str, document: str = "") -> str:
        """Any other text that goes along, such as a codebook's example, with the same pseudonyms. Initials
        count only in the `document` that they stand in."""
        return self._cloak(text, document)

    def _spans(self, document: Document) -> list[tuple[int, int, str]]:
        state = self._states.get(document.slug)
        if state is None or state.version != document.version:
            # The log is of another text, or there is none: only unreviewed documents come here.
            return self._cloak.spans(document.text, document.slug)
        return self._logged(document.slug)

    def _logged(self, slug: str) -> list[tuple[int, int, str]]:
        log = self._study.store.privacy.replacements(slug)
        return [(r.start, r.end, self._entries[r.pseudonym].pseudonym) for r in log if r.applied]

    @cached_property
    def _cloak(self) -> Cloak:
        return Cloak(list(self._entries.values()))

    @cached_property
    def _states(self) -> dict[str, Deidentification]:
        return self._study.store.privacy.states()

    @cached_property
    def _entries(self) -> dict[str, Pseudonym]:
        return {entry.id: entry for entry in self._study.store.privacy.pseudonyms()}
