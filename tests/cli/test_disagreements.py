"""A reflexive study from reading to the map of differences: two readers, no proposal, no coefficient."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

COEFFICIENTS = re.compile(r"\b(alpha|kappa|krippendorff|cohen|gwet|ac1|percent agreement)\b", re.IGNORECASE)
TALK = """\
Interviewer: What made the group work?

Mo: We trusted each other from the start, because the same people came to every meeting for a year.

Interviewer: And what got in the way?

Mo: There was never any money, and my manager left in May, so nobody could sign anything at all.
"""
CODEBOOK = """\
codebook: {id: small, version: 1, title: Small}
attributes:
  valence: {values: [helps, hinders], applies_to: [A1, A2]}
codes:
  - {id: A1, label: Trust, definition: People trust one another.}
  - {id: A2, label: Money, definition: Money is there or missing.}
  - {id: A3, label: Leaving, definition: Staff leave.}
"""


@pytest.fixture
def study(cothemes: Any, tmp_path: Path) -> Path:
    """Two passages, each read by ann and ben, who agree on one code and on nothing else."""
    (tmp_path / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    place = tmp_path / "study"
    cothemes.done("init", place, "--codebook", tmp_path / "codebook.yaml")
    settings = place / "cothemes.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('tradition = "codebook"', 'tradition = "reflexive"'), encoding="utf-8")
    cothemes.done("ingest", tmp_path / "talk.txt", study=place)
    for name in ("ann", "ben"):
        cothemes.done("reviewers", "add", name, study=place)
    cothemes.done("route", "--reviewers", "ann,ben", "--overlap", "1", study=place)
    return place


def read(cothemes: Any, study: Path, name: str, passage: str, *acts: tuple[str, ...]) -> None:
    for code, *more in acts:
        cothemes.done("decide", "--as", name, passage, code, "add", *more, study=study)
    cothemes.done("done", "--as", name, passage, study=study)


def both(cothemes: Any, study: Path) -> list[str]:
    first, second = [
        each["passage"] for each in cothemes.json("queue", "--as", "ann", study=study)["waiting"]
    ]
    read(cothemes, study, "ann", first, ("A1", "--attr", "valence=helps", "--span", "0:25"))
    read(cothemes, study, "ben", first, ("A1", "--attr", "valence=hinders", "--note", "too cosy"), ("A3",))
    read(cothemes, study, "ann", second, ("A2",))
    read(cothemes, study, "ben", second, ("A2",))
    return [first, second]


def test_proposals_and_coefficients_are_off_and_say_where_to_go(cothemes: Any, study: Path) -> None:
    both(cothemes, study)
    for command in (["propose"], ["agreement"], ["prevalence"], ["stability", "--model", "openai:x"]):
        result = cothemes(*command, study=study)
        assert result.exit_code == 3, command
        assert "reflexive" in result.stderr
    for command in ("agreement", "prevalence"):
        assert "cothemes disagreements" in " ".join(cothemes(command, study=study).stderr.split())


def test_the_map_shows_what_readers_see_differently_with_the_words(cothemes: Any, study: Path) -> None:
    first, _ = both(cothemes, study)
    found = cothemes.json("disagreements", study=study)
    assert (found["readers"], found["read_together"], found["waiting"]) == (["ann", "ben"], 2, 0)
    assert [line["code"] for line in found["codes"]] == ["A1", "A3"]
    (passage,) = found["passages"]
    assert (passage["passage"], passage["speaker"]) == (first, "Mo")
    assert "trusted each other" in passage["text"]
    trust, leaving = passage["codes"]
    assert trust["in_what"] == ["attributes"]
    assert trust["marks"][0]["words"] == "We trusted each other fro"
    assert [(mark["reader"], mark["applies"]) for mark in leaving["marks"]] == [("ann", False), ("ben", True)]
    assert passage["remarks"] == [{"reader": "ben", "note": "too cosy"}]


def test_on_a_terminal_and_on_a_page_no_coefficient_stands(
    cothemes: Any, study: Path, tmp_path: Path
) -> None:
    both(cothemes, study)
    page = tmp_path / "map.html"
    text = cothemes.done("disagreements", "--html", page, study=study)
    html = page.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80
    for shown in (text, html):
        assert "A3 Leaving" in shown or "<strong>A3</strong> Leaving" in shown
        assert "too cosy" in shown
        assert "trusted each other" in shown
        assert not COEFFICIENTS.search(shown)
        assert not re.search(r"\b\d+ %", shown)
    assert "<script" not in html
    report = tmp_path / "report.html"
    cothemes.done("report", report, study=study)
    written = report.read_text(encoding="utf-8")
    assert "A3</strong> Leaving" in written
    assert not COEFFICIENTS.search(re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL))


def test_nobodys_codes_are_shown_before_all_have_read(cothemes: Any, study: Path) -> None:
    result = cothemes("disagreements", study=study)
    assert result.exit_code == 3
    assert "no passage was finished by two readers" in result.stderr
    first, second = both(cothemes, study)
    cothemes.done("done", "--as", "ben", second, "--reopen", study=study)
    cothemes.done("decide", "--as", "ben", second, "A1", "add", study=study)
    found = cothemes.json("disagreements", study=study)
    assert [each["passage"] for each in found["passages"]] == [first]


def test_one_code_two_readers_one_document(cothemes: Any, study: Path) -> None:
    both(cothemes, study)
    found = cothemes.json("disagreements", "--code", "A3", "--readers", "ann,ben", study=study)
    assert [[code["code"] for code in each["codes"]] for each in found["passages"]] == [["A3"]]
    for wrong in (["--code", "Z"], ["--readers", "ann"], ["--readers", "ann,zoe"], ["--document", "none"]):
        result = cothemes("disagreements", *wrong, study=study)
        assert result.exit_code == 2, wrong
        assert "→" in result.stderr
