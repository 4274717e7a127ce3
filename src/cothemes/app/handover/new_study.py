"""A study made for a project of another program: its codebook is the project's."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.study import Study, create_study
from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.project import Project
from cothemes.stages.exchange.code_tree import codes_of
from cothemes.stages.ingest.slug import slug_of


def study_for_project(path: Path, folder: Path | None) -> Study:
    """Make a study in `folder`, else in one named after the project. Raises ExchangeError, StateConflict."""
    project = wiring.read_qdpx(path)
    name = project.name.strip() or path.stem
    target = folder or Path(slug_of(name))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StateConflict(
            "is there already and is not a study",
            where=str(target),
            hint="Name another folder: cothemes -C NEW_FOLDER import FILE",
        )
    with tempfile.TemporaryDirectory() as scratch:
        codebook = Path(scratch) / "codebook.yaml"
        wiring.write_codebook(codebook, project_codebook(project, name))
        return create_study(target, source="blank", codebook=codebook, title=name)


def project_codebook(project: Project, name: str) -> Codebook:
    """Return the codebook of a project."""
    read = codes_of(project)
    return Codebook(id=slug_of(name), version="0.1.0", title=name, themes=read.themes, codes=read.codes)
