"""What `cothemes agreement` and its pages claim: only what the ratings, and the draw on record, can bear
out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Arm


def ratings(path: Path, *, agreed: int = 0, arms: bool = False) -> Path:
    """Three raters, 120 units in twelve interviews. TRUST: each gives it often, mostly to the same units.
    NEVER: each gives it to six units, to `agreed` of which a second rater does."""
    head = ["unit", "doc", "rater", "kind", "code", "value", *(["arm"] if arms else [])]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(head)
        for unit in range(120):
            for at, rater in enumerate(("ann", "bob", "cem")):
                trust = unit % 3 == 0 and (unit + at) % 7 != 0
                own = 20 * at + 3 <= unit < 20 * at + 9
                never = own or (at == 1 and 3 <= unit < 3 + agreed)
                arm = ["assisted" if unit // 12 % 2 else "blind"] if arms else []
                for code, value in (("TRUST", trust), ("NEVER", never)):
                    writer.writerow([f"u{unit}", f"d{unit % 12}", rater, "human", code, int(value), *arm])
    return path


def test_a_code_that_no_two_raters_share_is_flagged_everywhere(cothemes: CommandLine, tmp_path: Path) -> None:
    """Of 360 ratings 18 are 1 and none meet: each of 18 units has 1·2/(3−1) = 1, alpha = 1 −
    359·18/(18·342)."""
    file = ratings(tmp_path / "r.csv")
    page, tex, table = (tmp_path / name for name in ("p.html", "t.tex", "t.csv"))
    found = cothemes.json("agreement", file, "--html", page, "--latex", tex, "--csv", table)
    never = next(code for code in found["codes"] if code["code"] == "NEVER")
    assert (never["flag"], never["agreed"], never["positives"]) == ("none agreed", 0, 18)
    assert never["alpha"]["value"] == pytest.approx(1 - 359 / 342)
    assert [never["alpha"][key] for key in ("low", "high", "reason")] == [None, None, "none agreed"]
    assert (never["ac1"]["low"], never["positive_agreement"]) == (None, 0.0)
    trust = next(code for code in found["codes"] if code["code"] == "TRUST")
    assert (trust["flag"], trust["alpha"]["low"] is None) == (None, False)
    printed = cothemes.done("agreement", file)
    assert next(line for line in printed.splitlines() if line.startswith("NEVER")).endswith("none agreed")
    assert "Mean alpha without the 1 flagged none agreed" in tex.read_text(encoding="utf-8")
    assert "<td>none agreed</td>" in page.read_text(encoding="utf-8")
    assert ">−.05 none agreed</text>" in page.read_text(encoding="utf-8")
    row = next(row for row in csv.DictReader(table.open(encoding="utf-8")) if row["code"] == "NEVER")
    assert (row["flag"], row["alpha_low"], row["agreed"]) == ("none agreed", "", "0")


@pytest.mark.parametrize(("agreed", "flag"), [(1, "too rare"), (4, "too rare"), (5, None)])
def test_under_five_agreed_passages_a_code_is_too_rare(
    cothemes: CommandLine, tmp_path: Path, agreed: int, flag: str | None
) -> None:
    """Eighteen passages have it by someone: what counts is how many have it by two."""
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv", agreed=agreed))
    never = next(code for code in found["codes"] if code["code"] == "NEVER")
    assert (never["positives"], never["agreed"], never["flag"]) == (18, agreed, flag)
    assert found["overall"]["rare"] == ([] if flag is None else ["NEVER"])


def test_pairs_and_pooled_figures_are_flagged_by_what_was_agreed(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    file = ratings(tmp_path / "r.csv", agreed=3)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if ",TRUST," not in line), encoding="utf-8")
    found = cothemes.json("agreement", file)
    flags = {(pair["a"], pair["b"]): (pair["flag"], pair["agreed"]) for pair in found["pairs"]}
    assert flags == {
        ("ann", "bob"): ("too rare", 3), ("ann", "cem"): ("none agreed", 0), ("bob", "cem"): ("none agreed",
        0),
    }  # fmt: skip
    assert (found["overall"]["flag"], found["overall"]["agreed"]) == ("too rare", 3)
    alone = cothemes.json("agreement", file, "--raters", "ann,cem")["overall"]
    assert alone["flag"] == "none agreed"
    assert (alone["alpha_jaccard"]["low"], alone["alpha_jaccard"]["reason"]) == (None, "none agreed")
    printed = cothemes.done("agreement", file, "--raters", "ann,cem")
    assert "pooled .00 (none agreed)" in printed


def test_the_arms_of_a_ratings_file_show_an_association_and_no_effect(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    page = tmp_path / "p.html"
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv", arms=True), "--html", page)
    assert found["shifts"]
    assert not any(shift["randomised"] for shift in found["shifts"])
    html = page.read_text(encoding="utf-8")
    assert "associated with" in html
    for claim in ("suggestions' effect", "suggestions&#39; effect", "doing", "sway"):
        assert claim not in html, claim


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Twelve interviews, each with a passage that ann reads blind and one with suggestions, as drawn."""
    made = study_in(tmp_path / "study", documents=12, reviewers=("ann", "bob"))
    propose(made)
    for number in range(1, 13):
        read(made, "ann", f"talk-{number}.0002", ("A1",) if number % 3 else ())
        read(made, "bob", f"talk-{number}.0002", ("A1",) if number % 2 else ("A2",))
        read(made, "ann", f"talk-{number}.0004", ("A1",) if number % 4 else (), arm=Arm.ASSISTED)
    return made


def test_a_draw_on_record_makes_a_shift_an_effect(
    cothemes: CommandLine, study: Study, tmp_path: Path
) -> None:
    page = tmp_path / "p.html"
    found = cothemes.json("agreement", "--html", page, study=study.root)
    assert {shift["rater"]: shift["randomised"] for shift in found["shifts"]} == {"ann": True}
    html = page.read_text(encoding="utf-8")
    assert "effect" in html
    assert "associated with" not in html
    (ann, _) = cothemes.json("anchoring", study=study.root)["people"]
    assert ann["overall"]["randomised"] is True
    assert "evidence of an effect of suggestions" in " ".join(
        cothemes.done("anchoring", study=study.root).split()
    )


def test_imported_ratings_with_arms_stay_an_association(
    cothemes: CommandLine, study: Study, tmp_path: Path
) -> None:
    """Whatever a file says of arms: no draw of this study put its passages there."""
    file, page = tmp_path / "cem.csv", tmp_path / "p.html"
    rows = [
        [f"talk-{number}.000{place}", f"talk-{number}", "cem", "human", "A1", int(number % 2), arm, "main"]
        for number in range(1, 13)
        for place, arm in ((2, "blind"), (4, "assisted"))
    ]
    with file.open("w", encoding="utf-8", newline="") as handle:
        head = ["unit", "doc", "rater", "kind", "code", "value", "arm", "round"]
        csv.writer(handle).writerows([head, *rows])
    cothemes.done("import", file, study=study.root)
    found = cothemes.json("agreement", "--html", page, study=study.root)
    assert {shift["rater"]: shift["randomised"] for shift in found["shifts"]} == {"ann": True, "cem": False}
    html = page.read_text(encoding="utf-8")
    assert "cem: no draw on record" in html
    assert "ann: this study" in html


@pytest.mark.parametrize(
    ("options", "blind"), [((), True), (("--arm", "assisted"), False), (("--arm", "all"), False)]
)
def test_only_blind_ratings_speak_for_reliability(
    cothemes: CommandLine, tmp_path: Path, options: tuple[str, ...], blind: bool
) -> None:
    file, page = ratings(tmp_path / "r.csv", arms=True), tmp_path / "p.html"
    found = cothemes.json("agreement", file, *options, "--html", page)
    assert found["blind"] is blind
    html = page.read_text(encoding="utf-8")
    assert ("do not measure reliability" in html) is not blind
    assert "Reliability is judged" not in html


def test_ratings_that_do_not_say_whether_they_are_blind_are_not_called_so(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    page = tmp_path / "p.html"
    found = cothemes.json("agreement", ratings(tmp_path / "r.csv"), "--html", page)
    assert found["blind"] is None
    assert "blind is not on record" in page.read_text(encoding="utf-8")
    assert "not on record" in found["conventions"]["arm"]


def test_no_figure_is_stretched_to_other_interviews(cothemes: CommandLine, tmp_path: Path) -> None:
    file, page, tex = ratings(tmp_path / "r.csv"), tmp_path / "p.html", tmp_path / "t.tex"
    found = cothemes.json("agreement", file, "--html", page, "--latex", tex)
    said = found["conventions"]["inference"]
    assert "no others" in said
    assert said in page.read_text(encoding="utf-8")
    assert said in " ".join(tex.read_text(encoding="utf-8").split())
    printed = cothemes.done("agreement", file)
    assert said in " ".join(printed.split())
    assert max(map(len, printed.splitlines())) < 80
