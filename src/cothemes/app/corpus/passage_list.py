"""The passages of a study as a table, for those who work with them in their own programs."""

from __future__ import annotations

from cothemes.app.corpus.passages import passages_of
from cothemes.app.study import Study
from cothemes.records.document import BlockKind, Kind, Role
from cothemes.records.record import Listing, Record


class PassageEntry(Record):
    """One passage of the current text."""

    passage: str
    document: str
    kind: Kind
    """Kind of the document."""
    block: BlockKind
    speaker: str
    role: Role
    headings: tuple[str, ...]
    time: str
    start: int
    """Half-open code points of the document's text, to `end`."""
    end: int
    words: int
    text: str
    """The speaker's own words; what another voice says in between is marked `[…]`."""
    text_version: str
    """Version of the document that the passage was cut from."""


class PassageList(Listing[PassageEntry]):
    """Passages in the order of their documents."""


def passage_list(study: Study) -> PassageList:
    """Return every passage of the study's current texts."""
    kinds = {head.slug: head.kind for head in study.store.documents.heads()}
    return PassageList(
        tuple(
            PassageEntry(
                passage=each.id,
                document=each.document,
                kind=kinds[each.document],
                block=each.kind,
                speaker=each.speaker,
                role=each.role,
                headings=each.headings,
                time=each.time,
                start=each.start,
                end=each.end,
                words=each.words,
                text=each.own_text(),
                text_version=each.version,
            )
            for each in passages_of(study.store.passages)
        )
    )
