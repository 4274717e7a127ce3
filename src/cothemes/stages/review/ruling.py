"""What an adjudicator does, as records to be stored. The readers' own decisions are never touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cothemes.errors import StateConflict, UsageError
from cothemes.ports import Clock, Ids
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.codebook import Codebook
from cothemes.stages.review.attributes import checked_attributes, fitting_attributes
from cothemes.stages.review.consensus import CaseState, live_rulings
from cothemes.stages.review.disputes import Case
from cothemes.stages.review.marking import marked_in_document
from cothemes.stages.review.session import unknown_code

Span = tuple[int, int]


class Chair:
    """Makes the records of one person. Holds no passage and no database."""

    def __init__(self, by: str, codebook: Codebook, clock: Clock, ids: Ids) -> None:
        self._by = by
        self._codebook = codebook
        self._clock = clock
        self._ids = ids

    def open(self, case: Case) -> Settlement:
        """The readers' codes come into view."""
        return self._record(case, Ruling.OPENED)

    def rule(
        self,
        case: Case,
        code: str,
        applies: bool,
        *,
        attributes: Mapping[str, Sequence[str]] | None = None,
        span: Span | None = None,
        note: str = "",
        held: Settlement | None = None,
    ) -> Settlement:
        """Return whether a code applies; also one that nobody or everybody gave.

        A code that applies takes the attributes and words of `held`, the ruling so far, where that says so
        too; else the words that all who gave it marked, and the attributes that all who set them set alike.
        Over them go those that are given here; a name without values is taken away. `span` is half-open code
        points of the passage's text. Raises
        UnknownCode, UsageError.
        """
        if code not in self._codebook.by_id:
            raise unknown_code(self._codebook, code)
        if not applies:
            if attributes or span:
                raise UsageError(
                    "a code that does not apply takes neither attributes nor words", hint="Leave them out."
                )
            return self._record(case, Ruling.NO, code=code, note=note.strip())
        said = case.by_code.get(code)
        before = said.offered_attributes if said else {}
        marked = said.shared_span if said else None
        if held is not None and held.ruling is Ruling.YES:
            before = dict(held.attributes)
            if held.start is not None and held.end is not None:
                marked = (held.start, held.end)
        kept = fitting_attributes(self._codebook, code, before)
        given = attributes or {}
        kept = {name: values for name, values in kept.items() if given.get(name, values)}
        kept |= checked_attributes(self._codebook, code, given)
        place = marked_in_document(case.passage, span) if span else marked
        return self._record(
            case,
            Ruling.YES,
            code=code,
            attributes=kept,
            start=place[0] if place else None,
            end=place[1] if place else None,
            note=note.strip(),
        )

    def remark(self, case: Case, settled: CaseState, code: str, note: str) -> Settlement:
        """A note of the discussion: with the code where it is ruled on already, else on the passage."""
        if not note.strip():
            raise UsageError("the note is empty", hint="Write the reason for the ruling.")
        held = settled.rulings.get(code)
        if held is None:
            return self._record(case, Ruling.NOTE, note=note.strip())
        fields = ("code", "attributes", "start", "end")
        same = {name: getattr(held, name) for name in fields}
        return self._record(case, held.ruling, note=note.strip(), **same)

    def undo(self, settlements: Sequence[Settlement]) -> Settlement:
        """Take back the person's last record that holds. `settlements` are all of one round, in order.

        That the codes were in view cannot be taken back. Raises StateConflict where nothing is left.
        """
        for last in live_rulings(settlements):
            if last.by == self._by and last.ruling is not Ruling.OPENED:
                return Settlement(
                    id=self._ids.new(),
                    at=self._clock.now(),
                    by=self._by,
                    passage=last.passage,
                    round=last.round,
                    ruling=Ruling.UNDO,
                    code=last.code,
                    code_hash=last.code_hash,
                    codebook_hash=last.codebook_hash,
                    text_version=last.text_version,
                    readers=last.readers,
                    undoes=last.id,
                )
        raise StateConflict(
            "there is nothing to undo", hint="Nothing that you adjudicated in this round can be taken back."
        )

    def _record(self, case: Case, ruling: Ruling, **fields: Any) -> Settlement:
        code: str | None = fields.get("code")
        return Settlement(
            id=self._ids.new(),
            at=self._clock.now(),
            by=self._by,
            passage=case.passage.id,
            round=case.round,
            ruling=ruling,
            code_hash=self._codebook.by_id[code].text_hash if code else None,
            codebook_hash=self._codebook.hash,
            text_version=case.passage.version,
            readers=case.readers,
            **fields,
        )
