"""`cothemes deidentify` on a small study: found, shown, settled, accepted, voided."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import CommandLine
from typer.testing import CliRunner

from cothemes.app.privacy.outbound import Pseudonymizer
from cothemes.app.study import Study, create_study
from cothemes.cli.deidentify import deidentify
from cothemes.cli.group import EdgeGroup
from cothemes.cli.invocation import Invocation
from cothemes.records.review import Reviewer

CANARIES = ("Quenby", "Farquharson", "quenby@nhs.scot", "0131 496 0018", "EH1 1YZ", "010170 1233")
FIRST = """\
Interviewer: What helped, Quenby?
Quenby Farquharson: I am Quenby Farquharson. Ring me on 0131 496 0018 or quenby@nhs.scot.
Interviewer: And where?
Quenby Farquharson: In EH1 1YZ. My CHI is 010170 1233. Grace was there; we asked for Grace.
Interviewer: Thank you.
Grace: Grace is what we need.
"""
SECOND = """\
Interviewer: Do you know Farquharson?
Una Blane: Everyone knows Quenby. We trust each other, and that took a year.
Interviewer: Thank you, Una.
Una Blane: You are welcome.
"""


class Local(CommandLine):
    """The command by itself: it is registered when the issue that needs it is worked on."""

    def __call__(self, *words: object, stdin: str | None = None, study: Path | None = None) -> Any:
        app = typer.Typer(cls=EdgeGroup, pretty_exceptions_enable=False, rich_markup_mode=None)
        app.command("deidentify")(deidentify)

        @app.callback()
        def options(context: typer.Context) -> None:
            context.obj = Invocation(folder=study)

        return CliRunner().invoke(app, [*map(str, words)], input=stdin)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Local:
    monkeypatch.setenv("COLUMNS", "100")
    return Local()


@pytest.fixture
def study(tmp_path: Path, cothemes: Any) -> Iterator[Study]:
    study = create_study(tmp_path / "study", source="blank", codebook=None, title="Small")
    (tmp_path / "one.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "two.txt").write_text(SECOND, encoding="utf-8")
    cothemes.done("ingest", tmp_path / "one.txt", tmp_path / "two.txt", study=study.root)
    yield study
    study.close()


def add(study: Study, *names: str) -> None:
    from datetime import UTC, datetime

    for name in names:
        study.store.reviews.add_reviewer(Reviewer(name=name, added=datetime(2026, 11, 3, tzinfo=UTC)))


def canaries_in(*outputs: str) -> list[str]:
    return [name for name in CANARIES for output in outputs if name.casefold() in output.casefold()]


def test_what_was_found_is_shown_by_rule_and_without_originals(local: Local, study: Study) -> None:
    result = local("deidentify", study=study.root)
    assert result.exit_code == 0, result.output
    assert canaries_in(result.stdout, result.stderr) == []
    for words in (
        "speaker: ",
        "phone: 1",
        "e-mail: 1",
        "postcode: 1",
        "chi-number: 1",
        "[PERSON_1]",
        "[CHI_1]",
    ):
        assert words in result.stdout
    assert "«[PHONE_1]»" in result.stdout
    shown = local.done("deidentify", "one", "--show-originals", study=study.root)
    assert "«[PHONE_1] = 0131 496 0018»" in shown
    assert "two" not in shown.split("\n")[4:8]


def test_check_stores_nothing_and_a_second_time_changes_nothing(local: Local, study: Study) -> None:
    found = local.json("deidentify", "--check", study=study.root)
    assert (found["stored"], study.store.privacy.pseudonyms(), study.store.privacy.states()) == (
        False,
        [],
        {},
    )
    first = local.json("deidentify", study=study.root)
    again = local.json("deidentify", study=study.root)
    assert first["new"] == len(first["pseudonyms"]) > 5
    assert again["new"] == 0
    assert again["pseudonyms"] == first["pseudonyms"]
    assert again["documents"] == first["documents"]


def test_json_holds_originals_only_on_request(local: Local, study: Study) -> None:
    found = local.json("deidentify", study=study.root)
    assert canaries_in(json.dumps(found)) == []
    one, two = found["documents"]
    assert one["rules"]["phone"] == 1
    assert one["doubtful"] == 0 or one["doubtful"] > 0
    assert (one["reviewed"], one["remote_models"]) == (False, False)
    assert "nothing says that the participant consents" in one["reason"]
    person = one["found"][0]["pseudonym"]
    assert person in {place["pseudonym"] for place in two["found"]}
    assert "Quenby Farquharson" in json.dumps(local.json("deidentify", "--show-originals", study=study.root))


def test_stored_text_never_changes_and_the_log_holds_no_words(local: Local, study: Study) -> None:
    before = [document.text for document in study.store.documents.all()]
    local.done("deidentify", study=study.root)
    assert [document.text for document in study.store.documents.all()] == before
    with closing(sqlite3.connect(study.store.path)) as database:
        for table in ("pseudonyms", "replacements", "deidentifications"):
            rows = database.execute(f"SELECT * FROM {table}").fetchall()
            assert rows
            assert canaries_in(str(rows)) == []
        assert canaries_in(str(database.execute("SELECT * FROM originals").fetchall()))


def test_a_list_of_names_holds_for_later_searches(local: Local, study: Study, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,replacement,kind\na year,A WHILE,time\nNowhere Hall,,place\n", encoding="utf-8")
    local.done("deidentify", "--names", names, study=study.root)
    found = local.json("deidentify", study=study.root)
    listed = {p["pseudonym"]: p["places"] for p in found["pseudonyms"] if p["rule"] == "list"}
    assert listed == {"[A WHILE]": 1, "[PLACE_1]": 0}
    document = study.store.documents.get("two")
    assert document is not None
    assert "that took [A WHILE]." in Pseudonymizer(study).view(document).text


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"Quenby,x]y\n", 3, "names.csv:1: the replacement cannot be used"),
        (b"\xff\xfeQ", 3, "not UTF-8"),
        (None, 3, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_read(
    local: Local, study: Study, tmp_path: Path, content: bytes | None, code: int, said: str
) -> None:
    path = tmp_path / "names.csv"
    if content is not None:
        path.write_bytes(content)
    result = local("deidentify", "--names", path, study=study.root)
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert canaries_in(result.stdout, result.stderr) == []
    assert study.store.privacy.pseudonyms() == []


def test_review_asks_about_each_original_and_keeps_the_answers(local: Local, study: Study) -> None:
    add(study, "ann")
    local.done("deidentify", study=study.root)
    entries = study.store.privacy.pseudonyms()
    order = {entry.pseudonym: number for number, entry in enumerate(entries)}
    answers = ["y"] * len(entries)
    answers[order["[PHONE_1]"]] = "n"
    answers[order["[EMAIL_1]"]] = "?\nnonsense\no\nc HOTLINE"
    out = local.done("deidentify", "--review", stdin="\n".join(answers) + "\n", study=study.root)
    assert f"{len(entries)} settled; 0 left." in out
    assert "is no answer" in out
    shown_for = [line for line in out.splitlines() if "quenby@nhs.scot" in line]
    assert len(shown_for) == 1, "the original shows where it was asked for, and nowhere else"
    after = {entry.id: entry for entry in study.store.privacy.pseudonyms()}
    assert all(entry.settled for entry in after.values())
    assert after[entries[order["[PHONE_1]"]].id].treatment == "leave"
    document = study.store.documents.get("one")
    assert document is not None
    text = Pseudonymizer(study).view(document).text
    assert "Ring me on 0131 496 0018 or [HOTLINE]." in text
    assert "0 to look at" in local.done("deidentify", "--review", stdin="", study=study.root)


def test_review_ends_with_the_input_and_goes_on_where_it_stopped(local: Local, study: Study) -> None:
    add(study, "ann")
    out = local.done("deidentify", "--review", stdin="y\nk\nq\n", study=study.root)
    assert "1 settled" in out
    assert canaries_in(out) == []
    count = len(study.store.privacy.pseudonyms())
    assert f"{count - 1} to look at" in local.done("deidentify", "--review", stdin="", study=study.root)


def test_always_replaces_an_everyday_word_everywhere(local: Local, study: Study) -> None:
    add(study, "ann")
    local.done("deidentify", study=study.root)
    document = study.store.documents.get("one")
    assert document is not None
    (grace,) = [e for e in study.store.privacy.pseudonyms() if e.original == "Grace"]
    number = [e.id for e in study.store.privacy.pseudonyms()].index(grace.id)
    local.done("deidentify", "--review", stdin="k\n" * number + "a\nq\n", study=study.root)
    assert "Grace" not in Pseudonymizer(study).view(document).text


def test_accept_marks_documents_and_a_change_voids_it(
    local: Local, cothemes: Any, study: Study, tmp_path: Path
) -> None:
    add(study, "ann")
    (tmp_path / "meta.csv").write_text("file,consent_remote\none.txt,yes\ntwo.txt,no\n", encoding="utf-8")
    cothemes.done(
        "ingest",
        tmp_path / "one.txt",
        tmp_path / "two.txt",
        "--meta",
        tmp_path / "meta.csv",
        study=study.root,
    )
    one, two = study.store.documents.all()
    assert "was not searched" in str(Pseudonymizer(study).refusal(one))
    local.done("deidentify", study=study.root)
    assert "nobody has accepted" in str(Pseudonymizer(study).refusal(one))
    assert "1 documents are marked as read by ann" in local.done(
        "deidentify", "--accept", "one", study=study.root
    )
    assert Pseudonymizer(study).refusal(one) is None
    assert "did not consent" in str(Pseudonymizer(study).refusal(two))
    found = {d["document"]: d for d in local.json("deidentify", study=study.root)["documents"]}
    assert (found["one"]["reviewed"], found["one"]["reviewer"], found["two"]["reviewed"]) == (
        True,
        "ann",
        False,
    )
    (tmp_path / "one.txt").write_text(FIRST + "Grace: One thing more.\n", encoding="utf-8")
    cothemes.done("ingest", tmp_path / "one.txt", "--meta", tmp_path / "meta.csv", study=study.root)
    changed = study.store.documents.get("one")
    assert changed is not None
    assert "has changed since it was searched" in str(Pseudonymizer(study).refusal(changed))
    table = local.done("deidentify", "one", study=study.root)
    assert "changed since" in table
    assert "nobody has accepted" in str(Pseudonymizer(study).refusal(changed))


def test_another_finding_voids_a_review(local: Local, study: Study, tmp_path: Path) -> None:
    add(study, "ann")
    local.done("deidentify", study=study.root)
    local.done("deidentify", "--accept", "--all", study=study.root)
    names = tmp_path / "names.txt"
    names.write_text("welcome\n", encoding="utf-8")
    found = local.json("deidentify", "--names", names, study=study.root)
    assert {d["document"]: d["reviewed"] for d in found["documents"]} == {"one": True, "two": False}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--accept",), 2, "say which documents"),
        (("--accept", "one", "--all"), 2, "say which documents"),
        (("--all",), 2, "do not go together"),
        (("--check", "--review"), 2, "do not go together"),
        (("three",), 2, "Documents: one, two"),
        (("--accept", "three"), 2, "Documents: one, two"),
        (("--accept", "one", "--as", "eve"), 2, "'eve' is not registered"),
        (("--accept", "one"), 3, "not searched as it is now"),
    ],
)
def test_what_cannot_be_done(
    local: Local, study: Study, words: tuple[str, ...], code: int, said: str
) -> None:
    add(study, "ann")
    result = local("deidentify", *words, study=study.root)
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())


def test_nobody_accepts_anonymously(local: Local, study: Study) -> None:
    local.done("deidentify", study=study.root)
    result = local("deidentify", "--accept", "--all", study=study.root)
    assert (result.exit_code, "reviewers add" in result.stderr) == (2, True)
    add(study, "ann", "bob")
    result = local("deidentify", "--accept", "--all", study=study.root)
    assert (result.exit_code, "--as ann or --as bob" in result.stderr) == (2, True)


def test_a_study_without_documents(local: Local, tmp_path: Path) -> None:
    empty = create_study(tmp_path / "empty", source="blank", codebook=None)
    result = local("deidentify", study=empty.root)
    assert (result.exit_code, "cothemes ingest" in result.stderr) == (3, True)


def test_what_goes_to_a_model_beside_the_texts_is_searched_too(local: Local, study: Study) -> None:
    book = study.root / "codebook.yaml"
    words = book.read_text(encoding="utf-8").replace(
        "A sentence that a participant", "Quenby's words that a participant"
    )
    book.write_text(words, encoding="utf-8")
    assert local.json("deidentify", study=study.root)["beside"] == ["code C1 of the codebook: [PERSON_1]"]
    result = local("deidentify", study=study.root)
    assert "code C1 of the codebook" in result.stderr
    assert canaries_in(result.stdout, result.stderr) == []
    book.write_text("codes: 7", encoding="utf-8")
    assert "cannot be read" in local.json("deidentify", study=study.root)["beside"][0]


def test_two_maps_at_once_do_not_give_one_pseudonym_twice(local: Local, study: Study) -> None:
    from cothemes.errors import StateConflict

    local.done("deidentify", study=study.root)
    store = study.store.privacy
    entry = store.pseudonyms()[0].model_copy(update={"id": "x", "key": "other", "original": "Quenby"})
    with pytest.raises(StateConflict, match="meanwhile") as caught:
        store.record([entry], [], known=0)
    assert canaries_in(str(caught.value)) == []
