"""Codes made while reading: private until published, missing for those who could not see them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, study_in

from cothemes.app.codebook.drafts import discard_draft, drafts, publish_draft
from cothemes.app.codebook.operations import add_code
from cothemes.app.coding_codebook import codebook_for
from cothemes.app.ratings import human_ratings, selected
from cothemes.app.review import readings
from cothemes.app.review.new_codes import make_draft
from cothemes.app.review.review import Desk
from cothemes.app.reviewers import add_reviewer
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.code_operation import DraftAct
from cothemes.records.codebook import Code
from cothemes.records.review import Action, Arm
from cothemes.stages.review.selection import Purpose

EMPTY = "codebook:\n  id: small\n\n# Codes come while reading.\ncodes: []\n"
ALL = ("talk-1.0002", "talk-1.0004", "talk-1.0005", "talk-2.0002", "talk-2.0004")
MADE_ON = ALL[2]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study without a code; Ann and Bob code the same five passages blind."""
    made = study_in(tmp_path / "study")
    made.codebook_path.write_text(EMPTY, encoding="utf-8")
    made.reread_codebook()
    for who in ("ann", "bob"):
        assign(made, who, dict.fromkeys(ALL, Arm.BLIND))
    return made


def close(study: Study, who: str, *passages: str) -> None:
    desk = Desk(study, who)
    for passage in passages:
        desk.done(desk.card(passage))


def drafted(study: Study, name: str, who: str, passage: str) -> str:
    """Make a code on a passage, given nowhere yet; return its id."""
    return make_draft(study, codebook_for(study, who), name, by=who, passage=passage).code


def make_money(study: Study) -> str:
    """Ann closes two passages, makes a code on the third, and closes all."""
    close(study, "ann", *ALL[:2])
    code = drafted(study, "money", "ann", MADE_ON)
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card(MADE_ON), code, Action.ADD))
    close(study, "ann", *ALL[3:])
    return code


def values(study: Study, code: str) -> dict[tuple[str, str], int]:
    return {
        (each.rater, each.passage): value
        for each in selected(study, Purpose.FINDINGS).counted
        for name, value in each.values.items()
        if name == code
    }


def test_a_published_code_is_missing_where_its_readers_could_not_see_it(study: Study) -> None:
    code = make_money(study)
    close(study, "bob", *ALL[:2])
    assert values(study, code) == {}
    publish_draft(study, code, by="ann")
    close(study, "bob", *ALL[2:])
    assert values(study, code) == {
        ("ann", ALL[2]): 1,
        ("ann", ALL[3]): 0,
        ("ann", ALL[4]): 0,
        ("bob", ALL[3]): 0,
        ("bob", ALL[4]): 0,
    }


def test_nobody_else_learns_of_a_draft(study: Study, cothemes: CommandLine) -> None:
    code = make_money(study)
    assert code in codebook_for(study, "ann").by_id
    assert code not in codebook_for(study, "bob").by_id
    assert drafts(study, by="bob").drafts == ()
    study.close()
    for command in (
        ("codings",), ("status",), ("codebook", "log"), ("codebook", "show"), ("matrix",), ("show", MADE_ON),
        ("codebook", "drafts", "--as", "bob"), ("audit", MADE_ON),
    ):  # fmt: skip
        found = cothemes(*command, "--json", study=study.root)
        assert found.exit_code == 0, found.stderr
        assert code not in found.stdout, command
        assert "money" not in found.stdout.replace("never any money", ""), command


def test_ids_of_drafts_tell_nothing_and_two_people_may_have_the_same_idea(study: Study) -> None:
    first = drafted(study, "money", "ann", MADE_ON)
    second = drafted(study, "Money", "bob", MADE_ON)
    assert first != second
    assert "money" not in first.casefold()
    with pytest.raises(UsageError):
        drafted(study, " MONEY ", "ann", ALL[0])
    with pytest.raises(UsageError):
        drafted(study, "  ", "ann", ALL[0])


def test_the_lead_sees_no_draft_of_a_passage_that_they_have_to_code_blind(study: Study) -> None:
    add_reviewer(study, "lea", "lead")
    assign(study, "lea", {MADE_ON: Arm.BLIND})
    code = make_money(study)
    found = drafts(study, by="lea", every=True)
    assert (found.drafts, found.hidden) == ((), 1)
    with pytest.raises(StateConflict):
        publish_draft(study, code, by="lea")
    with pytest.raises(UsageError):
        publish_draft(study, code, by="ann")
    close(study, "lea", MADE_ON)
    assert [each.code.id for each in drafts(study, by="lea", every=True).drafts] == [code]
    made = publish_draft(study, code, by="lea", new_id="MONEY", definition="Says that money is missing.")
    assert (made.code.id, made.codings, made.author) == ("MONEY", 1, "ann")
    assert values(study, "MONEY")[("ann", MADE_ON)] == 1
    assert ("lea", MADE_ON) not in values(study, "MONEY")


def test_the_lead_is_told_of_drafts_by_others_and_no_one_else_is(study: Study) -> None:
    add_reviewer(study, "lea", "lead")
    make_money(study)
    assert (drafts(study, by="lea").others, drafts(study, by="lea", every=True).others) == (1, 0)
    assert drafts(study, by="bob").others == drafts(study, by="ann").others == 0


def test_a_first_definition_keeps_the_decisions_and_a_later_one_does_not(study: Study) -> None:
    code = make_money(study)
    publish_draft(study, code, by="ann")
    text = study.codebook_path.read_text(encoding="utf-8")
    assert text.startswith("codebook:\n  id: small\n\n# Codes come while reading.\ncodes:\n")
    for definition, kept in (("Says that money is missing.", 1), ("Says that money is there.", None)):
        study.codebook_path.write_text(f"{text}    definition: {definition}\n", encoding="utf-8")
        study.reread_codebook()
        assert values(study, code).get(("ann", MADE_ON)) == kept
        study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())


def test_a_publication_is_one_operation_and_is_undone_as_one(study: Study, cothemes: CommandLine) -> None:
    code = make_money(study)
    publish_draft(study, code, by="ann", new_id="MONEY", definition="Says that money is missing.")
    ids = [each.id for each in study.store.operations.all()]
    study.close()
    assert len(ids) == 2
    rows = [line.split() for line in cothemes.done("codebook", "history", study=study.root).splitlines()]
    (row,) = [row for row in rows if "publish" in row]
    for name in (row[0], *ids):
        plan = cothemes.json("codebook", "undo", name, "--dry-run", study=study.root)
        assert plan["operation"]["codes"] == ["MONEY"]
    cothemes.done("codebook", "undo", row[0], study=study.root)
    study.reread_codebook()
    assert study.codebook.codes == ()
    listed = cothemes.json("codings", "--retired", study=study.root)["decided"]
    assert {(each["passage"], each["code"]) for each in listed} == {(MADE_ON, "MONEY")}
    assert cothemes("codebook", "undo", study=study.root).exit_code == 3, "nothing is left"


def test_a_discarded_draft_is_gone_from_its_author_too(study: Study) -> None:
    code = make_money(study)
    with pytest.raises(UnknownCode):
        discard_draft(study, "D4", by="ann")
    assert discard_draft(study, code, by="ann", reason="nothing new").codings == 1
    assert code not in codebook_for(study, "ann").by_id
    with pytest.raises(StateConflict):
        publish_draft(study, code, by="ann")
    assert not human_ratings(study).ratings


def test_an_open_sitting_notices_a_published_code(study: Study) -> None:
    code = drafted(study, "money", "ann", MADE_ON)
    desk = Desk(study, "bob")
    assert desk.look() == ""
    other = Study(study.root)
    publish_draft(other, code, by="ann")
    other.close()
    assert code not in desk.codebook.by_id
    assert desk.look() == ""
    assert code in desk.codebook.by_id
    desk.done(desk.decide(desk.card(ALL[0]), code, Action.ADD))
    # On the passage that it was made on, the code would tell Bob that there is something to find.
    with pytest.raises(UnknownCode):
        desk.decide(desk.card(MADE_ON), code, Action.ADD)
    assert values(study, code) == {("bob", ALL[0]): 1}


def test_everything_works_without_a_code(study: Study, cothemes: CommandLine) -> None:
    study.close()
    out: Any = study.root.parent
    for command in (
        ("status",), ("codebook", "check"), ("codebook", "show"), ("queue", "--as", "ann"), ("codings",),
        ("done", "--as", "ann", ALL[0]), ("matrix",), ("report", out / "report.html"),
        ("export", "csv", out / "codings.csv"), ("export", "wide", out / "wide.csv", "--labels", "spss"),
        ("export", "cooccurrence", out / "pairs.csv"), ("export", "docx", out / "coded.docx"),
        ("export", "html", out / "coded.html"), ("export", "code-report", out / "quotes.docx"),
        ("export", "qdpx", out / "out.qdpx"),
        ("codebook", "export", out / "book.docx"), ("codebook", "export", out / "book.yaml"),
        ("route", "--reviewers", "ann,bob", "--round", "next"),
    ):  # fmt: skip
        found = cothemes(*command, study=study.root)
        assert found.exit_code == 0, (command, found.stdout, found.stderr)
    assert "no codes yet" in cothemes.done("status", study=study.root).casefold()
    assert "no codes yet" in cothemes.done("codebook", "show", study=study.root).casefold()


def test_no_export_tells_of_a_private_code(study: Study, cothemes: CommandLine) -> None:
    code = drafted(study, "Zanzibar", "ann", ALL[1])
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card(ALL[1]), code, Action.ADD))
    study.close()
    out: Any = study.root.parent
    for form, suffix in (
        ("csv", "csv"),
        ("wide", "csv"),
        ("html", "html"),
        ("qdpx", "qdpx"),
        ("docx", "docx"),
    ):
        made = cothemes("export", form, out / f"o.{suffix}", "--json", study=study.root)
        assert made.exit_code == 0, (form, made.stderr)
        data = (out / f"o.{suffix}").read_bytes()
        if suffix in ("qdpx", "docx"):
            with zipfile.ZipFile(out / f"o.{suffix}") as archive:
                data = b"".join(archive.read(name) for name in archive.namelist())
        assert b"Zanzibar" not in data
        assert code.encode() not in data
        lost = json.loads(made.stdout).get("not_carried", ())
        assert not [each for each in lost if each["what"] == "codings"]


def test_a_label_made_of_a_participants_words_is_forgotten_with_them(
    study: Study, cothemes: CommandLine
) -> None:
    words = "There was never any money"
    code = drafted(study, words, "ann", ALL[1])
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card(ALL[1]), code, Action.ADD))
    assert words in str(study.store.drafts.all())
    cothemes.done("forget", "talk-1", "--yes", study=study.root)
    again = Study(study.root)
    assert words not in str(again.store.drafts.all())
    kept = [again.store.codebooks.get(name) or "" for name in again.store.codebooks.hashes()]
    assert not any(words in content for content in kept)
    again.close()


def test_a_code_is_made_and_given_by_one_command_and_undone_by_one(study: Study) -> None:
    desk = Desk(study, "ann")
    made = readings.decide_new(desk, ALL[0], "money", spans=[(0, 4)], note="why")
    (code,) = made.codes
    assert drafts(study, by="ann").drafts[0].code.label == "money"
    kept = study.store.reviews.decisions(reviewer="ann")[-1]
    assert (kept.code, kept.note, len(kept.spans)) == (code, "why", 1)
    assert code not in Desk(study, "bob").codebook.by_id
    undone = readings.undo(desk)
    assert "money" in undone.what, "the code went with its coding, and the undo says so"
    assert code not in desk.codebook.by_id
    assert [each.state for each in drafts(study, by="ann").drafts] == [DraftAct.DISCARDED]


def test_a_new_code_that_is_given_elsewhere_outlives_the_undo_of_its_first_coding(study: Study) -> None:
    desk = Desk(study, "ann")
    (code,) = readings.decide_new(desk, ALL[0], "money").codes
    readings.decide(desk, ALL[1], code, Action.ADD)
    assert "money" not in readings.undo(desk).what
    assert code in desk.codebook.by_id
    assert "money" in readings.undo(desk).what
    assert code not in desk.codebook.by_id


def test_the_id_of_a_draft_is_no_other_codes(study: Study) -> None:
    code = drafted(study, "money", "ann", MADE_ON)
    with pytest.raises(UsageError):
        add_code(study, Code(id=code, label="Something else", definition=""))
    discard_draft(study, code, by="ann")
    with pytest.raises(UsageError):
        add_code(study, Code(id=code, label="Something else", definition=""))


def test_a_blind_coder_may_use_a_name_that_was_given_to_the_same_passage(study: Study) -> None:
    code = make_money(study)
    publish_draft(study, code, by="ann")
    bob = Desk(study, "bob")
    readings.decide_new(bob, MADE_ON, "money")
    with pytest.raises(UsageError):
        readings.decide_new(bob, ALL[0], "money")


def test_decide_with_a_new_code_takes_no_other_decision(cothemes: CommandLine, study: Study) -> None:
    made = cothemes.json("decide", ALL[0], "--new-code", "money", "--as", "ann", study=study.root)
    assert len(made["codes"]) == 1
    for wrong in (("X", "add", "--new-code", "tea"), ("--new-code", "tea", "--attr", "a=b"), (), ("X",)):
        said = cothemes("decide", ALL[0], *wrong, "--as", "ann", study=study.root)
        assert said.exit_code == 2, wrong
    assert len(drafts(study, by="ann").drafts) == 1


def test_codes_are_made_at_the_prompt(cothemes: CommandLine, study: Study) -> None:
    typed = "c money\nnew money\ni We trusted\nc MONEY\nq\n"
    said = cothemes.done("review", "--as", "ann", "--plain", stdin=typed, study=study.root)
    assert "new money" in said, "the way to make the code is offered"
    labels = {each.code.id: each.code.label for each in drafts(study, by="ann").drafts}
    kept = study.store.reviews.decisions(reviewer="ann")
    assert [labels[one.code or ""] for one in kept] == ["money", "We trusted"]
    assert [len(one.spans) for one in kept] == [0, 1]


def test_a_codebook_that_cannot_be_read_leaves_the_one_before_in_use(study: Study) -> None:
    desk = Desk(study, "ann")
    good = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text("codes: [", encoding="utf-8")
    assert "codebook.yaml" in desk.look()
    assert desk.look() == "", "it is said once"
    readings.decide_new(desk, ALL[0], "money")
    study.codebook_path.write_text(good + "# mended\n", encoding="utf-8")
    assert desk.look()
    study.codebook_path.unlink()
    assert desk.look()
    assert desk.look() == ""
    assert len(desk.codebook.codes) == 1


def test_a_code_that_is_gone_is_used_on_until_somebody_says_what_became_of_it(study: Study) -> None:
    code = make_money(study)
    publish_draft(study, code, by="ann")
    desk = Desk(study, "bob")
    study.codebook_path.write_text(EMPTY, encoding="utf-8")
    assert code in desk.look()
    assert desk.look() == ""
    assert code in desk.codebook.by_id
    readings.decide(desk, ALL[0], code, Action.ADD)
