"""A small invented interview with its codebook, for tests of what happens between a passage and a model."""

from __future__ import annotations

import re

from cothemes.records.codebook import Attribute, Code, Codebook, Example, NearMiss, Theme
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage, Sentence

CODEBOOK = Codebook(
    id="library", version="1", title="The branch library",
    research_questions={"RQ1": "What keeps people from using the library?"},
    general_rules=("Code what the participant says.",),
    themes=(Theme(id="L", label="Getting in", rq=("RQ1",)),),
    attributes=(
        Attribute(name="status", values=("experienced", "feared"), applies_to=("L",), definition="Or not"),
        Attribute(name="who", values=("self", "family", "others"), applies_to=("L1",), many=True),
    ),
    codes=(
        Code(
            id="L1", label="Hours as a barrier", theme="L",
            definition="Says that opening hours keep somebody out.",
            include_when=("The hour is the reason.",),
            exclude_when=("The building is closed for good (L2).",),
            examples=(Example(text="It shuts before I finish work."),),
            near_misses=(
                NearMiss(text="They closed our branch.", code="L2"),
                NearMiss(text="I like mornings.", code="none"),
            ),
        ),
        Code(id="L2", label="Closure", theme="L", definition="Says that a branch was closed or may be."),
        Code(id="Help “desk” {{x}}", label="Help", definition="Tells of help that staff gave."),
    ),
)  # fmt: skip

TURNS = (
    ("Asha", Role.INTERVIEWER, "Tell me about the library. Do the opening hours suit you?"),
    (
        "Jo",
        Role.PARTICIPANT,
        "It’s shut by the time I finish work. My sister’s the same — she gave up going.",
    ),
    ("Asha", Role.INTERVIEWER, "Mm-hm."),
    ("Jo", Role.PARTICIPANT, "And the staff showed me how to print."),
    ("Asha", Role.INTERVIEWER, "Is there talk of closing it?"),
    ("Jo", Role.PARTICIPANT, "They say so every spring. Nobody asks us, mind."),
    ("Voice", Role.UNKNOWN, "I would miss it, I really would."),
)


def interview(slug: str = "talk") -> Document:
    """The turns above, one to a line, `Name: words`."""
    text = ""
    blocks = []
    for speaker, role, words in TURNS:
        start = len(text) + len(speaker) + 2
        blocks.append(
            Block(start=start, end=start + len(words), kind=BlockKind.TURN, speaker=speaker, role=role)
        )
        text += f"{speaker}: {words}\n"
    return Document(slug=slug, version="v1", kind=Kind.INTERVIEW, text=text, blocks=tuple(blocks))


def cut(document: Document, first: int, last: int, number: int = 1) -> Passage:
    """A passage from one block to another, its sentences those of the first block's speaker."""
    blocks = document.blocks[first : last + 1]
    speaker = blocks[0]
    spans = [
        (block.start + match.start(), block.start + match.end())
        for block in blocks
        if block.speaker == speaker.speaker
        for match in re.finditer(r"\S[^.?]*[.?]?", document.text[block.start : block.end])
    ]
    return Passage(
        id=f"{document.slug}.{number:04}", document=document.slug, version=document.version, segmentation="s",
        start=speaker.start, end=blocks[-1].end, text=document.text[speaker.start : blocks[-1].end],
        kind=speaker.kind, speaker=speaker.speaker, role=speaker.role, headings=speaker.headings,
        sentences=tuple(Sentence(id=f"s{n}", start=a, end=b) for n, (a, b) in enumerate(spans, 1)),
        position=number - 1,
    )  # fmt: skip


def passages(document: Document) -> list[Passage]:
    """Jo's first, with an interjection in it; Jo's second; the voice nobody knows; an interviewer's."""
    return [
        cut(document, 1, 3, 1),
        cut(document, 5, 5, 2),
        cut(document, 6, 6, 3),
        cut(document, 4, 4, 4),
    ]
