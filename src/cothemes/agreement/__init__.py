"""Statistics of agreement, stability and estimation, on numpy and scipy alone.

    from cothemes.agreement import krippendorff_alpha
    krippendorff_alpha([[1, 1], [1, 0], [0, 0]], clusters=["a", "a", "b"])

Ratings are units × raters (rows are units), None or NaN where missing, of any labels; sets of codes
for the set distances. Every figure is a `Result`: value, standard error, interval, units, the reason
where something cannot be computed, and the conventions on which correct libraries differ.
Intervals are over clusters (interviews), never over passages.
"""

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.brennan_prediger import brennan_prediger
from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.conger import conger_kappa
from cothemes.agreement.fleiss import fleiss_kappa, fleiss_kappa_by_category, scott_pi
from cothemes.agreement.gwet import gwet_ac
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.percent import percent_agreement
from cothemes.agreement.result import Result
from cothemes.agreement.set_distances import set_distance
from cothemes.agreement.specific import positive_agreement, specific_agreement

__all__ = [
    "BinaryTable",
    "Result",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "fleiss_kappa_by_category",
    "gwet_ac",
    "krippendorff_alpha",
    "percent_agreement",
    "positive_agreement",
    "scott_pi",
    "set_distance",
    "specific_agreement",
]
