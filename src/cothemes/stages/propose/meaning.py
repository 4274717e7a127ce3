"""Whether a quote still says what its source says, by the negations and figures that it leaves out.

`judged_gap` and `judged_cut` are the one rule for what a quote leaves out. The lists of words are those of
records/telling_words.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from cothemes.records.telling_words import denies, implies_denial, is_figure, telling
from cothemes.stages.propose.quote_folding import fold, lower

LONGEST_OMISSION = 20
"""Words that an ellipsis may leave out."""
SCOPE = 3
"""Words before a quote within which a negation of its clause governs it."""

_TOKEN = re.compile(r"-?\d+(?:[.,:/]\d+)*[^\W\d_]*|[^\W_]+(?:'[^\W_]+)*|[£$€¥%‰]")
_NUMBER_SIGN = re.compile(r"\bno\. ?(?=\d)")
_CLAUSE = re.compile(r"[,;:.!?](?!\d)|\s[-‐‑‒–—−]+\s|—|--")
_PAUSE = re.compile(r"…|\.(?:\s?\.)+")
_ASIDE = re.compile(
    r"[,\s]+(?:um+|uhm?|erm?|eh|ah|oh|hm+|mm+|you know|i mean|sort of|kind of|like|of course)\b[,\s]*",
    re.IGNORECASE,
)
_SIGN = re.compile(r"(?:^|[\s(])[-−–]$")

_SCANT = frozenset({"few", "little", "rather"})
"""They deny in what is left out, but govern too little of what follows: a little | bit."""
_BETWEEN_FIGURES = frozenset({"and", "point", "to", "or", "of", "a", "per"})
_LIMITS = "than nearly almost over under about around least most only approximately roughly below above"
_QUALIFIES = frozenset(_LIMITS.split())
_SUPPOSES = frozenset({"if", "whether", "though", "wish", "pretend", "supposedly", "allegedly"})
_VERBS = (
    "am is are was were be been do does did have has had can could may might must shall should will would "
    "need dare ought i'm you're he's she's it's we're they're that's there's i've you've we've they've i'll "
    "you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd they'd"
)
_AUXILIARIES = frozenset(_VERBS.split())


class Judgement(IntEnum):
    """Effect of a quote's omissions on its meaning."""

    FAITHFUL = 0
    """Nothing outside of it turns it."""
    WIDEN = 1
    """Something in its sentence may: the whole sentence has to be shown."""
    REFUSE = 2
    """The words without what is left out say another thing."""


def tokens(folded: str) -> list[str]:
    """Words, figures and signs of amounts, in lower case; a hyphen parts words, an apostrophe does not. The
    sign before a digit is part of the figure; `No. 5` has no negation in it."""
    return _TOKEN.findall(_NUMBER_SIGN.sub("number ", lower(folded)))


def judged_gap(text: str) -> Judgement:
    """Return the judgement of what an ellipsis leaves out: refused where it holds a telling word or is
    long.
    """
    words = tokens(fold(text))
    if len(words) > LONGEST_OMISSION or any(map(telling, words)):
        return Judgement.REFUSE
    return Judgement.FAITHFUL


def judged_cut(before: str, quoted: str, after: str) -> Judgement:
    """Return the judgement of a stretch of one sentence or several: `before` and `after` are the rest of the
    outer ones.

    Refused: a negation of the same clause within `SCOPE` words before it; an auxiliary at its end with the
    negation next, or nothing but a negation cut off; an end inside a figure. Widened: a negation elsewhere in
    the sentence; a figure next to an end; a supposition or a limit right before (`if`, `fewer than`); a
    question mark that is left out.
    """
    inside, lead, tail = (tokens(fold(part)) for part in (quoted, before, after))
    asked = "?" in after and "?" not in quoted
    if not inside or not (lead or tail or asked or _SIGN.search(before)):
        return Judgement.FAITHFUL
    governing = tokens(fold(_clauses(before)[-1]))
    following = tokens(fold(_clauses(after)[0]))
    if (
        _governed(governing)
        or _left_open(inside[-1], following)
        or _parts_figure(governing[-2:], inside[:2])
        or _parts_figure(inside[-2:], following[:2])
        or (_SIGN.search(before) and inside[0][0].isdigit())
    ):
        return Judgement.REFUSE
    if asked or any(map(denies, lead)) or any(map(denies, tail)):
        return Judgement.WIDEN
    if any(map(is_figure, (*lead[-1:], *tail[:1]))):
        return Judgement.WIDEN
    limited = lead and (lead[-1] in _SUPPOSES or (lead[-1] in _QUALIFIES and is_figure(inside[0])))
    return Judgement.WIDEN if limited else Judgement.FAITHFUL


def _clauses(text: str) -> list[str]:
    """Parted at punctuation; pauses and hesitations part nothing."""
    # The stops keep the space at either end, by which a dash or an aside there is known.
    plain = _PAUSE.sub(" ", " ".join(f".{text}.".split())[1:-1])
    return _CLAUSE.split(_ASIDE.sub(" ", plain))


def _governed(words: Sequence[str]) -> bool:
    """Return whether the end of these words negates what comes next: not to | attend, failed to | attend."""
    return any(denies(word) or (implies_denial(word) and word not in _SCANT) for word in words[-SCOPE:])


def _left_open(last: str, following: Sequence[str]) -> bool:
    """Return whether a clause is cut between auxiliary and negation, or loses a negation that ends it: they
    do | not, I would really | never, whoever lived in them | cannot.
    """
    if not following:
        return False
    if denies(following[0]) and (last in _AUXILIARIES or len(following) == 1):
        return True
    return last in _AUXILIARIES and following[0].endswith("ly") and any(map(denies, following[1:2]))


def _parts_figure(left: Sequence[str], right: Sequence[str]) -> bool:
    """Return whether a cut between these words goes through a figure: two | hundred, five | per cent, £ |
    5.
    """
    if not left or not right:
        return False
    outer, inner = left[-1], right[0]
    if _numeral(outer) and _numeral(inner):
        return True
    if "per" in (outer, inner):
        return (outer, inner) == ("per", "cent") or (_numeral(outer) and list(right[1:2]) == ["cent"])
    if outer in _BETWEEN_FIGURES:
        return _numeral(inner) and len(left) > 1 and _numeral(left[-2])
    if inner in _BETWEEN_FIGURES:
        return _numeral(outer) and len(right) > 1 and _numeral(right[1])
    return False


def _numeral(token: str) -> bool:
    return is_figure(token) and token not in ("one", "once", "twice", "first", "second", "march")
