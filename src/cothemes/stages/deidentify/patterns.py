"""What identifies people by its form: addresses, numbers, postcodes, handles, days of birth.

Each rule gives the stretch, its kind, and a key that is equal for the same thing written differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cothemes.stages.deidentify.name_folding import fold
from cothemes.stages.deidentify.numbers import LENGTH, number_rule


class Match(NamedTuple):
    """Something found by its form."""

    start: int
    end: int
    rule: str
    kind: str
    key: str


_LABEL = r"[\w-]{1,63}"
_EMAIL = re.compile(rf"(?<![\w.+%'’-])[\w+%][\w.+%'’-]{{0,63}}@{_LABEL}(?:\.{_LABEL}){{1,8}}")
_EMAIL_SPOKEN = re.compile(
    rf"(?<!\w){_LABEL}(?:(?: dot | full stop |\.){_LABEL}){{0,4}} at {_LABEL}(?: dot {_LABEL}){{0,4}}"
    r" dot (?:com|org|net|uk|scot|wales|cymru|eu|ie|info|edu|gov)(?!\w)",
    re.IGNORECASE,
)
_GAP = r"[\s.\-‐-–]?"
_PHONE = re.compile(
    rf"(?<![\w+])(?:(?:\+|00)44{_GAP}(?:\(0\){_GAP})?|\(?0)[1235789](?:[\s.\-‐-–()]{{0,2}}\d){{8,9}}(?!\w)"
)
_NUMBER = re.compile(
    r"(?<!\w)(?<!\d[.,])(?:\d{10}|\d{6}[\s\-‐-–]\d{4}|\d{3}[\s\-‐-–]\d{3}[\s\-‐-–]\d{4}"
    r"|\d{2}[\s./\-]\d{2}[\s./\-]\d{2}[\s\-‐-–]\d{4})(?!\w)(?![.,]\d)"
)
_NAMED_NUMBER = re.compile(
    r"(?<!\w)(?P<name>chi|nhs)(?: (?:number|no|num)\b\.?)?\s*(?:is|was|[:=#])?\s*"
    r"(?P<number>\d(?:[\s\-]?\d){9})(?!\w)",
    re.IGNORECASE,
)
_AREA_CODES = """
    AB AL B BA BB BD BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT
    DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD
    LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK
    SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
_AREAS = frozenset(_AREA_CODES.split())
_POSTCODE = re.compile(
    r"(?<!\w)(?P<area>[A-Z]{1,2})(?:\d{1,2}|\d[A-HJKMNPR-Y])[\s\u00a0]?(?!\d(?:st|nd|rd|th)\b)"
    r"\d[ABD-HJLNP-UW-Z]{2}(?!\w)",
    re.IGNORECASE,
)
_URL = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"“”)\[\]\ufffc]{1,2000}", re.IGNORECASE)
_SITES = (
    r"(?:twitter|x|facebook|fb|instagram|linkedin|tiktok|threads|bsky|youtube|github|gitlab|medium|flickr|pinterest"
    r"|snapchat|reddit|tumblr|vimeo|soundcloud|t)"
)
_USER_URL = re.compile(
    rf"(?:https?://)?(?:{_LABEL}\.){{0,4}}{_SITES}\.(?:com|app|net|org|me)/(?!search\b|hashtag\b|groups?\b|watch\b|about\b)"
    r"[@\w%.-]+"
    r"|/(?:@[\w.-]+|~\w+|(?:users?|u|profiles?|people|person|in|author|members?|staff|accounts?)/[\w@%.-]+)"
    r"|[?&](?:user(?:name)?|author|profile|u)=[\w@%.-]+|//[^/@\s\[\ufffc]{1,100}@",
    re.IGNORECASE,
)
_SITE_PATH = re.compile(rf"(?<![\w./@-])(?:{_LABEL}\.){{0,4}}{_SITES}\.com/(?:in/|@)?[\w.-]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@(?=[\w.]*[A-Za-z])\w[\w.]{1,29}(?<!\.)")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?=\s+['’]?\d))?"
)
_YEAR = r"(?:(?:19|20)\d{2}|['’]?\d{2})"
_DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}\s?[./\-]\s?\d{{1,2}}\s?[./\-]\s?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}(?:,?\s+(?:in\s+)?{_YEAR}\b)?"
    rf"|{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+(?:in\s+)?{_YEAR}\b)?"
    rf"|{_MONTH},?\s+(?:of\s+)?(?:19|20)\d{{2}})"
)
_BIRTH = re.compile(
    r"(?<!\w)(?:born|date\s+of\s+birth|d\.?o\.?b\b\.?|birth\s*da(?:y|te)(?:['’]s)?)"
    r"(?:\s*[:=,–-]|\s+(?:is|was|on|in|the|of))*\s*(?P<day>" + _DAY + r")(?!\w)",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’"


def matches(text: str) -> list[Match]:
    """Everything found by form, ascending and without overlap.

    Of two that overlap the longer gives the rule (of equal ones, that which stands first below) and both are
    covered, so that no part of either is left.
    """
    found = [(match, rank) for rank, rule in enumerate(_RULES) for match in rule(text)]
    found.sort(key=lambda item: (item[0].start, -item[0].end, item[1]))
    kept: list[Match] = []
    for match, _ in found:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
        elif match.end > kept[-1].end:
            first = kept.pop()
            longer = max(first, match, key=lambda m: m.end - m.start)
            whole = fold(text[first.start : match.end])
            kept.append(Match(first.start, match.end, longer.rule, longer.kind, whole))
    return kept


def _numbers(text: str) -> Iterator[Match]:
    for match in _NUMBER.finditer(text):
        digits = _digits(match.group())
        rule = number_rule(digits)
        if rule:
            yield Match(*match.span(), rule, rule.split("-")[0].upper(), digits)
    for match in _NAMED_NUMBER.finditer(text):
        digits = _digits(match["number"])
        if len(digits) == LENGTH:
            kind = match["name"].lower()
            yield Match(*match.span("number"), f"{kind}-number", kind.upper(), digits)


def _emails(text: str) -> Iterator[Match]:
    for match in _EMAIL.finditer(text) if "@" in text else ():
        yield Match(*match.span(), "e-mail", "EMAIL", fold(match.group()))
    for match in _EMAIL_SPOKEN.finditer(text) if " dot " in text.lower() else ():
        words = fold(match.group()).replace(" full stop ", ".").replace(" dot ", ".").replace(" at ", "@")
        yield Match(*match.span(), "e-mail-spoken", "EMAIL", words)


def _phones(text: str) -> Iterator[Match]:
    for match in _PHONE.finditer(text):
        digits = _digits(match.group())
        national = re.sub(r"^(?:0044|44|0)0?", "", digits)
        if len(national) in (9, LENGTH):
            yield Match(*match.span(), "phone", "PHONE", f"0{national}")


def _postcodes(text: str) -> Iterator[Match]:
    for match in _POSTCODE.finditer(text):
        if match["area"].upper() in _AREAS:
            yield Match(*match.span(), "postcode", "POSTCODE", "".join(match.group().split()).upper())


def _urls(text: str) -> Iterator[Match]:
    for match in _URL.finditer(text):
        url = match.group().rstrip(_TRAILING)
        if _USER_URL.search(url):
            yield Match(match.start(), match.start() + len(url), "url", "URL", fold(url))
    for match in _SITE_PATH.finditer(text) if ".com/" in text.lower() else ():
        path = match.group().rstrip(_TRAILING)
        yield Match(match.start(), match.start() + len(path), "url", "URL", fold(path))


def _handles(text: str) -> Iterator[Match]:
    for match in _HANDLE.finditer(text):
        yield Match(*match.span(), "handle", "HANDLE", fold(match.group()))


def _births(text: str) -> Iterator[Match]:
    for match in _BIRTH.finditer(text):
        yield Match(*match.span("day"), "birth-date", "DATE", " ".join(fold(match["day"]).split()))


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())


_RULES: tuple[Callable[[str], Iterator[Match]], ...] = (
    _urls, _emails, _numbers, _phones, _postcodes, _handles, _births,
)  # fmt: skip
