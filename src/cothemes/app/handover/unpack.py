"""A package taken in: a copy is made or brought up to date; decisions are merged, here as at home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from cothemes.app import wiring
from cothemes.app.handover.copies import CopyReport, bring_up_to_date, open_copy
from cothemes.app.handover.pack import STUDY_KEY, copy_mark
from cothemes.app.raters import merge_raters
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import PackageError
from cothemes.records.code_operation import DraftAct, DraftRecord
from cothemes.records.codebook import Codebook
from cothemes.records.package import Origin, Package
from cothemes.records.passage import Passage
from cothemes.records.record import Record
from cothemes.records.review import Arm, Assignment, Decision, Reviewer
from cothemes.records.text import shown_text
from cothemes.stages.exchange.returned import Home, LeftOut, Merge, ReadingKey, returned
from cothemes.stages.review.raters import name_key
from cothemes.stages.review.reading_state import fold

_ANOTHER = "Nothing was taken in. Name the study that it was made from: cothemes -C DIR import FILE"


class PackageImport(Record):
    """What a package held, and what of it is new."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    file: str
    reviewer: str
    brought: CopyReport | None = Field(alias="copy")
    """Texts and assignments, if the folder is a reviewer's copy; None at home."""
    new: int
    """Decisions that were not known."""
    known: int
    passages: int
    """Passages with a new decision."""
    other_wording: int
    """New decisions under another codebook than the present one; they stay under theirs."""
    left_out: tuple[LeftOut, ...]
    """Passages whose decisions were not imported."""


def load_package(path: Path) -> Package:
    """Reads and checks a package. Raises PackageError."""
    return wiring.read_package(path)


def open_package(package: Package, folder: Path, source: str) -> PackageImport:
    """Make a reviewer's copy of it, with the reviewer's own decisions so far; see `open_copy`."""
    brought = open_copy(package, folder, source)
    study = Study(brought.folder)
    try:
        return _merged(study, package, source, brought, accept=False)
    finally:
        study.close()


def take_in(
    study: Study,
    package: Package,
    source: str,
    *,
    other_codebook: bool = False,
    same_person: bool | None = None,
) -> PackageImport:
    """Merge a package into the study that it was made from, or bring a copy up to date.

    With `other_codebook`, decisions under a codebook that the study never had are imported and stay under
    it. `same_person` answers whether a name that differs from a registered one only in case or spaces is that
    person; without an answer such a package is refused. Raises PackageError for what is not of this study,
    forged, or under another codebook.
    """
    manifest = package.manifest
    if study.store.meta.get(STUDY_KEY) != manifest.study:
        title = shown_text(manifest.title)
        raise PackageError(f"is of another study, “{title}”", where=source, hint=_ANOTHER)
    mark = copy_mark(study)
    if mark is not None and mark.reviewer != manifest.reviewer:
        raise PackageError(
            f"is of {manifest.reviewer}; this is {mark.reviewer}'s copy",
            where=source,
            hint="Open it in a folder of its own: cothemes -C NEW_FOLDER import FILE",
        )
    if manifest.reviewer not in [person.name for person in study.store.reviews.reviewers()]:
        _register_spelling(study, package, source, same_person)
    brought = None
    if mark is not None and manifest.origin is Origin.STUDY:
        brought = bring_up_to_date(study, package, source)
    return _merged(study, package, source, brought, accept=other_codebook)


def _register_spelling(study: Study, package: Package, source: str, same_person: bool | None) -> None:
    """Register another spelling of a registered name, with the readings of the package, once a person said
    whose it is. Raises PackageError without an answer, or where no registered name is alike."""
    manifest, reviews = package.manifest, study.store.reviews
    key = name_key(manifest.reviewer)
    alike = next((person.name for person in reviews.reviewers() if name_key(person.name) == key), None)
    if alike is None:
        raise PackageError(
            f"is of {manifest.reviewer!r}, who is not registered here", where=source, hint=_ANOTHER
        )
    if same_person is None:
        raise PackageError(
            f"is of {manifest.reviewer!r}; {alike!r}, who is registered here, differs only in case or spaces",
            where=source,
            hint="Nothing was imported. One person: give --same-person. Two: give --another-person.",
        )
    _codebooks(study, package, source, accept=True)
    reviews.add_reviewer(Reviewer(name=manifest.reviewer, role=manifest.role, added=wiring.clock().now()))
    known = [each for each in package.assignments if study.store.passages.get(each.passage) is not None]
    reviews.assign([each for each in known if each.reviewer == manifest.reviewer])
    merge_raters(study, manifest.reviewer, alike, reason=f"import {source}", same=same_person)


def _merged(
    study: Study, package: Package, source: str, brought: CopyReport | None, *, accept: bool
) -> PackageImport:
    codebooks, unheard = _codebooks(study, package, source, accept=accept)
    merge = _merge(study, package, source, codebooks)
    study.store.drafts.append(_new_drafts(study, package))
    for key in unheard:
        named_after = package.manifest.named_after.get(key, "")
        study.store.codebooks.put(key, package.codebooks[key], named_after=named_after)
    study.store.reviews.append(merge.new)
    return PackageImport(
        file=source,
        reviewer=package.manifest.reviewer,
        brought=brought,
        new=len(merge.new),
        known=merge.known,
        passages=merge.passages,
        other_wording=sum(d.codebook_hash != study.codebook.hash for d in merge.new),
        left_out=merge.left_out,
    )


def _merge(study: Study, package: Package, source: str, codebooks: dict[str, Codebook]) -> Merge:
    name = package.manifest.reviewer
    reviews = study.store.reviews
    assignments = {(a.passage, a.round): a for a in reviews.assignments(reviewer=name)}
    passages: dict[str, Passage] = {}
    for passage_id in dict.fromkeys(decision.passage for decision in package.decisions):
        passage = study.store.passages.get(passage_id)
        if passage is not None:
            passages[passage_id] = passage

    def outcome(reading: ReadingKey, decisions: Sequence[Decision]) -> object:
        standing = fold(assignments[reading], decisions)
        codes = {code: (answer.attributes, answer.spans) for code, answer in standing.coded.items()}
        return codes, set(standing.first.coded), standing.locked, standing.done

    everyone = reviews.decisions(as_coded=True)
    home = Home(
        reviewer=name,
        assignments=assignments,
        # What a person said of their own drafts is kept from everyone else.
        decisions=reviews.decisions(reviewer=name, as_coded=True),
        others={d.id for d in everyone if d.reviewer != name},
        codebooks=codebooks,
        names={key: study.store.operations.names_in(key) for key in codebooks},
        passages=passages,
        suggestions=_suggestions(study, package),
        discussed=_discussed(study, name, assignments.values()),
        gone={stone.document: stone.reason for stone in study.store.privacy.tombstones()},
    )
    return returned(package.decisions, source, home, outcome)


def _discussed(study: Study, name: str, assignments: Iterable[Assignment]) -> set[ReadingKey]:
    """Return the readings of a person whose codes were compared with another's."""
    rounds: dict[str, set[str]] = defaultdict(set)
    for each in assignments:
        rounds[each.round].add(each.passage)
    return {
        (passage, round_name)
        for round_name, passages in rounds.items()
        for passage, readers in study.store.settlements.readers(round_name=round_name).items()
        if passage in passages and name in readers
    }


def _suggestions(study: Study, package: Package) -> dict[str, set[str]] | None:
    """Passage → ids of all its suggestions; None in a copy, which never held those of earlier runs."""
    if copy_mark(study) is not None:
        return None
    seen = {d.passage for d in package.decisions if d.arm is not Arm.BLIND}
    found: dict[str, set[str]] = defaultdict(set)
    for suggestion in study.store.runs.suggestions(passages=sorted(seen)):
        found[suggestion.passage].add(suggestion.id)
    desk = Desk(study, package.manifest.reviewer)
    for standing in desk.standings:
        passage = standing.assignment.passage
        if passage in seen and standing.sees_suggestions:
            # What a card shows need not all come from a run.
            found[passage].update(desk.card(passage).shown)
    return found


def _codebooks(
    study: Study, package: Package, source: str, *, accept: bool
) -> tuple[dict[str, Codebook], list[str]]:
    """The codebooks of the package's decisions by hash, and which of them the study never had."""
    found = {study.codebook.hash: study.codebook}
    unheard = []
    for key in dict.fromkeys(d.codebook_hash for d in package.decisions):
        if key in found:
            continue
        kept = study.store.codebooks.get(key)
        if kept is None:
            unheard.append(key)
        found[key] = _read(key, kept, package, source)
    strange = [key for key in unheard if not _adds_drafts_alone(study, package, found[key])]
    if strange and not accept:
        made = sum(d.codebook_hash in strange for d in package.decisions)
        raise PackageError(
            f"holds {made} decisions made under a codebook that this study never had: "
            f"{_difference(study.codebook, found[strange[0]])}",
            where=source,
            hint="codebook.yaml was edited on the laptop. Give --other-codebook to take them in all the "
            "same; they stand under that codebook, apart from the others.",
        )
    return found, unheard


def _new_drafts(study: Study, package: Package) -> list[DraftRecord]:
    """Acts of the reviewer on drafts that they made on the laptop, as far as their ids are free here."""
    name, known = package.manifest.reviewer, {each.code for each in study.store.drafts.all()}
    made = {
        each.code
        for each in package.manifest.drafts
        if each.act is DraftAct.CREATED and each.code not in known and each.code not in study.codebook.by_id
    }
    return [
        each
        for each in package.manifest.drafts
        if each.code in made and each.by == name and each.act is not DraftAct.PUBLISHED
    ]


def _adds_drafts_alone(study: Study, package: Package, book: Codebook) -> bool:
    """True for a codebook of this study with drafts of the reviewer."""
    own = {each.code for each in package.manifest.drafts if each.by == package.manifest.reviewer}
    codes = tuple(code for code in book.codes if code.id not in own)
    base = book.model_copy(update={"codes": codes}).hash
    return base == study.codebook.hash or study.store.codebooks.get(base) is not None


def _read(key: str, kept: str | None, package: Package, source: str) -> Codebook:
    content = kept if kept is not None else package.codebooks.get(key, "")
    missing = PackageError(
        "does not hold the codebook that its decisions were made under",
        where=source,
        hint="Nothing was taken in. Ask for the package anew.",
    )
    try:
        found = Codebook.model_validate_json(content)
    except ValidationError as error:
        raise missing from error
    if kept is None and found.hash != key:
        raise missing
    return found


def _difference(ours: Codebook, theirs: Codebook) -> str:
    """In a few words, which codes differ."""
    mine = {code.id: code.text_hash for code in ours.codes}
    other = {code.id: code.text_hash for code in theirs.codes}
    found = {
        "worded otherwise": [code for code in other if code in mine and mine[code] != other[code]],
        "added": [code for code in other if code not in mine],
        "missing": [code for code in mine if code not in other],
    }
    parts = [f"{', '.join(codes)} {what}" for what, codes in found.items() if codes]
    return "; ".join(parts) or "its rules or attributes differ"
