"""Passages in the texts in which a run sent them.

A transcript may be corrected between a request and what is derived from its reply: while a batch is under
way, after a run was killed, or before a replay. A reply speaks of the words that were sent, so it is read
with these. Spans that come of it are mapped to the present text when they are read from the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cothemes.app.corpus.passages import StudyPassages, documents_of
from cothemes.app.study import Study
from cothemes.ports import PassageStore
from cothemes.records.document import Document
from cothemes.records.passage import Passage


@dataclass(frozen=True)
class EarlierPassages(Collection[Passage]):
    """Passages in the versions named; whoever goes through them holds one portion at a time."""

    store: PassageStore
    versions: Mapping[str, str]
    """Passage → version of its document."""

    def __len__(self) -> int:
        return len(self.versions)

    def __contains__(self, passage: object) -> bool:
        return isinstance(passage, Passage) and self.versions.get(passage.id) == passage.version

    def __iter__(self) -> Iterator[Passage]:
        ids = list(self.versions)
        for start in range(0, len(ids), StudyPassages.portion):
            portion = ids[start : start + StudyPassages.portion]
            found = {each.id: each for each in self.store.read(portion) if each in self}
            missing = [each for each in portion if each not in found]
            found |= {each.id: each for each in self.store.earlier_texts(missing) if each in self}
            # What was forgotten has no words left.
            yield from (found[each] for each in portion if each in found and found[each].text)


@dataclass(frozen=True)
class Texts:
    """Passages of which no two are of different versions of one document."""

    passages: Collection[Passage]
    documents: Mapping[str, Document]
    earlier: bool
    """Whether these are no longer the present texts."""


def texts_sent(study: Study, passages: StudyPassages, sent: Mapping[str, str]) -> Iterator[Texts]:
    """Yield the passages in the versions in which they were sent, those of the present texts first.

    `sent`: passage → version, of those that were sent; it may hold passages that are no longer current.
    """
    now = {head.id: head.version for head in passages.heads}
    earlier = {each: version for each, version in sent.items() if version != now.get(each, "")}
    present = passages.where(lambda head: head.id not in earlier) if earlier else passages
    if present:
        yield Texts(present, documents_of(study.store.documents, present.versions), False)
    for versions in _one_version_each(earlier.items()):
        read = {passage.rpartition(".")[0]: version for passage, version in versions.items()}
        documents = documents_of(study.store.documents, read)
        yield Texts(EarlierPassages(study.store.passages, versions), documents, True)


def versions_to_read(study: Study, run_id: str, passages: StudyPassages) -> dict[str, str]:
    """Return passage → version, where the reply to an earlier text is there or waits in a batch, and the run
    says nothing of the passage yet.
    """
    sent = study.store.ledger.texts_sent(run_id)
    if not sent:
        return {}
    told = {outcome.passage for outcome in study.store.runs.each_outcome(run_id)}
    return {
        head.id: sent[head.id]
        for head in passages.heads
        if head.id in sent and head.id not in told and sent[head.id] != head.version
    }


def _one_version_each(sent: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Divide passages so that no part has two versions of one document."""
    parts: list[dict[str, str]] = []
    known: dict[str, dict[str, int]] = defaultdict(dict)
    for passage, version in sent:
        versions = known[passage.rpartition(".")[0]]
        part = versions.setdefault(version, len(versions))
        if part == len(parts):
            parts.append({})
        parts[part][passage] = version
    yield from parts
