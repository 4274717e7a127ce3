"""`ingest --redact`: words that a corrected text has no more are erased from the study for good."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cothemes.app import wiring
from cothemes.app.privacy.byte_search import Sought
from cothemes.app.privacy.forget import drop_half_made_backups, left_in_folder, vectors_dropped
from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.privacy import MASK, REDACTED, Redaction
from cothemes.records.record import Moment, Record
from cothemes.records.text_map import TextMap
from cothemes.stages.deidentify.traces import Traces
from cothemes.stages.revise.mapping import text_map
from cothemes.stages.revise.words import vocabulary

_WORD = re.compile(r"\w+")
_SHORTEST_RARE = 4
"""Letters of an erased word that is looked for in what belongs to other documents."""


class RedactReport(Record):
    """A document whose earlier texts were redacted."""

    document: str
    at: Moment
    erased: dict[str, int]
    """Things erased or masked → how many."""
    clean: bool
    """False where erased words may be left in `.cothemes`."""
    holding: tuple[str, ...]
    """Files of .cothemes that hold erased words all the same."""
    remaining: tuple[str, ...]
    """What a person has to do, in words."""


def redact(
    study: Study, slug: str, *, by: str = "", redaction: Redaction | None = None
) -> RedactReport | None:
    """Erase the words that the earlier texts of a document have and its present text has not.

    A second time finishes what was hindered. Return None where nothing was to be redacted. Raises
    VectorsError, before anything is erased, where another process holds the vector store. `redaction`: the
    record of another copy of the study.
    """
    current = study.store.documents.get(slug)
    assert current is not None
    earlier = [
        each
        for each in study.store.documents.versions(slug)
        if each.version != current.version and not each.version.startswith(REDACTED) and each.text
    ]
    if not earlier:
        return _finished(study, slug)
    maps = {each.old: each for each in study.store.passages.text_maps([slug]) if each.new == current.version}
    texts = {
        each.version: masked(each.text, current.text, maps.get(each.version) or text_map(each, current))
        for each in earlier
    }
    others = [each.text for each in study.store.documents.all() if each.slug != slug]
    present = _words([current.text])
    words = _removed(earlier, texts) - present
    known = _words([*others, _codebook_text(study)])
    rare = frozenset(word for word in words - known if len(word) >= _SHORTEST_RARE)
    traces = Traces([each.text for each in earlier], [*others, current.text, slug])
    made = redaction or Redaction(
        id=wiring.ids().new(), at=wiring.clock().now(), by=by, document=slug, version=current.version
    )
    drop_half_made_backups(study)
    with vectors_dropped(study):
        made = study.store.privacy.redact(
            made,
            texts=texts,
            words=frozenset(words),
            rare=rare,
            quoted_in=lambda text: traces.quoted_in(text.encode()) or traces.told_in(text),
            kept_words=vocabulary([current.text]),
        )
    clean = study.store.privacy.scrub()
    held = study.store.privacy.still_held(traces.quoted_in)
    inside, outside, unread = left_in_folder(study, Sought(traces, tuple(sorted(rare))))
    return RedactReport(
        document=slug,
        at=made.at,
        erased=made.erased,
        clean=clean and not inside,
        holding=tuple(inside),
        remaining=tuple(_remaining(slug, held, outside, unread)),
    )


def _finished(study: Study, slug: str) -> RedactReport | None:
    """Clean the files once more of what was redacted before."""
    made = [each for each in study.store.privacy.redactions() if each.document == slug]
    if not made:
        return None
    return RedactReport(
        document=slug,
        at=made[-1].at,
        erased=made[-1].erased,
        clean=study.store.privacy.scrub(),
        holding=(),
        remaining=(),
    )


def masked(old: str, new: str, where: TextMap) -> str:
    """Return the old text with MASK for every letter of a word that the new one does not have there."""
    kept = bytearray(len(old))
    for piece in where.pieces:
        if old[piece.old_start : piece.old_end] == new[piece.new_start : piece.new_end]:
            kept[piece.old_start : piece.old_end] = b"\x01" * (piece.old_end - piece.old_start)
    found = list(old)
    for word in _WORD.finditer(old):
        if not all(kept[word.start() : word.end()]):
            found[word.start() : word.end()] = MASK * (word.end() - word.start())
    return "".join(found)


def undoes_redaction(study: Study, slug: str, text: str) -> str:
    """Return why a text may not be stored, where it is an earlier text before it was redacted; else ''."""
    for each in study.store.documents.versions(slug):
        if (
            each.version.startswith(REDACTED)
            and len(each.text) == len(text)
            and MASK in each.text
            and all(was in (MASK, now) for was, now in zip(each.text, text, strict=True))
        ):
            return "is a text of this document from before it was redacted: nothing was stored"
    return ""


def _removed(earlier: Iterable[Document], texts: dict[str, str]) -> set[str]:
    found = set[str]()
    for each in earlier:
        hidden = texts[each.version]
        found |= {
            word[0].casefold() for word in _WORD.finditer(each.text) if MASK in hidden[slice(*word.span())]
        }
    return found


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.casefold())}


def _codebook_text(study: Study) -> str:
    path = study.codebook_path
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _remaining(slug: str, held: dict[str, int], outside: list[str], unread: list[str]) -> Iterable[str]:
    for place, rows in held.items():
        yield f"erased words are left in {place} ({rows})"
    for path in outside:
        yield f"{path} in the study's folder holds erased words: delete or edit it"
    for path in unread:
        yield f"{path} cannot be read here: look through it"
    yield f"delete the earlier file of {slug}, its recordings and copies; do not ingest it again"
    yield "backups, exports and packages made before now (cothemes access-log), and what providers keep"
