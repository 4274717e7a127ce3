"""A suite's passages as a model reads them: in their documents, with what was said around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.record import content_hash
from cothemes.records.suite import GoldPassage, Suite
from cothemes.stages.segment.sentences import sentences

GAP = "\n\n"


@dataclass(frozen=True)
class GoldTalk:
    """The passages by their ids, and their documents by name."""

    passages: dict[str, Passage]
    documents: dict[str, Document]

    def of(self, gold: Sequence[GoldPassage]) -> list[Passage]:
        """Return the passages as they are put before the model."""
        return [self.passages[each.id] for each in gold]


def gold_talk(suite: Suite) -> GoldTalk:
    """Every passage of the suite, those that are not scored too: they are what was said around the others."""
    by_document: dict[str, list[GoldPassage]] = {}
    for each in suite.passages:
        by_document.setdefault(each.doc, []).append(each)
    passages: dict[str, Passage] = {}
    documents: dict[str, Document] = {}
    for slug, members in by_document.items():
        document = _document(slug, members, suite)
        documents[slug] = document
        for position, (gold, block) in enumerate(zip(members, document.blocks, strict=True)):
            passages[gold.id] = _passage(gold, document, block, position)
    return GoldTalk(passages, documents)


def _document(slug: str, members: Sequence[GoldPassage], suite: Suite) -> Document:
    blocks, start = [], 0
    for each in members:
        end = start + len(each.text)
        blocks.append(
            Block(
                start=start,
                end=end,
                kind=BlockKind.TURN if each.speaker else BlockKind.PASSAGE,
                speaker=each.speaker,
                # Without a rule for roles everyone is one of those whose words are coded.
                role=suite.roles.get(each.speaker, Role.PARTICIPANT),
            )
        )
        start = end + len(GAP)
    text = GAP.join(each.text for each in members)
    talk = any(each.speaker for each in members)
    return Document(
        slug=slug,
        version=content_hash(text),
        kind=Kind.INTERVIEW if talk else Kind.SURVEY,
        text=text,
        blocks=tuple(blocks),
    )


def _passage(gold: GoldPassage, document: Document, block: Block, position: int) -> Passage:
    return Passage(
        id=gold.id,
        document=document.slug,
        version=document.version,
        segmentation="gold",
        start=block.start,
        end=block.end,
        text=gold.text,
        kind=block.kind,
        speaker=block.speaker,
        role=block.role,
        sentences=tuple(
            Sentence(id=f"s{number}", start=span.start, end=span.end)
            for number, span in enumerate(sentences(document.text, block.start, block.end), 1)
        ),
        position=position,
    )
