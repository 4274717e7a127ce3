"""What a remote model receives: pseudonyms, nothing of who did not agree; and its answers put in place.

The server stands on loopback under a name that counts as remote: `127.1` is 127.0.0.1 to the system's
resolver, and no address that this project takes for its own machine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    honest,
    sentences_of,
    shown_in,
    stage_of,
    yes,
)
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app.study import Study, create_study
from cothemes.records.endpoint import is_loopback
from cothemes.records.review import Arm, Reviewer
from cothemes.records.suggestion import Outcome

NAMES = ("Quenby", "Farquharson", "Blane", "0131 496 0018", "quenby@nhs.scot", "Tamsin")
TALK = """\
Interviewer: What helped, Quenby?
Quenby Farquharson: Tamsin Blane trusted us from the first day on. Ring me on 0131 496 0018 about that.
Interviewer: And what got in the way, Ms Farquharson?
Quenby Farquharson: There was no money at all. I told Tamsin so at quenby@nhs.scot.
"""
SECRET = "The minister came round twice and nobody was to know of it."
REFUSED = f"""\
Interviewer: And you, Una? What would you say of it?
Una Blane: {SECRET} My sister is Quenby.
Interviewer: Thank you for that. What would help?
Una Blane: More people who listen, and a room that is warm.
"""
OPEN = "Boards set money aside for this work each year, and they publish what became of it.\n"
CODEBOOK = f"""\
codebook: {{id: small, title: Working with Quenby}}
codes:
  - id: A1
    label: Trust
    definition: Says that people trust one another, as Farquharson does.
    examples:
      - {{text: Tamsin trusted us from the first day on., kind: quotation}}
      - {{text: "{SECRET}", kind: quotation}}
  - id: A2
    label: Money
    definition: Says that money is there or is missing.
    near_misses:
      - {{text: Blane has money to burn., code: none}}
"""


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0001")
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml", title="Small")
    sources = tmp_path / "files"
    sources.mkdir()
    for name, text in (("one.txt", TALK), ("two.txt", REFUSED), ("open.md", OPEN)):
        (sources / name).write_text(text, encoding="utf-8")
    consents(made, one="yes", two="no")
    settings = made.root / "cothemes.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'context = ""', 'context = "Led by Quenby Farquharson."'
    )
    settings.write_text(f'{text}\n[privacy]\ndeidentified = "reviewed"\n', encoding="utf-8")
    made.store.reviews.add_reviewer(Reviewer(name="ann", added=datetime(2026, 11, 3, tzinfo=UTC)))
    cothemes.done("ingest", sources, "--meta", tmp_path / "meta.csv", study=made.root)
    (tmp_path / "names.txt").write_text("Tamsin Blane\n", encoding="utf-8")
    cothemes.done("deidentify", "--names", tmp_path / "names.txt", study=made.root)
    cothemes.done("deidentify", "--accept", "--all", study=made.root)
    yield made
    made.close()


def consents(study: Study, **said: str) -> Path:
    table = study.root.parent / "meta.csv"
    rows = [f"{name}.txt,interview,{consent}" for name, consent in said.items()]
    table.write_text("\n".join(["file,kind,consent_remote", *rows, "open.md,policy,"]), encoding="utf-8")
    return table


def remote(server: ChatServer) -> list[str]:
    url = server.url.replace("127.0.0.1", "127.1")
    assert not is_loopback(url)
    return ["--coder", "llm", "--model", "openai:stub", "--base-url", url]


def seen(server: ChatServer) -> list[str]:
    received = json.dumps([body for _, _, body in server.requests], ensure_ascii=False).casefold()
    return [name for name in (*NAMES, SECRET) if name.casefold() in received]


def outcomes(study: Study) -> dict[str, Outcome]:
    opened = Study(study.root)
    run = opened.store.runs.all()[-1]
    found = {outcome.passage: outcome for outcome in opened.store.runs.outcomes(run.id)}
    opened.close()
    return found


def candid(body: Body, number: int) -> Answer:
    """Yes for the first code on the first sentence, and one place that no code fits."""
    first = sentences_of(body)[0]
    code = codes_of(body)[0]
    reply = coding(body, **{code: yes(body, code, first["text"])})
    reply["uncoded"] = [{"sentences": ["s1"], "quote": first["text"], "label": "New", "criterion": "Is new."}]
    return Answer(completion(json.dumps(reply)))


def test_names_stay_here_and_quotes_come_back(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    with ChatServer(candid) as server:
        result = cothemes("propose", *remote(server), "--log", log, study=study.root)
        assert result.exit_code == 0, result.output
        assert seen(server) == []
        assert {stage_of(body) for body in server.bodies} == {"propose", "critic"}
        users = [body["messages"][1]["content"] for body in server.bodies]
        assert any("[PERSON_" in user for user in users)
        assert any("[PHONE_" in user for user in users)
        assert "[PERSON_" in server.bodies[0]["messages"][0]["content"], "codebook and context too"
    assert "Not sent: 2 passages of two: the participant did not consent to remote models." in " ".join(
        result.stdout.split()
    )
    opened = Study(study.root)
    text = {document.slug: document.text for document in opened.store.documents.all()}
    (quoted,) = [s for s in opened.store.runs.suggestions() if s.passage == "one.0001"]
    (span,) = quoted.evidence
    assert text["one"][span.start : span.end] == "Tamsin Blane trusted us from the first day on."
    missed = [c for c in opened.store.runs.candidates() if c.passage == "one.0001"]
    assert [(e.start, e.end) for c in missed for e in c.evidence] == [(span.start, span.end)]
    opened.close()
    with closing(sqlite3.connect(study.records / "records.sqlite")) as records:
        kept = [str(row) for table in ("calls", "runs") for row in records.execute(f"select * from {table}")]
    everything = "\n".join([*kept, log.read_text(encoding="utf-8"), result.output]).casefold()
    assert [name for name in (*NAMES, SECRET, "sk-canary") if name.casefold() in everything] == []


def test_who_did_not_agree_is_skipped_with_the_reason_and_coded_once_agreed(
    study: Study, cothemes: CommandLine
) -> None:
    with ChatServer(honest) as server:
        first = cothemes.json("propose", *remote(server), study=study.root)
        assert first["outcomes"] == {"coded": 3, "skipped": 2}
        assert [(w["passages"], w["documents"]) for w in first["withheld"]] == [(2, ["two"])]
        held = outcomes(study)["two.0001"]
        assert (held.state.value, *map(str, held.flags)) == ("skipped", "withheld")
        assert "did not consent" in held.detail
        before = len(server.requests)
        again = cothemes.json("propose", *remote(server), study=study.root)
        assert (again["run"], again["known"], again["withheld"]) == (None, 3, first["withheld"])
        assert len(server.requests) == before
        table = consents(study, one="yes", two="yes")
        cothemes.done("ingest", study.root.parent / "files", "--meta", table, study=study.root)
        then = cothemes.json("propose", *remote(server), study=study.root)
        assert then["withheld"] == []
        assert outcomes(study)["two.0001"].state.value == "coded"
        # The example that quotes the document goes along now, so the codebook as sent is another one.
        assert [name for name in seen(server) if name != SECRET] == []


def test_a_changed_text_waits_for_its_review(study: Study, cothemes: CommandLine) -> None:
    one = study.root.parent / "files" / "one.txt"
    more = "Quenby Farquharson: And Odile Marchbanks helped us with all of the letters that came in.\n"
    one.write_text(f"{TALK}Interviewer: And who else?\n{more}", encoding="utf-8")
    cothemes.done("ingest", one, study=study.root)
    with ChatServer(honest) as server:
        stopped = cothemes.json("propose", *remote(server), study=study.root)
        reasons = {w["documents"][0]: w["reason"] for w in stopped["withheld"]}
        assert reasons["one"] == "its text has changed since it was searched: `cothemes deidentify`"
        cothemes.done("deidentify", study=study.root)
        (waits, _) = cothemes.json("propose", *remote(server), study=study.root)["withheld"]
        assert "--accept one" in waits["reason"]
        cothemes.done("deidentify", "--accept", "one", study=study.root)
        cothemes.json("propose", *remote(server), study=study.root)
        assert seen(server) == []
        assert outcomes(study)["one.0002"].state.value == "coded"


def test_a_replay_reads_the_same_words(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(candid) as server:
        cothemes.done("propose", *remote(server), study=study.root)
        asked = len(server.requests)
        found = cothemes.json("propose", "--replay", study=study.root)
        assert (found["same"], found["different"], found["restored"], found["unanswered"]) == (5, [], [], 0)
        assert len(server.requests) == asked


def test_a_replay_of_a_corrected_text_reads_the_words_that_left(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(candid) as server:
        cothemes.done("propose", *remote(server), study=study.root)
        one = study.root.parent / "files" / "one.txt"
        one.write_text(
            "Interviewer: Good morning to you.\n" + TALK.replace("trusted us", "trustd us"), "utf-8"
        )
        cothemes.done("ingest", one, study=study.root)
        for review in ((), ("deidentify",), ("deidentify", "--accept", "one")):
            if review:
                cothemes.done(*review, study=study.root)
            found = cothemes.json("propose", "--replay", study=study.root)
            assert (found["same"], found["different"], found["restored"]) == (5, [], [])


def test_another_way_of_sending_is_another_rater(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(honest) as server:
        cothemes.done("propose", *remote(server), study=study.root)
        here = ["--coder", "llm", "--model", "openai:stub", "--base-url", server.url]
        cothemes.done("propose", *here, "--recode", study=study.root)
        assert "Quenby" in seen(server), "what stays on this machine goes as it is"
    opened = Study(study.root)
    assert len({run.configuration for run in opened.store.runs.all()}) == 2
    opened.close()


def test_what_is_sent_of_the_codebook_makes_another_run_and_is_told(
    study: Study, cothemes: CommandLine
) -> None:
    with ChatServer(honest) as server:
        first = cothemes.json("propose", *remote(server), "--limit", "1", study=study.root)
        assert first["begins"] is None
        table = consents(study, one="yes", two="yes")
        cothemes.done("ingest", study.root.parent / "files", "--meta", table, study=study.root)
        found = cothemes.json("propose", *remote(server), "--limit", "1", "--dry-run", study=study.root)
    assert found["begins"] == {
        "instead_of": "r0001",
        "because": ["pseudonyms or consent have changed, and with them what is sent of the codebook"],
    }


def test_the_word_by_name_sends_the_unread_and_still_no_name_that_is_known(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_PRIVACY_REMOTE_MODELS", "true")
    one = study.root.parent / "files" / "one.txt"
    one.write_text(TALK + "Quenby Farquharson: It is 0131 496 0019 now.\n", encoding="utf-8")
    cothemes.done("ingest", one, study=study.root)
    with ChatServer(honest) as server:
        sent = cothemes.json("propose", *remote(server), study=study.root)
        assert [w["documents"] for w in sent["withheld"]] == [["two"]], "a no stays a no"
        assert seen(server) == []
        assert "0131 496 0019" not in json.dumps(server.bodies)


def test_what_nobody_searched_for_names_is_named_before_the_first_call(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_PRIVACY_REMOTE_MODELS", "true")
    new = study.root.parent / "files" / "new.md"
    new.write_text("Percival Oakes spoke of the hall and the rent.\n", encoding="utf-8")
    cothemes.done("ingest", new, "--kind", "policy", study=study.root)
    with ChatServer(honest) as server:
        planned = cothemes.json("propose", "--dry-run", *remote(server), study=study.root)
        assert planned["names_not_searched"] == ["new"]
        assert "cothemes deidentify" in cothemes.done(
            "propose", "--dry-run", *remote(server), study=study.root
        )
        before: list[int] = []
        monkeypatch.setattr(
            "cothemes.cli.propose.note",
            lambda text: before.append(len(server.requests)) if "No names were searched" in text else None,
        )
        result = cothemes("propose", "--json", *remote(server), study=study.root)
        assert json.loads(result.stdout)["names_not_searched"] == ["new"]
        assert before == [0]
        assert "Percival" in json.dumps(server.bodies), "the name went as it is"
        cothemes.done("deidentify", study=study.root)
        planned = cothemes.json("propose", "--dry-run", "--recode", *remote(server), study=study.root)
        assert planned["names_not_searched"] == []


@pytest.mark.parametrize(
    "name", ["consent-remote", "consentremote", "consent_remot", "Consent", "consent.remote"]
)
def test_a_column_that_is_nearly_the_consent_is_refused_and_nothing_stored(
    study: Study, cothemes: CommandLine, tmp_path: Path, name: str
) -> None:
    new = tmp_path / "new.md"
    new.write_text("The hall is shut.\n", encoding="utf-8")
    table = tmp_path / "near.csv"
    table.write_text(f"file,kind,{name}\nother.md,policy,\nnew.md,policy,no\n", encoding="utf-8")
    refused = cothemes("ingest", new, "--meta", table, study=study.root)
    assert refused.exit_code == 3
    assert f"{table}:3" in refused.stderr
    assert "consent_remote" in refused.stderr
    again = Study(study.root)
    assert again.store.documents.get("new") is None
    again.close()
    new.write_text(f"---\nkind: policy\n{name}: no\n---\nThe hall is shut.\n", encoding="utf-8")
    cothemes.done("ingest", new, study=study.root)
    with ChatServer(honest) as server:
        planned = cothemes.json("propose", "--dry-run", *remote(server), study=study.root)
    assert ["new"] in [each["documents"] for each in planned["withheld"]]


def test_a_no_after_the_text_was_sent_is_told_until_it_is_forgotten(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    assert cothemes.json("status", study=study.root)["sent_without_consent"] == []
    with ChatServer(honest) as server:
        cothemes.done("propose", *remote(server), study=study.root)
    sent = {p for p, o in outcomes(study).items() if o.state.value == "coded" and p.startswith("one")}
    assert cothemes.json("status", study=study.root)["sent_without_consent"] == []
    consents(study, one="no", two="no")
    files = study.root.parent / "files"
    table = study.root.parent / "meta.csv"
    found = cothemes.json("ingest", files, "--meta", table, study=study.root)["sent_without_consent"]
    assert [(row["document"], row["passages"]) for row in found] == [("one", len(sent))]
    assert found[0]["endpoint"].startswith("http://127.1")
    assert found[0]["first"][:2] == "20"
    assert cothemes.json("status", study=study.root)["sent_without_consent"] == found
    for told in (cothemes.done("status", study=study.root), cothemes.done("ingest", files, study=study.root)):
        assert found[0]["endpoint"] in told
        assert found[0]["first"][:10] in told
        assert "cothemes forget one" in told
    # A document that is cut again was sent all the same.
    one = files / "one.txt"
    one.write_text(one.read_text(encoding="utf-8").replace("money", "cash"), encoding="utf-8")
    cothemes.done("ingest", one, "--meta", table, "--resegment", "--yes", study=study.root)
    assert cothemes.json("status", study=study.root)["sent_without_consent"] == found
    cothemes.done("forget", "one", "--yes", study=study.root)
    assert cothemes.json("status", study=study.root)["sent_without_consent"] == []


@pytest.mark.parametrize("name", ["consent_remote", "Consent remote"])
def test_the_consent_column_is_read_in_either_spelling(
    study: Study, cothemes: CommandLine, tmp_path: Path, name: str
) -> None:
    table = tmp_path / "good.csv"
    table.write_text(f"file,kind,{name}\nopen.md,policy,no\n", encoding="utf-8")
    cothemes.done("ingest", study.root.parent / "files" / "open.md", "--meta", table, study=study.root)
    with ChatServer(honest) as server:
        planned = cothemes.json("propose", "--dry-run", *remote(server), study=study.root)
    said = {slug for each in planned["withheld"] for slug in each["documents"]}
    assert said == {"two", "open"}


def test_examples_come_from_documents_that_may_leave_and_as_they_would(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(honest) as server:
        here = ["--coder", "llm", "--model", "openai:stub", "--base-url", server.url]
        cothemes.done("propose", *here, study=study.root)
        for passage, codes in (("one.0001", ()), ("one.0002", ("A2",)), ("two.0001", ("A1",))):
            read(study, "ann", passage, codes, arm=Arm.BLIND)
        study.close()
        server.requests.clear()
        monkeypatch.setenv("COTHEMES_CODER_EXAMPLES", "3")
        cothemes.done("propose", *remote(server), "--recode", study=study.root)
        of_open = [b["messages"][1]["content"] for b in server.bodies if "Boards set" in str(b)]
        shown = [json.loads(line) for line in of_open[0].splitlines() if '"does_not_apply"' in line]
        assert len(shown) == 2
        assert any(each["text"].startswith("[PERSON_") for each in shown)
        assert seen(server) == []
        asked = len(server.requests)
        assert cothemes.json("propose", "--replay", study=study.root)["different"] == []
        assert len(server.requests) == asked


def test_stability_and_the_check_of_the_codebook_send_no_more(study: Study, cothemes: CommandLine) -> None:
    with ChatServer(honest) as server:
        asked = remote(server)[2:]
        cothemes.done("stability", *asked, "--sample", "20", "--repeats", "1", study=study.root)
        assert "two" not in str(study.store.ledger.calls())
        cothemes.done("codebook", "check", "--with-model", *asked, study=study.root)
        assert server.requests
        assert seen(server) == []


def test_a_prompt_of_the_study_with_a_name_in_it_is_refused(study: Study, cothemes: CommandLine) -> None:
    shipped = Path(__file__).resolve().parents[2] / "prompts" / "propose.v3.jinja"
    own = study.root / "prompts" / "propose.v3.jinja"
    words = shipped.read_text(encoding="utf-8").replace(
        "# Rules", "Quenby Farquharson leads this study.\n\n# Rules"
    )
    own.write_text(words, encoding="utf-8")
    with ChatServer(honest) as server:
        result = cothemes("propose", *remote(server), study=study.root)
        assert result.exit_code == 3
        assert "holds a name or number that has a pseudonym" in result.stderr
        assert server.requests == []


def test_what_the_critic_reads_is_the_view_too(study: Study, cothemes: CommandLine) -> None:
    heard: list[Any] = []

    def critic(body: Body, number: int) -> Answer:
        heard.append(shown_in(body, "PROPOSAL"))
        return Answer(
            completion(json.dumps({"reason": "So it is.", "exclusion_applies": "", "verdict": "keep"}))
        )

    with ChatServer(honest, critic=critic) as server:
        cothemes.done("propose", *remote(server), study=study.root)
    assert any("[PERSON_" in json.dumps(each) for each in heard)


def test_what_is_forgotten_while_a_run_is_under_way_is_sent_no_more(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.app.coders.model_input.LOOK_EVERY", 0.0)
    opened = Study(study.root)

    def forgetful(body: Body, number: int) -> Answer:
        if number == 0:
            cothemes.done("forget", "one", "--yes", study=study.root)
        return honest(body, number)

    with ChatServer(forgetful) as server:
        result = cothemes("propose", *remote(server), "--concurrency", "1", study=study.root)
        assert result.exit_code == 4, "one passage was not asked about"
        asked = [body["messages"][1]["content"] for body in server.bodies if stage_of(body) == "propose"]
    opened.close()
    assert ["trusted us" in user.partition("TARGET")[2] for user in asked] == [True, False]
    assert "Boards set money aside" in asked[1], "the other document goes on"
    late = outcomes(study)["one.0001"]
    assert (late.state.value, late.detail) == ("coded", ""), "a number stays, and no word"
    assert "one.0002" not in outcomes(study)
    assert not [path for path in study.records.glob("records*") if b"no money at all" in path.read_bytes()]
