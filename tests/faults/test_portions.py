"""A run that reads its study in portions is the run that read it whole: the same requests in the same order
and the same records, whatever the portion, with pseudonyms or without; and little is held meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.doubles.chat_server import Answer, Body, ChatServer, honest
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.held import alive, newcomers
from tests.doubles.night import MODEL, PRICES
from tests.doubles.proposing import propose

from cothemes.app.coders import replay as replaying
from cothemes.app.coders.propose import ProposeOptions, plan
from cothemes.app.corpus.ingest import ingest
from cothemes.app.corpus.passages import HELD, StudyPassages
from cothemes.app.privacy.deidentify import deidentify
from cothemes.app.privacy.forget import forget
from cothemes.app.privacy.forget import plan as to_forget
from cothemes.app.study import Study, create_study
from cothemes.records.document import Document
from cothemes.records.passage import Passage

DOCUMENTS, TURNS = 6, 9
CONCURRENCY = 4
PORTIONS = (1, 4, 7)
WHOLE = 10_000


def talk(number: int, said: str = "was settled late") -> str:
    """Every other turn is a question, so that passages have neighbours in their document."""
    lines = []
    for turn in range(TURNS):
        lines.append(f"Interviewer: What of matter {number}.{turn}, then?")
        lines.append(f"Una Blane: Matter {number}.{turn} {said}. {'And so it went on. ' * 20}")
    return "\n\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0002")
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)


def study_in(folder: Path) -> Study:
    study = create_study(folder / "study", source="blank", codebook=None)
    sources = folder / "files"
    sources.mkdir()
    for number in range(DOCUMENTS):
        (sources / f"talk-{number}.txt").write_text(talk(number), encoding="utf-8")
    said = [f"talk-{number}.txt,{'no' if number == 2 else 'yes'}" for number in range(DOCUMENTS)]
    (folder / "meta.csv").write_text("\n".join(["file,consent_remote", *said]), encoding="utf-8")
    (study.root / "prices.toml").write_text(PRICES, encoding="utf-8")
    settings = study.root / "cothemes.toml"
    privacy = "\n[privacy]\nremote_models = true\n"
    settings.write_text(settings.read_text(encoding="utf-8") + privacy, encoding="utf-8")
    ingest(study, [sources], meta=folder / "meta.csv")
    deidentify(study)
    study.close()
    return Study(study.root)


def wanted(url: str, **more: object) -> ProposeOptions:
    return ProposeOptions(coder="llm", model=MODEL, base_url=url, **{"concurrency": 1, **more})  # type: ignore[arg-type]


def on_record(study: Study) -> list[object]:
    (run,) = study.store.runs.all()
    suggestions = study.store.runs.suggestions(run_id=run.id)
    return [run.configuration, run.state, *study.store.runs.outcomes(run.id), *suggestions]


@pytest.mark.parametrize("remote", [False, True], ids=["as they are", "as pseudonyms"])
def test_any_portion_makes_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    made = {}
    with ChatServer() as server:
        url = server.url.replace("127.0.0.1", "127.1") if remote else server.url
        for portion in (WHOLE, *PORTIONS):
            monkeypatch.setattr(StudyPassages, "portion", portion)
            monkeypatch.setattr(replaying, "TOGETHER", portion)
            (folder := tmp_path / str(portion)).mkdir()
            study = study_in(folder)
            heard = len(server.requests)
            report = propose(study, wanted(url))
            made[portion] = [server.bodies[heard:], report, on_record(study)]
            assert propose(study, wanted(url)).run is None, "nothing is left to do"
            again = replaying.replay(study)
            assert (again.different, again.restored, again.unanswered) == ((), (), 0)
            assert again.same == len(study.store.passages.heads())
            study.close()
    bodies, report, _ = made[WHOLE]
    assert len(bodies) > DOCUMENTS * TURNS
    assert [each.documents for each in report.withheld] == ([("talk-2",)] if remote else [])
    assert report.states.get("skipped", 0) == (TURNS if remote else 0)
    for portion in PORTIONS:
        assert made[portion] == made[WHOLE], f"read {portion} at a time"


def test_a_run_that_is_cut_off_goes_on_in_other_portions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = study_in(tmp_path)
    with ChatServer() as server:
        for portion, limit in ((3, 5), (WHOLE, 20), (1, 21), (7, None)):
            monkeypatch.setattr(StudyPassages, "portion", portion)
            propose(whole, wanted(server.url, limit=limit))
        bodies = [str(body) for body in server.bodies]
    assert len(bodies) == len(set(bodies)), "nothing was asked twice"
    (run,) = whole.store.runs.all()
    coded = {outcome.passage for outcome in whole.store.runs.outcomes(run.id)}
    assert coded == {head.id for head in whole.store.passages.heads()}
    whole.close()


def test_the_offline_coder_says_the_same_in_any_portion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {}
    for portion in (WHOLE, *PORTIONS):
        monkeypatch.setattr(StudyPassages, "portion", portion)
        (folder := tmp_path / str(portion)).mkdir()
        study = study_in(folder)
        propose(study, ProposeOptions(coder="offline"))
        made[portion] = on_record(study)
        study.close()
    assert all(made[portion] == made[WHOLE] for portion in PORTIONS)


@pytest.mark.parametrize("remote", [False, True], ids=["as they are", "as pseudonyms"])
def test_a_run_holds_a_portion_and_what_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    portion = 5
    monkeypatch.setattr(StudyPassages, "portion", portion)
    study = study_in(tmp_path)
    held: list[tuple[int, ...]] = []

    def counting(body: Body, number: int) -> Answer:
        held.append(alive(Passage, Document))
        return honest(body, number)

    with newcomers(), ChatServer(counting) as server:
        url = server.url.replace("127.0.0.1", "127.1") if remote else server.url
        assert len(plan(study, wanted(url)).to_code) > 3 * (portion + CONCURRENCY)
        propose(study, wanted(url, concurrency=CONCURRENCY))
    study.close()
    each = 2 if remote else 1
    """The study's own, and as it leaves."""
    assert 0 < max(passages for passages, _ in held) <= portion + each * (CONCURRENCY + 1)
    assert 0 < max(documents for _, documents in held) <= each * (HELD + CONCURRENCY)


def in_the_middle(does: Callable[[], object]) -> Callable[[Body, int], Answer]:
    left = [does]

    def answer(body: Body, number: int) -> Answer:
        if number and left:
            left.pop()()
        return honest(body, number)

    return answer


def test_a_file_that_changes_meanwhile_is_coded_as_it_was_settled_on(tmp_path: Path) -> None:
    study = study_in(tmp_path)
    meant = set(plan(study, wanted("http://127.0.0.1:9/v1")).to_code.ids)

    def change() -> None:
        (tmp_path / "files" / "talk-4.txt").write_text(talk(4, "was never settled"), encoding="utf-8")
        beside = Study(study.root)
        ingest(beside, [tmp_path / "files" / "talk-4.txt"])
        beside.close()

    with ChatServer(in_the_middle(change)) as server:
        report = propose(study, wanted(server.url))
        asked = str(server.bodies)
        assert report.complete
        assert "Matter 4.3 was settled late" in asked
        assert "never settled" not in asked
        (run,) = study.store.runs.all()
        assert {outcome.passage for outcome in study.store.runs.outcomes(run.id)} == meant
        propose(study, wanted(server.url))
        assert "never settled" not in str(server.bodies), "a corrected passage is not sent again unasked"
        propose(study, wanted(server.url, corrected=True))
        assert "Matter 4.3 was never settled" in str(server.bodies), "the new text is the next run's"
    study.close()


def test_what_is_forgotten_meanwhile_is_sent_to_no_model_on_this_machine_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.app.coders.model_input.LOOK_EVERY", 0.0)
    study = study_in(tmp_path)

    def leave() -> None:
        beside = Study(study.root)
        forget(beside, to_forget(beside, "talk-4"), by="ann")
        beside.close()

    with ChatServer(in_the_middle(leave)) as server:
        report = propose(study, wanted(server.url))
        asked = str(server.bodies)
    assert "Matter 4." not in asked
    assert "Matter 5.8" in asked, "the others go on"
    assert report.left > 0, "and it is said that not all was asked"
    study.close()
