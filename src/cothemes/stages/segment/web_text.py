"""Web text: what a website puts above and below a talk. Nobody who is interviewed says it.

Only sure marks count. Words that no rule recognises may be a participant's, and stay a unit.
"""

from __future__ import annotations

import re

from cothemes.records.document import Block, BlockKind, Document, Kind, Role

_REACH = 6
"""Blocks at the head of a document, and at its foot, among which web text is looked for."""
_LONGEST = 200
"""Words of an introduction at most."""
_LINE = 40
"""Words of a line of a website at most: navigation, licence, credits."""

_CAPTION_WORDS = 12

_LINES = re.compile(
    r"^\W*(?:"
    r"(?:skip to|jump to|back to|return to) (?:main |the )?(?:content|top|navigation|menu|home)\b"
    r"|(?:home|menu|search|share|print|download|subscribe|log ?in|sign (?:in|up)|contact us|about us)"
    r"(?:\s*[|»›>/·•]\s*[\w' ]{1,30})+\W*$"
    r"|(?:share|tweet|listen|subscribe|download|read more|click here|follow us)\b(?: \w+){0,8}\W*$"
    r"|(?:full |podcast |episode |audio |video )?transcript(?:ion)?(?: of| for|:| -| –)"
    r"(?=.{0,200}\b(?:episode|podcast|programme|broadcast|show|audio|video|recording)\b)"
    r"|(?:the )?(?:views|opinions) expressed (?:here|in this)\b"
    r"|(?:©|\(c\)|copyright\b).{0,20}\d{4}|all rights reserved\b"
    r"|(?:this|the|except).{0,80}\b(?:licen[cs]ed under|creative commons|open government licen[cs]e)\b"
    r"|(?:creative commons|open government licen[cs]e|cc[ -]by)\b"
    r"|(?:we use|this (?:web)?site uses) cookies\b"
    r")",
    re.IGNORECASE,
)
_PROGRAMME = re.compile(
    r"(?i:\b(?:in|on) this (?:podcast|episode|programme|edition|recording)\b)"
    r"|(?i:\b(?:you['’]?re|you are) (?:now )?listening to\b)"
    r"|(?i:^\W*this is [\w.]+\.fm\b)"
    r"|(?i:\bwelcome to (?:[\w.'’]+ ){1,5}?(?:podcast|programme|radio|show|series)\b)"
    r"|(?i:\b(?:this|the) (?:podcast|episode|talk|lecture|interview|discussion|conversation|seminar"
    r"|recording) (?:was|has been|is) (?:recorded|created|made|produced|part|presented|hosted)\b)"
    r"|(?i:\brecorded (?:on|at|in|by)?\b.{0,60}\b(?:19|20)\d\d\b)"
    r"|(?i:\b(?:talk|lecture|presentation|interview|conversation|discussion) (?:by|with|between)) [A-Z]"
    r"|(?i:\b(?:spoke|speaks|talked|talks|chats?|chatted) (?:to|with)) [A-Z]"
    r"|\b(?:[Ww]e|[A-Z][\w.]+) (?:recently |also )?(?:spoke|talked|chatted|caught up) (?:to|with)\b"
    r"|\b(?:hosts|hosted|presents|introduces|interviews|interviewed)\b.{0,60}"
    r"\b(?:discussion|conversation|podcast|episode|programme|round-?table|roundup)\b"
    r"|\bhad a (?:conversation|chat|discussion) with\b"
    r"|\b[Ww]e (?:recorded|attended|went along|interviewed)\b"
    r"|\b(?:attended|recorded) (?:the launch|a (?:discussion|conversation|talk|meeting|round-?table))\b"
    r"|\b(?:gave|gives|delivered|delivers) (?:an?|the) (?:\w+ ){0,2}(?:lecture|talk|presentation|speech)\b"
)
_CAPTION = re.compile(
    r"(?:(?:Dr|Doctor|Prof|Professor|Mr|Mrs|Ms|Sir|Dame|Lord|Lady|The Right Honourable)\.? )*"
    r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2}, (?!I\b|we\b)[^.?!]{3,100}\.?"
)
"""`Ann Bell, head of planning.`: who speaks next, where an editor parted talks."""
_OWN = re.compile(r"\b(?:I|I(?:'|’)\w+|me|my|mine|myself)\b")


def web_text(document: Document) -> set[Block]:
    """Return the blocks at the head and foot that a website wrote.

    A line of navigation, licence or credits counts anywhere near an edge. An introduction counts in a talk
    where no label stands over it, a labelled turn follows, it tells of the recording or of those who speak,
    and nobody says "I" in it; a caption, which names a person and what they are, counts anywhere there.
    """
    blocks = [block for block in document.blocks if block.kind not in {BlockKind.HEADING, BlockKind.PASSAGE}]
    edges = [*blocks[:_REACH], *blocks[max(len(blocks) - _REACH, _REACH) :]]
    found = {block for block in edges if not block.speaker and _is_line(document, block)}
    if document.kind is Kind.INTERVIEW and any(map(_labelled, blocks)):
        for block in blocks[:_REACH]:
            if _labelled(block):
                break
            if block.role is Role.UNKNOWN and _introduces(document, block):
                found.add(block)
        found |= {block for block in blocks if _is_caption(document, block)}
    return found


def _labelled(block: Block) -> bool:
    return block.kind is BlockKind.TURN and bool(block.speaker)


def _is_line(document: Document, block: Block) -> bool:
    words = document.text[block.start : block.end]
    return len(words) <= _LINE * 12 and len(words.split()) <= _LINE and _LINES.search(words) is not None


def _is_caption(document: Document, block: Block) -> bool:
    if block.speaker or block.role is not Role.UNKNOWN or block.kind is not BlockKind.PARAGRAPH:
        return False
    words = document.text[block.start : min(block.end, block.start + 200)].strip()
    return len(words.split()) <= _CAPTION_WORDS and _CAPTION.fullmatch(words) is not None


def _introduces(document: Document, block: Block) -> bool:
    words = document.text[block.start : min(block.end, block.start + _LONGEST * 12)]
    if block.end > block.start + _LONGEST * 12 or len(words.split()) > _LONGEST:
        return False
    return _PROGRAMME.search(words) is not None and _OWN.search(words) is None
