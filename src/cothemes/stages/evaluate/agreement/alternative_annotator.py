"""The alternative-annotator test of each model, on each passage's codes as a set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from cothemes.agreement.alternative_annotator import alt_test
from cothemes.agreement.result import plain
from cothemes.records.numbers import coefficient, p_value
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.coefficients.positive import pooled_positive_agreement
from cothemes.stages.evaluate.agreement.sets import NO_COMMON_CODE, sets_of

SCORING: Literal["jaccard"] = "jaccard"
NO_MODEL = "no model among the ratings"
NOT_BLIND = "of blind decisions only"


class TestedModel(Record):
    """One model in the alternative-annotator test."""

    model: str
    units: int
    winning_rate: float | None
    passed: bool | None
    advantage: float | None = None
    """Mean share of units on which the model does as well as the person, or better."""
    p_values: dict[str, float] = {}
    rejected: dict[str, bool] = {}
    left_out: tuple[str, ...] = ()
    """People with too few units."""
    positive_agreement: float | None
    """Positive agreement of the model with people, all codes pooled: a model that applies no code can pass
    the test.
    """
    reason: str | None = None

    @property
    def outcome(self) -> str:
        """Winning rate with its verdict, advantage and p-values, in the test's own names."""
        if self.winning_rate is None:
            return f"not tested, {self.reason}"
        tests = ", ".join(
            f"{person} {p_value(p)} ({'won' if self.rejected.get(person) else 'not won'})"
            for person, p in self.p_values.items()
        )
        short = f"; too few units with {', '.join(self.left_out)}" if self.left_out else ""
        return (
            f"winning rate ω {coefficient(self.winning_rate)}, "
            f"{'at least .5: passed' if self.passed else 'under .5: not passed'}; average advantage "
            f"probability ρ {coefficient(self.advantage)} over {self.units} units; p against {tests}{short}"
            f"; positive agreement {coefficient(self.positive_agreement)}"
        )


class AltTest(Record):
    """Calderon et al. 2025, on sets of codes. Never read alone."""

    epsilon: float
    scoring: str
    models: tuple[TestedModel, ...]
    conventions: dict[str, str]

    @property
    def footing(self) -> str:
        """Return what the p-values rest on, and how to read the verdict."""
        said = self.conventions
        return (
            f"p: {said.get('test', 'one-sided t-test')}, though passages of one interview resemble each other"
            f"; won: p small enough after the correction of {said.get('correction', '')}. Never read alone: "
            "a model that gives no code at all can pass."
        )


def alternative_annotators(
    cells: Cells, people: Sequence[int], models: Sequence[int], names: Mapping[int, str], epsilon: float
) -> tuple[AltTest | None, str]:
    """The test of every model, and why there is none. None where no model at all can be tested.

    `cells` hold people and models; `epsilon` is the discount on a person's advantage, set beforehand.
    """
    if not models:
        return None, NO_MODEL
    tested = [_tested(cells, people, model, names, epsilon) for model in models]
    conventions = tested[0][1]
    if all(each.winning_rate is None for each, _ in tested):
        return None, "; ".join(dict.fromkeys(f"{each.model}: {each.reason}" for each, _ in tested))
    return AltTest(
        epsilon=epsilon, scoring=SCORING, models=tuple(each for each, _ in tested), conventions=conventions
    ), ""


def _tested(
    cells: Cells, people: Sequence[int], model: int, names: Mapping[int, str], epsilon: float
) -> tuple[TestedModel, dict[str, str]]:
    mine = cells.among((*people, model))
    order = (model, *people)
    sets, _ = sets_of(mine, order)
    if sets is None:
        return TestedModel(
            model=names[model],
            units=0,
            winning_rate=None,
            passed=None,
            positive_agreement=None,
            reason=NO_COMMON_CODE,
        ), {}
    found = alt_test([row[0] for row in sets], [row[1:] for row in sets], epsilon, SCORING)
    named = {place: names[person] for place, person in enumerate(people)}
    return TestedModel(
        model=names[model],
        units=found.units,
        winning_rate=plain(found.value),
        passed=found.passed,
        advantage=plain(found.advantage),
        p_values={named[int(place)]: value for place, value in found.p_values.items()},  # type: ignore[call-overload]
        rejected={named[int(place)]: value for place, value in found.rejected.items()},  # type: ignore[call-overload]
        left_out=tuple(named[int(place)] for place in found.left_out),  # type: ignore[call-overload]
        positive_agreement=_with_people(cells, people, model),
        reason=found.reason,
    ), dict(found.conventions)


def _with_people(cells: Cells, people: Sequence[int], model: int) -> float | None:
    """Mean over people of the positive agreement with the model, all codes pooled."""
    shares = [plain(pooled_positive_agreement(cells.among((person, model))).value) for person in people]
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None
