"""What a row was measured on, so that two evaluations are compared only where that was the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.records.record import Record, content_hash
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.coding.gold import Gold
from cothemes.stages.evaluate.coding.splits import Parts

LETTERS = 12
MOST_NAMED = 4


class Ground(Record):
    """Passages, splits, gold and scored codes of one row; hashes are the first letters of a sha256."""

    gold: str
    """A rater, or `majority`."""
    passages: str
    """Hash of those that gold rated: id, document and text."""
    counted: int
    """Number of these."""
    splits: str
    """Hash of the seeds and what each of them tests."""
    test_share: float
    tested: int
    """Passages of all test parts, each as often as a seed has it."""
    labels: dict[str, str]
    """Scored code → hash of the passages to which gold gives it."""


def ground_of(suite: Suite, gold: Gold, splits: Sequence[Parts]) -> Ground:
    """Return the test passages of a row that is scored on the test parts of these splits."""
    ids = [passage.id for passage in gold.passages]
    codes = suite.codebook.codes
    return Ground(
        gold=suite.gold,
        passages=_hash([[each.id, each.doc, each.text] for each in gold.passages]),
        counted=len(ids),
        splits=_hash([[split.seed, [ids[row] for row in split.test.tolist()]] for split in splits]),
        test_share=suite.split.test,
        tested=sum(len(split.test) for split in splits),
        labels={
            codes[column].id: _hash(
                [name for name, true in zip(ids, gold.truth[:, column], strict=True) if true]
            )
            for column in gold.scored.tolist()
        },
    )


def differences(before: Ground, after: Ground) -> Iterator[str]:
    """Yield what was another then, in words; nothing where the two rows may be compared."""
    if before.gold != after.gold:
        yield f"gold {before.gold} then, {after.gold} now"
    if set(before.labels) != set(after.labels):
        yield f"scored codes {len(before.labels)} then, {len(after.labels)} now{_codes(before, after)}"
    if before.passages != after.passages:
        yield f"passages {before.counted} then, {after.counted} now{_other(before.counted == after.counted)}"
    elif before.splits != after.splits:
        share = f"test share {before.test_share:g} then, {after.test_share:g} now; "
        told = share if before.test_share != after.test_share else ""
        yield f"splits, {told}tested {before.tested} then, {after.tested} now"
    elif before.gold == after.gold and (other := _recoded(before, after)):
        yield f"gold's codings of {_named(other)}"


def _codes(before: Ground, after: Ground) -> str:
    only_then = [code for code in before.labels if code not in after.labels]
    only_now = [code for code in after.labels if code not in before.labels]
    told = [f"{_named(only_then)} only then"] if only_then else []
    told += [f"{_named(only_now)} only now"] if only_now else []
    return f" ({'; '.join(told)})"


def _recoded(before: Ground, after: Ground) -> list[str]:
    return [code for code, hashed in after.labels.items() if before.labels.get(code, hashed) != hashed]


def _other(same: bool) -> str:
    return ", with another text, name or document" if same else ""


def _named(codes: Sequence[str]) -> str:
    rest = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _hash(value: object) -> str:
    return content_hash(value)[:LETTERS]
