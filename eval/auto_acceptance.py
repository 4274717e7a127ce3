"""What is certified on real codings, and the precision that is reached on the passages nobody read.

`python -m eval.auto_acceptance [SUITE.yaml …] [--readings 300,600] [--draws 200] [--learned SHARE]` prints
a table for each suite; the tables of docs/methods/auto-acceptance.md are its. The gold labels stand for
a person who reads `readings` passages blind, drawn at random; the other passages are the rest. The coder has
learned nothing, or with `learned` a share of the documents, which then take no part.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cothemes.stages.evaluate.certification import BlindReading, code_tests
from eval.learning_curve import NAMES, SUITES, Arm, Trial

TARGETS = (0.8, 0.9)
DELTA = 0.1
TRAINING = 5
"""Seed of the documents that are learned from."""


def lines(path: Path, sizes: list[int], draws: int, learned: float) -> Iterator[str]:
    """Yield the rows of a Markdown table."""
    trial = Trial.of(path)
    documents = sorted({passage.document for passage in trial.passages})
    taught = set(
        np.random.default_rng(TRAINING).permutation(documents)[: round(learned * len(documents))].tolist()
    )
    every = np.arange(len(trial.passages))
    own = np.array([trial.passages[row].document in taught for row in every])
    coder = trial.coder
    if taught:
        reviews = trial.reviews(every[own], Arm(assisted=False, answers=True, adds=1.0), 0)
        coder = coder.fit(reviews, trial.material, trial.read)
    rows = every[~own]
    score, offered = trial.applied(coder, rows)
    truth = trial.gold.truth[rows]
    scored = [trial.codes[at] for at in trial.gold.scored]
    clusters = [trial.passages[row].document for row in rows]
    place = {code: at for at, code in enumerate(trial.codes)}
    readings = [
        BlindReading(
            passage=trial.passages[row].id,
            interview=clusters[at],
            suggested={code: float(score[at, place[code]]) for code in scored if offered[at, place[code]]},
            upheld=frozenset(code for code in scored if truth[at, place[code]]),
            asked=frozenset(scored),
        )
        for at, row in enumerate(rows)
    ]
    right = offered & truth
    columns = [place[code] for code in scored]
    yield (
        f"{path.stem}: {len(rows)} passages, {len(set(clusters))} documents, {len(scored)} codes, "
        f"{int(offered[:, columns].sum())} suggestions, "
        f"{right[:, columns].sum() / offered[:, columns].sum():.2f} right"
    )
    yield ""
    yield "| read blind | target | tested | certified | accepted | reached | under target |"
    yield "|---|---|---|---|---|---|---|"
    for size in sizes:
        for target in TARGETS:
            for pooled in (True, False):
                yield _row(readings, scored, size, target, draws, pooled=pooled)


def _row(
    readings: list[BlindReading], codes: list[str], size: int, target: float, draws: int, *, pooled: bool
) -> str:
    certified, accepted, reached, below = [], [], [], 0
    for draw in range(draws):
        order = np.random.default_rng([draw, size]).permutation(len(readings))
        sample, rest = order[:size], order[size:]
        tests = code_tests(
            [readings[at] for at in sample], codes, precision=target, delta=DELTA, look=1, pooled=pooled
        )
        thresholds = {code: test.threshold for test in tests if test.threshold for code in test.codes}
        certified.append(len(thresholds))
        if not thresholds:
            continue
        per = {code: [0, 0] for code in thresholds}
        for at in rest:
            for code, threshold in thresholds.items():
                if readings[at].suggested.get(code, -1.0) >= threshold:
                    per[code][0] += 1
                    per[code][1] += code in readings[at].upheld
        total, good = (sum(each[part] for each in per.values()) for part in (0, 1))
        if not total:
            continue
        accepted.append(total)
        reached.append(good / total)
        if pooled:
            below += good / total < target
        else:
            below += any(taken and ok / taken < target for taken, ok in per.values())
    some = sum(bool(each) for each in certified)
    return (
        f"| {size} | {target} | {'together' if pooled else 'one by one'} | "
        f"{some / draws:.0%} of draws, {np.mean(certified):.1f} codes | "
        f"{np.mean(accepted) if accepted else 0:.0f} | "
        f"{f'{np.mean(reached):.3f}' if reached else '–'} | {below / draws:.1%} |"
    )


def main() -> None:
    """Print the tables that were asked for."""
    asked = argparse.ArgumentParser(description="Certificates on real codings.")
    asked.add_argument(
        "suites", nargs="*", type=Path, default=[SUITES / f"{name}.yaml" for name in NAMES[1:]]
    )
    asked.add_argument("--readings", default="300,600,1000")
    asked.add_argument("--draws", type=int, default=200)
    asked.add_argument("--learned", type=float, default=0.0)
    wanted = asked.parse_args()
    for path in wanted.suites:
        print(flush=True)
        sizes = [int(size) for size in wanted.readings.split(",")]
        for line in lines(path, sizes, wanted.draws, wanted.learned):
            print(line, flush=True)


if __name__ == "__main__":
    main()
