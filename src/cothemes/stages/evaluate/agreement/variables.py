"""A set of codes of which one applies, scored as one nominal rating."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.gwet import gwet_ac
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.percent import percent_agreement
from cothemes.agreement.ratings import Floats
from cothemes.agreement.result import NONE_AGREED, Result, plain
from cothemes.agreement.specific import positive_agreement
from cothemes.errors import RatingsError
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.codes import (
    COHEN_PAIRS,
    ac1_beside,
    flags_of,
    interval_for,
    over_interviews,
    reasons,
)
from cothemes.stages.evaluate.agreement.estimate import Estimate, without_interval
from cothemes.stages.evaluate.agreement.figures import Variable

NONE_OF_THEM = "none of them"
NOMINAL = "a variable has several categories; specific_agreement gives each"


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
    interval = interval_for(cells)
    clusters = cells.cluster.tolist() if interval else None
    names = (*members, NONE_OF_THEM)
    # Who could give a code counts for AC1; `none of them` is a category only where it was the answer.
    categories = list(range(len(members) + bool((ratings == len(members)).any())))
    alpha = krippendorff_alpha(ratings, clusters=clusters, interval=interval)
    ac1 = gwet_ac(ratings, categories=categories, clusters=clusters, interval=interval)
    percent = percent_agreement(ratings, interval=None)
    cohen = (
        cohen_kappa(ratings, interval=None)
        if len(raters) == 2
        else Result(value=math.nan, reason=COHEN_PAIRS)
    )
    paired = (~np.isnan(ratings)).sum(axis=1) >= 2
    positives = int(((ratings < len(members)) & paired[:, None]).any(axis=1).sum())
    agreed = int(_agreed(ratings, len(members)).sum())
    flags = flags_of(alpha, agreed)
    return Variable(
        variable=name,
        codes=members,
        units=alpha.units,
        clusters=len(np.unique(cells.cluster[paired])),
        positives=positives,
        agreed=agreed,
        prevalence={
            rater: _shares(ratings[paired, column], names) for column, rater in enumerate(raters.values())
        },
        percent_agreement=plain(percent.value),
        specific_agreement={
            category: plain(positive_agreement(ratings, positive=float(place), interval=None).value)
            for place, category in enumerate(names)
        },
        cohen_kappa=plain(cohen.value),
        alpha=_with_agreed(over_interviews(alpha, interval), agreed),
        ac1=_with_agreed(over_interviews(ac1_beside(alpha, ac1), interval), agreed),
        flag=next(iter(flags), None),
        flags=flags,
        several=several,
        reasons={
            "positive_agreement": NOMINAL,
            **reasons(percent_agreement=percent, cohen_kappa=cohen),
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
