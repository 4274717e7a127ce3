"""Nothing of a document of unknown kind reaches a remote model, by whatever road; a model here reads it.

The server stands on loopback under a name that counts as remote, as in test_leaving.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import ChatServer, honest, stage_of
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.loopback import LoopbackServer

from cothemes.app.study import Study, create_study
from cothemes.records.endpoint import is_loopback
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm, Reviewer

SECRET = "The minister came round twice and nobody was to know of it."
MISREAD = f"""\
Jane Roe met Tom Lark in the hall.

– What helped the group in its first year?

– {SECRET} We trusted each other.

– And what got in the way?

– There was never any money, Tom Lark said, and the minister left.
"""
"""A transcript of a form that no rule knows: turns begin with a dash and nobody is named."""
OPEN = "Boards set money aside for this work each year, and they publish what became of it.\n"
CODEBOOK = f"""\
codebook: {{id: small, version: 0.1.0, title: Small}}
codes:
  - id: A1
    label: Trust
    definition: Says that people trust one another.
    examples:
      - {{text: "{SECRET}", kind: quotation}}
  - id: A2
    label: Money
    definition: Says that money is there or is missing.
"""
HIDDEN = ("minister", "Lark", "Roe")


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    monkeypatch.setenv("COTHEMES_PRIVACY_REMOTE_MODELS", "true")
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml", title="Small")
    made.store.reviews.add_reviewer(Reviewer(name="ann", added=datetime(2026, 11, 3, tzinfo=UTC)))
    made.close()
    (tmp_path / "misread.txt").write_text(MISREAD, encoding="utf-8")
    (tmp_path / "open.md").write_text(OPEN, encoding="utf-8")
    table = tmp_path / "meta.csv"
    # Even an agreement opens no document of which nobody knows what it is: its names are not known either.
    table.write_text("file,kind,consent_remote\nmisread.txt,,yes\nopen.md,policy,\n", encoding="utf-8")
    files = (tmp_path / "misread.txt", tmp_path / "open.md")
    cothemes.done("ingest", *files, "--meta", table, study=made.root)
    return made


@contextmanager
def remote(server: LoopbackServer) -> Iterator[list[str]]:
    """Options of a remote model; afterwards, holds that something was sent and nothing of what is hidden."""
    url = f"{server.address}/v1".replace("127.0.0.1", "127.1")
    assert not is_loopback(url)
    received: list[bytes] = []
    answered = server._answered

    def noting(method: str, path: str, headers: dict[str, str], body: bytes) -> object:
        received.append(body)
        return answered(method, path, headers, body)

    server._answered = noting  # type: ignore[method-assign, assignment]
    yield ["--model", "openai:stub", "--base-url", url]
    everything = b"\n".join(received).decode("utf-8", "replace")
    assert "Boards set" in everything or "Says that people trust" in everything
    assert [word for word in HIDDEN if word.casefold() in everything.casefold()] == []


def test_propose_critic_and_repairs(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(honest) as server, remote(server) as model:
        found = cothemes.json("propose", "--coder", "llm", *model, study=study.root)
        assert {stage_of(body) for body in server.bodies} >= {"propose", "critic"}
    (withheld,) = found["withheld"]
    assert withheld["documents"] == ["misread"]
    assert "kind is not known" in withheld["reason"]
    assert "--kind" in withheld["reason"]


def test_run(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    with ChatServer(honest) as server, remote(server) as model:
        said = cothemes.done("run", tmp_path / "misread.txt", tmp_path / "open.md", *model, study=study.root)
    assert "its kind is not known" in " ".join(said.split())


def test_the_batch_api(study: Study, cothemes: CommandLine) -> None:
    with BatchServer() as server, remote(server) as model:
        result = cothemes("propose", "--coder", "llm", *model, "--batch-api", study=study.root)
        assert result.exit_code == 4, result.output
        server.finish()
        cothemes("propose", "--coder", "llm", *model, "--batch-api", study=study.root)


def test_stability_and_the_check_of_the_codebook(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(honest) as server, remote(server) as model:
        cothemes.done("stability", *model, "--sample", "20", "--repeats", "1", study=study.root)
    with ChatServer(honest) as server, remote(server) as model:
        cothemes.done("codebook", "check", "--with-model", *model, study=study.root)


def test_a_retest_and_examples(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with closing(Study(study.root)) as opened:
        passages = [passage.id for passage in opened.store.passages.all()]
        for passage in passages:
            read(opened, "ann", passage, ("A2",), arm=Arm.BLIND)
            place = {"unit": passage, "doc": passage.split(".")[0], "rater": "panel", "code": "A2"}
            opened.store.ratings.add([Rating(**place, kind=RaterKind.CONSENSUS)])
    with ChatServer(honest) as server, remote(server) as model:
        monkeypatch.setenv("COTHEMES_CODER_EXAMPLES", "3")
        cothemes.done("propose", "--coder", "llm", *model, study=study.root)
    monkeypatch.delenv("COTHEMES_CODER_EXAMPLES")
    study.codebook_path.write_text(
        CODEBOOK.replace("0.1.0", "0.2.0").replace("money is there or", "staff or money"), encoding="utf-8"
    )
    with ChatServer(honest) as server, remote(server) as model:
        cothemes.done("codebook", "retest", "--coder", "llm", *model, study=study.root)


@pytest.mark.parametrize("where", ["passages", "codebook"])
def test_a_suite_with_words_of_it_is_refused(
    study: Study, cothemes: CommandLine, tmp_path: Path, where: str
) -> None:
    words = [OPEN.strip(), "Nothing to say.", "Money again.", "No money at all."]
    words += [f"{SECRET}  We trusted\neach other."] if where == "passages" else []
    lines = [
        {"id": f"p{n}", "doc": f"d{n % 3}", "text": text, "labels": {"ann": ["A2"] if "oney" in text else []}}
        for n, text in enumerate(words * 3)
    ]
    (tmp_path / "passages.jsonl").write_text(
        "".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8"
    )
    book = (
        CODEBOOK if where == "codebook" else CODEBOOK.replace(SECRET, "They trust each other with all of it.")
    )
    (tmp_path / "book.yaml").write_text(book, encoding="utf-8")
    suite = tmp_path / "suite.yaml"
    with ChatServer(honest) as server:
        url = server.url.replace("127.0.0.1", "127.1")
        suite.write_text(
            "name: own\npassages: passages.jsonl\ncodebook: book.yaml\ngold: ann\nmin_positives: 1\n"
            f'split: {{by: doc, test: 0.5, seeds: [0]}}\ncoders:\n  - {{coder: llm, model: "openai:stub", '
            f'base_url: "{url}"}}\n',
            encoding="utf-8",
        )
        result = cothemes("evaluate", suite, study=study.root)
        assert result.exit_code == 3, result.output
        assert "misread" in result.stderr
        assert server.requests == []
        suite.write_text(suite.read_text(encoding="utf-8").replace("127.1", "127.0.0.1"), encoding="utf-8")
        cothemes.done("evaluate", suite, study=study.root)
        assert server.requests, "a model on this machine may be asked"


def test_a_model_on_this_machine_and_the_offline_coder_read_it(study: Study, cothemes: CommandLine) -> None:
    offline = cothemes.json("propose", "--coder", "offline", study=study.root)
    assert offline["withheld"] == []
    with ChatServer(honest) as server:
        here = ("--coder", "llm", "--model", "openai:stub", "--base-url", server.url)
        found = cothemes.json("propose", *here, study=study.root)
        assert found["withheld"] == []
        assert SECRET in json.dumps(server.bodies)


def test_settled_it_goes_as_its_kind_allows(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    misread = tmp_path / "misread.txt"
    with ChatServer(honest) as server:
        url = server.url.replace("127.0.0.1", "127.1")
        asked = ("propose", "--coder", "llm", "--model", "openai:stub", "--base-url", url)
        cothemes.done("propose", *asked[1:], study=study.root)
        table = tmp_path / "meta.csv"
        table.write_text("file,kind,consent_remote\nmisread.txt,interview,no\n", encoding="utf-8")
        cothemes.done("ingest", misread, "--meta", table, study=study.root)
        (withheld,) = cothemes.json(*asked, study=study.root)["withheld"]
        assert withheld["reason"] == "the participant did not consent to remote models"
        table.write_text("file,kind,consent_remote\nmisread.txt,interview,yes\n", encoding="utf-8")
        cothemes.done("ingest", misread, "--meta", table, study=study.root)
        assert "minister" not in json.dumps(server.bodies)
        assert cothemes.json(*asked, study=study.root)["withheld"] == []
        assert "minister" in json.dumps(server.bodies)
