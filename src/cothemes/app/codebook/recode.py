"""Passages back to those who coded them, for codes whose wording changed, in a round of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cothemes.app import wiring
from cothemes.app.ratings import code_changes, keep_codebook, same_wordings, selected, wordings
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.code_names import CodeNames
from cothemes.records.code_operation import OperationKind
from cothemes.records.record import Record
from cothemes.stages.review.reading_state import ReadingState, fold_all
from cothemes.stages.review.recoding import recodings, reworded
from cothemes.stages.review.selection import Purpose
from cothemes.stages.review.session import unknown_code
from cothemes.stages.review.wordings import Wordings


class RecodeReport(Record):
    """Passages that were assigned again, or would be."""

    round: str
    passages: dict[str, int]
    """Reviewer → passages."""
    words: dict[str, int]
    """Reviewer → words to be read."""
    codes: dict[str, int]
    """Code → passages by reviewer for which it is asked."""
    double: int
    """Assignments to passages that at least two people code again."""
    open: int
    """Passages that are open still; their reviewers see the new wording there."""
    discussed: int
    """Passages whose codes were discussed since."""
    stored: bool


def recode(
    study: Study,
    codes: Sequence[str],
    round_name: str,
    *,
    reviewers: Sequence[str] = (),
    only_given: bool = False,
    dry_run: bool = False,
) -> RecodeReport:
    """Assign again every passage that someone finished under another wording of these codes, or before they
    were there.

    Raises UnknownCode, UnknownReviewer, UsageError for a round that other work stands in, StateConflict where
    nothing has to be read again.
    """
    book = study.codebook
    wanted = list(dict.fromkeys(codes))
    for code in wanted:
        if code not in book.by_id:
            raise unknown_code(book, code)
    if not wanted:
        raise UsageError("no code was named", hint="Name them: cothemes codebook recode A1,B2 --round NAME")
    names = registered(study, reviewers)
    assignments = study.store.reviews.assignments()
    taken = {a.round for a in assignments if not a.codes}
    if round_name in taken or not round_name.strip():
        raise UsageError(
            f"the round {round_name!r} holds first readings, and rounds are never mixed",
            hint=f"Name a new one, such as `recode-{len({a.round for a in assignments} - taken) + 1}`.",
        )
    ground = _ground(study)
    found = recodings(
        ground.standings,
        wanted,
        ground.now,
        ground.wordings,
        ground.order,
        round_name=round_name.strip(),
        drawn=wiring.clock().now(),
        reviewers=names,
        only_given=only_given,
        discussed=study.store.settlements.readers(),
        same=same_wordings(study),
        carried=_carried(study),
        private=_private(study),
    )
    if not found.recodings:
        raise StateConflict(
            f"nobody has finished a passage under another wording of {', '.join(wanted)}",
            hint=f"{found.open} passages are open still; their reviewers meet the new wording there."
            if found.open
            else "What is open is coded by the present wording anyway.",
        )
    if not dry_run:
        keep_codebook(study)
        study.store.reviews.assign(found.recodings)
    lengths = {passage.id: passage.words for passage in study.store.passages.heads()}
    words: Counter[str] = Counter()
    for recoding in found.recodings:
        words[recoding.reviewer] += lengths[recoding.passage]
    counted = Counter(code for recoding in found.recodings for code in recoding.codes)
    return RecodeReport(
        round=round_name.strip(),
        passages=dict(Counter(recoding.reviewer for recoding in found.recodings)),
        words=dict(words),
        codes={code: counted[code] for code in wanted},
        double=sum(recoding.double for recoding in found.recodings),
        open=found.open,
        discussed=found.discussed,
        stored=not dry_run,
    )


@dataclass(frozen=True)
class OlderReadings:
    """Finished readings, by passage and reader, that findings do not count for some codes."""

    readings: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    """Code → readings."""
    before: dict[str, int] = field(default_factory=dict)
    """Of these, readings that were finished before the code was there."""


def older_wording(study: Study) -> OlderReadings:
    """Return the readings finished under another meaning of a code, or before it was there, that no later
    reading by the same person has made good.
    """
    # Of 50,000 readings most codes need not be looked at: only those that read otherwise in some version.
    now = {code.id: code.text_hash for code in study.codebook.codes}
    books = wordings(study, study.store.reviews.codebooks()).values()
    codes = [code for code, text in now.items() if any(book.get(code) != text for book in books)]
    if not codes:
        return OlderReadings()
    ground = _ground(study)
    found = reworded(
        ground.standings,
        codes,
        ground.now,
        ground.wordings,
        ground.order,
        same=same_wordings(study),
        carried=_carried(study),
    )
    chosen = selected(study, Purpose.FINDINGS)
    said = {(each.rater, each.passage): each for each in chosen.counted}
    counted: Counter[str] = Counter()
    before: Counter[str] = Counter()
    readings = 0
    for own, wanted in found:
        place = (own[0].assignment.reviewer, own[0].assignment.passage)
        missing = [code for code in wanted if place not in said or said[place].value(code) is None]
        readings += bool(missing)
        counted.update(missing)
        before.update(code for code in missing if place[1] not in chosen.earlier.get(code, ()))
    return OlderReadings(
        readings,
        {code: counted[code] for code in ground.now if counted[code]},
        {code: before[code] for code in ground.now if before[code]},
    )


def _carried(study: Study) -> set[tuple[str, str, str]]:
    """(reviewer, passage, code) whose value comes from codes that were merged or split.

    Where anyone gave a code that was split, all readers of the passage read it again: one of them alone could
    agree with nobody.
    """
    if not code_changes(study):
        return set()
    found = selected(study, Purpose.FINDINGS)
    return {
        (each.rater, each.passage, code)
        for each in found.counted
        for code in each.derived - each.to_confirm
        if each.passage not in found.earlier.get(code, ())
    }


def _private(study: Study) -> dict[str, set[str]]:
    """Code → codebooks that held it before it was published."""
    operations = study.store.operations.all()
    hashes = study.store.codebooks.hashes()
    names = CodeNames(operations)
    found = {}
    for at, each in enumerate(operations):
        if each.kind is OperationKind.ADD and each.new in hashes:
            (code,) = each.into
            identity = CodeNames(operations[: at + 1]).identity(code)
            found[names.name(identity, code)] = set(hashes[: hashes.index(each.new)])
    return found


@dataclass(frozen=True)
class _Ground:
    """Records that the rules of recoding rest on."""

    standings: list[ReadingState]
    now: dict[str, str]
    """Code → hash of its text."""
    wordings: Wordings
    order: dict[str, int]
    """Passage → its place in the study."""


def _ground(study: Study) -> _Ground:
    decisions = study.store.reviews.decisions()
    now = {code.id: code.text_hash for code in study.codebook.codes}
    return _Ground(
        standings=fold_all(study.store.reviews.assignments(), decisions),
        now=now,
        wordings={**wordings(study, {d.codebook_hash for d in decisions}), study.codebook.hash: now},
        order={passage.id: at for at, passage in enumerate(study.store.passages.heads())},
    )
