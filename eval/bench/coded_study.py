"""A study of any size that three people have coded, made by script through the real store."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cothemes.app.study import CODEBOOK_NAME, Study, create_study
from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.review import Action, Arm, Assignment, Decision, Reviewer
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

RATERS = ("ann", "ben", "cem")
CODES = tuple(f"C{number}" for number in range(1, 31))
PER_DOCUMENT = 50
START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TALK = (
    "the council asks people early then plans a service with them and the budget meeting listens "
    "or decides again what staff have time for and who shares power over local design of care"
)


def coded_study(folder: Path, passages: int, *, open_share: float = 0.0, proposed: bool = False) -> Path:
    """Make a study of so many passages of fifty words.

    Each person reads every passage blind and gives it up to four of thirty codes. The last `open_share` of
    each queue stays unread. `proposed`: a run suggests two codes for each passage, and what is unread is
    read with suggestions in view.
    """
    study = create_study(folder, source="blank", codebook=None)
    (folder / CODEBOOK_NAME).write_text(_codebook(), encoding="utf-8")
    chance = random.Random(1)
    documents, cut = _texts(passages, chance)
    try:
        for document, own in zip(documents, cut, strict=True):
            study.store.documents.add(document)
            study.store.passages.replace(document.slug, own)
        study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())
        ids = [passage.id for own in cut for passage in own]
        if proposed:
            _propose(study, [passage for own in cut for passage in own])
        for name in RATERS:
            study.store.reviews.add_reviewer(Reviewer(name=name, added=START))
            read = ids[: round(len(ids) * (1 - open_share))]
            arms = [Arm.ASSISTED if proposed and at >= len(read) else Arm.BLIND for at in range(len(ids))]
            study.store.reviews.assign([_assignment(name, each, at, arms[at]) for at, each in enumerate(ids)])
            study.store.reviews.append(readings(study.codebook, name, read, chance))
    finally:
        study.close()
    return folder


def readings(book: Codebook, reader: str, passages: list[str], chance: random.Random) -> list[Decision]:
    """Return the decisions of one person who closes all of these passages.

    Three people agree on most codes of a passage, because its number says which apply.
    """
    found: list[Decision] = []
    hashes = {code.id: code.text_hash for code in book.codes}
    book_hash = book.hash
    for at, passage in enumerate(passages):
        applied = {CODES[(at * step) % len(CODES)] for step in (1, 7, 11)}
        if chance.random() < 0.3:
            applied ^= {chance.choice(CODES)}
        for code in (*sorted(applied), None):
            number = len(found)
            found.append(
                Decision.model_construct(
                    id=f"{reader}-{number:08d}",
                    at=START + timedelta(seconds=number),
                    reviewer=reader,
                    passage=passage,
                    round="main",
                    arm=Arm.BLIND,
                    action=Action.DONE if code is None else Action.ADD,
                    code=code,
                    code_hash=None if code is None else hashes[code],
                    codebook_hash=book_hash,
                )
            )
    return found


def codebook() -> Codebook:
    """Return the codebook of thirty codes."""
    return Codebook(
        id="speed",
        codes=tuple(Code(id=code, label=f"Code {code}", definition=f"Text of {code}.") for code in CODES),
    )


def assignments(passages: list[str]) -> list[Assignment]:
    """Return every passage, assigned to every person."""
    return [_assignment(name, each, at) for name in RATERS for at, each in enumerate(passages)]


def _assignment(reader: str, passage: str, at: int, arm: Arm = Arm.BLIND) -> Assignment:
    return Assignment.model_construct(
        reviewer=reader,
        passage=passage,
        document=passage.rpartition(".")[0],
        round="main",
        arm=arm,
        probability=1.0,
        double=True,
        position=at,
        drawn=START,
        seed=1,
        rank=at / 1_000_000,
    )


def _propose(study: Study, passages: list[Passage]) -> None:
    run = Run(
        id="r0001",
        coder="offline",
        rater="offline@0#r0001",
        configuration="speed",
        codebook_hash=study.codebook.hash,
        started=START,
        finished=START,
        state=RunState.FINISHED,
    )
    study.store.runs.put(run)
    study.store.runs.record(
        [Outcome(run=run.id, passage=each.id, state=OutcomeState.CODED) for each in passages],
        [
            Suggestion(
                id=content_hash([each.id, code])[:16],
                run=run.id,
                rater=run.rater,
                passage=each.id,
                code=code,
                verdict=Verdict.YES,
                evidence=(Evidence(start=each.start, end=each.start + 40),),
                quote_status=QuoteStatus.EXACT,
                reason="The passage resembles the definition.",
            )
            for at, each in enumerate(passages)
            for code in (CODES[at % len(CODES)], CODES[(at + 1) % len(CODES)])
        ],
    )


def _codebook() -> str:
    lines = ["codebook:", "  id: speed", "  version: 1.0.0", "  title: Speed", "", "codes:"]
    for code in codebook().codes:
        lines += [f"  - id: {code.id}", f"    label: {code.label}", f"    definition: {code.definition}"]
    return "\n".join(lines) + "\n"


def _texts(passages: int, chance: random.Random) -> tuple[list[Document], list[list[Passage]]]:
    documents, cut = [], []
    for first in range(0, passages, PER_DOCUMENT):
        slug = f"talk-{first // PER_DOCUMENT:04d}"
        texts = [
            " ".join(chance.choices(TALK.split(), k=50)) + f" {number}."
            for number in range(first, min(first + PER_DOCUMENT, passages))
        ]
        text = "\n\n".join(texts)
        version = content_hash(text)
        documents.append(Document(slug=slug, version=version, kind=Kind.INTERVIEW, text=text))
        own, start = [], 0
        for at, each in enumerate(texts):
            own.append(
                Passage(
                    id=f"{slug}.{at + 1:04d}",
                    document=slug,
                    version=version,
                    segmentation="by script",
                    start=start,
                    end=start + len(each),
                    text=each,
                    kind=BlockKind.TURN,
                    speaker="P1",
                    role=Role.PARTICIPANT,
                    position=at,
                )
            )
            start += len(each) + 2
        cut.append(own)
    return documents, cut
