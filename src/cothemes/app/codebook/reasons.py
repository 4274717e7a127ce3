"""What a person says of a change of the codebook, kept for the report."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.app import wiring
from cothemes.app.codebook.versions import last_used, named_now, version_named
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.revision import Revision, RevisionKind
from cothemes.stages.codebook_change.difference import difference


def person(study: Study, name: str) -> str:
    """Return who speaks: the registered person of that name; unnamed, the only one there is, else nobody by
    name.
    """
    if name:
        return registered(study, [name])[0]
    known = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    return known[0] if len(known) == 1 else ""


def note_reason(
    study: Study,
    reason: str,
    *,
    codes: Sequence[str] = (),
    old: str = "",
    by: str = "",
    same: bool = False,
) -> Revision:
    """Store why the codebook was changed from `old`, else the version of the last decisions, to what it is.

    With `same`, say of the changed `codes` that old and new wording ask for the same codings. Raises
    StateConflict where nothing changed, UsageError for codes that did not.
    """
    if not reason.strip():
        raise UsageError("the reason is empty", hint='Write it in quotes: cothemes codebook note "WHY"')
    before = version_named(study, old) if old else last_used(study)
    found = difference(named_now(study, before), study.codebook)
    if found.same:
        raise StateConflict(
            "nothing that a coder reads has changed since the last decisions",
            where=str(study.codebook_path),
            hint="Name the version you mean: --since VERSION; they are listed by cothemes codebook log.",
        )
    changed = [change.id for change in found.changed]
    touched = [*changed, *(code.id for code in (*found.added, *found.removed))]
    allowed = changed if same else touched
    unknown = [code for code in codes if code not in allowed]
    if unknown or (same and not codes):
        what = f"{', '.join(unknown)} did not change" if unknown else "no code was named"
        raise UsageError(
            what, hint=f"Codes with another wording than before: {', '.join(allowed) or 'none'}."
        )
    made = Revision(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=person(study, by),
        kind=RevisionKind.SAME if same else RevisionKind.REASON,
        old=before.hash,
        new=study.codebook.hash,
        codes=tuple(dict.fromkeys(codes)),
        reason=reason.strip(),
    )
    keep(study, before)
    keep(study, study.codebook)
    study.store.revisions.append([made])
    return made


def keep(study: Study, codebook: Codebook) -> None:
    """Store any version."""
    study.store.codebooks.put(codebook.hash, codebook.model_dump_json())
