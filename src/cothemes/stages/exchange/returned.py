"""Decisions that come back from another laptop, held against what the study itself knows.

The hashes of a package show damage; they cannot bind a person who writes all of them anew. So nothing is
believed that the study can look up: who was given which passage in which arm, what a code's wording hashes
to, which suggestions there are, and what it has heard of a decision before.

The unit is a reading, one passage in one round: if one of its decisions cannot be imported, none is, since a
part of what somebody said in a reading is something else than what was said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cothemes.errors import PackageError
from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.records.record import Record
from cothemes.records.review import Action, Arm, Assignment, Decision

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ARMS = {
    Arm.BLIND: {Arm.BLIND},
    Arm.REVEAL: {Arm.BLIND, Arm.REVEAL},
    Arm.ASSISTED: {Arm.ASSISTED},
}
_OF_A_CODE = (Action.ACCEPT, Action.REJECT, Action.ADD)
_SAYS_NOTHING_OF_CODES = (Action.NOTE, Action.FLAG, Action.SKIP, Action.CONFIRM)

ReadingKey = tuple[str, str]
"""Passage and round; the reviewer is one for a whole package."""
Outcome = Callable[[ReadingKey, Sequence[Decision]], object]
"""The state of a reading after these decisions: equal values mean the same codes."""


class LeftOut(Record):
    """A reading whose decisions were not imported."""

    passage: str
    round: str
    decisions: int
    why: str
    hint: str


@dataclass(frozen=True)
class Merge:
    """Plan of importing a package."""

    new: tuple[Decision, ...]
    """New decisions, in the order of the package."""
    known: int
    left_out: tuple[LeftOut, ...]

    @property
    def passages(self) -> int:
        """Passages with something new."""
        return len({decision.passage for decision in self.new})


@dataclass(frozen=True)
class Home:
    """The study's records of one reviewer."""

    reviewer: str
    assignments: Mapping[ReadingKey, Assignment]
    decisions: Sequence[Decision]
    """The reviewer's own, in the order they were stored."""
    others: Collection[str]
    """Ids of everybody else's decisions."""
    codebooks: Mapping[str, Codebook]
    """Codebooks by the hash that decisions carry: all those that the package's decisions may name."""
    names: Mapping[str, Mapping[str, str]]
    """The same hash → ids of codes there that are others now → the present ids."""
    passages: Mapping[str, Passage]
    suggestions: Mapping[str, Collection[str]] | None
    """Passage → ids of its suggestions; None where they are not all known, and not held against."""
    discussed: Collection[ReadingKey]
    """Readings whose codes were compared with another reader's."""
    gone: Mapping[str, str]
    """Forgotten document → why."""


def returned(decisions: Sequence[Decision], source: str, home: Home, outcome: Outcome) -> Merge:
    """Return which decisions are new. The same package twice: none.

    Raises PackageError where a decision is another person's, or differs from what is recorded here under its
    id: then the package was forged or two studies share an id, and nothing of it can be believed.
    """
    there = {decision.id: decision for decision in home.decisions}
    for row, decision in enumerate(decisions, start=1):
        where = f"{source}/decisions.jsonl:{row}"
        if decision.reviewer != home.reviewer:
            raise PackageError(
                f"holds a decision of {decision.reviewer!r}; the package is of {home.reviewer}",
                where=where,
                hint="Nothing was taken in. A package holds decisions of one person alone.",
            )
        if there.get(decision.id, decision) != decision:
            raise PackageError(
                f"says of {decision.passage} something else than is recorded here under the same id",
                where=where,
                hint="Nothing was taken in. Decisions are never changed; ask for the package anew.",
            )
    # Decisions in a round that was never assigned make all that is said of their passage doubtful.
    strange = {d.passage: d.round for d in decisions if (d.passage, d.round) not in home.assignments}
    heaps = _by_reading(decisions, strange)
    here = _by_reading(home.decisions, strange)
    taken: set[str] = set()
    left_out = []
    for reading, heap in heaps.items():
        new = [d for d in heap if d.id not in there]
        if not new:
            continue
        own = here.get(reading, [])
        found = _refusal(reading, heap, new, own, home) or _divergence(reading, heap, new, own, outcome)
        if found is None:
            taken.update(d.id for d in new)
        else:
            passage, round_name = reading
            left_out.append(
                LeftOut(passage=passage, round=round_name, decisions=len(new), why=found[0], hint=found[1])
            )
    return Merge(
        new=tuple(_each_once(d for d in decisions if d.id in taken)),
        known=sum(d.id in there for d in decisions),
        left_out=tuple(left_out),
    )


def _by_reading(
    decisions: Iterable[Decision], strange: Mapping[str, str]
) -> dict[ReadingKey, list[Decision]]:
    """Group decisions by passage and round; all of a passage in `strange` under the round named there."""
    found: dict[ReadingKey, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.passage, strange.get(decision.passage, decision.round)].append(decision)
    return found


def _each_once(decisions: Iterable[Decision]) -> list[Decision]:
    return list({decision.id: decision for decision in decisions}.values())


def _refusal(
    reading: ReadingKey,
    heap: Sequence[Decision],
    new: Sequence[Decision],
    here: Sequence[Decision],
    home: Home,
) -> tuple[str, str] | None:
    """Return why the decisions of a reading cannot be imported at all, and what to do."""
    passage_id, round_name = reading
    assignment, passage = home.assignments.get(reading), home.passages.get(passage_id)
    document = passage.document if passage else passage_id.rpartition(".")[0]
    if document in home.gone:
        return f"{document} was forgotten: {home.gone[document]}", "What was said of it stays away."
    rounds = sorted(known for known_passage, known in home.assignments if known_passage == passage_id)
    if assignment is None and passage is not None and rounds:
        return (
            f"was decided in round {round_name}; it was assigned in round {', '.join(rounds)}",
            "No laptop of ours records this: the row was written by other means.",
        )
    if assignment is None or passage is None:
        return (
            f"is not assigned to {home.reviewer} here",
            "It was taken back, or the package is not of this study as it is now; `cothemes route` assigns.",
        )
    if reading in home.discussed and any(d.action not in _SAYS_NOTHING_OF_CODES for d in new):
        return (
            "was opened for adjudication since: what its readers had decided then stays as it was",
            f"Adjudicate it: cothemes adjudicate --passage {passage_id}",
        )
    own = {decision.id for decision in (*heap, *here)}
    for decision in new:
        fault = _fault(decision, assignment, passage, home, own)
        if fault is not None:
            return fault, "No laptop of ours records this: the row was written by other means."
    return None


def _fault(
    decision: Decision, assignment: Assignment, passage: Passage, home: Home, own: Collection[str]
) -> str | None:
    """Return what no session would have recorded."""
    if not _ID.fullmatch(decision.id):
        return f"holds {decision.id!r}, which is no id of a decision"
    if decision.id in home.others:
        return "holds the id of a decision that somebody else made"
    if decision.arm not in _ARMS[assignment.arm]:
        return (
            f"was decided in arm {decision.arm}, round {decision.round}; it was assigned in arm "
            f"{assignment.arm}, round {assignment.round}"
        )
    seen = {*decision.shown, *([decision.suggestion] if decision.suggestion else [])}
    known = home.suggestions
    blind = decision.arm is Arm.BLIND
    if seen and (blind or (known is not None and not seen <= set(known.get(passage.id, ())))):
        return "was decided with suggestions in view that were not given out for it"
    if decision.undoes is not None and decision.undoes not in own:
        return "takes back a decision that is not there"
    whole = decision.start is not None and decision.end is not None
    if not whole and (decision.start, decision.end, decision.further) != (None, None, ()):
        return "marks words without beginning or end"
    for start, end in decision.spans:
        if not passage.start <= start < end <= passage.end:
            return f"marks words outside the passage ({start} to {end})"
    code = home.names.get(decision.codebook_hash, {}).get(decision.code or "", decision.code)
    if assignment.codes and decision.action in _OF_A_CODE and code not in assignment.codes:
        return f"says something of {decision.code}; its round asks about {', '.join(assignment.codes)} alone"
    return _coding_fault(decision, home.codebooks[decision.codebook_hash])


def _coding_fault(decision: Decision, codebook: Codebook) -> str | None:
    if decision.code is None:
        return f"says {decision.action} of no code" if decision.action in _OF_A_CODE else None
    code = codebook.by_id.get(decision.code)
    if code is None:
        return f"holds {decision.code}, no code of the codebook it was decided under"
    if decision.code_hash != code.text_hash:
        return f"holds {decision.code} under a wording that its codebook does not have"
    declared = {attribute.name: attribute for attribute in codebook.attributes_of(code.id)}
    for name, values in decision.attributes.items():
        if name not in declared or not set(values) <= set(declared[name].values):
            return f"sets {name}={','.join(values)}, which {decision.code} does not take"
    return None


def _divergence(
    reading: ReadingKey,
    heap: Sequence[Decision],
    new: Sequence[Decision],
    here: Sequence[Decision],
    outcome: Outcome,
) -> tuple[str, str] | None:
    """Return whether the same person decided apart in both places, and not to the same end."""
    came = {decision.id for decision in heap}
    apart = [d for d in here if d.id not in came and d.action not in _SAYS_NOTHING_OF_CODES]
    coded = [d for d in new if d.action not in _SAYS_NOTHING_OF_CODES]
    if not apart or not coded or outcome(reading, heap) == outcome(reading, here):
        return None
    return (
        "was decided here as well, otherwise, after the package was made",
        "The decisions made here are kept. Make both alike, here or there, and import again.",
    )
