"""What the report says of shares, of disputes that were settled, and of what no code fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_report import HOSTILE, Outline
from tests.doubles.chat_server import ChatServer
from tests.doubles.coded_study import NOW, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.candidate import Candidate
from cothemes.records.price import amount
from cothemes.records.review import Arm, Reviewer
from cothemes.records.suggestion import Evidence


def written(cothemes: Any, study: Study, tmp_path: Path) -> str:
    page = tmp_path / "report.html"
    cothemes.done("report", page, study=study.root)
    text = page.read_text(encoding="utf-8")
    outline = Outline()
    outline.feed(text)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert "script" not in outline.tags
    return text


@pytest.fixture
def drawn(tmp_path: Path) -> Study:
    """Twelve interviews, a run, one answer of each read blind and the other with suggestions."""
    made = study_in(tmp_path / "study", documents=12)
    propose(made)
    for number in range(1, 13):
        read(made, "ann", f"talk-{number}.0002", ("A1",) if number % 2 else ())
        read(made, "ann", f"talk-{number}.0004", ("A2",), arm=Arm.ASSISTED)
    return made


def test_shares_stand_with_intervals_by_kind_and_a_reason_where_there_are_none(
    cothemes: Any, drawn: Study, tmp_path: Path
) -> None:
    text = written(cothemes, drawn, tmp_path)
    assert "Estimated share of passages with each code" in text
    assert "Round main: interview passages" in text
    assert "12 of 24 passages in 12 documents" in text
    row = text[text.index("Round main: interview passages: share") :]
    row = row[row.index(">A1 <span") : row.index("</tr>", row.index(">A1 <span"))]
    assert "50 %" in row
    assert "[" in row
    assert "No estimate, fewer than 5 labelled positives" in text
    # No policy passage was drawn.
    policy = text[text.index("Round main: policy passages") :]
    assert "No estimate: no passage was drawn" in policy
    assert "cothemes prevalence --round main --run r0001" in text


def test_without_a_draw_the_report_says_why_there_are_no_shares(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    propose(study)
    assert "No estimate: no passage was drawn for anyone" in written(cothemes, study, tmp_path)


def test_the_page_of_shares(cothemes: Any, drawn: Study, tmp_path: Path) -> None:
    page = tmp_path / "shares.html"
    cothemes.done("prevalence", "--kind", "interview", "--html", page, study=drawn.root)
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "<title" in text
    # Six positives of A1 are few: nothing is corrected, and nothing is called so.
    assert "the suggestions of" in text
    assert "are not corrected and people’s shares are given" in " ".join(text.split())
    assert "Design-based share of" not in text
    assert "<script" not in text


def test_agreement_before_and_after_discussion_are_kept_apart(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    study.store.reviews.add_reviewer(Reviewer(name="cat", role="supervisor", added=NOW))
    one, two = "talk-1.0002", "talk-1.0004"
    read(study, "ann", one, ("A1", "A2"))
    read(study, "bob", one, ("A1",))
    read(study, "ann", two, ("A2",))
    read(study, "bob", two, ("A2", "B1"))
    assert 'id="settled"' not in written(cothemes, study, tmp_path)
    before = agreement_of(written(cothemes, study, tmp_path))
    cothemes.done("adjudicate", "--as", "cat", "--passage", one, study=study.root)
    cothemes.done("adjudicate", "yes", "--as", "cat", "--passage", one, "--code", "A2", study=study.root)
    text = written(cothemes, study, tmp_path)
    assert agreement_of(text) == before
    after = text[text.index('id="settled"') :]
    assert "2 passages were finished by several people; on 2 of them" in after
    assert "1 are still to settle" in after
    assert "ann and consensus" in after
    assert "nothing below measures reliability" in after


def agreement_of(text: str) -> str:
    start = text.index('<section aria-labelledby="agreement">')
    return text[start : text.index("</section>", start)]


def test_what_no_code_fits_is_listed_once_with_the_sources_words(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    propose(study)
    first = study.store.passages.get("talk-1.0002")
    assert first is not None
    for number, label in ((1, "Rooms"), (2, "rooms"), (3, HOSTILE)):
        study.store.runs.record(
            [],
            [],
            [
                Candidate(
                    id=f"c{number}",
                    run="r0001",
                    passage=f"talk-{min(number, 2)}.0002",
                    label=label,
                    criterion="Says what a room is like.",
                    evidence=(Evidence(start=first.start, end=first.start + 10),),
                )
            ],
        )
    text = written(cothemes, study, tmp_path)
    part = text[text.index('id="missing"') :]
    assert "<strong>Rooms</strong>: Says what a room is like." in part
    assert "2 passages (talk-1.0002, talk-2.0002)" in part
    assert "<strong>rooms</strong>" not in part
    assert first.text[:10] in part
    assert "<script" not in text


def test_a_models_snapshot_cost_and_parameters_come_from_its_replies(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    settings = study.root / "cothemes.toml"
    price = '[model.prices."openai:stub"]\ninput = 1.0\noutput = 1.0\ncurrency = "EUR"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + price, encoding="utf-8")
    with ChatServer() as server:
        asked = ("--coder", "llm", "--model", "openai:stub", "--base-url", server.url)
        cothemes.done("propose", *asked, study=study.root)
        calls = len(server.requests)
    text = " ".join(written(cothemes, study, tmp_path).split())
    assert "GUIDE-LLM, by topic" in text
    assert "named in its replies stub-2026-11" in text
    assert f"endpoint: {server.url}" in text
    assert "temperature 0.0" in text
    # 1,200 tokens in and 80 out for each call, at 1 EUR a million.
    assert f"run r0001: {amount(calls * 1280 * 1000, 'EUR')}." in text
    assert "no text may go to a remote model" in text
    assert "Why a model, and why this one</dt><dd>[not recorded]" in text
