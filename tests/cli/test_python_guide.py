"""The page on Python runs as it is written, and gives what the commands print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.sample_codings import fill, sample_codes

import cothemes
from cothemes.errors import InputError, StudyNotFound, UsageError
from cothemes.sample import SEGMENTATION

pytestmark = pytest.mark.usefixtures("sample_vectors")


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory, sample_vectors: None, root: Path) -> Path:
    """A study of two interviews that two people have coded blind in part."""
    folder = tmp_path_factory.mktemp("python")
    study, sample = folder / "mystudy", root / "src" / "cothemes" / "sample" / "study"
    command = CommandLine()
    command.done("init", study, "--title", "My study")
    with (study / "cothemes.toml").open("a", encoding="utf-8") as settings:
        settings.write(SEGMENTATION)
    files = [
        sample / "interviews" / name for name in ("int01-strategic-planner.md", "int02-chief-officer.vtt")
    ]
    command.done("ingest", *files, "--meta", sample / "metadata.csv", study=study)
    command.done("index", study=study)
    command.done("propose", "--coder", "offline", study=study)
    for name in ("ana", "ben"):
        command.done("reviewers", "add", name, study=study)
    command.done("route", "--reviewers", "ana,ben", "--overlap", "0.6", "--blind", "0", study=study)
    for name, rater in (("ana", "synthetic-a"), ("ben", "synthetic-b")):
        sheet = folder / f"{name}.csv"
        command.done("export", "sheet", sheet, "--as", name, study=study)
        fill(sheet, sample_codes(sample)[rater])
        command.done("import", sheet, "--as", name, study=study)
    more = folder / "more"
    more.mkdir()
    (more / "talk.md").write_text("Interviewer: How was it?\n\nP1: It went well.\n", encoding="utf-8")
    return study


@pytest.fixture
def study(coded: Path) -> Iterator[Any]:
    with cothemes.open(coded) as opened:
        yield opened


def blocks(root: Path) -> str:
    page = (root / "docs" / "guide" / "python.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```python\n(.*?)```", page, re.S))


def test_the_page_runs(root: Path, coded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(coded.parent)
    names: dict[str, Any] = {}
    exec(compile(blocks(root), "docs/guide/python.md", "exec"), names)
    assert len(names["frame"]) == len(names["passages"]) > 10
    assert names["by_code"].sum() == len(names["codings"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: s.documents().report, ("documents",)),
        (lambda s: s.codings().report, ("codings",)),
        (lambda s: s.codings("D4", status="added").report, ("codings", "--code", "D4", "--status", "added")),
        (lambda s: s.quotes("D4").report, ("quotes", "--code", "D4")),
        (lambda s: s.matrix("kind"), ("matrix", "--by", "kind")),
        (lambda s: s.agreement(), ("agreement",)),
        (lambda s: s.search("nobody asked us", k=3).report, ("search", "nobody asked us", "-k", "3")),
        (lambda s: s.queue("ana"), ("queue", "--as", "ana")),
        (lambda s: s.status(), ("status",)),
    ],
)
def test_records_are_what_the_command_prints(
    study: Any, coded: Path, cothemes: CommandLine, call: Any, words: tuple[str, ...]
) -> None:
    assert json.loads(call(study).model_dump_json()) == cothemes.json(*words, study=coded)


def test_ratings_are_the_rows_of_the_export(study: Any, coded: Path, cothemes: CommandLine) -> None:
    out = coded.parent / "ratings.csv"
    written = cothemes.json("export", "ratings", out, study=coded)
    ratings = study.ratings()
    assert len(ratings) == written["rows"] > 0
    assert {each.value for each in ratings} == {0, 1}


def test_a_decision_is_stored_and_undone(study: Any, coded: Path, cothemes: CommandLine) -> None:
    cothemes.done("route", "--reviewers", "ana", "--round", "again", "--overlap", "1", study=coded)
    waiting = next(each for each in study.queue("ana").waiting if not each.codes)

    def codes() -> list[str]:
        queue = cothemes.json("queue", "--as", "ana", study=coded)["waiting"]
        return next(each["codes"] for each in queue if each["passage"] == waiting.passage)  # type: ignore[no-any-return]

    made = study.decide("ana", waiting.passage, "D4", "add")
    assert list(made.codes) == codes() == ["D4"]
    study.undo("ana")
    assert codes() == []


def test_who_codes_blind_is_shown_less(coded: Path, cothemes: CommandLine) -> None:
    cothemes.done("reviewers", "add", "cara", study=coded)
    cothemes.done(
        "route", "--reviewers", "cara", "--round", "third", "--overlap", "1", "--blind", "1", study=coded
    )
    with cothemes_as(coded, "cara") as hers, cothemes_as(coded, "") as everyone:
        assert len(hers.codings()) < len(everyone.codings())


def cothemes_as(folder: Path, name: str) -> Any:
    return cothemes.open(folder, reviewer=name)


def test_tables_of_other_libraries(study: Any) -> None:
    rows = study.documents()
    assert list(rows.to_pandas()["document"]) == [each.document for each in rows]
    for name, made in (("polars", rows.to_polars), ("pyarrow", rows.to_arrow)):
        try:
            __import__(name)
        except ImportError:
            with pytest.raises(UsageError) as caught:
                made()
            assert "pip install" in caught.value.hint
        else:
            assert len(made()) == len(rows)


def test_wrong_names_say_what_there_is(study: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        study.codings(kind="interveiw")
    assert "interview" in caught.value.hint
    with pytest.raises(StudyNotFound):
        cothemes.open(tmp_path)
    with pytest.raises(InputError):
        cothemes.open("https://example.org/study")
