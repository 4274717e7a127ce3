"""A transcript is corrected while it is being coded, and nothing that people did is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_recut import write
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK

from cothemes.app.review.review import Desk
from cothemes.app.study import Study, create_study
from cothemes.records.review import Action

FRONT = "---\ntitle: One\nlevel: local\n---\n"
ASK = "Interviewer: What helped the group in its first year?\n"
FIRST = (
    "Mo: We trusted each other from the start, and it took a year to get there all the same. People were "
    "permitted to come in the evening, and some of them stayed until it was dark outside.\n"
)
AND = "Interviewer: And what got in the way?\n"
SECOND = (
    "Mo: There was hardly any money for it, and my manager left in the middle of May. After that we met at "
    "my kitchen table, with five chairs between the lot of us.\n"
)
LAST = "Interviewer: Is there anything that you would do in another way?\n"
THIRD = (
    "Mo: I would ask the neighbours sooner. They had the keys to the hall all along, and they would have "
    "opened it for a cup of tea and a bit of company in the winter.\n"
)
TALK = ASK + FIRST + AND + SECOND + LAST + THIRD
INSERTED = (
    "Interviewer: Could you say who you are?\nMo: My name is Mo and I have lived in this street for as long "
    "as I can remember, in the house with the green door beside the old school.\n"
)
_SAID = ("coded", "suggested")
ONE, TWO, THREE = "talk.0001", "talk.0002", "talk.0003"


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "talk.md", FRONT + TALK)


@pytest.fixture
def study(tmp_path: Path, talk: Path, cothemes: CommandLine) -> Path:
    """Ann and Ben have read the first passage and code its `permitted`; Ann has read all three."""
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    permitted = span(FIRST, "permitted to come in the evening")
    for words in (
        ("ingest", talk),
        ("reviewers", "add", "ann"),
        ("reviewers", "add", "ben"),
        ("route", "--reviewers", "ann,ben", "--overlap", "1"),
        ("decide", "--as", "ann", ONE, "C1", "add", "--span", permitted),
        ("done", "--as", "ann", ONE),
        ("decide", "--as", "ben", ONE, "C1", "add", "--span", permitted),
        ("done", "--as", "ben", ONE),
        ("decide", "--as", "ann", TWO, "C1", "add", "--span", span(SECOND, "my manager left")),
        ("done", "--as", "ann", TWO),
        ("done", "--as", "ann", THREE),
    ):
        cothemes.done(*words, study=made.root)
    return made.root


def span(turn: str, words: str) -> str:
    start = turn.removeprefix("Mo: ").index(words)
    return f"{start}:{start + len(words)}"


def correct(cothemes: CommandLine, study: Path, talk: Path, *changes: tuple[str, str]) -> dict[str, Any]:
    """Replace words of the file, each once, and read it again; the file's report."""
    text = talk.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    write(talk, text)
    (file,) = cothemes.json("ingest", talk, study=study)["files"]
    assert isinstance(file, dict)
    return file


def quoted(cothemes: CommandLine, study: Path) -> list[tuple[str, str]]:
    found = cothemes.json("quotes", "--code", "C1", study=study)["decided"]
    return sorted((each["passage"], each["text"]) for each in found)


def exported(cothemes: CommandLine, study: Path, out: Path, *words: str) -> list[dict[str, str]]:
    cothemes.done("export", "csv", out, *words, study=study)
    with out.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def passages(study: Path) -> dict[str, str]:
    opened = Study(study)
    found = {each.id: each.text for each in opened.store.passages.all()}
    opened.close()
    return found


def units(cothemes: CommandLine, study: Path) -> int | None:
    result = cothemes("agreement", "--json", study=study)
    found: int | None = json.loads(result.stdout).get("units") if result.exit_code == 0 else None
    return found


def test_a_word_of_the_title_changes_nothing_but_the_title(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    before = cothemes.json("codings", study=study)
    file = correct(cothemes, study, talk, ("title: One", "title: Another one"))
    assert (file["correction"], file["taken"], file["recut"]) == (None, ["title"], False)
    assert cothemes.json("codings", study=study) == before
    assert cothemes.json("documents", "talk", study=study)["documents"][0]["title"] == "Another one"


def test_a_typo_keeps_decisions_current_and_quotes_the_corrected_words(
    study: Path, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    counted, rated = len(cothemes.json("codings", study=study)["decided"]), units(cothemes, study)
    ids = list(passages(study))
    file = correct(cothemes, study, talk, ("the evening", "the evenning"), ("kitchen", "kichen"))
    assert file["correction"]["corrected"] == [ONE, TWO]
    assert (file["correction"]["to_confirm"], file["correction"]["decisions_current"]) == ([], 3)
    assert list(passages(study)) == ids
    assert quoted(cothemes, study) == [
        (ONE, "permitted to come in the evenning"), (ONE, "permitted to come in the evenning"),
        (TWO, "my manager left"),
    ]  # fmt: skip
    found = cothemes.json("codings", study=study)
    assert (len(found["decided"]), found["left_out"]) == (counted, [])
    assert units(cothemes, study) == rated
    rows = exported(cothemes, study, tmp_path / "out.csv")
    assert {row["quote"] for row in rows} == {"permitted to come in the evenning", "my manager left"}
    assert {(row["corrected_since"], row["state"]) for row in rows} == {("yes", "current")}
    assert len({row["revision"] for row in rows}) == 1
    assert {each["corrected_since"] for each in found["decided"]} == {True}
    shown = cothemes.json("show", ONE, study=study)
    assert "evenning" in shown["text"]
    assert [(p["corrected_since"], p["to_confirm"]) for p in shown["people"]] == [(["C1"], []), (["C1"], [])]
    (read,) = {row["revision"] for row in exported(cothemes, study, tmp_path / "read.csv", "--as-coded")}
    assert read == found["decided"][0]["text_version"] != rows[0]["revision"]
    words = {row["quote"] for row in exported(cothemes, study, tmp_path / "read.csv", "--as-coded")}
    assert words == {"permitted to come in the evening", "my manager left"}
    as_read = cothemes.json("quotes", "--code", "C1", "--as-coded", study=study)["decided"]
    assert {(each["text"], each["revision"]) for each in as_read} == {(word, read) for word in words}


def as_coded(cothemes: CommandLine, study: Path, out: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Passage and person → the quote and its version in the export, which `quotes` and `codings` share."""
    rows = {(r["passage"], r["who"]): r for r in exported(cothemes, study, out, "--as-coded") if r["who"]}
    quotes: dict[tuple[str, str], list[str]] = {}
    for each in cothemes.json("quotes", "--code", "C1", "--as-coded", study=study)["decided"]:
        assert each["revision"] == rows[each["passage"], each["by"]]["revision"]
        quotes.setdefault((each["passage"], each["by"]), []).append(each["text"])
    assert {place: " […] ".join(words) for place, words in quotes.items()} == {
        place: row["quote"] for place, row in rows.items()
    }
    for one in cothemes.json("codings", "--full", "--as-coded", study=study):
        row = rows[one["passage"], one["by"]]
        assert row["spans"] == ";".join(f"{start}-{end}" for start, end in one["spans"])
        assert row["quote"] == " […] ".join(one["text"][start:end] for start, end in one["spans"])
        assert (row["corrected_since"] == "yes") == one["corrected_since"]
    return {place: (row["quote"], row["revision"]) for place, row in rows.items()}


def test_words_as_coded_are_found_in_the_text_that_was_read_also_where_it_only_moved(
    study: Path, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    words = [word for part in ("the keys", "a cup of tea") for word in ("--span", span(THIRD, part))]
    cothemes.done("done", "--as", "ann", THREE, "--reopen", study=study)
    cothemes.done("decide", "--as", "ann", THREE, "C1", "add", *words, study=study)
    cothemes.done("done", "--as", "ann", THREE, study=study)
    before = as_coded(cothemes, study, tmp_path / "out.csv")
    assert before[THREE, "ann"][0] == "the keys […] a cup of tea"
    correct(cothemes, study, talk, ("were permitted to come", "were long since permitted to come"))
    assert as_coded(cothemes, study, tmp_path / "out.csv") == before
    listed = cothemes.json("codings", study=study)["decided"]
    assert {each["passage"] for each in listed if each["corrected_since"]} == {ONE}


def test_words_that_were_confirmed_are_the_present_ones(
    study: Path, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    correct(cothemes, study, talk, ("permitted to come in", "permitted to stay in"))
    cothemes.done("confirm", "--as", "ann", ONE, study=study)
    found = as_coded(cothemes, study, tmp_path / "out.csv")
    assert found[ONE, "ann"][0] == "permitted to stay in the evening"
    assert found[ONE, "ben"][0] == "permitted to come in the evening"
    assert found[ONE, "ann"][1] != found[ONE, "ben"][1]


def test_an_inserted_paragraph_changes_no_id_decision_or_quote(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    before, quotes = passages(study), quoted(cothemes, study)
    codings = cothemes.json("codings", study=study)["decided"]
    file = correct(cothemes, study, talk, (ASK, INSERTED + ASK))
    (new,) = file["correction"]["new"]
    after = passages(study)
    assert list(after) == [new, *before]
    assert {name: after[name] for name in before} == before
    assert quoted(cothemes, study) == quotes
    again = cothemes.json("codings", study=study)["decided"]
    keys = ("passage", "code", "by", "spans", "done", "arm")
    assert [[each[key] for key in keys] for each in again] == [
        [each[key] for key in keys] for each in codings
    ]


def test_a_removed_paragraph_retires_its_passage_until_it_returns(
    study: Path, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    before = passages(study)
    counted = cothemes.json("codings", study=study)["decided"]
    file = correct(cothemes, study, talk, (AND + SECOND, ""))
    (gone,) = file["correction"]["retired"]
    assert (gone["passage"], gone["decisions"]) == (TWO, 1)
    assert file["set_aside"]["assignments"] == 2
    found = cothemes.json("codings", study=study)
    assert {each["passage"] for each in found["decided"]} == {ONE}
    (left,) = found["left_out"]
    assert (left["reason"], left["count"], left["codes"]) == ("retired passage", 1, ["C1"])
    assert left["include_with"] == "cothemes ingest --restore talk"
    exported(cothemes, study, tmp_path / "out.csv")
    with (tmp_path / "out.csv.left-out.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert [(row["passage"], row["who"]) for row in csv.DictReader(handle)] == [(TWO, "ann")]
    file = correct(cothemes, study, talk, (LAST, AND + SECOND + LAST))
    assert (file["correction"]["back"], file["correction"]["decisions_back"]) == ([TWO], 1)
    assert passages(study) == before
    assert cothemes.json("codings", study=study)["decided"] == counted


def test_a_planted_negation_is_to_confirm_and_counts_in_findings_only(
    study: Path, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    rated = units(cothemes, study)
    assert rated == 1
    file = correct(cothemes, study, talk, ("were permitted", "were not permitted"))
    (waiting,) = file["correction"]["to_confirm"]
    assert (waiting["passage"], waiting["reasons"], waiting["decisions"]) == (ONE, ["negation"], 2)
    decided = cothemes.json("codings", study=study)["decided"]
    assert sorted((each["passage"], each["to_confirm"], each["corrected_since"]) for each in decided) == [
        (ONE, True, True), (ONE, True, True), (TWO, False, False),
    ]  # fmt: skip
    assert {p["to_confirm"][0] for p in cothemes.json("show", ONE, study=study)["people"]} == {"C1"}
    assert "to confirm" in cothemes.done("quotes", "--code", "C1", study=study)
    states = {row["passage"]: row["state"] for row in exported(cothemes, study, tmp_path / "out.csv")}
    assert states == {ONE: "to confirm", TWO: "current"}
    # Both read the same words: they can be compared as before.
    assert units(cothemes, study) == rated
    lead = cothemes.done("confirm", "--as", "ben", "--all", study=study)
    assert "ann 1 passage" in lead
    # Ben has confirmed on the new words, and Ann's reading is of the old ones.
    listed = cothemes.json("confirm", "--as", "ann", study=study)["waiting"]
    assert [each["passage"] for each in listed] == [ONE]
    assert "not permitted" in listed[0]["now"]
    assert "not permitted" not in listed[0]["read"]
    cothemes.done("confirm", "--as", "ann", ONE, study=study)
    assert cothemes.json("confirm", "--as", "ann", study=study)["waiting"] == []
    decided = cothemes.json("codings", study=study)["decided"]
    assert {(each["passage"], each["to_confirm"]) for each in decided} == {(ONE, False), (TWO, False)}
    assert units(cothemes, study) == rated


def test_the_author_of_a_draft_confirms_it_and_nobody_else_sees_it(
    study: Path, talk: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Study(study)
    desk = Desk(opened, "ben")
    start = SECOND.removeprefix("Mo: ").index("my manager left")
    given = desk.draft(desk.card(TWO), "the manager", [(start, start + len("my manager left"))])
    code = given.code
    desk.done(desk.keep(desk.card(TWO), [given]))
    opened.close()
    correct(cothemes, study, talk, ("my manager left", "my sister came"))

    def seen() -> dict[str, bool]:
        codings = cothemes.json("codings", study=study)
        shown = cothemes.json("show", TWO, study=study)["people"]
        story = cothemes.json("audit", TWO, study=study)["entries"]
        return {
            "codings": code in {each["code"] for each in codings["decided"]},
            "left out": any(code in (each["codes"] or ()) for each in codings["left_out"]),
            "show": any(code in each["to_confirm"] for each in shown),
            "audit": any(each["code"] == code and each["state"] == "your draft code" for each in story),
            "quotes": cothemes("quotes", "--code", code, "--state", "all", study=study).exit_code == 0,
            "named": cothemes("codings", "--code", code, study=study).exit_code == 0,
            "anything": code in cothemes("codings", "--full", "--json", study=study).stdout,
        }

    assert set(seen().values()) == {False}
    (waiting,) = cothemes.json("confirm", "--as", "ben", study=study)["waiting"]
    assert (waiting["passage"], waiting["codes"]) == (TWO, [code])
    assert code not in str(cothemes.json("confirm", "--as", "ann", study=study))
    before = cothemes.json("matrix", study=study)["rows"]
    monkeypatch.setenv("COTHEMES_AS", "ben")
    assert set(seen().values()) == {True}
    assert cothemes.json("matrix", study=study)["rows"] == before
    monkeypatch.setenv("COTHEMES_AS", "ann")
    assert set(seen().values()) == {False}
    monkeypatch.delenv("COTHEMES_AS")
    cothemes.done("confirm", "--as", "ben", TWO, "--code", code, study=study)
    assert cothemes.json("confirm", "--as", "ben", study=study)["waiting"] == []


def test_agreement_leaves_out_a_passage_of_which_two_people_read_different_words(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    cothemes.done("done", "--as", "ben", THREE, study=study)
    assert units(cothemes, study) == 2
    correct(cothemes, study, talk, ("There was hardly any", "There was plenty of"))
    cothemes.done("done", "--as", "ben", TWO, study=study)
    assert units(cothemes, study) == 2, "Ann read `hardly any`, Ben `plenty of`"
    cothemes.done("confirm", "--as", "ann", TWO, study=study)
    assert units(cothemes, study) == 3


def test_a_screen_that_was_open_during_a_correction_stores_what_was_read(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    opened = Study(study)
    desk = Desk(opened, "ben")
    card = desk.card(TWO)
    correct(cothemes, study, talk, ("There was hardly any", "There was plenty of"))
    start = card.passage.text.index("hardly any money")
    later = desk.decide(card, "C1", Action.ADD, spans=[(start, start + len("hardly any money"))])
    desk.done(later)
    opened.close()
    opened = Study(study)
    (made,) = [d for d in opened.store.reviews.decisions(passage=TWO) if d.reviewer == "ben" and d.code]
    opened.close()
    assert made.text_version == card.passage.version
    waiting = cothemes.json("confirm", "--as", "ben", study=study)["waiting"]
    assert [each["passage"] for each in waiting] == [TWO]


def test_an_earlier_text_is_listed_and_restored_with_all_decisions_made_since(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    before = passages(study)
    correct(cothemes, study, talk, ("were permitted", "were not permitted"), (ASK, INSERTED + ASK))
    cothemes.done("done", "--as", "ann", ONE, "--reopen", study=study)
    cothemes.done("decide", "--as", "ann", ONE, "C1", "reject", study=study)
    cothemes.done("done", "--as", "ann", ONE, study=study)
    texts = cothemes.json("documents", "talk", study=study)["documents"][0]["texts"]
    assert [each["current"] for each in texts] == [False, True]
    assert texts[0]["since"] < texts[1]["since"]
    (file,) = cothemes.json("ingest", "--restore", "talk", study=study)["files"]
    made = file["correction"]
    assert [(each["passage"], each["decisions"]) for each in made["to_confirm"]] == [(ONE, 1)], (
        "what was decided on this very text is current"
    )
    assert passages(study) == before
    given = {(each["passage"], each["by"]) for each in cothemes.json("codings", study=study)["decided"]}
    assert given == {(ONE, "ben"), (TWO, "ann")}, "Ann's later answer is kept"
    # Once more: the text that was current before is the corrected one; a version can be named, too.
    cothemes.done("ingest", "--restore", "talk", study=study)
    assert "not permitted" in passages(study)[ONE]
    cothemes.done("ingest", "--restore", "talk", "--version", texts[0]["version"][:8], study=study)
    assert passages(study) == before
    cothemes.done("ingest", "--restore", "talk", study=study)
    cothemes.done("ingest", "--resegment", "--undo", "talk", "--yes", study=study)
    assert passages(study) == before


def test_a_restored_text_waits_for_what_confirm_lists(study: Path, talk: Path, cothemes: CommandLine) -> None:
    for words in ("in the evening", "some of them stayed", "permitted to come in the evening"):
        cothemes.done("done", "--as", "ann", ONE, "--reopen", study=study)
        cothemes.done("decide", "--as", "ann", ONE, "C1", "add", "--span", span(FIRST, words), study=study)
        cothemes.done("done", "--as", "ann", ONE, study=study)

    def waiting() -> int:
        found = (cothemes.json("confirm", "--as", who, study=study)["waiting"] for who in ("ann", "ben"))
        return sum(len(each["codes"]) for one in found for each in one)

    made = correct(cothemes, study, talk, ("were permitted", "were not permitted"))["correction"]
    assert made["decisions_to_confirm"] == waiting() == 2
    assert made["decisions_current"] == 1
    for who in ("ann", "ben"):
        cothemes.done("confirm", "--as", who, "--all", study=study)
    for _ in ("the earlier text", "the corrected text again"):
        (file,) = cothemes.json("ingest", "--restore", "talk", study=study)["files"]
        made = file["correction"]
        assert made["decisions_to_confirm"] == sum(each["decisions"] for each in made["to_confirm"])
        assert made["decisions_to_confirm"] == waiting() == 0
        assert made["decisions_current"] == 3


def test_several_corrections_are_one_table_of_80_columns(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    names = [f"a-talk-with-a-rather-long-name-about-one-thing-{number}.md" for number in range(4)]
    for number, name in enumerate(names):
        write(talk.parent / name, TALK.replace("the hall", f"the hall number {number}"))
    cothemes.done("ingest", talk.parent, study=study)
    for path in talk.parent.glob("*.md"):
        write(path, path.read_text(encoding="utf-8").replace("were permitted", "were not permitted"))
    planned = cothemes.json("ingest", talk.parent, "--check", study=study)["files"]
    told = cothemes.done("ingest", talk.parent, study=study)
    assert max(map(len, told.splitlines())) <= 80
    (sums,) = [line.split() for line in told.splitlines() if line.startswith("all ")]
    assert sums[1:] == ["10", "5", "0", "0", "2", "0"]
    assert sum(len(each["correction"]["to_confirm"]) for each in planned) == 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--restore", "nobody"), 2),
        (("--restore", "talk"), 3),
        (("--restore", "--resegment", "talk"), 2),
        (("--version", "abc", "talk"), 2),
        (("--restore", "--check", "talk"), 2),
    ],
)
def test_what_cannot_be_restored(
    study: Path, cothemes: CommandLine, words: tuple[str, ...], code: int
) -> None:
    assert cothemes("ingest", *words, study=study).exit_code == code


def test_a_corrected_passage_is_coded_again_only_when_asked_for(
    study: Path, talk: Path, cothemes: CommandLine
) -> None:
    book = study / "codebook.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    cothemes.done("codebook", "adopt", "--retired", "C1", "--as", "ann", "--reason", "Others", study=study)
    first = cothemes.json("propose", "--coder", "offline", study=study)
    correct(cothemes, study, talk, ("kitchen table", "kitchen and living-room tables"))
    left = cothemes.json("propose", "--coder", "offline", study=study)
    assert (left["run"], left["corrected"]) == (None, 1)
    assert "1 passage corrected since" in " ".join(cothemes.done("propose", study=study).split())
    planned = cothemes.json("propose", "--coder", "offline", "--corrected", "--dry-run", study=study)
    assert (planned["to_code"], planned["corrected"]) == (1, 1)
    again = cothemes.json("propose", "--coder", "offline", "--corrected", study=study)
    assert (again["outcomes"], again["corrected"]) == ({"coded": 1}, 0)
    assert again["run"] != first["run"], "what a run said of a passage is never replaced"
    runs = [e["by"] for e in cothemes.json("audit", TWO, study=study)["entries"] if e["event"] in _SAID]
    assert list(dict.fromkeys(runs)) == [first["rater"], again["rater"]]
    last = cothemes.json("propose", "--coder", "offline", "--corrected", study=study)
    assert (last["run"], last["corrected"]) == (None, 0)
