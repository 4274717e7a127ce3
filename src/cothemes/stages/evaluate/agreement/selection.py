"""Which ratings a table of agreement is made of: whose, in which arm, of which round."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import RatingsError
from cothemes.records.left_out import LeftOut, Reason
from cothemes.records.rating import RaterKind
from cothemes.records.rating_table import RatingTable, cell_keys
from cothemes.records.text import counted

Rows = NDArray[np.bool_]
ARMS = {
    "blind": Reason.ARM_BLIND,
    "reveal": Reason.ARM_REVEAL,
    "revealed": Reason.ARM_REVEALED,
    "assisted": Reason.ARM_ASSISTED,
}
ArmChoice = Literal["blind", "reveal", "revealed", "assisted", "all"]
FIRST_DECIDED = (*ARMS,)
"""Arms in the order in which one person decides on a passage: before suggestions are seen, then after."""
_BLIND = {"blind", "reveal"}
"""Arms in which people decided before any suggestion: `reveal` is the first, locked part."""

AGREEMENT = "agreement"
UNDER_SUGGESTIONS = "agreement under suggestions"
MIXED = "agreement of mixed arms"
"""Basis of decisions of several arms together: neither reliability nor agreement under suggestions."""
NO_ARM = "without an arm"


@dataclass(frozen=True)
class Request:
    """Options of a table of agreement."""

    raters: tuple[str, ...] = ()
    """Named raters; without them all people, else all synthetic raters, else all models."""
    arm: ArmChoice = "blind"
    round: str = ""
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    epsilon: float = 0.15
    """Cost penalty for a human annotator (epsilon of the alternative-annotator test)."""
    margin: float | None = None
    """Margin by which a model may fall short of people, set before looking."""
    disagreements: int = 0
    """Number of units in dispute to list."""
    roll_up: bool = False
    """Rate a code together with the codes below it; of a study, whose codebook says which these are."""


@dataclass(frozen=True)
class Selection:
    """The rows that count."""

    table: RatingTable
    scored: tuple[int, ...]
    """Raters of the table's figures, as places in `table.raters`."""
    beside: tuple[int, ...]
    """Raters that only stand in pairs: models beside people."""
    measure: str
    blind: bool | None
    """True if people's ratings were made blind; None where they do not say."""
    conventions: dict[str, str]
    notes: tuple[str, ...]
    arms: dict[str, int]
    """Arm → passages that people rated in it; empty where the ratings have no arm."""
    left_out: tuple[LeftOut, ...] = ()
    """Ratings of people in other arms and rounds."""


def select(table: RatingTable, request: Request) -> Selection:
    """Chooses rows and raters. Raises RatingsError where the request cannot be met."""
    conventions: dict[str, str] = {}
    notes: list[str] = []
    rows = _rows_in_arm(table, request.arm, conventions, notes)
    rows &= _rows_in_round(table, rows, request.round, conventions)
    left = table.kept(rows)
    scored, beside = _raters(table, left, request, conventions)
    rows &= np.isin(table.rater, (*scored, *beside))
    if request.arm == "all":
        rows &= _first_decided(table, rows)
    left = table.kept(rows)
    _refuse_twice(left)
    _tell_codebooks(left, notes)
    arms = _passages_by_arm(left)
    if request.arm == "all" and len(arms) > 1:
        conventions["arm"] += (
            f": {arms_named(arms)}; where a person read a passage in several, what was decided first counts"
        )
    chosen = {*scored, *beside} if request.raters else None
    dropped = tuple(_left_out(table, rows, request, chosen))
    measure = _measure(table, request.arm, arms)
    return Selection(
        left, scored, beside, measure, _blind(left), conventions, tuple(notes), arms, left_out=dropped
    )


def _measure(table: RatingTable, arm: ArmChoice, arms: Mapping[str, int]) -> str:
    if not table.has_arm or arm in _BLIND or not _has_people(table) or (arms and set(arms) <= _BLIND):
        return AGREEMENT
    return MIXED if len(arms) > 1 else UNDER_SUGGESTIONS


def arms_named(arms: Mapping[str, int]) -> str:
    """Return `blind 65 passages, assisted 66 passages`."""
    return ", ".join(f"{arm} {counted(count, 'passage')}" for arm, count in arms.items())


def _passages_by_arm(table: RatingTable) -> dict[str, int]:
    if not table.has_arm:
        return {}
    people = _is_person(table)
    found = {}
    for place, name in enumerate(table.arm.names):
        if units := len(np.unique(table.unit[people & (table.arm.index == place)])):
            found[name or NO_ARM] = units
    return dict(sorted(found.items(), key=lambda each: (each[0] != "blind", each[0])))


def _left_out(
    table: RatingTable, rows: Rows, request: Request, chosen: Collection[int] | None
) -> Iterator[LeftOut]:
    """Passages that people rated, of named raters where there are any, and that no figure counts."""
    people = _is_person(table)
    if chosen is not None:
        people &= np.isin(table.rater, tuple(chosen))
    outside = people & ~rows
    elsewhere = np.zeros(table.rows, dtype=bool)
    for place, name in enumerate(table.round.names):
        if request.round and name not in ("", request.round):
            here = outside & (table.round.index == place)
            elsewhere |= here
            if units := len(np.unique(table.unit[here])):
                yield _entry(Reason.OTHER_ROUND, units, f"--round {name}")
    if not table.has_arm:
        return
    for place, name in enumerate(table.arm.names):
        units = len(np.unique(table.unit[outside & ~elsewhere & (table.arm.index == place)]))
        if units and name in ARMS:
            yield _entry(ARMS[name], units, f"--arm {name}")


def _entry(reason: Reason, count: int, include_with: str) -> LeftOut:
    return LeftOut(reason=reason, unit="passage", count=count, codes=(), include_with=include_with)


def _blind(table: RatingTable) -> bool | None:
    """Return whether the scored ratings are blind; None for models alone, which see no suggestions."""
    people = table.kept(_is_person(table))
    if not people.rows:
        return True
    arms = (
        {people.arm.names[place] for place in np.unique(people.arm.index).tolist()} if table.has_arm else {""}
    )
    if arms <= _BLIND:
        return True
    return None if arms <= {*_BLIND, ""} else False


def rounds_of(table: RatingTable) -> tuple[str, ...]:
    """Names of the rounds in which people rated."""
    return table.kept(_is_person(table)).round.occurring


def _is_person(table: RatingTable) -> Rows:
    people = np.array([kind is RaterKind.HUMAN for kind in table.kinds], dtype=bool)
    return people[table.rater] if len(people) else np.zeros(0, dtype=bool)


def _has_people(table: RatingTable) -> bool:
    return RaterKind.HUMAN in table.kinds


def _rows_in_arm(table: RatingTable, arm: ArmChoice, conventions: dict[str, str], notes: list[str]) -> Rows:
    everything = np.ones(table.rows, dtype=bool)
    if not table.has_arm:
        conventions["arm"] = (
            "the ratings have no column arm: all rows are counted; whether they were made blind is not on "
            "record"
        )
        if arm not in ("blind", "all"):
            raise RatingsError(
                f"has no column arm, so the arm {arm} cannot be chosen",
                where=table.source,
                hint="Leave --arm out: all rows are counted then.",
            )
        return everything
    if arm == "all":
        conventions["arm"] = "decisions of all arms together"
        return everything
    people = _is_person(table)
    words = np.array([not name or name == arm for name in table.arm.names], dtype=bool)
    rows = ~people | words[table.arm.index]
    conventions["arm"] = f"{arm}: of people's ratings only those of this arm; models have no arm"
    bare = np.array([not name for name in table.arm.names], dtype=bool)[table.arm.index] & people
    if bare.any():
        conventions["arm"] += "; people's ratings without an arm are counted"
        notes.append(f"{int(bare.sum())} ratings of people have no arm and are counted with the others.")
    lost = sorted({table.raters[r] for r in set(table.rater[people]) - set(table.rater[rows & people])})
    if lost:
        notes.append(f"No {arm} ratings: {', '.join(lost)}.")
    return np.asarray(rows)


def _rows_in_round(
    table: RatingTable,
    rows: Rows,
    wanted: str,
    conventions: dict[str, str],
) -> Rows:
    found = table.kept(rows).round.occurring
    if wanted and wanted not in found:
        known = f"It has {', '.join(found)}." if found else "Its ratings name no round."
        raise RatingsError(f"has no ratings of the round {wanted}", where=table.source, hint=known)
    people = table.kept(rows & _is_person(table)).round.occurring
    if not wanted and len(people) > 1:
        raise RatingsError(
            f"holds the rounds {', '.join(people)}, which are never pooled",
            where=table.source,
            hint=f"Choose one: --round {people[-1]}.",
        )
    if not wanted:
        conventions["round"] = people[0] if people else "none named"
        return np.ones(table.rows, dtype=bool)
    conventions["round"] = f"{wanted}; ratings without a round are counted"
    words = np.array([not name or name == wanted for name in table.round.names], dtype=bool)
    return np.asarray(words[table.round.index])


def _raters(
    table: RatingTable, left: RatingTable, request: Request, conventions: dict[str, str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    present = set(left.rater.tolist())
    if request.raters:
        return _named(table, present, request.raters, conventions), ()
    by_kind = {
        kind: tuple(place for place in sorted(present) if table.kinds[place] is kind) for kind in RaterKind
    }
    for kind in (RaterKind.HUMAN, RaterKind.SYNTHETIC, RaterKind.MODEL):
        if by_kind[kind]:
            words = {"human": "all people", "synthetic": "all synthetic raters", "model": "all models"}
            beside = by_kind[RaterKind.MODEL] if kind is not RaterKind.MODEL else ()
            conventions["raters"] = words[kind.value] + ("; models are in pairs only" if beside else "")
            if by_kind[RaterKind.CONSENSUS]:
                conventions["raters"] += "; consensus is left out unless named"
            scored = by_kind[kind]
            break
    else:
        scored, beside = (), ()
    if len(scored) < 2 and not (scored and beside):
        raise _too_few(table, left, scored, request)
    return scored, beside


def _named(
    table: RatingTable, present: set[int], names: Sequence[str], conventions: dict[str, str]
) -> tuple[int, ...]:
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in table.raters:
            raise RatingsError(
                f"has no rater {name}", where=table.source, hint=f"Raters: {', '.join(sorted(table.raters))}."
            )
        if table.raters.index(name) not in present:
            raise RatingsError(
                f"{name} has no ratings left in this arm and round",
                where=table.source,
                hint="Choose another --arm or --round, or leave this rater out.",
            )
    if len(wanted) < 2:
        raise RatingsError(
            f"agreement needs two raters, and --raters names only {wanted[0]}",
            where=table.source,
            hint=f"Raters: {', '.join(sorted(table.raters[place] for place in present))}.",
        )
    conventions["raters"] = "as named"
    return tuple(table.raters.index(name) for name in wanted)


def _too_few(
    table: RatingTable, left: RatingTable, scored: tuple[int, ...], request: Request
) -> RatingsError:
    names = sorted({table.raters[place] for place in set(left.rater.tolist())})
    arms = _passages_by_arm(table)
    if names and arms and not _is_person(left).any():
        return RatingsError(
            f"holds no {request.arm} ratings of people: all of theirs are of another arm "
            f"({arms_named(arms)})",
            where=table.source,
            hint=f"{' or '.join(f'--arm {arm}' for arm in arms if arm != NO_ARM)} measures agreement under "
            "suggestions, not reliability.",
        )
    if not names:
        if request.arm != "all" and table.has_arm and table.rows:
            return RatingsError(
                f"holds no {request.arm} ratings",
                where=table.source,
                hint="--arm all counts every arm; that is agreement under suggestions and not reliability.",
            )
        return RatingsError(
            "holds no ratings",
            where=table.source,
            hint="Let two people code the same passages: cothemes route, then cothemes review.",
        )
    one = ", ".join(table.raters[place] for place in scored) or ", ".join(names)
    hint = "Add the ratings of a second rater on the same units."
    if len(names) > 1:
        hint += f" Others that may be named: --raters {','.join(names)}."
    return RatingsError(f"has one rater only, {one}; agreement needs two", where=table.source, hint=hint)


def _first_decided(table: RatingTable, rows: Rows) -> Rows:
    """Return the rows of each rater, unit and round that are of the arm decided first, among `rows`.

    Rows of no arm, or of one with another name, have no place in the order: all of them stay.
    """
    order = np.array(
        [FIRST_DECIDED.index(name) if name in FIRST_DECIDED else -1 for name in table.arm.names],
        dtype=np.int64,
    )[table.arm.index]
    ranked = np.flatnonzero(rows & (order >= 0))
    cells = (cell_keys(table) * len(table.round.names) + table.round.index)[ranked]
    _, cell = np.unique(cells, return_inverse=True)
    first = np.full(len(ranked), len(FIRST_DECIDED), dtype=np.int64)
    np.minimum.at(first, cell, order[ranked])
    kept = np.ones(table.rows, dtype=bool)
    kept[ranked] = order[ranked] == first[cell]
    return kept


def _refuse_twice(table: RatingTable) -> None:
    """A unit that one rater rated twice, in two rounds or in arms without an order, is no single rating."""
    places = len(table.arm.names) * len(table.round.names)
    within = table.arm.index.astype(np.int64) * len(table.round.names) + table.round.index
    cells = np.unique(cell_keys(table) * places + within) // places
    twice = np.flatnonzero(cells[1:] == cells[:-1])
    if not len(twice):
        return
    cell = int(cells[twice[0]])
    rater_place, unit_place = cell % len(table.raters), cell // len(table.raters)
    mine = table.kept((table.rater == rater_place) & (table.unit == unit_place))
    rounds, arms = ({names.names[place] for place in names.index} for names in (mine.round, mine.arm))
    said = f"{table.raters[rater_place]} rated {table.units[unit_place]}"
    if len(rounds) > 1:
        named = ", ".join(sorted(name or "without a name" for name in rounds))
        raise RatingsError(
            f"{said} in several rounds: {named}",
            where=table.source,
            hint="Ratings without a round count in every round: name their round in the file.",
        )
    named = ", ".join(sorted(name or NO_ARM for name in arms))
    raise RatingsError(
        f"{said} in several arms: {named}",
        where=table.source,
        hint="Choose one with --arm, or name the arm of each rating in the file.",
    )


def _tell_codebooks(table: RatingTable, notes: list[str]) -> None:
    books = table.codebook.occurring
    if len(books) > 1:
        named = ", ".join(book[:12] for book in books)
        notes.append(
            f"Ratings under {len(books)} codebooks are compared together ({named}): a code may "
            "not have meant the same throughout."
        )
