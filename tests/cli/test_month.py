"""A month with a codebook that grows, as docs/guide/month.md walks it: open codes, corrections, revisions."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import CommandLine

from cothemes.cli import app

TALK = """\
Interviewer: What made the group work for you?
Mo{0}: We trusted each other from the start. It took a year to get there, and nobody wrote it down, but we
knew that the others would turn up when it mattered.
Interviewer: And what got in the way?
Mo{0}: There was never any money for it. I paid the bus fare myself, each time, and nobody asked. My manager
left in May and the new one did not know that the group existed.
Interviewer: Would you do it again?
Mo{0}: I would, but only with someone paid to keep the minutes. We lost half of what was said, and then we
argued about it for weeks on end.
"""
INTERVIEWS = ("int1", "int2", "int3")
PASSAGES = [f"{name}.000{number}" for name in INTERVIEWS for number in (1, 2, 3)]
OPEN_CODES = {
    "ann": {"int1.0001": "trust", "int1.0002": "money"},
    "bob": {"int1.0002": "fares", "int1.0003": "paid help", "int2.0003": "minutes"},
}
PUBLISHED = {"trust": "TRUST", "money": "MONEY", "fares": "FARES", "paid help": "HELP"}
SECOND = {
    "ann": {"TRUST": PASSAGES[0::3], "MONEY": PASSAGES[1::3], "FARES": ["int1.0002"], "HELP": PASSAGES[2::3]},
    "bob": {"TRUST": PASSAGES[0::3], "MONEY": ["int1.0002"], "FARES": PASSAGES[1::3], "HELP": ["int1.0003"]},
}


class Month:
    """The study with its commands."""

    def __init__(self, cothemes: CommandLine, folder: Path) -> None:
        self._cothemes = cothemes
        self.folder, self.root = folder, folder / "study"
        self.texts = folder / "interviews"

    def __call__(self, *words: object, at: Path | None = None) -> str:
        return self._cothemes.done(*words, study=at or self.root)

    def json(self, *words: object) -> Any:
        return self._cothemes.json(*words, study=self.root)

    def finish(self, who: str, passages: list[str], at: Path | None = None) -> None:
        for passage in passages:
            self("done", "--as", who, passage, at=at)

    def left_out(self) -> dict[str, int]:
        return {each["reason"]: each["count"] for each in self.json("codings")["left_out"]}

    def present(self) -> dict[str, set[str]]:
        """Code → passages that have it."""
        cells: dict[str, set[str]] = {}
        found = self.json("codings")
        for each in (*found["decided"], *found["settled"]):
            if each["done"] and each["current_wording"] and each["upheld"] is not False:
                cells.setdefault(each["code"], set()).add(each["passage"])
        return cells


@pytest.fixture
def month(cothemes: CommandLine, tmp_path: Path) -> Month:
    made = Month(cothemes, tmp_path)
    made.texts.mkdir()
    for number, name in enumerate(INTERVIEWS, start=1):
        (made.texts / f"{name}.txt").write_text(TALK.format(number), encoding="utf-8")
    cothemes.done("init", made.root, "--from", "blank", "--title", "A month")
    book = made.root / "codebook.yaml"
    text = book.read_text(encoding="utf-8")
    book.write_text(text[: text.index("codes:\n")] + "codes: []\n", encoding="utf-8")
    return made


def test_a_month(month: Month) -> None:
    month("ingest", month.texts, "--kind", "interview")
    month("reviewers", "add", "lea", "--role", "lead")
    month("reviewers", "add", "ann")
    month("reviewers", "add", "bob")
    month("route", "--reviewers", "ann,bob", "--round", "pilot", "--overlap", "1", "--blind", "1")

    # Week 1: open codes
    for who, codes in OPEN_CODES.items():
        for passage, name in codes.items():
            month("decide", "--as", who, passage, "--new-code", name)
        month.finish(who, PASSAGES)
    assert month.present() == {}, "drafts are nobody else's business"
    assert len(month.json("codebook", "drafts", "--as", "ann")["drafts"]) == 2
    drafts = {
        each["code"]["label"]: each["code"]["id"]
        for each in month.json("codebook", "drafts", "--as", "lea", "--all")["drafts"]
    }
    for name, code in PUBLISHED.items():
        month(
            "codebook", "publish", drafts[name], "--as", "lea", "--id", code, "--definition", f"Says {name}.",
        )  # fmt: skip
    month("codebook", "discard", drafts["minutes"], "--as", "lea", "--reason", "one remark only")
    month("codebook", "check")
    assert month.present() == {
        "TRUST": {"int1.0001"}, "MONEY": {"int1.0002"}, "FARES": {"int1.0002"}, "HELP": {"int1.0003"},
    }  # fmt: skip
    every = ",".join(PUBLISHED.values())
    assert month.json("codebook", "recode", every, "--round", "pilot-2")["passages"] == {"ann": 9, "bob": 9}
    for who, given in SECOND.items():
        for code, passages in given.items():
            for passage in passages:
                month("decide", "--as", who, passage, code, "add")
        month.finish(who, PASSAGES)
    table = {each["code"]: each for each in month.json("agreement", "--round", "pilot-2")["codes"]}
    assert {code: table[code]["units"] for code in PUBLISHED.values()} == dict.fromkeys(PUBLISHED.values(), 9)
    assert table["TRUST"]["percent_agreement"] == 1.0
    assert table["MONEY"]["percent_agreement"] == pytest.approx(7 / 9)

    # Week 2: corrected transcripts
    for name, old, new in (("int1", "took a year", "took a yaer"), ("int2", "never any", "always some")):
        path = month.texts / f"{name}.txt"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    month("ingest", month.texts, "--kind", "interview", "--check")
    month("ingest", month.texts, "--kind", "interview")
    waiting = month.json("confirm", "--as", "ann")
    assert "int2.0002" in str(waiting)
    assert "int1.0001" not in str(waiting)
    month("confirm", "--as", "ann", "int2.0002")
    month("confirm", "--as", "bob", "--all")

    # Week 3: three revisions
    before = month.present()
    month("codebook", "rename", "HELP", "PAIDHELP", "--as", "lea", "--reason", "say what sort of help")
    month(
        "codebook",
        "merge",
        "MONEY,FARES",
        "--into",
        "COSTS",
        "--exact-union",
        "--label",
        "Costs",
        "--as",
        "lea",
    )
    assert month.present() == {
        "TRUST": before["TRUST"],
        "PAIDHELP": before["HELP"],
        "COSTS": before["MONEY"] | before["FARES"],
    }
    merged = {each["code"]: each for each in month.json("agreement", "--round", "pilot-2")["codes"]}
    assert (merged["COSTS"]["units"], merged["COSTS"]["percent_agreement"]) == (9, 1.0)
    assert {**merged["PAIDHELP"], "code": "HELP"} == table["HELP"]
    month(
        "codebook", "split", "TRUST", "--into", "WORD,TURNUP", "--parts-within", "--label", "WORD=A word",
        "--definition", "WORD=Says that people believe.", "--definition", "TURNUP=Says that people turn up.",
        "--as", "lea",
    )  # fmt: skip
    assert month.left_out()["split code"] == 6
    planned = month.json("codebook", "recode", "WORD,TURNUP", "--round", "recode-1")
    assert planned["passages"] == {"ann": 3, "bob": 3}

    # Week 4: a laptop, the consensus, the report
    month("pack", "--as", "bob", month.folder / "bob.zip")
    laptop = month.folder / "laptop"
    month("import", month.folder / "bob.zip", at=laptop)
    for passage in PASSAGES[0::3]:
        month("decide", "--as", "bob", passage, "WORD", "add", at=laptop)
    month.finish("bob", PASSAGES[0::3], at=laptop)
    month("pack", "--as", "bob", month.folder / "back.zip", at=laptop)
    taken = month.json("import", month.folder / "back.zip")
    assert (taken["new"], taken["left_out"]) == (6, [])
    for passage in PASSAGES[0::3]:
        month("decide", "--as", "ann", passage, "WORD", "add")
    month("decide", "--as", "ann", "int1.0001", "TURNUP", "add")
    month.finish("ann", PASSAGES[0::3])
    again = month.json("agreement", "--round", "recode-1")
    assert {each["code"]: each["percent_agreement"] for each in again["codes"]} == {
        "WORD": 1.0, "TURNUP": pytest.approx(2 / 3),
    }  # fmt: skip
    assert any("split afterwards" in note for note in again["notes"])
    month(
        "adjudicate", "--as", "lea", "--round", "recode-1", "--passage", "int1.0001", "--code", "TURNUP",
        "no", "--note", "a wish, not a fact",
    )  # fmt: skip
    found = month.present()
    assert found["WORD"] == set(PASSAGES[0::3])
    assert "TURNUP" not in found
    assert found["COSTS"] == before["MONEY"] | before["FARES"]
    page = month.folder / "report.html"
    assert month.json("report", page)["passages_counted"] == 9
    shown = page.read_text(encoding="utf-8")
    for words in ("COSTS", "say what sort of help", "WORD"):
        assert words in shown
    kinds = [each["kind"] for each in month.json("codebook", "history")["operations"]]
    assert kinds[-3:] == ["rename", "merge", "split"]


def test_the_guide_types_what_the_program_takes(root: Path) -> None:
    page = (root / "docs" / "guide" / "month.md").read_text(encoding="utf-8")
    lines = re.findall(r"^cothemes (.+)$", page, re.MULTILINE)
    assert len(lines) > 25
    for line in lines:
        words = shlex.split(line.partition(" && ")[0])
        if words[0] == "-C":
            words = words[2:]
        found: Any = typer.main.get_command(app)
        while words and hasattr(found, "commands"):
            found, words = found.commands[words[0]], words[1:]
        options = {option for each in found.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_a_code_made_on_a_laptop_comes_home_as_a_draft(month: Month) -> None:
    month("ingest", month.texts, "--kind", "interview")
    month("reviewers", "add", "ann")
    month("reviewers", "add", "bob")
    month("route", "--reviewers", "ann,bob", "--overlap", "1", "--blind", "1")
    laptop = month.folder / "laptop"
    month("pack", "--as", "ann", month.folder / "ann.zip")
    month("import", month.folder / "ann.zip", at=laptop)
    month("decide", "--as", "ann", PASSAGES[0], "--new-code", "trust", at=laptop)
    month.finish("ann", PASSAGES, at=laptop)
    month("pack", "--as", "ann", month.folder / "back.zip", at=laptop)
    for new in (10, 0):
        taken = month.json("import", month.folder / "back.zip")
        assert (taken["new"], taken["left_out"]) == (new, [])
    (draft,) = month.json("codebook", "drafts", "--as", "ann")["drafts"]
    assert (draft["code"]["label"], draft["codings"]) == ("trust", 1)
    assert month.present() == {}
    month("codebook", "publish", draft["code"]["id"], "--as", "ann", "--id", "TRUST")
    assert month.present() == {"TRUST": {PASSAGES[0]}}
