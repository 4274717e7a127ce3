"""Everything that a statistic says, word for word: values, errors, intervals, conventions, reasons, faults.

Published values stand in the other tests. These are the program's own results, frozen, so that none of them
changes unless somebody means it to: COTHEMES_FREEZE=1 writes the file anew, and the difference is to be read.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cothemes.agreement as ag
from cothemes.agreement.ratings import read_ratings
from cothemes.agreement.weights import name_of, weight_matrix
from cothemes.errors import RatingsError

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

FILE = Path(__file__).parent / "vectors" / "frozen.json"

_chance = np.random.default_rng(7)
TRUE = _chance.integers(1, 5, 24)
NOISE = _chance.random((24, 3))
THREE = [
    [
        None if noise > 0.93 else int(true if noise < 0.6 else 1 + (true + r) % 4)
        for r, noise in enumerate(row)
    ]
    for true, row in zip(TRUE, NOISE, strict=True)
]
TWO = [[a or 1, b or 2] for a, b, _ in THREE]
BINARY = [[int(a > 2), int(b > 2)] for a, b in TWO]
WORDS = [["abcd"[a - 1], "abcd"[b - 1]] for a, b in TWO]
SETS = [[frozenset("ABC"[:a]) if a < 4 else frozenset(), frozenset("BCA"[:b])] for a, b in TWO]
DOCS = [f"d{n // 4}" for n in range(24)]
SAME = [[1, 1]] * 6
SPANS = {"a": [(0, 10, "x"), (20, 30, "y")], "b": [(2, 12, "x"), (22, 28, "x")], "c": [(0, 8, "x")]}
SURE = [n / 40 for n in range(40)]
RIGHT = [int(n > 6 or n % 3 == 0) for n in range(40)]
PEOPLE = [[int(n % 3 == 0), int(n % 3 == 0 or n % 7 == 0), int(n % 5 == 0)] for n in range(40)]
MODEL = [int(n % 3 == 0 or n % 11 == 0) for n in range(40)]
LABELS, NEAR, FAR = [1, 0, 1, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 1, 1, 0], [1, 0, 0, 1, 1, 0, 0, 0, 1, 1]
EIGHT, TEN = list("aabbccdd"), list("aabbccddaa")


def over_ratings(name: str, table: Any, **options: Any) -> dict[str, Callable[[], Any]]:
    function = getattr(ag, name)
    shown = ",".join(f"{key}={value}" for key, value in options.items())
    kinds: dict[str, dict[str, Any]] = {
        "bare": {},
        "none": {"interval": None},
        "analytic": {"interval": "analytic"},
        "clusters": {"clusters": DOCS},
        "bootstrap": {"clusters": DOCS, "interval": "bootstrap", "replicates": 60, "seed": 3},
        "narrow": {"clusters": DOCS, "interval": "jackknife", "level": 0.8},
    }
    return {
        f"{name}({shown}) {kind}": (lambda more=more: function(table, **options, **more))
        for kind, more in kinds.items()
    }


CASES: dict[str, Callable[[], Any]] = {
    **over_ratings("percent_agreement", THREE),
    **over_ratings("percent_agreement", THREE, weights="quadratic"),
    **over_ratings("percent_agreement", THREE, average="pairs"),
    **over_ratings("positive_agreement", BINARY),
    **over_ratings("cohen_kappa", TWO),
    **over_ratings("cohen_kappa", TWO, weights="linear"),
    **over_ratings("scott_pi", TWO),
    **over_ratings("fleiss_kappa", THREE),
    **over_ratings("fleiss_kappa", THREE, weights="quadratic"),
    **over_ratings("conger_kappa", THREE),
    **over_ratings("conger_kappa", THREE, weights="linear"),
    **over_ratings("brennan_prediger", THREE),
    **over_ratings("gwet_ac", THREE),
    **over_ratings("gwet_ac", THREE, weights="quadratic"),
    **over_ratings("krippendorff_alpha", THREE),
    **over_ratings("krippendorff_alpha", THREE, weights="linear"),
    **{
        key: case
        for distance in ("ordinal", "interval", "ratio")
        for key, case in over_ratings("krippendorff_alpha", THREE, distance=distance).items()
    },
    **{
        key: case
        for distance in ("jaccard", "masi", "masi_product", "dice")
        for key, case in over_ratings("krippendorff_alpha", SETS, distance=distance).items()
    },
    "alpha of a function": lambda: ag.krippendorff_alpha(WORDS, lambda a, b: abs(ord(a) - ord(b))),
    "specific": lambda: ag.specific_agreement(TWO, clusters=DOCS),
    "fleiss by category": lambda: ag.fleiss_kappa_by_category(THREE),
    **{
        f"{name} {kind}": (lambda name=name, table=table: getattr(ag, name)(table))
        for name in (
            "percent_agreement",
            "positive_agreement",
            "cohen_kappa",
            "scott_pi",
            "fleiss_kappa",
            "conger_kappa",
            "brennan_prediger",
            "gwet_ac",
            "krippendorff_alpha",
        )
        for kind, table in (
            ("of nothing", []),
            ("of one value", SAME),
            ("of one unit", [[1, 0]]),
            ("of two units", [[1, 0], [1, 1]]),
            ("of one rater", [[1], [0]]),
            ("of three raters", THREE),
            ("without pairs", [[1, None], [None, 0]]),
        )
    },
    "alpha of one cluster": lambda: ag.krippendorff_alpha(TWO, clusters=["d"] * 24),
    "brier": lambda: ag.brier_score(RIGHT, SURE, clusters=[n // 8 for n in range(40)]),
    "brier bare": lambda: ag.brier_score(RIGHT, SURE),
    "ece": lambda: ag.expected_calibration_error(RIGHT, SURE, 5, clusters=[n // 8 for n in range(40)]),
    "ece bare": lambda: ag.expected_calibration_error(RIGHT, SURE, interval=None),
    "ece of nothing": lambda: ag.expected_calibration_error([], []),
    "reliability": lambda: ag.reliability_bins(RIGHT, SURE, 4),
    "reliability of ten": lambda: ag.reliability_bins(RIGHT, SURE),
    "threshold": lambda: ag.select_threshold(SURE, RIGHT, 0.6, 0.2),
    "threshold mild": lambda: ag.select_threshold(SURE * 3, RIGHT * 3),
    "threshold on a grid": lambda: ag.select_threshold(SURE * 5, RIGHT * 5, 0.8, 0.1, grid=(0.5, 0.2, 0.1)),
    "threshold of nothing": lambda: ag.select_threshold([], []),
    "threshold that none passes": lambda: ag.select_threshold([0.9] * 60, [0] * 60),
    "threshold too few": lambda: ag.select_threshold([0.9] * 3, [1] * 3),
    "binomial": lambda: [
        ag.binomial_p(30, 2, 0.9),
        ag.clopper_pearson_upper(30, 2, 0.1),
        ag.binomial_p(0, 0, 0.9),
    ],
    "clopper": lambda: [ag.clopper_pearson_upper(5, 5, 0.05), ag.clopper_pearson_upper(10, 0, 0.05)],
    "ppi": lambda: ag.ppi_mean(LABELS, NEAR, FAR),
    "ppi tuned": lambda: ag.ppi_mean(LABELS, NEAR, FAR, power="tuned", level=0.9),
    "ppi half": lambda: ag.ppi_mean(LABELS, NEAR, FAR, power=0.5),
    "ppi clusters": lambda: ag.ppi_mean(LABELS, NEAR, FAR, clusters=EIGHT, unlabelled_clusters=TEN),
    "ppi one cluster": lambda: ag.ppi_mean(
        LABELS, NEAR, FAR, clusters=["a"] * 8, unlabelled_clusters=["a"] * 10
    ),
    "ppi one side": lambda: ag.ppi_mean(
        LABELS, NEAR, FAR, clusters=["a"] * 8, unlabelled_clusters=["b"] * 10
    ),
    "ppi beyond shares": lambda: ag.ppi_mean([3.0, 2.0], [1.0, 4.0], FAR),
    "ppi of one": lambda: ag.ppi_mean([1], [1], FAR),
    "dsl": lambda: ag.dsl_mean(FAR, [1, 0, None, 1] + [None] * 6, [1, 1, 0, 1] + [0] * 6, [0.5] * 10),
    "dsl clusters": lambda: ag.dsl_mean(
        FAR, [1, 0, None, 1] + [None] * 6, [1, 1, 0, 1] + [0] * 6, [0.5, 0.25] * 5, clusters=TEN, level=0.9
    ),
    "dsl beyond shares": lambda: ag.dsl_mean([2.0, 3.0], [2.5, 2.0], [1, 1], [1.0, 1.0]),
    "dsl of none": lambda: ag.dsl_mean(FAR, [None] * 10, [0] * 10, [1.0] * 10),
    "dsl of one": lambda: ag.dsl_mean([1], [1], [1], [1.0]),
    "stability": lambda: ag.prompt_stability([[1, 0, 1, 1], [1, 0, 0, 1], [1, 1, 1, 1]]),
    "stability clusters": lambda: ag.prompt_stability(
        [[1, 0, 1, 1], [1, 0, 0, 1]], clusters=["a", "a", "b", "b"]
    ),
    "stability of one": lambda: ag.prompt_stability([[1, 0]]),
    "stability of nothing": lambda: ag.prompt_stability([]),
    "stability of one answer": lambda: ag.prompt_stability([[1, 1], [1, 1]]),
    "alt-test": lambda: ag.alt_test(MODEL, PEOPLE, 0.15),
    "alt-test strict": lambda: ag.alt_test(MODEL, PEOPLE, 0.0, q=0.2),
    "alt-test sets": lambda: ag.alt_test(
        [{"A"} if one else set() for one in MODEL],
        [[{"A"} if one else {"B"} for one in row] for row in PEOPLE],
        0.2,
        "jaccard",
    ),
    "alt-test rmse": lambda: ag.alt_test(MODEL, PEOPLE, 0.2, "neg_rmse"),
    "alt-test function": lambda: ag.alt_test(
        MODEL, PEOPLE, 0.2, lambda own, others: -sum(own != o for o in others)
    ),
    "alt-test names": lambda: ag.alt_test(
        dict(enumerate(MODEL)),
        {p: {n: row[k] for n, row in enumerate(PEOPLE)} for k, p in enumerate("abc")},
        0.1,
    ),
    "alt-test one short": lambda: ag.alt_test(
        MODEL, [[*row[:2], row[2] if n < 29 else None, row[0]] for n, row in enumerate(PEOPLE)], 0.1
    ),
    "alt-test two": lambda: ag.alt_test(MODEL, [row[:2] for row in PEOPLE], 0.1),
    "alt-test 29": lambda: ag.alt_test(MODEL[:29], PEOPLE[:29], 0.1),
    "alt-test few each": lambda: ag.alt_test(
        MODEL, [[v if (n + k) % 3 else None for k, v in enumerate(row)] for n, row in enumerate(PEOPLE)], 0.1
    ),
    "unitizing 1995": lambda: ag.unitizing_alpha(SPANS, 40, "1995"),
    "unitizing 2016": lambda: ag.unitizing_alpha(SPANS, 40),
    "unitizing union": lambda: ag.unitizing_alpha(SPANS, 40, self_pairing="union", begin=0),
    "unitizing from 5": lambda: ag.unitizing_alpha({"a": [(5, 9, "x")], "b": [(6, 9, "x")]}, 20, begin=5),
    "unitizing of one": lambda: ag.unitizing_alpha({"a": [(0, 1, "x")]}, 5),
    "unitizing of none": lambda: ag.unitizing_alpha({"a": [], "b": []}, 5),
    "unitizing none 1995": lambda: ag.unitizing_alpha({"a": [], "b": []}, 5, "1995"),
    "codes": lambda: [
        getattr(ag.BinaryTable.of_ratings(np.array(BINARY)[:, :, None], DOCS), name)(**more)
        for name in ("alpha", "ac1", "percent_agreement", "positive_agreement")
        for more in ({}, {"interval": None}, {"interval": "bootstrap", "replicates": 50}, {"level": 0.5})
    ],
    "weights": lambda: [
        [name_of(kind), weight_matrix(kind, read_ratings([[1, 2], [4, 4]])).tolist()]
        for kind in (None, "linear", "quadratic")
    ],
    "set distances": lambda: [
        ag.set_distance(kind, frozenset("AB"), frozenset("BC"))
        for kind in ("jaccard", "masi", "masi_product", "dice")
    ],
}

FAULTS: dict[str, Callable[[], Any]] = {
    "distance and weights": lambda: ag.krippendorff_alpha(TWO, "interval", weights="linear"),
    "ordinal of words": lambda: ag.krippendorff_alpha(WORDS, "ordinal"),
    "interval of words": lambda: ag.krippendorff_alpha(WORDS, "interval"),
    "unknown distance": lambda: ag.krippendorff_alpha(TWO, "far"),  # type: ignore[arg-type]
    "negative ratio": lambda: ag.krippendorff_alpha([[-1, 2], [1, 2]], "ratio"),
    "function below nought": lambda: ag.krippendorff_alpha(TWO, lambda *_: -1.0),
    "unknown interval": lambda: ag.krippendorff_alpha(TWO, interval="wide"),  # type: ignore[arg-type]
    "no clusters": lambda: ag.krippendorff_alpha(TWO, interval="jackknife"),
    "level": lambda: ag.krippendorff_alpha(TWO, level=95),
    "replicates": lambda: ag.krippendorff_alpha(TWO, clusters=DOCS, interval="bootstrap", replicates=1),
    "clusters too short": lambda: ag.krippendorff_alpha(TWO, clusters=DOCS[1:]),
    "cluster missing": lambda: ag.krippendorff_alpha(TWO, clusters=[None, *DOCS[1:]]),
    "ragged": lambda: ag.krippendorff_alpha([[1, 2], [1]]),
    "flat": lambda: ag.krippendorff_alpha([1, 2, 3]),
    "outside categories": lambda: ag.gwet_ac(TWO, categories=[1, 2]),
    "weights of words": lambda: ag.cohen_kappa(WORDS, weights="linear"),
    "unknown weights": lambda: ag.cohen_kappa(TWO, weights="heavy"),  # type: ignore[arg-type]
    "unknown variance": lambda: ag.cohen_kappa(TWO, variance="great"),  # type: ignore[arg-type]
    "bins": lambda: ag.expected_calibration_error([1], [0.5], 0),
    "truth": lambda: ag.brier_score([2], [0.5]),
    "probability": lambda: ag.brier_score([1, 1], [0.5, 1.5]),
    "lengths": lambda: ag.brier_score([1], [0.5, 0.5]),
    "shares": lambda: ag.select_threshold([0.5], [1], 1.0),
    "rising grid": lambda: ag.select_threshold([0.5], [1], grid=(0.1, 0.2)),
    "confidence and correct": lambda: ag.select_threshold([0.5, 0.6], [1]),
    "ppi lengths": lambda: ag.ppi_mean([1], [1, 0], FAR),
    "ppi hole": lambda: ag.ppi_mean([1, None], [1, 0], FAR),
    "dsl lengths": lambda: ag.dsl_mean([1], [1, 0], [1], [1]),
    "dsl chance": lambda: ag.dsl_mean([1, 0], [1, 0], [1, 1], [1, 0]),
    "dsl hole": lambda: ag.dsl_mean([1, 0], [None, 0], [1, 1], [1, 1]),
    "epsilon": lambda: ag.alt_test(MODEL, PEOPLE, 1.0),
    "scoring": lambda: ag.alt_test(MODEL, PEOPLE, 0.1, "best"),  # type: ignore[arg-type]
    "model unnamed": lambda: ag.alt_test(MODEL, {"a": {}}, 0.1),
    "model short": lambda: ag.alt_test(MODEL[1:], PEOPLE, 0.1),
    "runs differ": lambda: ag.prompt_stability([[1], [1, 0]]),
    "spans overlap": lambda: ag.unitizing_alpha({"a": [(0, 5, "x"), (4, 6, "y")], "b": []}, 9),
    "spans overlap 1995": lambda: ag.unitizing_alpha({"a": [(0, 5, "x"), (4, 6, "x")], "b": []}, 9, "1995"),
    "span beyond": lambda: ag.unitizing_alpha({"a": [(0, 50, "x")], "b": []}, 9),
    "span empty": lambda: ag.unitizing_alpha({"a": [(3, 3, "x")], "b": []}, 9),
    "family": lambda: ag.unitizing_alpha(SPANS, 40, "1066"),  # type: ignore[arg-type]
    "self pairing": lambda: ag.unitizing_alpha(SPANS, 40, self_pairing="none"),  # type: ignore[arg-type]
    "length": lambda: ag.unitizing_alpha(SPANS, 0),
    "table shapes": lambda: ag.BinaryTable.of_counts([[1, 2]], [[1]], ["a"]),
    "table negative": lambda: ag.BinaryTable.of_counts([[-1]], [[1]], ["a"]),
    "table flat": lambda: ag.BinaryTable.of_ratings([[1]], ["a"]),
    "table values": lambda: ag.BinaryTable.of_ratings([[[2]]], ["a"]),
    "table analytic": lambda: ag.BinaryTable.of_counts([[1]], [[1]], ["a"]).alpha("analytic"),
}


def plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else float(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    return dict(value) if hasattr(value, "items") else value


def outcome(case: Callable[[], Any]) -> Any:
    try:
        return plain(case())
    except RatingsError as error:
        return {"fault": error.message, "hint": error.hint}


if os.environ.get("COTHEMES_FREEZE"):
    made = {name: outcome(case) for name, case in {**CASES, **FAULTS}.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found)}" for name, found in made.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
FROZEN = json.loads(FILE.read_text(encoding="utf-8"))


def assert_same(found: Any, frozen: Any, where: str) -> None:
    if isinstance(frozen, dict) and isinstance(found, dict):
        assert list(found) == list(frozen), where
        for key in frozen:
            assert_same(found[key], frozen[key], f"{where}.{key}")
    elif isinstance(frozen, list):
        assert len(found) == len(frozen), where
        for place, (one, other) in enumerate(zip(found, frozen, strict=True)):
            assert_same(one, other, f"{where}[{place}]")
    elif isinstance(frozen, float):
        assert found == pytest.approx(frozen, rel=1e-7, abs=1e-9), where
    else:
        assert found == frozen, where


@pytest.mark.parametrize("name", CASES)
def test_a_result_is_what_it_was(name: str) -> None:
    assert_same(outcome(CASES[name]), FROZEN[name], name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_as_it_was(name: str) -> None:
    frozen = FROZEN[name]
    assert_same(outcome(FAULTS[name]), frozen, name)
    assert frozen["fault"], name
    assert frozen["hint"], name
