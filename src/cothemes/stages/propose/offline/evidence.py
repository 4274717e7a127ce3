"""The sentence that a suggestion stands on, and in words what it resembles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cothemes.records.passage import Passage, Sentence
from cothemes.stages.propose.offline.ngrams import words_of
from cothemes.stages.propose.offline.resemblance import Likeness
from cothemes.stages.propose.offline.wording import Wording

FEWEST_WORDS = 5
"""A shorter sentence is evidence only where the passage has no other."""
CLOSENESS = 8.0
"""Log-odds that a unit of plain likeness is worth in the choice of a sentence."""
SHOWN = 90
"""Characters of an example in a reason."""


def quotable(passage: Passage) -> tuple[Sentence, ...]:
    """The sentences that may be evidence; the whole passage where it has none."""
    sentences = passage.sentences or (Sentence(id="s1", start=passage.start, end=passage.end),)
    long = tuple(s for s in sentences if len(words_of(passage.sentence_text(s))) >= FEWEST_WORDS)
    return long or sentences


def strongest(log_odds: NDArray[np.float64], likeness: Likeness, rows: slice, code: int) -> int:
    """The row of the sentence, among `rows`, that carries the code best; the first of equals.

    Log-odds alone say which code a sentence is about, if about any: a stray short one can stand out for a
    code that it hardly resembles. So plain likeness to the code's texts counts too.
    """
    texts = (likeness.label, likeness.definition, np.maximum(likeness.best_example, 0), likeness.letters)
    close = np.mean([part[rows, code] for part in texts], axis=0)
    best: int = rows.start + int(np.argmax(log_odds[rows, code] + CLOSENESS * close))
    return best


def reason_for(
    wording: Wording, likeness: Likeness, row: int, code: int, taught: tuple[int, float] | None
) -> str:
    """Return what of the codebook the sentence in `row` resembles, with cosines; then what was learnt, if
    anything.

    `taught` is (passages reviewed with this code, log-odds that learning added).
    """
    definition = float(likeness.definition[row, code])
    parts = [("the definition", definition), ("the label", float(likeness.label[row, code]))]
    if wording.examples:
        text = wording.examples[int(likeness.which_example[row, code])]
        best = float(likeness.best_example[row, code])
        parts.append((f"the codebook's example “{_shortened(text)}”", best))
    parts.sort(key=lambda part: -part[1])
    said = " and to ".join(f"{name} ({cosine:.2f})" for name, cosine in parts[:2])
    near = float(likeness.near_miss[row, code])
    caution = f"; but a near miss is as close ({near:.2f})" if near >= parts[0][1] else ""
    if taught is None:
        return f"Closest to {said}{caution}."
    count, added = taught
    passages = f"{count} reviewed passage{'s' if count != 1 else ''}"
    if added < 0:
        # No reason argues against its own suggestion: the score fell and reaches the threshold still.
        passages = f"{count} passage{'s' if count != 1 else ''}"
        lowered = (
            f"what people reviewed ({passages} with this code) lowers its score, not below the threshold"
        )
        return f"Closest to {said}{caution}; {lowered}."
    verb = "speaks" if count == 1 else "speak"
    return f"Closest to {said}{caution}; {passages} with this code {verb} for it."


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1].rsplit(" ", 1)[0] + "…"


def rows_of(groups: Sequence[Sequence[object]]) -> list[slice]:
    """Return where each group stands when all are laid end to end."""
    ends = np.cumsum([0, *(len(group) for group in groups)])
    return [slice(int(start), int(end)) for start, end in pairwise(ends)]
