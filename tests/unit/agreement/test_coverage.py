"""Does a 95 % interval cover the truth, where passages of one interview resemble each other?"""

from __future__ import annotations

import numpy as np
import pytest

from cothemes.agreement import BinaryTable
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Clusters

REPLICATIONS = 4000
PASSAGES = 30


def interviews(chance: np.random.Generator, count: int, replications: int) -> Floats:
    """Two raters' positives, passages × replications; prevalence and skill differ by interview."""
    shape = (count, replications)
    prevalence, sensitivity, specificity = (
        np.repeat(chance.beta(a, b, shape), PASSAGES, axis=0) for a, b in ((1.2, 4.8), (8, 2), (30, 2))
    )
    truth = chance.random(prevalence.shape) < prevalence
    applied = np.where(truth, sensitivity, 1 - specificity)
    return np.asarray((chance.random((2, *truth.shape)) < applied).sum(axis=0), dtype=np.float64)


def table(ones: Floats, clusters: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> BinaryTable:
    return BinaryTable(ones, 2 - ones, Clusters(clusters, int(clusters.max()) + 1))


@pytest.fixture(scope="module")
def truth() -> float:
    ones = interviews(np.random.default_rng(1), 60_000, 1)
    clusters = np.repeat(np.arange(60_000), PASSAGES)
    return table(ones, clusters).alpha(interval=None)[0].value


def covered(found: BinaryTable, truth: float, **options: object) -> float:
    results = found.alpha(**options)  # type: ignore[arg-type]
    return float(np.mean([result.low <= truth <= result.high for result in results]))


@pytest.mark.parametrize(("count", "least"), [(10, 0.92), (20, 0.93)])
def test_the_jackknife_over_interviews_keeps_its_promise(count: int, least: float, truth: float) -> None:
    ones = interviews(np.random.default_rng(count), count, REPLICATIONS)
    share = covered(table(ones, np.repeat(np.arange(count), PASSAGES)), truth)
    assert least <= share <= 0.97


def test_the_bootstrap_over_passages_does_not(truth: float) -> None:
    ones = interviews(np.random.default_rng(3), 10, 600)
    passages = table(ones, np.arange(10 * PASSAGES))
    assert covered(passages, truth, interval="bootstrap", replicates=200) < 0.87


@pytest.mark.slow
def test_auto_acceptance_keeps_its_promise_with_interview_effects_only_by_interview() -> None:
    """δ = .1; 20 interviews of 60 suggestions each. docs/methods/how-many.md states the figures."""
    from eval.simulations import misses

    alike, _ = misses(0.0, 20, 500, 60, starts=1)
    unlike, _ = misses(1.0, 20, 500, 60, starts=1)
    assert alike <= 0.1 < unlike
    by_interview, none = misses(1.0, 20, 500, 60, clustered=True)
    assert by_interview <= 0.1
    assert none < 0.3
