"""Words that turn what a sentence says: negations and figures, in any spelling of English.

Quotes and corrections are judged by the same lists. They are English, with some Scots; in other languages
only the words, their order and their digits are compared. Words are given in lower case, with `'` as the
apostrophe.
"""

from __future__ import annotations

import re

_CLITIC = re.compile(r"(?<!n)'(?:s|d|ll|ve|re|m)*$")
_DENIES = re.compile(
    r"no|not|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|hardly|barely|scarcely|seldom|rarely"
    r"|nope|nah|nay|noone|non|un|.*n't|(?:do|does|did|ca|wo|is|are|was|were|has|have|had|could|would|should|must"
    r"|need|ai)nt|nae|.+nae|nane|naebody|naething|naewhere"
)
_IMPLIES = re.compile(
    r"fail(?:s|ed|ing|ures?)?|refus(?:e|es|ed|ing|als?)|den(?:y|ies|ied|ying|ials?)|lack(?:s|ed|ing)?"
    r"|unable|inability|impossible|unlikely|unwilling|prevent(?:s|ed|ing|ion)?|avoid(?:s|ed|ing|ance)?"
    r"|declin(?:e|es|ed|ing)|doubt(?:s|ed|ing|ful)?|unless|except|instead|lest|absen(?:t|ce)"
    r"|forb(?:id|ids|ade|idden|idding)|prohibit(?:s|ed|ing|ion)?|reject(?:s|ed|ing|ion)?|ceas(?:e|es|ed|ing)"
    r"|stop(?:s|ped|ping)?|neglect(?:s|ed|ing)?|disagree(?:s|d|ing|ment)?|few|little|rather|false|untrue|wrong"
    r"|against"
)
_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fourty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth "
    "seventieth eightieth ninetieth hundredth thousandth millionth"
)
_AMOUNTS = (
    "zero nil nought hundred hundreds thousand thousands million millions billion billions trillion dozen "
    "dozens score scores once twice thrice half halves quarter quarters thirds fifths double doubled triple "
    "tripled percent percentage pound pounds quid pence penny euro euros dollar dollars"
)
_DATES = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december"
)
_FIGURES = frozenset(" ".join((_ONES, _TEENS, _TENS, _ORDINALS, _AMOUNTS, _DATES)).split()) | set("£$€¥%‰")


def denies(token: str) -> bool:
    """Return whether a word negates: `not`, `didn't`, `never`, `nobody's`."""
    return _DENIES.fullmatch(_CLITIC.sub("", token)) is not None


def implies_denial(token: str) -> bool:
    """Return whether a word has a negation in it: `failed`, `refused`, `unable`, `few`."""
    return _IMPLIES.fullmatch(token) is not None


def is_figure(token: str) -> bool:
    """Return whether a word is a figure or a part of one: `5`, `five`, `fifth`, `%`, `per cent`, `£`,
    `Monday`.
    """
    return _CLITIC.sub("", token) in _FIGURES or any(character.isdigit() for character in token)


def telling(token: str) -> bool:
    """Return whether a quote that differs in this word is another statement."""
    return denies(token) or implies_denial(token) or is_figure(token)
