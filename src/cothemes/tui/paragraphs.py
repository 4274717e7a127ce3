"""What can be read on the screen, as styled paragraphs: the card, the transcript, a definition, help.

Text of sources and of models is made harmless here, character for character, and is never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from cothemes.records.codebook import Codebook
from cothemes.records.document import Role
from cothemes.records.passage import Passage, Voice
from cothemes.records.text import shown_text
from cothemes.stages.review.card import Card
from cothemes.stages.review.context import Context, Setting, Turn
from cothemes.stages.review.marking import Marking

MARK = "bold underline"
"""Evidence and marked words: seen without colour."""
CURSOR = "reverse"
FAINT = "dim"
STRONG = "bold"

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Paragraph:
    """Wrapped as one, and set in by so many columns."""

    content: Content
    indent: int = 0
    sought: bool = False
    """The view opens with this paragraph in sight."""
    clipped: bool = False
    """One line, cut where it is wider."""
    label: str = ""
    """Stands in the indent of the first line."""
    ruled: bool = False
    """The label stands before every line."""
    offset: int | None = None
    """Place of the passage's first character, in a paragraph that shows the passage: a mouse can mark it."""


def plain(text: str, style: str = "", indent: int = 0, sought: bool = False) -> Paragraph:
    """One paragraph in one style."""
    return Paragraph(Content.styled(shown_text(text), style), indent, sought)


def one_line(text: str) -> str:
    """White space settled to single blanks: labels, reasons and titles are never more than a line."""
    return " ".join(shown_text(text).split())


def spoken(text: str) -> str:
    """A name of the codebook's as words."""
    return one_line(text.replace("_", " "))


def card_paragraphs(
    card: Card, marks: Spans = (), marking: Marking | None = None, context: bool = True
) -> list[Paragraph]:
    """The passage with its speaker; what stands before it where there is room."""
    found = passage_paragraphs(card.passage, card.setting, marks, marking, context)
    found[1:1] = [plain(f"! {one_line(remark)}", STRONG) for remark in card.remarks]
    found += [plain(f"note: {one_line(note)}", FAINT, 2) for note in card.standing.current.notes]
    return found + [plain(f"memo: {one_line(memo)}", FAINT, 2) for memo in card.memos]


def passage_paragraphs(
    passage: Passage,
    setting: Setting,
    marks: Spans = (),
    marking: Marking | None = None,
    context: bool = True,
) -> list[Paragraph]:
    """A line that places it, what stands before it where there is room, who speaks, the words."""
    place = " | ".join(part for part in (passage.id, setting.title, *passage.headings[-2:]) if part)
    found = [Paragraph(Content.styled(one_line(place), FAINT), clipped=True)]
    found += [plain(_context_words(turn), FAINT, 2) for turn in (setting.context if context else ())]
    head = " | ".join(part for part in (passage.speaker, _role(passage), passage.time) if part)
    if head:
        found.append(plain(one_line(head), STRONG, sought=True))
    cut = setting.cut
    before, after = (Content.styled(sign, FAINT) for sign in ("… " * cut.before, " …" * cut.after))
    words = before + passage_content(passage, marks, marking) + after
    found.append(Paragraph(words, 2, sought=True, offset=len(before)))
    return found


def passage_content(passage: Passage, marks: Spans = (), marking: Marking | None = None) -> Content:
    """The words with `marks` (code points of the document) or a marking under way made visible."""
    content = Content(shown_text(passage.text))
    for part in passage.parts:
        if part.voice is not Voice.OWN:
            content = content.stylize(FAINT, part.start, part.end)
    for start, end in marks:
        start, end = max(start - passage.start, 0), min(end - passage.start, len(passage.text))
        if start < end:
            content = content.stylize(MARK, start, end)
    if marking is not None:
        content = content.stylize(MARK, *marking.span)
        content = content.stylize(CURSOR, *marking.words[marking.at])
    return content


def transcript_paragraphs(turns: Iterable[Turn]) -> list[Paragraph]:
    """The document; every line of the passage's own words begins with a sign."""
    found = []
    for turn in turns:
        speaker = f"{one_line(turn.speaker) or turn.role.value}: " if turn.role is not Role.NONE else ""
        for text, own in turn.parts:
            content = Content.styled(shown_text(speaker + text), STRONG if own else FAINT)
            label = ">" if own else ""
            found.append(Paragraph(content, 2, sought=own, label=label, ruled=own))
            speaker = ""
    return found or [plain("The document has changed since this passage was cut; it cannot be shown around.")]


def definition_paragraphs(codebook: Codebook, code_id: str) -> list[Paragraph]:
    """All that a coder needs to know of a code."""
    code = codebook.by_id[code_id]
    rows = [plain(f"{code.id}  {one_line(codebook.path(code_id))}", STRONG), plain(code.definition, indent=2)]
    rows += [plain(f"when: {rule}", indent=2) for rule in code.include_when]
    rows += [plain(f"not: {rule}", indent=2) for rule in code.exclude_when]
    rows += [plain(f"e.g.: {example.text}", indent=2) for example in code.examples]
    rows += [plain(f"near miss: {miss.text} ({miss.belongs})", indent=2) for miss in code.near_misses]
    rows += [
        plain(f"attribute {a.name}: {', '.join(a.values)}{' (several)' if a.many else ''}", indent=2)
        for a in codebook.attributes_of(code_id)
    ]
    return rows


def _context_words(turn: Context) -> str:
    speaker = f"{one_line(turn.speaker) or turn.role.value}: " if turn.role is not Role.NONE else ""
    return f"{speaker}{'… ' if turn.cut else ''}{turn.text}"


def _role(passage: Passage) -> str:
    return "" if passage.role in (Role.NONE, Role.PARTICIPANT) else f"({passage.role.value})"


def help_paragraphs(keys: Iterable[tuple[str, str]]) -> list[Paragraph]:
    """Keys with what they do."""
    return [Paragraph(Content(words), 13, label=key) for key, words in keys]
