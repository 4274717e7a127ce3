"""Suggestions that are wrong on purpose: how many of them people turn down is the catch rate.

An error is planted only where at least two people read the passage blind and none of them gave the code,
where no coder proposed it either, and into the work of someone who has not read the passage. It looks as a
suggestion of the run that coded the passage does; its evidence is a whole sentence of the passage, so that
the words are there and only the code is wrong. It stands among the reader's assisted passages, after the
first 50, next to one of the same document where there is one.
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
class ErrorSite:
    """A passage into which an error may be planted."""

    passage: Passage
    codes: tuple[str, ...]
    """Codes that nobody gave and nothing proposed, under the wording that was read."""
    run: str
    """The latest run that coded the passage."""


def sites(
    passages: Sequence[Passage],
    read: Mapping[str, Mapping[str, frozenset[str]]],
    proposed: Mapping[str, frozenset[str]],
    runs: Mapping[str, str],
    codes: Sequence[str],
) -> list[ErrorSite]:
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
            found.append(ErrorSite(passage, free, runs[passage.id]))
    return found


def plant(
    reviewer: str,
    carriers: Sequence[Assignment],
    eligible: Sequence[ErrorSite],
    share: float,
    *,
    assisted: int,
    placed: int,
    round_name: str,
    wordings: Mapping[str, str],
    reasons: Mapping[str, str],
    seed: int,
    drawn: datetime,
) -> list[tuple[Assignment, Seed]]:
    """Seeds for one reader, with the readings that hold them.

    `carriers`: the reader's untouched assisted passages, beside which a planted error may be served.
    The share is of all that are `assisted` in the round, less what was `placed` before. `wordings`: code →
    hash of its text; `reasons`: run → what its suggestions say for themselves.
    """
    generator = generator_for(seed, f"seeds of {round_name}", reviewer)
    exact = share * assisted
    wanted = int(exact) + int(generator.random() < exact - int(exact)) - placed
    open_ = [carrier for carrier in carriers if carrier.arm is Arm.ASSISTED]
    made: list[tuple[Assignment, Seed]] = []
    for place in generator.permutation(len(eligible)).tolist():
        if len(made) >= wanted or not open_:
            break
        site = eligible[place]
        near = [carrier for carrier in open_ if carrier.document == site.passage.document] or open_
        carrier = near[int(generator.integers(len(near)))]
        open_.remove(carrier)
        code = site.codes[int(generator.integers(len(site.codes)))]
        sentences = _quotable(site.passage)
        start, end = sentences[int(generator.integers(len(sentences)))]
        reading = carrier.model_copy(update={"passage": site.passage.id, "document": site.passage.document})
        made.append(
            (
                reading,
                Seed(
                    id=content_hash(["seed", reviewer, site.passage.id, code, round_name])[:LENGTH],
                    reviewer=reviewer,
                    passage=site.passage.id,
                    round=round_name,
                    code=code,
                    code_hash=wordings[code],
                    start=start,
                    end=end,
                    text_version=site.passage.version,
                    run=site.run,
                    reason=reasons[site.run],
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
