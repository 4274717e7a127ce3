"""A corrected text in the store: passages keep their identity, and no record is rewritten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm, Assignment, Decision, Reviewer
from cothemes.records.text_map import Piece, TextMap

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
OLD = "We meet. The bus is late."
NEW = "New line. We meet. The bus is often late."
SHIFT = len("New line. ")


def document(text: str, version: str) -> Document:
    block = Block(start=0, end=len(text), kind=BlockKind.PARAGRAPH)
    return Document(
        slug="talk", version=version, kind=Kind.INTERVIEW, title="", text=text, blocks=(block,),
        source_name="talk.txt", source_hash=version, reader="plain",
    )  # fmt: skip


def passage(number: int, text: str, start: int, version: str) -> Passage:
    return Passage(
        id=f"talk.{number:04d}", document="talk", version=version, segmentation="s", start=start,
        end=start + len(text), text=text, kind=BlockKind.PARAGRAPH, role=Role.PARTICIPANT, position=number,
    )  # fmt: skip


BEFORE = [passage(1, "We meet.", 0, "v1"), passage(2, "The bus is late.", 9, "v1")]
AFTER = [
    passage(1, "We meet.", SHIFT, "v2"),
    passage(2, "The bus is often late.", SHIFT + 9, "v2"),
]
MAP = TextMap(
    document="talk", old="v1", new="v2",
    pieces=(Piece(0, 19, SHIFT, SHIFT + 19, 0), Piece(20, 25, SHIFT + 26, SHIFT + 31, 0)),
)  # fmt: skip


def decision(number: int, version: str, start: int | None, end: int | None) -> Decision:
    return Decision(
        id=f"d{number}", at=NOW, reviewer="ann", passage="talk.0002", round="main", arm=Arm.BLIND,
        action=Action.ADD, code="D4", code_hash="c", codebook_hash="b", text_version=version, start=start,
        end=end,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        opened.documents.add(document(OLD, "v1"))
        opened.passages.replace("talk", BEFORE)
        opened.reviews.add_reviewer(Reviewer(name="ann", added=NOW))
        given = Assignment(
            reviewer="ann", passage="talk.0002", document="talk", round="main", arm=Arm.BLIND,
            probability=1.0, double=False, position=0, drawn=NOW, seed=1,
        )  # fmt: skip
        opened.reviews.assign([given])
        yield opened


def test_a_passage_keeps_its_id_and_its_earlier_text(store: SqlStore) -> None:
    store.passages.revise(document(NEW, "v2"), AFTER, [MAP])
    assert store.passages.of("talk") == AFTER
    assert store.passages.earlier_texts(["talk.0001", "talk.0002"]) == BEFORE
    assert [each.version for each in store.documents.versions("talk")] == ["v2", "v1"]
    assert store.passages.get("talk.0002") == AFTER[1]


def test_marked_words_are_found_where_they_are_now(store: SqlStore) -> None:
    late = (20, 24)
    store.reviews.append([decision(1, "v1", *late)])
    before = store.reviews.decisions()
    store.passages.revise(document(NEW, "v2"), AFTER, [MAP])
    (found,) = store.reviews.decisions()
    assert NEW[found.start : found.end] == "late"
    assert found.text_version == "v1"
    assert store.reviews.decisions(as_coded=True) == before


def test_words_that_were_removed_are_marked_nowhere(store: SqlStore) -> None:
    store.reviews.append([decision(1, "v1", 20, 24)])
    gone = MAP.model_copy(update={"pieces": MAP.pieces[:1]})
    store.passages.revise(document(NEW, "v2"), AFTER, [gone])
    (found,) = store.reviews.decisions()
    assert (found.start, found.end) == (None, None)


def test_what_was_marked_on_the_present_text_stays(store: SqlStore) -> None:
    store.passages.revise(document(NEW, "v2"), AFTER, [MAP])
    made = decision(1, "v2", SHIFT + 9, SHIFT + 16)
    store.reviews.append([made])
    assert store.reviews.decisions() == [made]


def test_rulings_and_imported_ratings_follow_too(store: SqlStore) -> None:
    ruling = Settlement(
        id="s1", at=NOW, by="ann", passage="talk.0002", round="main", ruling=Ruling.YES, code="D4",
        code_hash="c", codebook_hash="b", text_version="v1", start=20, end=24,
    )  # fmt: skip
    store.settlements.append([ruling])
    rating = Rating(
        unit="talk.0002", doc="talk", rater="paper", kind=RaterKind.HUMAN, code="D4", value=1, start=11,
        end=15, text_version="v1",
    )  # fmt: skip
    store.ratings.add([rating])
    store.passages.revise(document(NEW, "v2"), AFTER, [MAP])
    (settled,) = store.settlements.all()
    assert NEW[settled.start : settled.end] == "late"
    (rated,) = store.ratings.all()
    assert AFTER[1].text[rated.start : rated.end] == "late"


def test_an_earlier_text_can_come_back(store: SqlStore) -> None:
    store.reviews.append([decision(1, "v1", 20, 24)])
    store.passages.revise(document(NEW, "v2"), AFTER, [MAP])
    back = TextMap(document="talk", old="v2", new="v1", pieces=(Piece(SHIFT, SHIFT + 19, 0, 19, 0),))
    store.passages.revise(document(OLD, "v1"), BEFORE, [back])
    assert store.passages.of("talk") == BEFORE
    assert store.passages.earlier_texts(["talk.0002"]) == [AFTER[1]]
    (found,) = store.reviews.decisions()
    assert OLD[found.start : found.end] == "late"


def test_a_passage_of_another_document_is_refused_and_nothing_is_stored(store: SqlStore) -> None:
    strange = AFTER[1].model_copy(update={"document": "other"})
    with pytest.raises(StateConflict):
        store.passages.revise(document(NEW, "v2"), [AFTER[0], strange], [MAP])
    assert store.passages.of("talk") == BEFORE


@pytest.mark.parametrize(
    ("span", "expected"),
    [((0, 8), "We meet."), ((9, 25), "The bus is often late."), ((22, 23), "t"), ((8, 9), " ")],
)
def test_the_smallest_span_that_holds_the_words(span: tuple[int, int], expected: str) -> None:
    found = MAP.span(*span)
    assert found is not None
    assert NEW[found[0] : found[1]] == expected
