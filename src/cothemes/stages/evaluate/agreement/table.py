"""A table of ratings to a table of agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median

import numpy as np

from cothemes.errors import RatingsError
from cothemes.records.rating import RaterKind
from cothemes.records.rating_table import NOT_GIVEN, RatingTable
from cothemes.stages.evaluate.agreement.alternative_annotator import NOT_BLIND, alternative_annotators
from cothemes.stages.evaluate.agreement.cells import cells_of
from cothemes.stages.evaluate.agreement.codes import code_figures
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.agreement.comparison import compare
from cothemes.stages.evaluate.agreement.confusion import confusions
from cothemes.stages.evaluate.agreement.disagreements import disagreements
from cothemes.stages.evaluate.agreement.figures import AgreementTable, ModelTried
from cothemes.stages.evaluate.agreement.footnotes import footnotes
from cothemes.stages.evaluate.agreement.notes import notes_of
from cothemes.stages.evaluate.agreement.overall import overall_figures, pair_figures
from cothemes.stages.evaluate.agreement.selection import (
    AGREEMENT,
    Request,
    Selection,
    select,
)
from cothemes.stages.evaluate.agreement.sets import common_codes, over_different_codes
from cothemes.stages.evaluate.agreement.shifts import Reading, Shift, shifts
from cothemes.stages.evaluate.agreement.variables import variable_figures

BEFORE = {
    "units": "passages that at least two of the raters rated; each code on its own two ratings",
    "positives": "units to which at least one rater applied the code",
    "prevalence": "share of the compared units to which the rater applied the code",
}
"""Conventions of the table's rows; those of the coefficients follow."""
AFTER = {
    "interval": "95 %, delete-one-cluster jackknife, t(K-1), from .50 on of log(1 - x); a cluster is a "
    "participant, else a document; withheld, with the reason, where it has no width or would reach beyond "
    "what the coefficient can be with as many ratings of the code",
    "inference": "over these interviews; chosen on purpose, they represent no others",
    "flag": "none agreed: no passage to which two raters gave the code; too rare: fewer than 5 of them; few "
    "interviews: fewer than 10; no spread: the same whichever interview is left out",
    "macro_alpha": "unweighted mean over codes; codes without variation are left out and counted",
    "sets": "the codes that every rater used; units that a rater did not rate for all of them are left out",
    "exact_set_agreement": "share of pairs of raters with the same set of codes, each unit once",
    "beside": "a model against people: mean over people of their alpha with the model, less the mean over "
    "pairs of people, on units that the model and two people rated; the interval leaves out one cluster on "
    "both sides at once",
    "confusion": "one rater gave the first code and not the other, the second rater the reverse",
    "not_computable": "null with a reason, never 0 or 1",
}


def agreement_of(
    table: RatingTable,
    request: Request,
    *,
    labels: Mapping[str, str] | None = None,
    words: Mapping[str, int] | None = None,
    texts: Mapping[str, str] | None = None,
    tried: Sequence[ModelTried] | None = None,
    synthetic_documents: int = 0,
    drawn: Collection[Reading] = (),
) -> AgreementTable:
    """Agreement as the contract has it.

    `labels`: code → label; `words` and `texts`: unit → its length in words and its text, where these are at
    hand; `tried`: every run, else the models among the ratings; `drawn`: readings that this study's draw put
    into their arm. Raises RatingsError where there is nothing to compare.
    """
    chosen = select(table, request)
    everyone = (*chosen.scored, *chosen.beside)
    all_cells = cells_of(chosen.table, everyone)
    pairs = pair_figures(chosen.table, all_cells, everyone)
    cells = all_cells.among(chosen.scored) if chosen.beside else all_cells
    units = int(cells.shared.sum())
    if not units and not any(pair.units for pair in pairs):
        raise RatingsError(
            "has no unit that two of the raters rated",
            where=table.source,
            hint="Let them rate the same units; names of units must be spelt alike.",
        )
    raters = {place: table.raters[place] for place in chosen.scored}
    synthetic = _is_synthetic(chosen, table) or bool(synthetic_documents)
    shared = [table.units[place] for place in cells.units[cells.shared].tolist()]
    lengths = [words[unit] for unit in shared if words and unit in words]
    conventions = {**_conventions(), **chosen.conventions}
    if not lengths:
        conventions["median_words"] = "not known: ratings alone hold no text"
    variables = tuple(
        variable_figures(cells, name, members, table.codes, raters, table.source)
        for name, members in request.variables.items()
    )
    if variables:
        conventions["variables"] = (
            "one nominal rating a unit; none of the codes is a category of its own; ratings with several of "
            "them are left out: " + ", ".join(f"{v.variable} {v.several}" for v in variables)
        )
    names = {place: table.raters[place] for place in everyone}
    models = tuple(p for p in everyone if table.kinds[p] is RaterKind.MODEL)
    people = tuple(p for p in everyone if table.kinds[p] in (RaterKind.HUMAN, RaterKind.SYNTHETIC))
    tested, untested = None, NOT_BLIND
    if chosen.measure == AGREEMENT:
        tested, untested = alternative_annotators(all_cells, people, models, names, request.epsilon)
    conventions["alt_test"] = f"none: {untested}" if untested else "read with positive agreement, never alone"
    conventions["margin"] = (
        "none was set" if request.margin is None else f"{request.margin:g}, to be set before looking"
    )
    compared = models if len(people) > 1 else ()
    codes = code_figures(cells, table.codes, raters, labels or {})
    members = [[table.codes.index(code) for code in variable.codes] for variable in variables]
    rated = {name: int(common_codes(all_cells, (place,)).sum()) for place, name in names.items()}
    disputes, disputed = disagreements(chosen.table, cells, raters, texts or {}, request.disagreements)
    shown = AgreementTable(
        measure=chosen.measure,
        passages_by_arm=chosen.arms,
        left_out=chosen.left_out,
        round=request.round,
        blind=chosen.blind,
        raters=tuple(raters.values()),
        rater_kinds={table.raters[p]: table.kinds[p].value for p in everyone},
        units=units,
        single_units=len(cells.units) - units,
        documents=cells.documents,
        clusters=len(cells.shared_clusters),
        median_words=float(median(lengths)) if lengths else None,
        codes=codes,
        variables=variables,
        overall=overall_figures(cells, raters, codes, members),
        pairs=pairs,
        alt_test=tested,
        beside=tuple(
            compare(all_cells, people, model, names, table.codes, labels or {}, request.margin)
            for model in compared
        ),
        confusion=confusions(
            all_cells, people, models, names, {p: table.kinds[p].value for p in everyone}, table.codes
        ),
        disagreements=disputes,
        disagreements_in_all=disputed,
        shifts=_shifts(table, request.round, drawn),
        models=_tried(table, tried, {names[model] for model in models}),
        conventions=conventions,
        codes_rated=rated,
        notes=notes_of(chosen, cells, table, rated, synthetic=synthetic),
        synthetic=synthetic,
    )
    return shown.model_copy(
        update={
            "footnotes": footnotes(
                shown,
                different_codes=over_different_codes(all_cells, everyone),
                applied_alone=labels is None and bool((table.value == NOT_GIVEN).all()),
            )
        }
    )


def _conventions() -> dict[str, str]:
    coefficients = {each.key: each.convention for each in COEFFICIENTS if each.convention}
    return {**BEFORE, **coefficients, **AFTER}


def _shifts(table: RatingTable, round_name: str, drawn: Collection[Reading]) -> tuple[Shift, ...]:
    """Return the shifts of the round asked for; rounds are never pooled."""
    if not table.has_arm:
        return ()
    if round_name:
        table = table.kept(np.array([name == round_name for name in table.round.names])[table.round.index])
    return shifts(table, drawn)


def _tried(
    table: RatingTable, tried: Sequence[ModelTried] | None, compared: set[str]
) -> tuple[ModelTried, ...]:
    if tried is None:
        tried = [
            ModelTried(rater=rater)
            for rater, kind in zip(table.raters, table.kinds, strict=True)
            if kind is RaterKind.MODEL
        ]
    return tuple(each.model_copy(update={"compared": each.rater in compared}) for each in tried)


def _is_synthetic(chosen: Selection, table: RatingTable) -> bool:
    return any(table.kinds[p] is RaterKind.SYNTHETIC for p in (*chosen.scored, *chosen.beside))
