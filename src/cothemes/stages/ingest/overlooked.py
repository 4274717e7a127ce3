"""Lines inside turns that look like the beginning of another one: told, since they may be another person's.

A convention that no rule knows leaves its labels among the words of whoever spoke before. A person sees at
once which it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.stages.ingest.conventions.labels import Form, Mark, mark_of
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.rows import begins_paragraph
from cothemes.stages.ingest.words import OPENERS, is_sound, names_no_one, role_of_label

_LEAST = 2
"""Times that a label comes back; one line with a colon may be anything."""
_ALONE_LEAST = 3
"""Times that a short line without a stop comes back."""
_PERSON = r"[A-Z][\w’'-]{1,20}(?: [A-Z][\w’'.-]{0,20}){0,2}"
_HEADS = tuple(
    re.compile(rf"^\s*{pattern}")
    for pattern in (
        # [Tom Lark] 10:00:20, Tom [00:20]
        r"[\[(<](?P<label>[^\W_][\w’' .-]{0,30})[\])>]\s*\d{1,2}:\d{2}",
        rf"(?P<label>{_PERSON}|[A-Z]\d{{1,3}})\s*[\[(<]\d{{1,2}}:\d{{2}}",
        # <b>Tom:</b>, *Tom*:, _Tom:_, Tom; Tom= Tom>>
        r"<\w{1,6}>(?P<label>[^<>:]{1,40}):?</\w{1,6}>",
        rf"[*_]{{1,3}}(?P<label>{_PERSON}|[A-Z]?\d[\w-]{{0,14}}):?[*_]{{1,3}}[:;]?\s",
        rf"(?P<label>{_PERSON}|[A-Z]\d{{1,3}})\s*(?:[;=|]|>+)\s",
        r"(?P<label>>{2,3})\s",
        # RESP, wide blank
        r"(?P<label>#?[^\W_][\w’'-]{0,14}[.)]?)(?:\t|[ \u00a0]{2,})\s*\S",
        # P1. B1) 3K31 -
        r"(?P<label>#[^\W_][\w-]{0,14}|[A-Z]{1,3}-?\d{1,4}[a-z]?|(?=\d+[\w-]*[A-Z])\d[\w-]{0,14})(?:[.)\]]|\s*[-–—])?\s",
    )
)
"""Words that recur at the head of lines where a label would be; none of these is a label by rule."""
_ALONE = re.compile(r"^\s*(?P<label>[\[(#]?[^\W_][\w’' .-]{0,38}[\w\])])\s*$")
_BRACKETS = re.compile(r"^\s*[\[(<](?P<label>[A-Z#\d][\w’'.-]{0,20}(?: [A-Z][\w’'.-]{0,20}){0,2})[\])>]\s+\S")
_TAGGED = re.compile(r"^\s*<\w{1,6}>(?P<label>[^<>:]{1,40}):?</\w{1,6}>")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_PREFACE = 3
"""Paragraphs before the first label, from which on a text may be prose that quotes people."""
_HEAD = 200
"""Characters of a line that are looked at."""
_NAMED = 4
"""Labels named in one line."""


class Overlooked(NamedTuple):
    """Text that looks like a label and was read as words."""

    label: str
    lines: int


def doubts(document: Document) -> tuple[str, ...]:
    """Return in words where someone's words may stand under another person; empty where nothing says so."""
    if document.kind is not Kind.INTERVIEW:
        return ()
    told = []
    found = overlooked(document)
    if found:
        named = ", ".join(f"“{each.label}” ({each.lines})" for each in found[:_NAMED])
        more = ", …" if len(found) > _NAMED else ""
        told.append(
            f"lines that look like labels were read as words of the speaker before them: {named}{more}"
        )
    turns = [block for block in document.blocks if block.kind is BlockKind.TURN and block.speaker]
    voices = {(block.speaker, block.role) for block in turns}
    alone = next(iter(voices))[0] if len(voices) == 1 else ""
    if alone and role_of_label(alone) is Role.INTERVIEWER:
        told.append(f"{alone} is the only voice found, so other people's answers may be among its words")
    if _quotes_people(document, turns, voices):
        told.append(
            "most paragraphs after the first label have none of their own and were read as words of the "
            "speaker before them, which is wrong if the text only quotes these people"
        )
    return tuple(told)


def _quotes_people(document: Document, turns: list[Block], voices: set[tuple[str, Role]]) -> bool:
    """Return whether prose may surround the labelled words: nobody interviews, and much stands without a
    label.
    """
    if len(voices) < 2 or any(role is Role.INTERVIEWER for _, role in voices):
        return False
    first = next(at for at, block in enumerate(document.blocks) if block is turns[0])
    before = sum(block.kind is BlockKind.PARAGRAPH for block in document.blocks[:first])
    paragraphs = sum(len(_PARAGRAPHS.split(document.text[block.start : block.end])) for block in turns)
    return before >= _PREFACE and paragraphs > 1.5 * len(turns)


def quotes_people(page: Page, marks: Mapping[int, Mark]) -> bool:
    """Return whether prose surrounds labelled paragraphs, as in an article that quotes people.

    Nobody interviews, three paragraphs or more stand before the first label, and later ones mostly have none.
    """
    labels = {mark.label for mark in marks.values()}
    if len(labels) < 2 or any(role_of_label(label) is Role.INTERVIEWER for label in labels):
        return False
    first = min(marks)
    opens = [at for at in page.spoken if begins_paragraph(page.rows, at)]
    before = sum(at < first for at in opens)
    return before >= _PREFACE and len(opens) - before > 2.5 * len(marks)


def overlooked(document: Document) -> tuple[Overlooked, ...]:
    """Return the labels that come back inside turns of named speakers, most lines first."""
    if document.kind is not Kind.INTERVIEW:
        return ()
    seen: Counter[str] = Counter()
    least: dict[str, int] = {}
    spelt: dict[str, str] = {}
    for line in _lines(document):
        label, times = _label(line[:_HEAD])
        if label:
            plain = label.casefold()
            spelt.setdefault(plain, label)
            seen[plain] += 1
            least[plain] = min(times, least.get(plain, times))
    return tuple(
        Overlooked(spelt[plain], count) for plain, count in seen.most_common() if count >= least[plain]
    )


def _lines(document: Document) -> Iterator[str]:
    """Lines or captions of named turns, but for the first of each: that one stands behind its label."""
    places = [offset for offset, _ in document.offsets.points] if document.offsets.unit == "cue" else []
    for block in document.blocks:
        if block.kind is not BlockKind.TURN or not block.speaker:
            continue
        if not places:
            yield from document.text[block.start : block.end].split("\n")[1:]
            continue
        inside = places[bisect_right(places, block.start) : bisect_left(places, block.end)]
        for start, end in pairwise([*inside, block.end]):
            yield document.text[start:end]


def _label(line: str) -> tuple[str, int]:
    """Return what may be a label at the head of a line, and from how many such lines on it is told."""
    mark = mark_of(line)
    if mark is not None and mark.form is not Form.BOLD:
        fits = len(mark.label.split()) <= 3 and not names_no_one(mark.label)
        return (mark.label if fits else ""), (1 if mark.is_coined else _LEAST)
    for pattern in _HEADS:
        if match := pattern.match(line):
            return match["label"], _LEAST
    if (match := _BRACKETS.match(line)) and not is_sound(match["label"]):
        return match["label"], _LEAST
    match = _ALONE.match(line)
    if match is None or match["label"].casefold() in OPENERS:
        return "", 0
    if len(match["label"].split()) <= 4 and not match["label"][0].islower():
        return match["label"], _ALONE_LEAST
    return "", 0
