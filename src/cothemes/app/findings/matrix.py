"""A study's codes cross-tabulated, from what people decided and never from suggestions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.auto_accepted import counted
from cothemes.app.figures.decided import closed_ratings, decided_ratings
from cothemes.app.findings.passage_filter import QueryOutcome, codes_named, filtered, study_query
from cothemes.app.ratings import put_forward_passages, reads_once, selected
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.coded_reading import RatingList
from cothemes.records.combine import Combine
from cothemes.records.document import Document, Kind
from cothemes.records.left_out import LeftOut
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind
from cothemes.records.record import absent
from cothemes.stages.exchange.basis import ROLLED_UP, Source, basis_of, settle
from cothemes.stages.exchange.findings import chosen_words, recoded_words
from cothemes.stages.review.crossing import CODES, Matrix, code_matrix, group_matrix
from cothemes.stages.review.field_names import META
from cothemes.stages.review.selection import Purpose

NOTHING = "(not said)"
"""The group of documents that lack the column."""
OF_PASSAGES = ("speaker",)
OF_DOCUMENTS = ("document", "kind", "participant")
_FULL = ("passage.document", "passage.speaker")
"""Names that a column of the metadata cannot have too."""


@dataclass(frozen=True)
class Crossing:
    """What is asked for."""

    by: str = CODES
    """`codes`, or a column of the documents' metadata, `document`, `kind`, `participant`, `speaker`. A
    name that is both is written in full: `meta.speaker`, `passage.speaker`."""
    rows: Sequence[str] = ()
    """Codes or themes; all where none is named."""
    columns: Sequence[str] = ()
    """Of codes against codes: codes or themes; all where none is named."""
    kind: Kind | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    """A column of the metadata → its value."""
    round: str = ""
    blind_only: bool = False
    """Only decisions made blind; then consensus, which is reached in talk, does not count."""
    combine: Combine = Combine.ANY
    """How the answers of several people count as one."""
    query: str = ""
    """Which passages are asked for; see stages/review/passage_query.py."""
    roll_up: bool = False
    """Count a code together with the codes below it."""

    @property
    def purpose(self) -> Purpose:
        """A round or the blind arm alone is a part of what agreement reads."""
        return Purpose.AGREEMENT if self.round or self.blind_only else Purpose.FINDINGS


class MatrixReport(Matrix):
    """A cross-tabulation, and whose decisions are counted in it."""

    basis: Source
    raters: tuple[str, ...]
    sentence: str
    """The basis in words."""
    notes: tuple[str, ...]
    purpose: Purpose
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    """Decisions on these codes that are not counted, by reason."""
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    """The passages that were asked for; absent if no query was given."""
    auto_accepted: dict[str, dict[str, int]] | None = Field(default=None, exclude_if=absent)
    """Row → column → further passages by codings that were accepted under a certificate; present if the study
    counts them. They are in no cell, total or share: nobody read the other passages."""


@reads_once
def matrix(study: Study, wanted: Crossing) -> MatrixReport:
    """Return the codes crossed with codes or groups. Raises UsageError for a column or a value that is not
    there, UnknownCode."""
    documents = {document.slug: document for document in study.store.documents.all()}
    passages = {
        passage.id: passage
        for passage in study.store.passages.all()
        if _fits(documents[passage.document], wanted)
    }
    _known(wanted, documents)
    order = tuple(study.codebook.by_id)
    rows = _chosen(study, wanted.rows)
    asked = study_query(study, wanted.query) if wanted.query else None
    ratings, notes = _ratings(study, wanted, passages)
    if wanted.roll_up:
        ratings = ratings.rolled_up(study.codebook.branches)
        notes = (*notes, ROLLED_UP)
    basis = basis_of(ratings, combine=wanted.combine)
    settled = settle(ratings, basis, order, wanted.combine)
    within = filtered(study, asked, list(passages.values()), settled) if asked else None
    if within is not None:
        passages = {name: passage for name, passage in passages.items() if name in within}
        ratings = ratings.of_units(within)
        settled = settle(ratings, basis, order, wanted.combine)
    document_of = {passage.id: passage.document for passage in passages.values()}
    groups: dict[str, str] = {}
    if wanted.by == CODES:
        columns = _chosen(study, wanted.columns)
        made = code_matrix(settled.applied, settled.passages, document_of, rows, columns)
    else:
        groups = {name: _group(wanted.by, passage, documents) for name, passage in passages.items()}
        made = group_matrix(wanted.by, settled.applied, settled.passages, document_of, groups, rows)
    unread = _accepted(study, wanted, passages, settled.applied)
    more = None
    if unread is not None:
        every = {*settled.passages, *(unit for units in unread.values() for unit in units)}
        if wanted.by == CODES:
            wider = code_matrix(unread, every, document_of, rows, columns)
        else:
            wider = group_matrix(wanted.by, unread, every, document_of, groups, rows)
        more = {
            row: {
                column: wider.cells[row][column].passages - made.cells[row][column].passages
                for column in made.columns
                if column in wider.cells[row]
            }
            for row in made.rows
        }
    named = codes_named(study, wanted.rows)
    notes = (*notes, *_unknown_kind(wanted, settled.passages, passages, documents))
    forward = settled.passages & put_forward_passages(study)
    if forward:
        notes = (*notes, chosen_words(len(forward), len(settled.passages)))
    if wanted.purpose is Purpose.FINDINGS:
        notes = (*notes, *_recoded(study, {*made.rows, *made.columns}))
    return MatrixReport(
        **dict(made),
        basis=basis.source,
        raters=(*basis.raters, *basis.consensus),
        sentence=basis.sentence,
        notes=notes,
        purpose=wanted.purpose,
        combined_by=wanted.combine,
        left_out=left_out_of(
            study,
            codes=named,
            readings=True,
            each_reading=wanted.purpose is Purpose.AGREEMENT,
            combine=wanted.combine,
        ).entries,
        query=within.outcome if within else None,
        auto_accepted=more,
    )


def _accepted(
    study: Study, wanted: Crossing, passages: Mapping[str, Passage], applied: Mapping[str, set[str]]
) -> dict[str, set[str]] | None:
    """Return code → passages with it, those accepted under a certificate among them; None if none counts."""
    accepted = counted(study) if wanted.purpose is Purpose.FINDINGS else ()
    if not accepted:
        return None
    found = {code: set(units) for code, units in applied.items()}
    for each in accepted:
        passage, code = each.place
        if passage in passages:
            found.setdefault(code, set()).add(passage)
    return found


def write_matrix(study: Study, path: Path, made: Matrix) -> int:
    """Every cell as a row of a CSV file; gives their number. Raises InputError where it cannot be written."""
    of_codes = ["code", "label"]
    counts = ["passages", "documents", "of_passages", "of_documents"]
    by = made.by if made.by != CODES else "with"
    head = [*of_codes, f"{META}{by}" if by in (*of_codes, *counts) else by, *counts]
    rows = [
        [
            row,
            study.codebook.by_id[row].label,
            column,
            str(made.cells[row][column].passages),
            str(made.cells[row][column].documents),
            str(made.rated[column].passages),
            str(made.rated[column].documents),
        ]
        for row in made.rows
        for column in made.columns
    ]
    return wiring.write_csv(path, iter([head, *rows]))


def _ratings(
    study: Study, wanted: Crossing, passages: Mapping[str, Passage]
) -> tuple[RatingList, tuple[str, ...]]:
    # A round, or the blind arm alone, is a part of what agreement reads; else the last word counts.
    whole = wanted.purpose is Purpose.FINDINGS
    people = decided_ratings(study) if whole else closed_ratings(study)
    kept = tuple(
        part
        for part in people.ratings.parts
        if part.unit in passages
        and (not wanted.round or part.round == wanted.round)
        and (
            not wanted.blind_only
            or (part.kind is not RaterKind.CONSENSUS and part.arm in ("", "blind", "reveal"))
        )
    )
    notes = []
    rounds = sorted({part.round for part in kept if part.round})
    if len(rounds) > 1:
        notes.append(f"The rounds {', '.join(rounds)} are counted together; --round takes one.")
    if people.kept_out:
        codes = ", ".join(f"{code} {count}" for code, count in sorted(people.kept_out.items()))
        notes.append(f"Readings under another wording of a code, or from before it, are left out: {codes}.")
    return RatingList(kept), tuple(notes)


def _recoded(study: Study, codes: Collection[str]) -> tuple[str, ...]:
    """In words, codes of which passages still wait to be read under the present meaning."""
    found = selected(study, Purpose.FINDINGS).recoded()
    return tuple(
        f"{code}: {recoded_words(found[code])} under its present meaning."
        for code in study.codebook.by_id
        if code in codes and code in found and found[code][0] < found[code][1]
    )


def _unknown_kind(
    wanted: Crossing,
    units: Iterable[str],
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
) -> tuple[str, ...]:
    """In words, which documents stand apart where kinds of source are compared."""
    if wanted.by != "kind":
        return ()
    slugs = {passages[unit].document for unit in units}
    unknown = sorted(slug for slug in slugs if documents[slug].kind is Kind.UNKNOWN)
    if not unknown:
        return ()
    listed = ", ".join(unknown[:6]) + (", …" if len(unknown) > 6 else "")
    return (f"Of unknown kind, and in a column of their own: {len(unknown)} documents ({listed}).",)


def _chosen(study: Study, words: Sequence[str]) -> list[str]:
    named = codes_named(study, words)
    return [code for code in study.codebook.by_id if not named or code in named]


def _fits(document: Document, wanted: Crossing) -> bool:
    if wanted.kind is not None and document.kind is not wanted.kind:
        return False
    return all(
        document.metadata.get(name.removeprefix(META), "").casefold() == value.casefold()
        for name, value in wanted.where.items()
    )


def _known(wanted: Crossing, documents: Mapping[str, Document]) -> None:
    known = sorted({name for document in documents.values() for name in document.metadata})
    for name in wanted.where:
        if name.removeprefix(META) not in known:
            raise UsageError(f"no document has a column {name!r}", hint=f"Columns: {', '.join(known)}.")
    built_in = (CODES, *OF_DOCUMENTS, *OF_PASSAGES)
    if wanted.by not in (*built_in, *_FULL, *known) and wanted.by.removeprefix(META) not in known:
        names = ", ".join(dict.fromkeys((*built_in, *known)))
        raise UsageError(f"codes cannot be crossed with {wanted.by!r}", hint=f"There is: {names}.")
    # A participant is what the column says, in a document that has it.
    if wanted.by in known and wanted.by in built_in and wanted.by != "participant":
        full = next((name for name in _FULL if name.endswith(f".{wanted.by}")), "")
        raise UsageError(
            f"{wanted.by!r} means more than one thing here: it is a column of the metadata too",
            hint=f"For the column: --by {META}{wanted.by}." + (f" Else: --by {full}." if full else ""),
        )


def _group(by: str, passage: Passage, documents: Mapping[str, Document]) -> str:
    document = documents[passage.document]
    own = {
        "document": document.slug,
        "kind": document.kind.value,
        "speaker": passage.speaker,
        "participant": document.cluster,
    }
    own |= {"passage.document": own["document"], "passage.speaker": own["speaker"]}
    return own.get(by) or document.metadata.get(by.removeprefix(META)) or NOTHING
