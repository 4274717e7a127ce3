"""Permanent ids of the codebook's codes, from which GUIDs of exchanged projects are made."""

from __future__ import annotations

from cothemes.app.study import Study
from cothemes.records.code_names import CodeNames


def code_identities(study: Study) -> dict[str, str]:
    """Return code id → permanent id, which a rename leaves as it is."""
    names = CodeNames(study.store.operations.all())
    return {code.id: names.identity(code.id) for code in study.codebook.codes}
