"""No path shows a blind coder what a blind card keeps back: neither suggestions nor anyone else's word.

Everything that another person or a coder could say carries a mark; then every command is run as the blind
coder, in states that hypothesis makes up, and no mark of a passage that is still blind may come out.
"""

from __future__ import annotations

import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.gold_suite import gold_suite

from cothemes.app.review.memos import About, add_memo, memos_of
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

PASSAGES = ("talk-1.0002", "talk-1.0004", "talk-1.0005", "talk-2.0002", "talk-2.0004", "policy.0001")
MACHINE, OTHER = "MACHINESAID", "BOBSAID"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = study_in(tmp_path_factory.mktemp("blind") / "study")
    propose(study)
    for passage in map(study.store.passages.get, PASSAGES):
        assert passage is not None
        study.store.runs.record(
            [Outcome(run="r0001", passage=passage.id, state=OutcomeState.CODED, flags=("instruction_like",))],
            [
                Suggestion(
                    id=f"mark-{passage.id}", run="r0001", rater="offline@0#r0001", passage=passage.id,
                    code="B1", verdict=Verdict.YES,
                    evidence=(Evidence(start=passage.start, end=passage.end),),
                    quote_status=QuoteStatus.EXACT, reason=mark(MACHINE, passage.id),
                )
            ],
        )  # fmt: skip
    return study


def mark(who: str, passage: str) -> str:
    return f"{who}<{passage}>"


def bobs_word(study: Study) -> None:
    """Bob has finished every passage with notes; some were settled and some rated elsewhere."""
    assign(study, "bob", dict.fromkeys(PASSAGES, Arm.BLIND))
    bob = Desk(study, "bob")
    for passage in PASSAGES:
        card = bob.decide(bob.card(passage), "A2", Action.ADD, note=mark(OTHER, passage))
        bob.done(bob.note(card, mark(OTHER, passage)))
    study.store.ratings.add(
        [
            Rating(
                unit=passage, doc=passage.split(".")[0], rater=mark(OTHER, passage), kind=RaterKind.HUMAN,
                code="A1", value=1,
            )
            for passage in PASSAGES
        ]
    )  # fmt: skip
    study.store.settlements.append(
        [
            Settlement(
                id=f"s-{passage}", at=card.standing.assignment.drawn, by="bob", passage=passage, round="main",
                ruling=Ruling.YES, code="A2", code_hash=study.codebook.by_id["A2"].text_hash,
                codebook_hash=study.codebook.hash, note=mark(OTHER, passage), readers=("bob", "cat"),
            )
            for passage in PASSAGES[:2]
        ]
    )  # fmt: skip
    for passage in PASSAGES:
        document = passage.split(".")[0]
        about = [About(document=document, passage=passage, code="A2")]
        if passage == min(p for p in PASSAGES if p.startswith(document)):
            about.append(About(document=document))
        for each in about:
            add_memo(study, mark(OTHER, passage), each, "bob")


STATES = st.dictionaries(
    st.sampled_from(PASSAGES),
    st.tuples(st.sampled_from(list(Arm)), st.sampled_from(["new", "begun", "skipped", "done"])),
    min_size=1,
)


def begin(study: Study, states: dict[str, tuple[Arm, str]]) -> set[str]:
    """Ann's passages in these arms and states; gives those that are still blind."""
    assign(study, "ann", {passage: arm for passage, (arm, _) in states.items()})
    ann = Desk(study, "ann")
    for passage, (_, state) in states.items():
        if state == "begun":
            ann.decide(ann.card(passage), "A1", Action.ADD, note="ann's own")
        elif state == "skipped":
            card = ann.card(passage)
            ann.keep(card, [ann.session(card).skip(card)])
        elif state == "done":
            ann.done(ann.card(passage))
    return {
        passage for passage, (arm, state) in states.items() if arm is not Arm.ASSISTED and state != "done"
    }


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES)
def test_no_command_tells_a_blind_coder(
    cothemes: Any, prepared: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: Any
) -> None:
    folder = tmp_path / "study"
    shutil.rmtree(folder, ignore_errors=True)
    study = Study(Path(shutil.copytree(prepared.root, folder)))
    bobs_word(study)
    blind = begin(study, states)
    mine = ("--as", "ann")
    commands: list[tuple[str, ...]] = [
        ("queue", *mine),
        ("queue", *mine, "--json"),
        ("status",),
        ("reviewers",),
    ]
    for passage in sorted(blind):
        commands += [
            ("show", passage, *mine),
            ("show", passage, *mine, "--json"),
            ("decide", passage, "A1", "add", *mine),
            ("decide", passage, "A1", "add", *mine, "--json"),
            ("undo", *mine),
        ]
    outs = [tell(cothemes, study, *words) for words in commands]
    outs.append(tell(cothemes, study, "review", *mine, stdin="t\ne\n?\nd A2\nskip\nt\ne\nskip\nt\nq\n"))
    study.close()
    held = tmp_path / "ann.zip"
    held.unlink(missing_ok=True)
    tell(cothemes, study, "pack", *mine, str(held))
    outs.append(unzipped(held))
    monkeypatch.setenv("COTHEMES_AS", "ann")
    for words in (
        ("codings",),
        ("codings", "--full"),
        ("quotes", "--code", "A1,A2,B1"),
        ("matrix",),
        ("memo",),
        ("codebook", "candidates"),
        ("codebook", "diff"),
        ("anchoring",),
        ("prevalence",),
        ("agreement",),
        ("search", "trust between people"),
    ):
        outs += [tell(cothemes, study, *words), tell(cothemes, study, *words, "--json")]
    for passage in sorted(blind):
        outs += [tell(cothemes, study, "show", passage), tell(cothemes, study, "show", passage, "--json")]
    for passage in PASSAGES:
        # Of a blind passage nothing is explained; elsewhere no decision on one is named.
        outs += [tell(cothemes, study, "explain", passage, code, "--json") for code in ("A1", "B1")]
    for memo in study_memos(study):
        outs.append(tell(cothemes, study, "memo", "show", memo))
    outs.append(tell(cothemes, study, "disagreements", "--json"))
    outs.append(tell(cothemes, study, "agreement", "--disagreements", "9", "--json"))
    page = tmp_path / "page.html"
    for words in (
        ("report", page),
        ("disagreements", "--html", page),
        ("agreement", "--disagreements", "9", "--html", page),
        ("prevalence", "--html", page),
    ):
        page.unlink(missing_ok=True)
        outs.append(tell(cothemes, study, *map(str, words)))
        outs.append(unescape(page.read_text(encoding="utf-8")) if page.exists() else "")
    for kind in ("csv", "ratings"):
        table = tmp_path / f"out.{kind}"
        table.unlink(missing_ok=True)
        tell(cothemes, study, "export", kind, str(table))
        outs.append(table.read_text(encoding="utf-8") if table.exists() else "")
    for kind, suffix in (("html", "html"), ("docx", "docx"), ("code-report", "docx"), ("qdpx", "qdpx")):
        document = tmp_path / f"{kind}.{suffix}"
        document.unlink(missing_ok=True)
        tell(cothemes, study, "export", kind, str(document))
        if document.exists():
            outs.append(
                unescape(document.read_text(encoding="utf-8")) if kind == "html" else unzipped(document)
            )
    monkeypatch.delenv("COTHEMES_AS")
    for out in outs:
        told = {p for p in blind for who in (MACHINE, OTHER) if mark(who, p) in out}
        assert not told, out[:2000]


def tell(cothemes: Any, study: Study, *words: str, stdin: str | None = None) -> str:
    """What a command prints, on either stream, whatever its exit code."""
    result = cothemes(*words, study=study.root, stdin=stdin)
    assert "Traceback" not in result.output
    assert result.exit_code != 1, (words, result.output)
    return str(result.stdout + result.stderr)


def study_memos(study: Study) -> list[str]:
    """Short ids of all memos, read past every blindness."""
    again = Study(study.root)
    found = [memo.short for memo in memos_of(again)]
    again.close()
    return found


def unzipped(path: Path) -> str:
    from zipfile import ZipFile

    with ZipFile(path) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def test_without_a_name_the_marks_are_there_and_blind_coders_are_warned(
    cothemes: Any, prepared: Study, tmp_path: Path
) -> None:
    """So that the property above is no empty one."""
    study = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    bobs_word(study)
    begin(study, {PASSAGES[0]: (Arm.BLIND, "new"), PASSAGES[1]: (Arm.REVEAL, "begun")})
    result = cothemes("codings", "--json", study=study.root)
    assert mark(OTHER, PASSAGES[0]) in result.stdout
    assert "ann 2 passages" in result.stderr
    assert "COTHEMES_AS" in result.stderr
    assert max(map(len, result.stderr.splitlines())) < 80
    assert mark(MACHINE, PASSAGES[1]) in cothemes("show", PASSAGES[1], study=study.root).stdout


def test_pages_made_for_a_blind_coder_say_so(
    cothemes: Any, prepared: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out moves every figure."""
    study = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    bobs_word(study)
    begin(study, {PASSAGES[0]: (Arm.BLIND, "new"), PASSAGES[1]: (Arm.BLIND, "done")})
    study.close()
    monkeypatch.setenv("COTHEMES_AS", "ann")
    page = tmp_path / "page.html"
    for words in (("report", page), ("agreement", "--html", page)):
        cothemes.done(*words, study=study.root)
        said = "Made for ann, without 1 passage that ann has still to code blind."
        assert said in page.read_text(encoding="utf-8")


def test_pages_without_a_name_hold_the_marks(cothemes: Any, prepared: Study, tmp_path: Path) -> None:
    study = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    bobs_word(study)
    begin(study, {PASSAGES[0]: (Arm.BLIND, "new")})
    page = tmp_path / "page.html"
    cothemes.done("report", page, study=study.root)
    text = unescape(page.read_text(encoding="utf-8"))
    assert mark(OTHER, PASSAGES[0]) in text
    assert "still to code blind" not in text


def test_a_blind_coder_asks_no_model_anew(
    cothemes: Any, prepared: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stability` says what a model gives a sample: of blind passages too."""
    study = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    begin(study, {PASSAGES[0]: (Arm.BLIND, "new")})
    study.close()
    words = ("stability", "--sample", "1", "--model", "openai:none", "--dry-run")
    monkeypatch.setenv("COTHEMES_AS", "ann")
    refused = cothemes(*words, study=study.root)
    assert refused.exit_code == 3
    assert "ann has passages still to code blind" in refused.stderr
    monkeypatch.setenv("COTHEMES_AS", "bob")
    assert cothemes(*words, study=study.root).exit_code == 0


def test_an_evaluation_tells_nothing_of_the_study_that_pays(
    cothemes: Any, prepared: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    bobs_word(study)
    study.close()
    monkeypatch.setenv("COTHEMES_AS", "ann")
    page = tmp_path / "page.html"
    out = tell(cothemes, study, "evaluate", str(gold_suite(tmp_path / "gold")), "--html", str(page))
    out += unescape(page.read_text(encoding="utf-8"))
    assert MACHINE not in out
    assert OTHER not in out


def test_an_unknown_name_in_the_environment_is_refused(
    cothemes: Any, prepared: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_AS", "zoe")
    result = cothemes("codings", study=prepared.root)
    assert (result.exit_code, "not registered" in result.stderr) == (2, True)
