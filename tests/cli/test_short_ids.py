"""Unambiguous short forms of passage and document ids are accepted wherever an id is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.coded_study import CODEBOOK, assign, study_in

from cothemes.app.corpus.document_names import fits_short_form
from cothemes.app.corpus.passages import found_passage
from cothemes.app.study import Study, create_study
from cothemes.errors import UnknownPassage
from cothemes.presentation.ids import WIDTHS, ShortIds
from cothemes.records.review import Arm

MONEY = "talk-1.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study", documents=12)
    assign(made, "ann", {MONEY: Arm.BLIND, "talk-2.0004": Arm.BLIND, "policy.0001": Arm.BLIND})
    return made


@pytest.mark.parametrize(
    ("word", "passage"),
    [
        ("talk-12.0004", "talk-12.0004"),
        ("talk-12.4", "talk-12.0004"),
        ("pol.1", "policy.0001"),
        ("pol….0001", "policy.0001"),
        ("policy.0001", "policy.0001"),
        ("talk-12.0004…", "talk-12.0004"),
        # Of an id and a longer one that begins with it, the id itself is meant.
        ("talk-1.0004", MONEY),
    ],
)
def test_a_short_form_names_one_passage(study: Study, word: str, passage: str) -> None:
    assert found_passage(study, word).id == passage


def test_an_ambiguous_form_lists_its_candidates(study: Study) -> None:
    with pytest.raises(UnknownPassage) as error:
        found_passage(study, "talk-1.4")
    listed = error.value.hint
    assert all(each in listed for each in (MONEY, "talk-10.0004", "talk-11.0004", "talk-12.0004"))
    assert "talk-2" not in listed
    assert "\n" not in listed
    with pytest.raises(UnknownPassage) as error:
        found_passage(study, "talk-")
    # As long as a line, and longer with long names: written to a file, an error has no lines of its own.
    assert max(map(len, str(error.value).splitlines())) < 79
    for word in ("", "…", "nothing", "talk-3.9999"):
        with pytest.raises(UnknownPassage):
            found_passage(study, word)


def test_the_commands_take_them_and_name_the_whole_id(study: Study, cothemes: Any) -> None:
    study.close()
    at = study.root
    assert cothemes.json("show", "talk-2.4", study=at)["passage"] == "talk-2.0004"
    made = cothemes.json("decide", "talk-2.4", "A2", "add", "--as", "ann", study=at)
    assert (made["passage"], list(made["codes"])) == ("talk-2.0004", ["A2"])
    assert "done talk-2.0004" in cothemes.done("done", "talk-2.4", "--as", "ann", study=at)
    assert "reopened talk-2.0004" in cothemes.done("done", "talk-2.4", "--reopen", "--as", "ann", study=at)
    assert {d.passage for d in Study(at).store.reviews.decisions()} == {"talk-2.0004"}
    cothemes.done("memo", "add", "a thought", "--document", "pol", "--as", "ann", study=at)
    assert len(cothemes.json("memo", "--document", "pol", study=at)) == 1
    refused = cothemes("decide", "talk-1.4", "A2", "add", "--as", "ann", study=at)
    assert refused.exit_code == 2
    assert "talk-10.0004" in refused.stderr


def test_options_that_take_documents_take_short_forms(study: Study, cothemes: Any) -> None:
    at = study.root
    study.close()
    drawn = cothemes.json("route", "--reviewers", "bob", "--documents", "pol", "--dry-run", study=at)
    assert {each["passage"].partition(".")[0] for each in drawn["assignments"]} == {"policy"}
    moved = cothemes.json("reviewers", "reassign", "ann", "bob", "--documents", "pol", "--dry-run", study=at)
    assert [each["passage"] for each in moved["moved"]] == ["policy.0001"]
    refused = cothemes("route", "--reviewers", "bob", "--documents", "talk-1,tal", "--dry-run", study=at)
    assert refused.exit_code == 2
    assert "talk-10" in refused.stderr


LONG = [
    "how-can-we-ensure-that-older-people-are-equal-partners-in-de",
    "how-can-we-ensure-that-older-people-are-equal-partners-in-or",
    "how-can-we-ensure-that-older-people-are-equal-partners-a-2",
    "welfare-reform-impact-on-third-sector-social-and-housing-car",
]
COLUMNS = 80


def test_an_id_is_cut_to_a_form_that_names_it_alone() -> None:
    ids = ShortIds(["interview-of-may-1", "interview-of-may-2", "policy-of-the-board"])
    assert ids.document("policy-of-the-board", 10) == "policy-of…"
    assert ids.document("interview-of-may-1", 10) == "interv…y-1"
    assert ids.document("policy", 10) == "policy"
    assert ids.passage("interview-of-may-2.0042", 10) == "interv…y-2.0042"
    assert ShortIds().document("interview-of-may-1", 10) == "interview-of-may-1"


@given(
    st.sets(st.text(alphabet="abc-", min_size=1, max_size=40), min_size=1, max_size=8),
    st.sampled_from((*WIDTHS, 8)),
)
def test_a_short_form_means_its_own_id_alone(slugs: set[str], wide: int) -> None:
    ids = ShortIds(slugs)
    for slug in slugs:
        short = ids.document(slug, wide)
        assert short in slugs or [each for each in slugs if fits_short_form(each, short)] == [slug]
        assert len(short) <= wide or short == slug
        assert ids.passage(f"{slug}.0007", wide) == f"{short}.0007"


@pytest.fixture
def long_names(tmp_path: Path, cothemes: Any) -> Path:
    """Ann and ben have coded documents with names as long as real ones; they differ."""
    root = tmp_path / "study"
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(root, source="blank", codebook=tmp_path / "small.yaml").close()
    for name in LONG:
        path = tmp_path / f"{name}.txt"
        path.write_text(f"Interviewer: And you?\nMo: We trusted {name} and had money for it.\n", "utf-8")
        cothemes.done("ingest", path, "--kind", "interview", study=root)
    for name in ("ann", "ben"):
        cothemes.done("reviewers", "add", name, study=root)
    made = Study(root)
    for name in ("ann", "ben"):
        assign(made, name, {f"{slug}.0001": Arm.BLIND for slug in LONG})
    made.close()
    for name, codes in (("ann", ("A1", "A2")), ("ben", ("A1",))):
        for slug in LONG[:3]:
            for code in codes:
                cothemes.done("decide", "--as", name, f"{slug}.0001", code, "add", study=root)
            cothemes.done("done", "--as", name, f"{slug}.0001", study=root)
    return root


@pytest.mark.parametrize(
    "words",
    [
        ("codings",),
        ("quotes", "--code", "A1"),
        ("queue", "--as", "ann"),
        ("documents",),
        ("disagreements",),
        ("adjudicate", "--as", "ann", "--list"),
        ("deidentify",),
    ],
    ids=lambda words: words[0],
)
def test_listings_fit_a_terminal_and_their_ids_are_taken_back(
    long_names: Path, cothemes: Any, words: tuple[str, ...]
) -> None:
    text = cothemes.done(*words, study=long_names)
    assert max(map(len, text.splitlines())) <= COLUMNS
    shown = set(re.findall(r"[\w-]{5,}…[\w-]*(?:\.\d{4})?", text))
    assert shown
    for each in shown:
        if "." in each:
            found = cothemes.json("show", each, study=long_names)["passage"].rpartition(".")[0]
        else:
            (entry,) = cothemes.json("documents", each, study=long_names)["documents"]
            found = entry["document"]
        assert fits_short_form(found, each.partition(".")[0])
    ids = re.findall(r"[\w-]*…?[\w-]*\.\d{4}", text)
    assert not any(each in LONG for each in (name.partition(".")[0] for name in ids))


def test_a_wide_terminal_shows_whole_ids_and_json_always_does(
    long_names: Path, cothemes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cothemes.json("codings", study=long_names)["decided"]
    assert {each["document"] for each in found} == set(LONG[:3])
    monkeypatch.setenv("COLUMNS", "160")
    assert f"{LONG[0]}.0001" in cothemes.done("codings", study=long_names)


def test_every_command_that_takes_a_document_takes_a_short_form(long_names: Path, cothemes: Any) -> None:
    short = ShortIds(LONG).document(LONG[1])
    assert "…" in short
    study = long_names
    assert cothemes.done("disagreements", "--document", short, study=study)
    assert cothemes.json("codebook", "candidates", "--flat", "--documents", short, study=study) == []
    assert cothemes.json("speakers", short, study=study)
    assert cothemes.json("propose", "--coder", "offline", "--documents", short, "--dry-run", study=study)
    cothemes.done("deidentify", study=study)
    cothemes.done("deidentify", "--accept", short, "--as", "ann", study=study)
    cothemes.done("memo", "add", "a thought", "--passage", f"{short}.0001", "--as", "ann", study=study)
    assert cothemes.done("audit", f"{short}.0001", study=study)
    refused = cothemes("ingest", "--restore", short, study=study)
    assert LONG[1] in refused.stderr, "it has no earlier text"
    assert cothemes.json("forget", short, "--yes", study=study)["document"] == LONG[1]
    assert [each["document"] for each in cothemes.json("forget", "--list", study=study)] == [LONG[1]]
