"""What is coded where: people's codes first, and apart from them what nobody has decided yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from cothemes.records.acceptance import Acceptance
from cothemes.records.adjudication import Settlement
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.records.review import Action, Arm, Decision
from cothemes.records.suggestion import SOURCE_CORRECTED, Suggestion, Verdict
from cothemes.stages.review.reading_state import ReadingState

Spans = tuple[tuple[int, int], ...]
_FLAGS = {
    "escalated": "a second reading was unsure",
    "critic_unread": "no second reading",
    SOURCE_CORRECTED: "source corrected",
}


def flags_in_words(suggestion: Suggestion) -> tuple[str, ...]:
    """Return what a suggestion's flags say to a person; one that is not known here is given as it stands."""
    return tuple(_FLAGS.get(flag, flag) for flag in suggestion.flags)


class Status(StrEnum):
    """Ways in which a passage got a code."""

    ACCEPTED = "accepted"
    """A person accepted a suggestion."""
    ADDED = "added"
    """A person gave it unasked."""
    IMPORTED = "imported"
    """A person gave it elsewhere; it came with a file."""
    SETTLED = "settled"
    """It was settled in adjudication, or all readers of a settled round gave it."""
    SUGGESTED = "suggested"
    """A coder proposes it and no person has decided."""
    AUTO_ACCEPTED = "auto-accepted"
    """A coder proposed it, and it was accepted under a certificate; no person has read it."""


@dataclass(frozen=True)
class Coding:
    """One code on one passage by one person or coder."""

    passage: str
    code: str
    by: str
    status: Status
    done: bool
    """True if the person has finished the passage; False for a suggestion."""
    arm: Arm | None = None
    round: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spans: Spans = ()
    """Half-open code points of the document: what was marked, or the evidence that was accepted."""
    reason: str = ""
    notes: tuple[str, ...] = ()
    code_hash: str | None = None
    """The wording that a person decided on."""
    at: datetime | None = None
    """Time when a person decided."""
    flags: tuple[str, ...] = ()
    """Points that the critic left open, in words; of a suggestion only."""
    quote_status: str | None = None
    """Result of checking its quotes against the source, the worst of them; of a suggestion only."""
    text_version: str = ""
    """Version of the document that was read; empty where it is not on record."""
    decision: str = ""
    """Id of a person's decision."""
    suggestion: str = ""
    """Id of a suggestion that nobody has decided."""
    source_corrected: bool = False
    """Whether the words that a suggestion quotes were corrected since."""
    copied_from: str = ""
    """The passage that the person read, where the decision was copied from it."""
    ruled: bool = False
    """Of a settled code: whether the consensus ruled on it. Else all readers gave it, and it counts as
    theirs."""


def coding_of(answer: Decision, evidence: Mapping[str, Spans], *, done: bool = True) -> Coding:
    """Return a person's decision that a code applies, as a coding. `evidence`: suggestion id → its spans."""
    spans: Spans = answer.spans or evidence.get(answer.suggestion or "", ())
    return Coding(
        passage=answer.passage,
        code=answer.code or "",
        by=answer.reviewer,
        status=Status.ACCEPTED if answer.action is Action.ACCEPT else Status.ADDED,
        done=done,
        arm=answer.arm,
        round=answer.round,
        attributes=answer.attributes,
        spans=spans,
        notes=(answer.note,) if answer.note else (),
        code_hash=answer.code_hash,
        at=answer.at,
        text_version=answer.text_version,
        decision=answer.id,
    )


def coding_of_accepted(accepted: Acceptance, by: str, suggestion: Suggestion | None) -> Coding:
    """Return a suggestion that was accepted under a certificate as a coding. `by`: the certificate's name."""
    return Coding(
        passage=accepted.passage,
        code=accepted.code,
        by=by,
        status=Status.AUTO_ACCEPTED,
        done=False,
        attributes=suggestion.attributes if suggestion else {},
        spans=tuple((each.start, each.end) for each in suggestion.evidence) if suggestion else (),
        reason=suggestion.reason if suggestion else "",
        quote_status=suggestion.quote_status.value if suggestion and suggestion.quote_status else None,
        at=accepted.at,
        text_version=accepted.text_version,
        suggestion=accepted.suggestion,
    )


def codings_of_people(standings: Iterable[ReadingState], evidence: Mapping[str, Spans]) -> list[Coding]:
    """Return the codes that each reading left, of all rounds, counted or not."""
    return [
        coding_of(answer, evidence, done=standing.done)
        for standing in standings
        for answer in standing.coded.values()
    ]


def coding_of_ruling(ruling: Settlement, rater: str) -> Coding:
    """Return a ruling that a code applies as a coding of the consensus."""
    marked = ruling.start is not None and ruling.end is not None
    return Coding(
        passage=ruling.passage,
        code=ruling.code or "",
        by=rater,
        status=Status.SETTLED,
        done=True,
        ruled=True,
        round=ruling.round,
        attributes=ruling.attributes,
        spans=((ruling.start or 0, ruling.end or 0),) if marked else (),
        notes=(ruling.note,) if ruling.note else (),
    )


def codings_of_consensus(
    ratings: Iterable[Rating], starts: Mapping[str, int], notes: Mapping[tuple[str, str, str], str]
) -> list[Coding]:
    """The codes that apply by consensus. `starts`: passage → its first code point in the document; `notes`:
    passage, round and code → why it was settled so."""
    found = []
    for rating in ratings:
        if rating.value == 1 and rating.unit in starts:
            note = notes.get((rating.unit, rating.round, rating.code), "")
            # All readers gave it, and nobody ruled: it counts as theirs.
            found.append(replace(coding_of_rating(rating, starts[rating.unit], note), ruled=False))
    return found


def coding_of_rating(rating: Rating, start: int, note: str = "") -> Coding:
    """Return an imported rating that a code applies as a coding. `start`: first code point of its passage."""
    marked = rating.start is not None and rating.end is not None
    status = {RaterKind.CONSENSUS: Status.SETTLED, RaterKind.MODEL: Status.SUGGESTED}
    return Coding(
        passage=rating.unit,
        code=rating.code,
        by=rating.rater,
        status=status.get(rating.kind, Status.IMPORTED),
        done=rating.kind is not RaterKind.MODEL,
        round=rating.round,
        attributes={name: tuple(value.split(SEVERAL)) for name, value in rating.attributes.items()},
        spans=((start + (rating.start or 0), start + (rating.end or 0)),) if marked else (),
        notes=(note,) if note else (),
        # A consensus that was imported settled the code; it is nobody's reading.
        ruled=rating.kind is RaterKind.CONSENSUS,
    )


def undecided(suggestions: Iterable[Suggestion], standings: Sequence[ReadingState]) -> list[Coding]:
    """Suggestions that no person has answered: neither by name, nor by finishing the passage."""
    finished = {s.assignment.passage for s in standings if s.first.done}
    answered = {(s.assignment.passage, code) for s in standings for code in s.answers}
    return [
        Coding(
            passage=suggestion.passage,
            code=suggestion.code,
            by=suggestion.rater,
            status=Status.SUGGESTED,
            done=False,
            attributes=suggestion.attributes,
            spans=tuple((evidence.start, evidence.end) for evidence in suggestion.evidence),
            reason=suggestion.reason + (" (borderline)" if suggestion.verdict is Verdict.BORDERLINE else ""),
            flags=flags_in_words(suggestion),
            quote_status=suggestion.quote_status.value if suggestion.quote_status else None,
            text_version=suggestion.text_version,
            suggestion=suggestion.id,
            source_corrected=suggestion.source_corrected,
        )
        for suggestion in suggestions
        if suggestion.passage not in finished and (suggestion.passage, suggestion.code) not in answered
    ]
