"""Evidence is what the passage's speaker says: marks on another voice alone are refused on every road."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK
from tests.doubles.desk import BOOK, CountingIds, StandingClock

from cothemes.app.review.review import Desk
from cothemes.app.study import Study, create_study
from cothemes.errors import UsageError
from cothemes.stages.review.disputes import Case
from cothemes.stages.review.ruling import Chair
from cothemes.stages.review.sitting import Act, Verb
from cothemes.stages.review.triage import Triage

TALK = (
    "Interviewer: What helped the group in its first year?\n"
    "Mo: We trusted each other from the start, and it took a year to get there all the same.\n"
    "Interviewer: Uh huh, right.\n"
    "Mo: People came in the evening, and some of them stayed until it was dark right outside.\n"
)
ONE = "talk.0001"


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine) -> Path:
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml").close()
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    root = tmp_path / "study"
    cothemes.done("ingest", tmp_path / "talk.txt", study=root)
    cothemes.done("reviewers", "add", "ann", study=root)
    cothemes.done("route", "--reviewers", "ann", study=root)
    return root


def spans_of(root: Path) -> list[tuple[str | None, tuple[tuple[int, int], ...]]]:
    opened = Study(root)
    try:
        (passage,) = opened.store.passages.all()
        return [
            (each.code, tuple((a - passage.start, b - passage.start) for a, b in each.spans))
            for each in opened.store.reviews.decisions()
        ]
    finally:
        opened.close()


def place(root: Path, words: str, length: int = 0) -> tuple[int, int]:
    opened = Study(root)
    (passage,) = opened.store.passages.all()
    opened.close()
    start = passage.text.index(words)
    return start, start + (length or len(words))


def test_a_command_and_the_prompt_refuse_words_of_another(study: Path, cothemes: CommandLine) -> None:
    for words in ("Uh huh", "Interviewer: Uh huh, right.", "\nMo: "):
        start, end = place(study, words)
        refused = cothemes("decide", "--as", "ann", ONE, "A1", "add", "--span", f"{start}:{end}", study=study)
        assert (refused.exit_code, "Mo" in refused.stderr) == (2, True)
    assert spans_of(study) == []
    said = cothemes.done("review", "--as", "ann", "--plain", stdin="c A1\nw A1 Uh huh\nq\n", study=study)
    assert "not recorded" in said
    assert spans_of(study) == [("A1", ())]
    cothemes.done("review", "--as", "ann", "--plain", stdin="w A1 right\nq\n", study=study)
    assert spans_of(study)[-1] == ("A1", (place(study, "right outside", len("right")),))


def test_a_sitting_and_a_ruling_refuse_them_and_take_words_around_them(study: Path) -> None:
    opened = Study(study)
    desk = Desk(opened, "ann")
    sitting = Triage(desk)
    state = sitting.open(ONE)
    other, around = place(study, "Uh huh"), place(study, "same.\nInterviewer: Uh huh, right.\nMo: People")
    for verb, more in ((Verb.GIVE, {"code": "A1"}), (Verb.DRAFT, {"text": "Agreeing"})):
        step = sitting.step(state, Act(verb=verb, spans=(other,), **more))
        assert isinstance(step.refused, UsageError)
        assert step.records == ()
    assert opened.store.drafts.all() == []
    step = sitting.step(state, Act(verb=Verb.GIVE, code="A1", spans=(around,)))
    assert step.refused is None
    passage = desk.card(ONE).passage
    opened.close()
    chair = Chair("lena", BOOK, StandingClock(), CountingIds())
    case = Case(passage=passage, round="main", readers=(), codes=())
    with pytest.raises(UsageError, match="no word of Mo"):
        chair.rule(case, "A1", True, span=other)
    assert spans_of(study) == [("A1", (around,))]
