"""The table of codings: a row for each code on a passage."""

from __future__ import annotations

from tests.unit.segment.documents import talk

from cothemes.records.codebook import Code, Codebook
from cothemes.records.rating import RaterKind, Rating
from cothemes.settings import SegmentSettings
from cothemes.stages.exchange.codings_rows import codings_rows
from cothemes.stages.segment.passages import segment


def test_the_time_of_the_passage_stands_in_its_row() -> None:
    document = talk(
        ("INT", "How did it begin?"), ("AB", "In the spring, when the hall was closed for repairs.")
    )
    blocks = tuple(block.model_copy(update={"time": f"0:0{n}"}) for n, block in enumerate(document.blocks))
    document = document.model_copy(update={"blocks": blocks})
    (passage,) = segment(document, SegmentSettings(), 1)
    code = Code(id="A1", label="Space", definition="Says where they met.")
    rating = Rating(unit=passage.id, doc="doc", rater="ann", kind=RaterKind.HUMAN, code="A1", value=1)
    rows = list(
        codings_rows(
            [rating], {passage.id: passage}, {"doc": document}, Codebook(id="b", title="B", codes=(code,))
        )
    )
    assert dict(zip(rows[0], rows[1], strict=True))["time"] == "0:01"


def test_several_stretches_are_one_row_that_names_each() -> None:
    (passage,) = segment(talk(("AB", "In the spring, when the hall was closed.")), SegmentSettings(), 1)
    code = Code(id="A1", label="Space", definition="Says where they met.")
    given = {"unit": passage.id, "doc": "doc", "kind": RaterKind.HUMAN, "code": "A1", "value": 1}
    ratings = [
        Rating(rater="ann", start=0, end=28, stretches=((0, 13), (20, 28)), **given),
        Rating(rater="bob", start=7, end=13, **given),
        Rating(rater="cem", **given),
    ]
    documents = {"doc": talk(("AB", "In the spring, when the hall was closed."))}
    head, *rows = codings_rows(
        ratings, {passage.id: passage}, documents, Codebook(id="b", title="B", codes=(code,))
    )
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["quote"], row["spans"], row["start"], row["end"]) for row in found] == [
        ("In the spring […] the hall", "0-13;20-28", "0", "28"),
        ("spring", "7-13", "7", "13"),
        (passage.text, "", "", ""),
    ]
