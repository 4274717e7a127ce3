"""Tables of agreement: what must not depend on order, and what must not depend on how memory is divided."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.agreement import cohen_kappa, krippendorff_alpha
from cothemes.errors import RatingsError
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_assembly import natural_key, table_of
from cothemes.records.rating_table import RatingTable
from cothemes.stages.evaluate.agreement.cells import cells_of
from cothemes.stages.evaluate.agreement.coefficients.alpha import macro_alpha
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import Request
from cothemes.stages.evaluate.agreement.table import agreement_of

CODES = ("A", "B", "C")


def rating(unit: int, rater: str, code: str, value: int | None, **more: object) -> Rating:
    return Rating(
        unit=f"u{unit}",
        doc=f"d{unit % 5}",
        rater=rater,
        kind=more.pop("kind", RaterKind.HUMAN),
        code=code,
        value=value,
        **more,
    )


def study(seed: int, raters: Sequence[str] = ("ann", "bob", "cat"), units: int = 60) -> list[Rating]:
    """Random ratings of three codes, a sixth of the cells missing."""
    chance = random.Random(seed)
    rows = []
    for unit in range(units):
        true = {code: chance.random() < 0.3 for code in CODES}
        for rater in raters:
            if chance.random() < 1 / 6:
                continue
            for code in CODES:
                noisy = true[code] if chance.random() < 0.85 else not true[code]
                rows.append(rating(unit, rater, code, int(noisy)))
    return rows


def table(rows: Sequence[Rating]) -> RatingTable:
    return table_of(rows, source="test", code_order=CODES)


def scored(rows: Sequence[Rating], **asked: object) -> AgreementTable:
    return agreement_of(table(rows), Request(**asked))


def array_of(rows: Sequence[Rating], code: str, raters: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Units × raters of one code, and the cluster of each unit: what the coefficients take by hand."""
    units = sorted({row.unit for row in rows})
    found = np.full((len(units), len(raters)), np.nan)
    for row in rows:
        if row.code == code and row.value is not None and row.rater in raters:
            found[units.index(row.unit), list(raters).index(row.rater)] = row.value
    clusters = {row.unit: row.cluster or row.doc for row in rows}
    return found, [clusters[unit] for unit in units]


def rounded(found: AgreementTable, *, names: bool = False) -> object:
    """The figures to nine places, so that sums in another order compare."""

    def plain(value: object) -> object:
        if isinstance(value, float):
            return round(value, 9)
        if isinstance(value, dict):
            return {key: plain(value[key]) for key in sorted(value)}
        return [plain(item) for item in value] if isinstance(value, list) else value

    document = found.model_dump(mode="json")
    document["raters"] = sorted(document["raters"])
    document["pairs"] = sorted(
        (sorted((p["a"], p["b"])), p["macro_alpha"] and round(p["macro_alpha"], 9)) for p in document["pairs"]
    )
    return plain(document)


@pytest.mark.parametrize("code", CODES)
def test_alpha_is_that_of_the_library(code: str) -> None:
    rows = study(1)
    found = next(c for c in scored(rows).codes if c.code == code)
    ratings, clusters = array_of(rows, code, ("ann", "bob", "cat"))
    alone = krippendorff_alpha(ratings, clusters=clusters)
    assert found.alpha.value == pytest.approx(alone.value)
    assert (found.alpha.low, found.alpha.high) == pytest.approx((alone.low, alone.high))
    assert found.units == alone.units


def test_cohen_is_that_of_the_library() -> None:
    rows = study(2, ("ann", "bob"))
    ratings, _ = array_of(rows, "A", ("ann", "bob"))
    assert scored(rows).codes[0].cohen_kappa == pytest.approx(cohen_kappa(ratings).value)


def test_the_mean_alpha_and_its_interval_by_hand() -> None:
    """The mean of three alphas; each interview left out in turn, t(4) = 2.776 on the spread of the means."""
    rows = study(3)
    found = scored(rows).overall

    def mean(kept: Sequence[Rating]) -> float:
        values = [
            krippendorff_alpha(array_of(kept, code, ("ann", "bob", "cat"))[0], interval=None).value
            for code in CODES
        ]
        return float(np.mean(values))

    left_out = [mean([row for row in rows if row.doc != f"d{d}"]) for d in range(5)]
    se = np.sqrt(4 / 5 * np.square(np.array(left_out) - np.mean(left_out)).sum())
    assert found.macro_alpha == pytest.approx(mean(rows))
    interval = found.macro_alpha_interval
    assert interval.high - interval.value == pytest.approx(2.776445 * se, rel=1e-5)
    assert found.codes_counted == 3


def test_interviews_without_which_the_mean_is_over_fewer_codes_are_counted() -> None:
    """B is given in the interview d0 alone: without it B has no variation, and the mean is A's alone."""
    rows = []
    for n in range(60):
        for who in ("ann", "bob"):
            rows.append(rating(n, who, "A", int(n % 3 == 0 or (who == "ann" and n in (1, 2, 13, 14, 25)))))
            rows.append(rating(n, who, "B", int(n % 5 == 0 and (n % 10 == 0 or (who == "ann" and n == 5)))))
    assert {row.doc for row in rows if row.code == "B" and row.value} == {"d0"}
    assert scored(rows).overall.macro_alpha_over_fewer == 1
    assert scored([row for row in rows if row.code == "A"]).overall.macro_alpha_over_fewer == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed: int, chance: random.Random) -> None:
    rows = study(seed, units=20)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert rounded(scored(rows)) == rounded(scored(shuffled))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_names_of_units_do_not_matter(seed: int) -> None:
    rows = study(seed, units=20)
    renamed = [row.model_copy(update={"unit": f"x{int(row.unit[1:]) * 7919 % 1009}"}) for row in rows]
    assert rounded(scored(rows)) == rounded(scored(renamed))


def test_blocks_of_codes_give_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = study(4)
    whole = scored(rows)
    monkeypatch.setattr("cothemes.stages.evaluate.agreement.cells.COUNTS_AT_ONCE", 1)
    assert rounded(scored(rows)) == rounded(whole)


def test_rows_without_values_are_the_same_ratings() -> None:
    """Only the codes that apply, and one row without a code where none does."""
    rows = study(5)
    bare: list[Rating] = []
    for cell in dict.fromkeys((row.unit, row.rater) for row in rows):
        mine = [row for row in rows if (row.unit, row.rater) == cell]
        applied = [row for row in mine if row.value] or [mine[0].model_copy(update={"code": ""})]
        bare += [row.model_copy(update={"value": None}) for row in applied]
    said, other = scored(bare), scored(rows)
    untold = [note for note in said.footnotes if note not in other.footnotes]
    assert [note.split(":")[0] for note in untold] == ["The rows have no values and name applied codes alone"]
    kept = tuple(note for note in said.footnotes if note not in untold)
    assert rounded(said.model_copy(update={"footnotes": kept})) == rounded(other)


def test_a_rater_who_used_a_part_is_compared_on_it_alone() -> None:
    rows = [row for row in study(6, ("ann", "bob")) if row.rater == "ann" or row.code == "A"]
    found = {code.code: code for code in scored(rows).codes}
    assert found["A"].units > 0
    assert found["B"].units == found["C"].units == 0
    assert found["B"].alpha.reason == "no unit has two ratings"
    assert scored(rows).overall.codes_excluded == 2


def test_rated_with_no_code_among_values_is_nought_for_the_raters_own_codes() -> None:
    rows = [rating(u, "ann", c, int(u % 2)) for u in range(6) for c in "AB"]
    rows += [rating(u, "bob", "A", 1) for u in (1, 3, 5)] + [rating(u, "bob", "", None) for u in (0, 2, 4)]
    found = scored(rows)
    by_code = {code.code: code for code in found.codes}
    assert by_code["A"].percent_agreement == 1
    assert by_code["A"].units == 6
    assert by_code["B"].units == 0
    assert any("3 rows have no code" in note for note in found.notes)


def test_an_interval_needs_a_bounded_number_of_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cothemes.stages.evaluate.estimate.MOST_CLUSTERS", 4)
    found = scored(study(7))
    assert found.codes[0].alpha.value is not None
    assert found.codes[0].alpha.low is None
    assert "clusters" in (found.codes[0].alpha.reason or "")
    assert found.overall.macro_alpha_interval.low is None


def test_a_table_too_large_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cothemes.stages.evaluate.agreement.cells.MOST_ANSWERS", 100)
    with pytest.raises(RatingsError, match="more than can be scored at once"):
        scored(study(8))


def test_clusters_are_participants_where_they_are_named() -> None:
    rows = [row.model_copy(update={"cluster": f"p{int(row.doc[1:]) % 2}"}) for row in study(9)]
    found = scored(rows)
    assert (found.documents, found.clusters) == (5, 2)


def test_of_two_arms_of_one_reading_the_first_decided_counts() -> None:
    # Ann gave the code to every unit before the reveal and to none after it.
    rows = [rating(u, r, "A", 1, arm="reveal") for u in range(4) for r in ("ann", "bob")]
    rows += [rating(u, "ann", "A", 0, arm="revealed") for u in range(4)]
    rows += [rating(u, r, "A", 0, arm="assisted") for u in range(4, 7) for r in ("ann", "bob")]
    mixed = scored(rows, arm="all")
    assert (mixed.codes[0].units, mixed.codes[0].positives) == (7, 4)
    assert mixed.codes[0].percent_agreement == 1
    assert mixed.passages_by_arm == {"assisted": 3, "reveal": 4}
    assert [(each.reason.value, each.count, each.include_with) for each in mixed.left_out] == [
        ("arm: revealed", 4, "--arm revealed")
    ]
    assert scored([row for row in rows if row.arm != "assisted"], arm="all").measure == "agreement"


@pytest.mark.parametrize(("field", "said"), [("arm", "several arms"), ("round", "several rounds")])
def test_a_unit_rated_twice_without_an_order_is_refused(field: str, said: str) -> None:
    rows = [rating(u, r, "A", 1, arm="blind", round="main") for u in range(4) for r in ("ann", "bob")]
    rows += [rows[0].model_copy(update={field: ""})]
    with pytest.raises(RatingsError, match=said):
        scored(rows, arm="all", round="main")


def test_two_codebooks_are_named() -> None:
    rows = [rating(u, r, "A", u % 2, codebook=r * 8) for u in range(4) for r in ("ann", "bob")]
    assert any("annannannann, bobbobbobbob" in note for note in scored(rows).notes)


def test_the_mean_alpha_of_no_code() -> None:
    rows = [rating(u, r, "A", 1) for u in range(4) for r in ("ann", "bob")]
    result = macro_alpha(cells_of(table(rows), (0, 1)))
    assert (result.computable, result.parts) == (False, {"codes": 0, "excluded": 3})


def test_codes_in_the_order_in_which_people_count() -> None:
    assert sorted(["B1", "A10", "A2", "a", "10", "9"], key=natural_key) == ["9", "10", "A2", "A10", "B1", "a"]
