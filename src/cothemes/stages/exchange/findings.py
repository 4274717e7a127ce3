"""Codes counted by question, kind of source, group and attribute: the tables of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cothemes.records.codebook import Codebook
from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.rating import Rating
from cothemes.records.record import Record
from cothemes.stages.exchange.basis import CodedPassages

GROUP_COLUMNS = ("role", "level", "service_area", "group")
MOST_GROUPS = 6
"""Columns of a table; more values than that are not set against each other."""
SEVERAL = ";"
WITHIN_ONE_KIND = "compare_within_one_kind"
"""Key in the codebook's own block: codes whose frequency is never compared between kinds of source."""

Documents = Mapping[str, Document]
Passages = Mapping[str, Passage]


class Share(Record):
    """A code in one kind of source."""

    passages: int
    passages_rated: int
    documents: int
    documents_rated: int

    @property
    def of_passages(self) -> float | None:
        """Passages with the code among those rated."""
        return self.passages / self.passages_rated if self.passages_rated else None

    @property
    def of_documents(self) -> float | None:
        """Documents with the code among those rated."""
        return self.documents / self.documents_rated if self.documents_rated else None


class CodeRow(Record):
    """One code in every kind of source."""

    code: str
    label: str
    by_kind: dict[Kind, Share]


class Question(Record):
    """A research question with its codes."""

    id: str
    """Empty for codes that serve several questions, or none."""
    text: str = ""
    serves: tuple[str, ...] = ()
    """The questions of codes that serve several."""
    rows: tuple[CodeRow, ...]


class GroupTable(Record):
    """Interviews of one group against another."""

    column: str
    values: tuple[str, ...]
    interviews: tuple[int, ...]
    """Number of interviews of each value with a rated passage."""
    rows: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Code, label, interviews with the code for each value."""


class NotGrouped(Record):
    """A column of metadata by which interviews are not set against each other."""

    column: str
    values: int
    interviews: int
    """That have a value."""
    only: str = ""
    """The value of all, where there is but one."""


class AttributeTable(Record):
    """Counts of each value of an attribute on a code."""

    name: str
    values: tuple[str, ...]
    rows: tuple[tuple[str, str, int, tuple[int, ...]], ...]
    """Code, label, passages with the code, passages with each value."""
    unset: tuple[int, ...]
    """Row by row, passages with the code on which no value was set."""


def recoded_words(recoded: tuple[int, int]) -> str:
    """Return `10 of 40 recoded`."""
    return f"{recoded[0]} of {recoded[1]} recoded"


def chosen_words(chosen: int, counted: int) -> str:
    """Say that a score chose some of the passages that shares are of."""
    return (
        f"Of the {counted} passages counted, {chosen} {'was' if chosen == 1 else 'were'} put forward by a "
        "score, because errors or a rare code were expected there: shares of all of them are no estimate for "
        "the documents (cothemes prevalence)."
    )


def code_rows(
    settled: CodedPassages, codebook: Codebook, passages: Passages, documents: Documents
) -> list[CodeRow]:
    """Every code of the codebook, in its order."""
    kind_of = {unit: documents[passages[unit].document].kind for unit in settled.passages}
    kinds = [kind for kind in Kind if kind in kind_of.values()]
    rows = []
    for code in codebook.codes:
        rated, applied = settled.rated.get(code.id, set()), settled.applied.get(code.id, set())
        shares = {}
        for kind in kinds:
            here = {unit for unit in rated if kind_of[unit] is kind}
            with_code = here & applied
            shares[kind] = Share(
                passages=len(with_code),
                passages_rated=len(here),
                documents=len({passages[unit].document for unit in with_code}),
                documents_rated=len({passages[unit].document for unit in here}),
            )
        rows.append(CodeRow(code=code.id, label=code.label, by_kind=shares))
    return rows


def by_question(rows: Sequence[CodeRow], codebook: Codebook) -> list[Question]:
    """Codes under their research question; those of several questions, or none, stand apart."""
    questions = {row.code: codebook.questions_of(row.code) for row in rows}
    several = [row for row in rows if len(questions[row.code]) > 1]
    found = []
    if several:
        served = list(dict.fromkeys(q for row in several for q in questions[row.code]))
        found.append(Question(id="", serves=tuple(served), rows=tuple(several)))
    for number, text in codebook.research_questions.items():
        own = tuple(row for row in rows if questions[row.code] == (number,))
        if own:
            found.append(Question(id=number, text=text, rows=own))
    known = set(codebook.research_questions)
    rest = tuple(
        row for row in rows if len(questions[row.code]) < 2 and not known.intersection(questions[row.code])
    )
    if rest:
        found.append(Question(id="", rows=rest))
    return found


def kept_within_one_kind(codebook: Codebook) -> tuple[str, ...]:
    """Codes that the codebook wants left out where kinds of source are compared."""
    named = codebook.meta.get(WITHIN_ONE_KIND, ())
    return tuple(code for code in codebook.by_id if isinstance(named, list | tuple) and code in named)


def group_tables(
    settled: CodedPassages, codebook: Codebook, passages: Passages, documents: Documents
) -> tuple[list[GroupTable], list[NotGrouped]]:
    """Groups of interviews by metadata, and the columns that give no table."""
    interviews = {
        slug: documents[slug]
        for slug in {passages[unit].document for unit in settled.passages}
        if documents[slug].kind is Kind.INTERVIEW
    }
    tables: list[GroupTable] = []
    without: list[NotGrouped] = []
    for column in GROUP_COLUMNS:
        value_of = {s: d.metadata[column] for s, d in sorted(interviews.items()) if d.metadata.get(column)}
        values = tuple(sorted(set(value_of.values())))
        if not values:
            continue
        if len(values) < 2:
            without.append(NotGrouped(column=column, values=1, interviews=len(value_of), only=values[0]))
            continue
        if len(values) > MOST_GROUPS or len(values) == len(value_of):
            without.append(NotGrouped(column=column, values=len(values), interviews=len(value_of)))
            continue
        rows = tuple(
            (code.id, code.label, _by_value(settled.applied.get(code.id, set()), values, value_of, passages))
            for code in codebook.codes
        )
        counts = tuple(sum(value_of[slug] == value for slug in value_of) for value in values)
        tables.append(GroupTable(column=column, values=values, interviews=counts, rows=rows))
    return tables, without


def _by_value(
    units: Iterable[str], values: Sequence[str], value_of: Mapping[str, str], passages: Passages
) -> tuple[int, ...]:
    slugs = {passages[unit].document for unit in units}
    return tuple(sum(value_of.get(slug) == value for slug in slugs) for value in values)


def attribute_tables(settled: CodedPassages, codebook: Codebook) -> list[AttributeTable]:
    """Every attribute of the codebook that was set, by code; a passage counts once for each value.

    Where consensus settled a code of a passage, its values count and those of single readers do not. A
    consensus that describes nothing anywhere settled codes alone, and the readers' values stand.
    """
    tables = []
    codings = _described(settled)
    for attribute in codebook.attributes:
        seen: dict[str, dict[str, set[str]]] = {}
        for rating in codings:
            for value in filter(None, rating.attributes.get(attribute.name, "").split(SEVERAL)):
                seen.setdefault(rating.code, {}).setdefault(value, set()).add(rating.unit)
        if not seen:
            continue
        other = sorted({v for values in seen.values() for v in values} - set(attribute.values))
        values = (*attribute.values, *other)
        rows = tuple(
            (
                code.id,
                code.label,
                len(settled.applied.get(code.id, ())),
                tuple(len(seen[code.id].get(value, ())) for value in values),
            )
            for code in codebook.codes
            if code.id in seen
        )
        unset = tuple(
            len(settled.applied.get(code, set()) - set().union(*seen[code].values())) for code, *_ in rows
        )
        tables.append(AttributeTable(name=attribute.name, values=values, rows=rows, unset=unset))
    return tables


def _described(settled: CodedPassages) -> list[Rating]:
    """The codings whose attributes count."""
    describing = {
        rating.rater
        for rating in settled.codings
        if rating.rater in settled.basis.consensus and rating.attributes
    }
    final = {(rating.unit, rating.code) for rating in settled.codings if rating.rater in describing}
    return [
        rating
        for rating in settled.codings
        if rating.rater in describing or (rating.unit, rating.code) not in final
    ]
