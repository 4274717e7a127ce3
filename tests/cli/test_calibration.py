"""People's decisions calibrate a model's suggestions, and the probabilities are shown wherever these are."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

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
from tests.doubles.coded_study import CODEBOOK
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app.study import Study, create_study

MODEL = "openai:stub"
DOCUMENTS, TURNS = 6, 10
WORDS = ("rota", "ward", "budget", "visit", "panel", "garden", "letter", "night", "summer", "kitchen")


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    monkeypatch.setenv("COTHEMES_CODER_CRITIC", "false")
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml").close()
    paths = []
    for number in range(DOCUMENTS):
        turns = [
            f"Interviewer: What of the {word}?\nMo: "
            + f"The {word} of place {number} took us a good while. " * 8
            for word in WORDS[:TURNS]
        ]
        paths.append(tmp_path / f"talk{number}.txt")
        paths[-1].write_text("\n".join(turns), encoding="utf-8")
    cothemes.done("ingest", *paths, study=tmp_path / "study")
    for name in ("ann", "bob"):
        cothemes.done("reviewers", "add", name, study=tmp_path / "study")
    return tmp_path / "study"


def kind_of(body: Body) -> int:
    """0 to 3, by the words of the target: what the model does with a passage."""
    return random.Random(sentences_of(body)[0]["text"]).randrange(4)


def always_sure(steady: bool) -> Any:
    """Gives A1 to every passage: with its own words, or, for odd kinds, with words that must be snapped. An
    unsteady model leaves the kinds from 2 up out the second time."""

    def answer(body: Body, _: int) -> Answer:
        kind, code = kind_of(body), codes_of(body)[0]
        text = sentences_of(body)[0]["text"]
        quote = text.replace("place", "plaace") if kind % 2 else text
        given = {code: yes(body, code, quote)} if steady or kind < 2 else {}
        return Answer(completion(json.dumps(coding(body, **given))))

    return answer


def proposed(study: Path, cothemes: CommandLine, *more: object) -> Any:
    """A steady run after an unsteady one: the same model and prompt at another temperature."""
    with ChatServer(always_sure(False)) as server:
        asked = ("--coder", "llm", "--model", MODEL, "--base-url", server.url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COTHEMES_MODEL_TEMPERATURE", "0.7")
            cothemes.done("propose", *asked, study=study)
    with ChatServer(always_sure(True)) as server:
        asked = ("--coder", "llm", "--model", MODEL, "--base-url", server.url, "--recode")
        return json.loads(cothemes.done("propose", *asked, "--json", *more, study=study))


def rows(study: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(study / ".cothemes" / "records.sqlite")) as database:
        return database.execute(query).fetchall()


def judged(folder: Path, most: int | None = None, *readers: str) -> None:
    """Readers, ann if none is named, read blind. They give A1 where the model quotes exactly and says it
    again, and seldom elsewhere."""
    said = rows(folder, "SELECT passage, quote_status FROM suggestions WHERE run = 'r0002' ORDER BY passage")
    again = {passage for (passage,) in rows(folder, "SELECT passage FROM suggestions WHERE run = 'r0001'")}
    study = Study(folder)
    for passage, quote in said[:most]:
        chance = 0.95 if quote == "exact" and passage in again else 0.15
        given = random.Random(f"ann {passage}").random() < chance
        for reader in readers or ("ann",):
            read(study, reader, passage, ("A1",) if given else ())
    study.close()


def test_few_decisions_are_counted_and_no_probability_is_shown(study: Path, cothemes: CommandLine) -> None:
    [model] = proposed(study, cothemes)["calibration"]["models"]
    assert (model["calibrated"], model["needed"], model["fitted"]["decisions"]) == (False, 30, 0)
    judged(study, 12)
    [model] = json.loads(cothemes.done("calibration", "--json", study=study))["models"]
    assert (model["calibrated"], model["needed"], model["fitted"]["decisions"]) == (False, 18, 12)
    assert model["measured"] is None
    assert "uncalibrated" in cothemes.done("calibration", study=study)
    listed = json.loads(cothemes.done("codings", "--json", study=study))["suggested"]
    assert len(listed) > 30
    assert {each["probability"] for each in listed} == {None}


def test_decisions_teach_probabilities_that_are_shown_everywhere(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("index", study=study)
    proposed(study, cothemes)
    judged(study, 48, "ann", "bob")
    report = json.loads(cothemes.done("calibration", "--json", study=study))
    [model] = report["models"]
    assert model["calibrated"]
    assert (model["fitted"]["decisions"], model["fitted"]["blind"]) == (48, 48)
    assert model["offline_scores"] == model["suggestions"] > 48
    measured = model["measured"]
    assert measured["basis"] == "blind"
    worth, own = measured["probability"], measured["confidence"]
    assert worth["expected_calibration_error"] < own["expected_calibration_error"]
    assert worth["brier"] < own["brier"]
    assert model["fitted"]["weights"]["other_answers"] > 0 > model["fitted"]["weights"]["approximate_quote"]

    listed = json.loads(cothemes.done("codings", "--json", study=study))["suggested"]
    undecided = {each["passage"]: each["probability"] for each in listed}
    assert all(0 < number < 1 for number in undecided.values())
    again = {passage for (passage,) in rows(study, "SELECT passage FROM suggestions WHERE run = 'r0001'")}
    exact = {each["passage"] for each in listed if each["quote_status"] == "exact"}
    best, others = again & exact & undecided.keys(), undecided.keys() - again - exact
    assert best
    assert others
    assert min(undecided[each] for each in best) > max(undecided[each] for each in others)

    passage = sorted(best)[0]
    [shown] = json.loads(cothemes.done("show", passage, "--json", study=study))["suggestions"]
    assert shown["probability"] == undecided[passage]
    [why] = json.loads(cothemes.done("explain", passage, "A1", "--json", study=study))["models"]
    assert why["probability"] == undecided[passage]
    parts = {part["fact"]: part["log_odds"] for part in why["parts"]}
    assert parts["other_answers"] > 0
    assert parts["approximate_quote"] > 0, "an exact quote raises it, against a typical suggestion"
    assert "Raised by: " in cothemes.done("explain", passage, "A1", study=study)
    assert json.loads(cothemes.done("calibration", "--json", study=study)) == report, "nothing new is said"
    assert json.loads(cothemes.done("propose", "--replay", "--json", study=study))["different"] == []
    found = json.loads(cothemes.done("agreement", "--json", study=study))["reliability"]
    [calibrated] = [each for each in found if each["basis"].startswith("calibrated")]
    assert calibrated["model"].endswith("#r0002")
    [own] = [
        each for each in found if each["basis"].startswith("stated") and each["model"].endswith("#r0002")
    ]
    assert calibrated["brier"] < own["brier"]


def test_what_a_reviewer_takes_back_is_unlearned(study: Path, cothemes: CommandLine) -> None:
    proposed(study, cothemes)
    judged(study, 30)
    [model] = json.loads(cothemes.done("calibration", "--json", study=study))["models"]
    assert model["calibrated"]
    cothemes.done("undo", "--as", "ann", study=study)
    [model] = json.loads(cothemes.done("calibration", "--json", study=study))["models"]
    assert not model["calibrated"]
    assert rows(study, "SELECT count(*) FROM suggestions WHERE probability IS NOT NULL") == [(0,)]
