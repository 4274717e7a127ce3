"""Evaluations over time: what moved, and what exits 7."""

from __future__ import annotations

from typing import Any

import pytest

from cothemes.stages.evaluate.coding.ground import Ground
from cothemes.stages.evaluate.coding.history import (
    Entry,
    compare,
    entries_of,
    lines_of,
    marked,
    passed_over,
    read_lines,
    regressions,
)
from cothemes.stages.evaluate.coding.metrics import METRICS
from cothemes.stages.evaluate.coding.paired_difference import holm
from cothemes.stages.evaluate.coding.report import Range, Report, Row

GROUND = Ground(
    gold="ann", passages="p", counted=40, splits="s", test_share=0.34, tested=28, labels={"tea": "t"}
)


def entry(
    by_seed: tuple[float, ...],
    *,
    suite_hash: str = "h",
    half: float = 0.02,
    metric: str = "map",
    left_out: tuple[float | None, ...] = (),
    train: int = 0,
    ground: Ground | None = GROUND,
) -> Entry:
    flat = (0.5,) * len(left_out)
    mean = sum(by_seed) / len(by_seed)
    values: dict[str, Any] = dict.fromkeys(METRICS.keys, 0.5)
    intervals = {
        name: Range(low=0.48, high=0.52, by_seed=(0.5,) * len(by_seed), left_out=flat)
        for name in METRICS.keys
    }
    values[metric] = mean
    intervals[metric] = Range(low=mean - half, high=mean + half, by_seed=by_seed, left_out=left_out)
    row = Row(
        coder="offline",
        version="1",
        train=train,
        ground=ground,
        codes=5,
        passages=100,
        no_code=0.5,
        seeds=tuple(range(len(by_seed))),
        intervals=intervals,
        by_code=(),
        **values,
    )
    return Entry(at="2026-11-22T10:00:00Z", suite="s", suite_hash=suite_hash, codebook_hash="c", row=row)


def change_of(before: Entry, after: Entry, metric: str = "map") -> Any:
    return next(change for change in compare([before], [after]) if change.metric == metric)


def test_the_same_again_moves_nothing() -> None:
    again = entry((0.40, 0.44, 0.42))
    assert not any(change.moved for change in compare([again], [again]))


def test_a_fall_in_every_seed_is_a_regression_though_seeds_differ_widely() -> None:
    # Seed by seed −.02, −.021, −.019: mean −.02, sd .001. Test parts of .34 of the pool: variance times
    # 1/3 + .34/.66 = .8485, so se .000921; t(2) = 4.303, half-width .00396.
    change = change_of(entry((0.40, 0.60, 0.50)), entry((0.38, 0.579, 0.481)))
    assert change.difference == pytest.approx(-0.02)
    assert change.high - change.difference == pytest.approx(0.00396, abs=1e-5)
    assert change.method == "corrected resampled t"
    # P(t(2) < −21.71) = .00106, of three guarded figures the smallest: three times as much.
    assert change.p == pytest.approx(3 * 0.00106, abs=2e-5)
    assert change.regression


def test_a_coder_that_learns_nothing_is_judged_over_documents() -> None:
    # Left out in turn: steps −.02, −.03, −.01, −.02; mean −.02, Σ squares .0002, se² = 3/4 · .0002.
    before = entry((0.5, 0.5), left_out=(0.5, 0.5, 0.5, 0.5))
    after = entry((0.48, 0.48), left_out=(0.48, 0.47, 0.49, 0.48))
    change = change_of(before, after)
    assert change.method == "jackknife over documents"
    se = (0.75 * 0.0002) ** 0.5
    assert change.high - change.difference == pytest.approx(3.182446 * se)
    # P(t(3) < −.02/.01225) = .1005, times three.
    assert change.p == pytest.approx(3 * 0.1005, abs=2e-4)
    assert not change.moved


def test_a_coder_that_learns_is_judged_by_the_wider_error() -> None:
    """Documents hold still, seeds do not: what another training sample changes is no regression."""
    groups = {"left_out": (0.5, 0.5, 0.5, 0.5)}
    lower = {"left_out": (0.48, 0.48, 0.48, 0.48)}
    seeds = (0.5, 0.5), (0.46, 0.50)
    assert change_of(entry(seeds[0], **groups), entry(seeds[1], **lower)).regression
    taught = change_of(entry(seeds[0], train=100, **groups), entry(seeds[1], train=100, **lower))
    assert (taught.method, taught.regression) == ("corrected resampled t", False)
    # And where the seeds agree, the documents decide.
    apart = {"left_out": (0.40, 0.56, 0.44, 0.52)}
    still = change_of(entry((0.5, 0.5), train=100, **groups), entry((0.48, 0.48), train=100, **apart))
    assert (still.method, still.regression) == ("jackknife over documents", False)


def test_guarded_figures_are_judged_together() -> None:
    """Alone it would be a regression at 2.5 %; of three guarded figures together it is none."""
    before, after = entry((0.5, 0.5, 0.5)), entry((0.488, 0.484, 0.486))
    # Mean −.014, sd .002, se .002·√.8485 = .00184, t(2) = −7.60: p .00844, times three .0253.
    alone = change_of(before, after)
    assert alone.worse
    assert alone.p == pytest.approx(3 * 0.00844, abs=1e-4)
    assert not alone.regression
    rows = [before, entry((0.5,) * 3, train=9)], [after, entry((0.5,) * 3, train=9)]
    two = compare(*rows)
    assert next(c for c in two if c.metric == "map" and c.train == 0).p == pytest.approx(
        6 * 0.00844, abs=2e-4
    )
    assert sum(c.p is not None for c in two) == 6


def test_holm_multiplies_by_what_is_left() -> None:
    # Holm (1979): .01·3, .02·2, .03·1 raised to what came before.
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_a_group_that_holds_all_of_the_test_part_leaves_nothing_to_judge_by() -> None:
    change = change_of(entry((0.5,), left_out=(0.5, None)), entry((0.4,), left_out=(0.4, None)))
    assert "a group of documents holds all of the test part" in change.reason
    assert (change.p, change.regression, change.paired) == (None, False, False)


def test_a_fall_in_one_seed_alone_is_noise() -> None:
    change = change_of(entry((0.40, 0.60, 0.50)), entry((0.40, 0.60, 0.44)))
    assert change.difference == pytest.approx(-0.02)
    assert not change.moved


def test_a_rise_is_no_regression() -> None:
    change = change_of(entry((0.40, 0.60)), entry((0.45, 0.65)))
    assert change.moved
    assert not change.worse


def test_a_rise_of_calibration_error_is_worse_and_not_guarded() -> None:
    change = change_of(entry((0.1, 0.1), metric="ece"), entry((0.2, 0.2), metric="ece"), "ece")
    assert change.worse
    assert not change.regression


def test_without_pairs_both_intervals_count() -> None:
    # Half-widths .02 and .02: √(.02² + .02²) = .0283. A fall of .03 is beyond it, one of .025 is not.
    before = entry((0.5,))
    found = change_of(before, entry((0.47,)))
    assert (found.worse, found.method) == (True, "two intervals")
    # No error of the difference is known, so nothing is judged, and the reason is kept.
    assert (found.regression, found.p) == (False, None)
    assert "fewer than two splits" in found.reason
    assert not change_of(before, entry((0.475,))).moved


def test_what_measured_something_else_is_passed_over_with_what_differs() -> None:
    ground = Ground(
        gold="ann",
        passages="p",
        counted=40,
        splits="s",
        test_share=0.4,
        tested=20,
        labels={"tea": "t", "coffee": "c"},
    )

    def on(**other: Any) -> Entry:
        made = entry((0.9, 0.9))
        row = made.row.model_copy(update={"ground": ground.model_copy(update=other)})
        return made.model_copy(update={"row": row, "at": f"2026-11-{20 + len(other)}", "suite_hash": "new"})

    now = on().model_copy(update={"at": "now"})
    # The newest that measured the same, though the suite's file is another by now.
    assert {change.since for change in compare([on(), on(gold="bob")], [now])} == {"2026-11-20"}
    (skipped,) = passed_over([on(), on(gold="bob")], [now])
    assert (skipped.differs, skipped.compared) == (("gold bob then, ann now",), "2026-11-20")
    for other, told in (
        ({"labels": {"tea": "t"}}, "scored codes 1 then, 2 now (coffee only now)"),
        ({"labels": {"tea": "t", "coffee": "x"}}, "gold's codings of coffee"),
        ({"passages": "q", "counted": 41}, "passages 41 then, 40 now"),
        ({"passages": "q"}, "passages 40 then, 40 now, with another text, name or document"),
        ({"splits": "q", "tested": 21}, "splits, tested 21 then, 20 now"),
    ):
        assert compare([on(**other)], [now]) == []
        (skipped,) = passed_over([on(**other)], [now])
        assert (skipped.differs, skipped.compared) == ((told,), "")
    # A line from before this was kept is held against the same suite alone.
    old = entry((0.9, 0.9), ground=None)
    assert compare([old.model_copy(update={"suite_hash": "new"})], [now])
    (skipped,) = passed_over([old], [now])
    assert "what was scored is not kept" in skipped.differs[0]


def test_differences_of_rounding_are_never_called_a_move() -> None:
    assert not change_of(entry((0.5, 0.5)), entry((0.496, 0.496))).moved


def test_the_last_of_several_earlier_ones_counts_and_what_has_none_is_passed_over() -> None:
    old, last, now = entry((0.9, 0.9)), entry((0.5, 0.5)), entry((0.5, 0.5))
    assert regressions(compare([old, last], [now])) == []
    assert regressions(compare([last, old], [now]))
    assert compare([], [now]) == []


def test_lines_come_back_as_they_went() -> None:
    entries = [entry((0.4, 0.5)), entry((0.4, 0.6))]
    text = lines_of(entries)
    assert text.count("\n") == 2
    assert read_lines(text) == entries


def test_a_reports_rows_become_entries() -> None:
    row = entry((0.4, 0.5)).row
    report = Report(
        suite="s",
        suite_hash="h",
        codebook_hash="c",
        gold="ann",
        passages=9,
        documents=3,
        excluded=0,
        unrated=0,
        too_rare={},
        outside_codebook={},
        rows=(row,),
        human_yardstick=None,
        conventions={},
    )
    made = entries_of(report, "2026-11-22T10:00:00Z", {"commit": "abc"})
    assert [each.key for each in made] == [("s", "offline", "0", "")]
    assert made[0].context == {"commit": "abc"}


def test_a_regression_is_marked_and_later_ones_are_held_against_the_time_before() -> None:
    good, bad = entry((0.40, 0.60, 0.50)), entry((0.38, 0.579, 0.481))
    first = compare([good], [bad])
    (kept,) = marked([bad], first)
    assert kept.regressed
    again = compare([good, kept], [bad])
    assert regressions(again) == regressions(first)
    # Taken in without a comparison, it is what counts.
    assert not regressions(compare([good, bad], [bad]))
    assert marked([good], compare([good], [good])) == [good]


def test_what_changed_between_two_times_is_told() -> None:
    before = entry((0.4, 0.5))
    change = change_of(before, before.model_copy(update={"codebook_hash": "other"}))
    assert change.changed == {"codebook": ("c", "other")}
    assert (change.since, change.paired) == (before.at, True)
    assert change_of(before, before).changed == {}
    assert change_of(before, before).paired


def test_one_split_has_no_pair_and_is_still_the_same_split() -> None:
    one = change_of(entry((0.4,)), entry((0.4,)))
    assert (one.paired, one.moved) == (False, False)
