"""Names that a document gives away by itself: who speaks, its key of initials, its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cothemes.records.document import Document
from cothemes.stages.deidentify.everyday import EVERYDAY
from cothemes.stages.deidentify.name_folding import fold
from cothemes.stages.deidentify.names import INITIALS, Name, tokens

_KEY_LINES = 80
"""Lines that are not blank in which a key is looked for."""
_KEY = re.compile(
    r"^[^\w\n]*(?P<label>[A-Z][\w'’]{0,4})[^\w\n]*?\s*[-–—=:\t]\s*\**(?P<name>[^\W\d_][^\n]{1,100}?)\**\s*$",
    re.MULTILINE,
)
_CUT = re.compile(r"\s*[(,\[/]\s*|\s+[-–—]\s+")
_COLUMNS = (
    "speakers", "speaker", "hosts", "host", "interviewer", "interviewers", "interviewee", "participant",
    "participants", "participant_speaker", "participant_name", "participant_read", "name",
)  # fmt: skip
_ROLES = """
    interviewer interviewers interviewee interviewees researcher researchers research moderator
    moderators facilitator facilitators host hosts presenter participant participants respondent
    respondents informant informants resp ppt pt part int intv intvr ivr iv speaker speakers voice
    voices person unknown unidentified male female man woman boy girl mother father mum dad parent
    child carer worker mentor student teacher tutor nurse member user resident patient volunteer
    delegate attendee manager chair chairperson panellist questioner pupil learner singer actor
    audience all both several group groups announcer narrator narration commentary commentator
    interpreter translator operator video audio recording song clip transcriber question answer
    social care support service services family team staff doctor gp professor officer lead director
    community health senior local authority assistant associate fellow policy public the of and an
    for in at from over third first second older other others everyone somebody someone anonymous
    redacted name councillor advisor adviser practitioner professional practice provider client
    customer citizen expert lived experience peer trainer trainee planner commissioner consultant
    coordinator
"""
_ROLE_WORDS = frozenset(_ROLES.split())
_DESCRIBED = "person people man men woman women boy girl voice male female"
_ANYONE = frozenset(_DESCRIBED.split())
"""Words of a label that describes someone: `Young woman 2`."""
_VOWELS = frozenset("aeiouy")


def names_of(document: Document) -> list[Name]:
    """Everyone whom the document names outside its talk; labels such as `Interviewer 2` and `P3` are none."""
    found: list[Name] = []
    named = (name for block in document.blocks for name in (block.speaker, block.speaker_read))
    speakers = list(dict.fromkeys(filter(None, named)))
    capitals = any(speaker[0].isupper() for speaker in speakers)
    for speaker in speakers:
        for name in _called(speaker, "speaker", document.slug):
            # Of `Clip from performance` or `Peer mentors`, what is left once the part is taken off names no
            # one where names are written with capitals.
            if not (capitals and name.text.islower()):
                found.append(name)
    for column in _COLUMNS:
        for value in re.split(r"[;,:&]| and ", document.metadata.get(column, "")):
            if _looks_like_name(value.strip()):
                found.extend(_called(value.strip(), "metadata", document.slug))
    found.extend(_key(document.text))
    people = [name for name in found if name.rule != INITIALS and len(name.text.split()) > 1]
    found.extend(_initials(document, people))
    return list(dict.fromkeys(found))


def _called(label: str, rule: str, slug: str) -> Iterator[Name]:
    written = _CUT.split(label.strip(' .:*_[]()"“”'), maxsplit=1)[0].strip()
    words = [word for word in written.split() if _names_someone(word)]
    if not words or _ANYONE & set(fold(written).split()):
        return
    if len(words) == 1 and _are_initials(words[0]):
        yield Name(words[0], rule=INITIALS, scope=slug)
        spoken = words[0].capitalize()
        if set(spoken.lower()) & _VOWELS and fold(spoken) not in EVERYDAY:
            yield Name(spoken, rule=INITIALS, scope=slug)
    else:
        yield Name(" ".join(words), rule=rule)


def _names_someone(word: str) -> bool:
    parts = [part for _, _, part in tokens(fold(word))]
    letters = [part for part in parts if not any(c.isdigit() for c in part)]
    return sum(map(len, letters)) > 1 and not all(part in _ROLE_WORDS for part in letters)


def _are_initials(word: str) -> bool:
    plain = word.replace(".", "")
    if not (plain.isalpha() and plain.isupper()):
        return False
    return len(plain) == 2 or (len(plain) <= 4 and not set(plain.lower()) & _VOWELS)


def _looks_like_name(value: str) -> bool:
    words = value.split()
    return 1 <= len(words) <= 5 and all(word[0].isupper() for word in words if len(word) > 3)


def _key(text: str) -> Iterator[Name]:
    """Rows such as `AB - Ann Bell (interviewer)` near the top, whose capitals fit the name."""
    end = -1
    for _ in range(_KEY_LINES):
        end = text.find("\n", end + 1)
        if end < 0:
            break
    for match in _KEY.finditer(text if end < 0 else text[:end]):
        name = _CUT.split(match["name"].strip(), maxsplit=1)[0].strip()
        if match["label"] in _spelt(name) and _looks_like_name(name):
            yield Name(name, rule="key")


def _initials(document: Document, people: list[Name]) -> Iterator[Name]:
    """Initials of people, where they stand at the beginning of a line."""
    for person in people:
        for letters in _spelt(person.text):
            if len(letters) > 1 and re.search(rf"(?m)^[\W\d_]*{letters}\b", document.text):
                yield Name(letters, rule=INITIALS, scope=document.slug, owner=person.text)


def _spelt(name: str) -> set[str]:
    """The initials that a name can have; of a double name, both or either."""
    words = [word.strip(".,*") for word in name.split()]
    words = [word for word in words if word and word[0].isalpha() and word[0].isupper()]
    halves = [half for word in words for half in re.split(r"[-‐'’]", word) if half and half[0].isalpha()]
    spelt = {"".join(word[0] for word in words), "".join(half[0].upper() for half in halves)}
    if len(words) > 2:
        spelt.add(words[0][0] + words[-1][0])
    return {letters for letters in spelt if len(letters) > 1}
