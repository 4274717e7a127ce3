"""Whether two stretches are the same words in the same order, but for what a typist changes.

Likeness by characters cannot tell "the patient refused the nurse" from "the nurse refused the patient", nor
"able" from "unable". So a quote that is not there letter by letter is held against the source word by word:
case, punctuation, hyphens, spelling, number and tense of a word may differ, an article may come or go, and
sounds of hesitation and repeated words may be left out. A negation or a figure may never differ, not even in
its form.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from cothemes.records.spelling import another_word, normal_spelling
from cothemes.records.telling_words import telling
from cothemes.stages.propose.meaning import tokens

_SOUNDS = "um umm uh uhm er erm eh ah oh hm hmm mm mmm"
_HESITATION = frozenset(_SOUNDS.split())
_PHRASES = (("you", "know"), ("i", "mean"))
_ARTICLES = frozenset({"the", "that"})
_VARIANTS = (
    "around round", "towards toward", "amongst among", "whilst while", "okay ok", "alright right",
    "keep kept", "come came", "say said", "tell told", "feel felt", "think thought", "make made", "take took",
    "get got", "give gave", "know knew", "see saw", "find found", "leave left", "bring brought", "run ran",
    "begin began", "spend spent", "send sent", "meet met", "gonna going",
)  # fmt: skip
_SAME = frozenset(frozenset(pair.split()) for pair in _VARIANTS)
_ENDINGS = ("", "s", "es", "d", "ed", "'s")
_SHORTEST_SLIP = 5
_LONGEST = 1000
"""Words of a quote that are aligned; a longer one has to be the source's word for word."""


def same_words(quoted: str, source: str) -> bool:
    """Return whether a folded quote says what a folded stretch of source says, word by word."""
    ours, theirs = tokens(quoted), tokens(source)
    if len(ours) > _LONGEST:
        return ours == theirs
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "replace" and not _replaceable(ours[a:b], theirs[c:d]):
            return False
        if kind == "delete" and not all(word in _ARTICLES for word in ours[a:b]):
            return False
        if kind == "insert" and not _droppable(theirs, c, d):
            return False
    return True


def _replaceable(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    if any(map(telling, (*ours, *theirs))):
        return False
    if "".join(ours) == "".join(theirs):
        return True
    return len(ours) == len(theirs) and all(map(_same_word, ours, theirs))


def _droppable(words: Sequence[str], first: int, last: int) -> bool:
    """Return whether these words of the source may be missing from a quote."""
    dropped = tuple(words[first:last])
    if any(map(telling, dropped)):
        return False
    if dropped in _PHRASES or all(word in _HESITATION or word in _ARTICLES for word in dropped):
        return True
    size = last - first
    before, after = words[max(0, first - size) : first], words[last : last + size]
    return list(dropped) in (list(before), list(after))


def _same_word(a: str, b: str) -> bool:
    if a == b or frozenset((a, b)) in _SAME:
        return True
    if another_word(a, b):
        return False
    plain, other = normal_spelling(a), normal_spelling(b)
    return plain == other or _inflected(plain, other) or _slipped(a, b)


def _inflected(a: str, b: str) -> bool:
    """Number and tense: help, helps, helped. Not helping for helped, which may turn who does it."""
    short, long = sorted((a, b), key=len)
    for ending in _ENDINGS:
        if not short.endswith(ending):
            continue
        stem = short[: len(short) - len(ending)]
        if len(stem) < 3:
            continue
        if any(long == stem + other for other in (*_ENDINGS, stem[-1] + "ed")):
            return True
        if stem.endswith("y") and long in (stem[:-1] + "ies", stem[:-1] + "ied"):
            return True
    return False


def _slipped(a: str, b: str) -> bool:
    """One letter within the word missing or doubled, or two neighbours exchanged."""
    if min(len(a), len(b)) < _SHORTEST_SLIP or a[0] != b[0] or a[-1] != b[-1]:
        return False
    if len(a) == len(b):
        differ = [k for k in range(len(a)) if a[k] != b[k]]
        return (
            len(differ) == 2
            and differ[1] - differ[0] == 1
            and a[differ[0]] == b[differ[1]]
            and (a[differ[1]] == b[differ[0]])
        )
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(
        long[:k] + long[k + 1 :] == short for k in range(1, len(long) - 1)
    )
