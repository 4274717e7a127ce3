"""Everything that a report shows, in the order of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cothemes.records.codebook import Codebook
from cothemes.records.coded_reading import RatingList, listed
from cothemes.records.combine import Combine
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.rating import Rating
from cothemes.records.record import Record
from cothemes.stages.exchange.basis import Basis, Source, basis_of, settle
from cothemes.stages.exchange.findings import (
    AttributeTable,
    CodeRow,
    GroupTable,
    NotGrouped,
    Question,
    attribute_tables,
    by_question,
    chosen_words,
    code_rows,
    group_tables,
    kept_within_one_kind,
    recoded_words,
)
from cothemes.stages.exchange.quotes import CodeQuotes, Quoting, quotes_by_code, words_of
from cothemes.stages.exchange.term_recognition import TermRecognition, term_recognition

SPOKEN = Kind.INTERVIEW
WRITTEN = Kind.POLICY


class Findings(Record):
    """The tables and quotes of a report."""

    basis: Basis
    passages: int
    """That can carry a code: not the interviewer's, and no heading."""
    passages_rated: int
    put_forward: int
    """Of these, passages that a score had chosen: shares with them are no estimate for the documents."""
    documents_rated: dict[str, int]
    """Kind → documents with a rated passage."""
    kinds: tuple[Kind, ...]
    unknown_kind: int
    """Documents with a rated passage that are of unknown kind: in no comparison between kinds."""
    counts_documents: bool
    """False where only a coder spoke: documents with a code are never counted from suggestions."""
    questions: tuple[Question, ...]
    compared: tuple[CodeRow, ...]
    """Interviews against policy texts, the greatest difference first; empty where one of them is missing."""
    kept_apart: tuple[str, ...]
    """Codes left out of that comparison because the codebook says so."""
    groups: tuple[GroupTable, ...]
    without_groups: tuple[NotGrouped, ...]
    attributes: tuple[AttributeTable, ...]
    quotes: tuple[CodeQuotes, ...]
    terms: tuple[TermRecognition, ...]
    recoded: dict[str, tuple[int, int]] = {}
    """Code → passages read again under its present meaning, of those read under an earlier one; only where
    some wait."""

    @property
    def choice(self) -> str:
        """Return the words that must stand beside shares; empty where no score chose a passage."""
        return chosen_words(self.put_forward, self.passages_rated) if self.put_forward else ""

    @property
    def caveats(self) -> dict[str, str]:
        """Code → the words that must stand beside its figures."""
        return {code: recoded_words(counts) for code, counts in self.recoded.items()}


def findings(
    ratings: Iterable[Rating] | RatingList,
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    codebook: Codebook,
    *,
    latest_run: str = "",
    most_quotes: int = 3,
    quoting: Quoting = words_of,
    combine: Combine = Combine.ANY,
    recoded: Mapping[str, tuple[int, int]] | None = None,
    put_forward: Collection[str] = (),
) -> Findings:
    """Count what people decided; where nobody did, what was suggested, and says so. `quoting` gives the
    words of a quote; `combine` is the rule for several readers. `recoded`: code → passages read again under
    its present meaning, of those read under an earlier one. `put_forward`: passages that
    were read because a score chose them."""
    open_to_codes = {name for name, passage in passages.items() if may_carry_a_code(passage)}
    known = listed(ratings).of_units(open_to_codes)
    basis = basis_of(known, latest_run, combine)
    settled = settle(known, basis, tuple(codebook.by_id), combine)
    rows = code_rows(settled, codebook, passages, documents)
    rated = {passages[unit].document for unit in settled.passages}
    kinds = [documents[slug].kind for slug in sorted(rated)]
    apart = kept_within_one_kind(codebook)
    decided = basis.source in (Source.PEOPLE, Source.SYNTHETIC)
    groups, without = group_tables(settled, codebook, passages, documents) if decided else ([], [])
    return Findings(
        basis=basis,
        passages=len(open_to_codes),
        passages_rated=len(settled.passages),
        put_forward=len(settled.passages & set(put_forward)) if decided else 0,
        documents_rated={kind.value: kinds.count(kind) for kind in Kind if kind in kinds},
        kinds=tuple(kind for kind in Kind if kind in kinds),
        unknown_kind=kinds.count(Kind.UNKNOWN),
        counts_documents=decided,
        questions=tuple(by_question(rows, codebook)),
        compared=tuple(_compared(rows, apart)),
        kept_apart=tuple(code for code in apart if SPOKEN in kinds and WRITTEN in kinds),
        groups=tuple(groups),
        without_groups=tuple(without),
        attributes=tuple(attribute_tables(settled, codebook)),
        quotes=tuple(
            quotes_by_code(settled, codebook, passages, documents, most=most_quotes, quoting=quoting)
        ),
        terms=term_recognition(
            sorted(documents.values(), key=lambda d: (d.kind is not Kind.INTERVIEW, d.kind.value, d.slug)),
            codebook.lexical_probes,
        ),
        recoded={code: counts for code, counts in (recoded or {}).items() if counts[0] < counts[1]},
    )


def may_carry_a_code(passage: Passage) -> bool:
    """Return whether findings count the passage: it is no heading, and no interviewer or announcer speaks
    it.
    """
    return passage.role not in (Role.INTERVIEWER, Role.OTHER) and passage.kind is not BlockKind.HEADING


def difference(row: CodeRow) -> float:
    """Share of interview passages with the code less that of policy passages."""
    spoken, written = row.by_kind[SPOKEN].of_passages, row.by_kind[WRITTEN].of_passages
    return (spoken or 0.0) - (written or 0.0)


def _compared(rows: Sequence[CodeRow], apart: Sequence[str]) -> list[CodeRow]:
    both = [row for row in rows if SPOKEN in row.by_kind and WRITTEN in row.by_kind]
    used = [row for row in both if row.by_kind[SPOKEN].passages or row.by_kind[WRITTEN].passages]
    return sorted((row for row in used if row.code not in apart), key=difference, reverse=True)
