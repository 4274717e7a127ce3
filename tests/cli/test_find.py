"""`cothemes find`: words of the texts, whose they are, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import study_in
from tests.doubles.decisions import read

from cothemes.adapters.pattern_search import pattern_search
from cothemes.app.study import Study
from cothemes.errors import UsageError


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    read(made, "ann", "talk-1.0004", ("A2",))
    read(made, "ann", "policy.0002", ("A1",))
    yield made
    made.close()


def words(found: Any) -> list[tuple[str, str]]:
    return [(hit["passage"], hit["text"]) for hit in found["hits"]]


def test_occurrences_with_their_places_in_the_source(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("find", "MONEY", study=study.root)
    assert words(found) == [("policy.0002", "money"), ("talk-1.0004", "money"), ("talk-2.0004", "money")]
    assert (found["occurrences"], found["passages"], found["documents"]) == (3, 3, 3)
    for hit in found["hits"]:
        document = study.store.documents.get(hit["document"])
        assert document is not None
        assert document.text[hit["start"] : hit["end"]] == hit["text"]
    assert found["hits"][1]["before"] == "There was never any "
    assert found["hits"][1]["after"] == ". My manager left in May."


def test_the_interviewer_is_searched_on_request_and_counted_always(
    cothemes: CommandLine, study: Study
) -> None:
    found = cothemes.json("find", "the", study=study.root)
    assert {hit["role"] for hit in found["hits"]} == {"participant", "none"}
    # "the group work", "the way": both in each of two interviews.
    assert found["other_roles"] == {"interviewer": 4}
    asked = cothemes.json("find", "the", "--role", "interviewer", study=study.root)
    assert asked["occurrences"] == 4
    every = cothemes.json("find", "the", "--role", "all", study=study.root)
    assert every["occurrences"] == found["occurrences"] + 4
    assert every["words_searched"] > found["words_searched"]


def test_words_of_no_passage_are_found_and_said(cothemes: CommandLine, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    talk = (
        "Ann: How are you?\n\nBen: Fine, thanks.\n\nAnn: Why?\n\nBen: " + "It went well for all of us. " * 8
    )
    file = tmp_path / "talk.txt"
    file.write_text(talk, encoding="utf-8")
    cothemes.done("ingest", file, "--kind", "interview", study=tmp_path / "s")
    found = cothemes.json("find", "thanks", "--role", "all", study=tmp_path / "s")
    assert [hit["passage"] for hit in found["hits"]] == [None]
    assert sum(found["in_no_passage"].values()) == found["occurrences"] == 1
    assert found["passages"] == 0


def test_regular_expressions_and_words_near_each_other(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    found = cothemes.json("find", r"m(oney|anager)\b", "--regex", "--documents", "talk-1", study=at)
    assert [hit["text"] for hit in found["hits"]] == ["money", "manager"]
    near = cothemes.json("find", "never", "--near", "2", "money", study=at)
    assert [(hit["text"], hit["near"]) for hit in near["hits"]] == [("never", "money")] * 2
    assert cothemes.json("find", "never", "--near", "1", "money", study=at)["occurrences"] == 0
    # Two turns are not near each other.
    assert cothemes.json("find", "room", "--near", "50", "May", study=at)["occurrences"] == 0


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        (("(ab", "--regex"), "TEXT, character 1"),
        (("", "--regex"), "pattern is empty"),
        (("?",), "holds no word"),
        (("a", "--near", "0", "b"), "1 to 200"),
        (("a", "--by", "age"), "nothing here has a field 'age'"),
        (("a", "--where", "age=4"), "nothing here has a field 'age'"),
        (("a", "--query", "A1 AND Z9"), "--query, character 8"),
    ],
)
def test_what_cannot_be_asked(
    cothemes: CommandLine, study: Study, asked: tuple[str, ...], where: str
) -> None:
    result = cothemes("find", *asked, study=study.root)
    assert result.exit_code == 2
    assert where in result.stderr


def test_a_pattern_without_end_is_ended() -> None:
    with pattern_search(r"(\w+\s?)+$", seconds=0.5) as patterns:
        assert patterns.places(["ab"], "talk") == [[(0, 2)]]
        with pytest.raises(UsageError) as caught:
            patterns.places(["ab " * 60 + "!"], "talk-1")
    assert caught.value.where == "talk-1"


def test_counts_by_group_with_the_words_that_were_searched(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("find", "money", "--by", "group", study=study.root)
    rows = {row["value"]: row for row in found["groups"]}
    assert {name: row["occurrences"] for name, row in rows.items()} == {"national": 2, "local": 1}
    assert sum(row["words"] for row in rows.values()) == found["words_searched"]
    assert rows["local"]["per_thousand"] == round(1000 / rows["local"]["words"], 3)
    by_speaker = cothemes.json("find", "money", "--by", "speaker", study=study.root)["groups"]
    assert {row["value"]: row["occurrences"] for row in by_speaker} == {"Mo": 2, "(not said)": 1}
    only = cothemes.json("find", "money", "--where", "group=local", study=study.root)
    assert words(only) == [("policy.0002", "money")]


def test_only_in_passages_that_a_query_selects(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("find", "money", "--query", "A2", study=study.root)
    assert words(found) == [("talk-1.0004", "money")]
    assert found["words_searched"] == 10
    assert found["query"]["passages"] == 1
    assert cothemes.json("find", "money", "--query", "NOT A2", study=study.root)["query"]["undetermined"] > 0


def test_lines_are_aligned_and_fit_the_terminal(cothemes: CommandLine, study: Study) -> None:
    text = cothemes.done("find", "money", study=study.root)
    lines = [line for line in text.splitlines() if line.startswith(("talk", "policy"))]
    assert len({line.index("money") for line in lines}) == 1
    assert max(map(len, text.splitlines())) <= 80
    none = cothemes.done("find", "mone", study=study.root)
    assert "*mone*" in none


def test_pseudonyms_unless_originals_are_asked_for(cothemes: CommandLine, study: Study) -> None:
    folder = study.root.parent
    (folder / "names.txt").write_text("Aldous Brenmore\n", encoding="utf-8")
    talk = "Ann: Who came?\n\nAldous Brenmore: " + "Then Aldous Brenmore left the meeting for good. " * 4
    (folder / "more.txt").write_text(talk, encoding="utf-8")
    cothemes.done("ingest", folder / "more.txt", "--kind", "interview", study=study.root)
    cothemes.done("deidentify", "--names", folder / "names.txt", study=study.root)
    before = len(cothemes.json("access-log", study=study.root)["entries"])
    found = cothemes.json("find", "left the meeting", study=study.root)
    assert (found["pseudonyms"], found["occurrences"]) == (True, 4)
    assert "Brenmore" not in str(found["hits"])
    document = study.store.documents.get("more")
    assert document is not None
    assert {document.text[hit["start"] : hit["end"]] for hit in found["hits"]} == {"left the meeting"}
    assert cothemes.json("find", "Brenmore", study=study.root)["occurrences"] == 0
    assert len(cothemes.json("access-log", study=study.root)["entries"]) == before
    shown = cothemes.json("find", "Brenmore", "--show-originals", study=study.root)
    assert {hit["text"] for hit in shown["hits"]} == {"Brenmore"}
    entries = cothemes.json("access-log", study=study.root)["entries"]
    assert [(each["kind"], each["command"]) for each in entries[before:]] == [("view", "find")]
