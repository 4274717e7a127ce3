"""A group of candidates becomes a code, or is dismissed: both by a person's decision alone."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from cothemes.app import wiring
from cothemes.app.codebook.candidates import clusters
from cothemes.app.codebook.operations import refuse_used_id, used_ids
from cothemes.app.codebook.reasons import keep, person
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.codebook import NONE_CODE, Code
from cothemes.records.record import Record
from cothemes.records.revision import Revision, RevisionKind
from cothemes.stages.codebook_change.candidate_clusters import CandidateCluster


class Adopted(Record):
    """A code that was added to the codebook."""

    code: Code
    where: str
    """`path:line` of the code."""
    candidates: int
    passages: tuple[str, ...]
    old: str
    """Hash of the codebook before."""
    new: str


class Dismissed(Record):
    """A group of candidates that a person dismissed."""

    heap: str
    candidates: int
    reason: str


def adopt(
    study: Study, heap_id: str, code: Code, *, by: str = "", reason: str = "", only: Collection[str] = ()
) -> Adopted:
    """Write the code into codebook.yaml, and record who made it from which candidates.

    `only`: ids of passages; what lies elsewhere in the group stays open. Raises UsageError for an unknown
    group, an id that cannot be used, an unknown theme or an empty text; StateConflict where the id is there
    or the file's layout takes no addition.
    """
    who = person(study, by)
    before = study.codebook
    code = _with_single_blanks(code)
    _check(study, code)
    if code.id not in before.by_id:
        refuse_used_id(study, code.id)
    heap = _cluster(study, heap_id, only)
    keep(study, before)
    # The file first: a code without its record can be fixed, a record without its code would be a lie.
    after = wiring.add_code(study.codebook_path, code)
    keep(study, after)
    made = _revision(who, RevisionKind.ADOPTED, heap, reason, (before.hash, after.hash), (code.id,))
    study.store.revisions.append([made])
    return Adopted(
        code=code,
        where=f"{study.codebook_path}:{after.by_id[code.id].line}",
        candidates=len(heap.members),
        passages=heap.passages,
        old=before.hash,
        new=after.hash,
    )


def dismiss(
    study: Study, heap_id: str, reason: str, *, by: str = "", only: Collection[str] = ()
) -> Dismissed:
    """Dismiss a group, or what of it lies in `only` these passages. Raises UsageError for an unknown group or
    an empty reason.
    """
    who = person(study, by)
    if not reason.strip():
        raise UsageError("the reason is empty", hint='Say why: --reason "belongs to D5"')
    heap = _cluster(study, heap_id, only)
    made = _revision(who, RevisionKind.DISMISSED, heap, reason, ("", ""), ())
    study.store.revisions.append([made])
    return Dismissed(heap=heap_id, candidates=len(heap.members), reason=made.reason)


def _with_single_blanks(code: Code) -> Code:
    """Return the code with single blanks, as YAML will give it back."""
    plain = {name: " ".join(getattr(code, name).split()) for name in ("id", "label", "definition", "brief")}
    rules = {
        name: tuple(" ".join(rule.split()) for rule in getattr(code, name) if rule.strip())
        for name in ("include_when", "exclude_when")
    }
    return code.model_copy(update={**plain, **rules})


def _check(study: Study, code: Code) -> None:
    book = study.codebook
    if not code.id or code.id == NONE_CODE or any(sign in code.id for sign in " ,=~"):
        raise UsageError(
            f"{code.id!r} cannot be the id of a code",
            hint=f"Use letters and digits, such as {_free_id(study, code.theme)}; `{NONE_CODE}` is reserved.",
        )
    for name in ("label", "definition"):
        if not getattr(code, name):
            raise UsageError(f"the {name} is empty", hint=f'Write it in quotes: --{name} "…"')
    if code.theme and code.theme not in book.theme_by_id:
        raise UsageError(
            f"there is no theme {code.theme!r}", hint=f"Themes: {', '.join(book.theme_by_id) or 'none'}."
        )


def _free_id(study: Study, theme: str | None) -> str:
    stem = theme if theme and theme in study.codebook.theme_by_id else "N"
    used = used_ids(study)
    return next(name for n in count(1) if (name := f"{stem}{n}") not in used)


def _cluster(study: Study, heap_id: str, only: Collection[str]) -> CandidateCluster:
    found = clusters(study).heaps
    heap = next((heap for heap in found if heap.id == heap_id), None)
    if heap is None:
        listed = ", ".join(heap.id for heap in found[:10]) + (", …" if len(found) > 10 else "")
        raise UsageError(
            f"no open group is called {heap_id!r}",
            hint=f"Open: {listed or 'none'}. A group that grew since you saw it has another id: "
            "cothemes codebook candidates",
        )
    if stray := [passage for passage in only if passage not in heap.passages]:
        raise UsageError(
            f"{', '.join(stray)} is not in group {heap_id}", hint=f"In it: {', '.join(heap.passages)}."
        )
    return CandidateCluster(heap_id, tuple(m for m in heap.members if not only or m.passage in only))


def _revision(
    who: str,
    kind: RevisionKind,
    heap: CandidateCluster,
    reason: str,
    books: tuple[str, str],
    codes: Collection[str],
) -> Revision:
    return Revision(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=who,
        kind=kind,
        old=books[0],
        new=books[1],
        codes=tuple(codes),
        candidates=tuple(member.id for member in heap.members),
        reason=reason.strip(),
    )
