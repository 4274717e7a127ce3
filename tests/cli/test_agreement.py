"""`cothemes agreement` on ratings files: the contract's shape, published values, plain words."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HEADER = ("unit", "doc", "rater", "kind", "code")


def write(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    return path


def nominal(path: Path, ratings: Sequence[Sequence[Any]], clusters: Sequence[Any] | None = None) -> str:
    """Units × raters, one label each, as rows of a file; gives the codes as --variable has them."""
    rows = [
        (f"u{u:03d}", f"d{u if clusters is None else clusters[u]}", f"r{r}", "human", f"c{label}")
        for u, unit in enumerate(ratings)
        for r, label in enumerate(unit)
        if label is not None
    ]
    write(path, rows)
    return ",".join(sorted({row[4] for row in rows}))


def sets(path: Path, ratings: Sequence[Sequence[Any]]) -> None:
    rows = [
        (f"u{u:03d}", f"d{u}", f"r{r}", "human", code)
        for u, unit in enumerate(ratings)
        for r, codes in enumerate(unit)
        if codes is not None
        for code in codes or [""]
    ]
    write(path, rows)


def cells(counts: dict[tuple[str, str], int]) -> list[list[str]]:
    return [list(pair) for pair, count in counts.items() for _ in range(count)]


COHEN_1960 = [
    [a, b]
    for a, row in zip("ABC", ((88, 14, 18), (10, 40, 10), (2, 6, 12)), strict=True)
    for b, n in zip("ABC", row, strict=True)
    for _ in range(n)
]
"""Cohen (1960:45): two raters, 200 subjects."""

KRIPPENDORFF_2011_C = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, None, 3, None],
]
"""Krippendorff (2011), section C: four observers, missing data; Gwet (2014) has AC1 of the same ratings."""

KRIPPENDORFF_2011_A = list(zip([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [0, 1, 1, 0, 0, 1, 0, 1, 0, 0], strict=True))
"""Krippendorff (2011), section A: binary, two observers, no missing data."""

ARTSTEIN_POESIO = cells({("S", "S"): 20, ("S", "I"): 20, ("I", "S"): 10, ("I", "I"): 50})
"""Artstein and Poesio (2008:558), table 1."""


def test_cohens_example_of_1960(cothemes, tmp_path: Path) -> None:
    codes = nominal(tmp_path / "r.csv", COHEN_1960)
    (found,) = cothemes.json("agreement", tmp_path / "r.csv", "--variable", f"v={codes}")["variables"]
    assert found["percent_agreement"] == pytest.approx(0.700)
    assert found["cohen_kappa"] == pytest.approx(0.492, abs=5e-4)


def test_krippendorffs_and_gwets_example_with_missing_ratings(cothemes, tmp_path: Path) -> None:
    codes = nominal(tmp_path / "r.csv", KRIPPENDORFF_2011_C)
    (found,) = cothemes.json("agreement", tmp_path / "r.csv", "--variable", f"v={codes}")["variables"]
    assert found["alpha"]["value"] == pytest.approx(0.743, abs=6e-4)
    assert found["ac1"]["value"] == pytest.approx(0.77544, abs=2e-5)
    assert found["percent_agreement"] == pytest.approx(0.81818, abs=1e-5)
    assert found["cohen_kappa"] is None
    assert "two raters" in found["reasons"]["cohen_kappa"]


def test_krippendorffs_binary_example_as_a_code(cothemes, tmp_path: Path) -> None:
    sets(tmp_path / "r.csv", [[["X"] if one else [] for one in unit] for unit in KRIPPENDORFF_2011_A])
    (found,) = cothemes.json("agreement", tmp_path / "r.csv")["codes"]
    assert found["alpha"]["value"] == pytest.approx(0.095, abs=6e-4)
    assert found["percent_agreement"] == pytest.approx(0.6)
    # Two raters, a = 1 unit with both, b + c = 4 with one of them: 2·1 / (2·1 + 4).
    assert found["positive_agreement"] == pytest.approx(2 / 6)
    assert found["prevalence"] == {"r0": 0.2, "r1": 0.4}
    assert (found["units"], found["positives"], found["flag"]) == (10, 5, "too rare")


def test_specific_agreement_of_artstein_and_poesio(cothemes, tmp_path: Path) -> None:
    codes = nominal(tmp_path / "r.csv", ARTSTEIN_POESIO)
    found = cothemes.json("agreement", tmp_path / "r.csv", "--variable", f"v={codes}")
    assert found["variables"][0]["specific_agreement"]["cS"] == pytest.approx(0.571, abs=5e-4)
    assert found["variables"][0]["specific_agreement"]["cI"] == pytest.approx(0.769, abs=5e-4)
    assert found["variables"][0]["cohen_kappa"] == pytest.approx(0.348, abs=5e-4)
    by_code = {code["code"]: code for code in found["codes"]}
    assert by_code["cS"]["positive_agreement"] == pytest.approx(0.571, abs=5e-4)


SETS_OF_NINE = [
    [[], []],
    [["A"], []],
    [["A"], ["A"]],
    [["A"], ["B"]],
    [["A", "B"], ["A"]],
    [["A", "B"], ["A", "B"]],
]


def test_set_valued_figures_by_hand(cothemes, tmp_path: Path) -> None:
    """Jaccard distances within units: 0, 1, 0, 1, 1/2, 0.

    Twelve sets: three empty, five {A}, one {B}, three {A,B}. Expected disagreement over ordered pairs of
    different sets, ·2: ∅–{A} 15·1, ∅–{B} 3·1, ∅–{AB} 9·1, {A}–{B} 5·1, {A}–{AB} 15·½, {B}–{AB} 3·½ = 41.
    alpha = 1 − (12−1) · Σ(2d/1) / (2·41) = 1 − 11 · 5 / 82.
    """
    sets(tmp_path / "r.csv", SETS_OF_NINE)
    overall = cothemes.json("agreement", tmp_path / "r.csv")["overall"]
    assert overall["alpha_jaccard"]["value"] == pytest.approx(1 - 55 / 82)
    assert overall["exact_set_agreement"] == pytest.approx(3 / 6)
    assert "1 - J*M" in overall["alpha_masi"]["formula"]
    # A: both 3, one of them 2; B: both 1, one of them 2. (2·3 + 2·1) / (2·3 + 2 + 2·1 + 2).
    assert overall["micro_positive_agreement"] == pytest.approx(8 / 12)


@pytest.mark.shared
def test_the_reference_vectors_through_the_command(cothemes, tmp_path: Path, shared: Path) -> None:
    vectors = json.loads((shared / "reference/agreement/vectors.json").read_text(encoding="utf-8"))["vectors"]
    checked = []
    for vector in vectors:
        ratings = vector["data"].get("units_x_raters")
        wanted = _wanted(vector)
        if not ratings or not wanted:
            continue
        is_set = any(isinstance(cell, list) for unit in ratings for cell in unit)
        path = tmp_path / "r.csv"
        if is_set:
            sets(path, ratings)
            found = cothemes.json("agreement", path)
        else:
            codes = nominal(path, ratings, vector["data"].get("cluster"))
            found = cothemes.json("agreement", path, "--variable", f"v={codes}")
        for key, value in wanted.items():
            tolerance = vector["tolerance"]
            assert _figure(found, key) == pytest.approx(value, abs=tolerance), (vector["name"], key)
            checked.append(f"{vector['name']}:{key}")
    assert len(checked) >= 40, checked


def _wanted(vector: dict[str, Any]) -> dict[str, float]:
    """The figures of a vector that the command prints."""
    metric, expected = vector["metric"], vector["expected"]
    weighted = vector["params"].get("weights") not in (None, "identity")
    if weighted or vector["params"].get("level") not in (None, "nominal"):
        return {}
    names = {
        "percent_agreement": "percent",
        "mean_over_units": "percent",
        "pa": "percent",
        "cohen_kappa": "cohen",
        "alpha": "alpha",
        "krippendorff_alpha": "alpha",
        "gwet_ac": "ac1",
        "ac1": "ac1",
        "gwet_ac1": "ac1",
        "jackknife_se": "alpha_se",
        "jaccard": "jaccard",
        "masi_1_minus_JM": "masi",
        "macro_alpha": "macro_alpha",
        "nominal_whole_set": "",
    }
    found = {
        names[key]: value
        for key, value in expected.items()
        if key in names and isinstance(value, float) and names[key]
    }
    if metric == "krippendorff_alpha_set":
        kind = {"jaccard": "jaccard", "masi_1_minus_JM": "masi"}.get(vector["params"]["distance"])
        return {kind: expected["alpha"]} if kind else {}
    if metric == "specific_agreement":
        return {f"specific:c{key}": value for key, value in expected.items()}
    found.update({f"code:{k[-1]}": v for k, v in expected.items() if k.startswith("per_code_alpha_")})
    return {} if metric.startswith("mvalpha") else found


def _figure(found: dict[str, Any], key: str) -> float:
    overall = found["overall"]
    if key in ("jaccard", "masi"):
        return float(overall[f"alpha_{key}"]["value"])
    if key == "macro_alpha":
        return float(overall["macro_alpha"])
    name, _, rest = key.partition(":")
    if name == "code":
        return next(float(code["alpha"]["value"]) for code in found["codes"] if code["code"] == rest)
    (variable,) = found["variables"]
    if name == "specific":
        return float(variable["specific_agreement"][rest])
    if key == "alpha_se":
        from scipy import special

        half = variable["alpha"]["value"] - variable["alpha"]["low"]
        return float(half / special.stdtrit(found["clusters"] - 1, 0.975))
    plain = {"percent": "percent_agreement", "cohen": "cohen_kappa"}
    if key in plain:
        return float(variable[plain[key]])
    return float(variable[key]["value"])


def test_the_document_has_the_contracts_keys(cothemes, tmp_path: Path) -> None:
    sets(tmp_path / "r.csv", SETS_OF_NINE)
    found = cothemes.json("agreement", tmp_path / "r.csv", "--variable", "ab=A,B")
    keys = "raters units documents clusters median_words codes variables overall pairs alt_test conventions"
    assert set(keys.split()) <= set(found)
    keys = "code units positives prevalence percent_agreement positive_agreement cohen_kappa alpha ac1 flag"
    assert set(keys.split()) <= set(found["codes"][0])
    assert set(keys.replace("code ", "variable ").split()) <= set(found["variables"][0])
    assert {"value", "low", "high", "method", "reason"} <= set(found["codes"][0]["alpha"])
    keys = "macro_alpha codes_counted codes_excluded alpha_jaccard alpha_masi exact_set_agreement"
    assert {*keys.split(), "micro_positive_agreement"} <= set(found["overall"])
    assert {"a", "b", "kind", "macro_alpha", "micro_positive_agreement"} <= set(found["pairs"][0])
    assert found["alt_test"] is None
    assert found["median_words"] is None
    assert "median_words" in found["conventions"]


def test_no_figure_is_a_bare_not_a_number(cothemes, tmp_path: Path) -> None:
    """A code that everyone applied everywhere has no variation: null with the reason, never 1."""
    sets(tmp_path / "r.csv", [[["A"], ["A"]], [["A"], ["A"]]])
    found = cothemes.json("agreement", tmp_path / "r.csv")
    (code,) = found["codes"]
    assert code["alpha"] == {**code["alpha"], "value": None, "reason": "no variation"}
    assert code["ac1"]["value"] is None
    assert code["flag"] == "no variation"
    assert found["overall"]["macro_alpha"] is None
    assert found["overall"]["codes_excluded"] == 1
    assert not any(isinstance(v, float) and math.isnan(v) for v in found["overall"].values())


def test_a_table_fits_eighty_columns(cothemes, tmp_path: Path) -> None:
    rows = [
        (f"u{u}", f"d{u % 12}", rater, kind, code)
        for u in range(60)
        for rater, kind, codes in (
            ("a-reviewer-with-quite-a-long-name", "human", ["A1"] if u % 3 else ["B12"]),
            ("b", "human", ["A1"] if u % 4 else ["a-code-with-a-name-longer-than-any-column"]),
            ("openai:gpt-4.1-mini@propose.v1#r0007", "model", ["A1"]),
        )
        for code in codes
    ]
    write(tmp_path / "r.csv", rows)
    text = cothemes.done("agreement", tmp_path / "r.csv")
    assert max(map(len, text.splitlines())) <= 80
    assert "openai:gpt-4.1-mini@propose.v1#r0007" in text
    assert "few interviews" not in text
    assert "human-model" in text


def test_models_stand_in_pairs_and_consensus_is_left_out(cothemes, tmp_path: Path) -> None:
    raters = (("a", "human"), ("b", "human"), ("m", "model"), ("both", "consensus"))
    rows = [(f"u{u}", f"d{u}", r, k, "X" if u % 2 else "") for u in range(20) for r, k in raters]
    write(tmp_path / "r.csv", rows)
    found = cothemes.json("agreement", tmp_path / "r.csv")
    assert found["raters"] == ["a", "b"]
    assert {(p["a"], p["b"], p["kind"]) for p in found["pairs"]} == {
        ("a", "b", "human-human"),
        ("a", "m", "human-model"),
        ("b", "m", "human-model"),
    }
    named = cothemes.json("agreement", tmp_path / "r.csv", "--raters", "both,m")
    assert named["raters"] == ["both", "m"]
    assert named["pairs"][0]["kind"] == "consensus-model"


def test_synthetic_raters_are_said_to_be_so(cothemes, tmp_path: Path) -> None:
    rows = [(f"u{u}", f"d{u}", r, "synthetic", "X" if u % 2 else "") for u in range(20) for r in "ab"]
    write(tmp_path / "r.csv", rows)
    assert cothemes.json("agreement", tmp_path / "r.csv")["synthetic"] is True
    head = cothemes.done("agreement", tmp_path / "r.csv").splitlines()[:4]
    assert "synthetic" in " ".join(head)
    assert "layout, not the quality" in " ".join(" ".join(head).split())


ARMS = [
    (f"u{u}", f"d{u % 12}", rater, "human", "X" if (u + (rater == "b") * (arm == "blind")) % 2 else "", arm)
    for arm, units in (("blind", range(12)), ("assisted", range(12, 36)))
    for u in units
    for rater in "ab"
]


def test_only_blind_decisions_are_reliability(cothemes, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ARMS, (*HEADER, "arm"))
    blind = cothemes.json("agreement", tmp_path / "r.csv")
    assert (blind["measure"], blind["units"]) == ("agreement", 12)
    assert blind["codes"][0]["percent_agreement"] == 0
    found = cothemes.json("agreement", tmp_path / "r.csv", "--arm", "assisted")
    assert (found["measure"], found["units"]) == ("agreement under suggestions", 24)
    text = cothemes.done("agreement", tmp_path / "r.csv", "--arm", "assisted")
    assert text.startswith("Agreement under suggestions")
    assert "does not measure reliability" in " ".join(text.split())


def test_arms_together_are_called_mixed_with_their_counts(cothemes, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ARMS, (*HEADER, "arm"))
    page, latex = tmp_path / "p.html", tmp_path / "t.tex"
    asked = ("agreement", tmp_path / "r.csv", "--arm", "all")
    found = cothemes.json(*asked, "--html", page, "--latex", latex)
    assert (found["measure"], found["units"], found["blind"]) == ("agreement of mixed arms", 36, False)
    assert found["passages_by_arm"] == {"blind": 12, "assisted": 24}
    assert found["left_out"] == []
    text = " ".join(cothemes.done(*asked).split())
    for shown in (text, page.read_text(encoding="utf-8"), latex.read_text(encoding="utf-8")):
        assert "blind and assisted decisions mixed" in " ".join(shown.split())
        assert "blind 12 passages, assisted 24 passages" in " ".join(shown.split())
        assert "visible: this is agreement under suggestions" not in shown


def test_ratings_of_other_arms_and_rounds_are_counted_as_left_out(cothemes, tmp_path: Path) -> None:
    rows = [(*row, "r1" if n < 60 else "r2") for n, row in enumerate(ARMS)]
    write(tmp_path / "r.csv", rows, (*HEADER, "arm", "round"))
    page = tmp_path / "p.html"
    found = cothemes.json("agreement", tmp_path / "r.csv", "--round", "r1", "--html", page)
    assert [(e["reason"], e["unit"], e["count"], e["include_with"]) for e in found["left_out"]] == [
        ("other round", "passage", 6, "--round r2"),
        ("arm: assisted", "passage", 18, "--arm assisted"),
    ]
    text = cothemes.done("agreement", tmp_path / "r.csv", "--round", "r1")
    assert "18 passages, arm: assisted" in text
    assert "18 passages, arm: assisted" in page.read_text(encoding="utf-8")
    named = cothemes.json("agreement", tmp_path / "r.csv", "--round", "r1", "--raters", "a,b")
    assert named["left_out"] == found["left_out"]


def test_people_who_were_all_assisted_are_told_which_arm(cothemes, tmp_path: Path) -> None:
    rows = [row for row in ARMS if row[5] == "assisted"]
    model = [(*row[:2], "gpt-x", "model", row[4], "") for row in rows if row[2] == "a"]
    write(tmp_path / "r.csv", [*rows, *model], (*HEADER, "arm"))
    result = cothemes("agreement", tmp_path / "r.csv")
    assert result.exit_code == 3
    assert "assisted 24 passages" in " ".join(result.stderr.split())
    assert "--arm assisted" in result.stderr
    assert "second rater" not in result.stderr


def test_a_file_without_arms_counts_all_rows_and_says_so(cothemes, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", [row[:5] for row in ARMS])
    found = cothemes.json("agreement", tmp_path / "r.csv")
    assert found["units"] == 36
    assert "no column arm" in found["conventions"]["arm"]


def test_rounds_are_never_pooled(cothemes, tmp_path: Path) -> None:
    rows = [(*row[:5], "pilot" if int(row[0][1:]) < 12 else "main") for row in ARMS]
    write(tmp_path / "r.csv", rows, (*HEADER, "round"))
    refused = cothemes("agreement", tmp_path / "r.csv")
    assert refused.exit_code == 3
    assert "pilot" in refused.stderr
    assert "never pooled" in refused.stderr
    assert cothemes.json("agreement", tmp_path / "r.csv", "--round", "pilot")["units"] == 12


def test_a_part_of_the_codebook_only(cothemes, tmp_path: Path) -> None:
    """With values, a code is compared only where both gave it a value."""
    rows = []
    for u in range(12):
        rows += [(f"u{u}", f"d{u}", "a", "human", code, u % 2) for code in "XY"]
        rows += [(f"u{u}", f"d{u}", "b", "human", "X", int(u % 3 == 0))]
    write(tmp_path / "r.csv", rows, (*HEADER, "value"))
    found = {code["code"]: code for code in cothemes.json("agreement", tmp_path / "r.csv")["codes"]}
    assert found["X"]["units"] == 12
    assert found["Y"]["units"] == 0
    assert found["Y"]["alpha"]["reason"] == "no unit has two ratings"


def test_a_variable_leaves_out_and_counts_several(cothemes, tmp_path: Path) -> None:
    sets(
        tmp_path / "r.csv",
        [[["A"], ["A"]], [["B"], ["B"]], [["A", "B"], ["A"]], [[], ["B"]], [["C"], ["C"]]],
    )
    (found,) = cothemes.json("agreement", tmp_path / "r.csv", "--variable", "ab=A,B")["variables"]
    assert found["several"] == 1
    assert found["units"] == 4
    # Units 1, 2 and 5 agree (5 on `none of them`), unit 4 does not.
    assert found["percent_agreement"] == pytest.approx(3 / 4)
    assert found["prevalence"]["r0"] == {"A": 0.25, "B": 0.25, "none of them": 0.5}


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        ([("u", "d", "a", "human", "X")], (), "one rater only"),
        ([("u", "d", "a", "human", "X"), ("v", "d", "b", "human", "X")], (), "no unit that two"),
        ([("u", "d", r, "human", "X") for r in "ab"], ("--raters", "a,zoe"), "no rater zoe"),
        ([("u", "d", r, "human", "X") for r in "ab"], ("--raters", "a"), "two raters"),
        ([("u", "d", r, "human", "X") for r in "ab"], ("--round", "main"), "no ratings of the round"),
        ([("u", "d", r, "human", "X") for r in "ab"], ("--arm", "assisted"), "no column arm"),
        ([("u", "d", r, "human", "X") for r in "ab"], ("--variable", "v=X,Z"), "names Z"),
    ],
)
def test_what_cannot_be_compared_is_said(
    cothemes, tmp_path: Path, rows: list[tuple[str, ...]], words: tuple[str, ...], said: str
) -> None:
    write(tmp_path / "r.csv", rows)
    result = cothemes("agreement", tmp_path / "r.csv", *words)
    assert result.exit_code == 3
    assert said in result.stderr
    assert "→" in result.stderr
    assert result.stdout == ""


def test_one_interview_has_figures_and_no_interval(cothemes, tmp_path: Path) -> None:
    rows = [(f"u{u}", "d", r, "human", "X" if (u + (r == "b")) % 5 else "") for u in range(40) for r in "ab"]
    write(tmp_path / "r.csv", rows)
    found = cothemes.json("agreement", tmp_path / "r.csv")
    (code,) = found["codes"]
    assert code["alpha"]["value"] is not None
    assert code["alpha"]["low"] is None
    assert "one cluster" in code["alpha"]["reason"]
    assert code["flag"] == "few interviews"
    assert any(note.startswith("One interview:") for note in found["notes"])


def test_one_person_and_a_model_give_a_pair(cothemes, tmp_path: Path) -> None:
    raters = (("a", "human"), ("m", "model"))
    rows = [(f"u{u}", f"d{u}", r, k, "X" if u % 2 else "") for u in range(20) for r, k in raters]
    write(tmp_path / "r.csv", rows)
    found = cothemes.json("agreement", tmp_path / "r.csv")
    assert found["raters"] == ["a"]
    assert found["codes"][0]["alpha"]["value"] is None
    assert found["codes"][0]["alpha"]["reason"]
    assert found["pairs"][0]["macro_alpha"] == pytest.approx(1.0)
    assert any("no second one" in note for note in found["notes"])
    printed = cothemes.done("agreement", tmp_path / "r.csv")
    assert "alpha [low, high]" not in printed
    assert "a × m (human-model)" in printed


def test_a_wrong_variable_is_wrong_usage(cothemes, tmp_path: Path) -> None:
    assert cothemes("agreement", tmp_path / "r.csv", "--variable", "no-codes").exit_code == 2


def test_people_against_a_model_on_eighty_columns(cothemes, tmp_path: Path) -> None:
    rows = [
        (f"u{n:02d}", f"d{n % 11}", rater, kind, code)
        for n in range(40)
        for rater, kind, shift in (
            ("ann", "human", 0),
            ("bob", "human", 1),
            ("cat", "human", 2),
            ("m", "model", 3),
        )
        for code in {("A", "B", "")[(n * 7 + shift * (n % 5 == 0)) % 3]}
    ]
    path = write(tmp_path / "r.csv", rows)
    printed = cothemes.done("agreement", path, "--margin", "0.1", "--disagreements", "2")
    assert max(len(line) for line in printed.splitlines()) < 80
    for words in (
        "People against m, same passages",
        "within .10 of people: lower end of the mean",
        "Alternative-annotator test",
        "Models and prompts tried: 1",
        "Codes taken for one another",
        "Units in dispute: 2 of 8",
    ):
        assert words in printed
    found = cothemes.json("agreement", path, "--epsilon", "0.2", "--disagreements", "1")
    assert found["alt_test"]["epsilon"] == 0.2
    assert found["alt_test"]["models"][0]["p_values"].keys() == {"ann", "bob", "cat"}
    assert found["disagreements"][0]["text"] is None


def test_a_rater_without_a_common_unit_is_named(cothemes, tmp_path: Path) -> None:
    rows = [(f"u{n}", f"d{n}", rater, "human", "A" if n % 2 else "") for n in range(8) for rater in "ab"]
    path = write(tmp_path / "r.csv", [*rows, ("other", "d9", "c", "human", "A")])
    notes = cothemes.json("agreement", path)["notes"]
    assert any("No unit in common with any other rater: c." in note for note in notes)


def test_a_code_that_nobody_used_is_said_to_have_no_variation(cothemes, tmp_path: Path) -> None:
    rows = [
        (f"u{n}", "d", rater, "human", code, int(code == "A" and n % 2))
        for n in range(8)
        for rater in "ab"
        for code in "AZ"
    ]
    path = write(tmp_path / "r.csv", rows, (*HEADER, "value"))
    found = cothemes.json("agreement", path)
    never = next(code for code in found["codes"] if code["code"] == "Z")
    assert (never["alpha"]["value"], never["alpha"]["reason"], never["flag"]) == (
        None,
        "no variation",
        "no variation",
    )
    assert (never["positives"], never["positive_agreement"]) == (0, None)
    assert any(note.startswith("One interview:") for note in found["notes"])


def test_negative_coefficients_are_numbers_in_the_table(cothemes, tmp_path: Path) -> None:
    """Two raters who never agree on A of four units."""
    sets(tmp_path / "r.csv", [[["A"], []], [[], ["A"]], [["A"], []], [[], ["A"]]])
    cothemes.done("agreement", tmp_path / "r.csv", "--csv", tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    # Observed disagreement 1, expected 2·4·4/(8·7): 1 - 7/4.
    assert float(row["alpha"]) == pytest.approx(-0.75)
