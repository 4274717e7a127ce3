"""What the sentence that carries a suggestion resembles, in words."""

from __future__ import annotations

from cothemes.stages.propose.offline.resemblance import Likeness
from cothemes.stages.propose.offline.wording import Wording

SHOWN = 90
"""Characters of an example in a reason."""


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
        text = wording.examples[likeness.which_example(row, code, len(wording.examples))]
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
