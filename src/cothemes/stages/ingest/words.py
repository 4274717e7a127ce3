"""Words that name a part in a conversation, and words before a colon that name no one."""

from __future__ import annotations

import re
from functools import lru_cache

from cothemes.records.document import Role

_NUMBER = r"\s*[#-]?\s*(?:\d{1,3}|[A-Z])?$"

_INTERVIEWER = re.compile(
    r"^(?:interviewers?|researchers?|research (?:fellow|associate|assistant|officer)|moderators?"
    r"|facilitators?|host|presenter|int|intv|intvr|ivr|iv|i|q|question"
    r"|interviewerin|interviewende|enquêteur|enquêteuse|entrevistador|entrevistadora|intervistatore"
    r"|intervistatrice|интервьюер|访谈者|訪談者|采访者|採訪者|访问员|访谈人|聞き手|インタビュアー|面接者|면접자|인터뷰어"
    rf"|ผู้สัมภาษณ์|साक्षात्कारकर्ता)\.?{_NUMBER}",
    re.IGNORECASE,
)
_PARTICIPANT = re.compile(
    r"^(?:participants?|interviewees?|respondents?|informants?|resp|ppt|part|pt|answer"
    r"|befragte|befragter|interviewte|interviewter|interviewpartner|interviewpartnerin|teilnehmer|teilnehmerin"
    r"|enquêté|enquêtée|entrevistado|entrevistada|participante|intervistato|intervistata|респондент|информант"
    r"|受访者|受訪者|被访者|被訪者|被采访者|話し手|回答者|参加者|응답자|참여자|면담자"
    rf"|ผู้ให้สัมภาษณ์|प्रतिभागी|उत्तरदाता){_NUMBER}"
    r"|^(?:p|r|pp)\s*-?\d{1,3}[a-z]?$|^r$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"^(?:announcer|narrator|narration|commentary|commentator|voice ?-?over|interpreter|translator"
    r"|audience(?: member)?|operator"
    rf"|video|audio|recording|song|clip(?: from [\w ]+)?|transcriber){_NUMBER}",
    re.IGNORECASE,
)
_VOICE = re.compile(
    r"^(?:\d(?:st|nd|rd|th) )?(?:speaker|voice|person|unknown(?: speaker)?|unidentified(?: speaker)?"
    r"|(?:fe)?male(?: voice| speaker)?"
    r"|(?:[\w]+ )?(?:man|woman|boy|girl|mother|father|mum|dad|parent|child|person|carer|worker|mentor|student"
    r"|teacher|tutor|nurse|member|user|resident|patient|volunteer|delegate|attendee|manager|chair|panellist"
    rf"|questioner|pupil|learner|singer|actor|voice|audience)s?|all|both|several){_NUMBER}",
    re.IGNORECASE,
)
_HEADS = """
    note notes example examples date place time title source sources figure table appendix annex
    version status aim aims outcome outcomes action actions owner lead contact email e-mail phone
    tel telephone website web address summary background step stage section part chapter
    recommendation recommendations principle principles priority priorities objective objectives
    standard standards risk risks mitigation update warning important tip tips location duration
    length project study file transcription transcript transcribed recorded subject re from to cc
    purpose scope definition definitions result results method methods conclusion conclusions
    introduction references reference keywords abstract agenda item minutes present apologies
    attendees decision decisions approved issued published author authors report page pages see also
    however therefore option options theme themes code codes question answer thing things remember
    nb ps http https first second third finally one two three break setting context fig figs interval recess
    lunch
"""
_NO_ONE = frozenset(_HEADS.split())
_SOUNDS = """
    applause cough coughs crosstalk inaudible laugh laughing laughs laughter music pause pauses sic sigh sighs
    silence unclear
"""
_ACTS = frozenset(_SOUNDS.split())

_STARTS = """
    yes yeah yep yea aye no nope ok okay oh ah um uh em er eh mm mmm mmhmm hmm so well and but
    because cause right exactly absolutely definitely sure thanks thank hello hi good it it's it’s
    that that's that’s they they're we we're we’re we've we’ve you i i'm i’m i've i’ve just there
    there's there’s this my what how when where why who if for to in on at the our he she some
    people probably maybe basically really actually obviously
"""
OPENERS = frozenset(_STARTS.split())
"""Words that begin speech, and name nobody."""


@lru_cache(4096)
def role_of_label(label: str) -> Role | None:
    """The part that a label names by itself; None where it names none."""
    bare = label.strip(" .:*_[]()")
    if _INTERVIEWER.match(bare):
        return Role.INTERVIEWER
    if _PARTICIPANT.match(bare):
        return Role.PARTICIPANT
    if _OTHER.match(bare):
        return Role.OTHER
    return None


@lru_cache(4096)
def names_a_voice(label: str) -> bool:
    """`Speaker 1`, `Male voice`: someone speaks, and no one can tell who."""
    return bool(_VOICE.match(label.strip(" .:*_[]()")))


@lru_cache(4096)
def names_no_one(label: str) -> bool:
    """A heading or lead-in rather than a speaker."""
    words = label.casefold().split()
    return not words or words[0].strip(".,’'") in _NO_ONE


def is_sound(label: str) -> bool:
    """Return whether words in brackets tell what is heard, such as `laughs`, and name no speaker."""
    return not _ACTS.isdisjoint(label.casefold().split())


def role_of_word(word: str) -> Role | None:
    """A role as a person writes it in front matter, a key or a table."""
    plain = word.strip().casefold()
    if plain in {role.value for role in Role}:
        return Role(plain)
    return role_of_label(word)
