"""A study with a row in every table of its database, made by the program, and that database as SQL text.

`PYTHONPATH=src:. python -m tests.doubles.released_study` writes `tests/fixtures/schemas/VERSION.sql` for the
version in `cothemes.__version__`. It is run once for each release and the file is never written again: tests
upgrade every such file to the newest tables. All words in it are invented.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles.chat_server import ChatServer, coding, completion, sentences_of, yes
from tests.doubles.loopback import Answer

import cothemes
from cothemes.app.study import Study, create_study
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.batch import Batch, BatchState
from cothemes.records.confirmation import Which, shared
from cothemes.records.review import Arm, Assignment, Purpose, Seed
from cothemes.records.run import Call, CallState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import CommandLine
    from tests.doubles.chat_server import Body

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "schemas"
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CODEBOOK = """\
codebook: {id: small, version: 0.1.0, title: A small codebook}
themes:
  T: {label: Working together, rq: [RQ1]}
research_questions:
  RQ1: What happens?
attributes:
  valence: {values: [helps, hinders], applies_to: [T]}
codes:
  - {id: A1, label: Trust, theme: T, definition: Says that people trust or distrust one another.}
  - {id: A2, label: Money, theme: T, definition: Says that money is there or is missing.}
"""
TALK = (
    "Interviewer: What helped the group in its first year?\n"
    "Moira Tansy: We trusted each other from the start, and it took a year to get there all the same.\n"
    "Interviewer: And what got in the way?\n"
    "Moira Tansy: There was hardly any money for it, and our neighbour Wilfred paid for the hall. We met at "
    "a kitchen table, with five chairs between the lot of us.\n"
)
OTHER = (
    "Interviewer: And you?\n"
    "Una Quill: I came for the tea, and I stayed for the people who were there. In the winter we lit the "
    "stove, and whoever had bread brought bread. Nobody asked who had come from where.\n"
)
"""Long enough to be known again once it is forgotten."""
CORRECTED = TALK.replace("hardly any money", "hardly any mony")
REDACTED = CORRECTED.replace("our neighbour Wilfred", "our neighbour [name]")


def make(folder: Path, cothemes: CommandLine) -> Path:
    """Work on a study until every table of its database has a row. Return the path of the database."""
    files = folder / "files"
    files.mkdir(parents=True)
    for name, text in (("talk", TALK), ("other", OTHER), ("codebook", CODEBOOK)):
        (files / name).with_suffix(".yaml" if name == "codebook" else ".txt").write_text(text, "utf-8")
    made = create_study(folder / "study", source="blank", codebook=files / "codebook.yaml", title="Small")
    made.close()

    def call(*words: object) -> None:
        cothemes.done(*words, study=made.root)

    call("ingest", files / "talk.txt", files / "other.txt", "--kind", "interview")
    for name in ("ann", "ben", "Cleo"):
        call("reviewers", "add", name)
    call("deidentify")
    call("deidentify", "--accept", "--all", "--as", "ann")
    call("deidentify", "--show-originals")
    call("index")
    _ask_a_model(call)
    call("route", "--reviewers", "ann,ben", "--overlap", "1", "--documents", "talk")
    call("decide", "--as", "ann", "talk.0001", "A1", "add", "--note", "A first note.")
    call("done", "--as", "ann", "talk.0001")
    call("done", "--as", "ben", "talk.0001")
    call("speakers", "talk", "Moira Tansy", "participant", "--name", "M", "--as", "ann")
    call("memo", "add", "A thought.", "--as", "ann", "--passage", "talk.0001")
    ratings = "unit,doc,rater,kind,code,value\ntalk.0001,talk,zoe,human,A1,1\ntalk.0001,talk,zoe,human,A2,0\n"
    (files / "ratings.csv").write_text(ratings, "utf-8")
    call("import", files / "ratings.csv")
    call("reviewers", "merge", "zoe", "Cleo", "--as", "ann", "--reason", "One person.")
    book = made.root / "codebook.yaml"
    book.write_text(book.read_text("utf-8").replace("trust or distrust", "do or do not trust"), "utf-8")
    call("codebook", "note", "Made shorter.", "--as", "ann")
    for text, more in ((CORRECTED, ()), (REDACTED, ("--redact", "--yes"))):
        (files / "talk.txt").write_text(text, "utf-8")
        call("ingest", files / "talk.txt", *more)
    call("forget", "other", "--yes", "--reason", "Asked for.", "--as", "ann")
    study = Study(made.root)
    _store_the_rest(study)
    path: Path = study.records / "records.sqlite"
    study.close()
    return path


def dumped(path: Path) -> str:
    """Return a database as SQL text, without what names the machine that it was made on."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "UPDATE workers SET name = 'w', host = 'a machine', machine = 'm', boot = 'b', pid = 1"
        )
        database.commit()
        return "\n".join(database.iterdump()) + "\n"


def empty_tables(database: sqlite3.Connection) -> list[str]:
    """Return the tables without a row."""
    return [name for name in tables(database) if not database.execute(f'SELECT 1 FROM "{name}"').fetchone()]


def tables(database: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold records."""
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if name != "alembic_version"]


def _ask_a_model(call: Callable[..., None]) -> None:
    def answer(body: Body, _: int) -> Answer:
        words = sentences_of(body)[0]["text"]
        reply = coding(body, A1=yes(body, "A1", words))
        missed = {"label": "Chairs", "criterion": "Says what people sat on."}
        reply["uncoded"] = [{"sentences": ["s1"], "quote": words, **missed}]
        return Answer(completion(json.dumps(reply)))

    with ChatServer(answer) as server:
        call("propose", "--coder", "llm", "--model", "openai:stub", "--base-url", server.url)


def _store_the_rest(study: Study) -> None:
    """Add the rows that take a provider's batches, a dead process or many readers to come about."""
    (run,) = study.store.runs.all()
    (passage, *_) = study.store.passages.of("talk")
    lost = Call(
        key="lost", run=run.id, passage=passage.id, stage="propose", intended_at=NOW, currency="EUR",
        endpoint="https://models.example.org/v1", model="stub", request="{}", state=CallState.INTENDED,
        reserved_nanos=300,
    )  # fmt: skip
    study.store.ledger.write([lost])
    study.store.confirmations.reconcile(
        Which(call="lost"), lambda found: shared(200, [each.open_nanos for each in found]),
        by="ann", note="From the provider's page.", at=NOW,
    )  # fmt: skip
    study.store.batches.put(
        Batch(
            tag="b1", run=run.id, endpoint=lost.endpoint, state=BatchState.ENDED, requests=1, size=2,
            intended_at=NOW, asked_at=NOW, ended_at=NOW, cleared=True,
        )
    )  # fmt: skip
    study.store.reviews.assign(
        [
            Assignment(
                reviewer="Cleo", passage=passage.id, document="talk", round="main", arm=Arm.ASSISTED,
                probability=1.0, double=False, position=0, drawn=NOW, seed=1,
            )
        ],
        purpose=Purpose.SEED,
        seeds=[
            Seed(
                id="seed", reviewer="Cleo", passage=passage.id, round="main", code="A2", seed=1, drawn=NOW,
                code_hash=study.codebook.by_id["A2"].text_hash, start=passage.start, end=passage.end,
                text_version=passage.version, run=run.id, reason="Says something of money.",
            )
        ],
    )  # fmt: skip
    study.store.settlements.append(
        [
            Settlement(
                id="s1", at=NOW, by="ann", passage=passage.id, round="main", ruling=Ruling.YES, code="A1",
                code_hash=study.codebook.by_id["A1"].text_hash, codebook_hash=study.codebook.hash,
                text_version=passage.version, note="Agreed.", readers=("ann", "ben"),
                attributes={"valence": ("helps",)}, start=passage.start, end=passage.start + 5,
            )
        ]
    )  # fmt: skip
    study.store.work.enter("index", NOW)


@contextmanager
def _away_from_home() -> Iterator[Path]:
    """An empty current folder, so that no path of this machine is recorded; the account has a plain name."""
    before = Path.cwd()
    os.environ["LOGNAME"] = "account"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield Path("work")
        finally:
            os.chdir(before)


def main() -> None:
    """Write the file of this release."""
    from tests.conftest import CommandLine

    out = FOLDER / f"{cothemes.__version__}.sql"
    if out.exists():
        sys.exit(f"{out} is there already: a released schema does not change")
    with _away_from_home() as folder:
        path = make(folder, CommandLine())
        with closing(sqlite3.connect(path)) as database:
            if empty := empty_tables(database):
                sys.exit(f"no row in {', '.join(empty)}: add one in {Path(__file__).name}")
        out.write_text(dumped(path), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    main()
