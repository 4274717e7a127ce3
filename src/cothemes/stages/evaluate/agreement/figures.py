"""The table of agreement, in the shape of the contract's `agreement --json`."""

from __future__ import annotations

from typing import Literal

from cothemes.agreement.result import NONE_AGREED
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.alternative_annotator import AltTest
from cothemes.stages.evaluate.agreement.codes import Code
from cothemes.stages.evaluate.agreement.coefficient import Summary, TableCoefficient
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.agreement.comparison import Comparison
from cothemes.stages.evaluate.agreement.confusion import Confusion
from cothemes.stages.evaluate.agreement.disagreements import Disagreement
from cothemes.stages.evaluate.agreement.overall import Overall, Pair, summaries
from cothemes.stages.evaluate.agreement.reliability import Reliability
from cothemes.stages.evaluate.agreement.selection import MIXED, arms_named
from cothemes.stages.evaluate.agreement.shifts import Shift
from cothemes.stages.evaluate.agreement.variables import Variable
from cothemes.stages.evaluate.estimate import RARE, Estimate


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
    """True if it stands in a pair of this table."""


class NotRated(Record):
    """Rows of a ratings file whose cell says that it holds nothing."""

    column: str
    """code or value: the rows are left out. cluster: the document takes its place."""
    mark: str
    count: int
    rows: tuple[int, ...]
    """Rows of the file, the header being 1."""
    include_with: str | None
    """Option to add to the command where the mark is a code's id."""


class AgreementTable(Record):
    """The report of `cothemes agreement`."""

    measure: str
    """`agreement`, `agreement under suggestions`, or `agreement of mixed arms`."""
    passages_by_arm: dict[str, int] = {}
    """Arm → passages that people rated in it; empty where the ratings have no arm."""
    round: str = ""
    """The round that was asked for."""
    blind: bool | None = None
    """True if people's ratings were made blind; None where the ratings do not say."""
    raters: tuple[str, ...]
    rater_kinds: dict[str, str]
    """Kind of every rater in the table or in a pair."""
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
    """Disagreements, as many as were asked for, the widest first."""
    codes_rated: dict[str, int] = {}
    """Rater → how many of the codes that rater used, applied or not."""
    footnotes: tuple[str, ...] = ()
    """Footnotes of the figures: units where they differ, missing intervals, few interviews."""
    disagreements_in_all: int = 0
    """Units on whose codes two of the raters differ."""
    shifts: tuple[Shift, ...] = ()
    """Each person's rate of codes with suggestions in view less the blind rate; arms are never mixed here."""
    reliability: tuple[Reliability, ...] = ()
    """Reliability of coders that gave numbers, where people coded the same passages blind."""
    models: tuple[ModelTried, ...] = ()
    """Every model and prompt that was tried, compared or not."""
    conventions: dict[str, str]
    not_rated: tuple[NotRated, ...] = ()
    """Rows of a ratings file that say NA, nan, NULL or the like; none of them is in a figure."""
    notes: tuple[str, ...] = ()
    """Notes that the reader of the figures has to know about these ratings."""
    purpose: Literal["agreement"] = "agreement"
    """The rule by which decisions count."""
    learnt_here: tuple[str, ...] = ()
    """Models that learnt from passages on which they are compared with people: not to be reported."""
    left_out: tuple[LeftOut, ...] = ()
    """Decisions and ratings of people that no figure counts, by reason."""
    synthetic: bool = False
    """Raters or texts are invented: the figures show the layout and not quality."""

    @property
    def heading(self) -> str:
        """Return what the table measures, at the head of a page or a table."""
        if self.measure == MIXED:
            arms = list(self.passages_by_arm)
            return f"Agreement, {' and '.join(arms)} decisions mixed ({arms_named(self.passages_by_arm)})"
        return self.measure.capitalize()

    @property
    def rare_named(self) -> str:
        """Return how the codes that the second mean leaves out are flagged: `too rare`, `none agreed`, or
        either.
        """
        flags = [flag for code in self.codes if code.code in self.overall.rare for flag in code.flags]
        return " or ".join(flag for flag in (RARE, NONE_AGREED) if flag in flags)

    @property
    def coefficients(self) -> tuple[TableCoefficient, ...]:
        """Return what pages and print show of each code, those of two raters alone last."""
        shown = [each for each in COEFFICIENTS if len(self.raters) == 2 or not each.two_raters]
        return tuple(sorted(shown, key=lambda each: each.two_raters))

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Figures over all codes, of each pair."""
        return summaries()

    @property
    def further_summaries(self) -> tuple[tuple[str, Estimate], ...]:
        """Names and figures over all codes of coefficients that the contract does not name."""
        extra = self.overall.__pydantic_extra__
        return tuple((each.name, extra[each.key]) for each in summaries() if each.key in extra)
