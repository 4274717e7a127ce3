"""Packages: one person's work leaves for another laptop and comes home; nothing else travels with it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.random_study import random_study

from cothemes.app.handover.copies import folder_for
from cothemes.app.handover.pack import pack
from cothemes.app.handover.unpack import load_package, open_package, take_in
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm

MONEY, TRUST, TEA = "talk-1.0004", "talk-1.0002", "talk-2.0005"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {MONEY: Arm.BLIND, TRUST: Arm.REVEAL, "talk-2.0004": Arm.ASSISTED, TEA: Arm.BLIND})
    assign(study, "bob", {MONEY: Arm.BLIND, "policy.0001": Arm.ASSISTED})
    return study


def sent(study: Study, folder: Path, name: str = "ann") -> tuple[Path, Study]:
    """The package, and the copy that it opens in."""
    path = folder / f"{name}.zip"
    pack(study, name, path)
    open_package(load_package(path), folder / f"laptop-{name}", str(path))
    return path, Study(folder / f"laptop-{name}")


def back(copy: Study, study: Study, path: Path, **options: Any) -> Any:
    pack(copy, "ann", path)
    return take_in(study, load_package(path), str(path), **options)


def bytes_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return b"\n".join([path.read_bytes(), *parts])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_no_byte_of_anothers_work_or_of_a_closed_suggestion_is_in_a_package(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("random")
    study, secrets = random_study(folder / "study", seed)
    path, copy = sent(study, folder)
    copy.store.close()
    opened = b"".join(file.read_bytes() for file in copy.root.rglob("*") if file.is_file())
    for what in (bytes_of(path), opened):
        leaked = [word for word in secrets.closed if word.encode() in what]
        assert not leaked
        assert not [word for word in secrets.kept if word.encode() not in what]
    study.close()


def test_a_reviewer_codes_elsewhere_and_her_decisions_come_home(study: Study, tmp_path: Path) -> None:
    Desk(study, "ann").decide(Desk(study, "ann").card(MONEY), "A2", Action.ADD, note="before I left")
    _, copy = sent(study, tmp_path)
    desk = Desk(copy, "ann")
    card = desk.card(MONEY)
    assert (list(card.coded), card.standing.current.notes) == (["A2"], ("before I left",))
    desk.done(card)
    assisted = desk.card("talk-2.0004")
    assert [s.code for s in assisted.suggestions] == ["A2"]
    desk.done(desk.decide(assisted, "A2", Action.ACCEPT))
    found = back(copy, study, tmp_path / "back.zip")
    assert (found.new, found.known, found.left_out) == (3, 1, ())
    home, there = Desk(study, "ann"), Desk(copy, "ann")
    assert [s.coded for s in home.standings] == [s.coded for s in there.standings]
    again = take_in(study, load_package(tmp_path / "back.zip"), "back.zip")
    assert (again.new, again.known) == (0, 4)


def test_a_reveal_passage_is_coded_blind_there_and_opened_by_the_next_package(
    study: Study, tmp_path: Path
) -> None:
    _, copy = sent(study, tmp_path)
    desk = Desk(copy, "ann")
    assert copy.store.runs.suggestions(passages=[TRUST]) == []
    desk.done(desk.decide(desk.card(TRUST), "B1", Action.ADD))
    assert (desk.queue().held, TRUST in [s.assignment.passage for s in desk.queue().waiting]) == (1, False)
    back(copy, study, tmp_path / "back.zip")
    pack(study, "ann", tmp_path / "second.zip")
    found = take_in(copy, load_package(tmp_path / "second.zip"), "second.zip")
    assert found.brought is not None
    desk = Desk(copy, "ann")
    opened = desk.card(TRUST)
    assert (opened.standing.arm, [s.code for s in opened.suggestions]) == (Arm.REVEAL, ["A1"])
    desk.done(desk.decide(opened, "A1", Action.ACCEPT))
    assert back(copy, study, tmp_path / "back.zip").left_out == ()
    standing = next(s for s in Desk(study, "ann").standings if s.assignment.passage == TRUST)
    assert (list(standing.first.coded), list(standing.coded)) == (["B1"], ["B1", "A1"])


def test_what_was_decided_apart_and_otherwise_is_reported_and_left_as_it_is(
    study: Study, tmp_path: Path
) -> None:
    _, copy = sent(study, tmp_path)
    for where, code in ((copy, "A1"), (study, "A2")):
        desk = Desk(where, "ann")
        desk.done(desk.decide(desk.card(MONEY), code, Action.ADD))
        desk.done(desk.decide(desk.card(TEA), "B1", Action.ADD))
    found = back(copy, study, tmp_path / "back.zip")
    assert [left.passage for left in found.left_out] == [MONEY]
    coded = {s.assignment.passage: list(s.coded) for s in Desk(study, "ann").standings}
    assert (coded[MONEY], coded[TEA]) == (["A2"], ["B1"])
    # Once both say the same, both records stand and nothing is left to report.
    desk = Desk(study, "ann")
    card = desk.reopen(desk.card(MONEY))
    desk.done(desk.decide(desk.decide(card, "A2", Action.REJECT), "A1", Action.ADD))
    assert back(copy, study, tmp_path / "back.zip").left_out == ()


def test_a_copy_refuses_what_belongs_at_home(cothemes: Any, study: Study, tmp_path: Path) -> None:
    _, copy = sent(study, tmp_path)
    for words in (("propose",), ("route", "--reviewers", "ann"), ("reviewers", "add", "eve")):
        result = cothemes(*words, study=copy.root)
        assert result.exit_code == 3
        assert "ann's copy" in result.stderr
    assert cothemes.json("queue", "--as", "ann", study=copy.root)["total"] == 4


def test_the_commands(cothemes: Any, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = cothemes.done("pack", "--as", "ann", "ann.zip", study=study.root)
    assert "1 reveal passages go without suggestions" in " ".join(out.split())
    study.close()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    made = cothemes.json("import", tmp_path / "ann.zip")
    assert made["copy"]["folder"] == "a-small-study-ann"
    copy = Path("a-small-study-ann").resolve()
    cothemes.done("decide", "--as", "ann", MONEY, "A2", "add", study=copy)
    cothemes.done("done", "--as", "ann", MONEY, study=copy)
    assert cothemes.json("import", tmp_path / "ann.zip")["copy"]["made"] is False
    report = cothemes.json("pack", "--as", "ann", "back.zip", study=copy)
    assert (report["origin"], report["decisions"], report["documents"]) == ("copy", 2, 0)
    home = cothemes.json("import", "back.zip", study=study.root)
    assert (home["new"], home["passages"], home["copy"]) == (2, 1, None)
    assert "0 decisions of ann on 0 passages taken in, 2 there already" in " ".join(
        cothemes.done("import", "back.zip", study=study.root).split()
    )


def test_what_pack_refuses(cothemes: Any, study: Study, tmp_path: Path) -> None:
    assert cothemes("pack", "--as", "eve", tmp_path / "x.zip", study=study.root).exit_code == 2
    result = cothemes("pack", "--as", "ann", tmp_path / "x.tar", study=study.root)
    assert (result.exit_code, "x.zip" in result.stderr) == (2, True)
    cothemes.done("reviewers", "add", "eve", study=study.root)
    assert cothemes("pack", "--as", "eve", tmp_path / "x.zip", study=study.root).exit_code == 3
    result = cothemes("pack", "--as", "ann", tmp_path / "no" / "x.zip", study=study.root)
    assert (result.exit_code, "cannot be written" in result.stderr) == (3, True)


def test_the_folder_is_named_after_study_and_reviewer(study: Study, tmp_path: Path) -> None:
    path, _ = sent(study, tmp_path)
    manifest = load_package(path).manifest
    long = manifest.model_copy(update={"title": "Co-production in health: a study of eight / ten"})
    assert folder_for(long) == "co-production-in-health-a-study-ann"
    assert folder_for(manifest.model_copy(update={"title": "../../etc"})) == "etc-ann"
    assert folder_for(manifest.model_copy(update={"title": "../.."})) == "coding-ann"
