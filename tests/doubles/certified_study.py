"""A study of many short interviews: a coder suggests two codes, and people read half of each blind."""

from __future__ import annotations

from pathlib import Path

from tests.doubles.coded_study import NOW, _add, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.document import Kind, Role
from cothemes.records.record import content_hash
from cothemes.records.review import Arm
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

INTERVIEWS, PASSAGES = 12, 10
SURE, UNSURE = 0.95, 0.6


def certified_study(folder: Path, *, wrong: int = 0, interviews: int = INTERVIEWS) -> Study:
    """Return a study in which ann read passages 1 to 5 of each interview blind, and bob has the others with
    suggestions, unread.

    A1 is suggested everywhere with score .95, and ann upholds it everywhere but on the first passage of the
    first `wrong` interviews. A2 is suggested everywhere with score .6, and ann upholds it on odd passages.
    """
    study = study_in(folder, documents=0)
    for number in range(1, interviews + 1):
        turns = tuple(
            ("Mo", Role.PARTICIPANT, f"We trusted each other, and money was short in case {number} {place}.")
            for place in range(1, PASSAGES + 1)
        )
        _add(study, f"case-{number:02}", Kind.INTERVIEW, turns, {"participant": f"P{number}"})
    propose(study)
    for number in range(1, interviews + 1):
        for place in range(1, PASSAGES + 1):
            passage = f"case-{number:02}.{place:04}"
            if place > PASSAGES // 2:
                read(study, "bob", passage, arm=Arm.ASSISTED, done=False)
                continue
            codes = ["A2"] if place % 2 else []
            codes += [] if place == 1 and number <= wrong else ["A1"]
            read(study, "ann", passage, tuple(codes))
    return study


def propose(study: Study, run_id: str = "r0001", *, configuration: str = "one") -> None:
    """Suggest both codes on every passage of the interviews."""
    run = Run(
        id=run_id,
        coder="offline",
        rater=f"offline@0#{run_id}",
        configuration=configuration,
        codebook_hash=study.codebook.hash,
        started=NOW,
        finished=NOW,
        state=RunState.FINISHED,
    )
    study.store.runs.put(run)
    study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())
    for passage in study.store.passages.all():
        if not passage.id.startswith("case-"):
            continue
        found = [
            Suggestion(
                id=content_hash([run.id, passage.id, code])[:16],
                run=run.id,
                rater=run.rater,
                passage=passage.id,
                text_version=passage.version,
                code=code,
                verdict=Verdict.YES,
                evidence=(Evidence(start=passage.start, end=passage.start + 10),),
                quote_status=QuoteStatus.EXACT,
                reason=f"reads like {code}",
                score=score,
            )
            for code, score in (("A1", SURE), ("A2", UNSURE))
        ]
        outcome = Outcome(
            run=run.id, passage=passage.id, text_version=passage.version, state=OutcomeState.CODED
        )
        study.store.runs.record([outcome], found)
