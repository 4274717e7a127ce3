"""The study's codebook for people and for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.handover.project_export import CodebookExport, export_codebook_qdc
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.project import Loss
from cothemes.records.sheet import Column, Leaf
from cothemes.stages.exchange.code_table import code_rows, taguette_rows
from cothemes.stages.exchange.sheet import cell_text

TAGUETTE = "taguette"
_WIDE = {"definition": 60, "examples": 40, "include_when": 40, "exclude_when": 40, "near_misses": 40}


def export_codebook(study: Study, path: Path, *, program: str = "") -> CodebookExport:
    """Write the codebook in the format of the file's ending: csv, xlsx, docx, qdc or yaml.

    `program`: `taguette` writes CSV with that program's columns. Raises UsageError for another ending.
    """
    suffix = path.suffix.lower()
    if program and (program != TAGUETTE or suffix != ".csv"):
        raise UsageError(
            f"{program!r} is no program with a codebook of its own here",
            hint="--for taguette OUT.csv; the others read .qdc",
        )
    if suffix == ".qdc":
        return export_codebook_qdc(study, path)
    writer = _WRITERS.get(suffix)
    if writer is None:
        raise UsageError(
            f"no codebook is written as {suffix or 'a file without an ending'}",
            hint=f"Endings: {', '.join([*_WRITERS, '.qdc'])}.",
        )
    if program == TAGUETTE:
        wiring.write_csv(path, taguette_rows(study.codebook))
    else:
        writer(path, study.codebook)
    losses = () if suffix in (".yaml", ".yml") else _losses(study.codebook)
    return CodebookExport(
        file=str(path), format=program or suffix[1:], codes=len(study.codebook.codes), not_carried=losses
    )


def _write_csv(path: Path, codebook: Codebook) -> None:
    wiring.write_csv(path, code_rows(codebook))


def _write_xlsx(path: Path, codebook: Codebook) -> None:
    wiring.write_sheet_xlsx(path, [_leaf(codebook)])


def _write_docx(path: Path, codebook: Codebook) -> None:
    wiring.write_docx_table(path, codebook.title or codebook.id, _leaf(codebook))


def _write_yaml(path: Path, codebook: Codebook) -> None:
    wiring.write_codebook(path, codebook)


def _leaf(codebook: Codebook) -> Leaf:
    rows: Iterator[tuple[str, ...]] = code_rows(codebook)
    head = next(rows)
    columns = tuple(Column(name=name, width=_WIDE.get(name, 16)) for name in head)
    return Leaf(title="codebook", columns=columns, rows=tuple(tuple(map(cell_text, row)) for row in rows))


_WRITERS: dict[str, Callable[[Path, Codebook], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".docx": _write_docx,
    ".yaml": _write_yaml,
    ".yml": _write_yaml,
}


def _losses(codebook: Codebook) -> tuple[Loss, ...]:
    ledger = LossLedger()
    why = "a table has a row for each code and no others"
    for what, count in (
        ("general rules", len(codebook.general_rules)),
        ("research questions", len(codebook.research_questions)),
        ("attributes", len(codebook.attributes)),
        ("lexical probes", len(codebook.lexical_probes)),
    ):
        ledger.add(what, why, count=count)
    return ledger.losses
