"""A set of codes of which one applies, scored as one nominal rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.ratings import Floats
from cothemes.agreement.result import NONE_AGREED, plain, undefined
from cothemes.agreement.specific import positive_agreement
from cothemes.errors import RatingsError
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.codes import Figures, flags_of, reasons_of, reported
from cothemes.stages.evaluate.agreement.coefficient import VariableSample
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.estimate import Estimate, interval_over, without_interval

NONE_OF_THEM = "none of them"


class Variable(Figures):
    """Agreement on a set of codes of which one applies, scored as one nominal rating."""

    variable: str
    codes: tuple[str, ...]
    units: int
    clusters: int
    positives: int
    """Units to which at least one rater gave one of the codes."""
    agreed: int = 0
    """Units to which at least two raters gave the same of the codes."""
    prevalence: dict[str, dict[str, float | None]]
    """Prevalence by rater, then category."""
    percent_agreement: float | None
    positive_agreement: float | None = None
    specific_agreement: dict[str, float | None] = {}
    """Specific agreement by category: what positive agreement is to a single code."""
    cohen_kappa: float | None
    alpha: Estimate
    ac1: Estimate
    flag: str | None
    flags: tuple[str, ...] = ()
    several: int
    """Ratings left out because more than one of the codes was applied."""
    reasons: dict[str, str] = {}


def variable_figures(
    cells: Cells,
    name: str,
    members: Sequence[str],
    codes: tuple[str, ...],
    raters: Mapping[int, str],
    source: str,
) -> Variable:
    """One nominal rating for each unit and rater: the one code that applies, or none of them.

    Ratings with several of the codes are left out and counted. Raises RatingsError for an unknown code.
    """
    members = tuple(dict.fromkeys(members))
    unknown = [code for code in members if code not in codes]
    if unknown or len(members) < 2:
        what = f"the variable {name} names {unknown[0]}, which no rating has" if unknown else ""
        raise RatingsError(
            what or f"the variable {name} names one code only",
            where=source,
            hint=f"Write --variable NAME=CODE,CODE of the codes {', '.join(codes[:40])}.",
        )
    ratings, several = nominal_ratings(cells, [codes.index(code) for code in members], raters)
    names = (*members, NONE_OF_THEM)
    sample = VariableSample(
        ratings=ratings,
        # Who could give a code counts for AC1; `none of them` is a category only where it was the answer.
        categories=list(range(len(members) + bool((ratings == len(members)).any()))),
        clusters=cells.cluster,
        interval=interval_over(len(cells.shared_clusters)),
    )
    results = {
        each.key: each.of_variable(sample) if each.of_variable else undefined(each.no_variable)
        for each in COEFFICIENTS
    }
    paired = (~np.isnan(ratings)).sum(axis=1) >= 2
    positives = int(((ratings < len(members)) & paired[:, None]).any(axis=1).sum())
    agreed = int(_agreed(ratings, len(members)).sum())
    flags = flags_of(sample.alpha, agreed)
    return Variable(
        variable=name,
        codes=members,
        units=sample.alpha.units,
        clusters=len(np.unique(cells.cluster[paired])),
        positives=positives,
        agreed=agreed,
        prevalence={
            rater: _shares(ratings[paired, column], names) for column, rater in enumerate(raters.values())
        },
        specific_agreement={
            category: plain(positive_agreement(ratings, positive=float(place), interval=None).value)
            for place, category in enumerate(names)
        },
        flag=next(iter(flags), None),
        flags=flags,
        several=several,
        reasons=reasons_of(results),
        **{
            key: _with_agreed(figure, agreed) if isinstance(figure, Estimate) else figure
            for key, figure in reported(results, sample.interval).items()
        },
    )


def _agreed(ratings: Floats, members: int) -> NDArray[np.bool_]:
    """Per unit, whether two raters or more gave the same of the codes; none of them is no code."""
    found = np.zeros(len(ratings), dtype=bool)
    for place in range(members):
        found |= (ratings == place).sum(axis=1) >= 2
    return found


def _with_agreed(found: Estimate, agreed: int) -> Estimate:
    return found if agreed else without_interval(found, NONE_AGREED)


def nominal_ratings(cells: Cells, members: Sequence[int], raters: Mapping[int, str]) -> tuple[Floats, int]:
    """Units × raters of the place among `members` that applies, their number for none of them, NaN where not
    rated or where several apply; and how many ratings have several."""
    columns, several = [], 0
    for place in raters:
        column, crowded = _nominal(cells.by_rater(place, list(members)))
        columns.append(column)
        several += crowded
    return np.column_stack(columns), several


def _nominal(answers: Floats) -> tuple[Floats, int]:
    """Units × codes of one rater to the place of the one that applies, the number of codes where none does,
    NaN where not all were rated or several apply; and how many units have several."""
    applied = (answers == 1).sum(axis=1)
    column = np.where(applied == 1, np.argmax(answers == 1, axis=1), answers.shape[1]).astype(np.float64)
    column[np.isnan(answers).any(axis=1) | (applied > 1)] = np.nan
    return column, int((applied > 1).sum())


def _shares(column: Floats, names: Sequence[str]) -> dict[str, float | None]:
    rated = column[~np.isnan(column)]
    if not len(rated):
        return dict.fromkeys(names)
    return {name: float((rated == place).mean()) for place, name in enumerate(names)}
