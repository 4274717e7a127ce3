"""A study of two invented interviews and a policy text, in real SQLite, with a coder's suggestions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cothemes.app.study import Study, create_study
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.record import content_hash
from cothemes.records.review import Arm, Assignment, Reviewer
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import (
    Evidence,
    Outcome,
    OutcomeState,
    QuoteStatus,
    Suggestion,
    Verdict,
)

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
RATER = "offline@0#r0001"

CODEBOOK = """\
codebook:
  id: small
  version: 0.1.0
  title: A small codebook
themes:
  T: {label: Working together, rq: [RQ1]}
research_questions:
  RQ1: What happens?
attributes:
  valence:
    values: [helps, hinders]
    applies_to: [A1, A2]
  status:
    values: [experienced, intended]
    many: true
    applies_to: [T]
codes:
  - id: A1
    label: Trust between people
    theme: T
    definition: Says that people trust or distrust one another.
    near_misses:
      - {text: I trust the bus will come., code: none}
  - id: A2
    label: Time and money
    theme: T
    definition: Says that time or money is there or is missing.
  - id: B1
    label: Turnover of staff
    definition: Says that staff leave or come.
"""

TALK = (
    ("Interviewer", Role.INTERVIEWER, "What made the group work?"),
    ("Mo", Role.PARTICIPANT, "We trusted each other from the start. It took a year to get there."),
    ("Interviewer", Role.INTERVIEWER, "And what got in the way?"),
    ("Mo", Role.PARTICIPANT, "There was never any money. My manager left in May."),
    ("Mo", Role.PARTICIPANT, "The room had no windows, and the tea was cold."),
)
POLICY = (
    "Partnerships should be built on trust between equal partners.",
    "Boards will set aside money for the work each year.",
)


def study_in(folder: Path, *, documents: int = 2, reviewers: tuple[str, ...] = ("ann", "bob")) -> Study:
    """Interviews `talk-1` … and the policy text `policy`, cut a turn or paragraph to a passage."""
    codebook = folder.parent / "codebook.yaml"
    codebook.write_text(CODEBOOK, encoding="utf-8")
    study = create_study(folder, source="blank", codebook=codebook, title="A small study")
    for number in range(1, documents + 1):
        _add(
            study, f"talk-{number}", Kind.INTERVIEW, TALK, {"participant": f"P{number}", "group": "national"}
        )
    paragraphs = tuple(("", Role.NONE, text) for text in POLICY)
    _add(study, "policy", Kind.POLICY, paragraphs, {"group": "local"})
    for name in reviewers:
        study.store.reviews.add_reviewer(Reviewer(name=name, added=NOW))
    return study


def propose(study: Study, run_id: str = "r0001") -> None:
    """Every passage is coded; money and trust are found by their word, with the sentence as evidence."""
    run = Run(
        id=run_id,
        coder="offline",
        rater=f"offline@0#{run_id}",
        configuration=run_id,
        codebook_hash=study.codebook.hash,
        started=NOW,
        finished=NOW,
        state=RunState.FINISHED,
    )
    study.store.runs.put(run)
    study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())
    for passage in study.store.passages.all():
        found = [
            suggestion(run, passage, code, sentence)
            for sentence in passage.sentences
            for code, word in (("A1", "trust"), ("A2", "money"))
            if word in passage.sentence_text(sentence) and passage.role is not Role.INTERVIEWER
        ]
        study.store.runs.record([Outcome(run=run.id, passage=passage.id, state=OutcomeState.CODED)], found)


def assign(study: Study, reviewer: str, arms: dict[str, Arm]) -> None:
    """These passages in these arms, in this order."""
    study.store.reviews.assign(
        [
            Assignment(
                reviewer=reviewer,
                passage=passage,
                document=passage.split(".")[0],
                round="main",
                arm=arm,
                probability=0.5,
                double=False,
                position=position,
                drawn=NOW,
                seed=1,
            )
            for position, (passage, arm) in enumerate(arms.items())
        ]
    )


def suggestion(run: Run, passage: Passage, code: str, sentence: Sentence) -> Suggestion:
    return Suggestion(
        id=content_hash([run.id, passage.id, code])[:16],
        run=run.id,
        rater=run.rater,
        passage=passage.id,
        code=code,
        verdict=Verdict.YES,
        evidence=(Evidence(start=sentence.start, end=sentence.end),),
        quote_status=QuoteStatus.EXACT,
        reason=f"reads like {code}",
        attributes={"status": ("experienced",)},
    )


def _add(
    study: Study,
    slug: str,
    kind: Kind,
    turns: tuple[tuple[str, Role, str], ...],
    metadata: dict[str, str],
) -> None:
    text = "\n".join(words for _, _, words in turns)
    block_kind = BlockKind.TURN if kind is Kind.INTERVIEW else BlockKind.PARAGRAPH
    blocks, start = [], 0
    for speaker, role, words in turns:
        end = start + len(words)
        blocks.append(Block(start=start, end=end, kind=block_kind, speaker=speaker, role=role))
        start = end + 1
    version = content_hash(f"{slug}{text}")
    study.store.documents.add(
        Document(
            slug=slug,
            version=version,
            kind=kind,
            title=f"Document {slug}",
            text=text,
            blocks=tuple(blocks),
            metadata=metadata,
        )
    )
    study.store.passages.replace(
        slug,
        [
            Passage(
                id=f"{slug}.{position + 1:04d}",
                document=slug,
                version=version,
                segmentation="s",
                start=block.start,
                end=block.end,
                text=text[block.start : block.end],
                kind=block.kind,
                speaker=block.speaker,
                role=block.role,
                sentences=_sentences(text, block),
                position=position,
            )
            for position, block in enumerate(blocks)
        ],
    )


def _sentences(text: str, block: Block) -> tuple[Sentence, ...]:
    found, start = [], block.start
    for end in range(block.start + 1, block.end + 1):
        if text[end - 1] == "." and (end == block.end or text[end] == " "):
            found.append(Sentence(id=f"s{len(found) + 1}", start=start, end=end))
            start = end + 1
    return tuple(found)
