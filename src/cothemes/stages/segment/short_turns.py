"""Short turns that nobody can code alone: bare answers, short questions, fragments, one's own name.

The rules are closed lists and plain marks. A short turn that none of them recognises has something to say,
and is a unit.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cothemes.records.document import Document
from cothemes.records.set_aside import Reason

_ASIDE = re.compile(r"\[[^\[\]]{0,60}\]|\([^()]{0,60}\)")
"""A transcriber's remark, such as `[laughs]`."""
_WORD = re.compile(r"\w+(?:['’\-‑]\w+)*")
_MURMUR = re.compile(
    r"(?:m+|m*h+m+(?:h+m+)*|m+-?h+m+|uh+-?(?:huh|uh)|u+h+m*|u+m+|e+r+m*|a+h+|o+h+|e+h+|ha(?:-?ha)*)"
)
_BROKEN = ("...", "…", "..")
_OWN_NAME = re.compile(
    r"\W*(?:(?:and|hi|hello|yes|yeah|okay|so|well|good (?:morning|afternoon|evening))\b\W*)*"
    r"(?:(?:I['’]?m|I am|my name is|my name['’]s|this is)\s+)?(?P<name>\w+)",
    re.IGNORECASE,
)
_SINGLE = """
    yes yeah yeh yea yep yip yup aye no nope nah huh alright ok okay right sure exactly absolutely
    definitely certainly indeed precisely totally completely obviously correct true agreed likewise
    please well so and but really great good lovely brilliant perfect fine excellent fantastic wonderful
    cool wow hi hello hiya hey bye bye-bye goodbye cheers thanks welcome pleasure ja jo nein nee doch
    genau stimmt klar danke oui non merci si sí sì claro gracias да нет
"""
_SEVERAL = """
    of course · not really · not at all · not yet · no problem · no worries · I do · I did · I am · I
    was · I have · I will · I would · I see · I know · I think so · I suppose · I suppose so · I guess
    so · I don't · I didn't · we do · we did · we are · we have · it is · it was · it does · it did · it
    has · it can · it would · it will · they do · they are · they did · he is · he has · he did · he
    does · she is · she has · she did · she does · you do · you are · you know · that's right · that is
    right · that's it · that's true · that's correct · that is correct · that's fine · good morning ·
    good afternoon · good evening · good bye · thank you · thanks so much · thanks very much · thank you
    so much · thank you very much · thanks a lot · many thanks · very much · for having me · for having
    us · my pleasure · a pleasure · our pleasure · it's my pleasure · it's our pleasure · it's a
    pleasure · been a pleasure · it's been a pleasure · you're welcome · you're very welcome · very
    welcome · hi there · hello there · take care · pleased to meet you · nice to meet you · lovely to
    meet you · thank very much · will do · we will do · I hope so · I hope so too · I agree · I'd agree
    with that · I agree with that · you could be right · you're right · that's great · that's good ·
    that's lovely · that's brilliant · that's okay · that's me · I've got that · I look forward to it ·
    I look forward to that · don't know · I don't know · I don't think so
"""
_PHRASES = frozenset(
    tuple(phrase.casefold().split()) for phrase in (*_SINGLE.split(), *_SEVERAL.split("·")) if phrase.strip()
)
_LONGEST = max(map(len, _PHRASES))


def name_words(document: Document) -> frozenset[str]:
    """Return the words of the speakers' names, case-folded, as they are addressed."""
    names = {name for block in document.blocks for name in (block.speaker, block.speaker_read) if name}
    return frozenset(word.casefold() for name in names for word in _WORD.findall(name))


def reason_for(text: str, speaker: str, names: Collection[str] = ()) -> Reason | None:
    """Return why a short turn is no unit; None where it is one."""
    words = _ASIDE.sub(" ", text).strip()
    if words.endswith(("?", "？")):
        return Reason.SHORT_QUESTION
    if words.startswith(_BROKEN) or words.rstrip("\"'”’").endswith(_BROKEN):
        return Reason.FRAGMENT
    if is_bare(words, names):
        return Reason.BARE_ANSWER
    return Reason.OWN_NAME if _says_own_name(words, speaker) else None


def _says_own_name(text: str, speaker: str) -> bool:
    first = _WORD.search(speaker)
    said = _OWN_NAME.match(text)
    return first is not None and said is not None and said["name"].casefold() == first.group().casefold()


def is_bare(text: str, names: Collection[str] = ()) -> bool:
    """Return whether the words only agree, refuse, greet, thank or murmur. A question never does.

    `names`, case-folded words of the speakers' names, may follow such words (`Thank you, Anne`).
    """
    if "?" in text or "？" in text:
        return False
    words = [
        word.casefold().replace("’", "'").replace("‑", "-") for word in _WORD.findall(_ASIDE.sub(" ", text))
    ]
    reached = [True, *[False] * len(words)]
    for at in range(len(words)):
        if not reached[at]:
            continue
        if _MURMUR.fullmatch(words[at]) or (at and words[at] in names):
            reached[at + 1] = True
        for end in range(at + 1, min(at + _LONGEST, len(words)) + 1):
            if tuple(words[at:end]) in _PHRASES:
                reached[end] = True
    return reached[-1]
