"""`cothemes auto-accept`: certificates from blind random decisions, what they allow, and what ends them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.certified_study import certified_study, propose
from tests.doubles.decisions import read
from tests.doubles.served import Served

import cothemes as package
from cothemes.app.study import Study
from cothemes.records.review import Arm, Reviewer
from cothemes.records.text_map import Piece, TextMap
from cothemes.records.user import UserRole

CERTIFY = ("auto-accept", "certify", "A1", "--precision", "0.9", "--delta", "0.1", "--as", "ann")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return certified_study(tmp_path / "study")


@pytest.fixture
def accepted(cothemes: Any, study: Study) -> Study:
    """The same with A1 accepted under a0001 on the 60 passages that nobody read."""
    found = cothemes.json(*CERTIFY, "--accept", "--reason", "no time", study=study.root)
    assert (found["certificate"], found["accepted"]) == ("a0001", {"A1": 60})
    return study


def entry(cothemes: Any, study: Study) -> dict[str, Any]:
    (found,) = cothemes.json("auto-accept", study=study.root)["certificates"]
    return dict(found)


def left(report: dict[str, Any]) -> dict[str, int]:
    return {each["reason"]: each["count"] for each in report["left_out"] if each["unit"] == "acceptance"}


def test_a_dry_run_shows_and_accepts_nothing(cothemes: Any, study: Study) -> None:
    """60 blind readings in 12 interviews uphold A1; half of them uphold A2. Level δ/2."""
    found = cothemes.json(*CERTIFY, study=study.root)
    assert (found["certificate"], found["dry_run"], found["accepted"]) == (None, True, {"A1": 60})
    assert (found["look"], found["level"]) == (1, 0.05)
    assert found["sample"] == {
        "readings": 60, "interviews": 12, "learned": 0, "copied": 0, "thinned": 0, "read_before": 0,
    }  # fmt: skip
    (test,) = found["tests"]
    assert (test["threshold"], test["accepted"], test["wrong"], test["needed"]) == (0.5, 60, 0, 0)
    assert study.store.acceptances.accepted() == []
    assert cothemes.json("auto-accept", study=study.root) == {"certificates": [], "looks": 1}


def test_target_and_delta_have_no_default(cothemes: Any, study: Study) -> None:
    for left_out in ("--precision", "--delta", "--as"):
        at = CERTIFY.index(left_out)
        assert cothemes(*CERTIFY[:at], *CERTIFY[at + 2 :], study=study.root).exit_code == 2


def test_the_same_question_is_one_look_and_another_is_the_next(cothemes: Any, study: Study) -> None:
    assert cothemes.json(*CERTIFY, study=study.root)["look"] == 1
    assert cothemes.json(*CERTIFY, study=study.root)["look"] == 1
    stricter = [*CERTIFY[:4], "0.95", *CERTIFY[5:]]
    assert cothemes.json(*stricter, study=study.root)["look"] == 2
    assert cothemes.json(*CERTIFY, "--accept", study=study.root)["look"] == 1
    read(study, "ann", "case-01.0006", ("A1",))
    found = cothemes.json(*CERTIFY, study=study.root)
    assert (found["look"], found["level"]) == (3, 0.0125)


def test_what_cannot_be_certified_is_refused_with_the_number_needed(cothemes: Any, tmp_path: Path) -> None:
    study = certified_study(tmp_path / "study", wrong=2)
    found = cothemes.json(*CERTIFY, study=study.root)
    (test,) = found["tests"]
    assert (test["threshold"], test["suggested"], found["accepted"]) == (None, 60, {})
    assert (test["sure"], test["right"], 0 < test["needed"] <= 60) == (60, 58, True)
    refused = cothemes(*CERTIFY, "--accept", study=study.root)
    assert (refused.exit_code, str(test["needed"]) in refused.stderr) == (3, True)
    assert study.store.acceptances.accepted() == []


def test_a_number_beyond_the_study_is_not_given(cothemes: Any, tmp_path: Path) -> None:
    """5 wrong of 60 need more than the 62 passages left; eight interviews and a policy can never pass."""
    many = certified_study(tmp_path / "many", wrong=5)
    (test,) = cothemes.json(*CERTIFY, study=many.root)["tests"]
    assert (test["needed"], "62 passages" in test["refusal"]) == (None, True)
    few = certified_study(tmp_path / "few", interviews=8)
    (test,) = cothemes.json(*CERTIFY, study=few.root)["tests"]
    assert (test["needed"], "9 interviews" in test["refusal"]) == (None, True)


def test_a_refused_acceptance_is_a_look(cothemes: Any, tmp_path: Path) -> None:
    """Else targets could be tried at the whole delta until one is kept."""
    study = certified_study(tmp_path / "study", wrong=5)
    for _ in range(2):
        assert cothemes(*CERTIFY, "--accept", study=study.root).exit_code == 3
        assert cothemes.json("auto-accept", study=study.root) == {"certificates": [], "looks": 1}
    easier = [*CERTIFY[:4], "0.7", *CERTIFY[5:]]
    found = cothemes.json(*easier, "--accept", study=study.root)
    assert (found["look"], found["level"], found["certificate"]) == (2, 0.025, "a0001")


def test_codes_are_corrected_for_or_pooled(cothemes: Any, study: Study) -> None:
    """A2 is right on odd passages alone: 3 of 5. Together, 60 + 36 of 120 are right."""
    both = ["auto-accept", "certify", "A1,A2", *CERTIFY[3:]]
    alone = cothemes.json(*both, study=study.root)
    assert alone["level"] == 0.025
    assert [each["threshold"] is None for each in alone["tests"]] == [False, True]
    assert alone["accepted"] == {"A1": 60}
    together = cothemes.json(*both, "--pooled", study=study.root)
    (test,) = together["tests"]
    # Above .6 there is A1 alone.
    assert (test["suggested"], test["accepted"], test["threshold"]) == (120, 60, 0.61)


def test_only_blind_random_readings_count(cothemes: Any, study: Study) -> None:
    """Assisted readings, and blind ones of a coder that learned from them, certify nothing."""
    for number in range(1, 13):
        read(study, "bob", f"case-{number:02}.0006", ("A1",), arm=Arm.ASSISTED)
    found = cothemes.json(*CERTIFY, study=study.root)
    assert (found["sample"]["readings"], found["accepted"]) == (60, {"A1": 48})
    run = study.store.runs.get("r0001")
    assert run is not None
    later = run.started.replace(year=run.started.year + 1)
    learned = run.model_copy(update={"details": {"reviewed": 60}, "started": later})
    study.store.runs.put(learned)
    found = cothemes.json(*CERTIFY, study=study.root)
    assert (found["sample"]["readings"], found["sample"]["learned"]) == (0, 60)
    assert "learned" in found["tests"][0]["refusal"]
    # Nothing was compared, so no look is used up: only the one before is on record.
    assert (found["on_record"], cothemes.json("auto-accept", study=study.root)["looks"]) == (False, 1)
    assert cothemes(*CERTIFY, "--accept", study=study.root).exit_code == 3
    assert cothemes.json("auto-accept", study=study.root)["looks"] == 1


def test_passages_still_to_be_read_blind_are_left_to_their_readers(cothemes: Any, study: Study) -> None:
    study.store.reviews.add_reviewer(Reviewer(name="cy", added=study.store.runs.all()[0].started))
    read(study, "cy", "case-01.0006", arm=Arm.BLIND, round_name="second", done=False)
    found = cothemes.json(*CERTIFY, "--round", "main", "--accept", study=study.root)
    assert (found["accepted"], found["kept_for_readers"]) == ({"A1": 59}, 1)
    assert "case-01.0006" not in {each.passage for each in study.store.acceptances.accepted()}


def test_the_certificate_says_who_what_and_why(cothemes: Any, accepted: Study) -> None:
    found = entry(cothemes, accepted)
    assert (found["name"], found["state"], found["by"], found["reason"]) == (
        "a0001",
        "valid",
        "ann",
        "no time",
    )
    assert (found["rater"], found["run"], found["configuration"]) == ("offline@0#r0001", "r0001", "one")
    assert found["codebook_hash"] == accepted.codebook.hash
    assert (found["codes"], found["precision"], found["delta"]) == ({"A1": 0.5}, 0.9, 0.1)
    assert (found["readings"], found["interviews"], found["accepted"], found["holding"]) == (60, 12, 60, 60)
    assert found["drift"]["readings"] == 0
    assert cothemes.json("status", study=accepted.root)["certificates"] == [found]


def test_accepting_twice_changes_nothing(cothemes: Any, accepted: Study) -> None:
    again = cothemes.json(*CERTIFY, "--accept", study=accepted.root)
    assert (again["certificate"], again["accepted"]) == ("a0001", {"A1": 0})
    applied = cothemes.json("auto-accept", "apply", "a0001", study=accepted.root)
    assert applied["accepted"] == {"A1": 0}
    assert len(accepted.store.acceptances.accepted()) == 60


def test_it_counts_nowhere_as_a_persons_coding(cothemes: Any, study: Study) -> None:
    """Agreement, prevalence, shares and exports of ratings are those of before."""

    def figures() -> list[Any]:
        found = [cothemes.json("prevalence", study=study.root), cothemes.json("agreement", study=study.root)]
        matrix = cothemes.json("matrix", "--by", "document", study=study.root)
        found += [matrix["cells"], matrix["rated"], matrix["totals"]]
        out = study.root.parent / "ratings.csv"
        cothemes.done("export", "ratings", out, study=study.root)
        return [*found, out.read_text(encoding="utf-8")]

    before = figures()
    cothemes.done(*CERTIFY, "--accept", study=study.root)
    assert figures() == before
    matrix = cothemes.json("matrix", "--by", "document", "--with-auto", study=study.root)
    assert matrix["cells"]["A1"]["case-01"]["passages"] == 5
    assert matrix["auto_accepted"]["A1"]["case-01"] == 5
    assert matrix["rated"]["case-01"]["passages"] == 5


def test_listings_keep_it_apart(cothemes: Any, accepted: Study) -> None:
    found = cothemes.json("codings", study=accepted.root)
    assert (found["counts"]["decided"], found["counts"]["auto_accepted"]) == (96, 60)
    assert {(each["status"], each["by"]) for each in found["auto_accepted"]} == {
        ("auto-accepted", "auto-accepted@a0001")
    }
    assert not {(each["passage"], each["code"]) for each in found["suggested"]} & {
        (each["passage"], each["code"]) for each in found["auto_accepted"]
    }
    assert left(found) == {"auto-accepted": 60}
    assert left(cothemes.json("codings", "--with-auto", study=accepted.root)) == {}
    quotes = cothemes.json("quotes", "--code", "A1", study=accepted.root)
    assert (quotes["counts"]["decided"], quotes["counts"]["auto_accepted"]) == (60, 60)
    shown = cothemes.json("show", "case-01.0006", study=accepted.root)
    assert [(each["code"], each["certificate"], each["state"]) for each in shown["auto_accepted"]] == [
        ("A1", "a0001", "auto-accepted")
    ]
    story = cothemes.json("audit", "case-01.0006", study=accepted.root)["entries"]
    assert [each["by"] for each in story if each["event"] == "auto-accepted"] == ["auto-accepted@a0001"]
    made = cothemes.json("report", accepted.root.parent / "report.html", study=accepted.root)
    assert made["auto_accepted"] == {"a0001": {"A1": 60}}
    page = (accepted.root.parent / "report.html").read_text(encoding="utf-8")
    assert 'id="unread"' in page
    with package.open(accepted.root) as opened:
        assert [each.name for each in opened.certificates()] == ["a0001"]
        assert sum(each.status == "auto-accepted" for each in opened.codings()) == 60


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_exports_mark_it_or_list_it_beside(cothemes: Any, accepted: Study, tmp_path: Path) -> None:
    out = tmp_path / "codings.csv"
    cothemes.done("export", "csv", out, study=accepted.root)
    assert not [row for row in rows(out) if row["status"] == "auto-accepted"]
    beside = [row for row in rows(tmp_path / "codings.csv.left-out.csv") if row["action"] == "auto-accepted"]
    assert {(row["state"], row["who"]) for row in beside} == {("auto-accepted", "auto-accepted@a0001")}
    assert len(beside) == 60
    assert "--with-auto" in beside[0]["include_with"]
    assert beside[0]["include_with"][0].isalpha(), "a sign would be guarded as a formula"
    cothemes.done("export", "csv", out, "--with-auto", study=accepted.root)
    counted = [row for row in rows(out) if row["status"] == "auto-accepted"]
    assert len(counted) == 60
    assert {(row["who"], row["kind"], row["arm"]) for row in counted} == {
        ("auto-accepted@a0001", "model", "auto-accepted")
    }
    assert all(row["quote"] == "We trusted" for row in counted)
    wide = tmp_path / "wide.csv"
    cothemes.done("export", "wide", wide, study=accepted.root)
    assert "auto_accepted.A1" not in rows(wide)[0]
    cothemes.done("export", "wide", wide, "--with-auto", study=accepted.root)
    cells = {row["passage"]: (row["A1"], row["auto_accepted.A1"]) for row in rows(wide)}
    assert (cells["case-01.0001"], cells["case-01.0006"]) == (("1", ""), ("", "1"))
    project = tmp_path / "study.qdpx"
    for form, target in (("qdpx", project), ("docx", tmp_path / "t.docx"), ("html", tmp_path / "t.html")):
        cothemes.done("export", form, target, "--with-auto", study=accepted.root)
    back = cothemes.json("import", project, study=tmp_path / "back")
    assert "auto-accepted@a0001" in str(back)


def test_the_setting_makes_it_count(cothemes: Any, accepted: Study) -> None:
    query = ("codings", "--query", "A1 AND passage.document=case-01")
    assert cothemes.json(*query, study=accepted.root)["query"]["passages"] == 5
    assert cothemes.json(*query, "--with-auto", study=accepted.root)["query"]["passages"] == 10
    file = accepted.root / "cothemes.toml"
    file.write_text(file.read_text() + '\n[findings]\nauto_accepted = "count"\n')
    assert cothemes.json(*query, study=accepted.root)["query"]["passages"] == 10


def test_a_later_word_of_a_person_goes_before_it(cothemes: Any, accepted: Study) -> None:
    """By a code that is given, and by a passage that is closed without it."""
    read(accepted, "bob", "case-01.0006", ("A1",), arm=Arm.ASSISTED)
    read(accepted, "bob", "case-01.0007", (), arm=Arm.ASSISTED)
    found = entry(cothemes, accepted)
    assert (found["accepted"], found["holding"], found["not_holding"]) == (60, 58, {"superseded": 2})
    listed = cothemes.json("codings", study=accepted.root)
    assert listed["counts"]["auto_accepted"] == 58
    assert left(listed) == {"superseded": 2, "auto-accepted": 58}
    shown = cothemes.json("show", "case-01.0007", study=accepted.root)
    assert shown["auto_accepted"][0]["state"] == "superseded"


def test_it_can_be_taken_back_and_nothing_is_deleted(cothemes: Any, accepted: Study) -> None:
    assert cothemes("auto-accept", "revoke", "a0001", "--as", "ann", study=accepted.root).exit_code == 2
    taken = cothemes.json(
        "auto-accept", "revoke", "a0001", "--as", "bob", "--reason", "wrong target", study=accepted.root
    )
    assert taken == {"certificate": "a0001", "codings": 60, "by": "bob", "reason": "wrong target"}
    found = entry(cothemes, accepted)
    assert (found["state"], found["because"], found["holding"]) == ("revoked", ["bob: wrong target"], 0)
    assert left(cothemes.json("codings", study=accepted.root)) == {"certificate taken back": 60}
    assert len(accepted.store.acceptances.accepted()) == 60
    for command in (("apply", "a0001"), ("revoke", "a0001", "--as", "ann", "--reason", "again")):
        assert cothemes("auto-accept", *command, study=accepted.root).exit_code == 3
    # Taken back, the same question is another look.
    again = cothemes.json(*CERTIFY, "--accept", study=accepted.root)
    assert (again["certificate"], again["look"], again["accepted"]) == ("a0002", 2, {"A1": 60})


def test_another_configuration_ends_it_and_its_suggestions_are_not_accepted(
    cothemes: Any, accepted: Study
) -> None:
    propose(accepted, "r0002", configuration="two")
    found = entry(cothemes, accepted)
    assert (found["state"], found["holding"]) == ("void", 60)
    refused = cothemes("auto-accept", "apply", "a0001", study=accepted.root)
    assert (refused.exit_code, "void" in refused.stderr) == (3, True)
    assert {each.run for each in accepted.store.acceptances.accepted()} == {"r0001"}
    # A look is at the coder whose suggestions people see, and the first one at this coder.
    again = cothemes.json(*CERTIFY, study=accepted.root)
    assert (again["run"], again["look"]) == ("r0002", 1)


@pytest.mark.parametrize("change", ["definition", "example"])
def test_another_text_of_the_code_ends_it(cothemes: Any, accepted: Study, change: str) -> None:
    """A definition changes the meaning, and codings are of the earlier one; an example only makes it clearer,
    and codings stay, but it is another coder."""
    file = accepted.codebook_path
    text = file.read_text(encoding="utf-8")
    words = {
        "definition": ("trust or distrust one another.", "trust one another."),
        "example": ("I trust the bus will come.", "I trust the tram will come."),
    }[change]
    assert words[0] in text
    file.write_text(text.replace(*words), encoding="utf-8")
    found = entry(cothemes, accepted)
    assert found["state"] == "void"
    assert "A1" in " ".join(found["because"])
    holding = {"definition": (0, {"earlier meaning": 60}), "example": (60, {})}[change]
    assert (found["holding"], found["not_holding"]) == holding
    assert cothemes("auto-accept", "apply", "a0001", study=accepted.root).exit_code == 3


@pytest.mark.parametrize("command", [("renew",), ("propose", "--coder", "offline", "--recode")])
def test_learning_says_before_what_it_costs_certificates(
    cothemes: Any, accepted: Study, command: tuple[str, ...]
) -> None:
    """60 blind readings are left to certify with, and a0001 is valid; afterwards neither is."""
    accepted.store.runs.next_id()  # r0001 is there
    if command[0] == "propose":
        planned = cothemes(*command, "--dry-run", study=accepted.root)
        assert ("60 blind" in planned.stderr, "a0001" in planned.stderr) == (True, True)
    first = cothemes(*command, "--json", study=accepted.root)
    assert (first.exit_code, "60 blind" in first.stderr, "a0001" in first.stderr) == (0, True, True)
    assert entry(cothemes, accepted)["state"] == "void"
    cothemes.done("decide", "--as", "bob", "case-01.0006", "B1", "add", study=accepted.root)
    cothemes.done("done", "--as", "bob", "case-01.0006", study=accepted.root)
    second = cothemes(*command, "--json", study=accepted.root)
    assert ("blind" in second.stderr, "a0001" in second.stderr) == (False, False)
    assert len(accepted.store.runs.all()) == 3


def test_a_change_of_label_or_of_another_code_ends_nothing(cothemes: Any, accepted: Study) -> None:
    file = accepted.codebook_path
    text = file.read_text(encoding="utf-8").replace("Trust between people", "Trust")
    file.write_text(text.replace("staff leave or come", "staff leave"), encoding="utf-8")
    assert entry(cothemes, accepted)["state"] == "valid"


def test_a_renamed_code_keeps_its_certificate(cothemes: Any, accepted: Study) -> None:
    cothemes.done(
        "codebook", "rename", "A1", "TRUST", "--as", "ann", "--reason", "clearer", study=accepted.root
    )
    found = entry(cothemes, accepted)
    assert (found["codes"], found["state"], found["holding"]) == ({"TRUST": 0.5}, "valid", 60)
    assert cothemes.json("codings", study=accepted.root)["auto_accepted"][0]["code"] == "TRUST"


def test_new_blind_decisions_are_held_against_the_promise(cothemes: Any, accepted: Study) -> None:
    """A second draw: cy upholds 2 of 8. The exact interval [.03, .65] lies below .9."""
    _second_round(accepted, right=2, read_passages=8)
    drift = entry(cothemes, accepted)["drift"]
    assert (drift["readings"], drift["suggestions"], drift["right"], drift["share"]) == (8, 8, 2, 0.25)
    assert drift["low"] == pytest.approx(0.0319, abs=1e-3)
    assert drift["high"] == pytest.approx(0.6509, abs=1e-3)
    assert drift["below_target"]
    assert "BELOW THE TARGET" in cothemes.done("status", study=accepted.root)


def _second_round(study: Study, *, right: int, read_passages: int) -> None:
    """cy is given passages blind, and reads them a year after they were accepted."""
    reviews = study.store.reviews
    reviews.add_reviewer(Reviewer(name="cy", added=study.store.runs.all()[0].started))
    for number in range(1, read_passages + 1):
        passage = f"case-{number:02}.0006"
        read(study, "cy", passage, (), round_name="second", done=False)
    from tests.doubles import decisions

    earlier = decisions.NOW
    decisions.NOW = earlier.replace(year=2099)
    try:
        for number in range(1, read_passages + 1):
            codes = ("A1",) if number <= right else ()
            read(study, "cy", f"case-{number:02}.0006", codes, round_name="second")
    finally:
        decisions.NOW = earlier


def test_who_has_passages_to_code_blind_sees_nothing_of_theirs(
    cothemes: Any, accepted: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(accepted, "ann", "case-01.0006", done=False, round_name="second")
    monkeypatch.setenv("COTHEMES_AS", "ann")
    shown = cothemes.json("show", "case-01.0006", study=accepted.root)
    assert "auto_accepted" not in shown
    found = cothemes.json("codings", study=accepted.root)
    assert "case-01.0006" not in {each["passage"] for each in found["auto_accepted"]}


def test_the_card_says_that_a_code_was_accepted(cothemes: Any, accepted: Study) -> None:
    card = cothemes.done("show", "case-01.0006", "--as", "bob", study=accepted.root)
    assert "a0001" in card


def test_forgetting_a_document_leaves_no_hash_of_its_words(cothemes: Any, accepted: Study) -> None:
    document = accepted.store.documents.get("case-01")
    assert document is not None
    cothemes.done("forget", "case-01", "--yes", study=accepted.root)
    assert not [
        each for each in accepted.store.acceptances.accepted() if each.text_version == document.version
    ]
    found = entry(cothemes, accepted)
    assert (found["state"], found["accepted"]) == ("void", 55)


def test_a_kill_leaves_all_or_nothing(cothemes: Any, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store dies after the certificate and before its acceptances: neither is there afterwards."""
    from cothemes.adapters.sql import acceptances

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(acceptances, "insert_all", killed)
        cothemes(*CERTIFY, "--accept", study=study.root)
    assert study.store.acceptances.certifications() == []
    assert study.store.acceptances.accepted() == []
    assert cothemes.json(*CERTIFY, "--accept", study=study.root)["accepted"] == {"A1": 60}


def test_records_are_append_only(accepted: Study) -> None:
    import sqlite3

    with sqlite3.connect(accepted.store.path) as connection:
        for table in ("certifications", "acceptances"):
            for act in (f"DELETE FROM {table}", f"UPDATE {table} SET id = 'x'"):
                with pytest.raises(sqlite3.IntegrityError):
                    connection.execute(act)


def correct(study: Study, passage: str, old: str, new: str) -> None:
    """Store another text of the passage's document, with words of the same length replaced there."""
    assert len(old) == len(new)
    found = study.store.passages.get(passage)
    assert found is not None
    document = study.store.documents.get(found.document)
    assert document is not None
    at = found.start + found.text.index(old)
    text = document.text[:at] + new + document.text[at + len(old) :]
    version = f"{document.version[:40]}-{passage}"
    revised = document.model_copy(update={"text": text, "version": version})
    passages = [
        each.model_copy(update={"text": text[each.start : each.end], "version": version})
        for each in study.store.passages.of(document.slug)
    ]
    whole = TextMap(
        document=document.slug,
        old=document.version,
        new=version,
        pieces=(Piece(0, len(text), 0, len(text), 0),),
    )
    study.store.passages.revise(revised, passages, [whole])


def test_corrected_words_that_it_rests_on_end_it(cothemes: Any, accepted: Study) -> None:
    correct(accepted, "case-01.0001", "short", "large")
    found = entry(cothemes, accepted)
    assert (found["state"], found["holding"]) == ("void", 60)
    assert "corrected" in " ".join(found["because"])
    assert cothemes("auto-accept", "apply", "a0001", study=accepted.root).exit_code == 3


def test_a_correction_of_substance_takes_an_accepted_coding_out(cothemes: Any, accepted: Study) -> None:
    correct(accepted, "case-01.0006", "trusted", "doubted")
    found = entry(cothemes, accepted)
    assert (found["state"], found["holding"], found["not_holding"]) == ("valid", 59, {"to confirm": 1})


def test_suggestions_on_words_that_changed_since_are_not_accepted(cothemes: Any, study: Study) -> None:
    correct(study, "case-01.0007", "money", "mopey")
    found = cothemes.json(*CERTIFY, "--accept", study=study.root)
    assert found["accepted"] == {"A1": 59}
    assert "case-01.0007" not in {each.passage for each in study.store.acceptances.accepted()}


def test_the_lead_sees_certificates_in_the_browser_and_over_http(accepted: Study) -> None:
    served = Served(accepted)
    lead = served.browser("the lead", UserRole.LEAD)
    assert "a0001 valid" in lead.get("/overview").text
    found = lead.get("/api/v1/auto-accepted").json()["certificates"]
    assert [each["name"] for each in found] == ["a0001"]
