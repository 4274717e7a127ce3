"""Projects, codebooks and tables of other programs: what went in or out, in words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.app.handover.codebook_import import CodebookImport
from cothemes.app.handover.project_export import CodebookExport, ProjectExport
from cothemes.app.handover.project_import import ProjectImport
from cothemes.app.handover.segment_import import SegmentImport
from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.records.numbers import percent
from cothemes.records.project import Loss
from cothemes.records.text import counted, shown_text
from cothemes.stages.exchange.rare_attributes import RareAttributes

_NAMED = 6


def project_import_lines(found: ProjectImport) -> Iterator[Line]:
    """Yield what a project brought, coder by coder, and what could not be carried."""
    if found.made:
        yield f"Made a study: {found.study}"
    program = f" of {shown_text(found.origin)}" if found.origin else ""
    yield f"Project{program}: {counted(found.codings, 'coding')} on texts."
    yield from _counting(found)
    yield (
        f"Documents: {len(found.documents)} new{_named(found.documents)}, {found.documents_known} known. "
        f"Codes: {len(found.codes)} new, {found.codes_known} known."
    )
    if found.drafts:
        yield (
            f"{counted(len(found.drafts), 'new code')} without a definition: drafts, which no coder "
            "proposes. Define them in codebook.yaml."
        )
    rows = [
        (shown_text(each.rater), each.kind.value, each.codings, each.new, len(each.complete))
        for each in found.coders
    ]
    if rows:
        yield Table(("coder", "kind", "codings", "new", "documents complete"), rows, right=(2, 3, 4))
    yield (
        f"Codings: {found.codings_new} new, {found.codings_known} known, {found.codings_own} written by "
        f"this study. {counted(found.passages, 'passage')} with an imported code."
    )
    if found.without_passage:
        yield (
            f"{counted(found.without_passage, 'coding')} on words that are in no passage: kept, and not "
            "counted."
        )
    if found.memos:
        yield f"{counted(found.memos, 'memo')} new."
    if found.roles_unknown:
        yield (
            f"Roles of speakers are unknown in {counted(len(found.roles_unknown), 'document')}"
            f"{_named(found.roles_unknown)}. An interviewer's words are then passages too, and "
            "passages may be cut otherwise than where the project comes from. Say who "
            "speaks before you count:"
        )
        yield Unbroken("  cothemes speakers")
    yield from not_carried_lines(found.not_carried)
    incomplete = [each.rater for each in found.coders if not each.complete]
    if incomplete:
        yield (
            "That a code is absent counts only in documents that a coder coded completely. Declare them by "
            "importing again:"
        )
        yield Unbroken(f'  cothemes import {found.file} --complete "{shown_text(incomplete[0])}=*"')
    if found.coders:
        yield "Whether coders worked alone is not recorded, so agreement between them is no blind agreement."


def segment_import_lines(found: SegmentImport) -> Iterator[Line]:
    """Yield how the columns were read, and what the segments brought."""
    yield Table(("field", "column"), [(field, shown_text(column)) for field, column in found.columns.items()])
    yield f"{found.placed} of {counted(found.rows, 'row')} placed on the study's texts."
    yield from project_import_lines(found.brought)


def _counting(found: ProjectImport) -> Iterator[Line]:
    if not found.counting_scores or not found.counting_scores[0].selections:
        return
    best, *others = found.counting_scores
    said = f"Places are counted as {found.counting}: {percent(best.share)} of {best.selections} fit words"
    if others:
        said += "; " + ", ".join(f"{each.counting} {percent(each.share)}" for each in others[:3])
    yield f"{said}."


def project_export_lines(made: ProjectExport) -> Iterator[Line]:
    """Yield what a project file holds, and what could not be carried."""
    yield Unbroken(made.file)
    yield (
        f"{counted(made.codings, 'coding')} in {counted(made.selections, 'selection')} by "
        f"{counted(made.users, 'user')}; {counted(made.documents, 'document')}, "
        f"{counted(made.codes, 'code')} and headings, {counted(made.notes, 'note')}, "
        f"{counted(made.cases, 'case')}. Places are counted as {made.counting}."
    )
    yield from not_carried_lines(made.not_carried)


def codebook_import_lines(found: CodebookImport) -> Iterator[Line]:
    """Yield how the columns were read, and the codes that are new."""
    if found.columns:
        yield Table(
            ("field", "column"), [(field, shown_text(column)) for field, column in found.columns.items()]
        )
    verb = "Would add" if found.dry_run else "Added"
    yield (
        f"{verb} {counted(len(found.codes), 'code')}{_named(found.codes)} and "
        f"{counted(len(found.themes), 'theme')}{_named(found.themes)}; {found.known} known."
    )
    if found.drafts:
        yield (
            f"{counted(len(found.drafts), 'code')} without a definition: drafts, which people may use and no "
            "coder proposes."
        )
    yield from not_carried_lines(found.not_carried)
    if found.dry_run and found.columns:
        yield "Another column for a field: --columns FIELD=COLUMN. Without --dry-run, this is written."


def codebook_export_lines(made: CodebookExport) -> Iterator[Line]:
    """Yield what a codebook file holds, and what could not be carried."""
    yield Unbroken(made.file)
    yield f"{counted(made.codes, 'entry', 'entries')}, headings among them."
    yield from not_carried_lines(made.not_carried)


def rare_attributes_lines(found: Sequence[RareAttributes] | None) -> Iterator[Line]:
    """Yield what of a study's attributes could tell who a person is; nothing where nobody asked."""
    if found is None:
        return
    if not found:
        yield "Every value of an attribute, and every pair of values, is that of three people or more."
        return
    yield "Attributes that fewer than three people share. A reader who knows one of them may know the person:"
    yield Table(
        ("attribute", "values", "people", "such as"),
        [
            (shown_text(" + ".join(each.attributes)), each.values, each.people, shown_text(each.examples[0]))
            for each in found
        ],
        right=(1, 2),
    )
    yield "Group the values (age 30 to 39, not 34) or leave the attribute out before you deposit the file."


def not_carried_lines(losses: Sequence[Loss]) -> Iterator[Line]:
    """Yield one line for each entry of the ledger."""
    for loss in losses:
        yield f"Not carried: {shown_text(loss.words)}"


def _named(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" ({', '.join(names[:_NAMED])}{more})"
