"""Reads what callers give the statistics, and refuses what would be scored as something else.

`bool("False")` is true, `float("0.9")` is a number and NaN compares as false: each of them turns a mistake in
the data into a figure. Every reader here names the argument and the entry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from cothemes.agreement.ratings import Bools, Floats, is_missing
from cothemes.errors import RatingsError


def listed(values: Iterable[Any], name: str) -> list[Any]:
    """The entries in order. Raises RatingsError where it is no list, or its order means nothing."""
    unordered = isinstance(values, set | frozenset | Mapping)
    if unordered or not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        raise RatingsError(
            f"{name} is {type(values).__name__}, not a list", hint="Give a list with one entry for every unit"
        )
    return list(values)


def numbers(values: Iterable[Any], name: str) -> Floats:
    """Finite numbers; True and False count as 1 and 0. Raises RatingsError with the place."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf" and np.isfinite(values).all():
        return _flat(values, name).astype(np.float64)
    found = listed(values, name)
    for place, value in enumerate(found):
        if is_missing(value):
            raise RatingsError(f"{name} has nothing at {place}", hint="Give a number for every unit")
        if not isinstance(value, Real | np.bool_) or not math.isfinite(value):
            raise RatingsError(
                f"{name} has {value!r} at {place}, which is no finite number",
                hint="Give a number for every unit; turn words into numbers first",
            )
    return np.asarray(found, dtype=np.float64)


def _flat(values: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    if values.ndim != 1:
        raise RatingsError(f"{name} has {values.ndim} dimensions", hint="Give one entry for every unit")
    return values


def shares(values: Iterable[Any], name: str) -> Floats:
    """Numbers from 0 to 1. Raises RatingsError with the place."""
    found = numbers(values, name)
    wrong = np.flatnonzero((found < 0) | (found > 1))
    if len(wrong):
        place = int(wrong[0])
        raise RatingsError(
            f"{name} has {found[place]:g} at {place}",
            hint="Give values from 0 to 1; divide percents by 100",
        )
    return found


def truths(values: Iterable[Any], name: str) -> Bools:
    """True or False, 1 or 0. Raises RatingsError with the place for anything else, words too."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return np.asarray(_flat(values, name), dtype=bool)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf" and np.isin(values, (0, 1)).all():
        return np.asarray(_flat(values, name) == 1)
    found = listed(values, name)
    for place, value in enumerate(found):
        if isinstance(value, np.ndarray) or not isinstance(value, Real | np.bool_) or value not in (0, 1):
            raise RatingsError(
                f"{name} has {value!r} at {place}, which is neither true nor false",
                hint="Give True or False, or 1 or 0, for every unit; words such as 'False' count as neither",
            )
    return np.asarray(found, dtype=bool)


def one_table(more: tuple[Any, ...], function: str) -> None:
    """Raise RatingsError where raters were given as arguments of their own, and not as one table."""
    if more:
        raise RatingsError(
            f"{function} takes one table of ratings, and {len(more)} more were given",
            hint=f"Give units × raters: {function}(list(zip(first, second)))",
        )


def share(
    value: Any, name: str, *, least: bool = True, most: bool = True, example: str = "0.1", other: str = ""
) -> float:
    """One number from 0 to 1; without `least` or `most` that end is left out.

    `other`: what may be given in place of a number, for the hint.
    """
    fine = not isinstance(value, bool) and isinstance(value, Real) and 0 <= float(value) <= 1
    if not fine or (value == 0 and not least) or (value == 1 and not most):
        ends = f"{'from' if least else 'above'} 0 {'to' if most else 'and under'} 1"
        raise RatingsError(
            f"{name}={value!r} is no share", hint=f"Give a number {ends}, such as {example}{other}"
        )
    return float(value)


def whole(value: Any, name: str, least: int) -> int:
    """One whole number. Raises RatingsError where it is another thing or under `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise RatingsError(f"{name}={value!r}", hint=f"Give a whole number from {least} up")
    return int(value)
