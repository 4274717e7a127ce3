"""The coefficients of the table of agreement, in the order of its JSON and CSV."""

from __future__ import annotations

from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient
from cothemes.stages.evaluate.agreement.coefficients.ac1 import AC1
from cothemes.stages.evaluate.agreement.coefficients.alpha import ALPHA
from cothemes.stages.evaluate.agreement.coefficients.cohen import COHEN_KAPPA
from cothemes.stages.evaluate.agreement.coefficients.percent import PERCENT_AGREEMENT
from cothemes.stages.evaluate.agreement.coefficients.positive import POSITIVE_AGREEMENT
from cothemes.stages.evaluate.registry import Registry

COEFFICIENTS: Registry[TableCoefficient] = Registry(
    PERCENT_AGREEMENT,
    POSITIVE_AGREEMENT,
    COHEN_KAPPA,
    ALPHA,
    AC1,
)
