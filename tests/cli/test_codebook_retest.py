"""`codebook retest`: one coder under two wordings, on what people settled, never on what was revised with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    coding,
    completion,
    sentences_of,
    stage_of,
    yes,
)
from tests.doubles.coded_study import CODEBOOK, NOW, study_in
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Reviewer

REVISED = CODEBOOK.replace("version: 0.1.0", "version: 0.2.0").replace(
    "Says that time or money is there or is missing.", "Says that staff time or money is missing."
)
MONEY = ("talk-1.0004", "talk-2.0004")
"""They speak of money; `policy.0002` does too, and the first of the policy text of trust."""


def settled(unit: str, *codes: str, rater: str = "panel") -> list[Rating]:
    place = {"unit": unit, "doc": unit.split(".")[0], "rater": rater, "kind": RaterKind.CONSENSUS}
    return [Rating(**place, code=code) for code in codes or ("",)]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Ann's pilot on talk-1; six passages settled by a panel; then A2 was narrowed to what is missing."""
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    made = study_in(tmp_path / "study")
    read(made, "ann", "talk-1.0002", ("A1",), round_name="pilot")
    made.store.ratings.add(
        [
            *settled("talk-1.0004", "A2", "B1"),
            *settled("talk-2.0002", "A1"),
            *settled("talk-2.0004", "A2", "B1"),
            *settled("talk-2.0005"),
            *settled("policy.0001", "A1"),
            *settled("policy.0002"),
        ]
    )
    made.close()
    made.codebook_path.write_text(REVISED, encoding="utf-8")
    return made


def reads(body: Body, _: int) -> Answer:
    """By the old wording money is enough; by the new one it has to be missing. A1 by the word."""
    whole = json.dumps(body)
    codes = {}
    for sentence in sentences_of(body):
        text = sentence["text"]
        if "money" in text and ("never" in text or "staff time" not in whole):
            codes["A2"] = yes(body, "A2", text)
        if "trust" in text:
            codes["A1"] = yes(body, "A1", text)
    return Answer(completion(json.dumps(coding(body, **codes))))


def test_a_model_under_both_wordings(study: Study, cothemes: Any) -> None:
    with ChatServer(reads) as server:
        asked = ("codebook", "retest", "--coder", "llm", "--model", "openai:stub", "--base-url", server.url)
        found = cothemes.json(*asked, study=study.root)
        bodies = server.bodies
        assert cothemes.json(*asked, study=study.root) == found
        assert server.bodies == bodies, "what was asked is not asked again"
    assert found["left_out"] == {"talk-1": 1}, "the pilot's document is no test data"
    assert (found["passages"], found["interviews"]) == (5, 2)
    codes = {code["code"]: code for code in found["codes"]}
    a2 = codes["A2"]
    # Old: talk-2.0004 right, policy.0002 wrong: 2 ÷ 3. New: talk-2.0004 right, nothing wrong: 1.
    assert (a2["old"]["hits"], a2["old"]["false"], a2["new"]["hits"], a2["new"]["false"]) == (1, 1, 1, 0)
    assert a2["difference"]["value"] == pytest.approx(1 / 3)
    assert a2["no_longer_false"] == ["policy.0002"]
    assert (a2["changed"], codes["A1"]["changed"]) == (True, False)
    assert codes["A1"]["difference"]["value"] == 0
    assert a2["settled_under"] == {"imported": 5}
    assert [stage_of(body) for body in bodies].count("propose") == 10, "five passages under two wordings"


def test_in_words_it_fits_the_screen_and_says_what_it_rests_on(study: Study, cothemes: Any) -> None:
    with ChatServer(reads) as server:
        text = cothemes.done(
            "codebook", "retest", "--coder", "llm", "--model", "openai:stub", "--base-url", server.url,
            study=study.root,
        )  # fmt: skip
    assert max(map(len, text.splitlines())) <= 80
    told = " ".join(text.split())
    for words in (
        "the codebook was revised with them: 1 passages of talk-1",
        "A2 * 1 1 → 1 1 → 0 .67 1.00 +.33",
        "no longer false: policy.0002", "Adjudicated under the old wording, or an unknown one: A2",
        "Fewer than 10 interviews", "no test data any more",
    ):  # fmt: skip
        assert words in told, text


def test_the_offline_coder_needs_no_model_and_learns_nothing(study: Study, cothemes: Any) -> None:
    found = cothemes.json("codebook", "retest", "--coder", "offline", study=study.root)
    assert "nothing learnt" in found["spoken"]
    assert [code["code"] for code in found["codes"]] == ["A1", "A2", "B1"]
    ahead = cothemes.json("codebook", "retest", "--coder", "offline", "--dry-run", study=study.root)
    assert (ahead["passages"], ahead["forecasts"]) == (5, [])


def test_a_dry_run_asks_nothing(study: Study, cothemes: Any) -> None:
    with ChatServer(reads) as server:
        asked = ("--coder", "llm", "--model", "openai:stub", "--base-url", server.url, "--dry-run")
        found = cothemes.json("codebook", "retest", *asked, study=study.root)
        assert len(found["forecasts"]) == 2
        assert "not known" in cothemes.done("codebook", "retest", *asked, study=study.root)
        assert server.requests == []


def test_what_registered_people_settled_counts_under_the_wording_they_read(
    study: Study, cothemes: Any
) -> None:
    """A consensus under the new wording takes the place of the imported one, passage by passage."""
    fresh = Study(study.root)
    fresh.store.reviews.add_reviewer(Reviewer(name="both", role="consensus", added=NOW))
    read(fresh, "both", "policy.0002", ("A2",))
    fresh.close()
    found = cothemes.json("codebook", "retest", "--coder", "offline", "0.1.0", study=study.root)
    a2 = next(code for code in found["codes"] if code["code"] == "A2")
    assert (a2["positives"], a2["settled_under"]) == (2, {"imported": 4, "new": 1})


def test_what_was_settled_by_adjudication_counts(study: Study, cothemes: Any) -> None:
    """Ann gave A1 and Bob did not; it was settled that it applies. The imported panel said the same of A1."""
    fresh = Study(study.root)
    read(fresh, "ann", "talk-2.0005", ("A1",))
    read(fresh, "bob", "talk-2.0005", ())
    text = fresh.codebook.by_id["A1"].text_hash
    fresh.store.settlements.append(
        [
            Settlement(
                id=f"s{n}", at=NOW, by="ann", passage="talk-2.0005", round="main", ruling=ruling,
                code="A1" if n else None, code_hash=text if n else None, codebook_hash=fresh.codebook.hash,
                readers=("ann", "bob"),
            )
            for n, ruling in enumerate((Ruling.OPENED, Ruling.YES))
        ]
    )  # fmt: skip
    fresh.store.ratings.add([], instead_of=["panel"])
    fresh.close()
    found = cothemes.json("codebook", "retest", "--coder", "offline", "0.1.0", study=study.root)
    codes = {code["code"]: code for code in found["codes"]}
    assert (codes["A1"]["positives"], codes["A1"]["settled_under"]) == (1, {"new": 1})
    assert codes["A2"]["settled_under"] == {"new": 1}


def test_a_document_marked_in_its_metadata_is_left_out(study: Study, cothemes: Any) -> None:
    fresh = Study(study.root)
    fresh.store.documents.describe("policy", {"used_for_revision": "yes"})
    fresh.close()
    found = cothemes.json("codebook", "retest", "--coder", "offline", study=study.root)
    assert found["left_out"] == {"policy": 2, "talk-1": 1}
    fresh = Study(study.root)
    fresh.store.documents.describe("talk-2", {"used_for_revision": "yes"})
    fresh.close()
    refused = cothemes("codebook", "retest", "--coder", "offline", study=study.root)
    assert refused.exit_code == 3
    assert "never test data: policy, talk-1, talk-2" in " ".join(refused.stderr.split())


def test_what_cannot_be_tested_is_refused_with_the_way_out(
    study: Study, cothemes: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    same = cothemes("codebook", "retest", "now", "now", study=study.root)
    assert same.exit_code == 3
    assert "read the same" in same.stderr
    fresh = Study(study.root)
    fresh.store.ratings.add(settled("policy.0001", "A1", rater="second panel"))
    fresh.close()
    several = cothemes("codebook", "retest", "--coder", "offline", study=study.root)
    assert several.exit_code == 2
    assert "--consensus panel" in several.stderr
    named = cothemes.json(
        "codebook", "retest", "--coder", "offline", "--consensus", "second panel", study=study.root
    )
    assert named["passages"] == 1
    assert cothemes("codebook", "retest", "--consensus", "x", study=study.root).exit_code == 2
    bare = study_in(tmp_path_factory.mktemp("bare") / "study")
    read(bare, "ann", "talk-1.0002", ("A1",))
    bare.close()
    bare.codebook_path.write_text(REVISED, encoding="utf-8")
    nothing = cothemes("codebook", "retest", study=bare.root)
    assert nothing.exit_code == 3
    assert "no passage is adjudicated" in nothing.stderr
