"""A suite of forty passages in eight interviews, about drinks."""

from __future__ import annotations

import json
from pathlib import Path

CODEBOOK = """\
codebook: {id: drinks, version: 1}
codes:
  - {id: tea, label: Tea, definition: Tea is drunk.}
  - {id: coffee, label: Coffee, definition: Coffee is drunk.}
"""
SUITE = """\
name: drinks
passages: passages.jsonl
codebook: codebook.yaml
gold: ann
min_positives: 3
split: {by: doc, test: 0.4, seeds: [0]}
"""
WORDS = ("We had tea.", "There was coffee and tea.", "Nothing to drink.", "Coffee, always.")


def gold_suite(folder: Path, *, raters: tuple[str, ...] = ("ann",)) -> Path:
    """The suite file. The second rater codes nothing in every tenth passage."""
    folder.mkdir()
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    lines = []
    for n in range(40):
        # Every seventh passage is coded by what its words do not say, so that a coder errs.
        codes = [code for code in ("tea", "coffee") if (code in WORDS[n % 4].lower()) == (n % 7 != 3)]
        labels = {rater: codes if not at or n % 10 else [] for at, rater in enumerate(raters)}
        speaker = "note" if n % 5 == 4 else "participant"
        lines.append(
            {
                "id": f"p{n:02d}",
                "doc": f"d{n % 8}",
                "text": WORDS[n % 4],
                "speaker": speaker,
                "labels": labels,
            }
        )
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "passages.jsonl").write_text(text, encoding="utf-8")
    path = folder / "drinks.yaml"
    path.write_text(SUITE, encoding="utf-8")
    return path
