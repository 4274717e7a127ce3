"""A transcript is corrected after its words were sent: replies are read with the words that were sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    ruling,
    sentences_of,
    yes,
)
from tests.doubles.coded_study import CODEBOOK
from tests.doubles.proposing import propose

from cothemes.app.coders.propose import ProposeOptions
from cothemes.app.coders.replay import replay
from cothemes.app.corpus.ingest import ingest
from cothemes.app.runs import batch_session
from cothemes.app.study import Study, create_study
from cothemes.records.run import CallState
from cothemes.records.suggestion import OutcomeState

TALK = (
    "Interviewer: What helped the group in its first year?\n"
    "Mo: We trusted each other from the start, and it took a year to get there all the same. People came in "
    "the evening, and some of them stayed until it was dark outside.\n"
    "Interviewer: And what got in the way?\n"
    "Mo: There was hardly any money for it, and my manager left in the middle of May. After that we met at "
    "my kitchen table, with five chairs between the lot of us.\n"
    "Interviewer: Is there anything that you would do in another way?\n"
    "Mo: I would ask the neighbours sooner. They had the keys to the hall all along, and they would have "
    "opened it for a cup of tea and a bit of company in the winter.\n"
)
INSERTED = (
    "Interviewer: Could you say who you are?\n"
    "Mo: My name is Mo and I have lived in this street for as long as I can remember, in the house with the "
    "green door beside the old school.\n"
)
CORRECTED = INSERTED + TALK.replace("trusted each", "trustd each").replace("my manager", "the manager")
GONE = CORRECTED.replace(CORRECTED[CORRECTED.index("Mo: I would ask") :], "")
"""The last answer was taken out."""
UNITS = 3
_PLACES = ("outcomes", "suggestions")


def says(body: Body, _: int) -> Answer:
    """Two codes on the first sentence, one of them on words that nobody said."""
    first, second = codes_of(body)[:2]
    words = sentences_of(body)[0]["text"]
    found = coding(body, **{first: yes(body, first, words), second: yes(body, second, "Nobody said so.")})
    return Answer(completion(json.dumps(found)))


def repairs(body: Body, _: int) -> Answer:
    """The last words of the first sentence."""
    words = " ".join(sentences_of(body)[0]["text"].split()[-6:])
    return Answer(completion(json.dumps({"evidence": [{"sentences": ["s1"], "quote": words}]})))


def rules(body: Body, _: int) -> Answer:
    return ruling("keep")


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml")
    talk(made, TALK)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(says, rules, repairs) as made:
        yield made


def talk(study: Study, text: str) -> None:
    path = study.root.parent / "talk.txt"
    path.write_text(text, encoding="utf-8")
    ingest(study, [path])


def options(server: ChatServer | BatchServer, **more: object) -> ProposeOptions:
    return ProposeOptions(coder="llm", model="openai:stub", base_url=server.url, **more)  # type: ignore[arg-type]


def stages(study: Study) -> set[str]:
    return {call.stage for call in study.store.ledger.calls()}


def lose(study: Study, *tables: str) -> None:
    """As a kill does before what was derived is stored."""
    with closing(sqlite3.connect(study.records / "records.sqlite")) as database:
        for table in tables:
            database.execute(f"DELETE FROM {table}")
        database.commit()


def quoted(study: Study) -> dict[str, set[str]]:
    """Passage → the words that suggestions quote, as the text is now."""
    document = study.store.documents.get("talk")
    assert document is not None
    found: dict[str, set[str]] = {}
    for each in study.store.runs.suggestions():
        found.setdefault(each.passage, set()).update(document.text[e.start : e.end] for e in each.evidence)
    return found


def test_every_call_names_the_text_that_was_sent(study: Study, server: ChatServer) -> None:
    propose(study, options(server))
    (version,) = {head.version for head in study.store.passages.heads()}
    assert stages(study) == {"propose", "repair", "critic"}
    assert {call.text_version for call in study.store.ledger.calls()} == {version}


@pytest.mark.parametrize("text", [CORRECTED, GONE, INSERTED])
def test_a_replay_reads_the_replies_with_the_words_that_were_sent(
    study: Study, server: ChatServer, text: str
) -> None:
    propose(study, options(server))
    before = replay(study)
    assert (before.same, before.different, before.restored, before.unanswered) == (UNITS, (), (), 0)
    talk(study, text)
    asked = len(server.requests)
    after = replay(study)
    assert (after.same, after.different, after.restored) == (UNITS, (), ())
    assert len(server.requests) == asked


def test_what_a_replay_restores_quotes_the_present_text(study: Study, server: ChatServer) -> None:
    propose(study, options(server))
    talk(study, CORRECTED)
    known = quoted(study)
    outcomes = study.store.runs.outcomes("r0001")
    lose(study, *_PLACES)
    report = replay(study)
    assert (len(report.restored), report.different, report.unanswered) == (UNITS, (), 1)
    assert quoted(study) == known
    assert any("trustd each other" in words for words in known["talk.0001"])
    assert {o.passage: o for o in study.store.runs.outcomes("r0001")} == {o.passage: o for o in outcomes}


def test_a_run_that_goes_on_buys_nothing_that_it_paid_for(study: Study, server: ChatServer) -> None:
    propose(study, options(server))
    talk(study, CORRECTED)
    known = quoted(study)
    lose(study, *_PLACES)
    asked = len(server.requests)
    report = propose(study, options(server))
    assert report.states == {"coded": UNITS + 1}
    found = quoted(study)
    (new,) = set(found) - set(known)
    assert {key: found[key] for key in known} == known
    bought = study.store.ledger.calls()[asked:]
    assert {call.passage for call in bought} == {new}
    assert len(server.requests) == asked + len(bought)


def test_a_critic_who_was_not_heard_is_asked_about_the_words_that_were_sent(
    study: Study, server: ChatServer
) -> None:
    propose(study, options(server))
    (version,) = {head.version for head in study.store.passages.heads()}
    talk(study, CORRECTED)
    lose(study, *_PLACES)
    with closing(sqlite3.connect(study.records / "records.sqlite")) as database:
        database.execute("DELETE FROM calls WHERE stage = 'critic' AND passage = 'talk.0001'")
        database.commit()
    asked = len(server.requests)
    propose(study, options(server, documents=("talk",)))
    again = study.store.ledger.calls()[asked - len(server.requests) :]
    mine = [call for call in again if call.passage == "talk.0001"]
    assert {(call.stage, call.text_version) for call in mine} == {("critic", version)}


def test_a_reply_that_is_not_found_is_asked_for_with_the_present_words(
    study: Study, server: ChatServer
) -> None:
    """Its first request would be phrased in another way now: nothing of the earlier text is sent."""
    propose(study, options(server))
    talk(study, CORRECTED)
    lose(study, *_PLACES)
    with closing(sqlite3.connect(study.records / "records.sqlite")) as database:
        database.execute("UPDATE calls SET key = 'another' WHERE stage = 'propose' AND passage = 'talk.0002'")
        database.commit()
    report = propose(study, options(server))
    assert report.states == {"coded": UNITS + 1}
    now = {head.id: head.version for head in study.store.passages.heads()}
    texts = {each.passage: each.text_version for each in study.store.runs.outcomes("r0001")}
    assert texts["talk.0002"] == now["talk.0002"] != texts["talk.0001"]


def test_a_batch_under_way_is_read_with_the_words_that_were_sent(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_session, "SETTLED_AFTER", timedelta(seconds=0.3))
    monkeypatch.setattr(batch_session, "LOOK_AGAIN", 0.05)
    with BatchServer() as server:
        server.held = True
        first = propose(study, options(server, batch=True))
        assert first.waiting == UNITS
        talk(study, CORRECTED)
        for _ in range(9):
            server.finish()
            last = propose(study, options(server, batch=True))
            if not last.waiting and not last.left:
                break
        outcomes = study.store.runs.outcomes("r0001")
        assert {each.state for each in outcomes} == {OutcomeState.CODED}
        assert len(outcomes) == UNITS + 1
        assert set(server.bought.values()) == {1}
        first_calls = [call for call in study.store.ledger.calls() if call.stage == "propose"]
        assert len(first_calls) == UNITS + 1
        assert {call.state for call in study.store.ledger.calls()} == {CallState.REPLIED}
