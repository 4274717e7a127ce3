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
