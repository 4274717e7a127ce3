"""Quotes: the words that support a coding, each with an id by which it can be found again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from cothemes.app.findings.codings import CodingFilter, Found, Retrieved, retrieve
from cothemes.app.findings.passage_filter import QueryOutcome
from cothemes.app.study import Study
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record, absent
from cothemes.stages.review.codings import Status
from cothemes.stages.review.selection import Purpose


class QuoteEntry(Record):
    """A stretch of a passage and the coding that it supports."""

    id: str
    """`slug.0042:17-63`, half-open code points of the passage's text."""
    text: str
    """The words as the source has them."""
    passage: str
    document: str
    kind: Kind
    speaker: str
    time: str
    code: str
    status: Status
    by: str
    done: bool
    whole_passage: bool
    """True if nothing narrower was marked."""
    current_wording: bool
    revision: str
    """Version of the document that the words and the id's numbers are of."""
    corrected_since: bool
    """Whether the passage had another text when it was coded."""
    to_confirm: bool
    """Whether the text changed in substance, and the person has not confirmed the code since."""
    source_corrected: bool
    """Whether a suggestion quotes words that were replaced, removed or added to since."""
    synthetic: bool
    """Whether the document is invented."""
    shown: str = Field(default="", exclude=True)
    """The words, with … where a whole passage begins or ends within a turn."""
    title: str = Field(default="", exclude=True)
    """The document's title, or its slug."""


class QuoteCounts(Record):
    """Numbers of quotes, and of codings without any."""

    decided: int
    suggested: int
    settled_otherwise: int
    """People's codings left out, since adjudication found that the code does not apply."""
    auto_accepted: int | None = Field(default=None, exclude_if=absent)
    """Quotes of codings accepted under a certificate; absent if nothing ever was."""


class QuoteList(Record):
    """Quotes of people's codings, and apart from them those of suggestions that nobody has decided."""

    counts: QuoteCounts
    purpose: Purpose = Purpose.FINDINGS
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    decided: tuple[QuoteEntry, ...]
    suggested: tuple[QuoteEntry, ...]
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    """The passages that were asked for; absent if no query was given."""
    auto_accepted: tuple[QuoteEntry, ...] | None = Field(default=None, exclude_if=absent)
    """Quotes of codings accepted under a certificate (`by`) and read by nobody; absent if nothing ever
    was."""
    labels: dict[str, str] = Field(default={}, exclude=True)
    """Code → label, in the codebook's order."""


class CodeInUse(Record):
    """Passages with a code."""

    code: str
    label: str
    decided: int
    """Passages by people's codings that count."""
    suggested: int
    """Passages on which the code is suggested and not decided."""
    auto_accepted: int | None = Field(default=None, exclude_if=absent)
    """Passages on which it was accepted under a certificate; absent if nothing ever was."""


class CodesInUse(Record):
    """Codes that quotes can be asked for, in the codebook's order."""

    codes: tuple[CodeInUse, ...]
    purpose: Purpose = Purpose.FINDINGS
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    """The passages that were asked for; absent if no query was given."""


def quote_list(study: Study, wanted: CodingFilter) -> QuoteList:
    """Return the quotes of the codings that are asked for. Raises UnknownCode, UsageError."""
    found = retrieve(study, wanted)
    decided = tuple(_quotes(_counting(found)))
    suggested = tuple(_quotes(found.suggested))
    accepted = None if found.accepted is None else tuple(_quotes(found.accepted))
    return QuoteList(
        counts=QuoteCounts(
            decided=len(decided),
            suggested=len(suggested),
            settled_otherwise=sum(one.current_wording and one.upheld is False for one in found.decided),
            auto_accepted=None if accepted is None else len(accepted),
        ),
        combined_by=wanted.combine,
        left_out=found.left_out,
        decided=decided,
        suggested=suggested,
        query=found.query,
        auto_accepted=accepted,
        labels={code.id: code.label for code in study.codebook.codes},
    )


def codes_in_use(study: Study, wanted: CodingFilter) -> CodesInUse:
    """Return every code with a coding that is asked for. Raises UnknownCode, UsageError."""
    found = retrieve(study, wanted)
    counting = _counting(found)
    rows = []
    for code in study.codebook.codes:
        decided = {one.passage.id for one in counting if one.coding.code == code.id}
        suggested = {one.passage.id for one in found.suggested if one.coding.code == code.id}
        accepted = {one.passage.id for one in found.accepted or () if one.coding.code == code.id}
        if decided or suggested or accepted:
            rows.append(
                CodeInUse(
                    code=code.id,
                    label=code.label,
                    decided=len(decided),
                    suggested=len(suggested),
                    auto_accepted=None if found.accepted is None else len(accepted),
                )
            )
    return CodesInUse(
        codes=tuple(rows), combined_by=wanted.combine, left_out=found.left_out, query=found.query
    )


def _counting(found: Retrieved) -> list[Found]:
    """Return people's codings that count, and rulings on what none of them gave."""
    people = [one for one in found.decided if one.counts]
    given = {(one.passage.id, one.coding.code) for one in people}
    ruled = (one for one in found.settled if one.coding.ruled)
    return [*people, *(one for one in ruled if (one.passage.id, one.coding.code) not in given)]


def _quotes(found: Iterable[Found]) -> Iterator[QuoteEntry]:
    """Yield a quote for each marked or verified stretch; without one, the whole passage."""
    for one in found:
        offset, length = one.passage.start, len(one.passage.text)
        spans = [(start - offset, end - offset) for start, end in one.coding.spans]
        inside = [(start, end) for start, end in spans if 0 <= start < end <= length]
        for start, end in inside or [(0, length)]:
            yield _quote(one, start, end, whole=not inside)


def _quote(one: Found, start: int, end: int, *, whole: bool) -> QuoteEntry:
    passage, document, coding = one.passage, one.document, one.coding
    text = passage.own_text(start, end)
    return QuoteEntry(
        id=f"{passage.id}:{start}-{end}",
        text=text,
        passage=passage.id,
        document=document.slug,
        kind=document.kind,
        speaker=passage.speaker,
        time=passage.time,
        code=coding.code,
        status=coding.status,
        by=coding.by,
        done=coding.done,
        whole_passage=whole,
        current_wording=one.current_wording,
        revision=passage.version,
        corrected_since=one.corrected_since,
        to_confirm=one.to_confirm,
        source_corrected=coding.source_corrected,
        synthetic=document.synthetic,
        shown=_within_turn(one, text) if whole else text,
        title=document.title or document.slug,
    )


def _within_turn(one: Found, text: str) -> str:
    before, after = (
        any(block.start < at < block.end for block in one.document.blocks)
        for at in (one.passage.start, one.passage.end)
    )
    return f"{'… ' if before else ''}{text}{' …' if after else ''}"
