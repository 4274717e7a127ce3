"""Documents to passages: the units that people and models code alike, cut before anyone codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from cothemes.records.document import Block, BlockKind, Document
from cothemes.records.passage import Passage, Sentence
from cothemes.records.record import content_hash
from cothemes.records.text import count_words
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.answers import with_answers_joined
from cothemes.stages.segment.division import HARDEST, Atom, divide
from cothemes.stages.segment.runs import Run, runs_of
from cothemes.stages.segment.sentences import sentences, words_in
from cothemes.stages.segment.short_turns import name_words, reason_for

UNCUT = "passages"
"""Reader of files whose passages were cut before they came here."""
_GIVEN = set(Sentence.model_fields)
ALGORITHM = 2
"""Raised whenever the same settings would cut the same text elsewhere: passages then get new ids."""


def segment(document: Document, settings: SegmentSettings, first_number: int) -> tuple[Passage, ...]:
    """Passages in document order, numbered from `first_number`.

    `document.text[p.start:p.end] == p.text` for each, every sentence lies inside its passage, no two passages
    overlap. Passages aim at settings.minimum_words to settings.maximum_words and never exceed 180 words or
    2,000 characters, except those of a file of passages, which stay as they are. The cell of a table is one
    passage up to 180 words.
    """
    cut_by = segmentation_hash(settings)
    passages: list[Passage] = []
    names = name_words(document)
    for run in with_answers_joined(document, runs_of(document, settings), settings):
        atoms = _atoms(document, run)
        whole = run.whole and (document.reader == UNCUT or sum(atom.words for atom in atoms) <= HARDEST)
        pieces = [atoms] if whole else divide(atoms, settings, whole_to=HARDEST if run.joined else 0)
        for piece in pieces:
            if piece and (run.whole or not _is_no_unit(document, piece, settings, names)):
                number = first_number + len(passages)
                passages.append(_passage(document, piece, cut_by, number, len(passages)))
    return tuple(passages)


def segmentation_hash(settings: SegmentSettings) -> str:
    """Identity of the cutting: the algorithm's version and every setting."""
    return content_hash({"algorithm": ALGORITHM, **settings.model_dump()})


def _atoms(document: Document, run: Run) -> list[Atom]:
    atoms: list[Atom] = []
    for block in run.blocks:
        for number, span in enumerate(sentences(document.text, block.start, block.end)):
            before = atoms[-1] if atoms else None
            gap = document.text[before.end : span.start] if before else ""
            atoms.append(
                Atom(
                    start=span.start,
                    end=span.end,
                    words=words_in(document.text, span),
                    gap_words=count_words(gap),
                    block=block,
                    opens_block=number == 0,
                    opens_paragraph="\n\n" in gap,
                )
            )
    return atoms


def _is_no_unit(
    document: Document, piece: Sequence[Atom], settings: SegmentSettings, names: Collection[str]
) -> bool:
    """Return whether a piece holds whole turns that nobody can code alone, and nothing else.

    The end of a longer turn is never such a piece, nor is anything in a written text or of a voice that
    nobody named.
    """
    first, last = piece[0], piece[-1]
    if first.block.kind is not BlockKind.TURN or sum(atom.words for atom in piece) > settings.answer_words:
        return False
    if not first.opens_block or last.end < last.block.end:
        return False
    blocks = dict.fromkeys((atom.block.start, atom.block.end) for atom in piece)
    speaker = first.block.speaker
    return all(reason_for(document.text[start:end], speaker, names) for start, end in blocks)


def _passage(document: Document, piece: Sequence[Atom], cut_by: str, number: int, position: int) -> Passage:
    start, end = piece[0].start, piece[-1].end
    first: Block = piece[0].block
    return Passage(
        id=f"{document.slug}.{number:04d}",
        document=document.slug,
        version=document.version,
        segmentation=cut_by,
        start=start,
        end=end,
        text=document.text[start:end],
        kind=first.kind,
        speaker=first.speaker,
        role=first.role,
        headings=first.headings,
        time=first.time,
        sentences=tuple(_sentence(n, atom) for n, atom in enumerate(piece, 1)),
        position=position,
    )


def _sentence(number: int, atom: Atom) -> Sentence:
    """Return a sentence. All share one set of given fields, which would be half of what each one takes."""
    return Sentence.model_construct(
        _fields_set=_GIVEN, id=_sentence_id(number), start=atom.start, end=atom.end
    )


@lru_cache(HARDEST)
def _sentence_id(number: int) -> str:
    return f"s{number}"
