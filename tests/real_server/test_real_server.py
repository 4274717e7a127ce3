"""`propose` against a real server that is no double of ours: every passage ends in a typed state.

The model is random. What is looked at is the wire, the server's way with schemas, and what becomes of replies
that hold to the form and mean nothing. `make test-real-server` builds the server; -s shows the counts.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK
from tests.real_server.build import GGUF, SERVER
from tests.real_server.random_model import write_model
from tests.real_server.server import SLOTS, serving, version

from cothemes.app.study import Study, create_study
from cothemes.records.run import CallState
from cothemes.records.suggestion import OutcomeState

pytestmark = pytest.mark.real_server

MODEL = "openai:random"
PASSAGES = 200
GIVEN_UP_AFTER = 11
"""Passages at the beginning of a call that got nothing of use."""
PHRASE = "We never had the time."
"""Stands in every passage, and is a token of the model."""
REPLIED = set(OutcomeState) - {OutcomeState.FAILED, OutcomeState.SKIPPED}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    if not SERVER.is_file():
        pytest.skip("no server was built: make test-real-server")
    folder = tmp_path_factory.mktemp("server")
    texts = [
        path.read_text(encoding="utf-8") for path in [root / "codebook.yaml", *root.glob("prompts/*.jinja")]
    ]
    write_model(folder / "random.gguf", texts, PHRASE, GGUF)
    print(f"\n{version(SERVER)}, a model of {(folder / 'random.gguf').stat().st_size / 1e6:.1f} MB")
    with serving(SERVER, folder / "random.gguf", folder / "log.txt") as address:
        yield address


def study_of(
    folder: Path, root: Path, cothemes: CommandLine, passages: int, codebook: str = CODEBOOK
) -> Study:
    """Passages of the sample study, each with the phrase before it; a codebook of three codes."""
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    rows = (
        (root / "src/cothemes/sample/study/passages.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()[:passages]
    )
    cut = [json.loads(row) for row in rows]
    source = folder / "passages.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {key: row[key] for key in ("id", "doc", "speaker")} | {"text": f"{PHRASE} {row['text']}"}
            )
            + "\n"
            for row in cut
        ),
        encoding="utf-8",
    )
    create_study(folder / "study", source="blank", codebook=folder / "codebook.yaml").close()
    cothemes.done("ingest", source, study=folder / "study")
    return Study(folder / "study")


def propose(
    cothemes: CommandLine, study: Study, url: str, what: str, ends: tuple[int, ...] = (0, 4)
) -> Counter[OutcomeState]:
    """Proposes, prints what came of it, and checks what must hold whatever a model says."""
    asked = ["propose", "--coder", "llm", "--model", MODEL, "--base-url", url, "--concurrency", SLOTS]
    began = time.monotonic()
    result = cothemes(*asked, study=study.root)
    seconds = time.monotonic() - began
    assert result.exit_code in ends, result.output
    run = study.store.runs.all()[-1]
    outcomes = study.store.runs.outcomes(run.id)
    calls = study.store.ledger.calls(run_id=run.id)
    suggestions = study.store.runs.suggestions(run_id=run.id)
    states = Counter(outcome.state for outcome in outcomes)
    assert set(states) <= REPLIED
    assert {call.state for call in calls} == {CallState.REPLIED}
    assert all(call.input_tokens and call.output_tokens for call in calls)
    passages = {passage.id: passage for passage in study.store.passages.all()}
    codes = {code.id for code in study.codebook.codes}
    for suggestion in suggestions:
        passage = passages[suggestion.passage]
        assert suggestion.code in codes
        assert suggestion.quote_status is not None
        assert suggestion.quote_status.verified
        assert all(passage.start <= span.start < span.end <= passage.end for span in suggestion.evidence)
    stages = Counter(call.stage for call in calls)
    tokens = [sum(getattr(call, name) or 0 for call in calls) for name in ("input_tokens", "output_tokens")]
    print(f"\n{what}: {seconds:.0f} s, exit {result.exit_code}; passages: {_counts(states)}")
    print(f"  {len(suggestions)} suggestions; calls: {_counts(stages)}; tokens in, out: {tokens}")
    return states


def _counts(found: Counter[OutcomeState] | Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(found.items()))


def test_200_passages_end_in_typed_states(
    url: str, tmp_path: Path, root: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_TEMPERATURE", "1")
    monkeypatch.setenv("COTHEMES_MODEL_MAX_OUTPUT_TOKENS", "1200")
    study = study_of(tmp_path, root, cothemes, PASSAGES)
    found = {
        row["what"]: row
        for row in cothemes.json("doctor", "--model", MODEL, "--base-url", url, study=study.root)
    }
    assert found["remembered"]["detail"] == "this study asks it by json_schema"
    states = Counter[OutcomeState]()
    for call in range(PASSAGES // GIVEN_UP_AFTER):
        # This model invents its quotes, so each call is given up after the first of them; the next goes on.
        states = propose(cothemes, study, url, f"json_schema, three codes, call {call + 1}", ends=(0, 4, 6))
        if sum(states.values()) == PASSAGES:
            break
    assert sum(states.values()) == PASSAGES
    # Held by the grammar, a reply that ends is one of the form.
    assert set(states) <= {OutcomeState.CODED, OutcomeState.TRUNCATED}
    assert states[OutcomeState.CODED] > PASSAGES / 2
    assert study.store.runs.suggestions(run_id=study.store.runs.all()[-1].id)
    study.close()


@pytest.mark.parametrize("way", ["json_object", "plain"])
def test_without_a_schema(
    url: str, tmp_path: Path, root: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_TEMPERATURE", "1")
    monkeypatch.setenv("COTHEMES_MODEL_MAX_OUTPUT_TOKENS", "200")
    monkeypatch.setenv("COTHEMES_MODEL_STRUCTURED", way)
    study = study_of(tmp_path, root, cothemes, 60)
    # A model that cannot keep to the form is given up after a few bad replies; those have their states.
    states = propose(cothemes, study, url, way, ends=(0, 4, 6))
    assert states
    study.close()


def test_the_shipped_codebook(
    url: str, tmp_path: Path, root: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_TEMPERATURE", "1")
    codebook = (root / "codebook.yaml").read_text(encoding="utf-8")
    study = study_of(tmp_path, root, cothemes, 5, codebook)
    states = propose(cothemes, study, url, "json_schema, the shipped codebook")
    assert states[OutcomeState.CODED]
    study.close()
