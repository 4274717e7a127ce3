"""The main job from files to report, on the study that travels with the package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import CommandLine

from cothemes.records.record import content_hash


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sample_vectors: None) -> tuple[Path, str]:
    """The demo's folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "study"
    return folder, CommandLine().done("demo", folder)


def test_it_says_that_it_is_synthetic_and_what_to_type_next(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert printed.startswith("SYNTHETIC")
    assert "Type next" in printed
    assert "\n  cothemes review --as ana " in printed
    fixed = [line for line in printed.splitlines() if str(folder) not in line and "/bin/activate" not in line]
    assert max(map(len, fixed)) <= 80


def test_the_folder_to_go_to_is_never_broken(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert f"\n  cd {folder}\n" in printed
    assert f"\n6  Report: {folder}/report.html\n" in printed


def test_every_stage_left_its_records(cothemes, demo: tuple[Path, str]) -> None:
    folder, _ = demo
    status = cothemes.json("status", study=folder)
    assert status["documents"] == {"interview": 8, "policy": 6, "review": 1}
    assert status["synthetic"] == 15
    assert [reviewer["name"] for reviewer in status["reviewers"]] == ["ana", "ben"]
    [run] = status["runs"]
    assert run["passages"] == status["passages"]
    assert run["rater"].startswith("offline@0#")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in page
    assert "<script" not in page


def test_suggestions_drown_nobody(cothemes, demo: tuple[Path, str]) -> None:
    # The sample's two raters gave 1.2 codes a passage, and none to three passages in ten.
    [run] = cothemes.json("status", study=demo[0])["runs"]
    assert run["suggestions"] <= 1.5 * run["passages"]
    assert run["passages_with_a_code"] <= 0.85 * run["passages"]


def test_the_same_again_changes_nothing(cothemes, demo: tuple[Path, str], root: Path) -> None:
    folder, _ = demo
    sample = root / "src" / "cothemes" / "sample" / "study"
    before = cothemes.json("status", study=folder)
    again = cothemes.json(
        "run",
        sample / "interviews",
        sample / "policies",
        "--meta",
        sample / "metadata.csv",
        "--reviewers",
        "ana,ben",
        study=folder,
    )
    assert {entry["state"] for entry in again["files"]} == {"unchanged"}
    assert again["index"]["embedded"] == 0
    assert again["propose"]["run"] is None
    assert again["route"]["drawn"] == 0
    after = cothemes.json("status", study=folder)
    assert after.pop("last_run")["exit"] == 0
    before.pop("last_run")
    assert after == before


def test_every_quote_stands_in_its_passage(demo: tuple[Path, str]) -> None:
    from cothemes.app.study import find_study

    study = find_study(demo[0], given=True)
    try:
        texts = {document.slug: document.text for document in study.store.documents.all()}
        passages = {passage.id: passage for passage in study.store.passages.all()}
        suggestions = study.store.runs.suggestions()
        assert suggestions
        for suggestion in suggestions:
            passage = passages[suggestion.passage]
            assert suggestion.evidence
            for evidence in suggestion.evidence:
                assert passage.start <= evidence.start < evidence.end <= passage.end
                assert texts[passage.document][evidence.start : evidence.end].strip()
    finally:
        study.close()


def test_search_finds_what_is_meant(cothemes, demo: tuple[Path, str]) -> None:
    hits = cothemes.json("search", "nobody knows what the word co-creation means", "-k", "5", study=demo[0])
    assert any("co-creation" in hit["text"].lower() for hit in hits)


def test_the_sample_codings_belong_to_the_passages_as_they_are_cut(
    demo: tuple[Path, str], root: Path
) -> None:
    """Fails when the cutting changes: the sample's codings then have to be made to fit."""
    from cothemes.app.study import find_study

    study = find_study(demo[0], given=True)
    try:
        cut = {passage.id: content_hash(passage.text) for passage in study.store.passages.all()}
    finally:
        study.close()
    gold = root / "src" / "cothemes" / "sample" / "study" / "passages.jsonl"
    coded = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    assert {entry["id"]: content_hash(entry["text"]) for entry in coded} == cut


def test_a_demo_is_made_once(cothemes, demo: tuple[Path, str]) -> None:
    again = cothemes("demo", demo[0])
    assert again.exit_code == 3
    assert "is a study already" in again.stderr
