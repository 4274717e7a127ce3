"""`cothemes stability` on a stub that wavers: what is varied, what is bought, what is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
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
from typer.testing import CliRunner

from cothemes.adapters.prompt_templates import load_prompt
from cothemes.app.study import Study
from cothemes.cli.group import EdgeGroup
from cothemes.cli.invocation import Invocation
from cothemes.cli.stability import stability

app = typer.Typer(cls=EdgeGroup)
app.command("stability")(stability)


@app.callback()
def options() -> None:
    """A group, as the program's own."""


def wavering(body: Body, _: int) -> Answer:
    """The first code of the list, whatever it is: at the mercy of the order."""
    code = codes_of(body)[0]
    words = sentences_of(body)[0]["text"]
    return Answer(completion(json.dumps(coding(body, **{code: yes(body, code, words)}))))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    made.close()
    return made


def call(study: Study, server: ChatServer, *arguments: str, code: int = 0) -> Any:
    asked = ["stability", "--model", "openai:stub", "--base-url", server.url, *arguments]
    result = CliRunner().invoke(app, asked, obj=Invocation(folder=study.root))
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if "--json" in arguments else result.output


def test_what_wavers_with_the_order_is_found_to(study: Study) -> None:
    with ChatServer(wavering) as server:
        found = call(study, server, "--sample", "4", "--orders", "3", "--seed", "2", "--json")
        proposals = [b for b in server.bodies if "codes" in json.dumps(b["response_format"])]
    assert len(found["variations"]) == 3 * 3 * 2
    assert found["passages"] == 4
    assert found["unanswered"] == 0
    assert {v["prompt"] for v in found["variations"]} == {"propose.v3", "propose.v3.a", "propose.v3.b"}
    first = next(code for code in found["codes"] if code["flip_rate"])
    assert first["flip_rate_by"]["repeat"] == 0
    assert first["flip_rate_by"]["prompt"] == 0
    assert first["flip_rate_by"]["order"] > 0
    assert 0 < found["flip_rate"] < 1
    assert {tuple(codes_of(body)) for body in proposals} != {("A1", "A2", "B1")}


def test_repeats_are_bought_as_repeats_and_nothing_twice(study: Study) -> None:
    small = ("--sample", "2", "--paraphrases", "0", "--orders", "1", "--repeats", "3", "--json")
    with ChatServer(wavering) as server:
        first = call(study, server, *small)
        calls = study.store.ledger.calls()
        study.close()
        proposed = [call for call in calls if call.stage == "propose"]
        assert sorted(call.repeat for call in proposed) == [0, 0, 1, 1, 2, 2]
        assert {call.run for call in calls} == {first["run"]}
        before = len(server.requests)
        assert call(study, server, *small) == first
        assert len(server.requests) == before
    assert study.store.runs.all() == []
    study.close()


def test_a_dry_run_says_what_it_takes_and_asks_nothing(study: Study) -> None:
    with ChatServer(wavering) as server:
        assert call(study, server, "--sample", "3", "--dry-run", "--json") == {
            "ways": 12, "answers": 36, "critic": True,
        }  # fmt: skip
        assert server.requests == []


def test_replies_that_cannot_be_used_are_counted(study: Study) -> None:
    def half(body: Body, number: int) -> Answer:
        return wavering(body, number) if number % 2 else Answer(completion("I cannot say."))

    small = ("--sample", "2", "--paraphrases", "0", "--orders", "1", "--json")
    with ChatServer(half) as server:
        assert call(study, server, *small)["unanswered"] > 0


def test_a_table_for_people(study: Study) -> None:
    with ChatServer(wavering) as server:
        text = call(study, server, "--sample", "2", "--paraphrases", "0")
    assert "2 passages" in text
    assert "Steady is not right" in text
    assert max(map(len, text.splitlines())) <= 110


def test_own_words_want_other_wordings_of_their_own(study: Study) -> None:
    own = study.root / "prompts" / "propose.v3.jinja"
    own.write_text(load_prompt("propose.v3").text.replace("second coder", "coder"), encoding="utf-8")
    with ChatServer(wavering) as server:
        text = call(study, server, "--sample", "2", code=3)
        assert "propose.v3.a.jinja" in text
        call(study, server, "--sample", "2", "--paraphrases", "0")


@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_paraphrase_differs_in_task_rules_and_last_line_alone(letter: str) -> None:
    def parts(name: str) -> tuple[str, str, list[str]]:
        text = load_prompt(name).text
        rules = text[text.index("# Task") : text.index("# Form of the answer")]
        rest = text[text.index("# Form of the answer") :]
        last = [line for line in rest.splitlines() if "codes | length" in line]
        return rules, re.sub(r".*codes \| length.*\n", "", rest), last

    own, other = parts("propose.v3"), parts(f"propose.v3.{letter}")
    assert own[1] == other[1]
    assert own[0] != other[0]
    assert own[2] != other[2]
    assert len(re.findall(r"^\d\.", other[0], re.MULTILINE)) == 9
    for word in ("TARGET", '"borderline"', '"instruction_like"'):
        assert word in other[0]
