"""What a correction of a document's text does to its passages and to the spans that point into it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cothemes.records.passage import Passage
from cothemes.records.record import Record

TextSpan = tuple[int, int]
"""Half-open code points of one revision of a document's text."""


class PassageFate(StrEnum):
    """Results of a correction for one passage."""

    KEPT = "kept"
    """Its text is unchanged, perhaps at another place."""
    CORRECTED = "corrected"
    """Typing: decisions stay current."""
    TO_CONFIRM = "to_confirm"
    """Substance: decisions wait until a person confirms them."""
    NEW = "new"
    """Newly cut, with an id that no passage had before."""
    RETIRED = "retired"
    """No longer in the text; its id and decisions stay in the records."""
    BACK = "back"
    """Retired before; the same text is in the document again, with its decisions."""


class Substance(StrEnum):
    """Reasons why a change is more than typing."""

    NEGATION = "negation"
    FIGURE = "figure"
    ROLE = "role"
    """The speaker's role changed."""
    SPEAKER = "speaker"
    """The words are now said by another speaker of the earlier text. A new name is no other speaker."""
    EVIDENCE = "evidence"
    """Words of the evidence were replaced, removed or added."""
    MANY_WORDS = "many_words"
    """More than a fifth of the words changed."""


class SpanFate(StrEnum):
    """Results of a correction for the words of one span."""

    KEPT = "kept"
    """Its words are unchanged; punctuation and case may differ."""
    TYPED = "typed"
    """Some words are spelled otherwise."""
    CHANGED = "changed"
    """Words were replaced, removed or added."""
    LOST = "lost"
    """No word of it is left in its passage."""

    @property
    def substance(self) -> bool:
        """Return whether a decision with this evidence has to be confirmed."""
        return self in (SpanFate.CHANGED, SpanFate.LOST)


class SpanChange(Record):
    """One span of the earlier text and its place in the later one."""

    before: TextSpan
    after: TextSpan | None
    """The smallest span that holds its words; None where none is left."""
    fate: SpanFate
    reasons: tuple[Substance, ...] = ()
    """Reasons, of a changed span: always EVIDENCE, and NEGATION or FIGURE where such a word changed."""


class PassageChange(Record):
    """One passage before and after a correction."""

    id: str
    fate: PassageFate
    before: TextSpan | None = None
    """Span in the earlier text; None for a passage that was not current in it."""
    after: TextSpan | None = None
    """Span in the later text; None for a retired one."""
    moved: bool = False
    """True if it stands elsewhere in the order of the text."""
    reasons: tuple[Substance, ...] = ()
    """Reasons why it is to be confirmed. EVIDENCE concerns only decisions with a changed span, the others
    all.
    """
    words: int = 0
    """Words that the passage's own speaker said in the earlier text."""
    kept_words: int = 0
    """Those of them that align with words of the later passage."""
    changed_words: int = 0
    """Words replaced, removed or added; a word in another spelling is not counted."""
    speaker_changed: bool = False
    """True if the speaker has another name; a reason only where it is another speaker's."""
    heirs: tuple[str, ...] = ()
    """Heirs of a retired passage: the passages that hold words of it now, the largest part first."""
    spans: tuple[SpanChange, ...] = ()
    """The evidence spans that were given for it, in the order given."""

    @property
    def reasons_for_all(self) -> tuple[Substance, ...]:
        """The reasons that concern every decision on the passage, whatever its evidence."""
        return tuple(reason for reason in self.reasons if reason is not Substance.EVIDENCE)

    def must_confirm(self, evidence: Sequence[TextSpan]) -> bool:
        """Return whether a decision with these spans of the earlier text has to be confirmed.

        The spans must be among those that the plan was made with. A decision on a retired passage is neither
        current nor to confirm: ask for `fate` first.
        """
        if self.reasons_for_all:
            return True
        changed = {span.before for span in self.spans if span.fate.substance}
        return any(tuple(span) in changed for span in evidence)


class RevisionPlan(Record):
    """Plan of what a corrected text makes of a document's passages. Making it stores nothing."""

    document: str
    old_version: str
    new_version: str
    passages: tuple[Passage, ...]
    """The passages of the later text, in document order, with their ids."""
    changes: tuple[PassageChange, ...]
    """One for each passage of the earlier text and of the later one, in document order of the later text;
    retired ones at the end."""
    next_number: int
    """The first number that no id of the document has used."""

    def having(self, fate: PassageFate) -> tuple[PassageChange, ...]:
        """Return the changes of one fate."""
        return tuple(change for change in self.changes if change.fate is fate)

    def of(self, passage: str) -> PassageChange | None:
        """Return the change of one passage, by id."""
        return next((change for change in self.changes if change.id == passage), None)
