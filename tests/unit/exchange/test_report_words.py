"""Words of the report, made from the records' fields alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cothemes.presentation.checklists import checklists
from cothemes.presentation.methods_text import NOT_RECORDED, methods
from cothemes.records.study_facts import RunFacts, StudyFacts

MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
RUN = RunFacts(
    id="r0001",
    rater="m@p#r0001",
    coder="model",
    model="m",
    prompt="p",
    codebook_version="1",
    codebook_hash="c" * 64,
    started=MADE,
    finished=None,
    state="running",
    coded=4,
    with_suggestion=2,
    suggestions=3,
)
FACTS = StudyFacts(
    documents={"interview": 1, "policy": 2},
    words=1200,
    formats=("txt",),
    synthetic=0,
    passages=10,
    median_words=72.5,
    lowest_words=20,
    highest_words=150,
    segmentation=("s" * 64,),
    aimed_words=(60, 150, 90),
    codebook="book",
    codebook_version="1",
    codebook_hash="c" * 64,
    codes=3,
    themes=1,
    version="0.1.0",
    python="3.12",
)


def paragraph(facts: StudyFacts, title: str) -> str:
    return next(p.text for p in methods(facts, counting="All are counted.", made=MADE) if p.title == title)


def answers(facts: StudyFacts) -> dict[str, str]:
    return {item.asked: item.answer for each in checklists(facts) for item in each.items}


def test_each_kind_of_document_is_counted_with_its_noun() -> None:
    assert "1 interview, 2 policy texts; 1,200 words" in paragraph(FACTS, "Sources")


def test_the_counting_rule_is_given_as_it_is() -> None:
    assert paragraph(FACTS, "Counting") == "All are counted."


def test_guide_llm_is_answered_only_where_a_model_took_part() -> None:
    assert [each.name for each in checklists(FACTS)] == ["COREQ, items 24 to 27"]
    offline = FACTS.model_copy(update={"runs": (RUN.model_copy(update={"coder": "offline"}),)})
    assert len(checklists(offline)) == 1
    assert len(checklists(FACTS.model_copy(update={"runs": (RUN,)}))) == 2


def test_what_a_run_does_not_hold_is_marked_and_what_it_holds_is_given() -> None:
    bare = answers(FACTS.model_copy(update={"runs": (RUN,)}))
    assert bare["Cost"] == f"run r0001: {NOT_RECORDED}."
    assert NOT_RECORDED in bare["Parameters"]
    full = RUN.model_copy(update={"parameters": {"temperature": 0.2, "seed": 7}, "cost": "0.5 EUR"})
    told = answers(FACTS.model_copy(update={"runs": (full,)}))
    assert "temperature 0.2, seed 7" in told["Parameters"]
    assert told["Cost"] == "run r0001: 0.5 EUR."


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"deidentified": "reviewed", "remote_models": True}, "looked through"),
        ({"remote_models": True}, "may go to a remote model without"),
        ({}, "no text may go"),
    ],
)
def test_privacy_follows_the_settings(settings: dict[str, object], words: str) -> None:
    facts = FACTS.model_copy(update={"runs": (RUN,), **settings})
    assert words in answers(facts)["Consent, names and where the data went"]


def test_refused_quotes_are_a_share_of_all_that_were_proposed() -> None:
    """One of four: three kept, one misleading."""
    run = RUN.model_copy(update={"quotes": {"exact": 3}, "refused": {"misleading": 1}})
    facts = FACTS.model_copy(update={"runs": (run,)})
    assert "of 4 proposed with one: 1 misleading (25.0 %)" in paragraph(facts, "Suggestions, run r0001")
