"""Another embedder by setting: its vectors stay apart, it is another coder, and forgetting reaches all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.embedding_server import EmbeddingServer

from cothemes.app.study import create_study

TALK = "Interviewer: What helped the group?\nMo: {}\nInterviewer: And then?\nMo: {}\n"


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml").close()
    for name, topic in (("one", "money and trust"), ("two", "minutes and meetings")):
        said = f"We talked about {topic} with each other for a whole year. " * 8
        (tmp_path / f"{name}.txt").write_text(TALK.format(said, said[::-1]), encoding="utf-8")
    cothemes.done("ingest", tmp_path / "one.txt", tmp_path / "two.txt", study=tmp_path / "study")
    return tmp_path / "study"


def embedded(study: Path) -> dict[str, int]:
    with closing(sqlite3.connect(study / ".cothemes" / "records.sqlite")) as database:
        rows = database.execute("SELECT embedder, count(*) FROM embeddings GROUP BY embedder").fetchall()
    return dict(rows)


def set_embedding(study: Path, **keys: str) -> None:
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in keys.items()]
    with (study / "cothemes.toml").open("a", encoding="utf-8") as file:
        file.write("\n[embedding]\n" + "".join(lines))


def test_vectors_of_two_embedders_stay_apart(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("index", study=study)
    cothemes.done("propose", "--coder", "offline", study=study)
    before = embedded(study)
    with EmbeddingServer() as server:
        set_embedding(study, model="bag", base_url=server.url)
        refused = cothemes("search", "money", study=study)
        assert refused.exit_code != 0, "nothing is indexed with this embedder"
        done = json.loads(cothemes.done("index", "--json", study=study))
        assert done["reused"] == 0
        assert done["embedded"] == done["indexed"] > 0
        hits = json.loads(cothemes.done("search", "money and trust", "--json", study=study))
        assert hits[0]["passage"].startswith("one.")
        assert any(found["what"] == "embedder" and server.address in found["detail"] for found in
                   json.loads(cothemes("doctor", "--json", study=study).stdout))  # fmt: skip
        cothemes.done("propose", "--coder", "offline", "--recode", study=study)
        with closing(sqlite3.connect(study / ".cothemes" / "records.sqlite")) as database:
            configurations = database.execute("SELECT DISTINCT configuration FROM runs").fetchall()
        assert len(configurations) == 2, "another embedder is another coder"
    after = embedded(study)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1
    assert len(list((study / ".cothemes").glob("vectors*/"))) == 2


def test_forgetting_drops_the_vector_stores_of_all_embedders(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("index", study=study)
    with EmbeddingServer() as server:
        set_embedding(study, model="bag", base_url=server.url)
        cothemes.done("index", study=study)
    cothemes.done("forget", "one", "--yes", study=study)
    assert not [each for each in (study / ".cothemes").glob("vectors*") if each.is_dir()]


def test_a_remote_address_is_refused_until_the_study_allows_it(study: Path, cothemes: CommandLine) -> None:
    set_embedding(study, model="text-embedding-3-small", base_url="https://api.openai.com/v1")
    refused = cothemes("index", study=study)
    assert refused.exit_code == 3
    assert "deidentified" in refused.stderr
    assert embedded(study) == {}
