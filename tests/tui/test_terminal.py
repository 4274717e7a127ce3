"""The real program in a real terminal: killed, hung up, without colour, with hostile words."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from tests.doubles.coded_study import NOW, assign, propose, study_in
from tests.doubles.patience import PATIENCE
from tests.tui.terminal import Terminal, shown

from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Reviewer

ACKNOWLEDGED = r"(?<!not )recorded: (\w+)|undone: (\w+)|nothing to undo|only just come"
KEYS = ("1", "1", "f", "u", " ", "0", "=", "x")
SAID = {"flagged": "flag", "none": "done", "A1": "add", "A2": "add", "B1": "add"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study", documents=8, reviewers=("ann",))
    propose(study)
    own = [f"talk-{d}.{p:04d}" for d in range(1, 9) for p in (2, 4, 5)]
    assign(study, "ann", dict.fromkeys(own, Arm.ASSISTED))
    return study


def test_a_sitting_ends_with_its_summary(study: Study) -> None:
    with Terminal(study.root, "--as", "ann") as terminal:
        terminal.wait_for("suggested by offline")
        terminal.press("a")
        terminal.wait_for("recorded: accept A1")
        terminal.press("q")
        terminal.wait_for("Go on: cothemes review --as ann")
        assert terminal.process.wait(PATIENCE) == 0
    assert [d.action for d in study.store.reviews.decisions()] == [Action.ACCEPT]


@pytest.mark.parametrize("words", [("--plain",), ()])
def test_the_prompt_takes_the_place_of_the_screen(study: Study, words: tuple[str, ...]) -> None:
    environment = {} if words else {"TERM": "dumb"}
    with Terminal(study.root, "--as", "ann", *words, environment=environment) as terminal:
        terminal.wait_for("Type \\? for help, q to quit")
        terminal.press("q\n")
        terminal.wait_for("0 of 24 done")
        assert terminal.process.wait(PATIENCE) == 0


def test_without_colour_no_colour_is_written(study: Study) -> None:
    with Terminal(study.root, "--as", "ann", environment={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("suggested by offline")
        terminal.press("v")
        deadline = time.monotonic() + PATIENCE
        # A repaint may come late; the underline is what the key brings.
        underlined = re.compile(r"\x1b\[(?:[0-9;]*;)?4(?:;[0-9;]*)?m")
        while not underlined.search(terminal.raw) and time.monotonic() < deadline:
            terminal.read(0.05)
        raw = terminal.raw
    numbers = {
        int(number)
        for found in re.findall(r"\x1b\[([0-9;]*)m", raw)
        for number in found.split(";")
        if number and not found.startswith(("38;", "48;"))
    }
    assert {1, 4} <= numbers
    assert not {n for n in numbers if 30 <= n <= 37 or 40 <= n <= 47 or 90 <= n <= 107}
    assert not re.search(r"\x1b\[[34]8;", raw)


def test_a_terminal_that_closes_loses_nothing(study: Study) -> None:
    with Terminal(study.root, "--as", "ann") as terminal:
        terminal.wait_for("suggested by offline")
        for key, said in (("a", "recorded: accept A1"), ("f", "recorded: flagged")):
            terminal.press(key)
            terminal.wait_for(said)
        terminal.hang_up()
        terminal.process.wait(PATIENCE)
    assert [d.action for d in study.store.reviews.decisions()] == [Action.ACCEPT, Action.FLAG]
    assert study.store.check() == "ok"


def test_hostile_words_do_not_reach_the_terminal(study: Study) -> None:
    passage = study.store.passages.get("talk-1.0005")
    assert passage is not None
    nasty = "\x1b]0;owned\x07\x1b]52;c;aGk=\x07\x1b[3J\x9b31m\u202eright " + "x" * 20_000
    hostile = passage.model_copy(
        update={
            "id": "talk-1.0099",
            "text": nasty,
            "speaker": "\x1b[31mMo",
            "end": passage.start + len(nasty),
        }
    )
    study.store.passages.replace("talk-1", [*study.store.passages.of("talk-1"), hostile])
    study.store.reviews.add_reviewer(Reviewer(name="bob", added=NOW))
    assign(study, "bob", {"talk-1.0099": Arm.BLIND})
    with Terminal(study.root, "--as", "bob") as terminal:
        terminal.wait_for("your codes")
        terminal.press("\x1b[6~")
        terminal.wait_for("your codes")
        raw = terminal.raw
    assert "owned" in shown(raw)
    for steering in ("\x1b]0;owned", "\x1b]52", "\x1b[3J", "\x9b", "\u202e", "\x1b[31mMo"):
        assert steering not in raw


def killed_at_random(study: Study, seed: int) -> None:
    chance = random.Random(seed)
    wanted = chance.randrange(1, 14)
    acknowledged: list[str] = []
    with Terminal(study.root, "--as", "ann") as terminal:
        terminal.wait_for("suggested by offline")
        while len(acknowledged) < wanted:
            terminal.press(chance.choice(KEYS))
            seen = terminal.wait_for(ACKNOWLEDGED + "|not recorded|not finished|unanswered")
            found = re.search(ACKNOWLEDGED, seen)
            if found and (found[2] or "flag taken back" in seen):
                acknowledged.append("undo")
            elif found and found[1]:
                acknowledged.append(SAID.get(found[1], found[1]))
            time.sleep(chance.random() * 0.02)
        terminal.press(chance.choice(KEYS))
        time.sleep(chance.random() * 0.04)
        terminal.process.kill()
        terminal.process.wait()
    stored = [d.action.value for d in study.store.reviews.decisions() if not d.implicit]
    assert stored[: len(acknowledged)] == acknowledged
    assert len(stored) <= len(acknowledged) + 2
    assert study.store.check() == "ok"


@pytest.mark.parametrize("seed", range(5))
def test_killed_in_triage_every_acknowledged_decision_is_there(study: Study, seed: int) -> None:
    killed_at_random(study, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 300))
def test_killed_two_hundred_times(study: Study, seed: int) -> None:
    killed_at_random(study, seed)
