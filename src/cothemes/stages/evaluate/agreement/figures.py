"""The figures of a table of agreement, in the shapes of the contract's `agreement --json`."""

from __future__ import annotations

from typing import Any

from cothemes.agreement.result import NONE_AGREED
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.beside_figures import (
    AltTest,
    Comparison,
    Confusion,
    Disagreement,
    ModelTried,
)
from cothemes.stages.evaluate.agreement.estimate import RARE, Estimate
from cothemes.stages.evaluate.agreement.reliability import Reliability
from cothemes.stages.evaluate.agreement.selection import MIXED, arms_named
from cothemes.stages.evaluate.agreement.shifts import Shift


class Code(Record):
    """Agreement on one code."""

    code: str
    label: str = ""
    units: int
    """Units with two or more ratings of the code."""
    clusters: int
    positives: int
    """Units of these to which at least one rater applied the code."""
    agreed: int = 0
    """Units of these to which at least two raters applied it: what flags count."""
    prevalence: dict[str, float | None]
    percent_agreement: float | None
    positive_agreement: float | None
    cohen_kappa: float | None
    alpha: Estimate
    ac1: Estimate
    flag: str | None
    """The gravest of the flags."""
    flags: tuple[str, ...] = ()
    """All that holds: `no variation`, `none agreed`, `too rare`, `few interviews`, `no spread`."""
    reasons: dict[str, str] = {}
    """Why a plain figure is None."""


class Variable(Record):
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
    """By rater, then category."""
    percent_agreement: float | None
    positive_agreement: float | None = None
    specific_agreement: dict[str, float | None] = {}
    """By category: what positive agreement is to a single code."""
    cohen_kappa: float | None
    alpha: Estimate
    ac1: Estimate
    flag: str | None
    flags: tuple[str, ...] = ()
    several: int
    """Ratings left out because more than one of the codes was applied."""
    reasons: dict[str, str] = {}


class Overall(Record):
    """All codes together."""

    macro_alpha: float | None
    macro_alpha_interval: Estimate
    macro_alpha_over_fewer: int = 0
    """Interviews without which a code has no variation: leaving one out, the mean is over fewer codes."""
    codes_counted: int
    codes_excluded: int
    macro_alpha_without_rare: Estimate | None = None
    """The mean without the codes flagged too rare or none agreed; None where none of its codes is."""
    rare: tuple[str, ...] = ()
    """Codes of the mean that are flagged too rare or none agreed."""
    macro_alpha_with_variables: Estimate | None = None
    """The mean with each variable once in place of its codes; None without variables."""
    with_variables_counted: int = 0
    """Codes and variables in that mean."""
    set_codes: int = 0
    """How many codes the sets are made of: those that every rater used."""
    alpha_jaccard: Estimate
    alpha_masi: Estimate
    exact_set_agreement: float | None
    micro_positive_agreement: float | None
    agreed: int = 0
    """Units and codes, over all codes, to which at least two raters gave the code."""
    flag: str | None = None
    """`none agreed` or `too rare`, of the codes pooled."""
    reasons: dict[str, str] = {}


class Pair(Record):
    """Two raters on the units that both rated."""

    a: str
    b: str
    kind: str
    """`human-human`, `human-model`, `model-model`; other kinds of raters are named likewise."""
    units: int
    codes: int = 0
    """In the mean: codes that both used and that vary between them."""
    macro_alpha: float | None
    micro_positive_agreement: float | None
    agreed: int = 0
    """Units and codes, over all codes, to which both gave the code."""
    flag: str | None = None
    """`none agreed` or `too rare`, of all codes together."""
    reason: str | None = None


class NotRated(Record):
    """Rows of a ratings file whose cell says that it holds nothing."""

    column: str
    """code or value: the rows are left out. cluster: the document takes its place."""
    mark: str
    count: int
    rows: tuple[int, ...]
    """Rows of the file, the header being 1."""
    include_with: str | None
    """What to add to the command where the mark is a code's id."""


class AgreementTable(Record):
    """What `cothemes agreement` prints."""

    measure: str
    """`agreement`, `agreement under suggestions`, or `agreement of mixed arms`."""
    passages_by_arm: dict[str, int] = {}
    """Arm → passages that people rated in it; empty where the ratings have no arm."""
    round: str = ""
    """The round that was asked for."""
    blind: bool | None = None
    """Whether people's ratings were made blind; None where the ratings do not say."""
    raters: tuple[str, ...]
    rater_kinds: dict[str, str]
    """Of every rater that stands in the table or in a pair."""
    units: int
    """Units that at least two of the raters rated."""
    single_units: int = 0
    """Units that one of the raters rated alone: of all figures, AC1's shares alone take them in."""
    documents: int
    clusters: int
    median_words: float | None
    codes: tuple[Code, ...]
    variables: tuple[Variable, ...] = ()
    overall: Overall
    pairs: tuple[Pair, ...]
    alt_test: AltTest | None = None
    """Null where no model can be tested; the reason stands in the conventions."""
    beside: tuple[Comparison, ...] = ()
    """Each model against people on the same passages."""
    confusion: tuple[Confusion, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    """As many as were asked for, the widest first."""
    codes_rated: dict[str, int] = {}
    """Rater → how many of the codes that rater used, applied or not."""
    footnotes: tuple[str, ...] = ()
    """What belongs below the figures: units where they differ, missing intervals, few interviews."""
    disagreements_in_all: int = 0
    """Units on whose codes two of the raters differ."""
    shifts: tuple[Shift, ...] = ()
    """Each person's rate of codes with suggestions in view less the blind rate; arms are never mixed here."""
    reliability: tuple[Reliability, ...] = ()
    """Of coders that gave numbers, where people coded the same passages blind."""
    models: tuple[ModelTried, ...] = ()
    """Every model and prompt that was tried, compared or not."""
    conventions: dict[str, str]
    not_rated: tuple[NotRated, ...] = ()
    """Rows of a ratings file that say NA, nan, NULL or the like; none of them is in a figure."""
    notes: tuple[str, ...] = ()
    """What the reader of the figures has to know about these ratings."""
    left_out: tuple[LeftOut, ...] = ()
    """What people decided or rated and no figure counts, by reason."""
    synthetic: bool = False
    """Raters or texts are invented: the figures show the layout and not quality."""

    @property
    def heading(self) -> str:
        """What the table measures, at the head of a page or a table."""
        if self.measure == MIXED:
            arms = list(self.passages_by_arm)
            return f"Agreement, {' and '.join(arms)} decisions mixed ({arms_named(self.passages_by_arm)})"
        return self.measure.capitalize()

    @property
    def rare_named(self) -> str:
        """How the codes that the second mean leaves out are flagged: `too rare`, `none agreed`, or either."""
        flags = [flag for code in self.codes if code.code in self.overall.rare for flag in code.flags]
        return " or ".join(flag for flag in (RARE, NONE_AGREED) if flag in flags)

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return self.model_dump(mode="json")
