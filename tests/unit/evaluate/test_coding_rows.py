"""What an evaluation's page shows beside the contract's figures: codes, bins, confusions, people, history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats
from tests.doubles.changes import change

from cothemes.presentation.evaluation_changes import cautions, other_than_then, outcome, rule, since
from cothemes.records.codebook import Code, Codebook
from cothemes.records.suite import CoderRow, GoldPassage, Split, Suite
from cothemes.stages.evaluate.coding.evaluation import evaluate_suite
from cothemes.stages.evaluate.coding.history import entries_of, lines_of, read_lines
from cothemes.stages.evaluate.coding.metric import Scored
from cothemes.stages.evaluate.coding.metrics import by_code, spread_over_documents
from cothemes.stages.evaluate.coding.report import Report
from cothemes.stages.evaluate.coding.row import t_range

CODES = ("tea", "coffee")


class Stating:
    """Scores every passage as its text says: `.9 .2` is tea and coffee."""

    name = "stating"
    version = "1"
    model = prompt = ""
    asked = stability = None

    def expect(self, passages: Sequence[GoldPassage]) -> None:
        """Needs nothing told."""

    def learn(self, passages: Sequence[GoldPassage], labels: np.ndarray) -> Stating:
        return self

    @property
    def thresholds(self) -> np.ndarray:
        return np.full(len(CODES), 0.5)

    def score(self, passages: Sequence[GoldPassage]) -> np.ndarray:
        return np.array([[float(word) for word in passage.text.split()] for passage in passages])


def report(
    cells: Sequence[tuple[str, tuple[str, ...]]], *, documents: int = 6, test: float = 0.5, **more: object
) -> Report:
    """Of passages given as (scores, gold codes), dealt to documents in turn; one split."""
    passages = tuple(
        GoldPassage(id=f"p{at}", doc=f"d{at % documents}", text=text, labels={"ann": codes})
        for at, (text, codes) in enumerate(cells)
    )
    codebook = Codebook(
        id="drinks", version="2", codes=tuple(Code(id=c, label=c.title(), definition=c) for c in CODES)
    )
    fields: dict[str, object] = {
        "name": "drinks",
        "codebook": codebook,
        "passages": passages,
        "gold": "ann",
        "min_positives": 1,
        "hash": "h",
        "split": Split(test=test, seeds=(0,)),
        "coders": (CoderRow(coder="stating"),),
        **more,
    }
    return evaluate_suite(Suite.model_validate(fields), lambda _suite, _row: Stating())


def test_precision_recall_and_alpha_of_single_codes_by_hand() -> None:
    # Tea: gold on 1 2 3, coder on 1 2 4. Coffee: gold on 1, coder on none.
    truth = np.array([[1, 1], [1, 0], [1, 0], [0, 0], [0, 0], [0, 0]], bool)
    applied = np.array([[1, 0], [1, 0], [0, 0], [1, 0], [0, 0], [0, 0]], bool)
    found = by_code(truth, applied.astype(float), applied)
    positive = Scored(truth, applied.astype(float), applied).table.positive_agreement(interval=None)
    assert found["precision"][0] == pytest.approx(2 / 3)
    assert found["recall"][0] == pytest.approx(2 / 3)
    assert found["f1"][0] == pytest.approx(4 / 6)
    assert positive[0].value == pytest.approx(4 / 6)
    # Of 12 ratings 6 are 1: alpha = 1 − (12−1)·2/(6·6) = 1 − 22/36.
    assert found["alpha"][0] == pytest.approx(1 - 22 / 36)
    assert np.isnan(found["precision"][1]), "given to no passage"
    assert found["recall"][1] == 0.0
    assert found["f1"][1] == 0.0


def test_each_code_has_its_figures_with_intervals_and_its_label() -> None:
    cells = [(".9 .1", ("tea",)), (".8 .7", ("tea", "coffee")), (".2 .6", ()), (".1 .3", ("coffee",))] * 9
    found = report(cells, documents=12).rows[0].by_code
    assert [(code.code, code.label, code.positives, code.splits) for code in found] == [
        ("tea", "Tea", 18, 1),
        ("coffee", "Coffee", 18, 1),
    ]
    tea, coffee = found
    assert (tea.precision, tea.recall, tea.f1, tea.alpha) == (1.0, 1.0, 1.0, 1.0)
    assert (tea.intervals["f1"].low, tea.intervals["f1"].half) == (None, 0.0), "no width, no interval"
    assert 0 < tea.intervals["precision"].low < tea.intervals["precision"].high == 1.0
    assert 0 < tea.intervals["recall"].low < tea.intervals["recall"].high == 1.0
    assert 0 < coffee.precision < 1
    assert coffee.intervals["alpha"].low is None, "-.46 ± .62 reaches under -1"
    assert coffee.intervals["alpha"].by_seed == (coffee.alpha,)
    more = report([*cells[:4], *[(".1 .8", ("coffee",))] * 3] * 9, documents=12).rows[0].by_code[1]
    assert more.intervals["alpha"].low < more.alpha < more.intervals["alpha"].high


def test_bins_hold_what_was_stated_and_what_was_true() -> None:
    # Every document holds the same four passages, so that every test part does.
    cells = [(".95 .05", ("tea",)), (".95 .05", ()), (".05 .05", ()), (".15 .05", ("tea",))]
    spread = [cell for cell in cells for _ in range(6)]
    row = report(spread, documents=6).rows[0]
    found = {each.low: each for each in row.bins}
    assert set(found) == {0.0, 0.1, 0.9}
    each = len(spread) // 8
    assert (found[0.9].cells, found[0.1].cells, found[0.0].cells) == (2 * each, each, each)
    assert found[0.9].mean == pytest.approx(0.95)
    assert (found[0.9].share_true, found[0.1].share_true, found[0.0].share_true) == (0.5, 1.0, 0.0)
    # The same in every document: leaving one out changes nothing, so the exact interval of 3 of 6 counts.
    exact = pytest.approx((stats.beta.ppf(0.025, 3, 4), stats.beta.ppf(0.975, 4, 3)))
    assert (found[0.9].true_low, found[0.9].true_high) == exact
    assert found[0.0].true_low == 0.0
    assert found[0.0].true_high == pytest.approx(1 - 0.025 ** (1 / 3))
    # Coffee has no positive and is not scored. Brier of tea's cells: off by .05, .95, .05 and .85.
    assert row.brier == pytest.approx((0.05**2 + 0.95**2 + 0.05**2 + 0.85**2) / 4)


def test_confusion_is_of_gold_against_coder_and_counts_what_has_nothing_in_its_place() -> None:
    cells = [
        (".1 .9", ("tea",)),  # gold tea, coder coffee
        (".9 .1", ("tea",)),  # both
        (".1 .1", ("coffee",)),  # nothing in its place
        (".1 .1", ()),
    ]
    row = report([cell for cell in cells for _ in range(6)], documents=6).rows[0]
    assert row.confusion is not None
    tested = row.passages // 4
    assert [(p.code, p.other, p.count) for p in row.confusion.pairs] == [("tea", "coffee", tested)]
    assert (row.confusion.a, row.confusion.b) == ("gold", "stating")
    assert row.confusion.agreed == {"tea": tested, "coffee": 0}
    assert row.confusion.alone == {"tea": 0, "coffee": tested}


def test_the_history_keeps_no_more_than_it_needs() -> None:
    cells = [(".9 .1", ("tea",)), (".8 .7", ("coffee",))] * 12
    found = report(cells)
    entry = read_lines(lines_of(entries_of(found, "2026-11-22T10:00:00Z")))[0]
    assert found.rows[0].confusion is not None
    assert entry.row.confusion is None
    assert entry.row.by_code[0].intervals == {}
    assert entry.row.by_code[0].alpha == found.rows[0].by_code[0].alpha
    assert entry.row.intervals["map"] == found.rows[0].intervals["map"]


def test_an_interval_that_the_figure_cannot_have_is_withheld_and_remembers_its_width() -> None:
    half = stats.t.ppf(0.975, 4) * 0.1
    beyond = t_range(0.1, 0.1, 5, ())
    assert (beyond.low, beyond.high, beyond.half) == (None, None, pytest.approx(half))
    assert beyond.reason is not None
    below = t_range(0.1, 0.1, 5, (), signed=True)
    assert (below.low, below.high) == (pytest.approx(0.1 - half), pytest.approx(0.1 + half))
    assert below.reason is None
    assert t_range(-0.9, 0.1, 5, (), signed=True).low is None
    # From .5 on of log(1 − x): .9 is log .1, and t · se / .1 = 2.776 to either side.
    high = t_range(0.9, 0.1, 5, ())
    assert (high.low, high.high) == (None, None), "1 − .1 · exp(2.776) = −.61"
    narrow = t_range(0.9, 0.01, 5, ())
    assert (narrow.low, narrow.high) == (
        pytest.approx(1 - 0.1 * np.exp(0.2776), abs=1e-4), pytest.approx(1 - 0.1 * np.exp(-0.2776), abs=1e-4),
    )  # fmt: skip
    for nothing in (t_range(None, 0.1, 5, ()), t_range(0.5, None, 5, ())):
        assert (nothing.low, nothing.high, nothing.half) == (None, None, None)
    assert t_range(0.5, 0.1, 1, (0.5, float("nan"))).by_seed == (0.5, None)


def test_a_code_that_coder_and_gold_never_share_has_no_interval_and_a_flag() -> None:
    """Tea is found, coffee is given wherever it is not: 9 of 36 passages have it, and 9 others get it."""
    cells = [(".9 .1", ("tea",)), (".8 .7", ("tea",)), (".2 .3", ()), (".1 .3", ("coffee",))] * 9
    tea, coffee = report(cells, documents=12).rows[0].by_code
    assert tea.flag is None
    assert tea.agreed >= 5
    assert (coffee.flag, coffee.agreed, coffee.f1) == ("none agreed", 0, 0.0)
    for name in ("f1", "alpha"):
        spread = coffee.intervals[name]
        assert (spread.low, spread.high, spread.reason) == (None, None, "none agreed"), name
    assert coffee.intervals["precision"].low == coffee.intervals["recall"].low == 0.0
    assert 0 < coffee.intervals["recall"].high < 1, "an exact interval of none"
    # With one to four in a test part it is flagged and keeps its interval.
    few = (
        report(
            [(".9 .1", ("tea",)), (".1 .7", ("tea",)), (".2 .3", ()), (".1 .3", ("coffee",))] * 5, documents=5
        )
        .rows[0]
        .by_code[0]
    )
    assert few.flag == "too rare"


def test_the_jackknife_takes_arrays_and_has_nothing_where_a_group_leaves_nothing() -> None:
    values = np.arange(12.0)

    def figures(rows: np.ndarray) -> dict[str, object]:
        lone = np.nan if 0 not in rows else 1.0
        return {"one": values[rows].mean(), "two": np.array([values[rows].mean(), lone])}

    spread = spread_over_documents([f"d{at:02d}" for at in range(12)], figures)
    assert spread["two"][0] == pytest.approx(spread["one"])
    assert spread["one"] == pytest.approx(values.std(ddof=1) / np.sqrt(12))
    assert np.isnan(spread["two"][1])


def test_people_have_an_interval_and_an_alpha_for_each_code() -> None:
    passages = tuple(
        GoldPassage(
            id=f"p{at}",
            doc=f"d{at % 6}",
            text=".9 .1",
            labels={"ann": ("tea",) if at % 2 else ("coffee",), "bob": ("tea",) if at % 2 or at < 6 else ()},
        )
        for at in range(36)
    )
    people = report([(".9 .1", ())], passages=passages).human_yardstick
    assert people is not None
    assert (people.documents, people.passages) == (6, 36)
    assert set(people.by_code) == {"tea", "coffee"}
    # Tea: ann on 18, bob on 21, three passages differ. Of 72 ratings 39 are 1.
    assert people.by_code["tea"] == pytest.approx(1 - 71 * 3 / (39 * 33))
    # Coffee: ann on 18, bob on none. Of 72 ratings 18 are 1.
    assert people.by_code["coffee"] == pytest.approx(1 - 71 * 18 / (18 * 54))
    assert people.macro_alpha == pytest.approx(sum(people.by_code.values()) / 2)
    assert people.intervals["alpha"].low < people.macro_alpha < people.intervals["alpha"].high


def test_the_report_says_what_it_stands_on() -> None:
    found = report([(".9 .1", ("tea",)), (".2 .8", ("coffee",))] * 6, synthetic=True)
    assert (found.codebook, found.synthetic, found.test_share, found.min_positives) == (
        "drinks 2",
        True,
        0.5,
        1,
    )


def test_a_comparison_in_words() -> None:
    same = change(moved=False)
    assert since([]) == "the last time"
    assert since([same]) == "the last time, 2026-11-22"
    assert outcome([same]) == "1 row, 1 figures: none moved beyond its interval."
    other = change(train="all", moved=True, since="2026-11-23", changed={"prompt": ("a", "b")})
    assert since([same, other]) == "the last time, 2026-11-22 to 2026-11-23"
    assert outcome([same, other]) == "2 rows: 1 of 2 figures moved beyond their interval"
    assert other_than_then([same, other]) == ["prompt: a then, b now"]
    assert list(cautions([same])) == []
    (told,) = cautions([change(reason="an older version", since="2026-11-21")])
    assert told.startswith("Not judged: mAP of offline train 0. An older version (2026-11-21).")
    assert next(cautions([change(paired=False)])).endswith("wider: mAP.")
    assert rule([same]) == ""
    assert "for all 2 of them together" in rule([change(p=0.5, method="a"), change(p=1.0, method="b")])
