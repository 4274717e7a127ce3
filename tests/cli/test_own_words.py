"""A short question within a passage: no vector, prompt, snippet or export holds another speaker's words."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import CommandLine
from tests.doubles.chat_server import ChatServer, stage_of
from tests.doubles.coded_study import CODEBOOK
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app.study import create_study
from cothemes.ports import Progress

OTHER = "flamingo"
TALK = (
    "Interviewer: What helped the group in its first year, then?\n"
    "Mo: We trusted each other.\n"
    f"Interviewer: A {OTHER}?\n"
    "Mo: Yes, and it took a year to get there all the same, with money that we had put aside for it.\n"
)


class Listening(HashedBagEmbedder):
    """Remembers what it was given."""

    heard: ClassVar[list[str]] = []

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.heard.extend(texts)
        return super().embed(texts, progress)


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("cothemes.app.wiring.embedder", Listening)
    monkeypatch.setattr(Listening, "heard", [])
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml").close()
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    cothemes.done("ingest", tmp_path / "talk.txt", study=tmp_path / "study")
    return tmp_path / "study"


def embedded(study: Path) -> int:
    with closing(sqlite3.connect(study / ".cothemes" / "records.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM embeddings").fetchone()[0])


def test_vectors_and_snippets_are_of_the_speakers_own_words(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("index", study=study)
    cothemes.done("propose", "--coder", "offline", study=study)
    said = " ".join(Listening.heard)
    assert "We trusted each other." in said
    assert OTHER not in said
    (hit,) = cothemes.json("search", "trusted", "-k", "1", study=study)
    assert hit["text"].startswith("We trusted each other. […] Yes,")
    assert OTHER not in cothemes.done("search", "trusted", "-k", "1", study=study)


def test_no_request_quotes_it_among_the_sentences(study: Path, cothemes: CommandLine) -> None:
    with ChatServer() as server:
        words = ("--coder", "llm", "--model", "openai:stub", "--base-url", server.url)
        cothemes.done("propose", *words, study=study)
        asked = [body for body in server.bodies if stage_of(body) == "propose"]
    assert asked
    for body in asked:
        target = str(body["messages"][-1]["content"]).partition("TARGET")[2].partition("\n<<")[0]
        assert "trusted" in target
        assert OTHER not in target


def test_exports_leave_it_out(study: Path, cothemes: CommandLine, tmp_path: Path) -> None:
    cothemes.done("reviewers", "add", "ann", study=study)
    cothemes.done("route", "--reviewers", "ann", "--overlap", "0", study=study)
    cothemes.done("export", "sheet", tmp_path / "ann.csv", "--as", "ann", study=study)
    cothemes.done("decide", "talk.0001", "A1", "add", "--as", "ann", study=study)
    cothemes.done("done", "talk.0001", "--as", "ann", study=study)
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study)
    for name, column in (("ann.csv", "text"), ("out.csv", "quote")):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as handle:
            words = [row[column] for row in csv.DictReader(handle)]
        assert any("trusted" in each for each in words)
        assert OTHER not in " ".join(words)
    audit = cothemes.json("audit", "talk.0001", study=study)
    assert OTHER not in json.dumps(audit)


def test_its_vectors_are_erased_with_the_document(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("index", study=study)
    before = embedded(study)
    assert before
    cothemes.done("forget", "talk", "--yes", study=study)
    assert embedded(study) == 0


def test_a_corrected_passage_is_found_by_its_present_words(
    study: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    cothemes.done("index", study=study)
    path = tmp_path / "talk.txt"
    path.write_text(TALK.replace("trusted", "believed"), encoding="utf-8")
    cothemes.done("ingest", path, study=study)
    again = cothemes.json("index", study=study)
    assert (again["embedded"], again["added"]) == (1, 1)
    assert cothemes.json("index", study=study)["added"] == 0
    path.write_text(TALK, encoding="utf-8")
    cothemes.done("ingest", path, study=study)
    back = cothemes.json("index", study=study)
    assert (back["embedded"], back["added"]) == (0, 1), (
        "the vector of the earlier text is kept with the records"
    )
