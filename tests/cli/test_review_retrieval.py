"""`codings`, `show`, `quotes`: people's codes and suggestions are told apart and never counted together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, propose, study_in, suggestion

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm
from cothemes.records.suggestion import Outcome, OutcomeState


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """ann accepts A2 on talk-1.0004, adds B1 there and is done; bob has given A1 on policy.0001, not done."""
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    assign(study, "bob", {"policy.0001": Arm.BLIND})
    ann, bob = Desk(study, "ann"), Desk(study, "bob")
    card = ann.decide(ann.card("talk-1.0004"), "A2", Action.ACCEPT, attributes={"valence": ["hinders"]})
    ann.done(ann.decide(card, "B1", Action.ADD, spans=[(27, 49)], note="May"))
    bob.decide(bob.card("policy.0001"), "A1", Action.ADD)
    return study


def test_people_first_and_suggestions_apart(cothemes: Any, study: Study) -> None:
    found = cothemes.json("codings", study=study.root)
    assert found["counts"] == {
        "decided": 3, "not_done": 1, "settled": 0, "suggested": 4, "under_an_earlier_wording": 0,
    }  # fmt: skip
    assert (found["purpose"], found["combined_by"]) == ("findings", "any")
    decided = [(o["passage"], o["code"], o["by"], o["status"], o["done"]) for o in found["decided"]]
    assert decided == [
        ("policy.0001", "A1", "bob", "added", False),
        ("talk-1.0004", "A2", "ann", "accepted", True),
        ("talk-1.0004", "B1", "ann", "added", True),
    ]
    open_ones = [(o["passage"], o["code"]) for o in found["suggested"]]
    assert open_ones == [
        ("policy.0002", "A2"),
        ("talk-1.0002", "A1"),
        ("talk-2.0002", "A1"),
        ("talk-2.0004", "A2"),
    ]
    text = cothemes.done("codings", study=study.root)
    assert "added, not done" in text
    assert "Suggested, and decided by nobody" in text
    assert max(map(len, text.splitlines())) <= 80


def test_long_lists_are_cut_and_say_so(cothemes: Any, study: Study) -> None:
    text = cothemes.done("codings", "--limit", 1, study=study.root)
    assert "… and 2 more" in text
    assert "… and 3 more" in text
    assert "3 codes by people on 2 passages; 4 undecided." in text
    text = cothemes.done("quotes", "--code", "T", "--limit", 1, study=study.root)
    assert text.count("“") == 2
    assert "more" not in cothemes.done("quotes", "--code", "T", "--limit", 0, study=study.root)


@pytest.mark.parametrize(
    ("words", "decided", "suggested"),
    [
        (("--code", "A1"), 1, 2),
        (("--code", "T"), 2, 4),
        (("--code", "A1,B1"), 2, 2),
        (("--kind", "policy"), 1, 1),
        (("--group", "national"), 2, 3),
        (("--status", "accepted"), 1, 0),
        (("--status", "suggested"), 0, 4),
        (("--where", "valence=hinders"), 1, 0),
        (("--where", "status=experienced"), 1, 4),
        (("--where", "participant=p1"), 2, 1),
        (("--where", "by=bob", "--where", "arm=blind"), 1, 0),
    ],
)
def test_filters(cothemes: Any, study: Study, words: tuple[str, ...], decided: int, suggested: int) -> None:
    counts = cothemes.json("codings", *words, study=study.root)["counts"]
    assert (counts["decided"], counts["suggested"]) == (decided, suggested)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--code", "Z9"), "Codes: A1"),
        (("--where", "mood=bad"), "Fields: "),
        (("--where", "mood"), "--where NAME=VALUE"),
        (("--group", "national", "--kind", "song"), "song"),
    ],
)
def test_filters_that_ask_for_nothing(cothemes: Any, study: Study, words: tuple[str, ...], says: str) -> None:
    result = cothemes("codings", *words, study=study.root)
    assert result.exit_code == 2
    assert says in result.stderr


def test_quotes_are_words_of_the_source(cothemes: Any, study: Study) -> None:
    found = cothemes.json("quotes", "--code", "A2,B1", study=study.root)
    decided = [(q["id"], q["text"], q["status"], q["by"], q["whole_passage"]) for q in found["decided"]]
    assert decided == [
        ("talk-1.0004:0-26", "There was never any money.", "accepted", "ann", False),
        ("talk-1.0004:27-49", "My manager left in May", "added", "ann", False),
    ]
    assert {q["status"] for q in found["suggested"]} == {"suggested"}
    whole = cothemes.json("quotes", "--code", "A1", "--status", "added", study=study.root)["decided"]
    assert [(q["whole_passage"], q["by"]) for q in whole] == [(True, "bob")]
    text = cothemes.done("quotes", "--code", "A2", study=study.root)
    assert "“There was never any money.”" in text
    assert "accepted by ann" in " ".join(text.split())
    assert "1 quote by people, 2 only suggested." in text


def test_show_is_the_researchers_view(cothemes: Any, study: Study) -> None:
    found = cothemes.json("show", "talk-1.0004", study=study.root)
    (ann,) = found["people"]
    assert ann["codes"] == {"A2": {"status": ["experienced"], "valence": ["hinders"]}, "B1": {}}
    assert ann["notes"] == ["May"]
    assert [(s["code"], s["spans"]) for s in found["suggestions"]] == [("A2", [[0, 26]])]
    assert found["text"] == "There was never any money. My manager left in May."
    text = cothemes.done("show", "talk-1.0004", study=study.root)
    assert "ann (main, assisted, done): A2" in text
    assert "suggested by offline@0#r0001: A2" in text
    assert "before, Interviewer: And what got in the way?" in text
    assert "assigned to nobody" in cothemes.done("show", "talk-2.0002", study=study.root)


def test_show_as_a_blind_reviewer_shows_no_more_than_the_card(cothemes: Any, study: Study) -> None:
    text = cothemes.done("show", "policy.0001", "--as", "bob", study=study.root)
    assert "offline" not in text
    assert "your codes: A1" in text
    result = cothemes("show", "talk-1.0004", "--as", "bob", study=study.root)
    assert (result.exit_code, "not assigned to bob" in result.stderr) == (3, True)


def test_a_study_without_codings(cothemes: Any, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    empty = study_in(tmp_path / "other" / "study")
    assert "0 codes by people" in cothemes.done("codings", study=empty.root)
    assert cothemes.json("quotes", "--code", "A1", "--where", "x=y", study=empty.root)["decided"] == []


def test_side_by_side_is_in_the_order_of_deciding_and_hides_names_on_request(
    cothemes: Any, study: Study
) -> None:
    found = cothemes.json("codings", "--code", "T,B1", "--full", study=study.root)
    assert [(one["passage"], one["code"], one["by"]) for one in found] == [
        ("talk-1.0004", "A2", "ann"),
        ("talk-1.0004", "B1", "ann"),
        ("policy.0001", "A1", "bob"),
    ]
    assert found[0]["text"].startswith("There was never")
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    text = cothemes.done("codings", "--code", "T", "--full", "--hide-names", study=study.root)
    assert "1 of 2" in text
    assert "coder 1" in text
    assert "ann" not in text.replace("manager", "")
    assert "There was never any money." in text
    assert max(map(len, text.splitlines())) <= 80
    assert "Nobody has given it yet" in cothemes.done(
        "codings", "--full", "--where", "by=eve", study=study.root
    )


def test_flags_of_coders_and_people_stand_with_the_codings(cothemes: Any, study: Study) -> None:
    assert study.store.runs.get("r0001") is not None
    hostile = Outcome(
        run="r0002", passage="talk-2.0004", state=OutcomeState.CODED, flags=("instruction_like",)
    )
    first = study.store.runs.get("r0001")
    assert first is not None
    study.store.runs.put(first.model_copy(update={"id": "r0002", "configuration": "r0002", "rater": "m#2"}))
    passage = study.store.passages.get("talk-2.0004")
    assert passage is not None
    run = study.store.runs.get("r0002")
    assert run is not None
    unsure = suggestion(run, passage, "A2", passage.sentences[0]).model_copy(update={"flags": ("escalated",)})
    study.store.runs.record([hostile], [unsure])
    ann = Desk(study, "ann")
    card = ann.card("talk-1.0004")
    ann.keep(card, [ann.session(card).flag(card)])
    found = cothemes.json("codings", study=study.root)
    flags = {(one["passage"], one["code"]): one["flags"] for one in found["decided"] + found["suggested"]}
    assert flags[("talk-2.0004", "A2")] == [
        "text reads like instructions",
        "a second reading was unsure",
    ]
    assert flags[("talk-1.0004", "A2")] == ["flagged by ann"]
    assert flags[("policy.0002", "A2")] == []
    assert "flag: text reads like instructions" in cothemes.done("show", "talk-2.0004", study=study.root)
    assert "reads like" in cothemes.done("codings", study=study.root)


def test_quotes_stand_by_code_and_say_where_nothing_was_marked(cothemes: Any, study: Study) -> None:
    lines = cothemes.done("quotes", "--code", "B1,A2,A1", study=study.root).splitlines()
    heads = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert heads[0] == "Decided"
    assert [head for head in heads[1 : heads.index("Suggested,")] if head != "…"] == ["A1", "A2", "B1"]
    text = " ".join(" ".join(lines).split())
    assert "the passage, nothing marked" in text


def test_quotes_without_a_code_list_the_codes_in_use(cothemes: Any, study: Study) -> None:
    found = cothemes.json("quotes", study=study.root)["codes"]
    assert {row["code"] for row in found} >= {"A1", "A2", "B1"}
    assert all(row["decided"] or row["suggested"] for row in found)
    assert "cothemes quotes --code" in cothemes.done("quotes", study=study.root)


def test_the_same_words_stand_once_whoever_marked_them(cothemes: Any, study: Study) -> None:
    assign(study, "bob", {"talk-1.0004": Arm.BLIND})
    bob = Desk(study, "bob")
    bob.done(bob.decide(bob.card("talk-1.0004"), "B1", Action.ADD, spans=[(27, 49)]))
    text = cothemes.done("quotes", "--code", "B1", study=study.root)
    assert text.count("My manager left in May") == 1
    assert "added by ann and bob" in " ".join(text.split())
    assert "1 quote by people" in text
    assert len(cothemes.json("quotes", "--code", "B1", study=study.root)["decided"]) == 2


@pytest.mark.parametrize(
    ("query", "decided"),
    [
        ("A2 AND B1", [("talk-1.0004", "A2"), ("talk-1.0004", "B1")]),
        ("A2 AND NOT A1", [("talk-1.0004", "A2"), ("talk-1.0004", "B1")]),
        ("A2[valence=hinders] AND meta.group=national", [("talk-1.0004", "A2"), ("talk-1.0004", "B1")]),
        # bob has not closed his reading: the code does not count yet.
        ("A1", []),
        ("A2 AND kind=policy", []),
    ],
)
def test_one_query_for_listings_quotes_and_exports(
    cothemes: Any, study: Study, tmp_path: Path, query: str, decided: list[tuple[str, str]]
) -> None:
    found = cothemes.json("codings", "--query", query, study=study.root)
    assert [(one["passage"], one["code"]) for one in found["decided"]] == decided
    assert found["query"]["passages"] == len({passage for passage, _ in decided})
    quoted = cothemes.json("quotes", "--code", "T,B1", "--query", query, study=study.root)
    assert [(one["passage"], one["code"]) for one in quoted["decided"]] == decided
    out = tmp_path / "codings.csv"
    made = cothemes.json("export", "csv", out, "--query", query, study=study.root)
    assert made["query"] == found["query"]
    rows = [line.split(",")[0] for line in out.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert set(rows) == {passage for passage, _ in decided}
    crossed = cothemes.json("matrix", "--query", query, study=study.root)
    assert crossed["totals"]["A2"]["passages"] == sum(code == "A2" for _, code in decided)


def test_a_query_says_how_much_is_undetermined(cothemes: Any, study: Study) -> None:
    found = cothemes.json("codings", "--query", "NOT A1", study=study.root)["query"]
    assert found["passages"] == 1
    passages = len(study.store.passages.heads())
    assert found["undetermined"] == passages - 1
    assert "Undetermined" in cothemes.done("codings", "--query", "NOT A1", study=study.root)
    assert "query" not in cothemes.json("codings", study=study.root)
    result = cothemes("export", "ratings", "x.csv", "--query", "A1", study=study.root)
    assert result.exit_code == 2


def test_a_query_tells_a_blind_coder_nothing(cothemes: Any, study: Study, monkeypatch: Any) -> None:
    assign(study, "bob", {"talk-1.0004": Arm.BLIND})
    monkeypatch.setenv("COTHEMES_AS", "bob")
    for command in (("codings",), ("find", "money")):
        found = cothemes.json(*command, "--query", "A2", study=study.root)
        assert found["query"]["passages"] == 0
