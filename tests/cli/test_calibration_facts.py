"""Decisions that teach about a model's suggestions, its other answers, and who sees the probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    sentences_of,
    yes,
)
from tests.doubles.coded_study import NOW, assign, study_in
from tests.doubles.decisions import read

from cothemes.app.coders.calibration import calibration_of, explained_suggestions, learn_calibration
from cothemes.app.review.review import Desk
from cothemes.app.runs.probabilities import Probabilities
from cothemes.app.study import Study
from cothemes.records.document import Role
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Purpose, Seed
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

MODEL = "openai:stub"
MANY = 18
"""Interviews: thirty-six suggestions of A1, and as many of A2 in other passages."""


def suggested(study: Study, run_id: str = "r0001", codes: tuple[str, ...] = ("A1", "A2")) -> None:
    """A model suggests A1 and A2 for every passage of a participant."""
    run = Run(
        id=run_id, coder="llm", rater=f"{MODEL}@propose.v3#{run_id}", configuration=run_id, model=MODEL,
        prompt="propose.v3:hash", codebook_hash=study.codebook.hash, started=NOW, state=RunState.FINISHED,
    )  # fmt: skip
    study.store.runs.put(run)
    study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())
    for passage in passages(study):
        found = [
            Suggestion(
                id=f"{run_id}.{passage.id}.{code}", run=run_id, rater=run.rater, passage=passage.id,
                text_version=passage.version, code=code, verdict=Verdict.YES, confidence=0.9,
                evidence=(Evidence(start=passage.start, end=passage.end),), quote_status=QuoteStatus.EXACT,
            )
            for code in codes
        ]  # fmt: skip
        study.store.runs.record(
            [Outcome(run=run_id, passage=passage.id, text_version=passage.version, state=OutcomeState.CODED)],
            found,
        )


def passages(study: Study) -> list[Passage]:
    return [p for p in study.store.passages.all() if p.role is Role.PARTICIPANT]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study", documents=MANY)
    suggested(made)
    return made


def test_names_and_blind_readings_teach_and_silence_does_not(study: Study) -> None:
    first, second, third = (passage.id for passage in passages(study)[:3])
    read(study, "ann", first, ("A1",))
    assign(study, "bob", {second: Arm.ASSISTED, third: Arm.ASSISTED})
    desk = Desk(study, "bob")
    card = desk.decide(desk.card(second), "A1", Action.REJECT)
    desk.done(card)  # A2 is left unanswered
    desk.done(desk.card(third))  # both are
    [model] = calibration_of(study).models
    assert (model.fitted.decisions, model.fitted.given, model.fitted.blind) == (3, 1, 2)
    assert (model.calibrated, model.needed) == (False, 27)


def test_readings_with_planted_errors_are_no_errors_of_the_model(study: Study) -> None:
    passage = passages(study)[0]
    run = study.store.runs.all()[0]
    seed = Seed(
        id="seed-1", reviewer="bob", passage=passage.id, round="main", code="B1",
        code_hash=study.codebook.by_id["B1"].text_hash, start=passage.start, end=passage.end, run=run.id,
        reason="", drawn=NOW, seed=1,
    )  # fmt: skip
    assign(study, "bob", {passages(study)[1].id: Arm.ASSISTED})
    for each in passages(study)[2:]:
        read(study, "ann", each.id, ("A1",))
    learn_calibration(study)
    assert Desk(study, "bob").card(passages(study)[1].id).probabilities
    [given] = study.store.reviews.assignments(reviewer="bob")
    planted = given.model_copy(update={"passage": seed.passage, "position": 9})
    study.store.reviews.assign([planted], seeds=[seed], purpose=Purpose.SEED)
    desk = Desk(study, "bob")
    assert desk.card(passages(study)[1].id).probabilities == {}, "a planted one would be known by having none"
    desk.decide(desk.card(passage.id), "B1", Action.REJECT)
    desk.done(desk.decide(desk.card(passage.id), "A1", Action.REJECT))
    before = learn_calibration(study).models[0].fitted
    assert before.decisions == 2 * (len(passages(study)) - 2), "bob's reading is none of the study's"


def test_a_card_shows_probabilities_to_those_who_see_suggestions(study: Study) -> None:
    ids = [passage.id for passage in passages(study)]
    for each in ids[3:]:
        read(study, "ann", each, ("A1",))
    assign(study, "bob", {ids[0]: Arm.ASSISTED, ids[1]: Arm.BLIND})
    learn_calibration(study)
    shown = Desk(study, "bob").card(ids[0]).probabilities
    assert shown["A1"] > 0.8 > 0.2 > shown["A2"], "each code has an intercept of its own"
    assert Desk(study, "bob").card(ids[1]).probabilities == {}
    some = study.store.runs.suggestions(passages=[ids[0]])
    known = Probabilities(study, some)
    assert {each.code: known.probability_of(each) for each in some} == shown


def test_another_run_of_the_model_is_another_answer(study: Study) -> None:
    suggested(study, "r0002", codes=("A1",))
    ids = [passage.id for passage in passages(study)]
    learn_calibration(study)
    [one] = explained_suggestions(study, ids[0], "A1")
    assert (one.by.endswith("#r0002"), one.probability, one.needed) == (True, None, 30)
    assert {part.fact: part.value for part in one.parts}["other_answers"] == 0.5
    assert explained_suggestions(study, ids[0], "A2") == (), "the run in view did not give it"


def test_calls_of_stability_are_other_answers(tmp_path: Path, cothemes: CommandLine) -> None:
    def wavers(body: Body, _: int) -> Answer:
        code, words = codes_of(body)[0], sentences_of(body)[0]["text"]
        return Answer(completion(json.dumps(coding(body, **{code: yes(body, code, words)}))))

    folder = study_in(tmp_path / "study").root
    with ChatServer(wavers) as server:
        asked = ("--model", MODEL, "--base-url", server.url)
        cothemes.done("propose", "--coder", "llm", *asked, study=folder)
        more = ("--sample", "20", "--paraphrases", "0", "--orders", "1", "--repeats", "3")
        cothemes.done("stability", *asked, *more, study=folder)
    study = Study(folder)
    passage = passages(study)[0].id
    [one] = explained_suggestions(study, passage, "A1")
    # Its first answer is the run's own call; two repeats were bought besides, and both gave the code.
    assert {part.fact: part.value for part in one.parts}["other_answers"] == pytest.approx(2 / 3, abs=1e-4)
    study.close()
