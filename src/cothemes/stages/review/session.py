"""What a reviewer does, as decisions to be stored. Every act is one more record; none is refused silently."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Sized
from difflib import get_close_matches
from typing import Any

from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.ports import Clock, Ids
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.attributes import checked_attributes, fitting_attributes
from cothemes.stages.review.card import Card
from cothemes.stages.review.marking import marked_in_document
from cothemes.stages.review.reading_state import ReadingState, to_take_back

Attributes = Mapping[str, Sequence[str]]
Span = tuple[int, int]


class Session:
    """Makes decisions. Holds no passage and no database: cards come in, records go out."""

    def __init__(self, codebook: Codebook, clock: Clock, ids: Ids) -> None:
        self._codebook = codebook
        self._clock = clock
        self._ids = ids

    def decide(
        self,
        card: Card,
        code: str,
        action: Action,
        *,
        attributes: Attributes | None = None,
        spans: Sequence[Span] = (),
        note: str = "",
    ) -> Decision:
        """Accept, reject or add one code.

        Accepting takes the suggestion's attributes unless others are given. Rejecting also takes away a code
        that the reviewer gave. `spans` are the words that support it, in half-open code points of the
        passage's text. Raises UnknownCode, UsageError, StateConflict.
        """
        _writable(card)
        self._known(code)
        _asked(card, code)
        suggestion = card.suggestion_for(code)
        if action is Action.ACCEPT and suggestion is None:
            raise UsageError(
                f"{code} is not suggested here" if card.standing.sees_suggestions else _none_shown(card),
                hint=f"Give it yourself: `c {code}` at the prompt, else "
                f"`cothemes decide {card.passage.id} {code} add --as {card.standing.assignment.reviewer}`.",
            )
        if action is Action.REJECT and suggestion is None and code not in card.coded:
            raise UsageError(
                f"{code} is neither suggested here nor given by you"
                if card.standing.sees_suggestions
                else f"{code} is not among your codes here, and {_none_shown(card)}",
                hint="What you do not give does not apply once you say done; nothing has to be rejected.",
            )
        checked: dict[str, tuple[str, ...]] = {}
        if action is not Action.REJECT:
            checked = checked_attributes(self._codebook, code, attributes or {})
            if action is Action.ACCEPT and suggestion is not None:
                checked = fitting_attributes(self._codebook, code, suggestion.attributes) | checked
        elif attributes or spans:
            raise UsageError("a rejected code takes neither attributes nor a span", hint="Leave them out.")
        if action is Action.ADD and code in card.source_corrected:
            suggestion = None
        return self._on(
            card,
            action,
            code=code,
            attributes=checked,
            **_places(_in_document(card, spans)),
            note=note,
            suggestion=suggestion.id if suggestion else None,
            shown=card.shown,
        )

    def check_new_code(self, card: Card, spans: Sequence[Span] = ()) -> None:
        """Raise StateConflict or UsageError where a code that is still to be made cannot be given."""
        _writable(card)
        _in_document(card, spans)
        if card.asked:
            raise UsageError(
                f"this round asks about {', '.join(card.asked)} alone",
                hint="Make the code on another passage.",
            )

    def describe(self, card: Card, code: str, attributes: Attributes, spans: Sequence[Span] = ()) -> Decision:
        """Add attributes or evidence to a code that applies.

        A name given again takes the new values; a name without values is taken away. A stretch that
        overlaps one that is marked already becomes one with it.
        """
        _writable(card)
        self._known(code)
        held = card.coded.get(code)
        if held is None:
            raise UsageError(f"{code} is not among your codes here", hint="Accept or add it first.")
        kept = {name: values for name, values in held.attributes.items() if attributes.get(name, values)}
        merged = kept | checked_attributes(self._codebook, code, attributes)
        marked = joined_spans([*held.spans, *_in_document(card, spans)]) if spans else held.spans
        return self._described(card, held, merged, marked)

    def unmark(self, card: Card, code: str, at: int) -> Decision:
        """Take away the marked stretch that holds a code point of the passage's text.

        Raises UsageError where the code has no such stretch.
        """
        _writable(card)
        held = card.coded.get(code)
        place = card.passage.start + at
        kept = [span for span in held.spans if not span[0] <= place < span[1]] if held else []
        if held is None or len(kept) == len(held.spans):
            raise UsageError(
                f"no words are marked for {code} here",
                hint="Go to words that are marked, or mark some first.",
            )
        return self._described(card, held, held.attributes, kept)

    def _described(
        self,
        card: Card,
        held: Decision,
        attributes: Mapping[str, tuple[str, ...]],
        spans: Sequence[Span],
    ) -> Decision:
        code = held.code or ""
        suggestion = card.suggestion_for(code)
        action = Action.ACCEPT if held.action is Action.ACCEPT and suggestion else Action.ADD
        if action is Action.ADD and code in card.source_corrected:
            suggestion = None
        return self._on(
            card,
            action,
            code=code,
            attributes=dict(attributes),
            **_places(spans),
            suggestion=suggestion.id if suggestion else None,
            shown=card.shown,
        )

    def done(self, card: Card) -> list[Decision]:
        """Finishes the reading: what was suggested and not answered is rejected, marked as implicit.

        In arm `reveal`, the first one locks the blind codes.
        """
        _writable(card)
        rejected = [
            self._on(
                card,
                Action.REJECT,
                code=suggestion.code,
                suggestion=suggestion.id,
                shown=card.shown,
                implicit=True,
            )
            for suggestion in card.unanswered
        ]
        return [*rejected, self._on(card, Action.DONE, shown=card.shown)]

    def none(self, card: Card) -> list[Decision]:
        """Record that no code applies and finish. Raises StateConflict where one was given."""
        if card.coded:
            raise StateConflict(
                f"{', '.join(card.coded)} applies by your own word",
                hint="Reject or undo it first, or type done.",
            )
        return self.done(card)

    def skip(self, card: Card) -> Decision:
        """Put the passage off to the end."""
        _writable(card)
        return self._on(card, Action.SKIP, shown=card.shown)

    def note(self, card: Card, text: str) -> Decision:
        """Store a remark, also on a finished passage."""
        if not text.strip():
            raise UsageError("the note is empty", hint="Write it after the command.")
        return self._on(card, Action.NOTE, note=text.strip(), shown=card.shown)

    def flag(self, card: Card) -> Decision:
        """Mark the passage as worth a second look, or take the mark back; also on a finished passage."""
        held = card.standing.flag
        if held is None:
            return self._on(card, Action.FLAG, shown=card.shown)
        return self._taking_back(held)

    def like(self, card: Card, other: ReadingState) -> list[Decision]:
        """Give the codes of another passage, with their attributes; spans stay there. Codes that apply here
        already are left as they are. Raises StateConflict where nothing is left to give.
        """
        _writable(card)
        if not other.coded:
            previous = other.assignment.passage
            raise StateConflict(
                f"the passage before, {previous}, has no codes", hint="Code this one by itself."
            )
        made = []
        for code, answer in other.coded.items():
            if code in card.coded or code not in self._codebook.by_id:
                continue
            if card.asked and code not in card.asked:
                continue
            suggestion = None if code in card.source_corrected else card.suggestion_for(code)
            made.append(
                self._on(
                    card,
                    Action.ACCEPT if suggestion else Action.ADD,
                    code=code,
                    attributes=fitting_attributes(self._codebook, code, answer.attributes),
                    suggestion=suggestion.id if suggestion else None,
                    shown=card.shown,
                )
            )
        if not made:
            raise StateConflict(
                f"{other.assignment.passage} has no code that is not given here already",
                hint="Code this one by itself.",
            )
        return made

    def confirm(self, standing: ReadingState, text_version: str, code: str | None = None) -> Decision:
        """Say that what was decided on a passage, or on one code, holds for this version of its text."""
        return self._decision(standing, Action.CONFIRM, text_version=text_version, code=code)

    def reopen(self, standing: ReadingState) -> Decision:
        """Take up a finished passage again; the blind codes of a reveal passage stay locked."""
        if not standing.done:
            raise StateConflict(
                f"{standing.assignment.passage} is not finished"
                + (": its blind codes are locked, the suggestions are open" if standing.locked else ""),
                hint="Go on with it; nothing has to be reopened.",
            )
        return self._decision(standing, Action.REOPEN)

    def undo(
        self,
        decisions: Sequence[Decision],
        standings: Mapping[str, ReadingState],
        discussed: Container[str] = (),
    ) -> Decision:
        """Take back the reviewer's last act that still holds. `decisions` are all of one reviewer's;
        `discussed` are passages on which the readers' codes were compared.

        Raises StateConflict where nothing is left to take back.
        """
        last = to_take_back(decisions, _Locked(standings), discussed)
        if last is None:
            locked = any(standing.locked for standing in standings.values())
            why = " Blind codes stay locked once suggestions were open." if locked else ""
            if any(decision.passage in discussed for decision in decisions):
                why += " What was discussed since stays as it was decided."
            raise StateConflict("there is nothing to undo", hint=f"Nothing was recorded that holds.{why}")
        return self._taking_back(last)

    def _taking_back(self, last: Decision) -> Decision:
        return Decision(
            id=self._ids.new(),
            at=self._clock.now(),
            reviewer=last.reviewer,
            passage=last.passage,
            round=last.round,
            arm=last.arm,
            action=Action.UNDO,
            code=last.code,
            code_hash=last.code_hash,
            codebook_hash=last.codebook_hash,
            text_version=last.text_version,
            undoes=last.id,
        )

    def _on(self, card: Card, action: Action, **fields: Any) -> Decision:
        """A decision on the text that the card shows."""
        return self._decision(card.standing, action, text_version=card.passage.version, **fields)

    def _decision(self, standing: ReadingState, action: Action, **fields: Any) -> Decision:
        assignment = standing.assignment
        code: str | None = fields.get("code")
        return Decision(
            id=self._ids.new(),
            at=self._clock.now(),
            reviewer=assignment.reviewer,
            passage=assignment.passage,
            round=assignment.round,
            arm=standing.arm,
            action=action,
            code_hash=self._codebook.by_id[code].text_hash if code else None,
            codebook_hash=self._codebook.hash,
            **fields,
        )

    def _known(self, code: str) -> None:
        if code not in self._codebook.by_id:
            raise unknown_code(self._codebook, code)


class _Locked:
    """The passages whose blind codes are settled, asked one by one: there may be 50,000."""

    def __init__(self, standings: Mapping[str, ReadingState]) -> None:
        self._standings = standings

    def __contains__(self, passage: object) -> bool:
        standing = self._standings.get(str(passage))
        return standing is not None and standing.locked


def unknown_code(codebook: Codebook, code: str) -> UnknownCode:
    """The error that names what is near."""
    near = get_close_matches(code.upper(), [known.upper() for known in codebook.by_id], n=3)
    near = [known for known in codebook.by_id if known.upper() in near]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Codes: {', '.join(codebook.by_id)}."
    return UnknownCode(f"{code!r} is no code of {codebook.id}", hint=hint)


def unassigned(reviewer: str, passage: str, others: Sized) -> StateConflict:
    """The refusal to decide on what was not assigned."""
    return StateConflict(
        f"{passage} is not assigned to {reviewer}",
        hint=f"`cothemes queue --as {reviewer}` lists what is."
        if others
        else f"Assign passages first: cothemes route --reviewers {reviewer}",
    )


def _none_shown(card: Card) -> str:
    """Say that suggestions are not in view, and nothing of whether there are any."""
    until = " until you have coded it and said done" if card.standing.assignment.arm is Arm.REVEAL else ""
    return f"no suggestions are shown on {card.passage.id}{until}"


def _writable(card: Card) -> None:
    passage = card.passage.id
    if card.standing.done:
        raise StateConflict(f"{passage} is done", hint=f"Take it up again: done {passage} --reopen")
    if card.standing.locked and not card.proposed:
        raise StateConflict(
            f"the blind codes of {passage} are locked, and no coder has coded the passage yet",
            hint="It comes back into the queue after `cothemes propose`.",
        )


def _asked(card: Card, code: str) -> None:
    if card.asked and code not in card.asked:
        raise UsageError(
            f"this round asks about {', '.join(card.asked)} alone",
            hint=f"What you decided on {code} before stays as it is; leave it here.",
        )


def _in_document(card: Card, spans: Sequence[Span]) -> list[Span]:
    """Return spans of the passage's text as spans of the document."""
    return joined_spans([marked_in_document(card.passage, span) for span in spans])


def joined_spans(spans: Sequence[Span]) -> list[Span]:
    """Return the stretches in the order of the text, as one where they overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _places(spans: Sequence[Span]) -> dict[str, Any]:
    """Return the fields of a decision that hold its marked words."""
    start, end = spans[0] if spans else (None, None)
    return {"start": start, "end": end, "further": tuple(spans[1:])}
