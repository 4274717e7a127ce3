"""A project of another program, fitted to a study: which codings are new, and which passages they code.

A project says what was coded, by whom, and nothing else. It has no `done`: that a code is absent counts only
in documents that a person declares completely coded, coder by coder. It has no arm: whether coders worked
alone is not recorded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.project import Project, ProjectCoding, ProjectUser, Selection, plain
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.exchange.project_out import ATTRIBUTES, KIND_OF_RATER, MOST_STRETCHES, coding_guid

UNKNOWN_CODER = "unknown coder"
_HALF = 0.5


class SpanCoded(NamedTuple):
    """A code that a rater gave a stretch of a document."""

    document: str
    start: int
    end: int
    """Code points of the document's present text."""
    rater: str
    code: str
    attributes: Mapping[str, str] = {}


def passages_coded(start: int, end: int, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that a stretch codes; `passages` are of one document, in order.

    It codes every passage of which it covers a whole sentence or half of one, else the one that holds most
    of it; none where it holds no word of any.
    """
    if start >= end:
        return []
    first = bisect_left(passages, start, key=lambda each: each.end)
    touched = []
    for passage in passages[first:]:
        if passage.start >= end:
            break
        if min(end, passage.end) > max(start, passage.start):
            touched.append(passage)
    found = [
        passage
        for passage in touched
        if any(
            min(end, each.end) - max(start, each.start) >= _HALF * (each.end - each.start)
            for each in passage.sentences
        )
    ]
    if found or not touched:
        return found
    return [max(touched, key=lambda each: min(end, each.end) - max(start, each.start))]


def ratings_of(
    spans: Iterable[SpanCoded],
    passages: Mapping[str, Sequence[Passage]],
    documents: Mapping[str, Document],
    kinds: Mapping[str, RaterKind],
    complete: Mapping[str, Collection[str]],
    codes: Sequence[str],
) -> tuple[list[Rating], int]:
    """Return one rating for each passage, rater and code, and how many spans code no passage.

    A rating's words are the longest stretch. `complete`: rater → documents in which absence counts, for all
    of `codes`.
    """
    given: dict[tuple[str, str, str], Rating] = {}
    nowhere = 0
    for span in spans:
        found = passages_coded(span.start, span.end, passages.get(span.document, ()))
        nowhere += not found
        document = documents[span.document]
        for passage in found:
            start, end = max(span.start, passage.start), min(span.end, passage.end)
            rating = Rating(
                unit=passage.id,
                doc=document.slug,
                rater=span.rater,
                kind=kinds.get(span.rater, RaterKind.HUMAN),
                code=span.code,
                value=1,
                cluster=document.cluster,
                start=start - passage.start,
                end=end - passage.start,
                attributes=dict(span.attributes),
                text_version=passage.version,
            )
            key = (passage.id, span.rater, span.code)
            before = given.get(key)
            if before is None or _length(before) < _length(rating):
                given[key] = rating
    for rater, slugs in complete.items():
        for slug in slugs:
            document = documents[slug]
            for passage in passages.get(slug, ()):
                for code in codes:
                    key = (passage.id, rater, code)
                    if key not in given:
                        given[key] = Rating(
                            unit=passage.id,
                            doc=slug,
                            rater=rater,
                            kind=kinds.get(rater, RaterKind.HUMAN),
                            code=code,
                            value=0,
                            cluster=document.cluster,
                            text_version=passage.version,
                        )
    return list(given.values()), nowhere


def _length(rating: Rating) -> int:
    return (rating.end or 0) - (rating.start or 0)


class RatersRead(NamedTuple):
    """Users of a project as raters."""

    names: dict[str, str]
    """GUID → rater; the empty GUID is who coded without a name."""
    kinds: dict[str, RaterKind]
    """Rater → kind."""


def raters_of(
    project: Project,
    own: Mapping[str, str],
    known: Mapping[str, str],
    taken: Collection[str],
    models: Collection[str] = (),
) -> RatersRead:
    """Name the users of a project.

    `own`: GUID → rater of this study, `known`: GUID → rater of an earlier import, both with plain GUIDs.
    `taken`: names of people and coders of the study, which nobody else gets: another person of that name is
    called `NAME (PROGRAM)`. `models`: names of users that are models.
    """
    program = (project.origin.split() or ["imported"])[0]
    names: dict[str, str] = {}
    kinds: dict[str, RaterKind] = {}
    used = {name.casefold() for name in (*taken, *known.values())}
    for user in project.users:
        guid = plain(user.guid)
        if guid in own:
            # What the study's own people coded in the other program is told apart from their decisions here.
            name = f"{own[guid]} ({program})"
        elif guid in known:
            name = known[guid]
        else:
            name = " ".join(user.name.split()) or f"user {guid[:8]}"
            if name.casefold() in used:
                name = _free(f"{name} ({program})", used)
        used.add(name.casefold())
        names[user.guid] = name
        kinds[name] = _kind(user, models)
    names[""] = UNKNOWN_CODER if len(project.users) != 1 else names[project.users[0].guid]
    kinds.setdefault(names[""], RaterKind.HUMAN)
    return RatersRead(names, kinds)


def _free(name: str, used: Collection[str]) -> str:
    made, number = name, 1
    while made.casefold() in used:
        number += 1
        made = f"{name} {number}"
    return made


def _kind(user: ProjectUser, models: Collection[str]) -> RaterKind:
    said = user.id.removeprefix(KIND_OF_RATER) if user.id.startswith(KIND_OF_RATER) else ""
    if user.name in models:
        return RaterKind.MODEL
    return RaterKind(said) if said in set(RaterKind) else RaterKind.HUMAN


def is_own_coding(
    study: str, coding: ProjectCoding, rater: str, code: str, passages: Iterable[Passage]
) -> bool:
    """Return whether this study wrote a coding, in whatever version. `code`: permanent id."""
    guid = plain(coding.guid)
    return any(
        coding_guid(study, rater, passage.id, code, stretch) == guid
        for passage in passages
        for stretch in range(MOST_STRETCHES)
    )


def attributes_in(coding: ProjectCoding, notes: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the attributes that a note on a coding holds. `notes`: plain GUID → name and text."""
    found: dict[str, str] = {}
    for guid in coding.notes:
        name, text = notes.get(plain(guid), ("", ""))
        if name == ATTRIBUTES:
            for line in text.split("\n"):
                key, sign, value = line.partition(" = ")
                if sign:
                    found[key.strip()] = value.strip()
    return found


def by_document(found: Iterable[Carried]) -> dict[str, list[Carried]]:
    """Return carried selections by document."""
    made: dict[str, list[Carried]] = defaultdict(list)
    for each in found:
        if each.kind is CarriedKind.SELECTION:
            made[each.document].append(each)
    return made


def merged_selection(before: Selection, now: Selection) -> Selection:
    """Return a selection that was imported before as it is now, keeping codings that the file lacks."""
    there = {plain(each.guid) for each in now.codings}
    kept = [each for each in before.codings if plain(each.guid) not in there]
    return now.model_copy(update={"codings": (*now.codings, *kept)})
