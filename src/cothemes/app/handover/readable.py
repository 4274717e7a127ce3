"""The coded study for people: transcripts with their codes, a report by code, and wide tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.auto_accepted import counted
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.figures.decided import decided_ratings
from cothemes.app.handover.imported_ratings import code_names
from cothemes.app.handover.project_export import study_project
from cothemes.app.handover.tables import TableExport, exported
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import reads_once
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.records.coded_transcript import CodedTranscript
from cothemes.records.combine import Combine
from cothemes.stages.exchange.basis import basis_of, settle
from cothemes.stages.exchange.coded_transcripts import ReadableProject
from cothemes.stages.exchange.wide_table import UnitOfRows, r_script, spss_syntax, wide_rows

Page = Callable[..., str]
"""Makes a page of transcripts: its title, the moment, whether names are replaced."""


@reads_once
def export_transcripts(
    study: Study,
    path: Path,
    *,
    documents: Sequence[str] = (),
    originals: bool = False,
    combine: Combine = Combine.ANY,
    page: Page | None = None,
) -> TableExport:
    """Write coded transcripts as a Word document, or with `page` as HTML; the rows counted are marks."""
    published = Published(study, originals=originals)
    found = _transcripts(study, published, combine, documents)
    if page is None:
        count = wiring.write_docx_transcripts(path, found)
    else:
        title, now = study.settings.study.title, wiring.clock().now()
        wiring.write_text(path, page(found, title, now, pseudonyms=published.pseudonyms))
        count = sum(len(each.marks) for each in found)
    left = left_out_of(study, suggestions=True, combine=combine)
    return exported(path, count, left, combined_by=combine, pseudonyms=published.pseudonyms)


def _transcripts(
    study: Study, published: Published, combine: Combine, documents: Sequence[str]
) -> list[CodedTranscript]:
    readable = _readable(study, published, combine)
    heads = {each.slug: published.document(each) for each in study.store.documents.all()}
    wanted = set(document_ids(study, list(documents))) if documents else set(heads)
    return [
        each.model_copy(update={"title": heads[each.slug].title or each.slug})
        for each in readable.transcripts(wanted)
    ]


def _readable(study: Study, published: Published, combine: Combine) -> ReadableProject:
    project, _ = study_project(study, published, combine, by_slug=True)
    return ReadableProject(project, code_names(study, study.store.carried.all()))


@reads_once
def export_code_report(
    study: Study, path: Path, *, originals: bool = False, combine: Combine = Combine.ANY
) -> TableExport:
    """Write each code with its definition and its quotes as a Word document; the rows counted are quotes."""
    published = Published(study, originals=originals)
    report = _readable(study, published, combine).report(study.settings.study.title)
    count = wiring.write_docx_report(path, report)
    left = left_out_of(study, suggestions=True, combine=combine)
    return exported(path, count, left, combined_by=combine, pseudonyms=published.pseudonyms)


@reads_once
def export_wide(
    study: Study,
    path: Path,
    unit: UnitOfRows,
    *,
    labels: str = "",
    originals: bool = False,
    combine: Combine = Combine.ANY,
    bom: bool = False,
) -> TableExport:
    """Write 1, 0 or nothing for each unit and code, from people's decisions. `labels`: `r` or `spss` writes a
    file beside it that reads the table and labels its columns."""
    published = Published(study, originals=originals)
    documents = {each.slug: published.document(each) for each in study.store.documents.all()}
    passages = [published.passage(each) for each in study.store.passages.all()]
    here = {each.id for each in passages}
    ratings = [each for each in decided_ratings(study).ratings if each.unit in here]
    order = tuple(study.codebook.by_id)
    settled = settle(ratings, basis_of(ratings, combine=combine), order, combine)
    unread: dict[str, set[str]] = {}
    for each in counted(study):
        unread.setdefault(each.acceptance.code, set()).add(each.acceptance.passage)
    rows = list(wide_rows(settled.rated, settled.applied, passages, documents, study.codebook, unit, unread))
    count = wiring.write_csv(path, rows, bom=bom)
    if labels == "r":
        wiring.write_text(path.with_suffix(".R"), r_script(path.name, study.codebook))
    elif labels == "spss":
        wiring.write_text(path.with_suffix(".sps"), spss_syntax(path.name, rows[0], study.codebook))
    left = left_out_of(study, combine=combine)
    return exported(path, count, left, combined_by=combine, pseudonyms=published.pseudonyms)
