"""The sums of what is left out: by reason, with codes and the way back."""

from __future__ import annotations

from cothemes.presentation.left_out import ways_back
from cothemes.records.left_out import Dropped, Reason
from cothemes.stages.review.left_out import summed


def row(reason: Reason, code: str, passage: str = "talk.0001") -> Dropped:
    return Dropped(reason=reason, passage=passage, code=code, by="ann", action="add")


def test_sums_by_reason_with_codes_and_the_way_back() -> None:
    rows = [
        row(Reason.RETIRED_PASSAGE, "A2", "talk.0009"),
        row(Reason.RETIRED_PASSAGE, "A1", "talk.0009"),
        row(Reason.NOT_DONE, "A1"),
    ]
    entries = summed(rows, ("A1", "A2"), ["talk.0009", "other.0001"])
    assert [(e.reason, e.unit, e.count, e.codes) for e in entries] == [
        (Reason.RETIRED_PASSAGE, "decision", 2, ("A1", "A2")),
        (Reason.RETIRED_PASSAGE, "reading", 2, None),
        (Reason.NOT_DONE, "decision", 1, ("A1",)),
    ]
    assert entries[0].include_with == "cothemes ingest --resegment --undo other talk"


def test_consent_withdrawn_is_a_number_only() -> None:
    (entry,) = summed([row(Reason.CONSENT, "A1")], ("A1",))
    assert (entry.reason, entry.count, entry.codes, entry.include_with) == (Reason.CONSENT, 1, None, None)


def test_what_explains_a_command_is_not_set_as_one() -> None:
    assert ways_back("cothemes adjudicate, for another ruling") == [
        ("cothemes adjudicate", True),
        (", for another ruling", False),
    ]
    assert ways_back("cothemes codebook diff, then cothemes codebook note --same, or code them again") == [
        ("cothemes codebook diff", True),
        (", then ", False),
        ("cothemes codebook note --same", True),
        (", or code them again", False),
    ]
    assert ways_back("--combine any") == [("--combine any", True)]
