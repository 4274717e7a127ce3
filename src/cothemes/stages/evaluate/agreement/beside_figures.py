"""The shapes of what stands beside the coefficients: models against people, confusions, disagreements."""

from __future__ import annotations

from cothemes.records.numbers import coefficient, p_value
from cothemes.records.record import Record
from cothemes.records.text import counted
from cothemes.stages.evaluate.agreement.estimate import Estimate


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
    """Of the model with people, all codes pooled: a model that applies no code can pass the test."""
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
        """What the p-values rest on, and how to read the verdict."""
        said = self.conventions
        return (
            f"p: {said.get('test', 'one-sided t-test')}, though passages of one interview resemble each other"
            f"; won: p small enough after the correction of {said.get('correction', '')}. Never read alone: "
            "a model that gives no code at all can pass."
        )


class Measured(Record):
    """One coefficient among people, between people and the model, and the difference of the two."""

    human_human: Estimate
    human_model: Estimate
    difference: Estimate
    """Human–model less human–human, paired by interview."""
    no_worse: bool | None = None
    """Whether the interval of the difference lies above minus the margin; None without a margin."""


class ComparedCode(Record):
    """One code, people and model on the same passages."""

    code: str
    label: str = ""
    units: int
    positives: int
    """Units of these to which a person or the model applied the code."""
    agreed_people: int = 0
    """Units to which two people gave it."""
    agreed_model: int = 0
    """Units to which the model and a person gave it."""
    flag: str | None = None
    """`none agreed` or `too rare`, by the scarcer of the two."""
    people_share: float | None
    model_share: float | None
    alpha: Measured
    positive_agreement: Measured


class Comparison(Record):
    """One model against people, on the passages that it and at least two of them rated."""

    model: str
    people: tuple[str, ...]
    units: int
    clusters: int
    margin: float | None
    macro_alpha: Measured
    """Mean over the codes that have both alphas. Its `no_worse` is that of `judged_alpha`."""
    macro_positive_agreement: Measured
    codes_counted: int
    macro_alpha_without_rare: Measured | None = None
    """The mean without the codes flagged too rare or none agreed; None where none of its codes is."""
    rare: tuple[str, ...] = ()
    """Codes of the mean that are flagged."""
    judged_alpha: Measured | None = None
    """The mean that the margin is held against: without the codes flagged none agreed. None where no code is
    left."""
    judged_codes: int = 0
    codes: tuple[ComparedCode, ...]
    reason: str | None = None

    @property
    def means(self) -> tuple[tuple[str, Measured], ...]:
        """The mean over all codes, and without the flagged ones where there are any."""
        without = self.macro_alpha_without_rare
        kept = self.codes_counted - len(self.rare)
        return (
            (f"mean of {self.codes_counted}", self.macro_alpha),
            *([(f"mean of {kept} unflagged", without)] if without and kept else []),
        )

    @property
    def judged(self) -> str:
        """What the margin, set beforehand, lets one say."""
        if self.margin is None:
            return (
                "No margin was set beforehand, so whether the model is about as good as people is left open."
            )
        within = f"within {coefficient(self.margin)} of people"
        if self.judged_alpha is None:
            return f"Whether the model is {within} is not known: {self.unjudged}."
        out = self.codes_counted - self.judged_codes
        without = f" without the {counted(out, 'code')} flagged none agreed" if out else ""
        low = self.judged_alpha.difference.low
        if low is None:
            return (
                f"Whether the model is {within} is not known: the mean difference{without} has no interval."
            )
        shown = "shown" if self.judged_alpha.no_worse else "not shown"
        return (
            f"The model is {shown} to be {within}: lower end of the mean difference{without} "
            f"{coefficient(low)}."
        )

    @property
    def unjudged(self) -> str:
        """Why no mean can be held against the margin."""
        if not self.codes_counted:
            return "no code has an alpha on both sides"
        return "all codes of the mean are flagged none agreed"


class ConfusedPair(Record):
    """One rater gave the first code and not the other, the second rater the other and not the first."""

    code: str
    other: str
    count: int
    expected: float = 0.0
    """By chance: what one gives alone and what the other gives alone, were they independent."""
    beyond_chance: bool = False
    """More often than chance makes any pair of codes appear in one table of twenty."""


class Confusion(Record):
    """Which codes are taken for which."""

    kind: str
    """`human-human`: pooled over all pairs of people, either way round; else people's code first."""
    a: str
    b: str
    pairs: tuple[ConfusedPair, ...]
    """The most frequent first."""
    agreed: dict[str, int]
    """Code → pairs of ratings in which both gave it."""
    alone: dict[str, int]
    """Code → pairs of ratings in which one gave it and the other gave nothing else in its place."""


class DisputedCode(Record):
    """Who applied a code to a unit, and who did not."""

    code: str
    applied: tuple[str, ...]
    not_applied: tuple[str, ...]


class Disagreement(Record):
    """A unit on whose codes the raters differ."""

    unit: str
    document: str
    text: str | None
    """None where only ratings are at hand."""
    codes: tuple[DisputedCode, ...]


class ModelTried(Record):
    """One configuration of a coder."""

    rater: str
    run: str = ""
    coder: str = ""
    model: str = ""
    prompt: str = ""
    codebook: str = ""
    started: str = ""
    state: str = ""
    passages: int | None = None
    """That it coded."""
    compared: bool = False
    """Whether it stands in a pair of this table."""
