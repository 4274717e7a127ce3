"""What the offline coder learnt, for the people who taught it: how often each code was given, and by which
threshold each is now suggested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import ConfigDict, Field, computed_field

from cothemes.records.record import Record
from cothemes.stages.propose.offline.reviewed import Reviewed
from cothemes.stages.propose.offline.thresholds import ENOUGH, folds_of


class Learnt(Record):
    """The reviewed passages, counted."""

    model_config = ConfigDict(serialize_by_alias=True)

    passages: int
    coded: int = Field(serialization_alias="with_a_code")
    """Number of them with a code."""
    passed_over: int = Field(serialization_alias="with_codes_passed_over")
    """Number of them reviewed with suggestions visible, so that a code which nobody offered counts as a weak
    no.
    """
    given: dict[str, int]
    """Code → passages that teach it as given, in the codebook's order. What is not done yet, or was given by
    one of two readers and is not adjudicated, is not among them."""
    held_out: bool = Field(exclude=True)
    """True if passages could be held out, so that thresholds were learnt at all."""

    @computed_field(alias="own_threshold")  # type: ignore[prop-decorator]
    @property
    def own(self) -> tuple[str, ...]:
        """Codes given often enough to have a threshold of their own."""
        return tuple(code for code, count in self.given.items() if self.held_out and count >= ENOUGH)

    @computed_field(alias="leaning_threshold")  # type: ignore[prop-decorator]
    @property
    def leaning(self) -> tuple[str, ...]:
        """Codes whose threshold is in part the common one."""
        return tuple(code for code, count in self.given.items() if self.held_out and 0 < count < ENOUGH)

    @computed_field(alias="shipped_threshold")  # type: ignore[prop-decorator]
    @property
    def shipped(self) -> tuple[str, ...]:
        """Codes that are suggested from the shipped threshold on."""
        return tuple(code for code, count in self.given.items() if not (self.held_out and count))


def learnt_from(reviewed: Sequence[Reviewed], codes: Sequence[str]) -> Learnt | None:
    """`codes` are the codebook's; None where nothing was reviewed."""
    if not reviewed:
        return None
    given = Counter(code for each in reviewed for code, label in each.labels.items() if label == 1)
    return Learnt(
        passages=len(reviewed),
        coded=sum(any(each.labels.get(code) == 1 for code in codes) for each in reviewed),
        passed_over=sum(bool(each.passed_over) for each in reviewed),
        given={code: given[code] for code in codes},
        held_out=bool(folds_of([each.passage.document for each in reviewed])),
    )
