"""What was settled of a case, folded from append-only records, and the ratings that follow from it.

A ruling holds for the wording it was made under. Where a code's text has changed since, the ruling is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.codebook import Code, Codebook
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.stages.review.disputes import Case
from cothemes.stages.review.wordings import Same

RULED = (Ruling.YES, Ruling.NO)


def live_rulings(settlements: Sequence[Settlement]) -> Iterator[Settlement]:
    """Records that were not taken back, from the last on, without the undos themselves."""
    dead: set[str] = set()
    for record in reversed(settlements):
        if record.id in dead:
            continue
        if record.ruling is Ruling.UNDO:
            if record.undoes is not None:
                dead.add(record.undoes)
        else:
            yield record


@dataclass(frozen=True)
class CaseState:
    """States of a case."""

    rulings: Mapping[str, Settlement] = field(default_factory=dict)
    """Code → the last word on it, under its present wording."""
    notes: tuple[str, ...] = ()
    """Notes of the discussion, the oldest first; a ruling's own note is with its code."""
    opened: bool = False
    """True if the readers' codes were in view."""

    def applies(self, code: str) -> bool | None:
        """The ruling; None where there is none."""
        ruling = self.rulings.get(code)
        return None if ruling is None else ruling.ruling is Ruling.YES


def settled_of(settlements: Sequence[Settlement], codebook: Codebook, same: Same | None = None) -> CaseState:
    """Folds the records of one passage and round. `same`: wordings that count as the present one."""
    rulings: dict[str, Settlement] = {}
    notes: list[str] = []
    for record in live_rulings(settlements):
        code = codebook.by_id.get(record.code or "")
        if record.ruling in RULED and code is not None and _stands(record, code, same or {}):
            rulings.setdefault(code.id, record)
        elif record.ruling is Ruling.NOTE:
            notes.append(record.note)
    order = [code for code in codebook.by_id if code in rulings]
    return CaseState(
        rulings={code: rulings[code] for code in order},
        notes=tuple(reversed(notes)),
        opened=bool(settlements),
    )


def _stands(record: Settlement, code: Code, same: Same) -> bool:
    return record.code_hash == code.text_hash or record.code_hash in same.get(code.id, ())


def open_codes(case: Case, settled: CaseState, *, attributes: bool = True) -> tuple[str, ...]:
    """Return what is left to settle, in the codebook's order; with `attributes`, codes described otherwise
    too.
    """
    left = {*case.disputed, *(case.described_otherwise if attributes else ())} - settled.rulings.keys()
    return tuple(one.code for one in case.codes if one.code in left)


def consensus_ratings(
    cases: Iterable[Case],
    settled: Mapping[tuple[str, str], CaseState],
    codebook: Codebook,
    rater: str,
    clusters: Mapping[str, str],
) -> list[Rating]:
    """The codes of every case in which no code is in dispute any more: what was ruled, else what all said.

    A round in which nothing was ruled has none. `settled`: passage and round → what was settled;
    `clusters`: document → its cluster.
    """
    begun = {round_name for (_, round_name), one in settled.items() if one.rulings}
    found: list[Rating] = []
    for case in cases:
        one = settled.get((case.passage.id, case.round), CaseState())
        if case.round in begun and not open_codes(case, one, attributes=False):
            found += _ratings(case, one, codebook, rater, clusters)
    return found


def _ratings(
    case: Case, settled: CaseState, codebook: Codebook, rater: str, clusters: Mapping[str, str]
) -> Iterator[Rating]:
    answers = case.by_code
    for code in codebook.by_id:
        ruling = settled.rulings.get(code)
        said = answers.get(code)
        if ruling is None and said is None and code in case.not_compared:
            continue
        applies = ruling.ruling is Ruling.YES if ruling else said is not None
        attributes: Mapping[str, tuple[str, ...]] = {}
        span = None
        if ruling is not None and applies:
            attributes = ruling.attributes
            if ruling.start is not None and ruling.end is not None:
                span = (ruling.start, ruling.end)
        elif said is not None and applies:
            attributes, span = said.shared_attributes, said.shared_span
        start = case.passage.start
        yield Rating(
            unit=case.passage.id,
            doc=case.passage.document,
            rater=rater,
            kind=RaterKind.CONSENSUS,
            code=code,
            value=int(applies),
            round=case.round,
            codebook=codebook.hash,
            cluster=clusters.get(case.passage.document, case.passage.document),
            start=span[0] - start if span else None,
            end=span[1] - start if span else None,
            attributes={name: SEVERAL.join(values) for name, values in attributes.items()},
        )
