"""A review card in paragraphs, made to be heard as well as read.

Whoever listens to a screen hears every sign read out and sees neither colour nor bold. So words place things
(`before`, `passage`, `open`), commas and colons part them, no line is drawn, and evidence stands between
quotation marks. The passage comes before anything that was said of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from cothemes.presentation.codebook_text import code_lines
from cothemes.presentation.lines import Paragraph
from cothemes.records.numbers import coefficient
from cothemes.records.passage import Voice
from cothemes.records.text import attributes_line, shown_text
from cothemes.stages.review.card import Card, reason_shown

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.records.passage import Passage
    from cothemes.records.suggestion import Suggestion
    from cothemes.stages.review.context import Context, Cut, Setting, Turn
    from cothemes.stages.review.queue import Progress

OPENING, CLOSING = "«", "»"
_MARKED = "bold underline"
Paragraphs = Iterator[Paragraph]


def card_lines(card: Card, progress: Progress, codebook: Codebook) -> Paragraphs:
    """Yield everything that the arm allows, evidence apart."""
    assignment = card.standing.assignment
    facts = (
        f"{progress.done} of {progress.total} done",
        f"{progress.skipped} skipped" if progress.skipped else "",
        f"round {assignment.round}",
        assignment.arm.value,
        "second reading" if card.standing.locked else "",
    )
    yield Paragraph("")
    yield Paragraph(", ".join(filter(None, facts)), style="dim")
    yield from set_passage_lines(card.passage, card.setting)
    yield from _suggestions(card, codebook)
    yield from _given_codes(card, codebook)
    if card.standing.flag:
        yield Paragraph("flagged by you for a second look")
    for note in card.standing.current.notes:
        yield Paragraph(f"your note: {note}", style="dim")
    for memo in card.memos:
        yield Paragraph(f"your memo: {memo}", style="dim")


def set_passage_lines(
    passage: Passage, setting: Setting, marks: Sequence[tuple[int, int]] = ()
) -> Paragraphs:
    """Yield the passage in its place: document, what was said before, who speaks, the words."""
    yield Paragraph(", ".join(filter(None, (passage.id, setting.title, *passage.headings[-2:]))))
    for turn in setting.context:
        yield context_line(turn)
    head = ", ".join(filter(None, ("passage", passage.speaker, _role(passage), passage.time)))
    yield Paragraph(f"{head}:", style="bold")
    yield words_in_place(passage, marks, setting.cut)


def context_line(turn: Context) -> Paragraph:
    """Return a stretch before the passage, and whether more of its turn comes before it."""
    words = f"before, {_speaker(turn)}{'… ' if turn.cut else ''}{turn.text}"
    return Paragraph(words, indent=2, style="dim")


def words_in_place(
    passage: Passage, marks: Sequence[tuple[int, int]] = (), cut: Cut | None = None
) -> Paragraph:
    """Return the words, with `marks` (code points of the document) between signs, and where the turn
    goes on."""
    body = Text("… " if cut and cut.before else "")
    place = 0
    for start, end in _merged(marks, passage):
        _append(body, passage, place, start)
        body.append(OPENING, style=_MARKED)
        _append(body, passage, start, end, _MARKED)
        body.append(CLOSING, style=_MARKED)
        place = end
    _append(body, passage, place, len(passage.text))
    body.append(" …" if cut and cut.after else "")
    return Paragraph(body, indent=2)


def _append(body: Text, passage: Passage, start: int, end: int, style: str = "") -> None:
    """Append code points of the passage's text; what another voice says among them is in brackets."""
    for part in passage.parts:
        first, last = max(part.start, start), min(part.end, end)
        if first >= last:
            continue
        if part.voice is Voice.OWN:
            body.append(shown_text(passage.text[first:last]), style=style)
        elif first == part.start:
            body.append(shown_text(passage.between(part)), style="dim")


def codebook_lines(codebook: Codebook) -> Paragraphs:
    """Yield all codes, a line each."""
    for code in codebook.codes:
        yield Paragraph(f"{code.id}  {code.label}", indent=1)


def definition_lines(codebook: Codebook, code: str) -> Paragraphs:
    """Yield a code's definition, rules and near misses."""
    for text in code_lines(codebook, code):
        yield Paragraph(text.strip(), indent=0 if not text.startswith(" ") else 2)


def quoted_lines(passage: Passage, what: str, spans: Sequence[tuple[int, int]]) -> Paragraphs:
    """Yield words of the passage by themselves; `spans` are code points of the document."""
    for start, end in _merged(spans, passage):
        yield Paragraph(f"{what}: “{' '.join(passage.own_text(start, end).split())}”")


def transcript_lines(turns: Sequence[Turn]) -> Paragraphs:
    """Yield the turns around the passage; its own words are said to be its own."""
    for turn in turns:
        speaker = _speaker(turn)
        for text, own in turn.parts:
            if own:
                yield Paragraph(f"this passage{f', {speaker}' if speaker else ': '}{text}")
            else:
                yield Paragraph(f"{speaker}{text}", indent=2, style="dim")
            speaker = "after it: " if own else ""
    if not turns:
        yield Paragraph("The document has changed since this passage was cut; it cannot be shown around.")


def _suggestions(card: Card, codebook: Codebook) -> Paragraphs:
    """Yield the suggestions, numbered in the codebook's order, with what was said of each."""
    if not card.standing.sees_suggestions:
        yield Paragraph("blind: code it yourself; codes lists them")
        if card.standing.assignment.arm.value == "reveal":
            yield Paragraph("done locks your codes; then the suggestions are shown")
        return
    for remark in card.remarks:
        yield Paragraph(f"remark: {remark}", style="bold")
    if not card.suggestions:
        yield Paragraph("no code is suggested" if card.proposed else "no coder has coded this passage yet")
        return
    yield Paragraph(f"suggested by {card.suggestions[0].rater}:")
    for number, suggestion in enumerate(card.suggestions, start=1):
        label = codebook.path(suggestion.code)
        borderline = ", borderline" if suggestion.verdict.value == "borderline" else ""
        if suggestion.code in card.probabilities:
            borderline += f", probability {coefficient(card.probabilities[suggestion.code])}"
        state = _state(card, suggestion) + (", source corrected" if suggestion.source_corrected else "")
        yield Paragraph(f"{number}. {suggestion.code}, {label}{borderline}: {state}", indent=1)
        for text in (reason_shown(suggestion), attributes_line(suggestion.attributes)):
            if text:
                yield Paragraph(text, indent=4)


def _given_codes(card: Card, codebook: Codebook) -> Paragraphs:
    given = []
    for code, answer in card.coded.items():
        known, count = codebook.by_id.get(code), len(answer.spans)
        marked = "words marked" if count == 1 else f"words marked in {count} places" if count else ""
        said = "; ".join(filter(None, (attributes_line(answer.attributes), marked)))
        name = f"{code} {known.label}" if known else code
        given.append(f"{name}{f' ({said})' if said else ''}")
    if given:
        yield Paragraph(f"your codes: {'; '.join(given)}")


def _speaker(turn: Context | Turn) -> str:
    return f"{turn.speaker or turn.role.value}: " if turn.role.value != "none" else ""


def _state(card: Card, suggestion: Suggestion) -> str:
    standing = card.standing
    answer = standing.answers.get(suggestion.code)
    if answer is None:
        return "open"
    blind = standing.locked and suggestion.code in standing.first.coded
    if blind and suggestion.code not in standing.second.answers:
        return "you gave it blind"
    word = "rejected" if answer.action.value == "reject" else "accepted"
    return f"{word}, given blind" if blind else word


def _role(passage: Passage) -> str:
    return "" if passage.role.value in ("none", "participant") else passage.role.value


def _merged(marks: Sequence[tuple[int, int]], passage: Passage) -> list[tuple[int, int]]:
    """Return marks in code points of the passage's text, within it, joined where they overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        start, end = max(start - passage.start, 0), min(end - passage.start, len(passage.text))
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
