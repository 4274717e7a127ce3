"""What stands under different wordings is pooled by a person's word alone, and every table says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import CODEBOOK, NOW, study_in
from tests.doubles.decisions import read

from cothemes.app.figures.agreement import study_ratings
from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.rating import RaterKind, Rating

MENDED = CODEBOOK.replace("Says that time or money is there", "Says that time or money are there")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two people on two passages under the old wording of A2; then a slip of the pen was mended."""
    made = study_in(tmp_path / "study")
    for name, codes in (("ann", ("A2",)), ("bob", ())):
        read(made, name, "talk-1.0004", codes)
        read(made, name, "talk-2.0004", ("A2",))
    made.store.settlements.append(
        [
            Settlement(
                id=f"s{n}", at=NOW, by="ann", passage="talk-1.0004", round="main", ruling=ruling,
                code="A2" if n else None, code_hash=made.codebook.by_id["A2"].text_hash if n else None,
                codebook_hash=made.codebook.hash, readers=("ann", "bob"),
            )
            for n, ruling in enumerate((Ruling.OPENED, Ruling.YES))
        ]
    )  # fmt: skip
    made.close()
    made.codebook_path.write_text(MENDED, encoding="utf-8")
    return made


def rated(cothemes: Any, study: Study, *more: str) -> dict[str, int]:
    found = cothemes.json("agreement", *more, study=study.root)
    return {code["code"]: code["units"] for code in found["codes"] if code["units"]}


def test_unasked_nothing_is_pooled(study: Study, cothemes: Any) -> None:
    assert "A2" not in rated(cothemes, study)
    assert "left out: A2 " in " ".join(cothemes.done("agreement", study=study.root).split())
    assert [each["code"] for each in cothemes.json("codebook", "diff", study=study.root)["touched"]] == ["A2"]
    status = cothemes.json("status", study=study.root)["older_wording"]
    assert status == {"readings": 4, "codes": {"A2": 4}}
    assert "Finished readings under an earlier meaning of A2 do not" in " ".join(
        cothemes.done("status", study=study.root).split()
    )


def test_by_a_persons_word_they_are_and_it_is_said(study: Study, cothemes: Any) -> None:
    kept = cothemes.done(
        "codebook",
        "note",
        "is → are, nothing else",
        "--codes",
        "A2",
        "--same",
        "--as",
        "ann",
        study=study.root,
    )
    assert "pooled from now on" in kept
    assert rated(cothemes, study)["A2"] == 2
    told = " ".join(cothemes.done("agreement", study=study.root).split())
    assert "by a person's word: A2 4 (ann, " in told
    assert "is → are, nothing else)." in told
    diff = cothemes.json("codebook", "diff", study=study.root)
    assert diff["touched"] == []
    assert diff["changed"][0]["same_codings"] is True
    assert "both wordings ask for the same" in cothemes.done("codebook", "diff", study=study.root)
    assert cothemes("codebook", "recode", "A2", "--round", "again", study=study.root).exit_code == 3
    assert "A2" in rated(cothemes, study, "--raters", "ann,consensus"), "what was settled counts too"
    assert cothemes.json("status", study=study.root)["older_wording"] == {"readings": 0, "codes": {}}


def test_imported_ratings_under_a_known_other_wording_are_kept_out(study: Study, cothemes: Any) -> None:
    fresh = Study(study.root)
    (old,) = [name for name in fresh.store.codebooks.hashes() if name != fresh.codebook.hash]
    rows = [
        Rating(
            unit=unit, doc=unit.split(".")[0], rater=name, kind=RaterKind.HUMAN, code="A2", value=1,
            round="main", arm="blind", codebook=book,
        )
        for name, book in (("eve", old), ("fay", "a book nobody knows"))
        for unit in ("talk-1.0002", "talk-2.0002")
    ]  # fmt: skip
    fresh.store.ratings.add(rows)
    fresh.close()
    found = study_ratings(Study(study.root))
    assert {rating.rater for rating in found.ratings if rating.code == "A2"} == {"fay"}
    assert found.kept_out["A2"] == 4 + 2, "four readings by Ann and Bob, two rows of Eve's"
    told = " ".join(cothemes.done("codings", "--code", "A2", study=study.root).split())
    assert "Left out: 4 decisions, earlier meaning (A2)" in told, "three of people and a ruling"
