"""passages.jsonl with its labels: gold for `evaluate`."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from cothemes.errors import SuiteError
from cothemes.records.missing_mark import is_missing_mark
from cothemes.records.suite import GoldPassage

_HINT = 'A line is {"id": "…", "doc": "…", "text": "…", "labels": {"rater": ["code"]}}.'


def read_gold(
    path: Path, codes: Collection[str] = ()
) -> tuple[tuple[GoldPassage, ...], dict[str, tuple[int, ...]]]:
    """Every line's passage, `exclude` ones too, and the rows that a rater did not rate. Raises SuiteError.

    A label such as NA, nan or NULL that is none of `codes` says that the rater did not rate the passage.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SuiteError(
            f"cannot be read: {error.strerror}", where=str(path), hint="Check the path in the suite."
        ) from error
    except UnicodeDecodeError as error:
        raise SuiteError("is not UTF-8 text", where=str(path), hint="Save it as UTF-8.") from error
    passages: list[GoldPassage] = []
    unrated: dict[str, list[int]] = {}
    rows: dict[str, int] = {}
    # Only line feeds end a row: JSON may hold other separators inside a text.
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            passage = _passage(line, f"{path}:{row}")
            if passage.id in rows:
                _refuse(f"the id {passage.id!r} stands in row {rows[passage.id]} already", f"{path}:{row}")
            rows[passage.id] = row
            rated = {rater: given for rater, given in passage.labels.items() if not _missing(given, codes)}
            for rater in passage.labels.keys() - rated.keys():
                unrated.setdefault(rater, []).append(row)
            passages.append(
                passage.model_copy(update={"labels": rated}) if len(rated) < len(passage.labels) else passage
            )
    if not passages:
        raise SuiteError("holds no passage", where=str(path), hint=_HINT)
    return tuple(passages), {rater: tuple(found) for rater, found in sorted(unrated.items())}


def _missing(labels: tuple[str, ...], codes: Collection[str]) -> bool:
    return any(label not in codes and is_missing_mark(label) for label in labels)


def _passage(line: str, where: str) -> GoldPassage:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise SuiteError(f"is not JSON: {error.msg}", where=where, hint=_HINT) from error
    except RecursionError as error:
        raise SuiteError("is nested too deeply", where=where, hint=_HINT) from error
    if not isinstance(entry, dict):
        _refuse("is no object", where)
    for key in ("id", "doc", "text"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            _refuse(f"has no “{key}”, or it is no text", where)
    return GoldPassage(
        id=entry["id"],
        doc=entry["doc"],
        text=entry["text"],
        speaker=_text(entry, "speaker", where),
        labels=_labels(entry.get("labels"), where),
        exclude=_text(entry, "exclude", where),
    )


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if not isinstance(value, str):
        _refuse(f"“{key}” is no text", where)
    return value


def _labels(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        _refuse("“labels” is no object of raters", where)
    for rater, codes in value.items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            _refuse(f"the labels of {rater!r} are no list of code ids", where)
    return {rater: tuple(dict.fromkeys(codes)) for rater, codes in value.items()}


def _refuse(message: str, where: str) -> NoReturn:
    raise SuiteError(message, where=where, hint=_HINT)
