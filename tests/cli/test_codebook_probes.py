"""`codebook check --with-model`: definitions, examples, near misses and order, without a coded passage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
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
from tests.doubles.coded_study import study_in
from tests.doubles.talk import CODEBOOK
from typer.testing import CliRunner

from cothemes.app.study import Study
from cothemes.cli import app
from cothemes.stages.propose.model.probes import ProbeKind, probed, probes_of

OWN = {
    "Says that people trust or distrust one another.": "A1",
    "Says that time or money is there or is missing.": "A2",
    "Says that staff leave or come.": "B1",
}


def reads(body: Body, _: int) -> Answer:
    """Gives each definition its code, and a near miss nothing."""
    text = sentences_of(body)[0]["text"]
    codes = {OWN[text]: yes(body, OWN[text], text)} if text in OWN else {}
    return Answer(completion(json.dumps(coding(body, **codes))))


def takes_the_first(body: Body, _: int) -> Answer:
    """Whatever is asked."""
    code = codes_of(body)[0]
    return Answer(
        completion(json.dumps(coding(body, **{code: yes(body, code, sentences_of(body)[0]["text"])})))
    )


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    made.close()
    return made


def check(study: Study, server: ChatServer, *more: str) -> Any:
    asked = ["codebook", "check", "--with-model", "--model", "openai:stub", "--base-url", server.url]
    result = CliRunner().invoke(app, ["-C", str(study.root), *asked, *more])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["with_model"] if "--json" in more else result.output


def test_probes_are_the_codebooks_own_texts() -> None:
    found = probes_of(CODEBOOK)
    assert [(probe.kind, probe.code, probe.instead) for probe in found[:5]] == [
        (ProbeKind.DEFINITION, "L1", None),
        (ProbeKind.EXAMPLE, "L1", None),
        (ProbeKind.NEAR_MISS, "L1", "L2"),
        (ProbeKind.NEAR_MISS, "L1", None),
        (ProbeKind.DEFINITION, "L2", None),
    ]
    assert len({probe.id for probe in found}) == len(found)


def test_counts_are_of_what_was_told() -> None:
    found = probes_of(CODEBOOK)
    own = dict.fromkeys((probe.id for probe in found), frozenset({"L1"}))
    other: dict[str, frozenset[str] | None] = dict.fromkeys(own, frozenset())
    other[found[0].id] = None
    first = probed(CODEBOOK, found, own, other)[0]
    assert (first.definition, first.examples) == ((1, 1), (1, 1))
    assert (first.near_misses, first.instead) == ((0, 2), (0, 1))
    assert first.order == (0, 3)
    assert first.failed == ("near_miss: They closed our branch.", "near_miss: I like mornings.")


def test_a_model_that_reads_passes(study: Study) -> None:
    with ChatServer(reads) as server:
        found = check(study, server, "--json")
        before = len(server.requests)
        assert check(study, server, "--json") == found
        assert len(server.requests) == before, "what is known is not bought again"
        assert "money" not in json.dumps([b["messages"][1] for b in server.bodies]).replace(
            "time or money", ""
        ), "no passage of the study is sent"
    assert found["probes"] == 4
    by_code = {code["code"]: code for code in found["codes"]}
    assert by_code["A1"]["definition"] == [1, 1]
    assert by_code["A1"]["near_misses"] == [1, 1]
    assert by_code["A1"]["order"] == [2, 2]
    assert all(code["failed"] == [] for code in found["codes"])
    assert study.store.runs.all() == []
    study.close()


def test_a_model_that_does_not_read_is_seen_through(study: Study) -> None:
    with ChatServer(takes_the_first) as server:
        found = check(study, server, "--json")
        text = check(study, server)
    assert any(code["definition"] == [0, 1] for code in found["codes"])
    assert any(code["order"][0] < code["order"][1] for code in found["codes"])
    assert "definition: Says that" in text


def test_replies_that_cannot_be_used_are_no_answers(study: Study) -> None:
    with ChatServer(lambda *_: Answer(completion("Well."))) as server:
        found = check(study, server, "--json")
    assert found["unanswered"] == 8
    assert all(code["definition"] == [0, 0] for code in found["codes"])


def test_it_is_the_studys_codebook_and_a_model_is_named(study: Study) -> None:
    for more in (["--with-model"], [str(study.codebook_path), "--with-model", "--model", "openai:x"]):
        assert CliRunner().invoke(app, ["-C", str(study.root), "codebook", "check", *more]).exit_code == 2
