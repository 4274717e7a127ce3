"""What the options before the command say, and the study they name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import typer

from cothemes.app.corpus.document_names import document_slugs
from cothemes.app.handover.pack import refuse_in_copy
from cothemes.app.review.blindness import VARIABLE, look_as, refuse_blind, still_blind
from cothemes.app.study import Study, find_study, with_auto_accepted
from cothemes.cli.accesses import note_access
from cothemes.cli.console import note, read_as
from cothemes.cli.group import Invocation as Invocation
from cothemes.presentation.ids import ShortIds
from cothemes.records.code_names import CodeNames
from cothemes.records.text import counted

AT_HOME = (
    "ingest", "propose", "route", "run", "deidentify", "adjudicate", "reviewers add", "reviewers set",
    "reviewers pause", "reviewers resume", "reviewers reassign", "codebook recode", "codebook adopt",
    "codebook dismiss", "codebook note", "codebook drafts", "codebook add", "codebook rename",
    "codebook move", "codebook merge", "codebook split", "codebook retire", "codebook undo",
    "codebook publish", "codebook discard", "users", "users invite", "users revoke", "users token", "serve",
    "auto-accept certify", "auto-accept apply", "auto-accept revoke",
)  # fmt: skip
"""Commands that a reviewer's copy of a study has no use for."""
LOOKS_UP = (
    "codings", "quotes", "show", "explain", "audit", "matrix", "memo", "memo show",
    "disagreements", "codebook candidates", "codebook diff", "codebook retest", "agreement", "anchoring",
    "prevalence", "report", "export", "codebook adopt", "codebook dismiss", "documents", "framework",
    "auto-accept",
)  # fmt: skip
"""Commands that show what people and coders said, whoever types them."""
SHOWS_PASSAGES = LOOKS_UP[:9]
"""Those of them that show it passage by passage and do not themselves say who codes blind."""


ASKS_ANEW = ("stability",)
"""Commands that ask a model about passages of the study only to show what it says."""


@contextmanager
def opened_study(context: typer.Context) -> Iterator[Study]:
    """The study that the call is about, closed afterwards."""
    invocation: Invocation = context.obj
    study = find_study(invocation.folder, given=invocation.folder is not None)
    try:
        command = _command(context)
        if command in AT_HOME:
            refuse_in_copy(study, command)
        if command in ASKS_ANEW:
            refuse_blind(study, command)
        if (command in LOOKS_UP and not context.params.get("name")) or context.params.get("query"):
            _kept_blind(study, command)
        yield with_auto_accepted(study) if context.params.get("with_auto") else study
        note_access(study, command, context.params)
        read_as(_former_names(study))
    finally:
        study.close()


def short_ids(study: Study, *more: str) -> ShortIds:
    """Return the short forms of the study's ids, and of `more` documents."""
    read_as(_former_names(study))
    return ShortIds(frozenset((*document_slugs(study), *more)))


def _former_names(study: Study) -> Mapping[str, str]:
    """Return ids of codes that only records know, as people read them; empty where no record was read."""
    return CodeNames(study.store.operations.all()).former if study.is_open else {}


def _kept_blind(study: Study, command: str) -> None:
    """Keep from a blind coder who says so what a blind card keeps back; tell others that they are meant."""
    name = os.environ.get(VARIABLE, "")
    if name:
        hidden = look_as(study, name)
        if hidden:
            note(f"{VARIABLE}={name}: {hidden} passages that {name} has still to code blind are left out.")
    elif command in SHOWS_PASSAGES:
        people = still_blind(study)
        if people:
            some = ", ".join(f"{who} {counted(count, 'passage')}" for who, count in people.items())
            note(
                f"Still to be coded blind: {some}.\nTo keep your own blind passages hidden, set {VARIABLE} "
                "to your name first."
            )


def _command(context: typer.Context) -> str:
    """Return the command as typed after the program's own name, such as `reviewers add`."""
    names: list[str] = []
    at: typer.Context | None = context
    while at is not None and at.parent is not None:
        names.insert(0, at.info_name or "")
        at = at.parent  # type: ignore[assignment]
    return " ".join(names)
