"""Which decisions a figure leaves out, and why: the one place that says so, for figures and exports alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from cothemes.records.left_out import Dropped, LeftOut, Reason
from cothemes.records.review import Assignment, Decision
from cothemes.stages.review.reading_state import ANSWERS, CODED, ReadingState, fold_all, live
from cothemes.stages.review.wordings import Same, finished_readings

_SHOWN = tuple(reason for reason in Reason if reason is not Reason.CONSENT)
_BACK = {
    Reason.EARLIER_MEANING: "cothemes codebook diff, then cothemes codebook note --same, or code them again",
    Reason.RETIRED_CODE: "put the code back into codebook.yaml",
    Reason.NOT_DONE: "cothemes done --as NAME PASSAGE",
    Reason.OTHER_VOICE: "cothemes speakers FILE LABEL participant, where a participant speaks",
    Reason.TAKEN_BACK: "cothemes decide --as NAME PASSAGE CODE …",
}


def dropped(
    assignments: Sequence[Assignment],
    decisions: Sequence[Decision],
    *,
    current: Container[str],
    forgotten: Container[str] = (),
    codes: Mapping[str, str],
    same: Same,
    each_reading: bool = False,
    absences: bool = False,
) -> list[Dropped]:
    """Every decision by name that does not count, in the order they were stored.

    `assignments`: all that may count. `current`: ids of current passages; `forgotten`: documents whose
    consent was withdrawn. `codes`: code → hash of its text now; `same`: other texts that ask for the same.
    `each_reading`: a blind reading counts beside the one after the reveal; else the last word counts.
    `absences`: rejections are told of too. What a `done` implied is no decision by name.
    """
    standings = fold_all(assignments, decisions)
    counted: dict[str, bool] = {}
    for standing in standings:
        counted.update(_words(standing, each_reading=each_reading))
    places = {(s.assignment.reviewer, s.assignment.passage, s.assignment.round) for s in standings}
    standing_ids = {decision.id for decision in live(decisions)}
    found = []
    for decision in decisions:
        if decision.implicit or decision.code is None:
            continue
        if decision.action not in (ANSWERS if absences else CODED):
            continue
        reason: Reason | None = None
        if _document(decision.passage) in forgotten:
            reason = Reason.CONSENT
        elif decision.id not in standing_ids:
            reason = Reason.TAKEN_BACK
        elif (decision.reviewer, decision.passage, decision.round) not in places:
            reason = Reason.GIVEN_ON
        elif decision.id not in counted:
            reason = Reason.SUPERSEDED
        elif decision.passage not in current:
            reason = Reason.RETIRED_PASSAGE
        elif decision.code not in codes:
            reason = Reason.RETIRED_CODE
        elif not _as_worded_now(decision, codes, same):
            reason = Reason.EARLIER_MEANING
        elif not counted[decision.id]:
            reason = Reason.NOT_DONE
        if reason is not None:
            found.append(_dropped(decision, reason))
    return found


def closed_elsewhere(
    assignments: Sequence[Assignment], decisions: Sequence[Decision], current: Container[str]
) -> list[str]:
    """The passage of each finished reading whose passage is not current, by the order of `assignments`."""
    return [
        standing.assignment.passage
        for standing in fold_all(assignments, decisions)
        for _ in finished_readings(standing)
        if standing.assignment.passage not in current
    ]


def summed(
    rows: Iterable[Dropped], order: Sequence[str], readings: Sequence[str] = ()
) -> tuple[LeftOut, ...]:
    """An entry for each reason. `order`: codes as they are listed. `readings`: passages of finished readings
    that left with their passage."""
    counts: Counter[Reason] = Counter()
    codes: dict[Reason, set[str]] = defaultdict(set)
    retired = {_document(passage) for passage in readings}
    for row in rows:
        counts[row.reason] += 1
        codes[row.reason].add(row.code)
        if row.reason is Reason.RETIRED_PASSAGE:
            retired.add(row.document)
    place = {code: at for at, code in enumerate(order)}
    back = {**_BACK, Reason.RETIRED_PASSAGE: way_back(sorted(retired))}
    found = []
    for reason in Reason:
        if counts[reason]:
            named = tuple(sorted(codes[reason], key=lambda code: (place.get(code, len(place)), code)))
            found.append(
                LeftOut(
                    reason=reason,
                    unit="decision",
                    count=counts[reason],
                    codes=named if reason in _SHOWN else None,
                    include_with=back.get(reason),
                )
            )
        if reason is Reason.RETIRED_PASSAGE and readings:
            found.append(
                LeftOut(
                    reason=reason,
                    unit="reading",
                    count=len(readings),
                    codes=None,
                    include_with=back[reason],
                )
            )
    return tuple(found)


def way_back(documents: Sequence[str]) -> str:
    """The command that makes earlier passages of these documents current again."""
    return f"cothemes ingest --resegment --undo {' '.join(documents)}"


def _words(standing: ReadingState, *, each_reading: bool) -> dict[str, bool]:
    """Id of each last word → whether its reading is finished."""
    first = {answer.id: standing.first.done is not None for answer in standing.first.answers.values()}
    second = {answer.id: standing.second.done is not None for answer in standing.second.answers.values()}
    if not each_reading and standing.second.done is not None:
        first = {answer.id: True for answer in standing.answers.values()}
    return {**first, **second}


def _as_worded_now(decision: Decision, codes: Mapping[str, str], same: Same) -> bool:
    code = decision.code or ""
    return decision.code_hash == codes[code] or decision.code_hash in same.get(code, ())


def _dropped(decision: Decision, reason: Reason) -> Dropped:
    return Dropped(
        reason=reason,
        passage=decision.passage,
        code=decision.code or "",
        by=decision.reviewer,
        action=decision.action.value,
        round=decision.round,
        arm=decision.arm.value,
        at=decision.at,
    )


def _document(passage: str) -> str:
    return passage.rpartition(".")[0]
