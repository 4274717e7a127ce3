"""Packages that are damaged, forged, of another study or out of date: nothing of them is believed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uuid_utils
from tests.doubles.coded_study import NOW, assign, propose, study_in

from cothemes.adapters.writers.package_zip import write_package
from cothemes.app.handover.pack import pack
from cothemes.app.handover.unpack import load_package, open_package, take_in
from cothemes.app.privacy.forget import forget, plan
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import PackageError, StateConflict
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.package import Package
from cothemes.records.review import Action, Arm, Decision

MONEY, TRUST, ASSISTED = "talk-1.0004", "talk-1.0002", "talk-2.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {MONEY: Arm.BLIND, TRUST: Arm.REVEAL, ASSISTED: Arm.ASSISTED})
    assign(study, "bob", {MONEY: Arm.BLIND})
    return study


@pytest.fixture
def copy(study: Study, tmp_path: Path) -> Study:
    pack(study, "ann", tmp_path / "ann.zip")
    open_package(load_package(tmp_path / "ann.zip"), tmp_path / "laptop", "ann.zip")
    copy = Study(tmp_path / "laptop")
    desk = Desk(copy, "ann")
    desk.done(desk.decide(desk.card(MONEY), "A2", Action.ADD, note="a note"))
    desk.done(desk.decide(desk.card(ASSISTED), "A2", Action.ACCEPT))
    return copy


@pytest.fixture
def back(copy: Study, tmp_path: Path) -> Path:
    pack(copy, "ann", tmp_path / "back.zip")
    return tmp_path / "back.zip"


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The zip with its parts changed by hand; the hashes stay as they were."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def forged(path: Path, **changes: Any) -> Package:
    """The package with its last decision changed and every hash made anew, as somebody could who wants to."""
    package = load_package(path)
    last = package.decisions[-1].model_copy(update=changes)
    package = package.model_copy(update={"decisions": (*package.decisions[:-1], last)})
    write_package(path, package)
    return load_package(path)


def merged(study: Study, package: Package, **options: Any) -> Any:
    return take_in(study, package, "back.zip", **options)


def test_a_row_changed_by_hand_is_named(study: Study, back: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["decisions.jsonl"] = parts["decisions.jsonl"].replace(b'"code":"A2"', b'"code":"A1"', 1)

    with pytest.raises(PackageError, match="was changed after it was written") as caught:
        load_package(rewritten(back, change))
    assert caught.value.where == f"{back}/decisions.jsonl:1"


@pytest.mark.parametrize("part", ["package.json", "codebook.yaml", "codebooks.jsonl", "READ ME.txt"])
def test_any_other_change_is_seen(back: Path, part: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts[part] = parts[part].replace(b"a", b"e", 1)

    with pytest.raises(PackageError):
        load_package(rewritten(back, change))


def test_rows_taken_out_added_or_moved_are_seen(back: Path) -> None:
    content = back.read_bytes()
    for shuffle in (lambda rows: rows[1:], lambda rows: [*rows, rows[0]], lambda rows: rows[::-1]):
        back.write_bytes(content)

        def change(parts: dict[str, bytes], shuffle: Callable[[Any], Any] = shuffle) -> None:
            rows = parts["decisions.jsonl"].splitlines(keepends=True)
            parts["decisions.jsonl"] = b"".join(shuffle(rows))

        with pytest.raises(PackageError, match="is not as it was written"):
            load_package(rewritten(back, change))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"passage": "policy.0001"}, "is not assigned to ann here"),
        ({"passage": "talk-9.0001"}, "is not assigned to ann here"),
        ({"id": "d1"}, "is no id of a decision"),
        ({"id": "00000000-0000-4000-8000-000000000000"}, "is no id of a decision"),
        ({"arm": Arm.BLIND}, "was decided in arm blind, round main; it was assigned in arm"),
        ({"round": "pilot"}, "was decided in round pilot; it was"),
        ({"shown": ("made-up",)}, "with suggestions in view that were not given out"),
        ({"undoes": "made-up", "action": Action.UNDO}, "takes back a decision that is not there"),
        ({"start": 0, "end": 3}, "marks words outside the passage"),
        ({"start": 0}, "marks words without beginning or end"),
        ({"action": Action.ADD, "code": "Z9"}, "no code of the codebook"),
        ({"action": Action.ADD, "code": "A1", "code_hash": "0" * 64}, "a wording that its codebook"),
        ({"action": Action.ADD}, "says add of no code"),
    ],
)
def test_what_no_session_records_is_left_out_and_named(
    study: Study, back: Path, changes: dict[str, Any], why: str
) -> None:
    merge = merged(study, forged(back, **changes))
    assert len(merge.left_out) == 1
    assert why in merge.left_out[0].why
    # The other passage is taken in as a whole, the forged one not at all.
    stored = {d.passage for d in study.store.reviews.decisions(reviewer="ann")}
    assert stored <= {MONEY, ASSISTED} - {merge.left_out[0].passage}
    assert study.store.reviews.decisions(passage="policy.0001") == []


def test_an_attribute_that_the_code_does_not_take(study: Study, back: Path) -> None:
    package = load_package(back)
    first = package.decisions[0].model_copy(update={"attributes": {"valence": ("nice",)}})
    write_package(back, package.model_copy(update={"decisions": (first, *package.decisions[1:])}))
    merge = merged(study, load_package(back))
    assert [left.why for left in merge.left_out] == ["sets valence=nice, which A2 does not take"]


def test_a_blind_decision_with_suggestions_in_view(study: Study, back: Path) -> None:
    package = load_package(back)
    seen = study.store.runs.suggestions(passages=[MONEY])[0].id
    first = package.decisions[0].model_copy(update={"shown": (seen,)})
    write_package(back, package.model_copy(update={"decisions": (first, *package.decisions[1:])}))
    assert [left.passage for left in merged(study, load_package(back)).left_out] == [MONEY]


def test_decisions_of_another_reviewer_are_refused_whole(study: Study, back: Path) -> None:
    with pytest.raises(PackageError, match="holds a decision of 'bob'"):
        merged(study, forged(back, reviewer="bob"))
    package = load_package(back)
    stolen = package.manifest.model_copy(update={"reviewer": "bob"})
    write_package(back, package.model_copy(update={"manifest": stolen}))
    with pytest.raises(PackageError, match="holds a decision of 'ann'"):
        merged(study, load_package(back))
    assert study.store.reviews.decisions() == []


def test_a_decision_that_is_known_here_otherwise_is_refused_whole(study: Study, back: Path) -> None:
    assert merged(study, load_package(back)).new == 4
    before = study.store.reviews.decisions()
    with pytest.raises(PackageError, match="something else than is recorded here"):
        merged(study, forged(back, note="another note"))
    assert study.store.reviews.decisions() == before


def test_a_package_of_another_study(study: Study, back: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = study_in(tmp_path / "other" / "study")
    with pytest.raises(PackageError, match="is of another study, “A small study”"):
        take_in(other, load_package(back), str(back))


def test_a_package_of_somebody_else_in_a_copy(study: Study, copy: Study, tmp_path: Path) -> None:
    pack(study, "bob", tmp_path / "bob.zip")
    with pytest.raises(PackageError, match="is of bob; this is ann's copy"):
        take_in(copy, load_package(tmp_path / "bob.zip"), "bob.zip")


def test_a_codebook_edited_on_the_laptop(study: Study, copy: Study, tmp_path: Path) -> None:
    text = copy.codebook_path.read_text(encoding="utf-8").replace("staff leave", "staff or clients leave")
    copy.codebook_path.write_text(text, encoding="utf-8")
    copy = Study(copy.root)
    desk = Desk(copy, "ann")
    desk.decide(desk.card(TRUST), "B1", Action.ADD)
    pack(copy, "ann", tmp_path / "back.zip")
    package = load_package(tmp_path / "back.zip")
    with pytest.raises(PackageError, match="B1 worded otherwise") as caught:
        merged(study, package)
    assert "--other-codebook" in caught.value.hint
    assert study.store.reviews.decisions() == []
    taken = take_in(study, package, "back.zip", other_codebook=True)
    assert (taken.new, taken.other_wording) == (5, 1)
    # A newer package would put the study's codebook in the place of the edited one.
    pack(study, "ann", tmp_path / "second.zip")
    with pytest.raises(StateConflict, match="was edited here"):
        take_in(copy, load_package(tmp_path / "second.zip"), "second.zip")


def test_a_codebook_changed_at_home_meanwhile(study: Study, copy: Study, back: Path, tmp_path: Path) -> None:
    text = study.codebook_path.read_text(encoding="utf-8").replace("staff leave", "staff or clients leave")
    study.codebook_path.write_text(text, encoding="utf-8")
    study = Study(study.root)
    taken = take_in(study, load_package(back), "back.zip")
    assert (taken.new, taken.other_wording) == (4, 4)
    pack(study, "ann", tmp_path / "second.zip")
    take_in(copy, load_package(tmp_path / "second.zip"), "second.zip")
    assert Study(copy.root).codebook.hash == study.codebook.hash


def test_an_older_package_changes_nothing(study: Study, copy: Study, tmp_path: Path) -> None:
    pack(study, "ann", tmp_path / "second.zip")
    take_in(copy, load_package(tmp_path / "second.zip"), "second.zip")
    with pytest.raises(StateConflict, match="this copy has a newer one"):
        take_in(copy, load_package(tmp_path / "ann.zip"), "ann.zip")


def test_what_was_said_of_a_forgotten_document_stays_away(study: Study, copy: Study, back: Path) -> None:
    forget(study, plan(study, "talk-1"), reason="consent withdrawn")
    merge = merged(study, load_package(back))
    assert [(left.passage, "was forgotten" in left.why) for left in merge.left_out] == [(MONEY, True)]
    assert not any(decision.note for decision in study.store.reviews.decisions())
    pack(study, "ann", copy.root / "second.zip")
    brought = take_in(copy, load_package(copy.root / "second.zip"), "second.zip").brought
    assert brought is not None
    assert brought.withdrawn == ("talk-1",)


def test_codes_that_were_compared_with_anothers_do_not_change_from_afar(
    study: Study, copy: Study, back: Path
) -> None:
    merged(study, load_package(back))
    opened = Settlement(
        id=str(uuid_utils.uuid7()),
        at=NOW,
        by="bob",
        passage=MONEY,
        round="main",
        ruling=Ruling.OPENED,
        codebook_hash=study.codebook.hash,
        readers=("ann", "bob"),
    )
    study.store.settlements.append([opened])
    desk = Desk(copy, "ann")
    desk.note(desk.card(MONEY), "still fine")
    pack(copy, "ann", back)
    assert merged(study, load_package(back)).left_out == ()
    card = desk.reopen(desk.card(MONEY))
    desk.done(desk.decide(card, "B1", Action.ADD))
    pack(copy, "ann", back)
    assert [left.why[:27] for left in merged(study, load_package(back)).left_out] == [
        "was opened for adjudication"
    ]


def test_a_newer_format_is_refused_by_its_number(back: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        said = json.loads(parts["package.json"])
        parts["package.json"] = json.dumps({**said, "version": 3}).encode()

    with pytest.raises(PackageError, match="format version 3; this cothemes reads 2"):
        load_package(rewritten(back, change))


@pytest.mark.parametrize(
    "name", ["../../.bashrc", "/etc/passwd", "C:\\evil", "documents/../x", "records.sqlite", "a\x00b"]
)
def test_a_part_that_no_package_has_is_never_unpacked(back: Path, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(PackageError):
        load_package(rewritten(back, lambda parts: parts.update({name: b"x"})))
    assert sorted(tmp_path.rglob("*")) == before


def test_bombs_and_wrecks(back: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package.json", b"{" + b" " * (64 << 20) + b"}")
    with pytest.raises(PackageError, match="unpacks more than 200-fold"):
        load_package(bomb)
    content = back.read_bytes()
    for wreck in (b"", b"PK\x03\x04", content[:-30], content[: len(content) // 2], b"unit,doc\n"):
        (tmp_path / "wreck.zip").write_bytes(wreck)
        with pytest.raises(PackageError, match="not a whole zip"):
            load_package(tmp_path / "wreck.zip")
    with pytest.raises(PackageError, match="cannot be opened"):
        load_package(tmp_path / "missing.zip")


def test_a_size_that_lies(back: Path) -> None:
    """The directory says that a part is small: what is read stops there, and the lie is told."""
    with zipfile.ZipFile(back) as archive:
        size = archive.getinfo("codebook.yaml").file_size
    content = back.read_bytes()
    at = content.rindex(b"codebook.yaml") - 46 + 24
    assert int.from_bytes(content[at : at + 4], "little") == size
    back.write_bytes(content[:at] + (10).to_bytes(4, "little") + content[at + 4 :])
    with pytest.raises(PackageError, match=r"size|unpacked"):
        load_package(back)


def test_json_that_never_ends(back: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["package.json"] = b"[" * 200_000

    with pytest.raises(PackageError, match="is not JSON"):
        load_package(rewritten(back, change))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    back.write_bytes(other.getvalue())
    with pytest.raises(PackageError, match="no package of cothemes"):
        load_package(back)


def test_a_folder_that_is_no_study_is_left_alone(study: Study, tmp_path: Path) -> None:
    pack(study, "ann", tmp_path / "ann.zip")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(StateConflict, match="is there already"):
        open_package(load_package(tmp_path / "ann.zip"), tmp_path / "full", "ann.zip")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.docx"]


def test_decisions_on_their_way_home_open_no_folder(back: Path, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="on their way home"):
        open_package(load_package(back), tmp_path / "new", "back.zip")
    assert not (tmp_path / "new").exists()


def test_a_title_that_steers_makes_a_study_that_opens(study: Study, tmp_path: Path) -> None:
    pack(study, "ann", tmp_path / "ann.zip")
    package = load_package(tmp_path / "ann.zip")
    title = 'a "quoted" \\ title\n[route]\noverlap = 1 \x1b[2J \x7f'
    hostile = package.model_copy(update={"manifest": package.manifest.model_copy(update={"title": title})})
    open_package(hostile, tmp_path / "new", "ann.zip")
    opened = Study(tmp_path / "new")
    assert opened.settings.study.title.startswith('a "quoted" \\ title\n[route]')
    assert "\x1b" not in opened.settings.study.title
    assert opened.settings.route.overlap == 0.2


def test_ids_of_decisions_are_not_taken_from_others(study: Study, back: Path) -> None:
    """Bob's decision stands here; a package of ann's that uses its id must not hide or replace it."""
    desk = Desk(study, "bob")
    desk.decide(desk.card(MONEY), "B1", Action.ADD)
    theirs: Decision = study.store.reviews.decisions(reviewer="bob")[0]
    merge = merged(study, forged(back, id=theirs.id))
    assert study.store.reviews.decisions(reviewer="bob") == [theirs]
    assert [left.passage for left in merge.left_out] == [ASSISTED]
