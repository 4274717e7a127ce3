"""Ratings from a file against a study: what is new, what is known, what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cothemes.errors import RatingsError, StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.rating import Rating
from cothemes.records.record import Record

LISTED = 8

_Cell = tuple[str, str, str, str]


class Incoming(Record):
    """Plan of an import."""

    new: tuple[Rating, ...]
    known: int
    """Rows that are there already, word for word."""
    raters: dict[str, str]
    """Rater → kind."""
    units: int


def incoming(
    ratings: Sequence[Rating],
    source: str,
    *,
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    codebook: Codebook,
    taken: Collection[str],
    present: Iterable[Rating],
    replace: bool = False,
) -> Incoming:
    """Fits ratings to the study; documents and clusters are taken from the study.

    `taken`: names of reviewers and coders of the study. With `replace` the raters' earlier ratings do not
    count. Raises RatingsError where units, codes or spans are not the study's, StateConflict where a rater
    is taken or has said something else of the same unit.
    """
    _check_units(ratings, source, passages)
    _check_codes(ratings, source, codebook)
    _check_spans(ratings, source, passages)
    clash = sorted({rating.rater for rating in ratings}.intersection(taken))
    if clash:
        raise StateConflict(
            f"{_listed(clash)} decides or suggests in this study already",
            where=source,
            hint="Its ratings are counted as they are; give the rater in the file another name.",
        )
    fitted = [_fitted(rating, passages, documents) for rating in ratings]
    raters = {rating.rater: rating.kind.value for rating in fitted}
    earlier = [] if replace else [rating for rating in present if rating.rater in raters]
    new = _new(fitted, earlier, source)
    return Incoming(
        new=tuple(new),
        known=len(fitted) - len(new),
        raters=raters,
        units=len({rating.unit for rating in fitted}),
    )


def _fitted(rating: Rating, passages: Mapping[str, Passage], documents: Mapping[str, Document]) -> Rating:
    document = documents[passages[rating.unit].document]
    return rating.model_copy(update={"doc": document.slug, "cluster": document.cluster})


def _new(fitted: Sequence[Rating], earlier: Sequence[Rating], source: str) -> list[Rating]:
    """The ratings of cells that are not there yet. A cell is all that one rater says of one unit."""
    there, here = _by_cell(earlier), _by_cell(fitted)
    changed = [cell for cell, rows in here.items() if cell in there and there[cell] != rows]
    if changed:
        unit, rater, _, _ = changed[0]
        more = f" and of {len(changed) - 1} other units" if len(changed) > 1 else ""
        raise StateConflict(
            f"{rater} has said something else of {unit}{more} in an earlier import",
            where=source,
            hint="Give --replace to put this file in the place of the raters' earlier ratings.",
        )
    return [rating for rating in fitted if _cell(rating) not in there]


def _by_cell(ratings: Iterable[Rating]) -> dict[_Cell, dict[str, str]]:
    cells: dict[_Cell, dict[str, str]] = {}
    for rating in ratings:
        said = rating.model_dump_json(include={"value", "kind", "start", "end", "attributes", "codebook"})
        cells.setdefault(_cell(rating), {})[rating.code] = said
    return cells


def _cell(rating: Rating) -> _Cell:
    return rating.unit, rating.rater, rating.arm, rating.round


def _check_units(ratings: Sequence[Rating], source: str, passages: Mapping[str, Passage]) -> None:
    strange = list(dict.fromkeys(r.unit for r in ratings if r.unit not in passages))
    if strange:
        example = next(iter(passages), "")
        raise RatingsError(
            f"{len(strange)} of its units are no passages of this study: {_listed(strange)}",
            where=source,
            hint=(
                f"A unit is a passage's id, such as {example}; "
                if example
                else "The study has no passages yet: cothemes ingest; "
            )
            + "`cothemes agreement FILE` scores the file without a study.",
        )


def _check_codes(ratings: Sequence[Rating], source: str, codebook: Codebook) -> None:
    strange = sorted({r.code for r in ratings if r.code and r.code not in codebook.by_id})
    if strange:
        raise RatingsError(
            f"{len(strange)} of its codes are not in the codebook {codebook.id}: {_listed(strange)}",
            where=source,
            hint="Rename them in the file, or add them to codebook.yaml with their definitions.",
        )


def _check_spans(ratings: Sequence[Rating], source: str, passages: Mapping[str, Passage]) -> None:
    beyond = [r for r in ratings if r.end is not None and r.end > len(passages[r.unit].text)]
    if beyond:
        first = beyond[0]
        raise RatingsError(
            f"{len(beyond)} spans end beyond their passage; the first is {first.start} to {first.end} in "
            f"{first.unit}, which has {len(passages[first.unit].text)} characters",
            where=source,
            hint="start and end count characters of the passage's text, from 0.",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
