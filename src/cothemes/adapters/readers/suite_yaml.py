"""SUITE.yaml to a suite: the file, the passages and the codebook it names.

Paths are relative to the suite file. `${NAME}` is taken from the environment; `${NAME:-text}` is the text
where the environment does not have it, so that a suite runs as it stands and can still be pointed elsewhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.readers.gold_jsonl import read_gold
from cothemes.adapters.readers.suite_faults import Lines, in_words, refuse_unknown
from cothemes.adapters.readers.yaml_page import Page, line_of
from cothemes.adapters.readers.yaml_tree import yaml_tree
from cothemes.errors import CodebookError, SuiteError
from cothemes.records.document import Role
from cothemes.records.problem import Severity
from cothemes.records.record import content_hash
from cothemes.records.suite import CoderRow, GoldPassage, Split, Suite

_KEYS = (
    "name",
    "passages",
    "codebook",
    "gold",
    "min_positives",
    "split",
    "coders",
    "roles",
    "about",
    "synthetic",
)
_ROW = ("coder", "train", "model", "base_url", "limit", "repeats", "paraphrases", "orders", "sample")
_SPLIT = ("by", "test", "seeds")
_CODERS = ("offline", "llm")
_SILENT = (Role.INTERVIEWER, Role.OTHER)
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_HINT = (
    f"A suite has the keys {', '.join(_KEYS)}. One to copy is in docs/methods/own-gold.md, and three "
    "that work in eval/suites of the repository."
)
_CODER_HINT = "For example coders: [{coder: offline, train: [0, 100, all]}]."
_SPLIT_HINT = (
    "For example split: {by: doc, test: 0.34, seeds: [0, 1, 2, 3, 4]}: a third of the passages is for "
    "testing, five times over."
)


def read_suite(path: Path, environment: Mapping[str, str] = os.environ) -> Suite:
    """The suite with all it needs. Raises SuiteError (the suite, its passages) or CodebookError."""
    fields, lines = _fields(path)
    for key in ("name", "passages", "codebook", "gold"):
        if not isinstance(fields.get(key), str) or not fields[key]:
            raise SuiteError(f"`{key}` is missing", where=str(path), hint=_HINT)
    passages = _resolved(fields["passages"], path, environment)
    codebook = read_codebook(_resolved(fields["codebook"], path, environment))[0]
    gold, unrated = read_gold(passages, codebook.by_id)
    try:
        roles = _roles(fields.get("roles") or {}, lines)
        gold = tuple(_spoken(passage, roles) for passage in gold)
        return Suite(
            name=fields["name"],
            codebook=codebook,
            passages=gold,
            gold=fields["gold"],
            min_positives=fields.get("min_positives", 20),
            roles=roles,
            synthetic=_truth(fields.get("synthetic"), lines),
            split=_split(fields.get("split") or {}, lines),
            coders=_rows(fields.get("coders") or [{"coder": "offline"}], lines),
            hash=content_hash([fields, [passage.model_dump() for passage in gold]]),
            path=str(path),
            not_rated=unrated,
            meta={"about": fields["about"]} if fields.get("about") else {},
        )
    except ValidationError as error:
        raise in_words(error, (), lines, _HINT) from error


def _fields(path: Path) -> tuple[dict[str, Any], Lines]:
    try:
        tree = yaml_tree(path)
    except CodebookError as error:
        raise SuiteError(error.message, where=error.where, hint=error.hint) from error
    page = Page(str(path))
    fields = {
        name: page.plain(field.node, f"`{name}`")
        for name, field in page.fields(tree, "the suite", _KEYS).items()
    }
    wrong = [problem for problem in page.problems if problem.severity is Severity.ERROR] or page.problems
    if wrong:
        # An unknown key would silently score something else than was meant, so it is an error here.
        line = wrong[0].line or line_of(tree)
        raise SuiteError(wrong[0].message, where=f"{path}:{line}", hint=wrong[0].hint or _HINT)
    return fields, Lines(str(path), tree)


def _split(given: Any, lines: Lines) -> Split:
    at = ("split",)
    if not isinstance(given, dict):
        raise SuiteError("`split` is no block of by, test and seeds", where=lines.where(at), hint=_SPLIT_HINT)
    refuse_unknown(given, _SPLIT, at, lines)
    try:
        return Split.model_validate(given)
    except ValidationError as error:
        raise in_words(error, at, lines, _SPLIT_HINT) from error


def _rows(given: Any, lines: Lines) -> tuple[CoderRow, ...]:
    if not isinstance(given, list):
        raise SuiteError("`coders` is no list", where=lines.where(("coders",)), hint=_CODER_HINT)
    return tuple(_row(row, ("coders", at), lines) for at, row in enumerate(given))


def _row(given: Any, at: tuple[str, int], lines: Lines) -> CoderRow:
    def refuse(message: str, key: str = "") -> NoReturn:
        raise SuiteError(message, where=lines.where((*at, key)), hint=_CODER_HINT)

    if not isinstance(given, dict):
        refuse("an entry of `coders` is no block with a `coder`")
    refuse_unknown(given, _ROW, at, lines)
    values = dict(given)
    if values.get("coder") not in _CODERS:
        refuse(f"the coder {values.get('coder')!r} is not known; name {' or '.join(_CODERS)}", "coder")
    train = values.get("train", [0])
    values["train"] = train if isinstance(train, list) else [train]
    for size in values["train"]:
        if size != "all" and not (isinstance(size, int) and size >= 0):
            refuse(f"`train` holds {size!r}; give whole numbers or all", "train")
    if values["coder"] == "llm" and values["train"] != [0]:
        refuse("a model learns from no example: leave `train` out beside `coder: llm`", "train")
    try:
        return CoderRow.model_validate(values)
    except ValidationError as error:
        raise in_words(error, at, lines, _CODER_HINT) from error


def _roles(given: Any, lines: Lines) -> dict[str, Role]:
    known = [role.value for role in Role]
    if not isinstance(given, dict) or not all(role in known for role in given.values()):
        raise SuiteError(
            f"`roles` is no block of SPEAKER: ROLE; a role is one of {', '.join(known)}",
            where=lines.where(("roles",)),
            hint="For example roles: {I: interviewer, note: other}: what these say is left out.",
        )
    return {str(speaker): Role(role) for speaker, role in given.items()}


def _truth(given: Any, lines: Lines) -> bool:
    if given is not None and not isinstance(given, bool):
        raise SuiteError(
            "`synthetic` is neither true nor false",
            where=lines.where(("synthetic",)),
            hint="Write synthetic: true where texts or codings are invented, else leave it out.",
        )
    return bool(given)


def _spoken(passage: GoldPassage, roles: Mapping[str, Role]) -> GoldPassage:
    role = roles.get(passage.speaker)
    silent = role in _SILENT and not passage.exclude
    return passage.model_copy(update={"exclude": f"spoken by {role}"}) if silent else passage


def _resolved(text: str, suite: Path, environment: Mapping[str, str]) -> Path:
    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if environment.get(name):
            return environment[name]
        if default is None:
            raise SuiteError(
                f"${{{name}}} is not set",
                where=str(suite),
                hint=f"Set {name} in the environment, or write ${{{name}:-a default}} there.",
            )
        return str(default)

    return (suite.parent / Path(_VARIABLE.sub(value, text)).expanduser()).resolve()
