"""Statistics of agreement, stability and estimation, on numpy and scipy alone.

    from cothemes.agreement import krippendorff_alpha
    krippendorff_alpha([[1, 1], [1, 0], [0, 0]], clusters=["a", "a", "b"])

Ratings are units × raters (rows are units), None or NaN where missing, of any labels; sets of codes
for the set distances. Every figure is a `Result`: value, standard error, interval, units, the reason
where something cannot be computed, and the conventions on which correct libraries differ.
Intervals are over clusters (interviews), never over passages.
"""

from cothemes.agreement.alternative_annotator import AltTestResult, alt_test
from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.calibration import (
    ReliabilityBin,
    brier_score,
    expected_calibration_error,
    reliability_bins,
)
from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.conger import conger_kappa
from cothemes.agreement.fleiss import fleiss_kappa, fleiss_kappa_by_category, scott_pi
from cothemes.agreement.free_marginal import brennan_prediger
from cothemes.agreement.gwet import gwet_ac
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.percent import percent_agreement
from cothemes.agreement.prevalence import dsl_mean, ppi_mean
from cothemes.agreement.result import Result
from cothemes.agreement.set_distances import set_distance
from cothemes.agreement.specific import positive_agreement, specific_agreement
from cothemes.agreement.stability import StabilityResult, prompt_stability
from cothemes.agreement.threshold import (
    ThresholdResult,
    ThresholdTest,
    binomial_p,
    clopper_pearson_upper,
    select_threshold,
)
from cothemes.agreement.unitizing import UnitizingResult, unitizing_alpha

__all__ = [
    "AltTestResult",
    "BinaryTable",
    "ReliabilityBin",
    "Result",
    "StabilityResult",
    "ThresholdResult",
    "ThresholdTest",
    "UnitizingResult",
    "alt_test",
    "binomial_p",
    "brennan_prediger",
    "brier_score",
    "clopper_pearson_upper",
    "cohen_kappa",
    "conger_kappa",
    "dsl_mean",
    "expected_calibration_error",
    "fleiss_kappa",
    "fleiss_kappa_by_category",
    "gwet_ac",
    "krippendorff_alpha",
    "percent_agreement",
    "positive_agreement",
    "ppi_mean",
    "prompt_stability",
    "reliability_bins",
    "scott_pi",
    "select_threshold",
    "set_distance",
    "specific_agreement",
    "unitizing_alpha",
]
