"""`agreement`: what the means count: variables once, rare codes apart, pairs over their own codes."""

from __future__ import annotations

import csv
import random
from html import unescape
from pathlib import Path

import pytest
from tests.conftest import CommandLine

CODES = ("FOR", "AGAINST", "MIXED")
VARIABLE = ("--variable", f"stance={','.join(CODES)}")


def ratings(path: Path, *, interviews: int = 12, part: bool = True, rare: bool = True) -> Path:
    """Two people with the whole codebook, a third with the exclusive codes alone, and a model."""
    chance = random.Random(4)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["unit", "doc", "rater", "kind", "code", "value"])
        for unit in range(90):
            truth = chance.choice([*CODES, ""])
            has = chance.random() < 0.3
            for rater in ("ana", "ben", "cleo", "gpt"):
                said = truth if chance.random() < 0.85 else chance.choice([*CODES, ""])
                given = {code: code == said for code in CODES}
                if rater != "cleo" or not part:
                    given["ACCESS"] = has != (chance.random() < 0.1)
                    if rare:
                        given["RARE"] = unit in (5, 40)
                kind = "model" if rater == "gpt" else "human"
                for code, value in given.items():
                    writer.writerow([f"u{unit}", f"d{unit % interviews}", rater, kind, code, int(value)])
    return path


def test_a_mean_of_one_variable_is_its_alpha_and_interval(cothemes: CommandLine, tmp_path: Path) -> None:
    """The sums by interview that the mean adds up are those of Krippendorff's alpha itself."""
    path = tmp_path / "r.csv"
    rows = [
        (f"u{n}", f"d{n % 11}", rater, "human", CODES[(n + (n % 4 == 0) * shift) % 3], 1)
        for n in range(60)
        for shift, rater in enumerate(("a", "b", "c"))
        if (n + shift) % 5
    ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["unit", "doc", "rater", "kind", "code"], *(row[:5] for row in rows)])
    found = cothemes.json("agreement", path, *VARIABLE)
    mean, alpha = found["overall"]["macro_alpha_with_variables"], found["variables"][0]["alpha"]
    for key in ("value", "low", "high"):
        assert mean[key] == pytest.approx(alpha[key])
    assert found["overall"]["with_variables_counted"] == 1


def test_variables_stand_once_and_rare_codes_apart(cothemes: CommandLine, tmp_path: Path) -> None:
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv"), *VARIABLE)
    alphas = {code["code"]: code["alpha"]["value"] for code in found["codes"]}
    overall = found["overall"]
    stance = found["variables"][0]["alpha"]["value"]
    assert overall["macro_alpha"] == pytest.approx(sum(alphas.values()) / 5)
    once = (alphas["ACCESS"] + alphas["RARE"] + stance) / 3
    assert overall["macro_alpha_with_variables"]["value"] == pytest.approx(once)
    assert overall["rare"] == ["RARE"]
    firm = overall["macro_alpha_without_rare"]
    assert firm["value"] == pytest.approx((sum(alphas.values()) - alphas["RARE"]) / 4)
    assert firm["low"] < firm["value"] < firm["high"]
    assert {(p["a"], p["b"]): p["codes"] for p in found["pairs"]}[("ana", "cleo")] == 3
    assert overall["set_codes"] == 3


def test_without_variables_and_rare_codes_nothing_is_added(cothemes: CommandLine, tmp_path: Path) -> None:
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv", rare=False))["overall"]
    assert found["macro_alpha_with_variables"] is None
    assert found["macro_alpha_without_rare"] is None
    assert found["rare"] == []


def test_a_code_keeps_all_its_flags(cothemes: CommandLine, tmp_path: Path) -> None:
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv", interviews=4), *VARIABLE)
    rare = next(code for code in found["codes"] if code["code"] == "RARE")
    assert (rare["flag"], rare["flags"]) == ("too rare", ["too rare", "few interviews", "no spread"])
    assert found["variables"][0]["flags"] == ["few interviews"]


def test_a_part_of_the_codebook_is_told(cothemes: CommandLine, tmp_path: Path) -> None:
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv"))
    assert found["codes_rated"] == {"ana": 5, "ben": 5, "cleo": 3, "gpt": 5}
    assert any(note.startswith("cleo used 3 of 5 codes") for note in found["notes"])
    assert any(
        note.startswith("The pairs' means are over different codes, 3 to 5") for note in found["footnotes"]
    )
    whole = cothemes.json("agreement", ratings(tmp_path / "w.csv", part=False, rare=False))
    assert whole["footnotes"] == []
    assert not any("used" in note for note in whole["notes"])


def test_pairs_with_as_many_codes_but_others_are_told(cothemes: CommandLine, tmp_path: Path) -> None:
    """a and b share X and Y, a and c X and Z, b and c X and W: two codes each, never the same two."""
    used = {"a": "XYZ", "b": "XYW", "c": "XZW"}
    rows = [
        (f"u{n}", f"d{n % 11}", rater, "human", code, int((n + place) % 3 == 0))
        for n in range(33)
        for rater, codes in used.items()
        for place, code in enumerate(codes)
    ]
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["unit", "doc", "rater", "kind", "code", "value"], *rows])
    found = cothemes.json("agreement", tmp_path / "r.csv")
    assert {pair["codes"] for pair in found["pairs"]} == {2}
    assert any(note.startswith("The pairs' means are over different codes (") for note in found["footnotes"])


def test_few_interviews_and_missing_intervals_are_told(cothemes: CommandLine, tmp_path: Path) -> None:
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv", interviews=3))
    assert found["codes"][0]["alpha"]["clusters"] == 3
    assert any(note.startswith("* Over fewer than 10 interviews.") for note in found["footnotes"])
    alone = cothemes.json("agreement", ratings(tmp_path / "one.csv", interviews=1))["footnotes"]
    assert not any(note.startswith("*") for note in alone)
    assert any(note.startswith("Alpha has no interval for ") for note in alone)


def test_names_that_are_nearly_the_same_are_told(cothemes: CommandLine, tmp_path: Path) -> None:
    rows = [
        ("u1", "d1", "Ana ", "human", "ACCESS"),
        ("u1", "d1", "ana", "human", "access"),
        ("u2", "d2", "Ana", "human", "A;B"),
        ("u2", "d2", "ana", "human", "T RUST"),
        ("u2", "d2", "ana", "human", "TRUST"),
    ]
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["unit", "doc", "rater", "kind", "code"], *rows])
    notes = cothemes.json("agreement", tmp_path / "r.csv")["notes"]
    assert "ACCESS and access differ only in case: they count as two codes." in notes
    assert "Ana and ana differ only in case: they count as two raters." in notes
    assert any("differ only in case, blanks or the form of letters" in note for note in notes)
    assert any("semicolon (A;B)" in note for note in notes)


def test_a_code_that_no_two_raters_gave_has_neither_alpha_nor_ac1(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    """Y stands in a unit of one rating alone; its row is as empty as that of Z, which nobody gave."""
    rows = [
        (f"u{n}", f"d{n % 11}", rater, "human", code, int(code == "X" and n % 2))
        for n in range(22)
        for rater in "ab"
        for code in "XYZ"
    ]
    rows += [("u90", "d0", "a", "human", code, int(code == "Y")) for code in "XYZ"]
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["unit", "doc", "rater", "kind", "code", "value"], *rows])
    by_code = {code["code"]: code for code in cothemes.json("agreement", tmp_path / "r.csv")["codes"]}
    for code in "YZ":
        assert (by_code[code]["positives"], by_code[code]["ac1"]["value"]) == (0, None)
        assert by_code[code]["ac1"]["reason"] == "no variation"


def test_the_terminal_says_it_on_eighty_columns(cothemes: CommandLine, tmp_path: Path) -> None:
    path = ratings(tmp_path / "r.csv", interviews=4)
    long = "TRUST_IN_LOCAL_GOVERNMENT_AND_PUBLIC_SERVICES"
    path.write_text(path.read_text(encoding="utf-8").replace("ACCESS", long), encoding="utf-8")
    printed = cothemes.done("agreement", path, *VARIABLE, "--margin", "0.01")
    assert max(len(line) for line in printed.splitlines()) < 80
    words = " ".join(printed.split())
    for said in (
        "without the 1 code flagged too rare: ",
        "with the variables in place of their codes: ",
        "Alpha of sets of the 3 codes that all raters used",
        "cleo used 3 of 5 codes",
        "rare, few int.",
        "]*",
        "* Over fewer than 10 interviews.",
        "The pairs' means are over different codes",
        "winning rate ω 1.00, at least .5: passed",
        "average advantage probability ρ",
        "units taken as independent",
        "Benjamini and Yekutieli",
        "shown to be within .01 of people: lower end",
        "Prevalence by rater: --html",
    ):
        assert said in words, said


def test_variables_means_and_the_test_reach_page_latex_and_csv(cothemes: CommandLine, tmp_path: Path) -> None:
    path = ratings(tmp_path / "r.csv", interviews=4)
    page, latex, table = (tmp_path / name for name in ("a.html", "a.tex", "a.csv"))
    cothemes.done("agreement", path, *VARIABLE, "--html", page, "--latex", latex, "--csv", table)
    html, tex = page.read_text(encoding="utf-8"), latex.read_text(encoding="utf-8")
    for said in (
        '<th scope="row" class="code">stance</th>',
        "with the variables in place of their codes",
        "without the 1 code flagged too rare",
        "the 3 codes that all used",
        "too rare, few interviews",
        "* Over fewer than 10 interviews.",
        "winning rate ω 1.00, at least .5: passed",
        "No margin was set beforehand",
    ):
        assert said in html, said
    for said in (
        "tab:variable-1",
        "AC1 [95 \\%]",
        "Mean alpha without the 1 flagged too rare",
        "with the variables in place of their codes",
        "winning rate $\\omega$ 1.00",
        "mean of 5",
        "unflagged",
        "units taken as independent",
        "* Over fewer than 10 interviews.",
    ):
        assert said in tex, said
    with table.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found = cothemes.json("agreement", path, *VARIABLE)["variables"][0]
    whole, *categories = [row for row in rows if row["variable"] == "stance"]
    assert float(whole["alpha"]) == found["alpha"]["value"]
    assert float(whole["ac1_low"]) == found["ac1"]["low"]
    assert float(whole["percent_agreement"]) == found["percent_agreement"]
    assert [row["label"] for row in categories] == [*CODES, "none of them"]
    assert float(categories[0]["prevalence.ana"]) == found["prevalence"]["ana"]["FOR"]


def test_two_raters_have_cohens_kappa_on_paper(cothemes: CommandLine, tmp_path: Path) -> None:
    path = ratings(tmp_path / "r.csv")
    page, latex = tmp_path / "a.html", tmp_path / "a.tex"
    for raters, there in (("ana,ben", True), ("ana,ben,cleo", False)):
        cothemes.done("agreement", path, "--raters", raters, "--html", page, "--latex", latex)
        assert ("Cohen's kappa</th>" in unescape(page.read_text())) is there
        assert (" & Kappa & " in latex.read_text()) is there


def test_one_person_and_a_model_have_no_table_of_raters(cothemes: CommandLine, tmp_path: Path) -> None:
    path = ratings(tmp_path / "r.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if ",ben," not in x and ",cleo," not in x), encoding="utf-8")
    page, latex = tmp_path / "a.html", tmp_path / "a.tex"
    cothemes.done("agreement", path, "--html", page, "--latex", latex)
    assert "Mean alpha of" not in page.read_text(encoding="utf-8")
    assert "ana and gpt" in page.read_text(encoding="utf-8")
    tex = latex.read_text(encoding="utf-8")
    assert "tab:agreement-pairs" in tex
    assert "tab:agreement}" not in tex


def test_the_figure_has_all_three_means_and_every_variable(cothemes: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    table = cothemes.json("agreement", ratings(tmp_path / "r.csv", interviews=8), *VARIABLE, "--html", page)
    figure = page.read_text(encoding="utf-8").split('id="t1-alphas"')[1].split("</svg>")[0]
    overall = table["overall"]
    for words in (
        "mean of 5 codes",
        "mean without 1 too rare",
        "mean of 3 with variables",
        "stance (variable)",
    ):
        assert f">{words}</text>" in figure, words
    assert figure.count("over few interviews") == 1
    # Eight interviews: every interval of the figure is marked.
    with_interval = [code["alpha"] for code in table["codes"]] + [table["variables"][0]["alpha"]]
    with_interval += [
        overall[f"macro_alpha_{name}"] for name in ("interval", "without_rare", "with_variables")
    ]
    assert figure.count("]*</text>") == sum(each["low"] is not None for each in with_interval) > 5
