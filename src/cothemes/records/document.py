"""A document: text settled once, its turns or paragraphs, and the way back to the source."""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum

from cothemes.records.missing_mark import is_missing_mark
from cothemes.records.record import Record


class Kind(StrEnum):
    """Kinds of source."""

    INTERVIEW = "interview"
    POLICY = "policy"
    REVIEW = "review"
    SURVEY = "survey"
    UNKNOWN = "unknown"
    """Nobody said what it is, and no rule is certain of it; or someone said that it is not known."""


PUBLISHED = frozenset((Kind.POLICY, Kind.REVIEW))
"""Kinds of text that may go to a remote model unless someone said no."""


class Role(StrEnum):
    """Roles of speakers. Set by rule only; unknown where no rule decides."""

    PARTICIPANT = "participant"
    INTERVIEWER = "interviewer"
    OTHER = "other"
    """A known voice that is neither, such as an announcer."""
    UNKNOWN = "unknown"
    NONE = "none"
    """Nobody speaks: a policy text."""


class BlockKind(StrEnum):
    """Kinds of stretches of text in a document."""

    TURN = "turn"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    TABLE = "table"
    HEADING = "heading"
    PASSAGE = "passage"
    """Cut before it came here (passages.jsonl, rows of a survey)."""


class Block(Record):
    """A stretch of the document's text that can be read as one thing, without labels or time marks."""

    start: int
    end: int
    """Half-open code points of the document's text."""
    kind: BlockKind
    speaker: str = ""
    """The name that a person gave with `cothemes speakers`, else as named in the source, the initials
    resolved where the source has a key."""
    role: Role = Role.NONE
    time: str = ""
    """Time as in the source, e.g. `00:03:12`."""
    headings: tuple[str, ...] = ()
    """The headings above it, outermost first."""
    label: str = ""
    """An id the source gave it (passages.jsonl), else empty."""
    speaker_read: str | None = None
    """Label as read from the source, where a person gave its speaker another name; else None."""
    role_read: Role | None = None
    """Role by rule, where a person gave its speaker another one; else None."""


class OffsetMap(Record):
    """The way from an offset of the text back to the source file."""

    unit: str = "character"
    """Unit of the second numbers: `character` of the decoded file (from 0), or `paragraph`, `page`, `cue`,
    `row` (from 1).
    """
    points: tuple[tuple[int, int], ...] = ((0, 0),)
    """(offset in the text, place in the source), ascending in both."""

    def source_of(self, offset: int) -> int:
        """The place in the source of a code point of the text."""
        index = bisect_right(self.points, (offset, 1 << 62)) - 1
        start, place = self.points[max(index, 0)]
        return place + (offset - start) if self.unit == "character" else place


class DocumentHead(Record):
    """A document without its text: enough to group and count, and to ask whether it may leave."""

    slug: str
    version: str
    kind: Kind
    kind_given: bool = False
    """True if a person, the --meta table or the front matter named the kind; False if a rule or the format
    did, or if the study does not remember."""
    title: str = ""
    source_name: str = ""
    """The file's name, without folders."""
    source_hash: str = ""
    """sha256 of the file's bytes."""
    reader: str = ""
    """Name of the reader that understood it, e.g. `vtt`."""
    metadata: dict[str, str] = {}
    """Metadata from the file and the --meta table; the table wins."""
    synthetic: bool = False
    """The source says of itself that it is invented."""
    notes: tuple[str, ...] = ()
    """Notes on what the reader left out or could not decide, in words."""

    @property
    def participant(self) -> str:
        """The one whose interview this is: the metadata's `participant`, else empty; NA is empty too."""
        named = self.metadata.get("participant", "")
        return "" if is_missing_mark(named) else named

    @property
    def cluster(self) -> str:
        """The unit of intervals: the participant, else the document."""
        return self.participant or self.slug


class Document(DocumentHead):
    """One source as the study holds it. Its version is the sha256 of its text."""

    text: str
    """NFC, line ends LF, no byte-order mark; otherwise as read."""
    blocks: tuple[Block, ...] = ()
    """Ascending, without overlap."""
    offsets: OffsetMap = OffsetMap()

    @property
    def head(self) -> DocumentHead:
        """Return the document without its text."""
        return DocumentHead(**{name: getattr(self, name) for name in DocumentHead.model_fields})
