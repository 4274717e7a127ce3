"""The anchoring report: everything a study knows of how suggestions sway its people."""

from __future__ import annotations

from typing import Literal

from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.shifts import Shift
from cothemes.stages.evaluate.anchoring.blind_share import BlindShare
from cothemes.stages.evaluate.anchoring.catch_rate import CatchRate
from cothemes.stages.evaluate.anchoring.pace import Pace
from cothemes.stages.evaluate.anchoring.reveal import Changes


class Person(Record):
    """One reviewer."""

    reviewer: str
    blind_share: BlindShare
    """Finished passages that chance put into the two arms, and those of them that are compared."""
    overall: Shift | None
    """Codes per passage; None where an arm has too few passages."""
    codes: tuple[Shift, ...] = ()
    changes: Changes | None = None
    """After reveals; None where none were finished."""
    pace: Pace | None = None


class Anchoring(Record):
    """Anchoring in one round."""

    round: str
    people: tuple[Person, ...]
    seeds: CatchRate | None
    """None where none were sown."""
    conventions: dict[str, str]
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    purpose: Literal["agreement"] = "agreement"
    """The rule by which decisions count."""
    left_out: tuple[LeftOut, ...] = ()
    """Decisions that do not count here, with the reason and the option that brings them back."""


CONVENTIONS = {
    "shift": "rate with suggestions minus blind rate, within documents, Mantel-Haenszel weights; "
    "first readings of passages to reveal and passages put forward by a score are left out",
    "randomised": "true where the study's own draw put every passage of it into its arm: an effect of "
    "reading with suggestions, and after the blind passages; else the shift is associated with suggestions",
    "interval": "95 %, delete-one-interview jackknife, t(K-1); withheld where it has no width or would "
    "reach beyond what the figure can be",
    "inference": "over these interviews; chosen on purpose, they represent no others",
    "changes": "codes after the reveal against those locked before it; share of suggested codes taken up, "
    "and of codes without a suggestion given up",
    "seconds": "gaps between acts up to two minutes; longer ones are pauses, and where the clock went back "
    "nothing is counted; the time of a passage that came from a sheet or an import is not known",
    "catch_rate": "over all people together, exact binomial interval; nobody's own rate is given",
    "blind_share": "the least number that shows a shift of ten points of a code in a fifth of passages; "
    "only passages of documents that the person read in both arms are compared",
}
