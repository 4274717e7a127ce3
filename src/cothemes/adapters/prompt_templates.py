"""Prompt templates: a study's own first, then the one that ships with the package."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from cothemes.errors import InputError
from cothemes.records.prompt import Prompt

_NAME = re.compile(r"[a-z][a-z0-9_]*\.v[0-9]+(?:\.[a-z])?")


def load_prompt(name: str, study: Path | None = None) -> Prompt:
    """The template `NAME.jinja` of the study's `prompts` folder, where it has one, else the shipped one.

    `study` is the study's root. Raises InputError for a name that is no version (`propose.v1`), for one that
    nobody has, and for a file that is not UTF-8.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} names no prompt", hint="Names look like propose.v1.")
    file_name = f"{name}.jinja"
    own = study / "prompts" / file_name if study is not None else None
    if own is not None and own.is_file():
        try:
            return Prompt(name=name, text=own.read_text(encoding="utf-8"), origin=str(own))
        except UnicodeDecodeError as error:
            raise InputError("is not UTF-8 text", where=str(own), hint="Save it as UTF-8.") from error
    shipped = files("cothemes") / "prompts" / file_name
    if not shipped.is_file():
        raise InputError(f"there is no prompt {name}", hint="`propose.v1` ships with cothemes.")
    return Prompt(name=name, text=shipped.read_text(encoding="utf-8"))
