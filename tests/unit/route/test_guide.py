"""The numbers of docs/guide/routing.md are those of the draw."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.stages.evaluate.anchoring.blind_share import blind_share_of, needed_blind
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw
from cothemes.stages.route.expectation import expectations

GUIDE = Path(__file__).parents[3] / "docs/guide/routing.md"
SLUGS = [f"i{n:02d}" for n in range(20)]
PASSAGES = [passage for slug in SLUGS for passage in passages_of(slug, [85] * 50)]


def counts(design: Design, capacities: dict[str, float]) -> dict[str, Counter[str]]:
    found = draw(PASSAGES, interviews(*SLUGS), ("ann", "bob"), design, [], NOW, capacities=capacities)
    lots = [(a.reviewer, "double" if a.double else a.arm.value) for a in found.assignments]
    return {name: Counter(lot for who, lot in lots if who == name) for name in ("ann", "bob")}


def test_the_worked_example() -> None:
    found = counts(Design(), {})
    assert found["ann"] == found["bob"] == {"double": 200, "blind": 40, "reveal": 36, "assisted": 324}
    uneven = counts(Design(), {"ann": 60, "bob": 30})
    assert [uneven[name].total() for name in ("ann", "bob")] == [800, 400]
    little = counts(Design(overlap=0, blind=0.05), {})["ann"]
    assert (little["blind"], little["assisted"]) == (25, 427)
    assert blind_share_of(25, 427).half_width == pytest.approx(0.16, abs=0.005)
    ann = blind_share_of(240, 324)
    assert (ann.needed, ann.half_width) == (76, pytest.approx(0.07, abs=0.005))
    common, rare = expectations(["A", "B"], 200, {"A": 0.05, "B": 0.02}, 1000)
    assert (common.positives, rare.positives, rare.overlap_for_ten) == (10, 4, 0.5)


def test_the_table_of_blind_passages() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    place = next(at for at, row in enumerate(rows) if row.startswith("| assisted passages"))
    assisted, blind = (
        [int(cell.replace(",", "")) for cell in row.split("|")[2:-1]] for row in rows[place : place + 2]
    )
    assert [needed_blind(count) for count in assisted] == blind
