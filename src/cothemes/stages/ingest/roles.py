"""Roles that only the whole talk can settle."""

from __future__ import annotations

import re
from collections import Counter

from cothemes.records.document import Role
from cothemes.stages.ingest.turns import Talk, Turn
from cothemes.stages.ingest.voices import Voice

_WELCOME = re.compile(
    r"\b(?:welcome to|you(?:’|')?re listening to)\b[^.?!]{0,80}\b"
    r"(?:podcast|episode|programme|interview|series)",
    re.I,
)
_OWN_NAME = r"\b(?:I(?:’|')?m|I am|my name is|this is)\s+(?:Dr\.?\s+|Professor\s+)?{name}\b"


def settle_roles(talk: Talk) -> tuple[Talk, list[str]]:
    """The talk with its last roles settled, and a note for each voice they were settled for.

    Where nobody is the interviewer, a voice of unknown role is, if its first turn opens the programme and
    gives its own name. An interviewer who is the only voice interviews no one and becomes `other`. Beside
    interviewers, the only other voice is the participant.
    """
    voices = Counter(turn.voice for turn in talk.turns if turn.voice.name)
    notes: list[str] = []
    changes: dict[Voice, Role] = {}
    if not any(voice.role is Role.INTERVIEWER for voice in voices) and len(voices) > 1:
        for voice in [v for v in voices if v.role is Role.UNKNOWN]:
            if _opens_programme(talk, voice):
                changes[voice] = Role.INTERVIEWER
                notes.append(f"{voice.name} opens the programme: taken as the interviewer.")
                break
    interviewers = [v for v in voices if (changes.get(v) or v.role) is Role.INTERVIEWER]
    others = [v for v in voices if v not in interviewers and v.role is not Role.OTHER]
    if interviewers and len(interviewers) == len(voices) == 1:
        changes[interviewers[0]] = Role.OTHER
        notes.append(
            f"{interviewers[0].name} is the only voice: no interviewer, since nobody is interviewed."
        )
    elif interviewers and len(others) == 1 and others[0].role is Role.UNKNOWN:
        changes[others[0]] = Role.PARTICIPANT
        notes.append(f"{others[0].name} is the only other voice: taken as the participant.")
    if changes:
        for turn in talk.turns:
            if turn.voice in changes:
                turn.voice = Voice(turn.voice.name, changes[turn.voice])
    notes.extend(_unattributed(talk.turns))
    return talk, notes


def _opens_programme(talk: Talk, voice: Voice) -> bool:
    first = next(turn for turn in talk.turns if turn.voice == voice)
    words = " ".join(talk.rows[s.row].text[s.start : s.end] for s in first.stretches[:4])[:800]
    own = _OWN_NAME.format(name=re.escape(voice.name.split()[0]))
    return bool(_WELCOME.search(words)) and bool(re.search(own, words))


def _unattributed(turns: list[Turn]) -> list[str]:
    nameless = sum(not turn.voice.name for turn in turns)
    named = len(turns) - nameless
    unknown = dict.fromkeys(
        turn.voice.name for turn in turns if turn.voice.name and turn.voice.role is Role.UNKNOWN
    )
    notes = []
    if nameless and named:
        notes.append(f"{nameless} paragraphs belong to no named speaker.")
    elif nameless:
        notes.append("No speaker is named anywhere.")
    if unknown:
        notes.append(f"No rule settles the role of: {', '.join(list(unknown)[:12])}.")
    return notes
