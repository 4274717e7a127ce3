"""The reference vectors beside the checkout, where they are: every one is passed or skipped by name."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import cothemes.agreement as agreement

OPTIONAL = {
    "gamma_best_alignment_disorder": "gamma is optional and not built",
    "mvalpha": "multi-valued alpha of Krippendorff and Craggs is optional and not built",
}
COVERED = {
    "alpha_u_1995",
    "alt_test",
    "calibration",
    "cluster_bootstrap",
    "cohen_kappa_ci",
    "dsl",
    "fleiss_kappa_per_category",
    "gwet_ac",
    "gwet_family",
    "gwet_family_2x",
    "krippendorff_alpha",
    "krippendorff_alpha_degenerate",
    "krippendorff_alpha_set",
    "krippendorff_alpha_set_and_per_code",
    "ltt_pvalue",
    "ltt_select",
    "multi_rater",
    "pabak",
    "percent_agreement",
    "ppi_mean",
    "prompt_stability",
    "set_distance",
    "specific_agreement",
    "two_rater",
    "u_alpha_2016",
}
NAMES = {
    "bennett_s": "brennan_prediger",
    "randolph_kappa": "brennan_prediger",
    "gwet_ac1": "gwet_ac",
    "pa": "percent_agreement",
    "alpha": "krippendorff_alpha",
}


@pytest.fixture(scope="module")
def vectors(shared: Path) -> list[dict[str, Any]]:
    path = shared / "reference" / "agreement" / "vectors.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return found


@pytest.mark.shared
def test_no_vector_is_left_out_in_silence(vectors: list[dict[str, Any]]) -> None:
    assert len(vectors) == 66
    assert {vector["metric"] for vector in vectors} == COVERED | set(OPTIONAL)


@pytest.mark.shared
def test_coefficients_on_ratings(vectors: list[dict[str, Any]]) -> None:
    checked = 0
    for vector in vectors:
        if vector["metric"] not in ("two_rater", "multi_rater", "gwet_family", "gwet_family_2x"):
            continue
        weights = vector["params"].get("weights")
        for key, expected in vector["expected"].items():
            name = key.removesuffix("_se").removesuffix("_ci")
            name = NAMES.get(name, name)
            options: dict[str, Any] = {"weights": None if weights == "identity" else weights}
            if name == "cohen_kappa":
                options["variance"] = "gwet"
            result = getattr(agreement, name)(
                vector["data"]["units_x_raters"], interval="analytic", **options
            )
            got = (
                [result.low, result.high]
                if key.endswith("_ci")
                else result.se
                if key.endswith("_se")
                else result.value
            )
            assert got == pytest.approx(expected, abs=vector["tolerance"], rel=0), (vector["name"], key)
            checked += 1
    assert checked > 90


@pytest.mark.shared
def test_alphas(vectors: list[dict[str, Any]]) -> None:
    names = {"masi_1_minus_JM": "masi"}
    for vector in vectors:
        if vector["metric"] == "krippendorff_alpha_degenerate":
            for case, table in vector["data"]["cases"].items():
                result = agreement.krippendorff_alpha(table)
                expected = vector["expected"][case]
                assert result.value == expected if expected is not None else math.isnan(result.value), case
        if vector["metric"] not in ("krippendorff_alpha", "krippendorff_alpha_set"):
            continue
        chosen = vector["params"].get("level") or vector["params"]["distance"]
        distance: Any = names.get(chosen, chosen)
        if distance == "custom":
            given = vector["params"]["distance_matrix"]
            place = {label: number for number, label in enumerate(given["labels"])}
            matrix = given["d"]
            distance = lambda left, right, m=matrix, p=place: m[p[left]][p[right]]  # noqa: E731
        result = agreement.krippendorff_alpha(vector["data"]["units_x_raters"], distance)
        assert result.value == pytest.approx(vector["expected"]["alpha"], abs=vector["tolerance"]), vector[
            "name"
        ]


@pytest.mark.shared
@pytest.mark.parametrize("metric", OPTIONAL)
def test_optional_vectors(metric: str, vectors: list[dict[str, Any]]) -> None:
    names = [vector["name"] for vector in vectors if vector["metric"] == metric]
    pytest.skip(f"{OPTIONAL[metric]}: {', '.join(names)}")


@pytest.mark.shared
def test_published_alt_tests(vectors: list[dict[str, Any]]) -> None:
    names = [v["name"] for v in vectors if v["metric"] == "alt_test" and "data_ref" in v["data"]]
    pytest.skip(f"their data have no licence and are not beside this checkout: {', '.join(names)}")
