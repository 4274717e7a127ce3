"""The figures of a table of agreement; where there is nothing to draw there is no figure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from markupsafe import Markup

from cothemes.presentation.plots.curves import reliability_plot, workload_plot
from cothemes.presentation.plots.forest import DAGGER, Item, forest
from cothemes.presentation.plots.heat import MOST, heat
from cothemes.presentation.plots.shares import shares

RARE = "too rare"
CUSTOMARY = ((0.667, ".667"), (0.8, ".800"))


class Curves(NamedTuple):
    """One coder's two curves."""

    of: Any
    reliability: Markup
    workload: Markup | None


class Map(NamedTuple):
    """One confusion map and what it leaves out."""

    of: Any
    figure: Markup
    codes_left_out: int


class Compared(NamedTuple):
    """One model against people."""

    of: Any
    figure: Markup


class Plots(NamedTuple):
    """All figures of one table."""

    alphas: Markup
    shares: Markup
    confusions: tuple[Map, ...]
    differences: tuple[Compared, ...]
    curves: tuple[Curves, ...]
    shifts: tuple[tuple[str, Markup], ...]
    """Plots of shifts, by person."""


def plots_of(table: Any, prefix: str) -> Plots:
    """Return the figures of an AgreementTable; `prefix` makes their ids unique on the page."""
    return Plots(
        alphas=_alphas(table, prefix),
        shares=shares(
            f"{prefix}-shares",
            "Share of passages with each code, by rater",
            [(code.code, code.prevalence) for code in table.codes],
        ),
        confusions=tuple(
            confusion_map(found, f"{prefix}-confusion-{number}")
            for number, found in enumerate(table.confusion)
            if found.pairs
        ),
        differences=tuple(
            Compared(found, _difference(found, f"{prefix}-beside-{number}"))
            for number, found in enumerate(table.beside)
            if found.codes_counted
        ),
        curves=tuple(
            _curves(found, f"{prefix}-curve-{number}") for number, found in enumerate(table.reliability)
        ),
        shifts=tuple(
            (rater, _shift(rater, table, f"{prefix}-shift-{number}"))
            for number, rater in enumerate(dict.fromkeys(shift.rater for shift in table.shifts))
        ),
    )


def _alphas(table: Any, prefix: str) -> Markup:
    items = [_item(code.code, code.alpha, flags=code.flags) for code in table.codes]
    items += [_item(f"{one.variable} (variable)", one.alpha, flags=one.flags) for one in table.variables]
    items += _means(table.overall, table.rare_named)
    ends = [v for i in items for v in (i.low, i.value) if v is not None]
    return forest(
        f"{prefix}-alphas",
        "Krippendorff's alpha of each code with its 95 % interval over interviews",
        items,
        lines=CUSTOMARY,
        span=(max(-1.0, min([0.0, *ends]) - 0.05), 1.02),
        axis="alpha; the dotted and dashed lines are customary and no verdict",
    )


def _means(overall: Any, rare: str) -> list[Item]:
    """The mean of the codes, and the two beside it where there is anything to leave out or put together."""
    means = [(f"mean of {overall.codes_counted} codes", overall.macro_alpha_interval)]
    if overall.macro_alpha_without_rare:
        # Both flags together are longer than a row's name may be.
        flagged = "flagged" if " or " in rare else rare
        means.append((f"mean without {len(overall.rare)} {flagged}", overall.macro_alpha_without_rare))
    if overall.macro_alpha_with_variables:
        joined = f"mean of {overall.with_variables_counted} with variables"
        means.append((joined, overall.macro_alpha_with_variables))
    return [_item(name, estimate, set_apart=True) for name, estimate in means]


def _item(name: str, estimate: Any, *, set_apart: bool = False, flags: Collection[str | None] = ()) -> Item:
    rare = DAGGER if RARE in flags and estimate.low is not None else ""
    return Item(
        name,
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.reason or "",
        set_apart=set_apart,
        mark=estimate.mark + rare,
    )


def _difference(found: Any, name: str) -> Markup:
    items = [
        _item(code.code, code.alpha.difference, flags=[code.flag])
        for code in found.codes
        if code.alpha.difference.value is not None
    ]
    items.append(_item(f"mean of {found.codes_counted} codes", found.macro_alpha.difference, set_apart=True))
    lines = [(0.0, "as people")]
    if found.margin:
        lines.append((-found.margin, "margin"))
    return forest(
        name,
        f"Alpha of {found.model} with people, less alpha among people",
        items,
        lines=lines,
        axis="difference of alphas on the same passages, paired by interview",
    )


def confusion_map(found: Any, name: str) -> Map:
    """Return the map of a Confusion: the codes that are confused most, with the number of the others."""
    symmetric = found.a == found.b
    weight: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = {}
    for pair in found.pairs:
        counts[(pair.code, pair.other)] = pair.count
        if symmetric:
            counts[(pair.other, pair.code)] = pair.count
        for code in (pair.code, pair.other):
            weight[code] = weight.get(code, 0) + pair.count
    chosen = set(sorted(weight, key=lambda code: -weight[code])[:MOST])
    codes = [code for code in found.agreed if code in chosen]
    figure = heat(
        name,
        f"Codes of {found.a} against codes of " + ("each other" if symmetric else found.b),
        codes,
        {at: n for at, n in counts.items() if set(at) <= chosen},
        found.agreed,
        rows="one gave" if symmetric else f"{found.a} gave",
        columns="the other gave" if symmetric else f"{found.b} gave",
    )
    return Map(found, figure, len(weight) - len(codes))


def _curves(found: Any, name: str) -> Curves:
    bins = [(each.mean, each.share_true, each.cells) for each in found.bins if each.cells]
    work = [(p.reviewed, 1 - p.proposed, 1 - p.oracle) for p in found.workload]
    return Curves(
        found,
        reliability_plot(f"{name}-r", f"What the numbers of {found.model} are worth", bins),
        workload_plot(f"{name}-w", f"Errors of {found.model} left after review", work) if work else None,
    )


def _shift(rater: str, table: Any, name: str) -> Markup:
    items = [
        _item(shift.code, shift.shift)
        for shift in table.shifts
        if shift.rater == rater and shift.code and shift.shift.value is not None
    ]
    return forest(
        name,
        f"Rate of each code with suggestions minus the blind rate, {rater}",
        items,
        lines=((0.0, "no shift"),),
        axis="assisted minus blind, share of passages",
    )
