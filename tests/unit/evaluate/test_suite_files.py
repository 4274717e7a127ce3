"""SUITE.yaml and its gold: paths and variables, and every fault with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cothemes.adapters.readers.gold_jsonl import read_gold
from cothemes.adapters.readers.suite_yaml import read_suite
from cothemes.errors import CodebookError, SuiteError

CODEBOOK = """\
codebook: {id: drinks, version: 1}
codes:
  - {id: tea, label: Tea, definition: Tea is drunk.}
"""
SUITE = """\
name: drinks
passages: ${DATA:-data}/passages.jsonl
codebook: data/codebook.yaml
gold: ann
min_positives: 5
split: {by: doc, test: 0.5, seeds: [3, 4]}
coders:
  - {coder: offline, train: [0, 100, all]}
  - {coder: llm, model: "openai:x", limit: 500}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "codebook.yaml").write_text(CODEBOOK)
    lines = [
        {"id": f"p{n}", "doc": f"d{n}", "text": "a cup of tea", "labels": {"ann": ["tea"]}} for n in range(3)
    ]
    (tmp_path / "data" / "passages.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "suite.yaml").write_text(SUITE)
    return tmp_path


def test_a_suite_is_read_with_everything_it_names(folder: Path) -> None:
    suite = read_suite(folder / "suite.yaml", {})
    assert (suite.name, suite.gold, suite.min_positives) == ("drinks", "ann", 5)
    assert (suite.split.test, suite.split.seeds) == (0.5, (3, 4))
    assert [row.train for row in suite.coders] == [(0, 100, "all"), (0,)]
    assert (suite.coders[1].model, suite.coders[1].limit) == ("openai:x", 500)
    assert len(suite.passages) == 3
    assert suite.codebook.id == "drinks"


def test_variables_come_from_the_environment_before_their_default(folder: Path) -> None:
    (folder / "data" / "passages.jsonl").rename(folder / "passages.jsonl")
    with pytest.raises(SuiteError, match="cannot be read"):
        read_suite(folder / "suite.yaml", {})
    assert len(read_suite(folder / "suite.yaml", {"DATA": str(folder)}).passages) == 3


def test_a_variable_without_value_or_default_is_named(folder: Path) -> None:
    (folder / "suite.yaml").write_text(SUITE.replace("${DATA:-data}", "${DATA}"))
    with pytest.raises(SuiteError, match=r"\$\{DATA\} is not set") as caught:
        read_suite(folder / "suite.yaml", {})
    assert "DATA" in caught.value.hint


def test_the_hash_follows_file_and_passages_and_not_the_place(folder: Path, tmp_path: Path) -> None:
    before = read_suite(folder / "suite.yaml", {}).hash
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in [folder / "suite.yaml", folder / "data"]:
        path.rename(moved / path.name)
    assert read_suite(moved / "suite.yaml", {}).hash == before
    gold = moved / "data" / "passages.jsonl"
    gold.write_text(gold.read_text().replace("a cup", "one cup"))
    assert read_suite(moved / "suite.yaml", {}).hash != before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: drinks", "title: drinks", "unknown key `title`"),
        ("gold: ann\n", "", "`gold` is missing"),
        ("test: 0.5", "test: 1.5", "`split.test` is 1.5, and has to be below 1"),
        ("test: 0.5", "test: half", "`split.test` is no number: half"),
        ("by: doc", "by: passage", "`split.by` is passage, and has to be 'doc'"),
        ("seeds: [3, 4]", "seeds: []", "`split.seeds` has to hold 1 at least"),
        ("seeds: [3, 4]", "seeds: 3", "`split.seeds` is no list: 3"),
        ("seeds: [3, 4]", "seeds: [3, b]", r"`split.seeds\[2\]` is no whole number: b"),
        ("split: {by: doc, test: 0.5, seeds: [3, 4]}", "split: half", "`split` is no block"),
        ("split: {by", "coders: offline\nsplit: {by", "occurs twice"),
        ("limit: 500", "limit: 0", r"`coders\[2\].limit` is 0, and has to be 1 at least"),
        ("limit: 500", "base_url: [x]", r"`coders\[2\].base_url` is no text"),
        ("min_positives: 5", "roles: {I: interviwer}", "a role is one of"),
        ("train: [0, 100, all]", "train: [-1]", "holds -1"),
        ("train: [0, 100, all]", "train: [some]", "holds 'some'"),
        ("{coder: offline, train", "{coder: offline, trian", "trian"),
        ("min_positives: 5", "min_positives: none", "`min_positives` is no whole number: none"),
        ("min_positives: 5", "min_positives: 0", "`min_positives` is 0, and has to be 1 at least"),
        ("name: drinks", "name: [", "is not YAML"),
        ("name: drinks", "name: &a drinks", "alias or anchor"),
    ],
)
def test_a_faulty_suite_is_named_with_its_place(folder: Path, old: str, new: str, message: str) -> None:
    (folder / "suite.yaml").write_text(SUITE.replace(old, new))
    with pytest.raises(SuiteError, match=message) as caught:
        read_suite(folder / "suite.yaml", {})
    assert "suite.yaml" in caught.value.where
    assert caught.value.hint
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("old", "new", "message", "line", "hint"),
    [
        ("seeds: [3, 4]", "seed: 3", "unknown key `split.seed`", 6, "Did you mean `seeds`?"),
        ("test: 0.5", "test: 1.5", "split.test", 6, "test: 0.34"),
        ("limit: 500", "limt: 500", r"unknown key `coders\[2\].limt`", 9, "Did you mean `limit`?"),
        ("coder: llm", "coder: lm", "'lm' is not known", 9, "coder: offline"),
        ("passages: $", "pasages: $", "unknown key `pasages`", 2, "Did you mean `passages`?"),
        ("gold: ann", "gold: ''", "`gold` is missing", 0, "in eval/suites of the repository"),
    ],
)
def test_a_fault_is_named_with_its_line_and_the_near_key(
    folder: Path, old: str, new: str, message: str, line: int, hint: str
) -> None:
    path = folder / "suite.yaml"
    path.write_text(SUITE.replace(old, new))
    with pytest.raises(SuiteError, match=message) as caught:
        read_suite(path, {})
    assert caught.value.where == (f"{path}:{line}" if line else str(path))
    assert hint in caught.value.hint


def test_a_faulty_codebook_is_the_codebooks_error(folder: Path) -> None:
    (folder / "data" / "codebook.yaml").write_text("codebook: {id: x}\ncodes: [{id: a, label: [A]}]\n")
    with pytest.raises(CodebookError):
        read_suite(folder / "suite.yaml", {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "is no object"),
        ('{"id": "a", "doc": "d"}', "has no “text”"),
        ('{"id": 1, "doc": "d", "text": "t"}', "has no “id”"),
        ('{"id": "a", "doc": "d", "text": "t", "labels": ["x"]}', "“labels” is no object"),
        ('{"id": "a", "doc": "d", "text": "t", "labels": {"r": "x"}}', "labels of 'r'"),
        ('{"id": "p", "doc": "d", "text": "t"}', "stands in row 1 already"),
        ('{"id": "a", "doc": "d", "text": "t", "speaker": 3}', "“speaker” is no text"),
        ("[" * 100_000, "nested too deeply|not JSON"),
    ],
)
def test_a_faulty_line_of_gold_is_named_with_its_row(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "p", "doc": "d", "text": "first"}\n' + line + "\n")
    with pytest.raises(SuiteError, match=message) as caught:
        read_gold(path)
    assert caught.value.where == f"{path}:2"


def test_gold_keeps_raters_with_no_code_apart_from_raters_who_did_not_rate(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    line = '{"id": "p", "doc": "d", "text": "a\u2028b", "labels": {"ann": []}, "exclude": true, "more": 1}'
    path.write_text(line + "\n\n")
    (passage,), _ = read_gold(path)
    assert passage.labels == {"ann": ()}
    assert passage.exclude == "yes"
    assert "\u2028" in passage.text


def test_gold_that_is_empty_or_no_text_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n")
    with pytest.raises(SuiteError, match="holds no passage"):
        read_gold(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SuiteError, match="not UTF-8"):
        read_gold(path)
