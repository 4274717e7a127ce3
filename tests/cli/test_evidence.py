"""The words that a code stands on: each quote counts for itself, and a forgotten passage has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.findings.evidence import evidence_of, unverified_removed
from cothemes.app.study import Study
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm
from cothemes.records.suggestion import Evidence, QuoteStatus, Suggestion, Verdict


def suggested(*evidence: Evidence, worst: QuoteStatus) -> Suggestion:
    return Suggestion(
        id="s", run="r", rater="m", passage="p", code="A1", verdict=Verdict.YES, evidence=evidence,
        quote_status=worst,
    )  # fmt: skip


def test_a_quote_that_failed_takes_nothing_from_one_that_stands() -> None:
    there = Evidence(start=10, end=20), Evidence(start=30, end=35, status=QuoteStatus.SNAPPED)
    assert evidence_of(suggested(*there, worst=QuoteStatus.NOT_FOUND)) == ((10, 20), (30, 35))
    assert evidence_of(suggested(*there, worst=QuoteStatus.SNAPPED)) == ((10, 20), (30, 35))


def test_what_is_not_verified_is_no_evidence() -> None:
    elsewhere = Evidence(start=0, end=5, status=QuoteStatus.WRONG_SPEAKER)
    assert evidence_of(suggested(elsewhere, worst=QuoteStatus.WRONG_SPEAKER)) == ()
    both = suggested(elsewhere, Evidence(start=7, end=9), worst=QuoteStatus.WRONG_SPEAKER)
    assert evidence_of(both) == ((7, 9),)
    assert evidence_of(suggested(worst=QuoteStatus.NOT_FOUND)) == ()


def test_a_rating_keeps_the_span_of_the_quote_that_stands(tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    propose(study)
    (first,) = study.store.runs.suggestions(passages=["talk-1.0002"])
    doubtful = first.model_copy(update={"id": "other", "code": "B1", "evidence": ()})
    mixed = first.model_copy(update={"id": "mixed", "code": "A2", "quote_status": QuoteStatus.NOT_FOUND})
    study.store.runs.record([], [doubtful, mixed])
    ratings = [
        Rating(
            unit=first.passage, doc="talk-1", rater=first.rater, kind=RaterKind.MODEL, code=code, value=1,
            start=1, end=2,
        )
        for code in ("A1", "B1", "A2")
    ]  # fmt: skip
    assert [rating.start for rating in unverified_removed(study, ratings)] == [1, None, 1]
    study.close()


@pytest.mark.parametrize(
    "words",
    [("show",), ("decide", "A1", "add"), ("done",)],
    ids=lambda words: words[0],
)
def test_a_forgotten_passage_is_refused_in_words(
    tmp_path: Path, cothemes: CommandLine, words: tuple[str, ...]
) -> None:
    study: Study = study_in(tmp_path / "study")
    read(study, "ann", "talk-1.0002", ("A1",), arm=Arm.BLIND)
    study.close()
    cothemes.done("forget", "talk-1", "--yes", study=study.root)
    command, *rest = words
    who = [] if command == "show" else ["--as", "ann"]
    result = cothemes(command, *who, "talk-1.0002", *rest, study=study.root)
    assert result.exit_code == 3
    assert "talk-1.0002: talk-1 was forgotten on" in " ".join(result.stderr.split())
    assert "cothemes forget --list" in " ".join(result.stderr.split())
