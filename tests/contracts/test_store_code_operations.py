"""Operations on codes in the store: records are read under the ids that their codes have now."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.schema import REVISION
from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.code_operation import DraftAct, DraftRecord, Operation, OperationKind
from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Assignment, Decision, Reviewer

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
BOOK = Codebook(
    id="b", codes=(Code(id="A", label="a", definition="a"), Code(id="B", label="b", definition="b"))
)


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    made = SqlStore.open(tmp_path / "records.sqlite")
    made.documents.add(Document(slug="d", version="v", kind=Kind.INTERVIEW, text="a word"))
    cut = Passage(
        id="d.0001", document="d", version="v", segmentation="s", start=0, end=6, text="a word",
        kind=BlockKind.TURN, position=0,
    )  # fmt: skip
    made.passages.replace("d", [cut])
    made.reviews.add_reviewer(Reviewer(name="ann", added=NOW))
    return made


def decide(store: SqlStore, code: str, book: Codebook, number: int = 0) -> None:
    store.codebooks.put(book.hash, book.model_dump_json())
    store.reviews.append(
        [
            Decision(
                id=f"d{number}{code}", at=NOW, reviewer="ann", passage="d.0001", round="main", arm=Arm.BLIND,
                action=Action.ADD, code=code, code_hash=book.by_id[code].text_hash, codebook_hash=book.hash,
            )
        ]
    )  # fmt: skip


def operation(
    kind: OperationKind, codes: tuple[str, ...], into: tuple[str, ...], number: int = 1
) -> Operation:
    return Operation(id=f"o{number}", at=NOW + timedelta(days=number), kind=kind, codes=codes, into=into)


def named(store: SqlStore) -> list[str | None]:
    return [each.code for each in store.reviews.decisions()]


def test_decisions_are_read_under_the_present_id_and_kept_under_their_own(store: SqlStore) -> None:
    decide(store, "A", BOOK)
    store.operations.append([operation(OperationKind.RENAME, ("A",), ("M",))])
    renamed = BOOK.renamed({"A": "M"})
    decide(store, "M", renamed)
    assert named(store) == ["M", "M"]
    assert [each.code for each in store.reviews.decisions(as_coded=True)] == ["A", "M"]
    assert store.operations.names_in(BOOK.hash) == {"A": "M"}
    assert store.operations.names_in(renamed.hash) == {}
    one, other = (store.operations.identities_in(book.hash) for book in (BOOK, renamed))
    assert one is not None
    assert other is not None
    assert one["A"] == other["M"] != one["B"]


def test_a_code_merged_into_one_of_its_parts_is_another_code(store: SqlStore) -> None:
    decide(store, "A", BOOK)
    store.operations.append([operation(OperationKind.MERGE, ("A", "B"), ("A",))])
    wide = Codebook(id="b", codes=(Code(id="A", label="a", definition="a or b"),))
    decide(store, "A", wide, 1)
    assert named(store) == ["A~1", "A"]
    store.operations.append(
        [Operation(id="o2", at=NOW + timedelta(days=2), kind=OperationKind.UNDO, undoes="o1")]
    )
    assert named(store) == ["A", "A~2"]


def test_what_a_recode_round_asks_about_is_read_under_the_present_id(store: SqlStore) -> None:
    asked = Assignment(
        reviewer="ann", passage="d.0001", document="d", round="recode-1", arm=Arm.BLIND,
        probability=1.0, double=False, position=0, drawn=NOW, seed=1, codes=("A",),
    )  # fmt: skip
    store.reviews.assign([asked])
    store.operations.append([operation(OperationKind.RENAME, ("A",), ("M",))])
    assert store.reviews.assignments()[0].codes == ("M",)


def test_decisions_on_a_draft_are_given_to_its_author_until_it_is_published(store: SqlStore) -> None:
    acts = [
        DraftRecord(id=f"r{act}", at=NOW, by="ann", act=act, code="N1", passage="d.0001", label="money")
        for act in (DraftAct.CREATED, DraftAct.PUBLISHED)
    ]
    store.drafts.append(acts[:1])
    book = BOOK.model_copy(update={"codes": (*BOOK.codes, Code(id="N1", label="money", definition=""))})
    decide(store, "N1", book)
    assert named(store) == []
    assert [each.code for each in store.reviews.decisions(reviewer="ann")] == ["N1"]
    store.drafts.append(acts[1:])
    assert named(store) == ["N1"]


def test_operations_and_drafts_are_never_changed(store: SqlStore) -> None:
    store.operations.append([operation(OperationKind.RETIRE, ("A",), ())])
    store.drafts.append(
        [DraftRecord(id="r", at=NOW, by="ann", act=DraftAct.CREATED, code="N1", passage="d.0001", label="x")]
    )
    store.operations.append([operation(OperationKind.ADD, (), ("Z",))])
    assert [each.kind for each in store.operations.all()] == [OperationKind.RETIRE]
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        for statement in (
            "UPDATE code_operations SET reason = 'x'", "DELETE FROM code_operations",
            "UPDATE code_drafts SET label = 'x'", "DELETE FROM code_drafts",
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


@pytest.mark.usefixtures("records_as_shipped")
def test_a_filled_database_of_the_first_release_keeps_every_row(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    database = Database(path)
    config = Config()
    config.set_main_option("script_location", "cothemes.adapters.sql:migrations")
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO codebooks (hash, content) VALUES (?, ?)", (BOOK.hash, BOOK.model_dump_json())
        )
        connection.execute("INSERT INTO entries (key, value) VALUES ('study.id', 'x')")
        connection.commit()
    with SqlStore.open(path) as store:
        assert store.codebooks.get(BOOK.hash) == BOOK.model_dump_json()
        assert store.operations.names_in(BOOK.hash) == {}
        assert store.meta.get("study.id") == "x"
        assert store.check() == "ok"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISION,)
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(StateConflict):
        SqlStore.open(path)
