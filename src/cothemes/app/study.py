"""Finding, making and opening a study: a folder that belongs to a researcher."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cothemes.app import wiring
from cothemes.errors import CodebookError, InputError, StateConflict, StudyNotFound
from cothemes.records.codebook import Codebook
from cothemes.records.problem import Problem
from cothemes.records.record import content_hash
from cothemes.settings import FILE_NAME, FindingsSettings, Settings, load_settings

if TYPE_CHECKING:
    from cothemes.ports import Embedder

CODEBOOK_NAME = "codebook.yaml"
RECORDS_FOLDER = ".cothemes"
VECTORS_FOLDER = "vectors"
STUDY_KEY = "study.id"
"""Key of the store's small facts: the id that all copies of a study share."""

_SETTINGS_TEXT = """\
# Settings of this study. Every key may also be given as COTHEMES_SECTION_KEY in the environment.
# `docs/reference/settings.md` of cothemes lists them all.

[study]
title = {title}
tradition = "codebook"      # or "reflexive": no proposals, no coefficients
context = ""                # two sentences about the study, for a model

[coder]
kind = "auto"               # the model where one is named below, else the offline coder

[model]
name = ""                   # e.g. "openai:gpt-4.1-mini"; its key comes from the environment
base_url = ""               # another server that speaks the same API, e.g. "http://127.0.0.1:8080/v1"

[route]
overlap = 0.2               # share of passages that all reviewers code, blind
blind = 0.1                 # share of the others that are coded blind
"""

_BLANK_CODEBOOK = """\
# A codebook: who reads the definitions should code as you would. `cothemes codebook check` reads it.
codebook:
  id: {id}
  version: 0.1.0
  title: {title}

# What is commented out is an example: take the # away and write your own.

# general_rules:
#   - Code what the speaker says of their own work, not of other people's.

# A theme groups codes.
# themes:
#   - id: T
#     label: Working together

# An attribute is noted on a coding. It applies to codes or to all codes of a theme.
# attributes:
#   - name: valence
#     values: [helps, hinders]
#     applies_to: [T]

# To begin without a code and make codes while reading, write `codes: []` instead of this block.
codes:
  - id: C1
    label: A first code
    definition: >-
      Say in two sentences what a passage must hold for this code to apply.
    include_when:
      - A case that belongs here.
    exclude_when:
      - A case that looks alike and does not belong here.
    examples:
      - text: A sentence that a participant might say.
#   - id: C2
#     label: A code below the first, in the theme T
#     theme: T
#     parent: C1
#     definition: A code without a definition is a draft, which no coder proposes.
#     near_misses:
#       - {{text: A sentence that looks alike and belongs to C1., code: C1}}
"""


@dataclass(frozen=True)
class Study:
    """An open study: settings and codebook are read when first asked for."""

    root: Path

    @cached_property
    def settings(self) -> Settings:
        """cothemes.toml with the environment laid over it."""
        return load_settings(self.root / FILE_NAME, os.environ)

    @property
    def codebook_path(self) -> Path:
        """The file that people edit."""
        return self.root / CODEBOOK_NAME

    @cached_property
    def _codebook(self) -> tuple[Codebook, tuple[Problem, ...]]:
        # The file first: what is written while it is being read shall be seen as a change.
        self.__dict__["_file_read"] = self.codebook_file
        return wiring.read_codebook(self.codebook_path)

    @property
    def codebook_file(self) -> tuple[int, int, int]:
        """Return inode, size and time of change of codebook.yaml, which differ once it is written again."""
        found = self.codebook_path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    @property
    def codebook_file_read(self) -> tuple[int, int, int]:
        """Return `codebook_file` as it was when the codebook was read."""
        self._codebook  # noqa: B018
        return cast(tuple[int, int, int], self.__dict__["_file_read"])

    @property
    def codebook(self) -> Codebook:
        """Raise CodebookError with every problem and its line."""
        return self._codebook[0]

    @property
    def codebook_warnings(self) -> tuple[Problem, ...]:
        """Return what can be gone on with."""
        return self._codebook[1]

    def reread_codebook(self) -> None:
        """Read the codebook anew; where the file is faulty, raise CodebookError and keep what was read."""
        file = self.codebook_file
        found = wiring.read_codebook(self.codebook_path)
        self.__dict__.update(_codebook=found, _file_read=file)

    @property
    def records(self) -> Path:
        """The folder of the machine: records and vectors."""
        return self.root / RECORDS_FOLDER

    @property
    def vectors(self) -> Path:
        """The folder of the vector store: one for each embedder, so that their vectors never mix."""
        named = self.settings.embedding
        if not (named.model or named.base_url):
            return self.records / VECTORS_FOLDER
        return self.records / f"{VECTORS_FOLDER}-{content_hash(self.embedder.name)[:12]}"

    @property
    def vector_folders(self) -> list[Path]:
        """The folders of vector stores that are there, of the present embedder and of earlier ones."""
        return sorted(each for each in self.records.glob(f"{VECTORS_FOLDER}*") if each.is_dir())

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder of the settings; raises WeightsMissing or SettingsError."""
        return wiring.named_embedder(self.settings, self.root)

    @cached_property
    def store(self) -> wiring.SqlStore:
        """The record database, made or brought up to date when first asked for."""
        self.records.mkdir(exist_ok=True)
        return wiring.SqlStore.open(self.records / "records.sqlite")

    def beside(self) -> Study:
        """Return another view of this open study, over the same database; only the first is closed.

        The codebook is read anew where its file has changed. While the file is faulty, people go on with the
        one that was read before.
        """
        other = Study(self.root)
        other.__dict__["store"] = self.store.beside()
        other.__dict__["settings"] = self.settings
        if self._codebook_stale:
            try:
                self.reread_codebook()
            except CodebookError:
                self.__dict__["_file_read"] = self.codebook_file
        other.__dict__.update(_codebook=self._codebook, _file_read=self.codebook_file_read)
        return other

    @property
    def _codebook_stale(self) -> bool:
        try:
            return self.codebook_file_read != self.codebook_file
        except OSError:
            return False

    @property
    def is_open(self) -> bool:
        """True once the database was asked for."""
        return "store" in self.__dict__

    def close(self) -> None:
        """Close the database if it was opened."""
        if self.is_open:
            self.store.close()


def with_auto_accepted(study: Study) -> Study:
    """Return another view of the open study: findings count what was accepted under a certificate."""
    view = Study(study.root)
    settings = study.settings.model_copy(update={"findings": FindingsSettings(auto_accepted="count")})
    view.__dict__.update({"store": study.store, **study.__dict__, "settings": settings})
    return view


def load_codebook(path: Path) -> tuple[Codebook, tuple[Problem, ...]]:
    """Any codebook, with its warnings; raises CodebookError with every problem and its line."""
    return wiring.read_codebook(path)


def study_id(study: Study) -> str:
    """The id that all copies of a study share; given when it is first needed."""
    known = study.store.meta.get(STUDY_KEY)
    if known is None:
        known = wiring.ids().new()
        study.store.meta.set(STUDY_KEY, known)
    return known


def find_study(start: Path | None, given: bool = False) -> Study:
    """The study at `start` or, unless it was named with -C, above it."""
    folder = (start or Path.cwd()).resolve()
    candidates = [folder] if given else [folder, *folder.parents]
    for candidate in candidates:
        if (candidate / FILE_NAME).is_file():
            return Study(candidate)
    what = "is not a study" if folder.is_dir() else "is not a folder"
    raise StudyNotFound(
        f"{what}: there is no {FILE_NAME} in it" + ("" if given else " or above it"),
        where=str(folder),
        hint="Make one with `cothemes init DIR`, or name one: `cothemes -C DIR …`.",
    )


def create_study(folder: Path, *, source: str, codebook: Path | None, title: str = "") -> Study:
    """Make a study folder; what is there already is never overwritten.

    `source` is `coproduction` (the shipped codebook) or `blank`; `codebook` is a file that takes its place.
    """
    if (folder / FILE_NAME).exists():
        raise StateConflict(
            "is a study already", where=str(folder), hint=f"Open it: cothemes -C {folder} status"
        )
    if folder.exists() and not folder.is_dir():
        raise InputError("is a file, not a folder", where=str(folder), hint="Name another folder.")
    title = title or folder.resolve().name
    target = folder / CODEBOOK_NAME
    if codebook is not None:
        wiring.read_codebook(codebook)
    folder.mkdir(parents=True, exist_ok=True)
    if codebook is not None and codebook.resolve() != target.resolve():
        _refuse_existing(target)
        shutil.copyfile(codebook, target)
    elif codebook is None and not target.exists():
        target.write_text(_codebook_text(source, title), encoding="utf-8")
    (folder / "prompts").mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(_SETTINGS_TEXT.format(title=_quoted(title)), encoding="utf-8")
    return Study(folder.resolve())


def _codebook_text(source: str, title: str) -> str:
    if source == "blank":
        return _BLANK_CODEBOOK.format(id="my-codebook", title=_quoted(title))
    with as_file(files("cothemes") / CODEBOOK_NAME) as shipped:
        return shipped.read_text(encoding="utf-8")


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise StateConflict("exists already", where=str(target), hint="Remove it or leave --codebook out.")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
