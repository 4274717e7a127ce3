"""The study as a project of another program (.qdpx), and its codebook as one (.qdc)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from cothemes import __version__
from cothemes.app import wiring
from cothemes.app.findings.evidence import unverified_removed, with_evidence
from cothemes.app.handover.code_identities import code_identities
from cothemes.app.handover.counting_codings import counting_codings
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import imported_ratings, reads_once
from cothemes.app.review.left_out import left_out_of, write_left_out
from cothemes.app.review.memos import memos_of
from cothemes.app.study import Study, study_id
from cothemes.errors import ExchangeError
from cothemes.records.adjudication import CONSENSUS
from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.combine import Combine
from cothemes.records.document import Document
from cothemes.records.left_out import LeftOut
from cothemes.records.passage import Passage
from cothemes.records.project import Loss, Medium, Project
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.record import Record, absent
from cothemes.records.speaker import in_force
from cothemes.stages.exchange.code_tree import Known, tree_of
from cothemes.stages.exchange.offsets import CODE_POINTS, Counting, located
from cothemes.stages.exchange.project_checks import project_faults
from cothemes.stages.exchange.project_out import (
    ATTRIBUTES,
    KIND,
    MOST_STRETCHES,
    REASON,
    REMARK,
    CodedWords,
    StudyContent,
    WrittenMemo,
    WrittenText,
    comment_memo,
    for_counting,
    known_code,
    own_guid,
    project_of,
)
from cothemes.stages.exchange.rare_attributes import RareAttributes
from cothemes.stages.exchange.text_structure import Way, structure_of
from cothemes.stages.exchange.text_structure import written as structure_note
from cothemes.stages.ingest.speaker_overlay import is_spoken, label_read
from cothemes.stages.review.reading_state import CODED, live
from cothemes.stages.review.selection import Purpose

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLE = "title"


class ProjectExport(Record):
    """What was written to a project file."""

    file: str
    documents: int
    users: int
    """Coders, each person and each configuration of a model by itself."""
    codes: int
    selections: int
    codings: int
    notes: int
    cases: int
    counting: str
    """Way in which places are counted: `codepoints` or `utf16`."""
    pseudonyms: bool
    """Whether it has pseudonyms in place of names."""
    not_carried: tuple[Loss, ...]
    """What the study has and the format cannot hold."""
    purpose: Purpose
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    """Decisions that are not in it, by reason."""
    left_out_file: str | None
    rare_attributes: tuple[RareAttributes, ...] | None = Field(default=None, exclude_if=absent)
    """Attributes that fewer than three people share; absent if it is not for an archive."""


class CodebookExport(Record):
    """What was written to a codebook file."""

    file: str
    format: str
    codes: int
    not_carried: tuple[Loss, ...]
    """What the codebook has and the format cannot hold."""


@reads_once
def export_project(
    study: Study,
    path: Path,
    *,
    originals: bool = False,
    combine: Combine = Combine.ANY,
    counting: Counting = CODE_POINTS,
) -> ProjectExport:
    """Write the study as REFI-QDA. The file is read back before it counts as written.

    Raises ExchangeError where it would not be sound, or not be what the study holds.
    """
    published = Published(study, originals=originals)
    project, losses = study_project(study, published, combine)
    project, replaced = _fitted(project)
    if replaced:
        losses.append(Loss(what="characters", count=replaced, why="XML cannot hold them; each became U+FFFD"))
    if faults := project_faults(project):
        raise ExchangeError(
            f"would not be sound: {faults[0]}" + (f" (and {len(faults) - 1} more)" if faults[1:] else ""),
            where=str(path),
            hint="Nothing was written. This is a fault of cothemes; please report it.",
        )
    counted = for_counting(project, counting)
    partial = path.with_name(f".{path.stem}.unchecked.qdpx")
    try:
        wiring.write_qdpx(partial, counted)
        _refuse_loss(partial, project, str(path))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    left = left_out_of(study, suggestions=True, combine=combine)
    beside = write_left_out(path, left)
    return ProjectExport(
        file=str(path),
        documents=len(project.sources),
        users=len(project.users),
        codes=len(project.codes),
        selections=sum(len(each.selections) for each in project.sources),
        codings=project.codings,
        notes=len(project.notes),
        cases=len(project.cases),
        counting=counting.name,
        pseudonyms=published.pseudonyms,
        not_carried=tuple(losses),
        purpose=Purpose.FINDINGS,
        combined_by=combine,
        left_out=left.entries,
        left_out_file=str(beside) if beside else None,
    )


def _refuse_loss(written: Path, project: Project, where: str) -> None:
    """Raise ExchangeError where the written file does not read as the project."""
    read = located(wiring.read_qdpx(written)).project
    if read.model_copy(update={"origin": project.origin, "losses": ()}) != _as_read(project):
        raise ExchangeError(
            "does not read as the same project once it is written",
            where=where,
            hint="Nothing was written. This is a fault of cothemes; please report it.",
        )


def _as_read(project: Project) -> Project:
    """Return the project with the marks of reading that a source's text leaves, which say nothing of it."""
    unmarked = {"crlf": False, "bom": False, "medium": Medium.TEXT}
    sources = tuple(each.model_copy(update=unmarked) for each in project.sources)
    return Project.model_validate(project.model_copy(update={"sources": sources}).model_dump())


def study_project(
    study: Study, published: Published, combine: Combine, *, by_slug: bool = False
) -> tuple[Project, list[Loss]]:
    """Return the study as a project, and what no project can hold. `by_slug`: sources have the names of
    their documents, whatever they are called elsewhere."""
    texts: dict[str, _Text] = {}
    written: list[WrittenText] = []
    came = [each.name for each in study.store.carried.all() if each.kind is CarriedKind.SOURCE]
    order = {slug: number for number, slug in enumerate(came)}
    documents = sorted(
        study.store.documents.all(), key=lambda each: (order.get(each.slug, len(order)), each.slug)
    )
    for document in documents:
        text = _Text(document, published)
        texts[document.slug] = text
        shown = published.document(document)
        values = dict(shown.metadata)
        if shown.title and _TITLE not in values and shown.title != document.slug:
            values[_TITLE] = shown.title
        if document.kind_given:
            values[KIND] = document.kind.value
        participant = published.words(document.participant, document.slug)
        structure = structure_of(
            document,
            text.text,
            study.store.passages.of(document.slug),
            {label_read(block): block.role for block in document.blocks if is_spoken(block)},
            in_force(study.store.speakers.of(document.slug)),
            text,
        )
        written.append(WrittenText(document.slug, text.text, values, participant, structure_note(structure)))
    memos = _memos(study, texts, published)
    carried, adrift = _carried(study, texts, published)
    carried, memos = _comments_back(carried, memos)
    imported_here = {each.name for each in carried if each.kind is CarriedKind.USER}
    ratings = unverified_removed(
        study, with_evidence(study, counting_codings(study, combine, without=imported_here))
    )
    kept = [each for each in ratings if each.code and each.value in (1, None)]
    passages = {each.id: each for each in study.store.passages.all()}
    coded, untold = _coded(study, kept, passages, texts, published)
    raters = {each.rater: each.kind for each in kept}
    for person in study.store.reviews.reviewers():
        raters.setdefault(person.name, RaterKind.HUMAN)
    content = StudyContent(
        study=study_id(study),
        title=study.settings.study.title,
        version=__version__,
        codebook=study.codebook,
        texts=written,
        raters=raters,
        coded=coded,
        memos=memos,
        carried=carried,
        identities=code_identities(study),
    )
    losses = [
        Loss(what=what, count=count, why=why)
        for what, count, why in (
            (
                "selections of an imported project",
                adrift,
                "none of their words is left in the corrected text",
            ),
            ("codings", untold, "their code is no longer in the codebook"),
            *_no_place(study, ratings),
        )
        if count
    ]
    made = project_of(content)
    if by_slug:
        sources = tuple(
            each.model_copy(update={"name": text.slug})
            for each, text in zip(made.sources, written, strict=True)
        )
        made = made.model_copy(update={"sources": sources})
    return made, losses


def _no_place(study: Study, ratings: Iterable[Rating]) -> list[tuple[str, int, str]]:
    book = study.codebook
    absent = sum(each.value == 0 for each in ratings) + sum(
        each.value == 0 for each in imported_ratings(study)
    )
    done = len(
        {(each.reviewer, each.passage) for each in study.store.reviews.decisions() if each.action == "done"}
    )
    return [
        ("passages that someone finished", done, "the format has no word for `done`, so absence is not said"),
        (
            "rulings and ratings that a code is absent",
            absent,
            "the format has codes that apply and no others",
        ),
        (
            "attributes of the codebook",
            len(book.attributes),
            "values go along as notes on codings, their definition does not",
        ),
        ("general rules", len(book.general_rules), "the format has descriptions of codes and no others"),
        (
            "research questions",
            len(book.research_questions),
            "the format has descriptions of codes and no others",
        ),
        ("lexical probes", len(book.lexical_probes), "other programs do not run them"),
    ]


class _Text(Way):
    """A document's text as it is written, and the way of spans into it."""

    def __init__(self, document: Document, published: Published) -> None:
        self.document = document
        self._published = published
        self._view = published.view(document)
        self.text = self._view.text if self._view else document.text

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self._view.view_span(start, end) if self._view else (start, end)

    def words(self, text: str) -> str:
        return self._published.words(text, self.document.slug)


def _carried(study: Study, texts: Mapping[str, _Text], published: Published) -> tuple[list[Carried], int]:
    """Return what projects brought, its places in the texts that are written, and how many have none."""
    held = study.store.carried.all()
    outdated = {
        each.document
        for each in held
        if each.document in texts and each.version not in ("", texts[each.document].document.version)
    }
    maps = {(each.document, each.old, each.new): each for each in study.store.passages.text_maps(outdated)}
    found: list[Carried] = []
    adrift = 0
    for each in held:
        if each.kind is CarriedKind.COMPLETE or (each.document and each.document not in texts):
            continue
        content = _worded(each, published)
        if each.start is None or each.end is None:
            found.append(each.model_copy(update={"content": content}))
            continue
        text = texts[each.document]
        span: tuple[int, int] | None = (each.start, each.end)
        if each.version != text.document.version:
            moved = maps.get((each.document, each.version, text.document.version))
            span = moved.span(each.start, each.end) if moved else None
        if span is None:
            adrift += 1
            continue
        start, end = text.span(*span)
        found.append(each.model_copy(update={"start": start, "end": end, "content": content}))
    return found, adrift


_WORDED = ("name", "description", "text")


def _worded(each: Carried, published: Published) -> dict[str, Any]:
    if not published.pseudonyms or each.kind in (CarriedKind.CODE, CarriedKind.VARIABLE, CarriedKind.USER):
        return each.content
    return {
        key: published.words(value, each.document) if key in _WORDED and isinstance(value, str) else value
        for key, value in each.content.items()
    }


class _Said(NamedTuple):
    at: str
    notes: tuple[tuple[str, str], ...]
    spans: tuple[tuple[int, int], ...] = ()
    """Stretches of the document that a person marked."""


def _coded(
    study: Study,
    ratings: Sequence[Rating],
    passages: Mapping[str, Passage],
    texts: Mapping[str, _Text],
    published: Published,
) -> tuple[list[CodedWords], int]:
    said = _said(study, published)
    found = []
    untold = 0
    for each in ratings:
        passage = passages.get(each.unit)
        if passage is None:
            continue
        if each.code not in study.codebook.by_id:
            untold += 1
            continue
        start, end = passage.start, passage.end
        if each.start is not None and each.end is not None:
            start, end = passage.start + each.start, passage.start + each.end
        about = said.get((each.rater, each.unit, each.code), _Said("", ()))
        stretches = [(start, end)]
        if len(about.spans) > 1 and (start, end) == (about.spans[0][0], about.spans[-1][1]):
            stretches = list(about.spans[: MOST_STRETCHES - 1])
            if len(about.spans) >= MOST_STRETCHES:
                stretches.append((about.spans[MOST_STRETCHES - 1][0], end))
        notes = list(about.notes)
        if each.attributes:
            lines = "\n".join(f"{key} = {value}" for key, value in sorted(each.attributes.items()))
            notes.append((ATTRIBUTES, lines))
        text = texts[passage.document]
        for number, stretch in enumerate(stretches):
            span = text.span(*stretch)
            told = tuple(notes) if number == 0 else ()
            found.append(
                CodedWords(passage.document, each.unit, *span, each.rater, each.code, about.at, told, number)
            )
    return found, untold


def _said(study: Study, published: Published) -> dict[tuple[str, str, str], _Said]:
    """Return rater, passage and code → when it was said, and with which words."""
    found: dict[tuple[str, str, str], _Said] = {}
    started = {run.id: run.started.isoformat() for run in study.store.runs.all()}

    def words(name: str, text: str, passage: str) -> tuple[tuple[str, str], ...]:
        return ((name, published.words(text, passage.rpartition(".")[0])),) if text.strip() else ()

    for one in study.store.runs.suggestions():
        key = (one.rater, one.passage, one.code)
        found[key] = _Said(started.get(one.run, ""), words(REASON, one.reason, one.passage))
    for decision in live(study.store.reviews.decisions()):
        if decision.action in CODED and decision.code:
            key = (decision.reviewer, decision.passage, decision.code)
            at = decision.at.isoformat(timespec="seconds")
            notes = words(REMARK, decision.note, decision.passage)
            found[key] = _Said(at, notes, tuple(sorted(decision.spans)))
    for ruling in study.store.settlements.all():
        if ruling.code:
            at = ruling.at.isoformat(timespec="seconds")
            key = (CONSENSUS, ruling.passage, ruling.code)
            found[key] = _Said(at, words(REMARK, ruling.note, ruling.passage))
    return found


def _comments_back(
    carried: list[Carried], memos: list[WrittenMemo]
) -> tuple[list[Carried], list[WrittenMemo]]:
    """Put memos that were comments of selections back in their place, as they read now."""
    words = {memo.id: memo.text for memo in memos}
    comments = {comment_memo(each.guid) for each in carried if each.content.get("description")}
    made = [
        each.model_copy(
            update={"content": {**each.content, "description": words.get(comment_memo(each.guid), "")}}
        )
        if each.kind is CarriedKind.SELECTION and each.content.get("description")
        else each
        for each in carried
    ]
    return made, [memo for memo in memos if memo.id not in comments]


def _memos(study: Study, texts: Mapping[str, _Text], published: Published) -> list[WrittenMemo]:
    passages = {each.id: each for each in study.store.passages.all()}
    found = []
    for memo in memos_of(study):
        last = memo.last
        passage = passages.get(last.passage or "")
        if last.passage and passage is None:
            continue
        span = texts[passage.document].span(passage.start, passage.end) if passage else None
        found.append(
            WrittenMemo(
                id=memo.id,
                text=published.words(last.text, last.document or ""),
                by=last.by,
                at=memo.versions[0].at.isoformat(timespec="seconds"),
                document=last.document or "",
                span=span,
                passage=last.passage or "",
                code=last.code or "",
            )
        )
    return found


def export_codebook_qdc(study: Study, path: Path) -> CodebookExport:
    """Write the study's codebook as REFI-QDA."""
    key = study_id(study)
    codes = tree_of(
        study.codebook, lambda name: own_guid(key, name), carried_codes(study), code_identities(study)
    )
    project, replaced = _fitted(Project(name="", origin=f"cothemes {__version__}", codes=codes))
    count = wiring.write_qdc(path, project)
    losses = [
        Loss(what=what, count=number, why=why)
        for what, number, why in [
            *_no_place(study, ())[2:6],
            ("characters", replaced, "XML cannot hold them"),
        ]
        if number
    ]
    return CodebookExport(file=str(path), format="qdc", codes=count, not_carried=tuple(losses))


def carried_codes(study: Study) -> dict[str, Known]:
    """Return code id, or `theme:ID` → what an imported project said of it."""
    return {
        each.name: known_code(each) for each in study.store.carried.all() if each.kind is CarriedKind.CODE
    }


def _fitted(project: Project) -> tuple[Project, int]:
    """Return the project with characters replaced that XML cannot hold, and their number."""
    count = 0

    def fit(value: Any) -> Any:
        nonlocal count
        if isinstance(value, str):
            plain = value.replace("\r\n", "\n").replace("\r", "\n")
            made, number = _NO_XML.subn("\ufffd", plain)
            count += number
            return made
        if isinstance(value, dict):
            return {key: fit(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return tuple(fit(each) for each in value)
        return value

    return Project.model_validate(fit(project.model_dump())), count
