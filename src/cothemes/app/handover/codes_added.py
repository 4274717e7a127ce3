"""Codes and themes of an imported project or codebook, written into codebook.yaml and recorded as added."""

from __future__ import annotations

from cothemes.app import wiring
from cothemes.app.codebook.operations import new_operation
from cothemes.app.codebook.reasons import person
from cothemes.app.ratings import keep_codebook
from cothemes.app.study import Study
from cothemes.records.code_operation import OperationKind
from cothemes.stages.exchange.code_tree import CodesRead


def add_codes(study: Study, read: CodesRead, reason: str, *, by: str = "") -> tuple[str, ...]:
    """Add what the codebook does not have; return the ids of the new codes.

    The codebook before is kept, so that decisions made under it can be told, and one operation records all
    new codes, so that `codebook undo` takes them back together. Raises StateConflict, and UsageError where
    `by` is no registered person.
    """
    who = person(study, by)
    codes = tuple(code.id for code in read.codes)
    if not read.codes and not read.themes:
        return codes
    before = study.codebook
    keep_codebook(study)
    wiring.add_codes_to(study.codebook_path, read.themes, read.codes)
    study.reread_codebook()
    if codes:
        made = new_operation(OperationKind.ADD, who, reason, (), codes, before, study.codebook)
        study.store.operations.append([made])
    keep_codebook(study)
    return codes
