"""Passages that a query selects, by what people decided: one filter for listings, tables and exports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cothemes.app.auto_accepted import counted
from cothemes.app.figures.decided import decided_ratings
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.combine import Combine
from cothemes.records.document import DocumentHead
from cothemes.records.passage import Passage
from cothemes.records.rating import SEVERAL, Rating
from cothemes.records.record import Record
from cothemes.stages.exchange.basis import CodedPassages, basis_of, settle
from cothemes.stages.review.field_names import ATTRIBUTE, META, OF_CODING, full_name
from cothemes.stages.review.passage_query import (
    CodedFacts,
    PassageFacts,
    PassageQuery,
    Vocabulary,
    parsed_query,
)
from cothemes.stages.review.session import unknown_code

OF_PASSAGES = ("passage.document", "passage.speaker", "passage.role", "document.kind", "document.participant")
"""Full names of fields that every passage has."""


class QueryOutcome(Record):
    """A query with the number of passages that it selects."""

    query: str
    passages: int
    undetermined: int
    """Passages left out because nobody has read them for a code on which the query depends."""


class PassageFilter:
    """The passages that a query selects."""

    def __init__(self, query: str, selected: frozenset[str], undetermined: frozenset[str]) -> None:
        self.selected = selected
        self.undetermined = undetermined
        self.outcome = QueryOutcome(query=query, passages=len(selected), undetermined=len(undetermined))

    def __contains__(self, passage: object) -> bool:
        return passage in self.selected


def passage_filter(study: Study, query: str, combine: Combine = Combine.ANY) -> PassageFilter:
    """Return the current passages that match, by what findings count. Raises UsageError."""
    asked = study_query(study, query)
    ratings = decided_ratings(study).ratings
    settled = settle(ratings, basis_of(ratings, combine=combine), tuple(study.codebook.by_id), combine)
    return filtered(study, asked, study.store.passages.all(), _with_accepted(study, settled))


def _with_accepted(study: Study, settled: CodedPassages) -> CodedPassages:
    """Return the same with what was accepted under a certificate, where the study counts it."""
    accepted = counted(study)
    if not accepted:
        return settled
    rated = {code: set(passages) for code, passages in settled.rated.items()}
    applied = {code: set(passages) for code, passages in settled.applied.items()}
    for each in accepted:
        passage, code = each.place
        rated.setdefault(code, set()).add(passage)
        applied.setdefault(code, set()).add(passage)
    return replace(settled, rated=rated, applied=applied)


def filtered(
    study: Study, asked: PassageQuery, passages: Sequence[Passage], settled: CodedPassages
) -> PassageFilter:
    """Return those of the passages that match, by the codes that were settled on."""
    coded = CodedFacts(settled.applied, settled.rated, attributes_of(settled.codings))
    found = asked.matches(facts_of(study, passages), coded)
    return PassageFilter(asked.text, found.passages, found.undetermined)


def study_query(study: Study, query: str) -> PassageQuery:
    """Return the query in the names of the study. Raises UsageError with a position."""
    heads = study.store.documents.heads()
    metadata = {name for head in heads for name in head.metadata}
    attributes = {each.name for each in study.codebook.attributes}

    def field(name: str, value: str) -> str:
        try:
            full = full_name(_SHORT.get(name, name), metadata, attributes, value)
        except UsageError as error:
            raise error.reworded(hint=error.hint.replace("--where ", "")) from None
        known = {*OF_PASSAGES, *(f"{META}{each}" for each in metadata)}
        if full in known or full in {f"{ATTRIBUTE}{each}" for each in attributes}:
            return full
        if full.removeprefix("coding.") in OF_CODING:
            raise UsageError(
                f"{name} is a field of codings, not of passages", hint="Ask for it with --where."
            )
        names = sorted({*known, *(f"{ATTRIBUTE}{each}" for each in attributes)})
        raise UsageError(f"nothing here has a field {name!r}", hint=f"Fields: {', '.join(names)}.")

    def attribute(name: str) -> str:
        if name not in attributes:
            listed = f"Attributes: {', '.join(sorted(attributes))}." if attributes else "It declares none."
            raise UsageError(f"the codebook has no attribute {name!r}", hint=listed)
        return name

    return parsed_query(query, Vocabulary(lambda name: codes_named(study, [name]), field, attribute))


_SHORT = {"kind": "document.kind", "participant": "document.participant"}


def facts_of(study: Study, passages: Sequence[Passage]) -> list[PassageFacts]:
    """Return the passages with their fields."""
    documents = {head.slug: head for head in study.store.documents.heads()}
    own = {slug: _of_document(head) for slug, head in documents.items()}
    return [
        PassageFacts(
            id=each.id,
            document=each.document,
            position=each.position,
            fields={
                **own[each.document], "passage.speaker": each.speaker, "passage.role": each.role.value,
            },
        )
        for each in passages
    ]  # fmt: skip


def attributes_of(codings: Sequence[Rating]) -> dict[tuple[str, str], Mapping[str, Collection[str]]]:
    """Passage and code → the values of each attribute, by whoever set them."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for each in codings:
        here = found.setdefault((each.unit, each.code), {})
        for name, values in each.attributes.items():
            here.setdefault(name, set()).update(filter(None, values.split(SEVERAL)))
    return {**found}


def codes_named(study: Study, words: Sequence[str], others: Collection[str] = ()) -> set[str]:
    """Ids of codes, and for a theme all of its codes. `others`: further ids that may be named. Raises
    UnknownCode.
    """
    codes: set[str] = set()
    for word in words:
        members = {code.id for code in study.codebook.codes if code.theme == word}
        if word not in study.codebook.by_id and word not in others and not members:
            raise unknown_code(study.codebook, word)
        codes |= members or {word}
    return codes


def _of_document(head: DocumentHead) -> dict[str, str]:
    return {
        **{f"{META}{name}": value for name, value in head.metadata.items()},
        "passage.document": head.slug,
        "document.kind": head.kind.value,
        "document.participant": head.cluster,
    }
