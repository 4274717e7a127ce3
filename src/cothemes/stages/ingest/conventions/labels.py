"""How a label of a speaker can stand at the head of a line: the grammar alone, not yet the decision."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

_CLOCK = r"\d{1,2}(?::\d{1,2}){1,2}(?:[.,-]\d{1,3})?(?:\s?[AaPp][Mm]\b)?"
_OPEN, _SHUT = r"\\?[\[(<]\s*", r"\s*\\?[\])>]"
r"""Brackets around a time; Markdown writes `\[00:12\]`."""
_TIME = rf"(?:(?:{_OPEN}|#\s*))?{_CLOCK}(?:(?:{_SHUT}|\s*#))?"
_SPELT = r"(?:\d{1,2} hours? ?)?(?:\d{1,2} minutes? ?)?\d{1,2} seconds?"
"""A time in words, as Teams copies it for screen readers: `1 minute 3 seconds`."""
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+"
_MOMENT = rf"\[?{_DATE}{_CLOCK}\]?"
"""A date and a time, as chats are exported."""
_RANGE = rf"{_TIME}(?:\s*(?:-->|–|-)\s*{_TIME})?"
_MARKS = "\u00b7\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u0eff\u30fb"
"""Vowel signs and marks that belong to letters and are no letters to `re`; the dot in Chinese names."""
_NAME = rf"[^\W\d_][\w{_MARKS}.'’‘“”&/()\-, ]{{0,47}}?"
_ID = r"(?:#\s?[^\W_][\w-]{0,14}|\d[\w-]{0,14})"
"""A participant's id as studies give them: `3K31`, `07-A`, `#12`, `101`."""
_COINED = r"(?:#\s?[^\W_][\w-]{0,14}|(?=\d+[\w-]*[^\W\d_])\d[\w-]{0,14})"
"""An id that is no plain number, for lines where a number beside a time may be anything."""
ANY_NAME = rf"(?:{_NAME}|{_COINED})"
"""A name, or an id that is no plain number. It takes as little as it can."""
_COUNTED = re.compile(r"\d+(?:st|nd|rd|th|am|pm|[smhk%])?$", re.IGNORECASE)
_VOID = r"[\s\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]*"
"""White space, and characters of no width that word processors and chats leave."""
VOID = _VOID
CLOCK = _CLOCK
LEAD = rf"^{_VOID}(?:>{{1,3}}\s*)?(?:(?P<before>{_MOMENT}|{_RANGE})\s*[-–—|]?\s*)?"
_AFTER = rf"(?:\s*(?P<after>{_RANGE}))?"

_BOLD = re.compile(
    rf"{LEAD}(?P<mark>\*\*|__)\s*(?P<label>{_NAME}|{_ID})\s*(?P<inside>:)?\s*{_AFTER}\s*(?P<within>:)?\s*"
    rf"(?P=mark)\s*"
    rf"(?P<outside>:)?\s*(?:(?P<late>{_OPEN}{_CLOCK}{_SHUT})\s*)?"
)
_SIGN = rf"(?::(?![\d/\\])|：){_VOID}(?:(?P<late>{_OPEN}{_CLOCK}{_SHUT}){_VOID})?"
"""A colon of either width, and a time in brackets behind it."""
_PART = r"(?:\s\[[^\W\d_][\w .'’-]{0,30}\])?"
"""What a person is, in brackets behind the name."""
_COLON = re.compile(rf"{LEAD}(?P<label>(?:{_NAME}|{_ID}){_PART}){_AFTER}\s*{_SIGN}")
_BRACKETED = re.compile(
    rf"{LEAD}(?:[\[【](?P<square>{_NAME}|{_ID})[\]】]|\((?P<round>{_NAME}|{_ID})\)){_AFTER}\s*{_SIGN}"
)
_DESCRIBED = re.compile(
    r"^\s*(?P<label>[^\W\d_][\w.'’-]*(?: [\w.'’-]+){1,3}), (?P<what>[^:.?!\n]{3,100}):\s+(?=\W?[A-Z])"
)
_TELLING = frozenset(
    ("said", "says", "asked", "asks", "replied", "wrote", "added", "speaks", "talks", "interviews")
)
_TIMED = re.compile(rf"{LEAD}(?P<label>{_NAME}|{_COINED})(?:\s+|\s*[|•·]\s*)(?P<after>{_RANGE}|{_SPELT})\s*$")
_FRAMED = re.compile(rf"{LEAD}[\[(<](?P<label>{_NAME}|{_ID})[\])>]\s*(?P<after>{_RANGE})\s*$")
_GLUED = re.compile(rf"^{_VOID}(?P<label>{_NAME}(?<=[^\W\d_]))(?P<after>{_CLOCK})\s*$")
_ALONE = re.compile(rf"^{_VOID}(?P<before>{_RANGE})\s*[-–—|•·]?\s*(?P<label>{_NAME}|{_COINED})\s*$")
_TIME_ONLY = re.compile(rf"^\s*(?P<time>{_RANGE}|{_SPELT})\s*(?:{_CLOCK})?\s*$")
_OPENING_TIME = re.compile(
    rf"^\s*(?P<time>(?:{_OPEN}|#\s*){_CLOCK}(?:{_SHUT}|\s*#)|\d{{1,2}}:\d{{2}}:\d{{2}}(?!\S))\s*"
)
_CLOSING_TIME = re.compile(rf"(?P<time>(?:{_OPEN}|#\s*){_CLOCK}(?:{_SHUT}|\s*#))$")
_BARE = re.compile(
    r"^\s*(?P<label>[^\W\d_][\w'’]{0,19}(?:-[A-Z][\w'’]*)?)"
    r"(?P<gap>\s*[-–—.,]\s+|[ \t\u00a0]+|(?=\.\.\.|…)|\s*$)(?P<next>\S?)"
)

_YEAR = re.compile(r"(?:19|20)\d\d,?")
"""`June 27, 2024` before a time is no name."""
_STOPPED = re.compile(r"\w \w{3,}\.$")
"""A name in bold that a stop ends, no initial and no `Dr.`."""
_BEFORE_CLOCK = re.compile(rf"^{_DATE}")

LONGEST_NAME = 5
"""Words of a label."""
_HEAD = 200
"""Characters of a line that are looked at, so that no line can keep the patterns busy."""


class Form(StrEnum):
    """The shapes of labels."""

    BOLD = "bold"
    """`**Name** words`, `**Name:** words`, `**Name**: words`."""
    COLON = "colon"
    """`Name: words` or `[Name]: words`, with a time before or after the name."""
    DESCRIBED = "described"
    """`Ann Bell, day centre manager: words`."""
    TIMED = "timed"
    """`Name   0:03`, `Name0:03`, `[Name] 0:03` or `[0:03] Name` on a line of its own, the words below."""
    BARE = "bare"
    """`AB words`: only with a key of initials."""
    FRAMED = "framed"
    """`[Name] words`, `<b>Name:</b> words`: the name between marks, and no colon behind them."""
    APART = "apart"
    """`Q.  words`, `INT<tab>words`, `P1) words`: a stop, a wide blank or another sign behind the label."""
    ABOVE = "above"
    """The name alone on its line, the words below."""


class Mark(NamedTuple):
    """A possible label."""

    label: str
    """Label as written, without marks and time."""
    form: Form
    end: int
    """Offset in the line where the words begin."""
    time: str
    following: str = ""
    """The first character of the words."""
    glued: bool = False
    """True if the time stands right behind the name, as in `Participant0:20`."""

    @property
    def is_id(self) -> bool:
        """Return whether the label begins like a participant's id, with a digit or `#`."""
        return self.label[:1].isdigit() or self.label.startswith("#")

    @property
    def is_coined(self) -> bool:
        """Return whether it is an id that can be nothing else: `3K31`, `#12`; not `12`, `2nd`, `10am`,
        `1990s`.
        """
        return self.is_id and not _COUNTED.match(self.label)


def mark_of(text: str) -> Mark | None:
    """The label that the line could open with, in any form but the bare one."""
    whole = len(text) <= _HEAD
    text = text[:_HEAD]
    if ":" not in text and "：" not in text and "**" not in text and "__" not in text:
        spelt = _TIMED.match(text) if whole and "second" in text else None
        return _mark(spelt, Form.TIMED, text) if spelt and _fits(spelt["label"]) else None
    if match := _BOLD.match(text):
        colon = bool(match["inside"] or match["within"] or match["outside"])
        label = match["label"]
        spoken = colon or bool(match["after"]) or (bool(text[match.end() :].strip()) and label[0].isalpha())
        if _fits(label) and spoken:
            return _mark(match, Form.BOLD, text)
        return None
    if whole and (match := _TIMED.match(text)):
        return _mark(match, Form.TIMED, text) if _fits(match["label"]) else None
    if whole and (match := _FRAMED.match(text)) and _fits(match["label"]):
        return _mark(match, Form.TIMED, text)
    if whole and (match := _GLUED.match(text)) and _fits(match["label"]):
        return _mark(match, Form.TIMED, text)._replace(glued=True)
    if described := _described(text):
        return described
    if match := _BRACKETED.match(text):
        label = match["square"] or match["round"]
        if not _fits(label):
            return None
        return Mark(
            label.strip(" ,"), Form.COLON, match.end(), _time_of(match), text[match.end() : match.end() + 1]
        )
    if match := _COLON.match(text):
        return _mark(match, Form.COLON, text) if _fits(match["label"]) else None
    if whole and (match := _ALONE.match(text)) and _fits(match["label"]):
        return _mark(match, Form.TIMED, text)
    return None


def _described(text: str) -> Mark | None:
    match = _DESCRIBED.match(text)
    if match is None or not all(word[0].isupper() for word in match["label"].split()):
        return None
    return None if _TELLING & set(match["what"].split()) else _mark(match, Form.DESCRIBED, text)


def bare_mark(text: str) -> Mark | None:
    """The first word of a line, as the label it would be in a transcript with a key of initials."""
    match = _BARE.match(text[:_HEAD])
    if match is None:
        return None
    return Mark(match["label"], Form.BARE, match.start("next"), "", match["next"])


def time_only(text: str) -> str:
    """The time of a line that holds nothing else; else empty."""
    match = _TIME_ONLY.match(text) if len(text) <= _HEAD else None
    return plain_time(match["time"]) if match else ""


def time_edges(text: str) -> tuple[int, int, str]:
    """(start, end, time) of the words, without a bracketed time mark at either end of the line."""
    start, end, time = 0, len(text.rstrip()), ""
    if opening := _OPENING_TIME.match(text[:_HEAD]):
        start, time = opening.end(), plain_time(opening["time"])
    tail = max(start, end - 40)
    if closing := _CLOSING_TIME.search(text[tail:end]):
        end, time = tail + closing.start(), time or plain_time(closing["time"])
        end = len(text[:end].rstrip())
    return start, max(start, end), time


def plain_time(time: str) -> str:
    """A time without its brackets and its date; of a range, the start."""
    if not time:
        return ""
    if "second" in time:
        numbers = [int(number) for number in re.findall(r"\d+", time)]
        numbers = [0] * (2 - len(numbers)) + numbers
        return ":".join([str(numbers[0]), *(f"{number:02d}" for number in numbers[1:])])
    return _BEFORE_CLOCK.sub("", re.split(r"\s*(?:-->|–)\s*|\s-\s", time)[0].strip("\\[]()<># "))


def _fits(label: str) -> bool:
    words = label.split()
    dated = len(words) > 1 and bool(_YEAR.fullmatch(words[-1]))
    return 0 < len(words) <= LONGEST_NAME and label.count("(") == label.count(")") and not dated


def _mark(match: re.Match[str], form: Form, text: str) -> Mark:
    label = match["label"].strip(" ,-")
    if form is Form.BOLD and _STOPPED.search(label):
        label = label[:-1]
    return Mark(label, form, match.end(), _time_of(match), text[match.end() : match.end() + 1])


def _time_of(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return plain_time(groups.get("after") or groups.get("before") or groups.get("late") or "")
