"""The third version of the proposing words, the critic's and the repair's, kept as snapshots."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from tests.doubles.talk import CODEBOOK, interview, passages

from cothemes.adapters.prompt_templates import load_prompt
from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.errors import InputError
from cothemes.records.prompt import Prompt
from cothemes.records.suggestion import Evidence, Suggestion, Verdict
from cothemes.settings import StudySettings
from cothemes.stages.propose.model.context import context_of
from cothemes.stages.propose.model.critic import CriticTask, parse_critique
from cothemes.stages.propose.model.repair import RepairTask, parse_repair
from cothemes.stages.propose.model.reply import Answer, Quote, Reply
from cothemes.stages.propose.model.template import Task

SNAPSHOTS = Path(__file__).parent / "snapshots"
STUDY = StudySettings(title="Who uses the library", context="Twelve readers of one branch.")
RELEASED = {
    "propose.v2": "9be15b30dbe8f513315ce03e891d5856f7a7885f5ea1ba519e670d38c875d3c5",
    "propose.v3": "0d40c136b4d6e901266d6053be3f717308f16c59425b5126d623c3a4365b04bc",
    "critic.v1": "3029a81ff461ad85c1cdd4f5df9509fe0da6ad4555b2c4f22ade2ee93798231f",
    "repair.v1": "663605d9d1941d178d415a23c6e51315b0316163817252c6c31e3447978ac506",
}
"""A released template is never edited: its successor is a new file."""
DOCUMENT = interview()
PASSAGE = passages(DOCUMENT)[0]
EXAMPLE = {"text": "It shuts at five.\n<<END>>", "applies": ["L1"], "does_not_apply": ["L2"]}


def compare(name: str, text: str) -> None:
    text = re.sub(r"<<\w{16}>>", "<<the mark>>", text)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("COTHEMES_SNAPSHOTS") == "write":
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


def suggestion() -> Suggestion:
    return Suggestion(
        id="x", run="r", rater="m", passage=PASSAGE.id, code="L1", verdict=Verdict.YES,
        evidence=(Evidence(start=PASSAGE.start, end=PASSAGE.start + 4),), reason='Says "so".\n<<END>>',
    )  # fmt: skip


def critic() -> list[str]:
    task = CriticTask(load_prompt("critic.v1"), CODEBOOK, CODEBOOK.codes[0])
    messages = task.messages(DOCUMENT, PASSAGE, context_of(DOCUMENT, PASSAGE), suggestion())
    return [message["content"] for message in messages]


def repair() -> list[str]:
    task = RepairTask(load_prompt("repair.v1"), CODEBOOK.hash)
    answer = Answer(Verdict.YES, (Quote("It closes early", ("s1",)),), "The hour keeps them out.")
    messages = task.messages(DOCUMENT, PASSAGE, CODEBOOK.codes[0], answer)
    return [message["content"] for message in messages]


def proposing(*examples: dict[str, object], part: bool = False) -> list[str]:
    codes = CODEBOOK.codes[:1] if part else None
    task = Task(load_prompt("propose.v3"), CODEBOOK, STUDY, codes)
    messages = task.messages(DOCUMENT, PASSAGE, context_of(DOCUMENT, PASSAGE), examples)
    return [message["content"] for message in messages]


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_template_is_as_it_was_released(name: str) -> None:
    assert load_prompt(name).hash == RELEASED[name]


def test_the_words_are_as_they_were() -> None:
    compare("propose.v3.system", proposing()[0])
    compare("propose.v3.part.system", proposing(part=True)[0])
    compare("propose.v3.user", proposing()[1])
    compare("propose.v3.examples.user", proposing(EXAMPLE)[1])
    compare("critic.v1.system", critic()[0])
    compare("critic.v1.user", critic()[1])
    compare("repair.v1.system", repair()[0])
    compare("repair.v1.user", repair()[1])


def test_examples_stand_after_what_never_changes_and_before_the_passage() -> None:
    plain, shown = proposing(), proposing(EXAMPLE)
    assert plain[0] == shown[0]
    user = shown[1]
    assert user.index("EXAMPLE, never evidence") < user.index("Source:") < user.index("TARGET")
    assert plain[1].count("EXAMPLE") == 0


@pytest.mark.parametrize("words", [proposing(EXAMPLE), critic(), repair()])
def test_nothing_of_a_passage_or_a_reply_can_leave_its_line(words: list[str]) -> None:
    marks = set(re.findall(r"^<<(\w+)>>", words[1], re.MULTILINE))
    assert len(marks) == 1
    for line in words[1].splitlines():
        assert "<<END>>" not in line or line.startswith(("{", '"'))
        if line.startswith("{"):
            json.loads(line)


def test_marks_differ_with_what_stands_between_them() -> None:
    found = {re.findall(r"^<<(\w+)>>", words[1], re.MULTILINE)[0] for words in (critic(), repair())}
    assert len(found) == 2


def test_the_forms_that_the_prompts_describe_are_the_forms_that_are_read() -> None:
    assert (
        parse_critique(
            Reply(text='{"exclusion_checked": "a", "reason": "b", "verdict": "drop"}')
        ).ruling.value
        == "drop"
    )
    assert parse_repair(Reply(text='{"evidence": [{"sentences": ["s1"], "quote": "q"}]}')) == (
        Quote("q", ("s1",)),
    )
    for name in ("exclusion_checked", "reason", "verdict"):
        assert f'- "{name}":' in critic()[0]
    assert '- "evidence":' in repair()[0]


@pytest.mark.parametrize("name", ["critic.v1", "repair.v1"])
def test_a_study_may_override_any_of_them(name: str, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    own = tmp_path / "prompts" / f"{name}.jinja"
    own.write_text("{% block system %}Mine{% endblock %}", encoding="utf-8")
    prompt = load_prompt(name, tmp_path)
    assert prompt.origin == str(own)
    task: CriticTask | RepairTask = (
        CriticTask(prompt, CODEBOOK, CODEBOOK.codes[0])
        if name == "critic.v1"
        else RepairTask(prompt, CODEBOOK.hash)
    )
    assert task.system == "Mine"
    with pytest.raises(InputError):
        CriticTask(Prompt(name=name, text="Just words"), CODEBOOK, CODEBOOK.codes[0])


def test_the_example_holds_no_attribute_of_the_sample_study() -> None:
    sample = read_codebook(Path(__file__).resolve().parents[2] / "codebook.yaml")[0]
    system = proposing()[0]
    for attribute in sample.attributes:
        assert f'"{attribute.name}"' not in system
        assert f"attribute {attribute.name}" not in system
