"""Long lists of reports in parts: `limit` and `after`, and a link to the next part (RFC 8288).

A part is the same document with fewer items. Where a report has several lists, they are read one after the
other: the items of a later one come once the earlier ones are through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import Query, Request
from pydantic import BaseModel

from cothemes.app.codebook.candidates import CandidateList, ClusterList
from cothemes.app.findings.codings import CodingList, CodingSequence
from cothemes.app.findings.find import FindReport
from cothemes.app.findings.quote_states import QuoteStates
from cothemes.app.findings.quotes import QuoteList
from cothemes.app.privacy.access import AccessLog
from cothemes.app.review.confirm import ConfirmReport
from cothemes.app.review.memos import MemoList
from cothemes.app.review.readings import ReviewQueue
from cothemes.errors import StateConflict, UsageError
from cothemes.records.documents_read import DocumentList
from cothemes.records.record import content_hash
from cothemes.records.speaker import SpeakerList
from cothemes.stages.evaluate.differences import DifferenceMap

ROOT = "root"
"""Name of the list of a report that is itself a list."""
MOST = 100_000
"""Items of one part."""
_PLACE = re.compile(r"([1-9]\d{0,8})\.([0-9a-f]{16})")

Limit = Annotated[int, Query(ge=0, le=MOST, description="Items of the lists in one part; 0 for all.")]
After = Annotated[
    str, Query(max_length=100, description="Place after which the part begins, as the link `next` has it.")
]


@dataclass(frozen=True)
class LongLists:
    """Lists of a report that may be long."""

    fields: tuple[str, ...]
    key: tuple[str, ...] = ()
    """Fields by which an item is known again; empty: by all that it says."""


LONG_LISTS: dict[type[BaseModel], LongLists] = {
    DocumentList: LongLists(("documents",), ("document",)),
    SpeakerList: LongLists(("speakers",), ("document", "label")),
    AccessLog: LongLists(("entries",)),
    ReviewQueue: LongLists(("waiting",), ("passage", "round")),
    ConfirmReport: LongLists(("waiting",)),
    CodingList: LongLists(("decided", "settled", "suggested")),
    CodingSequence: LongLists((ROOT,)),
    QuoteList: LongLists(("decided", "suggested")),
    QuoteStates: LongLists(("quotes",)),
    MemoList: LongLists((ROOT,)),
    FindReport: LongLists(("hits",)),
    DifferenceMap: LongLists(("passages",), ("passage", "round")),
    ClusterList: LongLists(("heaps",)),
    CandidateList: LongLists((ROOT,)),
}


def is_long(returned: Any) -> bool:
    """Return True if a report of this type, or of one of these types, may have long lists."""
    return any(each in LONG_LISTS for each in (get_args(returned) or (returned,)))


def part_of(report: BaseModel, limit: int, after: str) -> tuple[BaseModel, str]:
    """Return a part of a report and the place after it; empty at the end.

    Raises UsageError for a place that is none, StateConflict where its item is gone.
    """
    lists = LONG_LISTS.get(type(report))
    if lists is None or not (limit or after):
        return report, ""
    items = [(field, item) for field in lists.fields for item in getattr(report, field)]
    first = _place_in([item for _, item in items], lists.key, after) if after else 0
    last = first + limit if limit else len(items)
    kept = items[first:last]
    cut = {field: tuple(item for each, item in kept if each == field) for field in lists.fields}
    following = f"{last}.{_digest(kept[-1][1], lists.key)}" if last < len(items) else ""
    return report.model_copy(update=cut), following


def link_to(request: Request, following: str) -> dict[str, str]:
    """Return the header that names the next part; none at the end."""
    if not following:
        return {}
    where = request.url.include_query_params(after=following)
    return {"Link": f'<{where.path}?{where.query}>; rel="next"'}


def _place_in(items: Sequence[Any], key: Sequence[str], after: str) -> int:
    found = _PLACE.fullmatch(after)
    if found is None:
        raise UsageError(f"after is {after!r}, which is no place", hint="Take it from the link `next`.")
    place, digest = int(found[1]), found[2]
    if place <= len(items) and _digest(items[place - 1], key) == digest:
        return place
    again = next((at for at, item in enumerate(items, start=1) if _digest(item, key) == digest), None)
    if again is None:
        raise StateConflict(
            "the list has changed: the item after which this part begins is gone",
            hint="Begin again without `after`.",
        )
    return again


def _digest(item: Any, key: Sequence[str]) -> str:
    said = item.model_dump(mode="json")
    return content_hash([said[field] for field in key] if key else said)[:16]
