"""Suggestions that are wrong on purpose: how many of them people turn down is the catch rate.

A seed is sown only where at least two people read the passage blind and none of them gave the code, where no
coder proposed it either, and into the work of someone who has not read the passage. It looks as a suggestion
of the run that coded the passage does; its evidence is a whole sentence of the passage, so that the words are
there and only the code is wrong. It stands among the reader's assisted passages, after the first 50, next to
one of the same document where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.review import Arm, Assignment, Seed
from cothemes.stages.route.chance import generator_for

ENOUGH_READERS = 2
FEWEST_WORDS = 5
"""A shorter sentence is evidence only where the passage has no other."""
LENGTH = 16
"""Length of an id: as long as a suggestion's."""


@dataclass(frozen=True)
class Bed:
    """A passage into which a seed may be sown."""

    passage: Passage
    codes: tuple[str, ...]
    """Codes that nobody gave and nothing proposed, under the wording that was read."""
    run: str
    """The latest run that coded the passage."""


def beds(
    passages: Sequence[Passage],
    read: Mapping[str, Mapping[str, frozenset[str]]],
    proposed: Mapping[str, frozenset[str]],
    runs: Mapping[str, str],
    codes: Sequence[str],
) -> list[Bed]:
    """`read`: passage → blind reader who finished it → codes that reader gave; `proposed`: passage → codes
    that any run suggested, borderline too; `runs`: passage → the run whose suggestions are shown."""
    found = []
    for passage in passages:
        readers = read.get(passage.id, {})
        if len(readers) < ENOUGH_READERS or passage.id not in runs:
            continue
        given = frozenset().union(*readers.values(), proposed.get(passage.id, frozenset()))
        free = tuple(code for code in codes if code not in given)
        if free:
            found.append(Bed(passage, free, runs[passage.id]))
    return found


def sow(
    reviewer: str,
    hosts: Sequence[Assignment],
    ground: Sequence[Bed],
    share: float,
    *,
    assisted: int,
    sown: int,
    round_name: str,
    wordings: Mapping[str, str],
    reasons: Mapping[str, str],
    seed: int,
    drawn: datetime,
) -> list[tuple[Assignment, Seed]]:
    """Seeds for one reader, with the readings that hold them.

    `hosts`: the reader's untouched assisted passages, beside which a seed may stand. The share is of all that
    are `assisted` in the round, less what was `sown` before. `wordings`: code → hash of its text; `reasons`:
    run → what its suggestions say for themselves.
    """
    generator = generator_for(seed, f"seeds of {round_name}", reviewer)
    exact = share * assisted
    wanted = int(exact) + int(generator.random() < exact - int(exact)) - sown
    open_ = [host for host in hosts if host.arm is Arm.ASSISTED]
    made: list[tuple[Assignment, Seed]] = []
    for place in generator.permutation(len(ground)).tolist():
        if len(made) >= wanted or not open_:
            break
        bed = ground[place]
        near = [host for host in open_ if host.document == bed.passage.document] or open_
        host = near[int(generator.integers(len(near)))]
        open_.remove(host)
        code = bed.codes[int(generator.integers(len(bed.codes)))]
        sentences = _quotable(bed.passage)
        start, end = sentences[int(generator.integers(len(sentences)))]
        reading = host.model_copy(update={"passage": bed.passage.id, "document": bed.passage.document})
        made.append(
            (
                reading,
                Seed(
                    id=content_hash(["seed", reviewer, bed.passage.id, code, round_name])[:LENGTH],
                    reviewer=reviewer,
                    passage=bed.passage.id,
                    round=round_name,
                    code=code,
                    code_hash=wordings[code],
                    start=start,
                    end=end,
                    text_version=bed.passage.version,
                    run=bed.run,
                    reason=reasons[bed.run],
                    drawn=drawn,
                    seed=seed,
                ),
            )
        )
    return made


def _quotable(passage: Passage) -> list[tuple[int, int]]:
    long = [
        (sentence.start, sentence.end)
        for sentence in passage.sentences
        if len(passage.sentence_text(sentence).split()) >= FEWEST_WORDS
    ]
    return long or [(passage.start, passage.end)]
