"""The harness: what is scored, how it is split, what a row holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.errors import SuiteError
from cothemes.records.codebook import Code, Codebook
from cothemes.records.suite import CoderRow, GoldPassage, Split, Suite
from cothemes.stages.evaluate.coding.evaluation import evaluate_suite
from cothemes.stages.evaluate.coding.gold import gold_of, parts, training_rows
from cothemes.stages.evaluate.coding.metrics import METRICS

CODES = ("tea", "coffee", "rare")


def suite(passages: Sequence[GoldPassage], **more: object) -> Suite:
    codebook = Codebook(id="drinks", codes=tuple(Code(id=c, label=c, definition=c) for c in CODES))
    fields = {"gold": "ann", "min_positives": 3, "hash": "h", "coders": (CoderRow(coder="words"),), **more}
    return Suite.model_validate(
        {"name": "drinks", "codebook": codebook, "passages": tuple(passages), **fields}
    )


def drinks(count: int = 60, documents: int = 12) -> list[GoldPassage]:
    made = []
    for at in range(count):
        codes = tuple(code for step, code in ((2, "tea"), (3, "coffee")) if at % step == 0)
        made.append(
            GoldPassage(
                id=f"p{at:03d}",
                doc=f"d{at % documents:02d}",
                text=" ".join(codes) or "water",
                labels={"ann": codes},
            )
        )
    return made


class WordCoder:
    """Applies a code whose name is in the text; with training it doubts by how little it has seen."""

    name = "words"
    version = "1"
    model = prompt = ""
    asked = stability = None

    def __init__(self) -> None:
        self.taught: list[list[str]] = []
        self.tested: list[list[str]] = []
        self.expected: list[str] = []

    def expect(self, passages: Sequence[GoldPassage]) -> None:
        assert not self.tested
        self.expected = [passage.id for passage in passages]

    def learn(self, passages: Sequence[GoldPassage], labels: np.ndarray) -> WordCoder:
        assert labels.shape == (len(passages), len(CODES))
        self.taught.append([passage.id for passage in passages])
        return self

    @property
    def thresholds(self) -> np.ndarray:
        return np.full(len(CODES), 0.5)

    def score(self, passages: Sequence[GoldPassage]) -> np.ndarray:
        self.tested.append([passage.id for passage in passages])
        return np.array([[float(code in passage.text) for code in CODES] for passage in passages])


def test_a_row_is_scored_on_test_documents_alone_and_taught_on_the_others() -> None:
    coder = WordCoder()
    row = CoderRow(coder="words", train=(0, 5, "all"))
    report = evaluate_suite(suite(drinks(), coders=(row,)), lambda _suite, _row: coder)
    assert [each.train for each in report.rows] == [0, 5, "all"]
    document = {passage.id: passage.doc for passage in drinks()}
    for taught, asked in zip(coder.taught, coder.tested, strict=True):
        assert not {document[i] for i in taught} & {document[i] for i in asked}
    assert [len(taught) for taught in coder.taught[:10]] == [0] * 5 + [5] * 5
    # The same seed has the same test part at every size, and small samples lie in larger ones.
    assert coder.tested[:5] == coder.tested[5:10] == coder.tested[10:]
    assert set(coder.taught[5]) <= set(coder.taught[10])


def test_a_perfect_coder_has_perfect_figures_and_the_contracts_keys() -> None:
    report = evaluate_suite(suite(drinks()), lambda _suite, _row: WordCoder())
    document = json.loads(json.dumps(report.model_dump(mode="json")))
    assert {"suite", "rows", "human_yardstick"} <= set(document)
    row = document["rows"][0]
    assert {"coder", "train", "codes", "passages", "seeds", *METRICS.keys} <= set(row)
    assert (row["map"], row["macro_f1"], row["alpha"], row["codes"]) == (1.0, 1.0, 1.0, 2)
    # The same whichever document is left out: an interval would have no width.
    spread = row["intervals"]["map"]
    assert (spread["low"], spread["high"], spread["half"], spread["by_seed"]) == (None, None, 0.0, [1.0] * 5)
    assert spread["reason"].startswith("it would have no width")
    assert spread["left_out"] == [1.0] * 12
    assert row["workload_auc"] is None
    assert [code["code"] for code in row["by_code"]] == ["tea", "coffee"]
    assert document["too_rare"] == {"rare": 0}
    assert document["human_yardstick"] is None


def test_excluded_and_unrated_passages_are_dropped_and_counted() -> None:
    more = [
        GoldPassage(id="x", doc="d", text="tea", labels={"ann": ("tea",)}, exclude="in the codebook"),
        GoldPassage(id="y", doc="d", text="tea", labels={"bob": ("tea",)}),
        GoldPassage(id="z", doc="d", text="milk", labels={"ann": ("milk",)}),
    ]
    gold = gold_of(suite([*drinks(), *more]))
    assert (gold.excluded, gold.unrated, len(gold.passages)) == (1, 1, 61)
    assert gold.outside == {"milk": 1}


def test_the_majority_is_more_than_half_of_a_passages_raters() -> None:
    passages = [
        GoldPassage(
            id=f"p{at}",
            doc=f"d{at}",
            text="x",
            labels={"a": ("tea",), "b": ("tea", "coffee"), "c": ("coffee",)},
        )
        for at in range(3)
    ]
    passages.append(GoldPassage(id="q", doc="d9", text="x", labels={"a": ("tea",), "b": ()}))
    gold = gold_of(suite(passages, gold="majority"))
    assert gold.truth[:, :2].tolist() == [[True, True]] * 3 + [[False, False]]


def test_people_are_the_yardstick_where_there_are_several() -> None:
    passages = [
        passage.model_copy(
            update={"labels": {**passage.labels, "bob": passage.labels["ann"], "consensus": ()}}
        )
        for passage in drinks()
    ]
    report = evaluate_suite(suite(passages), lambda _suite, _row: WordCoder())
    assert report.human_yardstick is not None
    assert report.human_yardstick.raters == ("ann", "bob")
    assert report.human_yardstick.macro_alpha == 1.0
    assert report.human_yardstick.passages == 60


def test_a_limit_caps_what_is_asked_over_all_seeds() -> None:
    coder = WordCoder()
    row = CoderRow(coder="words", limit=20)
    evaluate_suite(suite(drinks(), coders=(row,)), lambda _suite, _row: coder)
    assert len(coder.expected) == 20
    assert set().union(*coder.tested) == set(coder.expected)
    assert all(4 <= len(tested) < 20 for tested in coder.tested)
    whole = WordCoder()
    evaluate_suite(suite(drinks(), coders=(CoderRow(coder="words"),)), lambda _suite, _row: whole)
    assert all(set(few) <= set(all_) for few, all_ in zip(coder.tested, whole.tested, strict=True))


def test_a_limit_that_empties_a_test_part_is_refused() -> None:
    row = CoderRow(coder="words", limit=1)
    with pytest.raises(SuiteError, match="without a passage"):
        evaluate_suite(suite(drinks(), coders=(row,)), lambda _suite, _row: WordCoder())


def test_the_workload_curve_stands_between_random_and_oracle() -> None:
    class Doubting(WordCoder):
        """Says tea everywhere, and is sure of it only where it is right."""

        def score(self, passages: Sequence[GoldPassage]) -> np.ndarray:
            self.tested.append([])
            return np.array([[0.9 if "tea" in p.text else 0.6, 0.0, 0.0] for p in passages])

    row = evaluate_suite(suite(drinks()), lambda _suite, _row: Doubting()).rows[0]
    assert (row.workload[0].reviewed, row.workload[0].proposed, row.workload[-1].oracle) == (0, 0, 1)
    assert all(each.proposed <= each.oracle + 1e-9 for each in row.workload)
    assert row.workload_auc > 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gold": "nobody"}, "no passage has labels of nobody"),
        ({"min_positives": 500}, "no code has 500 positives"),
    ],
)
def test_gold_that_cannot_be_scored_is_said_so(change: dict[str, object], message: str) -> None:
    with pytest.raises(SuiteError, match=message) as caught:
        gold_of(suite(drinks(), **change))
    assert caught.value.hint


def test_one_document_cannot_be_split() -> None:
    with pytest.raises(SuiteError, match="takes all 1 documents"):
        parts(tuple(drinks(documents=1)), Split(), 0)


@settings(max_examples=30)
@given(st.integers(2, 30), st.integers(0, 99))
def test_test_documents_hold_their_share_and_no_more_than_one_document_over(
    documents: int, seed: int
) -> None:
    passages = tuple(drinks(90, documents))
    largest = max(Counter(passage.doc for passage in passages).values())
    try:
        train, test = parts(passages, Split(test=0.34), seed)
    except SuiteError:
        assert documents == 2
        return
    assert sorted([*train, *test]) == list(range(90))
    assert 0.34 * 90 <= len(test) < 0.34 * 90 + largest
    assert not {passages[at].doc for at in train} & {passages[at].doc for at in test}


def test_more_training_than_there_is_takes_all() -> None:
    rows = np.arange(10)
    assert training_rows(rows, 99, 0).tolist() == training_rows(rows, "all", 0).tolist() == rows.tolist()
    assert training_rows(rows, 0, 0).tolist() == []


def test_notes_say_who_speaks_who_coded_and_how_few_documents_test() -> None:
    told = [
        passage.model_copy(
            update={"speaker": f"S{at % 8}", "labels": passage.labels | ({"bob": ()} if at % 2 else {})}
        )
        for at, passage in enumerate(drinks())
    ]
    report = evaluate_suite(suite(told, gold="majority"), lambda _suite, _row: WordCoder())
    # 60 passages of 8 speakers: 8 of S0 to S3, 7 of the others; even ones were rated by ann alone.
    assert report.notes[0].startswith("speakers: S0 8, S1 8, S2 8, S3 8, S4 7, S5 7, 2 more 14;")
    assert report.notes[1] == "30 of 60 passages have one rater, who is the majority there."
    # 12 documents of five: a third of the passages is five documents.
    assert report.notes[2].startswith("5 documents in the smallest test part")
    assert report.rows[0].documents == 5


def test_plain_gold_with_enough_test_documents_has_no_note() -> None:
    report = evaluate_suite(suite(drinks(60, 30)), lambda _suite, _row: WordCoder())
    assert report.notes == ()
