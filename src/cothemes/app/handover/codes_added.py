"""Codes and themes of an imported project or codebook, written into codebook.yaml."""

from __future__ import annotations

from cothemes.app import wiring
from cothemes.app.ratings import keep_codebook
from cothemes.app.study import Study
from cothemes.stages.exchange.code_tree import CodesRead


def add_codes(study: Study, read: CodesRead) -> tuple[str, ...]:
    """Add what the codebook does not have; return the ids of the new codes.

    The codebook before is kept, so that decisions made under it can be told. Raises StateConflict.
    """
    if read.codes or read.themes:
        keep_codebook(study)
        wiring.add_codes_to(study.codebook_path, read.themes, read.codes)
        # The study reads its codebook again when it is asked for it.
        study.__dict__.pop("_codebook", None)
        keep_codebook(study)
    return tuple(code.id for code in read.codes)
