"""Speakers and passages of a text on their way through a project, which has no place for either.

They travel as a note on the source, under a name of their own: some lines for people, then one of JSON.
Programs keep notes. Where the text came back as it was, passages are as they were; where it was changed,
speakers keep their roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from cothemes.records.document import PUBLISHED, Block, Document, Kind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.project import ProjectNote
from cothemes.records.record import Record, content_hash
from cothemes.records.speaker import NAMELESS, SpeakerEntry

NAME = "Speakers and passages (cothemes)"
"""Name of the note."""
_MARK = '{"cothemes_text":'


class SpeakerOut(Record):
    """A label of a text and the person behind it."""

    label: str
    """Label as read; empty for speech that no label names."""
    role: Role
    said: tuple[Role | None, str | None, str | None] | None = None
    """Role, name and participant that a person gave; None where nobody did."""


class PassageOut(Record):
    """A passage of a text, in code points."""

    number: int
    start: int
    end: int
    block: Block
    """The kind, speaker, role, headings and time that it has."""
    sentences: tuple[tuple[int, int], ...] = ()


class TextStructure(Record):
    """Structure of one text."""

    cothemes_text: str
    """sha256 of the text that the places are of."""
    kind: Kind = Kind.UNKNOWN
    segmentation: str = ""
    speakers: tuple[SpeakerOut, ...] = ()
    blocks: tuple[Block, ...] = ()
    passages: tuple[PassageOut, ...] = ()

    def fits(self, text: str) -> bool:
        """Return whether the places are of this text."""
        return self.cothemes_text == content_hash(text)

    def cut(self, document: Document) -> tuple[Passage, ...]:
        """Return the passages that a document of the same text had."""
        return tuple(
            Passage(
                id=f"{document.slug}.{each.number:04d}",
                document=document.slug,
                version=document.version,
                segmentation=self.segmentation,
                start=each.start,
                end=each.end,
                text=document.text[each.start : each.end],
                kind=each.block.kind,
                speaker=each.block.speaker,
                role=each.block.role,
                headings=each.block.headings,
                time=each.block.time,
                sentences=tuple(
                    Sentence(id=f"s{number}", start=start, end=end)
                    for number, (start, end) in enumerate(each.sentences, start=1)
                ),
                position=position,
            )
            for position, each in enumerate(self.passages)
        )


class Way:
    """The way of a text's words and places into a file: as they are, or under pseudonyms."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch in the text that is written."""
        return start, end

    def words(self, text: str) -> str:
        """Return words as they are written."""
        return text


def structure_of(
    document: Document,
    text: str,
    passages: Sequence[Passage],
    roles: Mapping[str, Role],
    said: Mapping[str, SpeakerEntry],
    way: Way,
) -> TextStructure:
    """Return the structure of a document whose text is written as `text`.

    `roles`: label as read → role; `said`: label → the entry that counts.
    """

    def block(one: Block) -> Block:
        start, end = way.span(one.start, one.end)
        return one.model_copy(
            update={
                "start": start,
                "end": end,
                "speaker": way.words(one.speaker),
                "speaker_read": None if one.speaker_read is None else way.words(one.speaker_read),
                "headings": tuple(map(way.words, one.headings)),
                "label": way.words(one.label),
            }
        )

    return TextStructure(
        cothemes_text=content_hash(text),
        # A published kind goes as a person's word alone: such a text may leave the machine.
        kind=Kind.UNKNOWN if document.kind in PUBLISHED else document.kind,
        segmentation=passages[0].segmentation if passages else "",
        speakers=tuple(
            SpeakerOut(label=way.words(label), role=role, said=_said(said.get(label), way))
            for label, role in roles.items()
        ),
        blocks=tuple(map(block, document.blocks)),
        passages=tuple(
            PassageOut(
                number=int(each.id.rpartition(".")[2]),
                start=way.span(each.start, each.end)[0],
                end=way.span(each.start, each.end)[1],
                block=block(
                    Block(
                        start=each.start,
                        end=each.end,
                        kind=each.kind,
                        speaker=each.speaker,
                        role=each.role,
                        headings=each.headings,
                        time=each.time,
                    )
                ),
                sentences=tuple(way.span(one.start, one.end) for one in each.sentences),
            )
            for each in passages
        ),
    )


def _said(entry: SpeakerEntry | None, way: Way) -> tuple[Role | None, str | None, str | None] | None:
    if entry is None or entry.says == (None, None, None):
        return None
    role, name, participant = entry.says
    return (
        role,
        None if name is None else way.words(name),
        None if participant is None else way.words(participant),
    )


def written(structure: TextStructure) -> str:
    """Return the words of the note."""
    lines = ["Who speaks in this text, and how it is cut into passages. cothemes reads this back."]
    for each in structure.speakers:
        role, name, _ = each.said or (None, None, None)
        named = f" = {name}" if name else ""
        by = ", as a person said" if role else ""
        lines.append(f"{each.label or NAMELESS}{named}: {each.role.value}{by}")
    return "\n".join([*lines, "", structure.model_dump_json(exclude_defaults=True)])


def structure_in(note: ProjectNote) -> TextStructure | None:
    """Return the structure that a note holds; None for any other note, or one that was edited."""
    begin = note.text.find(_MARK)
    if note.name != NAME or begin < 0:
        return None
    try:
        return TextStructure.model_validate_json(note.text[begin:].strip())
    except ValidationError:
        return None


def structures_of(notes: Iterable[ProjectNote]) -> dict[str, TextStructure]:
    """Return GUID of a note → the structure that it holds, of those that hold one."""
    found = {note.guid: structure_in(note) for note in notes}
    return {guid: structure for guid, structure in found.items() if structure is not None}
