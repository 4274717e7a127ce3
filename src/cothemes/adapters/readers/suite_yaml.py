"""SUITE.yaml to a suite: the file, the passages and the codebook it names.

Paths are relative to the suite file. `${NAME}` is taken from the environment; `${NAME:-text}` is the text
where the environment does not have it, so that a suite runs as it stands and can still be pointed elsewhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.readers.gold_jsonl import read_gold
from cothemes.adapters.readers.yaml_page import Page, line_of
from cothemes.adapters.readers.yaml_tree import yaml_tree
from cothemes.errors import CodebookError, SuiteError
from cothemes.records.document import Role
from cothemes.records.problem import Severity
from cothemes.records.record import content_hash
from cothemes.records.suite import CoderRow, GoldPassage, Split, Suite

_KEYS = ("name", "passages", "codebook", "gold", "min_positives", "split", "coders", "roles", "about")
_ROW = ("coder", "train", "model", "base_url", "limit", "repeats", "paraphrases", "orders", "sample")
_CODERS = ("offline", "llm")
_SILENT = (Role.INTERVIEWER, Role.OTHER)
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_HINT = f"A suite has the keys {', '.join(_KEYS)}; eval/suites holds three that work."


def read_suite(path: Path, environment: Mapping[str, str] = os.environ) -> Suite:
    """The suite with all it needs. Raises SuiteError (the suite, its passages) or CodebookError."""
    fields = _fields(path)
    for key in ("name", "passages", "codebook", "gold"):
        if not isinstance(fields.get(key), str) or not fields[key]:
            raise SuiteError(f"`{key}` is missing", where=str(path), hint=_HINT)
    passages = _resolved(fields["passages"], path, environment)
    codebook = _resolved(fields["codebook"], path, environment)
    gold = read_gold(passages)
    try:
        roles = _roles(fields.get("roles") or {})
        gold = tuple(_spoken(passage, roles) for passage in gold)
        return Suite(
            name=fields["name"],
            codebook=read_codebook(codebook)[0],
            passages=gold,
            gold=fields["gold"],
            min_positives=fields.get("min_positives", 20),
            roles=roles,
            split=_split(fields.get("split") or {}),
            coders=tuple(_row(row) for row in fields.get("coders") or [{"coder": "offline"}]),
            hash=content_hash([fields, [passage.model_dump() for passage in gold]]),
            path=str(path),
            meta={"about": fields["about"]} if fields.get("about") else {},
        )
    except (ValidationError, TypeError, ValueError) as error:
        said = error.errors()[0] if isinstance(error, ValidationError) else None
        reason = f"{'.'.join(map(str, said['loc']))}: {said['msg']}" if said else str(error)
        raise SuiteError(reason, where=str(path), hint=_HINT) from error


def _fields(path: Path) -> dict[str, Any]:
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
    return fields


def _split(given: Any) -> Split:
    if not isinstance(given, dict):
        raise ValueError("`split` is no block of by, test and seeds")
    values = dict(given)
    if "test" in values:
        values["test"] = float(values["test"])
    return Split.model_validate(values)


def _row(given: Any) -> CoderRow:
    if not isinstance(given, dict):
        raise ValueError("an entry of `coders` is no block with a `coder`")
    values = dict(given)
    unknown = [str(key) for key in values if key not in _ROW]
    if unknown:
        raise ValueError(f"a coder has the key `{unknown[0]}`; known are {', '.join(_ROW)}")
    if values.get("coder") not in _CODERS:
        raise ValueError(f"the coder {values.get('coder')!r} is not known; name {' or '.join(_CODERS)}")
    train = values.get("train", [0])
    values["train"] = train if isinstance(train, list) else [train]
    for size in values["train"]:
        if size != "all" and not (isinstance(size, int) and size >= 0):
            raise ValueError(f"`train` holds {size!r}; give whole numbers or all")
    if values["coder"] == "llm" and values["train"] != [0]:
        raise ValueError("a model learns from no example: leave `train` out beside `coder: llm`")
    return CoderRow.model_validate(values)


def _roles(given: Any) -> dict[str, Role]:
    known = [role.value for role in Role]
    if not isinstance(given, dict) or not all(role in known for role in given.values()):
        raise ValueError(f"`roles` is no block of SPEAKER: ROLE; a role is one of {', '.join(known)}")
    return {str(speaker): Role(role) for speaker, role in given.items()}


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
