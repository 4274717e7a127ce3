"""The `--json` of the commands on a part of the sample study, so that no change of it goes unnoticed.

`COTHEMES_WRITE_SNAPSHOTS=1 pytest tests/cli/test_json_snapshots.py` writes the snapshots again. Read the
difference; CHANGELOG.md names the intended ones.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter
from tests.conftest import CommandLine
from tests.doubles.chat_server import ChatServer
from tests.doubles.sample_codings import Codes, fill, sample_codes

from cothemes.cli.reports import REPORTS, report_types, schema
from cothemes.sample import SEGMENTATION

SNAPSHOTS = Path(__file__).parent / "snapshots"
LAYOUT: dict[str, Any] = {"ensure_ascii": False, "indent": 1, "sort_keys": True}
SOURCES = (
    "interviews/int01-strategic-planner.md",
    "interviews/int02-chief-officer.vtt",
    "interviews/int04-national-improvement-lead.srt",
    "policies/pol02-participation-strategy.md",
)
READERS = {"ana": "synthetic-a", "ben": "synthetic-b"}
"""Each reviewer codes as one of the sample's raters did."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHORT = re.compile(r"(?<![\w.-])[0-9a-f]{8}(?![\w.-])")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_DAY = re.compile(r"\b20[2-9]\d-\d\d(-\d\d)?\b")
_RUN = re.compile(r"(?<=stability-)[0-9a-f]{8}")
_VARYING = {"median_seconds", "pace", "short", "size"}
"""Keys whose values hold a clock, a random id or the size of a compressed file."""


class Recorder:
    """Runs commands in turn and keeps their documents under a name each."""

    def __init__(self, cothemes: CommandLine, study: Path, secrets: dict[str, str]) -> None:
        self.cothemes = cothemes
        self.study = study
        self._secrets = secrets
        self.documents: dict[str, Any] = {}
        self.printed: dict[str, tuple[str, Any]] = {}
        """Name → the command and its document, with clocks, ids and paths."""

    def __call__(self, name: str, *words: object, stdin: str | None = None) -> Any:
        """The document as printed; what is kept has no clock, no random id and no path in it."""
        result = self.cothemes(*words, "--json", study=self.study, stdin=stdin)
        assert result.exit_code in (0, 4), (words, result.stdout, result.stderr, result.exception)
        document = json.loads(result.stdout)
        self.printed[name] = (command_in(words), document)
        self.documents[name] = self._settled(document)
        return document

    def _settled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._text(k): f"<{k}>" if k in _VARYING else self._settled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._settled(item) for item in value]
        if isinstance(value, str):
            return self._text(value)
        return float(f"{value:.6g}") if isinstance(value, float) else value

    def _text(self, text: str) -> str:
        for secret, name in self._secrets.items():
            text = text.replace(secret, name)
        for pattern, name in (
            (_UUID, "<id>"), (_HASH, "<hash>"), (_TIME, "<time>"), (_DAY, "<day>"), (_SHORT, "<short>"),
            (_RUN, "<short>"),
        ):  # fmt: skip
            text = pattern.sub(name, text)
        return text


def command_in(words: tuple[object, ...]) -> str:
    """The command that the words call, as the list of reports names it."""
    two, one = " ".join(map(str, words[:2])), str(words[0])
    return two if two in REPORTS else one


@pytest.fixture(scope="module")
def recorder(
    tmp_path_factory: pytest.TempPathFactory, sample_vectors: None, root: Path
) -> Iterator[Recorder]:
    """Every command once, in the order in which a study needs them."""
    with pytest.MonkeyPatch.context() as patch:
        # The access log names the account of the computer.
        patch.setenv("LOGNAME", "account")
        yield _recorded(tmp_path_factory, root)


def _recorded(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Recorder:
    folder = tmp_path_factory.mktemp("snapshots")
    study, sample = folder / "study", root / "src" / "cothemes" / "sample" / "study"
    cothemes = CommandLine()
    cothemes.done("init", study, "--title", "Snapshots")
    with (study / "cothemes.toml").open("a", encoding="utf-8") as settings:
        settings.write(SEGMENTATION)
    record = Recorder(cothemes, study, {str(study): "<study>", str(sample): "<sample>", str(folder): "<out>"})
    files = [sample / name for name in SOURCES]
    record("ingest-check", "ingest", *files, "--meta", sample / "metadata.csv", "--check")
    record("ingest", "ingest", *files, "--meta", sample / "metadata.csv")
    record("index", "index")
    record("search", "search", "nobody asked us", "-k", "3")
    record("propose-dry-run", "propose", "--coder", "offline", "--dry-run")
    record("propose", "propose", "--coder", "offline")
    for name in ("ana", "ben", "cara"):
        record(f"reviewers-add-{name}", "reviewers", "add", name)
    record("reviewers-set", "reviewers", "set", "cara", "--capacity", "5")
    record("reviewers", "reviewers")
    routing = ("route", "--reviewers", "ana,ben", "--overlap", "0.5", "--blind", "0.3", "--seed", "7")
    record("route-dry-run", *routing, "--dry-run")
    record("route", *routing)
    code(record, folder, sample_codes(sample))
    look_up(record)
    figures(record, folder, sample)
    codebook(record)
    ask_a_model(record)
    record("status", "status")
    record("costs", "costs")
    record("documents", "documents")
    record("speakers", "speakers")
    talk = ("speakers", "int02-chief-officer")
    record("speakers-set", *talk, "Fiona Traill", "participant", "--name", "A chief", "--as", "ana")
    record("forget", "forget", "pol02-participation-strategy", "--yes", "--reason", "asked for")
    record("forget-list", "forget", "--list")
    record("access-log", "access-log")
    return record


def code(record: Recorder, folder: Path, codes: Codes) -> None:
    """Decisions by command and by sheet, then what the readers disagree on."""
    waiting = record("queue", "queue", "--as", "ana")
    passage = waiting["waiting"][0]["passage"]
    record("decide", "decide", "--as", "ana", passage, "D4", "add", "--note", "A note.")
    record("undo", "undo", "--as", "ana")
    record("done", "done", "--as", "ana", passage)
    for name, rater in READERS.items():
        sheet = folder / f"{name}.csv"
        record(f"export-sheet-{name}", "export", "sheet", sheet, "--as", name)
        fill(sheet, codes[rater])
        record(f"import-sheet-{name}", "import", sheet, "--as", name)
    record("pack", "pack", "--as", "ana", folder / "ana.zip")
    record("adjudicate-list", "adjudicate", "--as", "cara", "--list")


def look_up(record: Recorder) -> None:
    """What a researcher looks up."""
    found = record("codings", "codings", "--code", "D4")
    assert found
    record("quotes", "quotes", "--code", "D4")
    record("quotes-list", "quotes")
    record("show", "show", "int01-strategic-planner.0002")
    record("audit", "audit", "int01-strategic-planner.0002")
    record("matrix", "matrix", "--code", "D4,D6,C1")
    record("matrix-by", "matrix", "--by", "level")
    record("memo-add", "memo", "add", "A first thought.", "--as", "ana")
    record("memos", "memo")
    record("disagreements", "disagreements", "--code", "D4")


def figures(record: Recorder, folder: Path, sample: Path) -> None:
    """Agreement and what goes with it, and files for other programs."""
    record("agreement", "agreement")
    record("agreement-file", "agreement", sample / "ratings.csv", "--variable", "use=D4,D6")
    record("anchoring", "anchoring")
    record("prevalence", "prevalence")
    for form in ("csv", "xlsx", "ratings"):
        record(f"export-{form}", "export", form, folder / f"out.{'csv' if form == 'ratings' else form}")
    record("report", "report", folder / "report.html")
    record("deidentify", "deidentify")


def codebook(record: Recorder) -> None:
    """Commands that read the codebook and its versions."""
    record("codebook-check", "codebook", "check")
    record("codebook-show", "codebook", "show")
    path = record.study / "codebook.yaml"
    words = path.read_text(encoding="utf-8")
    assert words.count("label: ") > 30
    path.write_text(
        words.replace("    definition: >-\n      ", "    definition: >-\n      In short: ", 1),
        encoding="utf-8",
    )
    record("codebook-diff", "codebook", "diff")
    record("codebook-note", "codebook", "note", "Made shorter.", "--as", "ana")
    record("codebook-log", "codebook", "log")
    record("codebook-candidates", "codebook", "candidates")
    path.write_text(words, encoding="utf-8")


def ask_a_model(record: Recorder) -> None:
    """A model on loopback, asked and paid."""
    with pytest.MonkeyPatch.context() as patch, ChatServer() as server:
        patch.setenv("OPENAI_API_KEY", "none")
        asked = ("--model", "openai:stub", "--base-url", server.url)
        record._secrets = {server.url: "<server>", **record._secrets}
        record("propose-model-dry-run", "propose", *asked, "--coder", "llm", "--limit", "3", "--dry-run")
        record("propose-model", "propose", *asked, "--coder", "llm", "--limit", "3")
        record(
            "stability",
            "stability",
            *asked,
            "--sample",
            "2",
            "--repeats",
            "1",
            "--orders",
            "2",
            "--paraphrases",
            "0",
        )


def test_each_document_is_as_before(recorder: Recorder) -> None:
    now = {name: json.dumps(document, **LAYOUT) + "\n" for name, document in recorder.documents.items()}
    if os.environ.get("COTHEMES_WRITE_SNAPSHOTS"):
        for path in SNAPSHOTS.glob("*.json"):
            path.unlink()
        for name, text in now.items():
            (SNAPSHOTS / f"{name}.json").write_text(text, encoding="utf-8")
    kept = {path.stem: path.read_text(encoding="utf-8") for path in SNAPSHOTS.glob("*.json")}
    assert set(kept) == set(now)
    changes = [
        line
        for name in sorted(kept)
        for line in unified_diff(
            kept[name].splitlines(), now[name].splitlines(), name, name, lineterm="", n=1
        )
    ]
    assert not changes, "\n".join(changes[:200])


def test_each_document_is_its_report_and_keeps_to_its_schema(recorder: Recorder) -> None:
    """Fields, their order and their values come back as they were when a document is read as its report."""
    checked = 0
    for name, (command, printed) in recorder.printed.items():
        if command not in REPORTS:
            continue
        document = printed
        errors = Draft202012Validator(schema(command)).iter_errors(document)
        assert not [f"{name}: {error.json_path}: {error.message}" for error in errors]
        if isinstance(document, dict):
            document = {key: value for key, value in document.items() if key != "ended"}
        text = json.dumps(document)
        dumps = []
        for report in report_types(command):
            try:
                read = TypeAdapter(report).validate_json(text)
            except ValueError as error:
                dumps.append(str(error))
            else:
                dumps.append(json.dumps(read.model_dump(mode="json")))
        assert text in dumps, f"{name}: {dumps}"
        checked += 1
    assert checked
