"""Making a study, and naming one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cothemes.app.study import load_codebook


def test_a_study_is_made_with_the_shipped_codebook(cothemes, tmp_path: Path, root: Path) -> None:
    cothemes.done("init", tmp_path / "study")
    written = (tmp_path / "study" / "codebook.yaml").read_text(encoding="utf-8")
    assert written == (root / "codebook.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "study" / "prompts").is_dir()


def test_a_blank_study_has_a_codebook_that_reads(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "a: b", "--from", "blank")
    found = cothemes.json("codebook", "check", study=tmp_path / "a: b")
    assert found["codes"] == 1
    assert found["problems"] == []


def test_a_title_with_quotes_survives(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "study", "--title", 'A "quoted" \\ title')
    assert cothemes.json("status", study=tmp_path / "study")["study"] == 'A "quoted" \\ title'


def test_nothing_is_overwritten(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "study")
    again = cothemes("init", tmp_path / "study")
    assert again.exit_code == 3
    assert "is a study already" in again.stderr


def test_a_codebook_that_stands_there_is_kept(cothemes, tmp_path: Path) -> None:
    text = "codebook: {id: mine, title: Mine}\ncodes:\n- {id: X, label: X, definition: Something.}\n"
    (tmp_path / "codebook.yaml").write_text(text, encoding="utf-8")
    cothemes.done("init", tmp_path)
    assert (tmp_path / "codebook.yaml").read_text(encoding="utf-8") == text


def test_a_bad_codebook_makes_no_study(cothemes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("codes:\n- {id: X, label: X, definition: a}\n- {id: X, label: Y}\n", encoding="utf-8")
    result = cothemes("init", tmp_path / "study", "--codebook", bad)
    assert result.exit_code == 3
    assert "bad.yaml:3" in result.stderr
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("words", [("status",), ("ingest", "."), ("index",), ("search", "x"), ("codings",)])
def test_a_folder_that_is_no_study_is_said(cothemes, tmp_path: Path, words: tuple[str, ...]) -> None:
    result = cothemes(*words, study=tmp_path)
    assert result.exit_code == 3
    assert "is not a study" in result.stderr
    assert "cothemes init" in result.stderr


def test_a_study_is_found_from_below(cothemes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cothemes.done("init", tmp_path / "study", "--title", "Mine")
    below = tmp_path / "study" / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert cothemes.json("status")["study"] == "Mine"


def test_a_setting_that_cannot_be_names_its_key(
    cothemes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cothemes.done("init", tmp_path / "study")
    monkeypatch.setenv("COTHEMES_ROUTE_OVERLAP", "1.4")
    result = cothemes("status", study=tmp_path / "study")
    assert result.exit_code == 3
    assert "route.overlap" in result.stderr
    assert "COTHEMES_ROUTE_OVERLAP" in result.stderr


def test_a_wrong_option_is_wrong_usage(cothemes) -> None:
    assert cothemes("init").exit_code == 2
    assert cothemes("status", "--nonsense").exit_code == 2
    assert cothemes("nonsense").exit_code == 2


def test_the_codebook_that_was_put_in_is_named(cothemes, tmp_path: Path) -> None:
    told = cothemes.done("init", tmp_path / "study")
    assert "copro-scotland" in told or "shipped" in told
    assert "--from blank" in told
    assert f"cothemes -C {tmp_path / 'study'} run" in told
    own = cothemes.done("init", tmp_path / "own", "--codebook", tmp_path / "study" / "codebook.yaml")
    assert "shipped" not in own


def test_the_examples_in_an_empty_codebook_can_be_used(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "study", "--from", "blank")
    path = tmp_path / "study" / "codebook.yaml"
    text = path.read_text(encoding="utf-8")
    assert [code.id for code in load_codebook(path)[0].codes] == ["C1"]
    opened = re.sub(r"^# (?=general_rules|themes|attributes|  )", "", text, flags=re.MULTILINE)
    path.write_text(opened.replace("\n#   ", "\n  "), encoding="utf-8")
    book, warnings = load_codebook(path)
    assert warnings == ()
    assert [theme.id for theme in book.themes] == ["T"]
    assert [each.name for each in book.attributes] == ["valence"]
    assert [(code.id, code.parent) for code in book.codes] == [("C1", None), ("C2", "C1")]
    path.write_text(text[: text.index("codes:\n")] + "codes: []\n", encoding="utf-8")
    assert load_codebook(path)[0].codes == ()
