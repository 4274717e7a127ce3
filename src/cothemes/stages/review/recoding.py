"""Who has to read which passage again for which codes, after their wording changed: a round of its own.

Nothing of the earlier rounds is touched. A passage comes back to whoever finished it, blind for everyone,
since only blind readings can show what a wording is worth; and only for the codes whose present wording she
has not decided on. The chance of the draw stays that of the first draw: every affected passage comes back,
none is chosen. Where only those come back on which a code was given, the choice depends on what was decided,
and their chance is not known any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cothemes.records.review import Arm, Assignment, Stream
from cothemes.stages.review.reading_state import ReadingState
from cothemes.stages.review.wordings import Same, Wordings, code_readings


@dataclass(frozen=True)
class Again:
    """A draw of passages to be read again."""

    recodings: tuple[Assignment, ...]
    """By reviewer, then document order."""
    open: int
    """Finished neither before nor now: their reviewers will meet the new wording there anyway."""
    discussed: int
    """Of the recodings, those on passages whose readers have compared their codes since."""


def recodings(
    standings: Sequence[ReadingState],
    codes: Sequence[str],
    current: Mapping[str, str],
    wordings: Wordings,
    order: Mapping[str, int],
    *,
    round_name: str,
    drawn: datetime,
    reviewers: Collection[str] = (),
    only_given: bool = False,
    discussed: Mapping[str, Collection[str]] | None = None,
    same: Same | None = None,
    carried: Container[tuple[str, str, str]] = (),
    private: Mapping[str, Collection[str]] | None = None,
) -> Again:
    """`standings` are all of the study; `current`: code → hash of its text now; `order`: passage → its place
    in the study, for passages that still are. `reviewers`: only theirs. `only_given`: only where an earlier
    reading gave one of the codes. `discussed`: passage → readers whose codes were compared there. `same`:
    wordings that count as the present one. `carried`: (reviewer, passage, code) whose value comes from codes
    that were merged or split: nobody reads them again. `private`: code → codebooks in which it was one
    person's draft.
    """
    found: list[Assignment] = []
    still_open = 0
    held = [s for s in standings if not reviewers or s.assignment.reviewer in reviewers]
    again = reworded(
        held, codes, current, wordings, order, only_given=only_given, same=same, carried=carried,
        private=private,
    )  # fmt: skip
    for own, needed in again:
        if all(standing.done for standing in own):
            found.append(_recoding(own[0].assignment, needed, round_name, drawn, only_given=only_given))
        else:
            still_open += 1
    placed = _placed(found, standings, order)
    compared = discussed or {}
    return Again(placed, still_open, sum(r.reviewer in compared.get(r.passage, ()) for r in placed))


def reworded(
    standings: Iterable[ReadingState],
    codes: Sequence[str],
    current: Mapping[str, str],
    wordings: Wordings,
    passages: Container[str],
    *,
    only_given: bool = False,
    same: Same | None = None,
    carried: Container[tuple[str, str, str]] = (),
    private: Mapping[str, Collection[str]] | None = None,
) -> list[tuple[list[ReadingState], tuple[str, ...]]]:
    """All readings of one passage by one person, with the codes that she has decided on there and never by
    their present wording; where there is no such code, they are left out. Only of these `passages`.

    On a passage with other readers, whoever read a code as their own draft reads it again: the others could
    agree with nobody.
    """
    stands = {code: {current[code], *(same or {}).get(code, ())} for code in codes}
    by_pair: dict[tuple[str, str], list[ReadingState]] = defaultdict(list)
    for standing in standings:
        if standing.assignment.passage in passages:
            by_pair[standing.assignment.reviewer, standing.assignment.passage].append(standing)
    found = []
    readers = Counter(passage for _, passage in by_pair)
    for (reviewer, passage), own in by_pair.items():
        alone = readers[passage] < 2
        needed = _needed(
            own, codes, stands, wordings, only_given=only_given, private={} if alone else private or {}
        )
        needed = tuple(code for code in needed if (reviewer, passage, code) not in carried)
        if needed:
            found.append((own, needed))
    return found


def _needed(
    own: Iterable[ReadingState],
    codes: Sequence[str],
    stands: Mapping[str, Collection[str]],
    wordings: Wordings,
    *,
    only_given: bool,
    private: Mapping[str, Collection[str]],
) -> tuple[str, ...]:
    """Codes that one reviewer has decided on one passage, and never by their present wording."""
    decided: dict[str, bool] = {}
    given: dict[str, bool] = defaultdict(bool)
    for reading in code_readings(own, codes, wordings):
        shared = reading.codebook not in private.get(reading.code, ())
        now = shared and reading.wording in stands[reading.code]
        decided[reading.code] = decided.get(reading.code, False) or now
        given[reading.code] |= reading.applied
    needed = tuple(code for code in codes if decided.get(code) is False)
    return needed if not only_given or any(given[code] for code in needed) else ()


def _recoding(
    first: Assignment, codes: tuple[str, ...], round_name: str, drawn: datetime, *, only_given: bool
) -> Assignment:
    return Assignment(
        reviewer=first.reviewer,
        passage=first.passage,
        document=first.document,
        round=round_name,
        arm=Arm.BLIND,
        probability=first.probability,
        double=False,
        position=0,
        drawn=drawn,
        seed=first.seed,
        chance=None if only_given else first.chance,
        rank=first.rank,
        stream=Stream.DOCUMENT,
        codes=codes,
    )


def _placed(
    found: Sequence[Assignment], standings: Iterable[ReadingState], order: Mapping[str, int]
) -> tuple[Assignment, ...]:
    """Before what the reviewer has open, in the study's order: the wording is fresh, and new passages are
    better coded after it has been tried on known ones. Double where two people or more read it again."""
    readers = Counter(recoding.passage for recoding in found)
    place: dict[str, int] = {}
    for standing in standings:
        given = standing.assignment
        place[given.reviewer] = min(place.get(given.reviewer, 0), given.position)
    for reviewer, count in Counter(recoding.reviewer for recoding in found).items():
        place[reviewer] -= count
    placed = []
    for recoding in sorted(found, key=lambda r: (r.reviewer, order[r.passage])):
        update = {"position": place[recoding.reviewer], "double": readers[recoding.passage] > 1}
        placed.append(recoding.model_copy(update=update))
        place[recoding.reviewer] += 1
    return tuple(placed)
