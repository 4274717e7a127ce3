"""A reviewer's own package: made at home from what the reviewer's cards show, or on the way back.

Everything is asked for under the reviewer's name, and suggestions for those passages alone whose card may
show them now. A passage in arm `reveal` that is not locked travels without suggestions: on another laptop
nothing could keep them closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cothemes import __version__
from cothemes.app import wiring
from cothemes.app.ratings import keep_codebook
from cothemes.app.review.remarks import remarks_of
from cothemes.app.review.review import Desk, latest_runs
from cothemes.app.study import STUDY_KEY as STUDY_KEY
from cothemes.app.study import Study
from cothemes.app.study import study_id as study_id
from cothemes.errors import StateConflict, UsageError
from cothemes.records.code_operation import DraftAct, DraftRecord, Operation
from cothemes.records.outcome_flag import OutcomeFlag
from cothemes.records.package import PACKAGE_VERSION, CopyMark, Manifest, Origin, Package
from cothemes.records.record import Record
from cothemes.records.review import Arm, Decision
from cothemes.records.suggestion import Outcome, OutcomeState
from cothemes.stages.exchange.pack import packed
from cothemes.stages.review.card import reason_shown
from cothemes.stages.review.reading_state import ReadingState

COPY_KEY = "package"


class PackReport(Record):
    """What a package holds."""

    path: Path
    origin: Origin
    reviewer: str
    size: int
    """Bytes."""
    documents: int
    passages: int
    arms: dict[str, int]
    """Arm → passages; of the reveal ones, those still to be coded blind stand under `reveal`."""
    open: int
    """Passages that are not done."""
    opened: int
    """Reveal passages whose suggestions come along, since their blind codes are locked."""
    suggestions: int
    decisions: int


def pack(study: Study, name: str, path: Path) -> PackReport:
    """Write the package of a registered reviewer.

    Raises UnknownReviewer, UsageError for a name that is no zip, StateConflict where nothing is assigned.
    """
    if path.suffix.lower() != ".zip":
        raise UsageError(
            f"{path.name} is no name for a package", hint=f"A package is one zip file: {path.stem}.zip"
        )
    desk = Desk(study, name)
    origin = Origin.STUDY if copy_mark(study) is None else Origin.COPY
    current = set(study.store.passages.find(""))
    # A seeded suggestion stays at home: in a package it could be told from the others.
    current -= {seed.passage for seed in study.store.reviews.seeds(reviewer=desk.reviewer)}
    standings = [s for s in desk.standings if s.assignment.passage in current]
    if not standings:
        raise StateConflict(
            f"nothing is assigned to {desk.reviewer}", hint=f"cothemes route --reviewers {desk.reviewer}"
        )
    keep_codebook(study)
    given = {s.assignment.passage for s in standings}
    decisions = [
        d for d in study.store.reviews.decisions(reviewer=desk.reviewer, as_coded=True) if d.passage in given
    ]
    package = _content(study, desk, origin, standings, decisions)
    size = wiring.write_package(path, package)
    return PackReport(
        path=path,
        origin=origin,
        reviewer=desk.reviewer,
        size=size,
        documents=len(package.documents),
        passages=len(package.passages),
        arms=dict(Counter(s.assignment.arm.value for s in standings)),
        open=sum(not s.done for s in standings),
        opened=sum(s.assignment.arm is Arm.REVEAL and s.locked for s in standings),
        suggestions=len(package.suggestions),
        decisions=len(decisions),
    )


def copy_mark(study: Study) -> CopyMark | None:
    """What a folder that was made from a package remembers of it; None for a study at home."""
    kept = study.store.meta.get(COPY_KEY)
    return CopyMark.model_validate_json(kept) if kept else None


def refuse_in_copy(study: Study, command: str) -> None:
    """Raises StateConflict where the study is one reviewer's copy: what is assigned and suggested is settled
    at home, and would never get there from here."""
    mark = copy_mark(study)
    if mark is not None:
        raise StateConflict(
            f"`{command}` is for the study itself; this is {mark.reviewer}'s copy of it",
            where=str(study.root),
            hint=f'Here: cothemes review --as "{mark.reviewer}", then cothemes pack --as "{mark.reviewer}" '
            "back.zip",
        )


def _content(
    study: Study, desk: Desk, origin: Origin, standings: Sequence[ReadingState], decisions: Sequence[Decision]
) -> Package:
    books = {d.codebook_hash for d in decisions} | {study.codebook.hash}
    kept = {key: study.store.codebooks.get(key) for key in books}
    codebooks = {key: content for key, content in kept.items() if content is not None}
    given = {s.assignment.passage for s in standings}
    manifest = _manifest(study, desk.reviewer, origin)
    operations = tuple(map(_bare, study.store.operations.all()))
    drafts = _own_drafts(study, desk.reviewer)
    if operations or drafts:
        named_after = {key: study.store.codebooks.named_after(key) for key in codebooks}
        manifest = manifest.model_copy(
            update={
                "version": PACKAGE_VERSION,
                "operations": operations,
                "drafts": drafts,
                "named_after": named_after,
            }
        )
    text = study.codebook_path.read_text(encoding="utf-8")
    if origin is Origin.COPY:
        # At home they are read only where the reviewer is not registered under this name.
        return Package(
            manifest=manifest,
            codebook_text=text,
            codebooks=codebooks,
            assignments=tuple(a for a in desk.assignments if a.passage in given),
            decisions=tuple(decisions),
        )
    slugs = sorted({s.assignment.document for s in standings})
    seen = [s.assignment.passage for s in standings if s.sees_suggestions]
    spoken = latest_runs(study, seen)
    # What a card shows is settled in one place, the card.
    suggestions = [s for passage in spoken for s in desk.card(passage).suggestions]
    outcomes: list[Outcome] = []
    for run in sorted(set(spoken.values())):
        asked = [passage for passage in seen if spoken.get(passage) == run]
        found = study.store.runs.outcomes(run, passages=asked)
        outcomes += [outcome for outcome in found if outcome.state is OutcomeState.CODED]
    return packed(
        manifest,
        text,
        codebooks,
        documents=[d for d in map(study.store.documents.get, slugs) if d is not None],
        passages=[p for slug in slugs for p in study.store.passages.of(slug) if p.id in given],
        runs=[run for run in study.store.runs.all() if run.id in set(spoken.values())],
        outcomes=outcomes,
        suggestions=suggestions,
        assignments=[a for a in desk.assignments if a.passage in given],
        decisions=decisions,
        reason_of=reason_shown,
        remark_flags=_remark_flags,
    )


def _own_drafts(study: Study, name: str) -> tuple[DraftRecord, ...]:
    """Acts on the drafts that a person made, without who published or discarded them and why."""
    acts = study.store.drafts.all()
    own = {each.code for each in acts if each.act is DraftAct.CREATED and each.by == name}
    return tuple(each.model_copy(update={"by": name, "reason": ""}) for each in acts if each.code in own)


def _bare(operation: Operation) -> Operation:
    """Return an operation without what people said of it, and without the lines of codes taken out."""
    details = {key: value for key, value in operation.details.items() if key in ("theme", "parent")}
    return operation.model_copy(update={"by": "", "reason": "", "details": details})


def _remark_flags(outcome: Outcome) -> tuple[OutcomeFlag, ...]:
    """Those of a coder's flags that a card puts into words."""
    return tuple(f for f in outcome.flags if remarks_of(outcome.model_copy(update={"flags": (f,)})))


def _manifest(study: Study, name: str, origin: Origin) -> Manifest:
    person = next(r for r in study.store.reviews.reviewers() if r.name == name)
    return Manifest(
        program=__version__,
        study=study_id(study),
        title=study.settings.study.title,
        tradition=study.settings.study.tradition,
        language=study.settings.study.language,
        origin=origin,
        reviewer=person.name,
        role=person.role,
        made=wiring.clock().now(),
        codebook_hash=study.codebook.hash,
    )
