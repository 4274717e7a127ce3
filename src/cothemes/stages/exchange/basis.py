"""What a report may count: people's codes where people decided, and never a suggestion in their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cothemes.records.coded_reading import RatingList, listed
from cothemes.records.combine import Combine
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.record import Record
from cothemes.stages.exchange.ratings_rows import with_values

ROLLED_UP = "Codes with others below them are counted together with these."
"""Said where the counts of codes below a code are added to its own."""


class Source(StrEnum):
    """Sources of the counts."""

    PEOPLE = "people"
    SYNTHETIC = "synthetic"
    """Raters that were made, not people; for showing the layout."""
    SUGGESTED = "suggested"
    """A coder alone: nobody has decided yet."""
    NOBODY = "nobody"


class Basis(Record):
    """Raters whose ratings are counted, and the words that must be shown beside every count."""

    source: Source
    raters: tuple[str, ...] = ()
    consensus: tuple[str, ...] = ()
    """Settled ratings; they go before the others where they stand."""
    caption: str
    """Short enough for the caption of a table."""
    sentence: str


@dataclass(frozen=True)
class CodedPassages:
    """Codes that apply to passages, on the basis chosen."""

    basis: Basis
    rated: dict[str, set[str]]
    """Code → passages for which it was rated."""
    applied: dict[str, set[str]]
    """Code → passages to which it applies."""
    codings: tuple[Rating, ...]
    """Single ratings that agree with `applied`; their spans are the quotes."""
    consensus: frozenset[tuple[str, str]] = frozenset()
    """Passages and codes on which a consensus is counted, and nobody else."""

    @property
    def passages(self) -> set[str]:
        """Passages rated for any code."""
        return set().union(*self.rated.values()) if self.rated else set()


def basis_of(
    ratings: Iterable[Rating] | RatingList, latest_run: str = "", combine: Combine = Combine.ANY
) -> Basis:
    """People go before synthetic raters, these before the latest run; consensus goes with either."""
    found: dict[RaterKind, dict[str, None]] = {kind: {} for kind in RaterKind}
    for part in listed(ratings).parts:
        found[part.kind][part.rater] = None
    people, made = tuple(found[RaterKind.HUMAN]), tuple(found[RaterKind.SYNTHETIC])
    models, consensus = tuple(found[RaterKind.MODEL]), tuple(found[RaterKind.CONSENSUS])
    rule = f"A code counts on a passage where {combine.words}"
    if consensus:
        rule += f"; where {' and '.join(consensus)} settled the passage, that counts"
    if people:
        return Basis(
            source=Source.PEOPLE,
            raters=people,
            consensus=consensus,
            caption=f"decided by {_named(people)}",
            sentence=f"Counted from the decisions of {_named(people)}. {rule}. Suggestions are not counted.",
        )
    if made or consensus:
        who = made or consensus
        return Basis(
            source=Source.SYNTHETIC,
            raters=made,
            consensus=consensus,
            caption=f"synthetic raters ({_named(who)}), no person",
            sentence=f"Counted from the ratings of synthetic raters ({_named(who)}); no person has decided. "
            f"{rule}. The counts show the layout and are no findings.",
        )
    if models:
        chosen = latest_run if latest_run in models else models[-1]
        return Basis(
            source=Source.SUGGESTED,
            raters=(chosen,),
            caption=f"suggested by {chosen}, not reviewed",
            sentence=f"Suggested by {chosen}, not reviewed: no person has decided on any passage. What a "
            "coder suggests is no finding.",
        )
    return Basis(source=Source.NOBODY, caption="not coded", sentence="Nothing has been coded yet.")


def settle(
    ratings: Iterable[Rating] | RatingList,
    basis: Basis,
    codes: Sequence[str],
    combine: Combine = Combine.ANY,
) -> CodedPassages:
    """The passages that each code was rated for, and applies to."""
    chosen = last_readings(listed(ratings).of_raters((*basis.raters, *basis.consensus)))
    valued = with_values(chosen, codes)
    final = {(r.unit, r.code): r.value == 1 for r in valued.of_raters(basis.consensus)}
    rated: dict[str, set[str]] = {code: set() for code in codes}
    applied: dict[str, set[str]] = {code: set() for code in codes}
    for unit, own in valued.by_unit().items():
        said: dict[str, list[int]] = {}
        for rating in own:
            said.setdefault(rating.code, []).append(int(rating.value == 1))
        for code, values in said.items():
            rated.setdefault(code, set()).add(unit)
            if final[unit, code] if (unit, code) in final else combine.of(values):
                applied.setdefault(code, set()).add(unit)
    codings = tuple(r for r in valued.applied() if r.unit in applied.get(r.code, ()))
    return CodedPassages(
        basis=basis, rated=rated, applied=applied, codings=codings, consensus=frozenset(final)
    )


def last_readings(ratings: RatingList) -> RatingList:
    """Return only the second reading of a passage that was read twice in one round, before and after the
    reveal.
    """
    parts = ratings.parts
    second = {(each.rater, each.unit, each.round) for each in parts if each.arm == "revealed"}
    if not second:
        return ratings
    return RatingList(
        tuple(
            each
            for each in parts
            if each.arm != "reveal" or (each.rater, each.unit, each.round) not in second
        )
    )


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
