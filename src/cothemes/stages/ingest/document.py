"""A source to a document: the one place where the rules of this stage come together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cothemes.records.document import PUBLISHED, Block, BlockKind, Document, Kind
from cothemes.records.missing_mark import is_missing_mark
from cothemes.records.record import content_hash
from cothemes.records.source import Source
from cothemes.stages.ingest.assembly import Assembled, assemble
from cothemes.stages.ingest.blocks import passage_blocks, section_blocks, turn_blocks
from cothemes.stages.ingest.conventions.captions import captions_in, dated_lines_in
from cothemes.stages.ingest.conventions.choice import NOTHING, Choice, chosen
from cothemes.stages.ingest.conventions.colon import numbers_by_turns
from cothemes.stages.ingest.conventions.labels import Mark
from cothemes.stages.ingest.conventions.numbered import without_numbers
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.header import (
    mark_of_synthetic,
    with_part_headings,
    without_header,
    without_preliminaries,
)
from cothemes.stages.ingest.keys import find_key
from cothemes.stages.ingest.metadata import combined, kind_in, no_kind_in, title_in
from cothemes.stages.ingest.overlooked import doubts, quotes_people
from cothemes.stages.ingest.roles import settle_roles
from cothemes.stages.ingest.rows import Row, rows_of
from cothemes.stages.ingest.sections import heading_words
from cothemes.stages.ingest.slug import slug_for, slug_of
from cothemes.stages.ingest.turns import Talk, name_cues, talk_of
from cothemes.stages.ingest.voices import Cast, names_in

KIND_NOT_KNOWN = "No rule is certain what kind of source it is."
"""Note of a document whose kind nobody gave."""
SPOKEN_THOUGH_PUBLISHED = (
    "It reads like an interview: speakers are recognised in it. As the policy text or review that it is "
    "called, it needs no consent."
)
"""Note of a document that someone named so."""
QUOTED = (
    "{labels}: these labels stand before single paragraphs, and most paragraphs have none. It may be a text "
    "that quotes people, so nobody speaks in it. If it is an interview, ingest it with --kind interview."
)
"""Note of a text that seems to quote people."""
CONTESTED = "It can be read in two ways, {conventions}, so nobody is named."
"""Note of a document of which two conventions make something different."""
NUMBERED = (
    "Lines begin with {labels} in turn: speakers, or lists that begin anew, so nobody is named. If they are "
    "speakers, replace the numbers with names, or with P1: and P2:."
)
"""Note of a text whose lines begin with numbers that come back."""
_NAMED = 4
"""Labels named in one note."""
_LEAST_TURNS = 3
"""Turns with a label that make a text an interview where nothing else says what it is."""


class Understanding(NamedTuple):
    """A document, and how its speakers were recognised."""

    document: Document
    choice: Choice
    """The conventions that were tried, without their lines; empty for captions, tables and texts that nobody
    may speak in."""


def document_from(
    source: Source,
    kind: Kind | None = None,
    metadata: Mapping[str, str] | None = None,
    slug: str | None = None,
) -> Document:
    """Return the document that a source holds; see `understand`."""
    return understand(source, kind, metadata, slug).document


def understand(
    source: Source,
    kind: Kind | None = None,
    metadata: Mapping[str, str] | None = None,
    slug: str | None = None,
) -> Understanding:
    """Return the document that a source holds, with the conventions that were tried.

    The kind is `kind`, else the metadata's, else the front matter's, else the format's, else settled by
    rule: an interview where at least three turns carry a label, or where a key or the front matter names who
    speaks; else unknown. No rule makes a policy text or a review: these may go to a remote model without
    anyone's consent, and a transcript of an unusual form looks like one. `metadata` (a row of the --meta
    table) wins over what the file says. The slug is made from the file's name where none is given; uniqueness
    is the caller's.
    """
    table = metadata or {}
    rows = rows_of(source.lines)
    synthetic = mark_of_synthetic(rows, source.front, table, source.furniture)
    header = without_header(synthetic.rows)
    facts = combined(source.front, header.pairs, table)
    said = kind or kind_in(table, source.front)
    given = said or (source.kind if source.kind is not Kind.INTERVIEW else None)
    named = (*names_in(source.front.get("hosts")), *names_in(source.front.get("speakers")))
    key = find_key(header.rows, named)
    cast = Cast(key, source.front, facts)
    talk: Talk | None = None
    notes = list(source.notes)
    if is_missing_mark(told := facts.get("participant", "")):
        notes.append(f"The participant is given as {told}, so not known: the document is its own cluster.")
    choice = of_captions = NOTHING
    if given in {None, Kind.INTERVIEW, *PUBLISHED}:
        plain = _without(header.rows, {entry.row for entry in key})
        captions = captions_in(plain)
        spoken, of_captions = name_cues(captions or without_numbers(plain) or plain, cast)
        page = Page(spoken, cast)
        choice = chosen(page)
        if not choice.marks and captions is None and (captions := dated_lines_in(plain)):
            spoken = captions
            page = Page(spoken, cast)
        marks = choice.marks
        spoken = choice.rows or spoken
        talk = talk_of(without_preliminaries(with_part_headings(spoken, marks), marks), marks, cast)
        certain = given is Kind.INTERVIEW or source.kind is not None or captions is not None
        if not certain and not _is_interview(talk, cast):
            talk = None
        elif not certain and not cast.people and quotes_people(page, marks):
            notes.append(QUOTED.format(labels=_labels(marks)))
            talk = None
        if not marks and (numbers := numbers_by_turns(page)):
            notes.append(NUMBERED.format(labels=", ".join(f"{number}:" for number in numbers[:_NAMED])))
        if choice.contested:
            notes.append(CONTESTED.format(conventions=_contested(choice)))
    if talk is not None and given in PUBLISHED:
        notes.append(SPOKEN_THOUGH_PUBLISHED)
        talk = None
    if talk is not None:
        talk, more = settle_roles(talk)
        notes.extend(more)
    found = given or (Kind.INTERVIEW if talk is not None else Kind.UNKNOWN)
    if said is None:
        notes.extend(filter(None, [no_kind_in(table, source.front)]))
        notes.extend([KIND_NOT_KNOWN] if found is Kind.UNKNOWN else [])
    rows = talk.rows if talk is not None else header.rows
    assembled = assemble(rows, source.unit, talk.turns if talk is not None else [])
    blocks = _blocks(rows, talk, assembled, found, cast)
    replaced = sum(row.replaced for row in rows)
    if replaced:
        notes.append(f"{replaced} control characters were replaced by U+FFFD.")
    if not blocks:
        notes.append("No part of the text can be coded.")
    document = Document(
        slug=slug or (slug_of(source.stem) if source.stem else slug_for(source.name)),
        version=content_hash(assembled.text),
        kind=found,
        kind_given=said is not None,
        title=title_in(table, source.front) or source.title or _title(blocks, assembled.text),
        text=assembled.text,
        blocks=blocks,
        source_name=source.name,
        source_hash=source.hash,
        reader=source.reader,
        offsets=assembled.offsets,
        metadata=facts,
        synthetic=synthetic.said,
        notes=tuple(dict.fromkeys(notes)),
    )
    doubtful = (f"{doubt[0].upper()}{doubt[1:]}." for doubt in doubts(document))
    document = document.model_copy(update={"notes": (*document.notes, *doubtful)})
    choice = choice if choice.winner or choice.contested else of_captions
    return Understanding(document, choice.summary)


def _labels(marks: Mapping[int, Mark]) -> str:
    labels = list(dict.fromkeys(mark.label for mark in marks.values()))
    return ", ".join(labels[:_NAMED]) + (", …" if len(labels) > _NAMED else "")


def _contested(choice: Choice) -> str:
    return " or ".join(f"“{each.name}” ({each.score:.2f})" for each in choice.others[:2])


def _is_interview(talk: Talk, cast: Cast) -> bool:
    labelled = sum(turn.opened and bool(turn.voice.name) for turn in talk.turns)
    return labelled >= _LEAST_TURNS or cast.explicit or bool(cast.people)


def _without(rows: list[Row], aside: set[int]) -> list[Row]:
    return [row.aside() if at in aside else row for at, row in enumerate(rows)]


def _blocks(
    rows: list[Row], talk: Talk | None, assembled: Assembled, kind: Kind, cast: Cast
) -> tuple[Block, ...]:
    spoken = talk is not None
    blocks = passage_blocks(rows, assembled, kind, cast)
    if talk is not None:
        blocks.extend(turn_blocks(talk, assembled))
    blocks.extend(section_blocks(rows, assembled, spoken=spoken))
    return _with_headings(sorted(blocks, key=lambda found: found[0].start))


def _with_headings(blocks: list[tuple[Block, int]]) -> tuple[Block, ...]:
    """Each block under the headings above it; the title stands over nothing."""
    levels = [level for block, level in blocks if block.kind is BlockKind.HEADING]
    # A heading that opens the document, with none beside it at its level, is the title, whatever its style.
    opens = bool(levels) and blocks[0][0].kind is BlockKind.HEADING
    title = levels[0] if opens and all(level > levels[0] for level in levels[1:]) else 0
    above: list[tuple[int, str]] = []
    placed: list[Block] = []
    for block, level in blocks:
        if block.kind is BlockKind.HEADING:
            above = [(depth, words) for depth, words in above if depth < level] if level else above
            path = tuple(words for _, words in above)
            placed.append(block.model_copy(update={"headings": path, "label": ""}))
            if level > title:
                above.append((level, block.label))
        elif block.headings or not above:
            placed.append(block)
        else:
            placed.append(block.model_copy(update={"headings": tuple(words for _, words in above)}))
    return tuple(placed)


def _title(blocks: tuple[Block, ...], text: str) -> str:
    """The first block, where it is a heading."""
    if not blocks or blocks[0].kind is not BlockKind.HEADING:
        return ""
    return heading_words(text[blocks[0].start : blocks[0].end])
