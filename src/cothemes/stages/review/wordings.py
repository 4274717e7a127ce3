"""Under which wording of a code each finished reading stands: what may be pooled, what must be read again.

A reading answers every code of the codebook it was finished under. Where a code was answered by name, the
answer carries the hash of the code's text; else the codebook of the `done` says what the code read like.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.review import Arm, Assignment
from cothemes.stages.review.reading_state import CODED, Reading, ReadingState

Wordings = Mapping[str, Mapping[str, str]]
"""Codebook hash → code → hash of its text then."""
Same = Mapping[str, Collection[str]]
"""Code → hashes of texts that, by a person's word, ask for the same codings as its text now."""


def asked_for(assignment: Assignment, codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of these codes that the reviewer was asked about: a recode round is silent on others."""
    if not assignment.codes:
        return tuple(codes)
    return tuple(code for code in codes if code in assignment.codes)


def wording_of(reading: Reading, code: str, wordings: Wordings) -> str | None:
    """The hash of the code's text that the reviewer decided on; None where it is not known, or where the
    code was not in the codebook."""
    answer = reading.answers.get(code)
    if answer is not None:
        return answer.code_hash
    then = wordings.get(reading.done.codebook_hash, {}) if reading.done else {}
    return then.get(code)


def finished_readings(standing: ReadingState) -> list[tuple[Arm, Reading]]:
    """Return what counts of one reviewer on one passage; in arm `reveal` the blind reading and the one after
    it.
    """
    arm = standing.assignment.arm
    if arm is not Arm.REVEAL:
        return [(arm, standing.first)] if standing.first.done else []
    readings = []
    if standing.first.done:
        readings.append((Arm.BLIND, standing.first))
    if standing.second.done:
        readings.append((Arm.REVEAL, Reading(standing.answers, standing.second.done)))
    return readings


@dataclass(frozen=True)
class CodeReading:
    """One code in one finished reading."""

    code: str
    passage: str
    document: str
    reviewer: str
    round: str
    arm: Arm
    applied: bool
    answered: bool
    """True if the code was answered by name; else it is 0 because the passage was done."""
    wording: str | None
    """Hash of the code's text then; None where it is not known or the code was not there."""
    codebook: str
    """Hash of the codebook that the reading was finished under."""


def code_readings(
    standings: Iterable[ReadingState], codes: Sequence[str], wordings: Wordings
) -> list[CodeReading]:
    """Every finished reading of these codes, in the order of `standings`."""
    found = []
    for standing in standings:
        given = standing.assignment
        for arm, reading in finished_readings(standing):
            assert reading.done is not None
            for code in asked_for(given, codes):
                answer = reading.answers.get(code)
                found.append(
                    CodeReading(
                        code=code,
                        passage=given.passage,
                        document=given.document,
                        reviewer=given.reviewer,
                        round=given.round,
                        arm=arm,
                        applied=answer is not None and answer.action in CODED,
                        answered=answer is not None and not answer.implicit,
                        wording=wording_of(reading, code, wordings),
                        codebook=reading.done.codebook_hash,
                    )
                )
    return found


def same_as_now(
    pairs: Iterable[tuple[str, str, str]], current: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Code → all texts that reach its present one by pairs of (code, text, text); what was said of two texts
    holds both ways and goes on from one to the next. Codes of which nothing was said are not among them."""
    links: dict[str, list[tuple[str, str]]] = {}
    for code, one, other in pairs:
        links.setdefault(code, []).append((one, other))
    found: dict[str, frozenset[str]] = {}
    for code, known in links.items():
        if code not in current:
            continue
        reached, grew = {current[code]}, True
        while grew:
            more = {text for pair in known if reached & set(pair) for text in pair} - reached
            reached |= more
            grew = bool(more)
        if len(reached) > 1:
            found[code] = frozenset(reached)
    return found
