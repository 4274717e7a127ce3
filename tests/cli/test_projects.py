"""Projects of other programs in and out: nothing is lost on the way, and nothing is imported twice."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read
from tests.doubles.foreign_project import (
    ANN,
    MONEY,
    TEXT_A,
    TEXT_B,
    coding,
    guid,
    project,
    selection,
)

from cothemes.adapters.readers.qdpx import read_qdpx
from cothemes.adapters.writers.qdpx import write_qdpx
from cothemes.app.codebook.operations import new_operation
from cothemes.app.handover.new_study import study_for_project
from cothemes.app.handover.project_export import export_project
from cothemes.app.handover.project_import import import_project
from cothemes.app.ratings import keep_codebook
from cothemes.app.study import Study, find_study
from cothemes.records.code_operation import OperationKind
from cothemes.records.project import (
    Project,
    ProjectCode,
    ProjectCoding,
    ProjectSource,
    ProjectUser,
    Selection,
    plain,
)
from cothemes.records.review import Arm
from cothemes.stages.exchange.offsets import located
from cothemes.stages.exchange.text_structure import structure_in


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two people blind, one with a model's suggestions, attributes, marked words and memos."""
    study = study_in(tmp_path / "study", documents=3)
    propose(study)
    for number in range(1, 4):
        trust, money = f"talk-{number}.0002", f"talk-{number}.0004"
        read(study, "ann", trust, {"A1": {"status": ("experienced", "intended"), "valence": ("helps",)}})
        read(study, "bob", trust, ("A1",))
        read(study, "ann", money, ("A2", "B1"), span=(0, 25))
        read(study, "ann", f"talk-{number}.0005", ("B1",), arm=Arm.ASSISTED)
    return study


def state(study: Study) -> dict[str, Any]:
    """Everything that an import could change."""
    store = study.store
    return {
        "documents": store.documents.all(),
        "passages": store.passages.all(),
        "ratings": store.ratings.all(),
        "memos": store.memos.all(),
        "carried": store.carried.all(),
        "decisions": store.reviews.decisions(),
        "codebook": study.codebook_path.read_bytes(),
    }


def opened(path: Path) -> Study:
    return find_study(path, given=True)


def test_a_study_that_imports_its_own_export_stays_as_it_is(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("memo", "add", "On trust", "--code", "A1", "--as", "ann", study=study.root)
    cothemes.done("memo", "add", "On a place", "--passage", "talk-1.0002", "--as", "ann", study=study.root)
    out = tmp_path / "out.qdpx"
    made = cothemes.json("export", "qdpx", out, study=study.root)
    before = state(opened(study.root))
    found = cothemes.json("import", out, study=study.root)
    assert found["codings_own"] == made["codings"] > 0
    assert (found["codings_new"], found["codings_known"], found["memos"]) == (0, 0, 0)
    assert found["documents"] == found["codes"] == []
    assert state(opened(study.root)) == before


def test_every_coder_and_every_model_is_a_user_of_its_own(cothemes, study: Study, tmp_path: Path) -> None:
    out = tmp_path / "out.qdpx"
    cothemes.done("export", "qdpx", out, study=study.root)
    made = read_qdpx(out)
    names = {user.guid: user.name for user in made.users}
    kinds = {user.name: user.id for user in made.users}
    assert {"ann", "bob", "offline@0#r0001"} <= set(names.values())
    assert kinds["offline@0#r0001"] == "cothemes:model"
    label = {code.guid: code.name for code in made.codes}
    said = {
        (names[one.by], label[one.code])
        for source in made.sources
        for each in source.selections
        for one in each.codings
    }
    assert ("bob", "Trust between people") in said
    assert ("bob", "Turnover of staff") not in said
    assert ("ann", "Turnover of staff") in said


def renamed(study: Study, old: str, new: str) -> None:
    """Rename a code, as a person who edits codebook.yaml and says what the edit meant."""
    before = study.codebook
    keep_codebook(study)
    text = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text(re.sub(rf"(?<!label: )\b{old}\b", new, text), encoding="utf-8")
    after = opened(study.root).codebook
    assert new in after.by_id
    study.store.operations.append(
        [new_operation(OperationKind.RENAME, "", "", (old,), (new,), before, after)]
    )
    keep_codebook(opened(study.root))


def test_ids_outlive_a_renamed_code(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("export", "qdpx", tmp_path / "before.qdpx", study=study.root)
    renamed(study, "A1", "TRUST")
    cothemes.done("export", "qdpx", tmp_path / "after.qdpx", study=study.root)
    before, after = (read_qdpx(tmp_path / f"{name}.qdpx") for name in ("before", "after"))
    assert {code.guid for code in after.codes} == {code.guid for code in before.codes}
    assert [each.selections for each in after.sources] == [each.selections for each in before.sources]
    kept = state(opened(study.root))
    found = cothemes.json("import", tmp_path / "before.qdpx", study=study.root)
    assert (found["codings_new"], found["codes"]) == (0, [])
    assert state(opened(study.root)) == kept


def test_an_imported_code_keeps_its_id_through_a_rename(cothemes, tmp_path: Path) -> None:
    cothemes.done("-C", tmp_path / "s", "import", project(tmp_path / "p.qdpx"))
    (code,) = [each.id for each in opened(tmp_path / "s").codebook.codes if each.label == "money"]
    renamed(opened(tmp_path / "s"), code, "CASH")
    found = cothemes.json("import", tmp_path / "p.qdpx", study=tmp_path / "s")
    assert (found["codings_new"], found["codes"]) == (0, [])
    assert "CASH" in {each.code for each in opened(tmp_path / "s").store.ratings.all()}
    cothemes.done("export", "qdpx", tmp_path / "back.qdpx", study=tmp_path / "s")
    assert plain(MONEY) in {plain(each.guid) for each in read_qdpx(tmp_path / "back.qdpx").codes}


def test_each_marked_stretch_is_a_selection_of_its_own(cothemes, study: Study, tmp_path: Path) -> None:
    passage = study.store.passages.get("talk-2.0005")
    (last,) = [
        each
        for each in study.store.reviews.decisions()
        if (each.reviewer, each.passage, each.code) == ("ann", passage.id, "B1")
    ]
    begin = passage.start
    more = last.model_copy(
        update={
            "id": str(uuid4()),
            "at": last.at + timedelta(seconds=1),
            "start": begin,
            "end": begin + 5,
            "further": ((begin + 10, begin + 15),),
        }
    )
    study.store.reviews.append([more])
    cothemes.done("export", "qdpx", tmp_path / "out.qdpx", study=study.root)
    found = read_qdpx(tmp_path / "out.qdpx")
    users = {user.guid: user.name for user in found.users}
    spans = {
        (each.start, each.end)
        for source in found.sources
        for each in source.selections
        for one in each.codings
        if source.name == "talk-2"
        and users[one.by] == "ann"
        and one.at == more.at.isoformat(timespec="seconds")
    }
    assert {(begin, begin + 5), (begin + 10, begin + 15)} <= spans
    before = state(opened(study.root))
    cothemes.done("import", tmp_path / "out.qdpx", study=study.root)
    assert state(opened(study.root)) == before


def test_a_study_comes_back_whole_from_a_new_study_twice_and_thrice(
    cothemes, study: Study, tmp_path: Path
) -> None:
    cothemes.done("memo", "add", "On the study", "--as", "ann", study=study.root)
    cothemes.done("memo", "add", "On a place", "--passage", "talk-1.0002", "--as", "ann", study=study.root)
    cothemes.done("export", "qdpx", tmp_path / "0.qdpx", study=study.root)
    for turn in (1, 2, 3):
        folder = tmp_path / f"study-{turn}"
        found = cothemes.json("import", tmp_path / f"{turn - 1}.qdpx", study=folder)
        assert found["made"]
        assert found["not_carried"] == []
        cothemes.done("export", "qdpx", tmp_path / f"{turn}.qdpx", study=folder)
        assert (tmp_path / f"{turn}.qdpx").read_bytes() == (tmp_path / "0.qdpx").read_bytes()
    again = opened(tmp_path / "study-3")
    first = opened(study.root)
    assert [(d.slug, d.text, d.metadata) for d in again.store.documents.all()] == [
        (d.slug, d.text, {**d.metadata, "title": d.title}) for d in first.store.documents.all()
    ]
    assert {code.id: code.definition for code in again.codebook.codes} == {
        code.id: code.definition for code in first.codebook.codes
    }
    assert {memo.text for memo in again.store.memos.all()} == {"On the study", "On a place"}
    kept = [r for r in again.store.ratings.all() if r.rater == "ann" and r.attributes]
    assert kept[0].attributes == {"status": "experienced;intended", "valence": "helps"}
    kinds = {r.rater: r.kind.value for r in again.store.ratings.all()}
    assert kinds["offline@0#r0001"] == "model"


def test_a_project_brings_texts_codes_and_each_coders_codings(cothemes, tmp_path: Path) -> None:
    found = cothemes.json("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    assert found["documents"] == ["talk-a", "talk-b"]
    assert {each["rater"]: each["codings"] for each in found["coders"]} == {"Ann": 3, "Bob": 2}
    assert found["drafts"] == ["joy"]
    assert found["independence"] == "not recorded"
    study = opened(tmp_path / "s")
    assert {code.id: (code.theme, code.definition) for code in study.codebook.codes} == {
        "joy": ("Feelings", ""),
        "money": (None, "Says money."),
    }
    documents = {each.slug: each for each in study.store.documents.all()}
    assert documents["talk-a"].text == TEXT_A
    assert documents["talk-a"].metadata == {"age": "44", "case": "Case one"}
    assert documents["talk-a"].kind.value == "unknown"
    ratings = study.store.ratings.all()
    assert all((each.value, each.arm, each.round) == (1, "", "") for each in ratings)
    [trusted] = [each for each in ratings if each.rater == "Ann" and each.code == "joy"]
    passage = study.store.passages.get(trusted.unit)
    assert passage is not None
    assert passage.text[trusted.start : trusted.end] == "trusted each other"
    assert {memo.text: (memo.code, memo.document) for memo in study.store.memos.all()} == {
        "Joy & laughter": ("joy", None),
        "Opening words": (None, "talk-a"),
    }


def test_a_second_import_changes_nothing(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, study=tmp_path / "s")
    before = state(opened(tmp_path / "s"))
    found = cothemes.json("import", path, study=tmp_path / "s")
    assert (found["codings_new"], found["codings_known"], found["memos"]) == (0, 5, 0)
    assert state(opened(tmp_path / "s")) == before


def test_an_export_with_new_ids_is_known_by_place_code_and_coder(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, study=tmp_path / "s")
    before = state(opened(tmp_path / "s"))
    renumbered = tmp_path / "again.qdpx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(renumbered, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            for letters in (b"AAAA-4BBB-8CCC", b"aaaa-4bbb-8ccc"):
                data = data.replace(letters, letters.replace(b"A", b"F").replace(b"a", b"f"))
            new.writestr(name, data)
    found = cothemes.json("import", renumbered, study=tmp_path / "s")
    assert (found["codings_new"], found["codings_known"], found["memos"]) == (0, 5, 0)
    after = state(opened(tmp_path / "s"))
    assert after["ratings"] == before["ratings"]
    assert after["memos"] == before["memos"]
    assert len(after["carried"]) == len(before["carried"])


def test_a_project_made_elsewhere_and_coded_here_goes_back_with_its_own_ids(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, study=tmp_path / "s")
    cothemes.done("reviewers", "add", "cat", study=tmp_path / "s")
    cothemes.done("route", "--reviewers", "cat", study=tmp_path / "s")
    cothemes.done("decide", "--as", "cat", "talk-b.0001", "joy", "add", study=tmp_path / "s")
    cothemes.done("done", "--as", "cat", "talk-b.0001", study=tmp_path / "s")
    cothemes.done("export", "qdpx", tmp_path / "back.qdpx", study=tmp_path / "s")
    then, now = located(read_qdpx(path)).project, located(read_qdpx(tmp_path / "back.qdpx")).project
    assert now.name == then.name
    assert now.users[:2] == then.users
    assert {user.name for user in now.users} == {"Ann", "Bob", "cat"}
    assert now.codes == then.codes
    notes = tuple(each for each in now.notes if structure_in(each) is None)
    assert (now.variables, now.cases, notes, now.sets) == (
        then.variables, then.cases, then.notes, then.sets,
    )  # fmt: skip
    assert now.sources[0].selections == then.sources[0].selections
    assert now.sources[0].made == then.sources[0].made
    new = [each for each in now.sources[1].selections if each not in then.sources[1].selections]
    assert [len(each.codings) for each in new] == [1]
    assert now.codings == then.codings + 1
    # And home again: what the other program did not touch changes nothing here.
    before = state(opened(tmp_path / "s"))
    found = cothemes.json("import", tmp_path / "back.qdpx", study=tmp_path / "s")
    assert (found["codings_new"], found["codings_own"]) == (0, 1)
    assert state(opened(tmp_path / "s")) == before


def test_what_a_reviewer_coded_elsewhere_is_told_apart_from_their_decisions(
    cothemes, study: Study, tmp_path: Path
) -> None:
    cothemes.done("export", "qdpx", tmp_path / "out.qdpx", study=study.root)
    out = read_qdpx(tmp_path / "out.qdpx")
    ann = next(user.guid for user in out.users if user.name == "ann")
    money = next(code.guid for code in out.codes if code.name == "Time and money")
    source = out.sources[1]
    added = Selection(
        guid=guid(900), start=0, end=30, codings=(ProjectCoding(guid=guid(901), code=money, by=ann),)
    )
    sources = (out.sources[0], source.model_copy(update={"selections": (*source.selections, added)}))
    changed = out.model_copy(update={"sources": (*sources, *out.sources[2:]), "origin": "NVivo 14"})
    write_qdpx(tmp_path / "changed.qdpx", changed)
    found = cothemes.json("import", tmp_path / "changed.qdpx", study=study.root)
    assert found["codings_new"] == 1
    assert {each["rater"] for each in found["coders"]} == {"ann (NVivo)"}
    cothemes.done("export", "qdpx", tmp_path / "again.qdpx", study=study.root)
    again = read_qdpx(tmp_path / "again.qdpx")
    assert [user.guid for user in again.users].count(ann) == 1
    assert again.codings == out.codings + 1


def test_absence_counts_only_where_a_person_declares_it(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, study=tmp_path / "s")
    assert {r.value for r in opened(tmp_path / "s").store.ratings.all()} == {1}
    found = cothemes.json("import", path, "--complete", "Ann=talk-b", study=tmp_path / "s")
    assert {each["rater"]: each["complete"] for each in found["coders"]} == {"Ann": ["talk-b"], "Bob": []}
    ratings = opened(tmp_path / "s").store.ratings.all()
    zeros = {(r.rater, r.doc) for r in ratings if r.value == 0}
    assert zeros == {("Ann", "talk-b")}
    every = {(r.unit, r.code) for r in ratings if r.rater == "Ann" and r.doc == "talk-b"}
    units = {p.id for p in opened(tmp_path / "s").store.passages.of("talk-b")}
    assert every == {(unit, code) for unit in units for code in ("joy", "money")}
    # What was declared once stays declared.
    found = cothemes.json("import", path, study=tmp_path / "s")
    assert next(each for each in found["coders"] if each["rater"] == "Ann")["complete"] == ["talk-b"]
    assert opened(tmp_path / "s").store.ratings.all() == ratings


@pytest.mark.parametrize("words", ["Nobody=*", "Ann=nowhere", "Ann"])
def test_a_declaration_about_nobody_is_refused(cothemes, tmp_path: Path, words: str) -> None:
    cothemes.done("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    before = state(opened(tmp_path / "s"))
    assert cothemes("import", tmp_path / "p.qdpx", "--complete", words, study=tmp_path / "s").exit_code == 2
    assert state(opened(tmp_path / "s")) == before


def test_agreement_between_the_coders_of_a_project_can_be_computed(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, "--complete", "Ann=*", "--complete", "Bob=*", study=tmp_path / "s")
    table = cothemes.json("agreement", "--raters", "Ann,Bob", study=tmp_path / "s")
    assert table["units"] == len(opened(tmp_path / "s").store.passages.all())
    assert {code["code"] for code in table["codes"]} == {"joy", "money"}


def test_texts_that_the_study_has_are_known_by_their_words(cothemes, tmp_path: Path) -> None:
    (tmp_path / "interview 7.txt").write_text(TEXT_A, encoding="utf-8")
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    cothemes.done("ingest", tmp_path / "interview 7.txt", "--kind", "interview", study=tmp_path / "s")
    found = cothemes.json("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    assert found["documents"] == ["talk-b"]
    assert found["documents_known"] == 1
    study = opened(tmp_path / "s")
    assert {r.doc for r in study.store.ratings.all()} == {"interview-7", "talk-b"}
    document = study.store.documents.get("interview-7")
    assert document is not None
    assert document.kind.value == "interview"


def test_the_kind_of_a_document_is_given_or_unknown(cothemes, tmp_path: Path) -> None:
    claims = b"---\nkind: policy\n---\nBoards will set aside money.\n"
    path = project(tmp_path / "p.qdpx", selections_a=[], texts=(claims, TEXT_B.encode()))
    cothemes.done("import", path, study=tmp_path / "s")
    assert {d.kind.value for d in opened(tmp_path / "s").store.documents.heads()} == {"unknown"}
    cothemes.done("import", path, "--kind", "interview", study=tmp_path / "t")
    assert {d.kind.value for d in opened(tmp_path / "t").store.documents.heads()} == {"interview"}


def test_a_text_that_differs_is_left_alone_and_told(cothemes, tmp_path: Path) -> None:
    cothemes.done("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    other = project(tmp_path / "q.qdpx", selections_a=[], texts=(b"Another text.", TEXT_B.encode()))
    found = cothemes.json("import", other, study=tmp_path / "s")
    assert any(loss["what"] == "sources" for loss in found["not_carried"])
    kept = opened(tmp_path / "s").store.documents.get("talk-a")
    assert kept is not None
    assert kept.text == TEXT_A


def test_codings_on_an_interviewers_words_are_kept_and_not_counted(cothemes, tmp_path: Path) -> None:
    talk = "Interviewer: What made the group work so well for you?\nMo: We trusted each other.\n" * 4
    ask = selection(101, 13, 30, coding(201, MONEY, ANN))
    path = project(tmp_path / "p.qdpx", selections_a=[ask], texts=(talk.encode(), TEXT_B.encode()))
    found = cothemes.json("import", path, study=tmp_path / "s")
    assert found["without_passage"] == 1
    assert {r.doc for r in opened(tmp_path / "s").store.ratings.all()} == {"talk-b"}
    cothemes.done("export", "qdpx", tmp_path / "back.qdpx", study=tmp_path / "s")
    assert plain(guid(201)) in {
        plain(one.guid)
        for source in read_qdpx(tmp_path / "back.qdpx").sources
        for each in source.selections
        for one in each.codings
    }


def test_spans_follow_a_corrected_text_on_their_way_back(cothemes, tmp_path: Path) -> None:
    (tmp_path / "Talk A.txt").write_text(TEXT_A, encoding="utf-8")
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    cothemes.done("ingest", tmp_path / "Talk A.txt", study=tmp_path / "s")
    cothemes.done("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    (tmp_path / "Talk A.txt").write_text("Hello and welcome.\n" + TEXT_A, encoding="utf-8")
    cothemes.done("ingest", tmp_path / "Talk A.txt", study=tmp_path / "s")
    cothemes.done("export", "qdpx", tmp_path / "back.qdpx", study=tmp_path / "s")
    back = read_qdpx(tmp_path / "back.qdpx")
    source = next(each for each in back.sources if plain(each.guid) == plain(guid(41)))
    assert source.text is not None
    words = {plain(each.guid): source.text[each.start : each.end] for each in source.selections}
    assert words[plain(guid(101))] == "trusted each other"
    assert words[plain(guid(102))] == "There was never any money."


def test_a_target_that_counts_utf16_gets_such_places(cothemes, tmp_path: Path) -> None:
    cothemes.done("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    cothemes.done("export", "qdpx", tmp_path / "u.qdpx", "--target", "utf16", study=tmp_path / "s")
    cothemes.done("export", "qdpx", tmp_path / "c.qdpx", study=tmp_path / "s")
    wide, narrow = read_qdpx(tmp_path / "u.qdpx"), read_qdpx(tmp_path / "c.qdpx")
    behind = [each for each in narrow.sources[0].selections if each.start > TEXT_A.index("😀")]
    moved = {each.guid: each.start for each in wide.sources[0].selections}
    assert behind
    assert all(moved[each.guid] == each.start + 1 for each in behind)
    assert located(wide).project.sources == located(narrow).project.sources


def test_nothing_that_was_forgotten_comes_back_with_a_project(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    cothemes.done("import", path, study=tmp_path / "s")
    cothemes.done("forget", "talk-a", "--yes", "--reason", "withdrawn", study=tmp_path / "s")
    study = opened(tmp_path / "s")
    assert not [each for each in study.store.carried.all() if each.document == "talk-a"]
    words = b"".join(each.read_bytes() for each in (tmp_path / "s" / ".cothemes").glob("records*"))
    assert b"Opening words" not in words
    assert b"trusted each other" not in words
    study.close()
    found = cothemes.json("import", path, study=tmp_path / "s")
    assert found["documents"] == []
    assert not opened(tmp_path / "s").store.documents.get("talk-a")
    cothemes.done("export", "qdpx", tmp_path / "back.qdpx", study=tmp_path / "s")
    assert [source.name for source in read_qdpx(tmp_path / "back.qdpx").sources] == ["Talk B.txt"]


PIECES = st.sampled_from(
    [
        "We trusted ",
        "them. ",
        "😀",
        "e\u0301",
        "\r\n",
        "\n\n",
        "👩\u200d👧 ",
        "No! ",
        "money ",
        "\u0308",
        "Mo: ",
        " ",
    ]
)


@st.composite
def coded_texts(draw: st.DrawFn) -> Project:
    text = "".join(draw(st.lists(PIECES, min_size=3, max_size=30))) + "We ended there. Nobody paid."
    # A file's lines end in LF once it is read; selections overlap as they like.
    text = text.replace("\r\n", "\n").lstrip()
    users = [ProjectUser(guid=guid(1), name="Ann"), ProjectUser(guid=guid(2), name="Bob")]
    codes = [ProjectCode(guid=guid(11), name="joy"), ProjectCode(guid=guid(12), name="money")]
    selections = []
    for number in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        codings = tuple(
            ProjectCoding(
                guid=guid(1000 + 10 * number + at), code=draw(st.sampled_from(codes)).guid, by=user.guid
            )
            for at, user in enumerate(users)
            if draw(st.booleans())
        )
        selections.append(Selection(guid=guid(100 + number), start=start, end=end, codings=codings))
    source = ProjectSource(guid=guid(41), name="Talk", text=text, selections=tuple(selections))
    return Project(name="p", origin="cothemes x", users=tuple(users), codes=tuple(codes), sources=(source,))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=coded_texts())
def test_no_round_trip_loses_anything(tmp_path_factory: pytest.TempPathFactory, made: Project) -> None:
    folder = tmp_path_factory.mktemp("trips")
    write_qdpx(folder / "0.qdpx", made)
    for turn in (1, 2, 3):
        study = study_for_project(folder / f"{turn - 1}.qdpx", folder / f"s{turn}")
        import_project(study, folder / f"{turn - 1}.qdpx", made=True)
        export_project(study, folder / f"{turn}.qdpx")
        study.close()
    first, second, third = (located(read_qdpx(folder / f"{turn}.qdpx")).project for turn in (1, 2, 3))
    assert first == second == third
    text = made.sources[0].text or ""
    then = {each.guid: (text[each.start : each.end], each.codings) for each in made.sources[0].selections}
    now_text = first.sources[0].text or ""
    for each in first.sources[0].selections:
        words, codings = then.pop(each.guid)
        assert each.codings == codings
        assert unicodedata.normalize("NFC", words) in now_text[each.start : each.end] or words.strip() == ""
    assert not then


TALK = (
    "---\n"
    'title: "A talk"\n'
    'hosts: ["Ines Vale"]\n'
    'speakers: ["Amy Reed"]\n'
    "---\n"
    "Ines Vale: What was it like to begin with the group, and how did you hear of it?\n\n"
    "Amy Reed: We trusted each other from the start. There was never any money for the room.\n\n"
    "Ines Vale: And who paid for it in the end, if there was no money at all?\n\n"
    "Amy Reed: Nobody paid. We sat in my kitchen, and people brought what they had.\n\n"
    "Kim: I helped with the chairs, and I asked the others what they wanted to talk about.\n\n"
    "Amy Reed: Kim did more than that, and she wrote down what people said to one another.\n"
)


@pytest.fixture
def settled(cothemes, tmp_path: Path) -> Path:
    """A study whose person settled roles, one of them an interviewer's, and coded."""
    (tmp_path / "talk.md").write_text(TALK, encoding="utf-8")
    root = tmp_path / "settled"
    cothemes.done("init", root, "--from", "blank")
    cothemes.done("reviewers", "add", "ann", study=root)
    cothemes.done("ingest", tmp_path / "talk.md", study=root)
    cothemes.done("speakers", "talk", "Kim", "interviewer", "--as", "ann", study=root)
    cothemes.done("speakers", "talk", "Ines Vale", "participant", "--as", "ann", study=root)
    (root / "codebook.yaml").write_text(
        "codebook:\n  id: talks\n  version: 0.1.0\n"
        "codes:\n  - id: MONEY\n    label: Money\n    definition: Says money.\n",
        encoding="utf-8",
    )
    study = opened(root)
    for passage in study.store.passages.all():
        if "money" in passage.text:
            read(study, "ann", passage.id, ("MONEY",))
    return root


def cut(root: Path) -> list[tuple[Any, ...]]:
    """Passages without the version of the settings that cut them."""
    return [
        (each.id, each.text, each.speaker, each.role, each.position, each.sentences)
        for each in opened(root).store.passages.all()
    ]


def test_speakers_and_passages_come_along_into_a_new_study(cothemes, settled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.qdpx"
    made = cothemes.json("export", "qdpx", out, study=settled)
    assert not any("speakers" in loss["what"] for loss in made["not_carried"])
    found = cothemes.json("import", out, study=tmp_path / "new")
    assert found["roles_unknown"] == []
    assert found["codings_new"] == made["codings"] > 0
    assert cut(tmp_path / "new") == cut(settled)
    ours, theirs = (
        {
            (each["label"], each["role"], each["role_read"], each["name"])
            for each in cothemes.json("speakers", study=root)["speakers"]
        }
        for root in (settled, tmp_path / "new")
    )
    assert ours == theirs
    rows = [
        {
            (each["passage"], each["code"], each["by"])
            for each in cothemes.json("codings", study=root)["decided"]
        }
        for root in (settled, tmp_path / "new")
    ]
    assert rows[0] == rows[1] != set()
    counts = [
        [(each["words"], each["turns"], each["passages"], each["coded"]) for each in found["documents"]]
        for found in (cothemes.json("documents", study=root) for root in (settled, tmp_path / "new"))
    ]
    assert counts[0] == counts[1]
    # What people said stays when the file is read again, and goes on into a third study.
    cothemes.done("export", "qdpx", tmp_path / "again.qdpx", study=tmp_path / "new")
    cothemes.done("import", tmp_path / "again.qdpx", study=tmp_path / "third")
    assert cut(tmp_path / "third") == cut(settled)
    assert not opened(tmp_path / "new").store.memos.all()


def test_speakers_keep_their_roles_where_the_text_was_changed(
    cothemes, settled: Path, tmp_path: Path
) -> None:
    cothemes.done("export", "qdpx", tmp_path / "out.qdpx", study=settled)
    read_back = located(read_qdpx(tmp_path / "out.qdpx")).project
    [source] = read_back.sources
    changed = source.model_copy(update={"text": f"{source.text}One more line.\n"})
    write_qdpx(tmp_path / "changed.qdpx", read_back.model_copy(update={"sources": (changed,)}))
    cothemes.done("import", tmp_path / "changed.qdpx", study=tmp_path / "new")
    roles = {
        each["label"]: each["role"] for each in cothemes.json("speakers", study=tmp_path / "new")["speakers"]
    }
    assert roles == {"Ines Vale": "participant", "Amy Reed": "participant", "Kim": "interviewer"}


@pytest.mark.parametrize("origin", ["NVivo 14", "cothemes 0.1.0"])
def test_front_matter_within_a_source_is_no_talk(cothemes, tmp_path: Path, origin: str) -> None:
    path = project(
        tmp_path / "p.qdpx", origin=origin, selections_a=[], texts=(TALK.encode(), TEXT_B.encode())
    )
    found = cothemes.json("import", path, study=tmp_path / "s")
    assert found["roles_unknown"] == ["talk-a"]
    voices = {
        each["label"]: each["role"]
        for each in cothemes.json("speakers", study=tmp_path / "s")["speakers"]
        if each["document"] == "talk-a"
    }
    assert voices == {"Ines Vale": "interviewer", "Amy Reed": "participant", "Kim": "unknown"}
    passages = opened(tmp_path / "s").store.passages.of("talk-a")
    assert not any("hosts" in each.text or "title" in each.text for each in passages)
