"""One passage as a reviewer sees it: what the arm allows and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.review import Decision
from cothemes.records.suggestion import Suggestion, Verdict
from cothemes.stages.review.context import Setting, setting_of
from cothemes.stages.review.reading_state import ReadingState

_SCORE = re.compile(r"\s?\([01]?\.\d+\)")


@dataclass(frozen=True)
class Card:
    """Content of the screen."""

    passage: Passage
    setting: Setting
    """Its title also says which codes are asked for, where not all are."""
    standing: ReadingState
    suggestions: tuple[Suggestion, ...] = ()
    """Suggestions in the codebook's order; empty in a blind reading, whatever was proposed."""
    proposed: bool = False
    """True if a coder has spoken on the passage; False in a blind reading."""
    remarks: tuple[str, ...] = ()
    """Remarks of the coder, such as that the text reads like instructions; empty in a blind reading."""
    memos: tuple[str, ...] = ()
    """The reviewer's own on the passage; another's could tell what is coded here."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """Code → probability of its suggestion, where its coder is calibrated; empty in a blind reading."""

    @property
    def asked(self) -> tuple[str, ...]:
        """The only codes that are asked for, where a passage is read again; none: all are."""
        return self.standing.assignment.codes

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of the suggestions in view."""
        return tuple(suggestion.id for suggestion in self.suggestions)

    @property
    def unanswered(self) -> tuple[Suggestion, ...]:
        """Suggestions that the reviewer has said nothing about; a code given blind is an answer too."""
        return tuple(s for s in self.suggestions if s.code not in self.standing.answers)

    @property
    def coded(self) -> dict[str, Decision]:
        """The codes that apply so far."""
        return self.standing.coded

    @property
    def empty(self) -> bool:
        """Return whether finishing would say that no code applies with nothing on the card to say so: worth
        asking once. A second reading repeats what the first one said.
        """
        return not (self.coded or self.suggestions or self.standing.locked)

    @property
    def source_corrected(self) -> tuple[str, ...]:
        """Codes whose suggestion quotes words that were corrected since. A person looks at each of them: none
        is accepted together with others, and a code that is given nevertheless rests on no such quote.
        """
        return tuple(s.code for s in self.suggestions if s.source_corrected)

    def suggestion_for(self, code: str) -> Suggestion | None:
        """The suggestion of this code, if it is in view."""
        return next((s for s in self.suggestions if s.code == code), None)

    def with_memo(self, text: str) -> Card:
        """Return the card with one more memo."""
        return replace(self, memos=(*self.memos, text))

    def with_standing(self, standing: ReadingState) -> Card:
        """Return the card after another decision."""
        return replace(self, standing=standing)


def presentable(suggestions: Iterable[Suggestion], codebook: Codebook) -> tuple[Suggestion, ...]:
    """Return what may be put before people: proposed codes of this codebook whose words stand in the passage.

    A quote that could not be verified is never shown; a suggestion that has nothing else is left out.
    """
    order = {code.id: index for index, code in enumerate(codebook.codes)}
    kept = [
        s
        for s in suggestions
        if s.code in order
        and s.verdict is not Verdict.NO
        and (s.evidence or s.quote_status is None or s.quote_status.verified)
    ]
    return tuple(sorted(kept, key=lambda s: order[s.code]))


def reason_shown(suggestion: Suggestion) -> str:
    """The reason without the scores that a coder wrote into it: they are not calibrated, and would be read as
    if they were. The record keeps them."""
    return _SCORE.sub("", suggestion.reason)


def _outdated(shown: Iterable[Suggestion]) -> tuple[str, ...]:
    codes = [s.code for s in shown if s.source_corrected]
    return (
        (f"source corrected: the words quoted for {', '.join(codes)} are not as they were",) if codes else ()
    )


def card_of(
    standing: ReadingState,
    passage: Passage,
    document: Document,
    *,
    suggestions: Iterable[Suggestion] = (),
    codebook: Codebook,
    proposed: bool = False,
    remarks: tuple[str, ...] = (),
    memos: tuple[str, ...] = (),
    probabilities: Mapping[str, float] | None = None,
) -> Card:
    """The card of a standing. Suggestions given for a blind reading are a fault of the caller: ValueError."""
    given = tuple(suggestions)
    if (given or proposed or remarks) and not standing.sees_suggestions:
        raise ValueError("suggestions were loaded for a blind reading")
    given_again = standing.assignment
    # First, since a narrow screen cuts a title at its end.
    only = f"only {', '.join(given_again.codes)} | " if given_again.codes else ""
    setting = setting_of(document, passage)
    return Card(
        passage=passage,
        setting=replace(setting, title=only + setting.title),
        standing=standing,
        suggestions=(shown := presentable(given, codebook)),
        proposed=proposed,
        remarks=(*remarks, *_outdated(shown)),
        memos=memos,
        probabilities=probabilities or {},
    )
