"""Roles that only the whole talk can settle."""

from __future__ import annotations

import re
from collections import Counter

from cothemes.records.document import Role
from cothemes.records.text import count_words
from cothemes.stages.ingest.turns import Talk, Turn
from cothemes.stages.ingest.voices import Voice

_WELCOME = re.compile(
    r"\b(?:welcome to|you(?:’|')?re listening to)\b(?:[^.?!]|\.(?=\S)){0,80}\b"
    r"(?:podcast|episode|programme|interview|series)",
    re.I,
)
_OWN_NAME = r"\b(?:I(?:’|')?m|I am|my name is|this is)\s+(?:Dr\.?\s+|Professor\s+)?{name}\b"


def settle_roles(talk: Talk) -> tuple[Talk, list[str]]:
    """The talk with its last roles settled, and a note for each voice they were settled for.

    Where nobody is the interviewer, a voice of unknown role is, if its first turn opens the programme and
    gives its own name; or, of two voices, if it asks in at least half of its turns (four or more), speaks no
    more than the other, and the other asks in at most one of five. (Tried on 60 podcasts of two voices whose
    front matter names the host: it named that host each time.) An interviewer who is the only voice
    interviews no one and becomes `other`. Beside interviewers, the only other voice is the participant.
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
    if not changes and (asking := _who_asks(talk, voices)) is not None:
        changes[asking] = Role.INTERVIEWER
        notes.append(f"{asking.name} asks the questions: taken as the interviewer.")
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
    words = _words(talk, first)[:800]
    own = _OWN_NAME.format(name=re.escape(voice.name.split()[0]))
    return bool(_WELCOME.search(words)) and bool(re.search(own, words))


def _who_asks(talk: Talk, voices: Counter[Voice]) -> Voice | None:
    if len(voices) != 2 or any(voice.role is Role.INTERVIEWER for voice in voices):
        return None
    asked: dict[Voice, float] = {}
    words: dict[Voice, int] = {}
    for voice, count in voices.items():
        said = [_words(talk, turn) for turn in talk.turns if turn.voice == voice]
        asked[voice] = sum("?" in text or "？" in text for text in said) / count
        words[voice] = sum(map(count_words, said))
    first, second = sorted(voices, key=lambda voice: -asked[voice])
    clear = asked[first] >= 0.5 and asked[second] <= 0.2 and voices[first] >= 4
    return first if clear and words[first] <= words[second] and first.role is Role.UNKNOWN else None


def _words(talk: Talk, turn: Turn) -> str:
    return " ".join(talk.rows[s.row].text[s.start : s.end] for s in turn.stretches)


def _unattributed(turns: list[Turn]) -> list[str]:
    nameless = sum(not turn.voice.name for turn in turns)
    named = len(turns) - nameless
    unknown = dict.fromkeys(
        turn.voice.name for turn in turns if turn.voice.name and turn.voice.role is Role.UNKNOWN
    )
    notes = []
    if nameless and named:
        are = "paragraph belongs" if nameless == 1 else "paragraphs belong"
        notes.append(f"{nameless} {are} to no named speaker.")
    elif nameless:
        notes.append("No speaker is named anywhere.")
    if unknown:
        notes.append(f"No rule decides the role of: {', '.join(list(unknown)[:12])}.")
    return notes
