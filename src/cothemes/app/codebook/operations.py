"""Operations on codes: what a person does to a code, recorded, so that decisions follow it.

An operation rewrites codebook.yaml and is one record. The file comes first: a code without its record leads
to a question, a record without its code would be a lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.codebook.reasons import keep, person
from cothemes.app.codebook.touched import Touched, touched_by
from cothemes.app.codebook.versions import versions
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.code_names import CodeNames
from cothemes.records.code_operation import Operation, OperationKind
from cothemes.records.codebook import NONE_CODE, Code, Codebook
from cothemes.records.record import Record
from cothemes.stages.codebook_change.operations import (
    Changed,
    added,
    merged,
    moved,
    put_back,
    retired,
    split,
    union,
)


class OperationReport(Record):
    """An operation on codes, done or only looked at."""

    operation: Operation
    stored: bool
    """False for a dry run: nothing was written."""
    codes: tuple[Code, ...]
    """The codes that come of it."""
    touches: Touched
    to_check: tuple[str, ...] = ()
    """Codes whose near-misses named a code that is gone."""
    since: tuple[SinceThen, ...] = ()
    """Undo: decisions made since on what the operation had made."""
    where: str = ""
    """`path:line` of the first code that comes of it."""
    taken_back: str = Field(default="", exclude=True)
    """Undo: the operation that was taken back, in words."""
    back: dict[str, int] = Field(default={}, exclude=True)
    """Undo: code that is in the codebook again → passages on which it counts as present."""


class SinceThen(Record):
    """Decisions of one person on one code since an operation."""

    code: str
    by: str
    decisions: int
    passages: tuple[str, ...]


OperationReport.model_rebuild()


class OperationList(Record):
    """Operations on codes."""

    operations: tuple[Operation, ...]
    short: dict[str, str] = Field(default={}, exclude=True)
    """Id → a beginning of it that is enough to undo it."""
    published: dict[str, str] = Field(default={}, exclude=True)
    """Rename → addition, of drafts that were published under another id: one operation to people."""


def add_code(
    study: Study, code: Code, *, by: str = "", reason: str = "", dry_run: bool = False
) -> OperationReport:
    """Add a code; without a definition it is a draft that no coder proposes.

    Raises UsageError for an id that is or was a code's, an empty label, and an unknown theme or parent.
    """
    book = study.codebook
    refuse_used_id(study, code.id)
    if not code.label:
        raise UsageError("the label is empty", hint='Write it in quotes: --label "…"')
    _known_place(book, code.theme, code.parent)
    return _done(study, OperationKind.ADD, by, reason, (), (code.id,), added(book, code), dry_run=dry_run)


def rename_code(
    study: Study, old: str, new: str, *, by: str = "", reason: str = "", dry_run: bool = False
) -> OperationReport:
    """Give a code another visible id; every decision follows it.

    Raises UnknownCode, UsageError for an id that is another code's or was.
    """
    book = study.codebook
    _known(book, old)
    names = CodeNames(study.store.operations.all())
    own = new in names.touched and names.identity(new) == names.identity(old)
    if not own or new in book.by_id:
        refuse_used_id(study, new)
    change = Changed(book.renamed({old: new}))
    return _done(
        study, OperationKind.RENAME, by, reason, (old,), (new,), change, dry_run=dry_run, renamed={old: new}
    )


def move_code(
    study: Study,
    code: str,
    *,
    theme: str | None = None,
    parent: str | None = None,
    by: str = "",
    reason: str = "",
    dry_run: bool = False,
) -> OperationReport:
    """Put a code under another theme or parent; an empty text takes it out of what it was under.

    Raises UnknownCode, UsageError for an unknown theme or parent and for a circle of parents.
    """
    book = study.codebook
    was = _known(book, code)
    if theme is None and parent is None:
        raise UsageError("nothing says where to", hint="Give --theme ID or --parent ID.")
    wanted = (was.theme if theme is None else theme or None, was.parent if parent is None else parent or None)
    _known_place(book, *wanted)
    if wanted == (was.theme, was.parent):
        raise UsageError(f"{code} is there already", hint="Nothing was changed.")
    details = {"theme": was.theme, "parent": was.parent}
    return _done(
        study, OperationKind.MOVE, by, reason, (code,), (code,), moved(book, code, *wanted), dry_run=dry_run,
        details=details,
    )  # fmt: skip


def merge_codes(
    study: Study,
    parts: Sequence[str],
    into: str,
    *,
    exact: bool,
    label: str = "",
    definition: str = "",
    by: str = "",
    reason: str = "",
    dry_run: bool = False,
) -> OperationReport:
    """Merge codes into a new one, or into one that is there and is then one of the parts.

    `exact`: the new code is exactly the union of its parts: presences and absences carry over. Else it is
    wider: presences carry over to be confirmed. Raises UnknownCode, UsageError for fewer than two codes or an
    id that was another code's, StateConflict where the codebook that comes of it was in use before.
    """
    book = study.codebook
    every = list(dict.fromkeys([*parts, into] if into in book.by_id else parts))
    for code in every:
        _known(book, code)
    if len(every) < 2:
        raise UsageError("a merge needs two codes or more", hint="Name them: codebook merge A,B --into C")
    if into not in book.by_id:
        refuse_used_id(study, into)
    made = union(book, every, into, " ".join(label.split()), " ".join(definition.split()))
    return _done(
        study, OperationKind.MERGE, by, reason, tuple(every), (into,), merged(book, every, made),
        dry_run=dry_run, exact=exact,
    )  # fmt: skip


def split_code(
    study: Study,
    code: str,
    into: Sequence[str],
    *,
    within: bool,
    labels: Mapping[str, str] | None = None,
    definitions: Mapping[str, str] | None = None,
    by: str = "",
    reason: str = "",
    dry_run: bool = False,
) -> OperationReport:
    """Split a code into parts, one of which may keep its id and text.

    `within`: the parts lie within the code: its absences carry over. Parts without a definition are drafts;
    their first definition keeps what was carried. Raises UnknownCode, UsageError for fewer than two parts or
    an id that was another code's.
    """
    book = study.codebook
    was = _known(book, code)
    names = list(dict.fromkeys(into))
    if len(names) < 2:
        raise UsageError("a split needs two parts or more", hint="Name them: codebook split A --into B,C")
    stray = [name for name in (*(labels or {}), *(definitions or {})) if name not in names]
    if stray:
        raise UsageError(f"{stray[0]} is none of the parts", hint=f"Parts: {', '.join(names)}.")
    for name in names:
        if name != code:
            refuse_used_id(study, name)
    made = [
        _part(was, name, (labels or {}).get(name, ""), (definitions or {}).get(name, "")) for name in names
    ]
    return _done(
        study, OperationKind.SPLIT, by, reason, (code,), tuple(names), split(book, code, made),
        dry_run=dry_run, exact=within,
    )  # fmt: skip


def retire_code(
    study: Study, code: str, *, by: str = "", reason: str = "", dry_run: bool = False
) -> OperationReport:
    """Take a code out of the codebook; its decisions are kept and listed, and do not count.

    Raises UnknownCode, UsageError where an attribute applies to this code alone.
    """
    book = study.codebook
    _known(book, code)
    return _done(study, OperationKind.RETIRE, by, reason, (code,), (), retired(book, code), dry_run=dry_run)


def undo_operation(
    study: Study, which: str = "", *, by: str = "", reason: str = "", dry_run: bool = False
) -> OperationReport:
    """Take back an operation, the last one that holds unless `which` names one by the beginning of its id.

    Lists the decisions that were made since on what it had made. Raises StateConflict where there is none, or
    where a later operation rests on it. A publication is one operation: its code leaves the codebook, and
    its codings are listed as those of a retired code.
    """
    every = study.store.operations.all()
    pairs = _published(every)
    names = CodeNames(every)
    live = [each for each in names.live() if not each.details.get("draft") and each.id not in pairs]
    # Either half of a publication stands for it: what is taken back is the code, and with it its new id.
    asked = {pairs.get(each.id, each.id) for each in every if each.id.startswith(which)}
    found = [each for each in live if each.id in asked] if which else live[-1:]
    if len(found) != 1:
        what = "nothing is left to undo" if not which else f"{len(found)} operations begin with {which!r}"
        raise StateConflict(what, hint="List them: cothemes codebook history")
    done = found[0]
    later = live[live.index(done) + 1 :]
    rests = [each for each in later if {*done.into, *done.codes} & {*each.codes, *each.into}]
    if rests:
        raise StateConflict(
            f"a later operation rests on it: {described(rests[-1])}",
            hint=f"Take that back first: cothemes codebook undo {_short_ids(every)[rests[-1].id]}",
        )
    change, renamed, blocks = _taken_back(study, done)
    since = _since(study, done)
    report = _done(
        study, OperationKind.UNDO, by, reason, done.into, done.codes, change, dry_run=dry_run, undoes=done.id,
        renamed=renamed, blocks=blocks,
    )  # fmt: skip
    draft = next((each.codes[0] for each in every if pairs.get(each.id) == done.id), "")
    what = f"publish {draft} as {done.into[0]}" if draft else described(done)
    back = touched_by(study, done.codes).codings if report.stored and done.codes else {}
    return report.model_copy(update={"since": since, "taken_back": what, "back": back})


def operation_list(study: Study) -> OperationList:
    """Return every operation, the oldest first."""
    every = tuple(study.store.operations.all())
    return OperationList(operations=every, short=_short_ids(every), published=_published(every))


def _short_ids(operations: Sequence[Operation], least: int = 13) -> dict[str, str]:
    """Return id → a beginning of it, of at least so many characters, that is enough to undo it."""
    pairs = _published(operations)
    names: dict[str, set[str]] = defaultdict(set)
    for each in operations:
        names[each.id[:least]].add(each.id)
    found = {}
    for each in operations:
        length = least
        alike = {pairs.get(name, name) for name in names[each.id[:least]]} - {pairs.get(each.id, each.id)}
        while any(name.startswith(each.id[:length].rstrip("-")) for name in alike):
            length += 1
        found[each.id] = each.id[:length].rstrip("-")
    return found


def _published(operations: Sequence[Operation]) -> dict[str, str]:
    """Return rename → addition, of drafts that were published under another id: one operation to people."""
    added = {
        (each.into, each.old, each.new): each.id for each in operations if each.kind is OperationKind.ADD
    }
    return {
        each.id: added[(each.into, each.old, each.new)]
        for each in operations
        if each.kind is OperationKind.RENAME and (each.into, each.old, each.new) in added
    }


def described(operation: Operation) -> str:
    """Return an operation in words: `merge A, B into C`."""
    codes, into = ", ".join(operation.codes), ", ".join(operation.into)
    match operation.kind:
        case OperationKind.ADD:
            return f"add {into}"
        case OperationKind.RENAME:
            return f"rename {codes} to {into}"
        case OperationKind.MERGE | OperationKind.SPLIT:
            return f"{operation.kind.value} {codes} into {into}"
        case _:
            return f"{operation.kind.value} {codes or into}"


def new_operation(
    kind: OperationKind,
    by: str,
    reason: str,
    codes: tuple[str, ...],
    into: tuple[str, ...],
    before: Codebook,
    after: Codebook,
    *,
    exact: bool = False,
    undoes: str = "",
    by_hand: bool = False,
    details: dict[str, Any] | None = None,
) -> Operation:
    """Return the record of an operation that is done now."""
    return Operation(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        kind=kind,
        codes=codes,
        into=into,
        exact=exact,
        old=before.hash,
        new=after.hash,
        undoes=undoes,
        reason=reason.strip(),
        by_hand=by_hand,
        details=details or {},
    )


def used_ids(study: Study) -> frozenset[str]:
    """Return ids that are or once were those of codes or drafts: another code never gets one."""
    earlier = {code.id for version in versions(study) for code in version.codebook.codes}
    drafts = {each.code for each in study.store.drafts.all()}
    return frozenset(earlier | drafts) | CodeNames(study.store.operations.all()).touched


def refuse_used_id(study: Study, code: str) -> None:
    """Raise UsageError for an id that is, or once was, the id of a code, or that cannot be one."""
    if not code or code == NONE_CODE or any(sign in code for sign in " ,=~"):
        raise UsageError(
            f"{code!r} cannot be the id of a code",
            hint=f"Use letters and digits, such as D12; `{NONE_CODE}` is reserved.",
        )
    here = study.codebook.by_id.get(code)
    if here is not None:
        raise UsageError(f"{code} is a code already: {here.label}", hint="Choose another id.")
    for version in versions(study):
        was = version.codebook.by_id.get(code)
        if was is not None:
            raise UsageError(
                f"{code} was the id of another code, {was.label!r}, in version {version.name}",
                hint="An id is for ever: choose one that was never used.",
            )
    if code in used_ids(study):
        raise UsageError(f"{code} was the id of another code", hint="An id is for ever: choose another.")


def _done(
    study: Study,
    kind: OperationKind,
    by: str,
    reason: str,
    codes: tuple[str, ...],
    into: tuple[str, ...],
    change: Changed,
    *,
    dry_run: bool,
    exact: bool = False,
    undoes: str = "",
    renamed: Mapping[str, str] | None = None,
    blocks: Mapping[str, str] | None = None,
    details: dict[str, Any] | None = None,
) -> OperationReport:
    """Write and record an operation, unless it is a dry run."""
    who = person(study, by)
    before, after = study.codebook, change.codebook
    made = new_operation(
        kind, who, reason, codes, into, before, after, exact=exact, undoes=undoes, details=details
    )
    _refuse_recurring(study, made, after)
    touches = touched_by(study, codes or into, into)
    report = OperationReport(
        operation=made,
        stored=False,
        codes=tuple(after.by_id[code] for code in into if code in after.by_id),
        touches=touches,
        to_check=change.to_check,
    )
    if dry_run:
        return report
    keep(study, before)
    _, taken = wiring.change_codebook(study.codebook_path, after, renamed=renamed, blocks=blocks)
    if taken:
        made = made.model_copy(update={"details": {**made.details, "blocks": taken}})
    study.store.operations.append([made])
    study.reread_codebook()
    keep(study, study.codebook)
    first = next((study.codebook.by_id[code] for code in into if code in study.codebook.by_id), None)
    where = f"{study.codebook_path}:{first.line}" if first is not None else str(study.codebook_path)
    return report.model_copy(update={"operation": made, "stored": True, "where": where})


def _refuse_recurring(study: Study, made: Operation, after: Codebook) -> None:
    """Raise StateConflict where the codebook that comes of it was in use before, with other codes behind its
    ids: decisions under it could not be told apart.
    """
    before = study.store.operations.identities_in(after.hash)
    if before is None:
        return
    names = CodeNames([*study.store.operations.all(), made])
    if any(names.identity(code) != identity for code, identity in before.items()):
        raise StateConflict(
            "the codebook would read as it did before, with another code behind the same words",
            where=str(study.codebook_path),
            hint="Undo the earlier operation (cothemes codebook undo), or give the code another label or "
            "definition.",
        )


def _taken_back(
    study: Study, done: Operation
) -> tuple[Changed, dict[str, str] | None, dict[str, str] | None]:
    """The codebook without the operation, ids to change back, and lines to put back."""
    book = study.codebook
    if done.kind is OperationKind.RENAME:
        (old,), (new,) = done.codes, done.into
        _known(book, new)
        return Changed(book.renamed({new: old})), {new: old}, None
    if done.kind is OperationKind.MOVE:
        (code,) = done.codes
        _known(book, code)
        return Changed(_put(book, code, done.details)), None, None
    # The codes it took are read as they were then, not under what became of them.
    content = study.store.codebooks.get(done.old)
    assert content is not None
    then = Codebook.model_validate_json(content)
    missing = [code for code in done.into if code not in book.by_id]
    if missing and done.kind is not OperationKind.ADD:
        raise StateConflict(
            f"{missing[0]} is not in the codebook any more",
            where=str(study.codebook_path),
            hint="It was taken out by hand. Say what that was: cothemes codebook adopt --retired "
            f"{missing[0]}",
        )
    blocks = {code: words for code, words in done.details.get("blocks", {}).items() if code in done.codes}
    return put_back(book, then, done.into, done.codes), None, blocks


def _put(book: Codebook, code: str, details: Mapping[str, Any]) -> Codebook:
    theme, parent = details.get("theme"), details.get("parent")
    _known_place(book, theme, parent)
    return moved(book, code, theme, parent).codebook


def _since(study: Study, done: Operation) -> tuple[SinceThen, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for each in study.store.reviews.decisions():
        named = (
            each.code is not None and not each.implicit and each.action.value in ("accept", "add", "reject")
        )
        if named and each.at > done.at and each.code in done.into:
            found.setdefault((str(each.code), each.reviewer), []).append(each.passage)
    return tuple(
        SinceThen(code=code, by=by, decisions=len(passages), passages=tuple(dict.fromkeys(passages)))
        for (code, by), passages in sorted(found.items())
    )


def _part(was: Code, name: str, label: str, definition: str) -> Code:
    """A part of a split: the code itself where it keeps the id, else a new one."""
    if name == was.id:
        update = {key: words for key, words in (("label", label), ("definition", definition)) if words}
        return was.model_copy(update=update)
    return Code(id=name, label=label or f"{was.label} ({name})", definition=definition, theme=was.theme)


def _known(book: Codebook, code: str) -> Code:
    if code not in book.by_id:
        raise UnknownCode(
            f"{code!r} is no code of {book.id}", hint=f"Codes: {', '.join(book.by_id) or 'none'}."
        )
    return book.by_id[code]


def _known_place(book: Codebook, theme: str | None, parent: str | None) -> None:
    if theme and theme not in book.theme_by_id:
        raise UsageError(
            f"there is no theme {theme!r}", hint=f"Themes: {', '.join(book.theme_by_id) or 'none'}."
        )
    if parent:
        _known(book, parent)
