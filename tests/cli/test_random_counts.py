"""Random work through the real commands, compared with the plain rule of `reference_selection`."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, assign, propose
from tests.unit.review.reference_selection import cells

from cothemes.app.ratings import history_of
from cothemes.app.review.left_out import beside
from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Arm
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.selection import History, Purpose, ReadingArm

TALK = """\
Interviewer: What made the group work?

Mo: We trusted each other from the start, and it took a year of meetings in the hall to get there together.

Interviewer: And what got in the way?

Mo: There was never any money for the rooms. My manager left in May and nobody came to take her place.

Interviewer: What else?

Mo: The room had no windows, and the tea was cold on every one of the mornings that we met there to talk.
"""
MORE = "Interviewer: Thank you.\n\nMo: One more thing: they left us alone for most of it.\n\n"
CODES = ("A1", "A2", "B1")
PEOPLE = ("ann", "bob")
ARMS = (Arm.BLIND, Arm.BLIND, Arm.REVEAL, Arm.ASSISTED)
KINDS = (
    ("code",) * 5 + ("done",) * 9 + ("rule",) * 3 + ("undo", "recode", "edit", "correct", "confirm", "reopen")
)
STEPS = 30
CORRECTIONS = (
    ("took a year", "took one year"),
    ("the hall", "the hal"),
    ("never any money", "always some money"),
    ("no windows", "windows"),
    ("Interviewer: What else?", f"{MORE}Interviewer: What else?"),
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with one interview, two people and suggestions."""
    folder = tmp_path_factory.mktemp("random-counts")
    cothemes = CommandLine()
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "talk.txt").write_text(TALK, encoding="utf-8")
    cothemes.done("init", folder / "study", "--from", "blank", "--codebook", folder / "codebook.yaml")
    cothemes.done("ingest", folder / "talk.txt", "--kind", "interview", study=folder / "study")
    for name in (*PEOPLE, "lead"):
        cothemes.done("reviewers", "add", name, study=folder / "study")
    study = Study(folder / "study")
    propose(study)
    study.close()
    return folder


class Work:
    """One random sequence of commands on a copy of the study."""

    def __init__(self, template: Path, folder: Path, seed: int, cothemes: CommandLine) -> None:
        shutil.copytree(template, folder)
        self.folder, self.root = folder, folder / "study"
        self._chance = random.Random(seed)
        self._cothemes = cothemes
        self._codebook = CODEBOOK
        self._text = TALK
        self.log: list[str] = []
        study = Study(self.root)
        self._passages = [each.id for each in study.store.passages.heads()]
        for name in PEOPLE:
            arms = [self._chance.choice(ARMS) for _ in self._passages]
            assign(study, name, dict(zip(self._passages, arms, strict=True)))
        study.close()

    def step(self, number: int) -> None:
        """One command; what a command refuses leaves things as they are."""
        pick = self._chance.choice
        who, code, passage = pick(PEOPLE), pick(CODES), pick(self._passages)
        kind = pick(KINDS)
        if kind == "code":
            self._run("decide", "--as", who, passage, code, pick(("add", "add", "add", "reject", "accept")))
        elif kind == "done":
            self._run("done", "--as", who, passage)
        elif kind == "reopen":
            self._run("done", "--as", who, passage, "--reopen")
        elif kind == "undo":
            self._run("undo", "--as", who)
        elif kind == "recode":
            self._run("codebook", "recode", code, "--round", f"again-{number}")
        elif kind == "confirm":
            self._run("confirm", "--as", who, "--all")
        elif kind == "rule":
            self._rule(code)
        elif kind == "edit":
            old, new = pick(
                (
                    ("label: Turnover of staff", f"label: Turnover {number}"),
                    ("Says that staff leave or come", f"Says that staff leave or come, {number}"),
                    ("time or money is there", f"time or money {number} is there"),
                    ("I trust the bus will come.", f"I trust bus {number}."),
                )
            )
            self._codebook = self._codebook.replace(old, new)
            (self.root / "codebook.yaml").write_text(self._codebook, encoding="utf-8")
            self.log.append(f"edit {new}")
        else:
            self._text = self._text.replace(*pick(CORRECTIONS))
            (self.folder / "talk.txt").write_text(self._text, encoding="utf-8")
            self._run("ingest", self.folder / "talk.txt", "--kind", "interview")

    def _rule(self, code: str) -> None:
        """Rule on a passage that several people finished, where there is one in dispute."""
        by = ("--as", "lead", "--round", "main")
        listed = self._cothemes("adjudicate", *by, "--list", "--json", study=self.root)
        cases = json.loads(listed.stdout)["cases"] if listed.exit_code == 0 else []
        if cases:
            place = ("--passage", self._chance.choice(cases)["passage"], "--code", code)
            self._run("adjudicate", self._chance.choice(("yes", "no")), *by, *place)

    def _run(self, *words: object) -> None:
        result = self._cothemes(*words, study=self.root)
        self.log.append(f"{result.exit_code} {' '.join(map(str, words))}")
        assert result.exit_code in (0, 2, 3, 4), (self.log, result.stderr, result.exception)

    def exported(self, form: str) -> list[dict[str, str]]:
        """The rows of an export."""
        path = self.folder / f"{form}.csv"
        self._cothemes.done("export", form, path, study=self.root)
        return _rows(path)

    def left_out(self, form: str) -> list[dict[str, str]]:
        """What the export left out."""
        path = beside(self.folder / f"{form}.csv")
        return _rows(path) if path.exists() else []


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def rulings(history: History, meanings: Meanings) -> dict[tuple[str, str], bool]:
    """Passage and code → the last ruling under the present meaning; none is taken back here."""
    found = {}
    for each in history.settlements:
        if each.code is None or each.ruling not in (Ruling.YES, Ruling.NO):
            continue
        current = history.current is None or each.passage in history.current
        if current and meanings.stood(each.code, each.codebook_hash, strict=False):
            found[each.passage, each.code] = each.ruling is Ruling.YES
    return found


def compare(work: Work, cothemes: CommandLine) -> None:
    """Findings and agreement are those of the plain rule, and nothing is lost."""
    study = Study(work.root)
    history = history_of(study)
    kept = {name: study.store.codebooks.get(name) for name in study.store.codebooks.hashes()}
    books = {name: Codebook.model_validate_json(content) for name, content in kept.items() if content}
    books[study.codebook.hash] = study.codebook
    meanings = Meanings(study.codebook, books)

    def same(code: str, book: str, strict: bool) -> bool:
        return meanings.stood(code, book, strict=strict)

    said = cells(Purpose.FINDINGS, history, study.codebook, books, same)
    ruled = rulings(history, meanings)
    given = {(p, who, code) for (p, who, _, _, code), value in said.items() if value}
    expected = {each for each in given if ruled.get((each[0], each[2]), True)}
    rows = work.exported("csv")
    human = [(row["passage"], row["who"], row["code"]) for row in rows if row["kind"] == "human"]
    assert len(human) == len(set(human)), work.log
    assert set(human) == expected, work.log
    settled = {(row["passage"], row["code"]) for row in rows if row["kind"] == "consensus"}
    assert settled == {place for place, yes in ruled.items() if yes}, work.log

    totals = cothemes.json("matrix", "--by", "document", study=work.root)["totals"]
    places = {(p, code) for p, _, code in expected} | settled
    assert {code: totals[code]["passages"] for code in CODES} == {
        code: sum(code == each for _, each in places) for code in CODES
    }, work.log

    named = [
        each for each in history.decisions if each.action in (Action.ADD, Action.ACCEPT) and not each.implicit
    ]
    left = [row for row in work.left_out("csv") if row["action"] in ("add", "accept")]
    assert len(named) == len(human) + len(left), work.log

    ratings = [row for row in work.exported("ratings") if row["kind"] == "human"]
    for round_name in {each.round for each in history.assignments}:
        for arm in (ReadingArm.BLIND, ReadingArm.REVEAL, ReadingArm.ASSISTED):
            wanted = cells(
                Purpose.AGREEMENT, history, study.codebook, books, same, round_name=round_name, arm=arm
            )
            assert {
                (row["unit"], row["rater"], row["round"], row["arm"], row["code"]): int(row["value"])
                for row in ratings
                if (row["round"], row["arm"]) == (round_name, arm.value)
            } == wanted, work.log
    study.close()


def run(template: Path, folder: Path, seed: int, cothemes: CommandLine) -> Work:
    work = Work(template, folder, seed, cothemes)
    for number in range(STEPS):
        work.step(number)
    compare(work, cothemes)
    return work


def test_random_work_counts_by_the_plain_rule(template: Path, tmp_path: Path, cothemes: CommandLine) -> None:
    done = [line for seed in range(20) for line in run(template, tmp_path / str(seed), seed, cothemes).log]
    worked = {line.split()[1] for line in done if line.startswith("0 ")}
    assert worked >= {"decide", "done", "undo", "ingest", "confirm", "codebook", "adjudicate"}, done


@pytest.mark.slow
def test_much_random_work_counts_by_the_plain_rule(
    template: Path, tmp_path: Path, cothemes: CommandLine
) -> None:
    for seed in range(1000, 1300):
        shutil.rmtree(run(template, tmp_path / str(seed), seed, cothemes).folder)
