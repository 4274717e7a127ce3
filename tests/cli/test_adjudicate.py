"""`cothemes adjudicate`: disagreements are settled blind to names, and agreement stays what it was before."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import NOW, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Reviewer

ONE, TWO, THREE = "talk-1.0002", "talk-1.0004", "talk-2.0002"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    made.store.reviews.add_reviewer(Reviewer(name="cat", role="supervisor", added=NOW))
    read(made, "ann", ONE, {"A1": {"status": ("experienced",)}, "A2": {}}, span=(0, 10))
    read(made, "bob", ONE, {"A1": {"status": ("intended",)}})
    read(made, "ann", TWO, ("A2",))
    read(made, "bob", TWO, ("A2", "B1"))
    read(made, "ann", THREE, ("A1",))
    read(made, "bob", THREE, ("A1",))
    yield made
    made.close()


def test_the_list_counts_and_names_neither_codes_nor_people(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("adjudicate", "--list", "--as", "cat", study=study.root)
    assert found == {
        "by": "cat",
        "round": "main",
        "settled": 0,
        "open": 2,
        "held": 0,
        "agreed": 1,
        "cases": [
            {"passage": ONE, "state": "open", "left": 2},
            {"passage": TWO, "state": "open", "left": 1},
        ],
    }
    text = cothemes.done("adjudicate", "--list", "--as", "cat", study=study.root)
    assert "0 of 2 passages in dispute are adjudicated; on 1 more all" in text
    assert "ann" not in text
    assert study.store.settlements.all() == []


def test_a_case_shows_readers_by_number_and_is_recorded_as_opened(
    cothemes: CommandLine, study: Study
) -> None:
    text = cothemes.done("adjudicate", "--as", "cat", "--passage", ONE, study=study.root)
    assert "ann" not in text
    assert "bob" not in text
    assert "A1, Trust between people: attributes differ" in text
    assert "“We trusted”" in text
    found = cothemes.json("adjudicate", "--as", "cat", "--passage", ONE, study=study.root)
    by_code = {one["code"]: one for one in found["codes"]}
    assert by_code["A2"]["differences"] == ["code"]
    assert sorted(answer["applies"] for answer in by_code["A2"]["answers"]) == [False, True]
    assert [record.ruling.value for record in study.store.settlements.all()] == ["opened"]
    assert set(study.store.settlements.all()[0].readers) == {"ann", "bob"}


def test_a_whole_round_is_settled_by_commands(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    before = cothemes.json("agreement", "--raters", "ann,bob", study=at)

    def rule(passage: str, code: str, verdict: str, *more: str) -> str:
        words = ("adjudicate", "--as", "cat", "--passage", passage, "--code", code, verdict, *more)
        return cothemes.done(*words, study=at)

    assert "left to adjudicate here: A1" in rule(ONE, "A2", "no", "--note", "money is not named")
    assert "left to adjudicate here: nothing" in rule(
        ONE, "A1", "yes", "--attr", "status=experienced,intended"
    )
    assert cothemes.json("adjudicate", "--as", "cat", "--undo", study=at) == {
        "undone": "yes",
        "code": "A1",
        "passage": ONE,
    }
    rule(ONE, "A1", "yes", "--attr", "status=experienced", "--span", "0:10")
    rule(TWO, "B1", "yes")
    rule(TWO, "A1", "yes")
    found = cothemes.json("adjudicate", "--as", "cat", "--list", study=at)
    assert (found["settled"], found["open"]) == (2, 0)

    assert cothemes.json("agreement", "--raters", "ann,bob", study=at)["codes"] == before["codes"]
    assert cothemes.json("agreement", study=at)["raters"] == ["ann", "bob"]
    with_it = cothemes.json("agreement", "--raters", "ann,consensus", study=at)
    by_code = {one["code"]: one for one in with_it["codes"]}
    # ann and the consensus: A2 1/0 1/1 0/0, B1 0/0 0/1 0/0.
    assert by_code["A2"]["percent_agreement"] == pytest.approx(2 / 3)
    assert by_code["B1"]["prevalence"] == {"ann": 0, "consensus": pytest.approx(1 / 3)}

    out = at / "ratings.csv"
    cothemes.done("export", "ratings", out, study=at)
    with out.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"] == "consensus"]
    # 3 passages × 3 codes, the agreed one too.
    assert len(rows) == 9
    applied = {(row["unit"], row["code"]) for row in rows if row["value"] == "1"}
    assert applied == {(ONE, "A1"), (TWO, "A1"), (TWO, "A2"), (TWO, "B1"), (THREE, "A1")}
    settled = next(row for row in rows if row["unit"] == ONE and row["code"] == "A1")
    assert (settled["attr.status"], settled["start"], settled["end"]) == ("experienced", "0", "10")
    assert (settled["round"], settled["arm"]) == ("main", "")


def test_agreement_says_that_what_is_in_dispute_is_missing(cothemes: CommandLine, study: Study) -> None:
    words = ("adjudicate", "--as", "cat", "--passage", TWO, "--code", "B1", "no")
    cothemes.done(*words, study=study.root)
    found = cothemes.json("agreement", "--raters", "bob,consensus", study=study.root)
    assert found["units"] == 2
    assert any("main 1" in note for note in found["notes"])


def test_a_passage_that_somebody_has_open_is_held_back(cothemes: CommandLine, study: Study) -> None:
    study.store.reviews.add_reviewer(Reviewer(name="dan", added=NOW))
    read(study, "dan", ONE, ("A2",), done=False)
    found = cothemes.json("adjudicate", "--list", "--as", "dan", study=study.root)
    assert (found["open"], found["held"]) == (1, 1)
    assert [case["passage"] for case in found["cases"]] == [TWO]
    refused = cothemes("adjudicate", "--as", "cat", "--passage", ONE, study=study.root)
    assert refused.exit_code == 3
    assert "somebody still has" in refused.stderr
    assert "Trust" not in refused.stdout
    assert study.store.settlements.all() == []


def test_who_stands_on_the_table_cannot_change_the_blind_codes_afterwards(
    cothemes: CommandLine, study: Study
) -> None:
    at = study.root
    cothemes.done("adjudicate", "--as", "ann", "--passage", ONE, study=at)
    refused = cothemes("done", "--as", "ann", ONE, "--reopen", study=at)
    assert refused.exit_code == 3
    assert "opened for adjudication" in refused.stderr
    assert "undone: done on talk-2.0002" in cothemes.done("undo", "--as", "bob", study=at).casefold()
    for _ in range(4):
        last = cothemes("undo", "--as", "bob", study=at)
    # bob's acts on THREE and TWO are gone, those on ONE stay.
    assert "talk-1.0004" in last.stdout
    last = cothemes("undo", "--as", "bob", study=at)
    assert last.exit_code == 3
    assert "discussed since" in last.stderr


def test_wrong_requests_say_what_is_right(cothemes: CommandLine, study: Study) -> None:
    for words, code, said in (
        (("--list",), 2, "say who you are"),
        (("--as", "eve", "--list"), 2, "not registered"),
        (("--as", "cat", "--code", "A1", "yes"), 2, "a ruling needs"),
        (("--as", "cat", "--passage", ONE, "yes"), 2, "a ruling needs"),
        (("--as", "cat", "--note", "x"), 2, "needs its passage"),
        (("--as", "cat", "--json"), 2, "--list"),
        (("--as", "cat", "--passage", "nothing.0001"), 2, "there is no passage"),
        (("--as", "cat", "--passage", THREE), 3, "nothing is in dispute"),
        (("--as", "cat", "--passage", ONE, "--code", "Z9", "yes"), 2, "is no code"),
        (("--as", "cat", "--passage", ONE, "--code", "A2", "no", "--attr", "valence=helps"), 2, "neither"),
        (("--as", "cat", "--list", "--round", "two"), 2, "Rounds: main"),
        (("--as", "cat", "--undo"), 3, "nothing to undo"),
    ):
        result = cothemes("adjudicate", *words, study=study.root)
        assert result.exit_code == code, (words, result.stderr)
        assert said in result.stderr


def test_without_two_readers_nothing_can_be_settled(cothemes: CommandLine, tmp_path: Path) -> None:
    made = study_in(tmp_path / "study")
    read(made, "ann", ONE, ("A1",))
    result = cothemes("adjudicate", "--as", "ann", "--list", study=made.root)
    assert result.exit_code == 3
    assert "no passage was finished by two" in result.stderr
    made.close()


def test_rounds_are_settled_apart(cothemes: CommandLine, study: Study) -> None:
    read(study, "ann", "talk-2.0004", ("A2",), round_name="pilot")
    read(study, "bob", "talk-2.0004", (), round_name="pilot")
    refused = cothemes("adjudicate", "--as", "cat", "--list", study=study.root)
    assert refused.exit_code == 2
    assert "--round" in refused.stderr
    found = cothemes.json("adjudicate", "--as", "cat", "--list", "--round", "pilot", study=study.root)
    assert [case["passage"] for case in found["cases"]] == ["talk-2.0004"]
    words = (
        "adjudicate",
        "--as",
        "cat",
        "--round",
        "pilot",
        "--passage",
        "talk-2.0004",
        "--code",
        "A2",
        "yes",
    )
    cothemes.done(*words, study=study.root)
    pilot = cothemes.json("agreement", "--raters", "ann,consensus", "--round", "pilot", study=study.root)
    assert pilot["units"] == 1


def test_imported_raters_are_settled_too_unless_a_consensus_came_with_them(
    cothemes: CommandLine, study: Study
) -> None:
    def row(rater: str, kind: RaterKind, unit: str, code: str) -> Rating:
        return Rating(unit=unit, doc=unit.split(".")[0], rater=rater, kind=kind, code=code)

    human, consensus = RaterKind.HUMAN, RaterKind.CONSENSUS
    study.store.ratings.add(
        [
            row("x", human, "policy.0001", "A1"),
            row("y", human, "policy.0001", ""),
            row("x", human, "policy.0002", "A2"),
            row("y", human, "policy.0002", ""),
            row("consensus", consensus, "policy.0002", "A2"),
        ]
    )
    result = cothemes("adjudicate", "--as", "cat", "--list", study=study.root)
    assert "(without a name)" in result.stderr
    words = ("adjudicate", "--as", "cat", "--round", "main", "--passage", ONE, "--code", "A2", "no")
    cothemes.done(*words, "--codes-only", study=study.root)
    raters = cothemes("agreement", "--raters", "ann,nobody", study=study.root).stderr
    assert "consensus-2" in raters


def test_at_the_prompt(cothemes: CommandLine, study: Study) -> None:
    typed = "\n".join(
        (
            "?", "e 1", "d 1", "x 9", "hm", "s 1 status=experienced", "n 1 we read it twice", "", "x A2", "",
            "k", "q",
        )
    )  # fmt: skip
    text = cothemes.done("adjudicate", "--as", "cat", "--plain", stdin=typed, study=study.root)
    assert "there is no code 9 on the card" in text
    assert "'hm' is no command" in text
    assert "A2 not adjudicated" in text
    assert "recorded: A2 does not apply; all adjudicated" in text
    assert "1 of 2 passages in dispute are adjudicated" in text
    assert "Go on: cothemes adjudicate --as cat" in text
    rulings = [(r.ruling.value, r.code, r.note) for r in study.store.settlements.all() if r.code]
    assert rulings == [("yes", "A1", ""), ("yes", "A1", "we read it twice"), ("no", "A2", "")]
    again = cothemes.done("adjudicate", "--as", "cat", "--plain", stdin="u\nq\n", study=study.root)
    assert "undone: A2 does not apply on talk-1.0002" in again


def test_it_goes_on_where_it_stopped_and_ends_with_the_input(cothemes: CommandLine, study: Study) -> None:
    cothemes.done("adjudicate", "--as", "cat", "--plain", stdin="a\nx\n\n", study=study.root)
    text = cothemes.done("adjudicate", "--as", "cat", "--plain", stdin="a\n\n", study=study.root)
    assert text.count(TWO) >= 1
    assert "2 of 2 passages in dispute are adjudicated" in text


def test_codings_and_quotes_know_what_was_settled(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    before = cothemes.json("codings", study=at)
    assert before["counts"]["settled"] == 0
    assert {one["upheld"] for one in before["decided"]} == {None}
    words = ("adjudicate", "--as", "cat", "--passage", TWO, "--code", "B1", "no", "--note", "a guess")
    cothemes.done(*words, study=at)
    found = cothemes.json("codings", study=at)
    upheld = {(one["passage"], one["code"], one["by"]): one["upheld"] for one in found["decided"]}
    assert upheld[(TWO, "B1", "bob")] is False
    assert upheld[(TWO, "A2", "ann")] is True
    assert upheld[(ONE, "A1", "ann")] is None
    listed = cothemes.json("codings", "--status", "settled", study=at)
    settled = listed["settled"]
    assert [(one["passage"], one["code"], one["by"]) for one in settled] == [
        (TWO, "A2", "consensus"),
        (THREE, "A1", "consensus"),
    ]
    # All readers gave these, and nobody ruled on them: they count as theirs, as in the export.
    assert (listed["counts"]["settled"], {one["ruled"] for one in settled}) == (0, {False})
    cothemes.done("adjudicate", "--as", "cat", "--passage", ONE, "--code", "A1", "yes", study=at)
    listed = cothemes.json("codings", study=at)
    cothemes.done("export", "csv", at / "out.csv", study=at)
    with (at / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [(row["passage"], row["code"]) for row in csv.DictReader(handle) if row["kind"] == "consensus"]
    assert [(one["passage"], one["code"]) for one in listed["settled"] if one["ruled"]] == rows
    assert listed["counts"]["settled"] == len(rows) == 1
    quotes = cothemes.json("quotes", "--code", "B1", study=at)
    assert quotes["counts"] == {"decided": 0, "suggested": 0, "settled_otherwise": 1}
    shown = cothemes.json("show", TWO, study=at)
    assert list(shown["settled"]) == ["A2"]
    assert "consensus: A2" in cothemes.done("show", TWO, study=at)
