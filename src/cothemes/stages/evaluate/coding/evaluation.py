"""A suite's coders on its passages: split, teach, score, and say how sure the figures are."""

from __future__ import annotations

from collections.abc import Callable

from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import CoderFactory
from cothemes.stages.evaluate.coding.gold import gold_of
from cothemes.stages.evaluate.coding.human_baseline import human_baseline
from cothemes.stages.evaluate.coding.notes import notes_of
from cothemes.stages.evaluate.coding.report import Report, Row
from cothemes.stages.evaluate.coding.row import row_of
from cothemes.stages.evaluate.coding.splits import splits_of, tested

CONVENTIONS = {
    "test": "documents drawn until they hold the test share; every row, train 0 too, is scored on them alone",
    "train": "a random sample of the training passages; 0 uses shipped thresholds, others their own",
    "codes": "those with min_positives in the whole gold; others are listed in too_rare",
    "interval": "mean over seeds ± t · se, delete-a-group jackknife over documents of the test part, at most "
    "20 groups, t on groups − 1, from .50 on of log(1 - x); what another training sample would change shows "
    "by seed; withheld where it has no width, would reach beyond what the figure can be, or coder and gold "
    "agreed on no passage; of precision, recall and the share true of a bin, with under ten events or under "
    "ten without, no narrower than the exact interval of one split",
    "inference": "over these documents; chosen on purpose, they represent no others",
    "recall": "over passages with a scored code",
    "precision": "of the passages to which the coder gives a code, the share to which gold does; none where "
    "it gives it to no passage",
    "f1": "of a code the same as positive agreement; a code without a positive in a test part has none",
    "reliability": "ten bins of equal width over passage–code pairs; a passage counts once for each seed "
    "whose test part holds it",
    "confusion": "one gave one code and the other another; test parts of all seeds together",
    "workload_auc": "errors fixed against passages reviewed; 0.5 is random order; the curve beside it has "
    "an oracle's order too",
    "limit": "so many passages are drawn at random over all test parts; each seed has those of its own part",
    "unanswered": "a passage without a usable reply counts as given no code",
}

Finished = Callable[[Row], None]


def evaluate_suite(suite: Suite, factory: CoderFactory, finished: Finished = lambda _row: None) -> Report:
    """Every coder of the suite at every size; `finished` sees each row as it is done.

    Raises SuiteError where the gold cannot be scored; whatever `factory` raises.
    """
    gold = gold_of(suite)
    rows = []
    for wanted in suite.coders:
        coder = factory(suite, wanted)
        splits = splits_of(suite, gold, wanted)
        coder.expect(tested(gold, splits))
        for size in wanted.train:
            rows.append(row_of(suite, gold, coder, splits, size))
            finished(rows[-1])
    return Report(
        suite=suite.name,
        about=str(suite.meta.get("about", "")),
        notes=notes_of(suite, gold, rows),
        suite_hash=suite.hash,
        codebook_hash=suite.codebook.hash,
        codebook=f"{suite.codebook.id} {suite.codebook.version}".strip(),
        synthetic=suite.synthetic,
        test_share=suite.split.test,
        min_positives=suite.min_positives,
        gold=suite.gold,
        passages=len(gold.passages),
        documents=len({passage.doc for passage in gold.passages}),
        excluded=gold.excluded,
        unrated=gold.unrated,
        too_rare=gold.too_rare,
        outside_codebook=gold.outside,
        rows=tuple(rows),
        human_yardstick=human_baseline(suite, gold),
        conventions=CONVENTIONS,
    )


def expected_passages(suite: Suite, wanted: CoderRow) -> list[GoldPassage]:
    """Return what a row's coder will be asked about, to tell the price beforehand. Raises as
    `evaluate_suite`.
    """
    gold = gold_of(suite)
    return tested(gold, splits_of(suite, gold, wanted))
