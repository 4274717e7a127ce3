"""Paragraphs without a label that are not the voice's before them: a narrator brings in who is heard next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cothemes.records.document import Role
from cothemes.stages.ingest.keys import fits_initials, name_words
from cothemes.stages.ingest.voices import Voice

AHEAD = 3
"""So many labels ahead are looked at for the person who is brought in."""
_TELLS = (
    r"(?:talk|speak|share|relay|explain|tell|describe|discusse?|provide|reflect|outline|introduce|conclude"
    r"|give)s?"
    r"|(?:talk|explain|reflect|conclud|introduc|describ|shar|relay|outlin|provid)ed|spoke|told|gave"
)
_SELF = re.compile(r"\bI\b|\b(?i:me|my|mine|you|your|yours)\b|\b(?i:you|let)['’]\w|\b(?i:let us)\b")
"""Words of a speaker in the talk: whoever says I or you is in it; `we` and `us` are a narrator's too."""
_HONORIFIC = r"(?:\w+\.? )?"
_CALLED = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_THEY = re.compile(rf"\W*(?:Finally|First|Firstly|Next|Then|Here),? they (?:both |all )?(?:{_TELLS})\b")
_SENTENCE = r"(?:[^.?!\n]|\.(?=\S))*?"
_HEAD = 300
"""Characters of a paragraph in which a person is brought in."""

Coming = Sequence[tuple[str, Voice]]
"""The labels ahead and their voices, the next one first."""


def brings_in(text: str, voice: Voice, coming: Coming) -> bool:
    """Return whether an unlabelled paragraph under `voice` is a narrator's.

    It opens with the full name of who speaks next; is nothing but a name ahead with what that person is; or
    tells, without I or you, what someone ahead talks of. An interviewer tells that as a part of the talk, so
    the last rule leaves interviewers alone.
    """
    if not coming:
        return False
    following = coming[0][1].name
    if " " in following and re.match(rf"\s*{_HONORIFIC}{re.escape(following)}\b", text):
        return True
    others = [(label, other) for label, other in coming if other != voice]
    if _SELF.search(text) or not others:
        return False
    if any(_is_caption(text, other.name) for _, other in others):
        return True
    if voice.role is Role.INTERVIEWER:
        return False
    head = text[:_HEAD]
    return bool(_THEY.match(head)) or any(_tells_of(head, name) for name in _names(head, others))


def _is_caption(text: str, name: str) -> bool:
    """`Ann Bell, Head of Planning.` and nothing else."""
    return " " in name and bool(
        re.fullmatch(rf"\s*{_HONORIFIC}{re.escape(name)}, [\w'’&/-]+(?:,? [\w'’&/-]+){{0,9}}\.?\s*", text)
    )


def _names(head: str, others: Coming) -> Iterator[str]:
    """Yield what the people ahead may be called: in full, by the first name, by any name that fits the
    initials.
    """
    for label, other in others:
        if other.name != label or " " in label:
            yield other.name
            yield from name_words(other.name)[:1]
        elif label.isupper() and 1 < len(label) < 5:
            yield from (name for name in _CALLED.findall(head) if fits_initials(label, name))
        else:
            yield label


def _tells_of(head: str, name: str) -> bool:
    who = re.escape(name)
    if " " not in name:
        # A first name counts at the very beginning only: inside a sentence anyone may say it.
        return bool(re.match(rf"\W*{who}\b{_SENTENCE}\W(?:{_TELLS})\b", head))
    told = rf"\W*(?:\w+,? ){{0,2}}{_HONORIFIC}{who}\b{_SENTENCE}\W(?:{_TELLS})\b"
    heard = rf"\b(?:hear|heard)\b(?: \w+)? from {_HONORIFIC}{who}\b"
    return bool(re.match(told, head) or re.search(heard, head))
