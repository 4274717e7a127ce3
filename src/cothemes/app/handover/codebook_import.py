"""Codebooks of other programs and of published studies, taken into the study's codebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.codebook.operations import used_ids
from cothemes.app.handover.codes_added import add_codes
from cothemes.app.study import Study, load_codebook
from cothemes.errors import UsageError
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.project import Loss
from cothemes.records.record import Record
from cothemes.stages.exchange.code_table import codes_in_table
from cothemes.stages.exchange.code_tree import CodesRead, codes_of
from cothemes.stages.exchange.columns import (
    CODE_FIELDS,
    SEGMENT_FIELDS,
    best_table,
    column_map,
    column_names,
    suggested,
)
from cothemes.stages.exchange.segments import has_segments

YAML = (".yaml", ".yml")


class CodebookImport(Record):
    """What a codebook file brought, or with a dry run would bring."""

    file: str
    dry_run: bool
    columns: dict[str, str]
    """Field of a code → column of the table that it was read from; empty for a format without columns."""
    unused: tuple[str, ...]
    """Columns of the table that serve no field."""
    themes: tuple[str, ...]
    """Themes that are new, by id."""
    codes: tuple[str, ...]
    """Codes that are new, by id."""
    drafts: tuple[str, ...]
    """Those of them without a definition."""
    known: int
    """Codes that the codebook has already: the same id, or the same label at the same place."""
    not_carried: tuple[Loss, ...]


def import_codebook(
    study: Study,
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    by: str = "",
    reason: str = "",
    dry_run: bool = False,
) -> CodebookImport:
    """Add the codes of a file that the codebook does not have; a code that is there stays as it is.

    `columns`: field → column, over what the names of the columns suggest. `by`: the person who adds them.
    Raises ExchangeError, UsageError
    where no column holds the codes.
    """
    ledger = LossLedger()
    used: dict[str, str] = {}
    unused: tuple[str, ...] = ()
    suffix = path.suffix.lower()
    if suffix in YAML:
        read = _of_yaml(study, path)
    elif suffix in (".qdc", ".qdpx"):
        project = wiring.read_qdc(path) if suffix == ".qdc" else wiring.read_qdpx(path)
        read = codes_of(project, study.codebook, used=used_ids(study))
        ledger.add(
            "sets of codes", "cothemes has themes", count=sum(bool(each.codes) for each in project.sets)
        )
        ledger.add("colours", "the codebook has none", count=sum(bool(each.colour) for each in project.codes))
    else:
        table = best_table(wiring.read_tables(path), CODE_FIELDS)
        used = column_map(table, CODE_FIELDS, columns or {}, path.name)
        if "definition" not in used and has_segments(suggested(table, SEGMENT_FIELDS), table):
            raise UsageError(
                f"{path.name} is a table of coded segments",
                hint=f"cothemes import {path} takes the segments with their codes.",
            )
        if not {"label", "path"} & set(used):
            raise UsageError(
                f"no column of {path.name} is known to hold the codes",
                hint=f"Its columns: {column_names(table)}. Say which: --columns label=COLUMN",
            )
        unused = tuple(each for each in table.columns if each and each not in used.values())
        found = codes_in_table(table, used, path.stem)
        ledger.add("rows", "they name no code", count=found.without_label)
        ledger.add("rows", "they repeat a code", count=found.repeated)
        ledger.add("columns", "no field of a code is known for them", *unused)
        read = codes_of(found.project, study.codebook, used=used_ids(study))
    if not dry_run:
        add_codes(study, read, reason or f"Imported from {path.name}", by=by)
    names = set(read.ids.values()) - {f"theme:{each.id}" for each in read.themes}
    return CodebookImport(
        file=str(path),
        dry_run=dry_run,
        columns=used,
        unused=unused,
        themes=tuple(each.id for each in read.themes),
        codes=tuple(each.id for each in read.codes),
        drafts=read.drafts,
        known=len(
            {each for each in names if not each.startswith("theme:")} - {each.id for each in read.codes}
        ),
        not_carried=ledger.losses,
    )


def _of_yaml(study: Study, path: Path) -> CodesRead:
    """Return the codes of another codebook.yaml that the study does not have, whole."""
    other, _ = load_codebook(path)
    own = study.codebook
    codes = tuple(code for code in other.codes if code.id not in own.by_id)
    gone = sorted({code.id for code in codes} & used_ids(study))
    if gone:
        raise UsageError(
            f"{gone[0]} of {path.name} was the id of a code of this study",
            hint="Give it another id in the file: an id is never used again.",
        )
    used = {code.theme for code in codes}
    themes = tuple(each for each in other.themes if each.id in used and each.id not in own.theme_by_id)
    bare = tuple(each.model_copy(update={"rq": ()}) for each in themes)
    return CodesRead(
        {code.id: code.id for code in other.codes},
        bare,
        codes,
        tuple(code.id for code in codes if not code.definition),
    )
